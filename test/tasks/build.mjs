// Takes the sources; leaves dist and out built from them.
import { ExpectedError, runNode } from './run.mjs';

/** Builds dist as it ships, and out. */
export async function build() {
  const code = await runNode('esbuild.mjs', ['--production']);
  if (code !== 0) throw new ExpectedError('The build failed: see above.');
}
