// Takes nothing; runs every suite but the kills in one process, so that most of them share one window.
import './newcomer.test';
import './hostileWorkspace.test';
import './lifecycle.test';
// Before edits are cancelled: what those cost may come late, and makes the cost of others unsure.
import './options.test';
import './editImage.test';
import './editAgain.test';
import './batch.test';
import './region.test';
import './panel.test';
import './results.test';
import './compareWithHead.test';
import './keptEdits.test';
import './logs.test';
import { closeSharedTrip } from './trip';

after(closeSharedTrip);
