// Takes names of parts; measures what the README claims, against peers in the same run, and gives 0 where every bar is
// kept.
import { ExpectedError, runNode } from './run.mjs';

const parts = {
  gateway: 'out/bench/run.js',
  match: 'out/bench/match.js',
  pictures: 'out/bench/pictures.js',
};

/** The task `bench`: all parts, or those that are named. */
export async function bench(names) {
  let worst = 0;
  for (const name of names.length > 0 ? names : Object.keys(parts)) {
    if (!Object.hasOwn(parts, name)) {
      throw new ExpectedError(`There are the parts ${Object.keys(parts).join(', ')}.`);
    }
    worst = Math.max(worst, await runNode(parts[name], []));
  }
  return worst;
}
