// Takes nothing; runs every check and suite there is, and ends with a line `N passed, N failed`.
import { endedSeconds } from './processorTime.mjs';
import { count, runSuite } from './suite.mjs';

/** The task `all`. Gives 0 only when there was something to run and all of it passed. */
export async function all() {
  // What was installed and built before is part of it.
  const before = endedSeconds();
  const suite = await runSuite();
  const { processorSeconds } = suite;
  printSuite({
    ...suite,
    seconds: process.uptime(),
    processorSeconds: processorSeconds && processorSeconds + before,
  });
  const { passed, failed } = count(suite.results);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

/** Prints what failed and why, and a table of the steps with what each took. */
export function printSuite({ results, seconds, processorSeconds }) {
  for (const { name, tests } of results) {
    for (const { title, state, error } of tests)
      if (state === 'failed')
        console.log(`\n✘ ${name}: ${title}\n${indent(error ?? 'no reason given')}`);
  }
  const width = Math.max(...results.map(({ name }) => name.length));
  const row = (...cells) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(width) : cell.padStart(17))).join('');
  console.log(`\n${row('step', 'passed', 'failed', 'seconds', 'processor-seconds')}`);
  for (const result of results) {
    const { passed, failed } = count([result]);
    const used = inSeconds(result.processorSeconds);
    console.log(row(result.name, String(passed), String(failed), inSeconds(result.seconds), used));
  }
  console.log(
    `${seconds.toFixed(0)} s in all, ${processorSeconds === undefined ? 'an unknown number of' : processorSeconds.toFixed(0)} processor-seconds`,
  );
}

function inSeconds(seconds) {
  return seconds === undefined ? '?' : seconds.toFixed(1);
}

function indent(text) {
  return text.replaceAll(/^/gm, '    ');
}
