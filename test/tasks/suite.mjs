// Takes nothing; runs every check and suite, the usual or the long one, and gives what came of each step and each test.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageAndList } from './package.mjs';
import { endedSeconds, ProcessorTime } from './processorTime.mjs';
import { endingSignals, ExpectedError, inStep, runNpm } from './run.mjs';
import { e2e, ensureVscodeAndChromium, harness, host, kills, unit } from './suites.mjs';

/**
 * @typedef {object} Result of a step
 * @property {string} name
 * @property {{ title: string, state: 'passed' | 'failed', error?: string }[]} tests a step without tests is one itself
 * @property {number} seconds from its start to its end
 * @property {number | undefined} processorSeconds user and system time of all its processes, where that is known
 *
 * @typedef {object} Suite
 * @property {Result[]} results
 * @property {number} seconds
 * @property {number | undefined} processorSeconds
 */

/**
 * All that `npm test` runs. Two steps at a time: a VS Code with its browser keeps one processor busy, and the smallest
 * machine has two.
 * @param {number[]} [others] ids of processes that run beside it and are not counted
 * @returns {Promise<Suite>}
 */
export function runSuite(others) {
  return runSteps(async (step, suite, { oldest, newest }) => {
    await step('package', packageAndList);
    const installed = step('install VS Code and Chromium', ensureAll);
    await Promise.all([
      installed
        .then(() => suite(`e2e ${newest}`, (options) => e2e(newest, [], options)))
        .then(() => suite(`e2e ${oldest}`, (options) => e2e(oldest, [], options)))
        .then(() => suite(`kills ${newest}`, (options) => kills(newest, [], options)))
        .then(() => suite(`host ${oldest}`, (options) => host(oldest, [], options)))
        .then(() => step('check', () => runNpm(['run', '--silent', 'check'], { label: 'check' }))),
      suite('unit', (options) => unit([], { ...options, jobs: 1 }))
        .then(() => installed)
        .then(() => suite(`host ${newest}`, (options) => host(newest, [], options))),
    ]);
  }, others);
}

/**
 * What takes hours: the proofs of which `npm test` keeps a small share, and every workbench test on each VS Code.
 * @returns {Promise<Suite>}
 */
export function runLongSuite() {
  return runSteps(async (step, suite, { oldest, newest }) => {
    await step('package', packageAndList);
    await step('install VS Code and Chromium', ensureAll);
    const inLongForm = ({ env, ...options }) => ({
      ...options,
      env: { ...env, RETOUCH_LONG: '1' },
    });
    await Promise.all([
      suite(`e2e ${newest}`, (options) => e2e(newest, [], inLongForm(options)))
        .then(() => suite(`e2e ${oldest}`, (options) => e2e(oldest, [], inLongForm(options))))
        .then(() => suite(`kills ${newest}`, (options) => kills(newest, [], inLongForm(options)))),
      suite('unit', (options) => unit([], { ...inLongForm(options), jobs: 1 })),
    ]);
  });
}

/** @returns how many tests of these results passed and how many failed */
export function count(results) {
  const tests = results.flatMap((result) => result.tests);
  const passed = tests.filter(isPassed).length;
  return { passed, failed: tests.length - passed };
}

async function runSteps(run, others) {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'retouch-results-'));
  const time = new ProcessorTime(others);
  const endedBefore = endedSeconds();
  const results = [];
  // Each child hears of it as well, and ends: what would come after it must not begin.
  let interrupted = false;
  const interrupt = () => (interrupted = true);
  for (const signal of endingSignals) process.on(signal, interrupt);

  /** A step that says nothing about its tests, or dies, has failed. */
  const step = (name, work, resultsFile) =>
    inStep({ name, time }, async () => {
      if (interrupted) return;
      console.log(`\n━━━ ${name} ━━━`);
      const begun = Date.now();
      let code = 1;
      let error;
      try {
        code = await work();
      } catch (thrown) {
        error = thrown.expected ? thrown.message : String(thrown.stack ?? thrown);
        console.error(error);
      }
      const tests = resultsFile ? readTests(resultsFile, code) : [judge(name, code, error)];
      const seconds = (Date.now() - begun) / 1000;
      results.push({ name, tests, seconds, processorSeconds: time.seconds(name) });
    });
  const suite = (name, work) => {
    const file = join(folder, `${name.replaceAll(/[^\w.]+/g, '-')}.jsonl`);
    return step(name, () => work({ env: { RETOUCH_RESULTS: file }, label: name }), file);
  };

  try {
    const { supportedVersions } = await harness();
    await run(step, suite, { oldest: supportedVersions.at(0), newest: supportedVersions.at(-1) });
    if (interrupted) throw new ExpectedError('Interrupted.');
    // Each way to count misses something: what is short, or what outlives its parent.
    const { user, system } = process.cpuUsage();
    const ended = endedSeconds() - endedBefore + (user + system) / 1e6;
    const seen = time.seconds();
    const processorSeconds = seen === undefined ? undefined : Math.max(seen, ended);
    return { results, seconds: (Date.now() - started) / 1000, processorSeconds };
  } finally {
    for (const signal of endingSignals) process.off(signal, interrupt);
    time.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ensureAll() {
  await ensureVscodeAndChromium((await harness()).supportedVersions);
  return 0;
}

function judge(title, code, error) {
  return { title, state: code === 0 ? 'passed' : 'failed', error };
}

/**
 * Skipped tests count as failed: a suite that skips what it should prove proves nothing. So do those that were never run:
 * a suite that ends in the midst of them may end with 0.
 */
function readTests(path, code) {
  const lines = readLines(path);
  const tests = lines
    .filter(({ title }) => title !== undefined)
    .map((test) => (isPassed(test) ? test : { ...test, state: 'failed' }));
  const planned = lines.reduce((sum, line) => sum + (line.planned ?? 0), 0);
  const problem =
    tests.length < planned
      ? `${tests.length} of ${planned} tests were run`
      : tests.length === 0
        ? 'no test was run'
        : code !== 0 && tests.every(isPassed)
          ? `it ended with code ${code}`
          : undefined;
  return problem === undefined ? tests : [...tests, judge('the suite as a whole', 1, problem)];
}

/** A process that was killed may have left half of the last one. */
function readLines(path) {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    });
}

function isPassed({ state }) {
  return state === 'passed';
}
