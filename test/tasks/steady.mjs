// Takes nothing; runs the suite three times beside two busy loops, and says of each test how often it failed.
import { spawn } from 'node:child_process';
import { printSuite } from './all.mjs';
import { ExpectedError } from './run.mjs';
import { count, runSuite } from './suite.mjs';

const rounds = 3;

const loops = 2;

/** Milliseconds after which a busy loop ends by itself, whatever became of what started it. */
const longest = 3 * 60 * 60 * 1000;

/** Keeps one processor busy. It looks at the clock, and at its parent, a thousand times a second at most. */
const busyLoop = `
  const end = Date.now() + ${longest};
  const parent = process.ppid;
  while (Date.now() < end && process.ppid === parent) for (let n = 0; n < 1e6; n++);
`;

function isAlive({ exitCode, signalCode }) {
  return exitCode === null && signalCode === null;
}

/** The task `steady`. Gives 0 when no test failed in any round. */
export async function steady() {
  const busy = Array.from({ length: loops }, () =>
    spawn(process.execPath, ['--eval', busyLoop], { stdio: 'ignore' }),
  );
  const suites = [];
  try {
    for (let round = 1; round <= rounds; round++) {
      console.log(`\n━━━ Round ${round} of ${rounds}, beside ${loops} busy loops ━━━`);
      const suite = await runSuite(busy.map(({ pid }) => pid));
      printSuite(suite);
      suites.push(suite);
      if (!busy.every(isAlive))
        throw new ExpectedError('A busy loop has ended: this proves nothing.');
    }
  } finally {
    for (const child of busy) child.kill('SIGKILL');
  }

  // One that was not run in a round, since its suite had ended before, did not pass in it.
  const passes = new Map();
  for (const { name, tests } of suites.flatMap(({ results }) => results)) {
    const passed = new Set();
    for (const { title, state } of tests) {
      const test = `${name}: ${title}`;
      if (state === 'passed') passed.add(test);
      else passes.set(test, passes.get(test) ?? 0);
    }
    for (const test of passed) passes.set(test, (passes.get(test) ?? 0) + 1);
  }
  console.log(`\nfailed  of ${rounds} rounds`);
  for (const [test, times] of passes) console.log(`${String(rounds - times).padStart(6)}  ${test}`);
  const { passed, failed } = count(suites.flatMap(({ results }) => results));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
