// The rows of the list of faults about HTTP errors, each against a real server that does it. What must hold in
// every row is in test/faults/invariants.ts.
import { describeRows } from '../../faults/describeRows';
import { httpErrorRows } from '../../faults/httpErrors';

describeRows('HTTP errors', httpErrorRows);
