// Ours: the service layer, which writes as little to a disk as the other contestants do.
import { compete } from './measure';
import { contestantOf } from './serviceLayer';

void compete(contestantOf());
