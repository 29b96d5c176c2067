// Takes names of parts; measures what the README claims, against peers in the same run, and gives 0 where every bar is
// kept.
import { packageExtension } from './package.mjs';
import { ExpectedError, runNode } from './run.mjs';
import { ensureVscodeAndChromium, harness } from './suites.mjs';

const parts = {
  gateway: 'out/bench/run.js',
  batch: 'out/bench/batch.js',
  match: 'out/bench/match.js',
  pictures: 'out/bench/pictures.js',
  seams: 'out/bench/seams.js',
  panel: 'out/bench/panel.js',
};

/** What only some parts need. */
async function environmentOf(name) {
  if (name !== 'panel') return {};
  const newest = (await harness()).supportedVersions.at(-1);
  const [vsix] = await Promise.all([packageExtension(), ensureVscodeAndChromium([newest])]);
  return { RETOUCH_VSCODE: newest, RETOUCH_VSIX: vsix };
}

/** The task `bench`: all parts, or those that are named. */
export async function bench(names) {
  let worst = 0;
  for (const name of names.length > 0 ? names : Object.keys(parts)) {
    if (!Object.hasOwn(parts, name)) {
      throw new ExpectedError(`There are the parts ${Object.keys(parts).join(', ')}.`);
    }
    const env = await environmentOf(name);
    worst = Math.max(worst, await runNode(parts[name], [], { env }));
  }
  return worst;
}
