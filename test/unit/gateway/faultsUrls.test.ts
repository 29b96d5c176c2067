// The rows of the list of faults about links and redirects, each against a real server that does it. What must hold in
// every row is in test/faults/invariants.ts.
import { describeRows } from '../../faults/describeRows';
import { urlRows } from '../../faults/urls';

describeRows('URLs', urlRows);
