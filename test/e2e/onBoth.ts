// Takes nothing; runs, in one process so that they share a window, the journeys that can differ between VS Code's versions.
import './both/newcomer.test';
import './both/edit.test';
import './both/panel.test';
import './both/batchReview.test';
import './both/comeBack.test';
import { closeSharedTrip } from './support/trip';

after(closeSharedTrip);
