// Takes a mocha run; adds a line of JSON for each test, with what came of it, to the file RETOUCH_RESULTS, and one before them
// that says how many there are to be.
import { appendFileSync } from 'node:fs';
import type { Runner, Test } from 'mocha';

/** As much of an error as helps where nothing but the output can be looked at. */
const longest = 4000;

/** A hook that fails counts as a test: what it was for was not tested. */
export function writeResults(runner: Pick<Runner, 'on' | 'total'>): void {
  const file = process.env['RETOUCH_RESULTS'];
  if (!file) return;
  runner.on('start', () => {
    appendFileSync(file, `${JSON.stringify({ planned: runner.total })}\n`);
  });
  const write = (state: string, test: Test, error?: Error) => {
    const words = error && (error.stack ?? error.message).slice(0, longest);
    const line = { title: test.fullTitle(), state, error: words };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  runner.on('pass', (test) => write('passed', test));
  runner.on('fail', (test, error: Error) => write('failed', test, error));
  runner.on('pending', (test) => write('pending', test));
}
