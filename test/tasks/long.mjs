// Takes nothing; runs the long proofs, of which `npm test` keeps a small share, and ends with a line `N passed, N failed`.
import { printSuite } from './all.mjs';
import { count, runLongSuite } from './suite.mjs';

/** The task `long`. Gives 0 when all of it passed. */
export async function long() {
  const suite = await runLongSuite();
  printSuite(suite);
  const { passed, failed } = count(suite.results);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
