// Nothing goes in; the thread that works on pictures comes out, started once for all test files of a process.
import { resolve } from 'node:path';
import { PictureWorker } from '../../../../src/picture/pictureWorker';

// Every test file is a bundle with a copy of this module, so that a variable would not do.
const holder = globalThis as { retouchPictureWorker?: PictureWorker | undefined };

/** For tests that ask it for pictures and leave it as it is: starting one takes longer than many a test. */
export function sharedWorker(): PictureWorker {
  return (holder.retouchPictureWorker ??= new PictureWorker(resolve('dist', 'pictureThread.js')));
}

// After the last of all tests, since no `describe` is around it.
after(() => {
  holder.retouchPictureWorker?.dispose();
  holder.retouchPictureWorker = undefined;
});
