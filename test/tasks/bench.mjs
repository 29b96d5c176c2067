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
  changes: 'out/bench/changes.js',
  planted: 'out/bench/planted.js',
  tones: 'out/bench/tones.js',
  seams: 'out/bench/seams.js',
  loss: 'out/bench/loss.js',
  comparison: 'out/bench/comparison.js',
  panel: 'out/bench/panel.js',
};

/** Those that take arguments of their own: all that follows them. */
const takesArguments = ['changes', 'comparison'];

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
  for (const [name, args] of names.length > 0 ? partsNamed(names) : allParts()) {
    const env = await environmentOf(name);
    worst = Math.max(worst, await runNode(parts[name], args, { env }));
  }
  return worst;
}

/** The real pairs lie beside the repository, and not everybody has them. */
function allParts() {
  return Object.keys(parts).map((name) => [name, name === 'changes' ? ['--if-there'] : []]);
}

function partsNamed(names) {
  const named = [];
  for (const [index, name] of names.entries()) {
    if (!Object.hasOwn(parts, name)) {
      throw new ExpectedError(`There are the parts ${Object.keys(parts).join(', ')}.`);
    }
    if (takesArguments.includes(name)) return [...named, [name, names.slice(index + 1)]];
    named.push([name, []]);
  }
  return named;
}
