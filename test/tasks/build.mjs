// Takes the sources; leaves dist and out built from them, and nothing in out of a test since removed.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ExpectedError, root, runNode } from './run.mjs';

/** Builds dist as it ships, and out. */
export async function build() {
  for (const folder of ['test', 'bench']) removeStale(folder);
  const code = await runNode('esbuild.mjs', ['--production']);
  if (code !== 0) throw new ExpectedError('The build failed: see above.');
}

/** A test that was renamed or removed would still be found in out, and run. */
function removeStale(folder) {
  const built = join(root, 'out', folder);
  if (!existsSync(built)) return;
  for (const file of readdirSync(built, { recursive: true, encoding: 'utf8' })) {
    const source = join(root, folder, file.replace(/\.js(\.map)?$/, '.ts'));
    if (/\.js(\.map)?$/.test(file) && !existsSync(source)) rmSync(join(built, file));
  }
}
