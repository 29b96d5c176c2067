// The rows of the list of faults about answers that are none, each against a real server that does it. What must hold in
// every row is in test/faults/invariants.ts.
import { describeRows } from '../../faults/describeRows';
import { successBodyRows } from '../../faults/successBodies';

describeRows('Success bodies', successBodyRows);
