// Takes a task name and its arguments, on a fresh clone too, and runs the task on what it has
// installed and built first: `node test/prepare.mjs unit --grep name`.
import { build } from './tasks/build.mjs';
import { installPackages } from './tasks/packages.mjs';

const tasks = {
  all: () => import('./tasks/all.mjs').then(({ all }) => all),
  bench: () => import('./tasks/bench.mjs').then(({ bench }) => bench),
  demo: () => import('./tasks/trips.mjs').then(({ demo }) => demo),
  e2e: () => import('./tasks/suites.mjs').then(({ e2eOnEach }) => e2eOnEach),
  host: () => import('./tasks/suites.mjs').then(({ hostOnEach }) => hostOnEach),
  kills: () => import('./tasks/suites.mjs').then(({ killsOnEach }) => killsOnEach),
  long: () => import('./tasks/long.mjs').then(({ long }) => long),
  package: () => import('./tasks/package.mjs').then(({ packageAndList }) => packageAndList),
  start: () => import('./tasks/trips.mjs').then(({ start }) => start),
  steady: () => import('./tasks/steady.mjs').then(({ steady }) => steady),
  unit: () => import('./tasks/suites.mjs').then(({ unit }) => unit),
};

const [name = '', ...rest] = process.argv.slice(2);
/** Those that run everything there is, whatever is asked of them. */
const isWhole = ['all', 'long', 'steady'].includes(name);
if (isWhole && rest.length > 0) {
  console.error(`npm test takes no arguments: npm run test:unit -- ${rest.join(' ')} does.`);
  process.exit(2);
}
if (!Object.hasOwn(tasks, name)) {
  console.error(`Usage: node test/prepare.mjs ${Object.keys(tasks).join('|')} [arguments]`);
  process.exit(2);
}

try {
  await installPackages();
  await build();
  const task = await tasks[name]();
  process.exitCode = await task(rest);
} catch (error) {
  console.error(error.expected ? error.message : error);
  // Whatever reads the last line of `npm test` gets its answer even when nothing could be run.
  if (isWhole) console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
