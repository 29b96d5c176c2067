// The rows of the list of faults about the network, each against a real server that does it. What must hold in
// every row is in test/faults/invariants.ts.
import { describeRows } from '../../faults/describeRows';
import { networkRows } from '../../faults/network';

describeRows('Network', networkRows);
