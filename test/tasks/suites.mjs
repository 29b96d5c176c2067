// Takes mocha arguments; runs one suite, on each supported VS Code where it needs one, and gives the
// exit code. `--vscode VERSION` runs on that one alone.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { packageExtension, vsixPath } from './package.mjs';
import { root, runNode } from './run.mjs';

const second = 1000;

/** The built harness: it is TypeScript, so it can be imported only after the build. */
export async function harness() {
  const { ensureVscode, supportedVersions } = await import('../../out/test/vscode/install.js');
  const { ensureChromium } = await import('../../out/test/vscode/chromium.js');
  const { ensureCompiled } = await import('../../out/test/vscode/workbenchBrowser.js');
  return { ensureVscode, ensureChromium, ensureCompiled, supportedVersions };
}

/** Whatever tests in a VS Code need, installed side by side: the downloads take most of the time. */
export async function ensureVscodeAndChromium(versions) {
  const { ensureVscode, ensureChromium, ensureCompiled } = await harness();
  await Promise.all([...versions.map((version) => ensureVscode(version)), ensureChromium()]);
  for (const version of versions) await ensureCompiled(version);
}

/**
 * Tests without VS Code.
 * @param options.jobs how many files at a time: two more than there are processors, since some tests wait for time to pass
 */
export function unit(rest, { jobs = availableParallelism() + 2, ...options } = {}) {
  return mocha(
    'out/test/unit/**/*.test.js',
    60 * second,
    [...(jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : []), ...rest],
    options,
  );
}

/** Tests in the extension host of one VS Code, on dist as it was built last. */
export function host(version, rest, { env = {}, label } = {}) {
  return runNode('out/test/vscode/hostTests.js', rest, {
    env: { RETOUCH_VSCODE: version, ...env },
    label,
  });
}

/**
 * Journeys in one VS Code with the packaged extension, driven by a browser: all of them on the newest one, on an older one
 * those that can differ between versions; in the long form all on each.
 */
export async function e2e(version, rest, options = {}) {
  const isLong = (options.env?.RETOUCH_LONG ?? process.env.RETOUCH_LONG) === '1';
  const newest = (await harness()).supportedVersions.at(-1);
  const file = isLong || version === newest ? 'onNewest.js' : 'onBoth.js';
  return inVscode(file, version, rest, options);
}

/** Edits in one VS Code whose extension host is killed: `RETOUCH_KILLS` times. */
export function kills(version, rest, options) {
  return inVscode('kills.test.js', version, rest, options);
}

function inVscode(file, version, rest, { env = {}, label } = {}) {
  return mocha(`out/test/e2e/${file}`, 120 * second, rest, {
    env: { RETOUCH_VSCODE: version, RETOUCH_VSIX: vsixPath, ...env },
    label,
  });
}

/** The task `host`. */
export async function hostOnEach(args) {
  const { versions, rest } = await chosenVersions(args);
  await ensureVscodeAndChromium(versions);
  return onEach(versions, (version) => host(version, rest));
}

/** The task `e2e`. */
export function e2eOnEach(args) {
  return packagedOnEach(args, e2e);
}

/** The task `kills`. */
export function killsOnEach(args) {
  return packagedOnEach(args, kills);
}

async function packagedOnEach(args, suite) {
  const { versions, rest } = await chosenVersions(args);
  await Promise.all([ensureVscodeAndChromium(versions), packageExtension()]);
  return onEach(versions, (version) => suite(version, rest));
}

function mocha(files, timeout, rest, options) {
  return runNode(
    join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
    [
      ...['--reporter', 'test/support/reporter.cjs', '--timeout', String(timeout)],
      ...[files, ...rest],
    ],
    options,
  );
}

async function onEach(versions, suite) {
  let worst = 0;
  for (const version of versions) {
    console.log(`\nVS Code ${version}`);
    worst = Math.max(worst, await suite(version));
  }
  return worst;
}

async function chosenVersions(args) {
  const at = args.indexOf('--vscode');
  if (at >= 0) return { versions: [args[at + 1]], rest: args.toSpliced(at, 2) };
  return { versions: (await harness()).supportedVersions, rest: args };
}
