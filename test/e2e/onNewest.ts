// Takes nothing; runs every journey in one process, so that most of them share a window.
import './onBoth';
import './newest/hostileWorkspace.test';
import './newest/lifecycle.test';
import './newest/optionsGear.test';
import './newest/underWay.test';
import './newest/versions.test';
import './newest/batchUnderWay.test';
import './newest/markRegion.test';
import './newest/themes.test';
import './newest/compareWithHead.test';
import './newest/afterReload.test';
import './newest/logs.test';
