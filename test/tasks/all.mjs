// Takes nothing; runs every check and suite there is, and ends with a line `N passed, N failed`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageAndList } from './package.mjs';
import { runNpm } from './run.mjs';
import { e2e, ensureVscodeAndChromium, harness, host, kills, unit } from './suites.mjs';

/** The task `all`. Gives 0 only when there was something to run and all of it passed. */
export async function all() {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'retouch-counts-'));
  const results = [];
  const { supportedVersions } = await harness();

  /** Runs one step; a step that says nothing about its tests, or dies, has failed. */
  const step = async (name, work, { counts } = {}) => {
    console.log(`\n━━━ ${name} ━━━`);
    const begun = Date.now();
    let code = 1;
    try {
      code = await work();
    } catch (error) {
      console.error(error.expected ? error.message : error);
    }
    const { passed, failed } = counts ? readCounts(counts, code) : judge(code);
    results.push({ name, passed, failed, seconds: (Date.now() - begun) / 1000 });
  };
  const suite = (name, work, label) => {
    const counts = join(folder, `${name.replaceAll(/[^\w.]+/g, '-')}.jsonl`);
    return step(name, () => work({ env: { RETOUCH_COUNTS: counts }, label }), { counts });
  };
  const onVscode = (name, work, version) =>
    suite(`${name}, VS Code ${version}`, (options) => work(version, options), version);

  await step('package', () => packageAndList());
  const installed = step('install VS Code and Chromium', () =>
    ensureVscodeAndChromium(supportedVersions).then(() => 0),
  );
  // No more at a time than the smallest machine has processors: a VS Code with its browser keeps one busy, and what
  // keeps it waiting fails in it. Beside it goes one thing after the other.
  await Promise.all([
    installed.then(() =>
      inTurn(supportedVersions, (version) =>
        onVscode('e2e', (at, options) => e2e(at, [], options), version),
      ),
    ),
    suite('unit', (options) => unit([], { ...options, jobs: 1 }), 'unit')
      .then(() => step('check', () => runNpm(['run', '--silent', 'check'], { label: 'check' })))
      .then(() => installed)
      .then(() =>
        inTurn(supportedVersions, (version) =>
          onVscode('host', (at, options) => host(at, [], options), version),
        ),
      )
      .then(() =>
        inTurn(supportedVersions, (version) =>
          onVscode('kills', (at, options) => kills(at, [], options), version),
        ),
      ),
  ]);
  rmSync(folder, { recursive: true, force: true });

  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const width = Math.max(...results.map(({ name }) => name.length));
  console.log(`\n${'suite'.padEnd(width)}  passed  failed  seconds`);
  for (const { name, passed, failed, seconds } of results) {
    console.log(
      `${name.padEnd(width)}  ${String(passed).padStart(6)}  ${String(failed).padStart(6)}  ${seconds.toFixed(1).padStart(7)}`,
    );
  }
  console.log(`${((Date.now() - started) / 1000).toFixed(0)} s in all`);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 && sum('passed') > 0 ? 0 : 1;
}

async function inTurn(values, work) {
  for (const value of values) await work(value);
}

function judge(code) {
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
}

/** Skipped tests count as failed: a suite that skips what it should prove proves nothing. */
function readCounts(path, code) {
  let lines;
  try {
    lines = readFileSync(path, 'utf8').trim().split('\n').map(JSON.parse);
  } catch {
    return judge(1);
  }
  const passed = lines.reduce((total, line) => total + line.passed, 0);
  const failed = lines.reduce((total, line) => total + line.failed + line.pending, 0);
  const silent = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: silent ? 1 : failed };
}
