// The rows of the list of faults about the key, each against a real server that does it. What must hold in
// every row is in test/faults/invariants.ts.
import { describeRows } from '../../faults/describeRows';
import { secretRows } from '../../faults/secrets';

describeRows('Secrets', secretRows);
