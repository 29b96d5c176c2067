// Takes the machine as it is; gives a Chromium to drive: one that is there, else Debian's package.
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
} from 'playwright-core';

const execute = promisify(execFile);

/** Debian's Chromium without a window. The one with windows draws its own pages into each, for twice the time. */
const debianPackage = 'chromium-headless-shell';

const names = [
  ...[debianPackage, 'chromium', 'chromium-browser'],
  ...['google-chrome', 'google-chrome-stable'],
];
const edges = ['microsoft-edge', 'microsoft-edge-stable', 'msedge'];

/** Fonts that VS Code asks for on Linux; a machine without a screen has none at all. */
const fontPackages = ['fonts-dejavu-core', 'fonts-noto-core'];

/** The path of a Chromium, Chrome or Edge on this machine; `CHROME_PATH` names another one. */
export function findChromium(): string | undefined {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => [...names, ...edges].map((name) => join(folder, name)));
  const programs = [
    process.env['PROGRAMFILES'],
    process.env['PROGRAMFILES(X86)'],
    process.env['LOCALAPPDATA'],
  ].filter((folder) => folder !== undefined);
  const candidates = [
    process.env['CHROME_PATH'],
    ...onPath,
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ...programs.flatMap((folder) => [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]),
    playwrightsOwn(),
  ];
  return candidates.find((path) => path !== undefined && isExecutable(path));
}

/** Finds a Chromium, or installs Debian's where this is Linux and we are root. */
export async function ensureChromium(): Promise<string> {
  const found = findChromium();
  if (found) return found;
  const hint = 'Install Chromium or Chrome, or say where one is in CHROME_PATH.';
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(`No Chromium found. ${hint} (Debian: sudo apt-get install ${debianPackage})`);
  }
  const started = Date.now();
  process.stdout.write('Chromium: installing with apt-get…\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, maxBuffer: 64 * 1024 * 1024 };
  try {
    await execute('apt-get', ['update', '-qq'], options);
    const packages = [debianPackage, ...fontPackages];
    await execute(
      'apt-get',
      ['install', '-y', '-qq', '--no-install-recommends', ...packages],
      options,
    );
  } catch (error) {
    throw new Error(`apt-get could not install Chromium. ${hint}`, { cause: error });
  }
  const installed = findChromium();
  if (!installed) throw new Error(`apt-get left no Chromium on the PATH. ${hint}`);
  process.stdout.write(`Chromium: installed in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  return installed;
}

/** Starts a headless browser that can reach this machine and nothing else. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await ensureChromium(), args: browserArguments() });
}

/** Options of the pages, and what the browser itself needs. */
export interface ProfileOptions extends BrowserContextOptions {
  /** Absolute. */
  readonly profile: string;
  /** The only name that this browser finds, with a port, and the address behind it. */
  readonly host: { readonly name: string; readonly address: string };
}

/** Starts a headless browser with a profile on disk, which can reach one server and nothing else. Closing it ends the browser. */
export async function launchProfile({
  profile,
  host: { name, address },
  ...options
}: ProfileOptions): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    ...options,
    executablePath: await ensureChromium(),
    args: [...browserArguments(`MAP ${name} ${address}, `), disabledFeatures],
  });
}

/** What the browser says of itself, such as `Chromium 156.0.8078.108`. */
export async function browserVersion(): Promise<string> {
  const { stdout } = await execute(await ensureChromium(), ['--version']);
  return stdout.trim();
}

/**
 * A script that is fetched in the background is compiled anew even where its compiled form is at hand. The list takes the
 * place of Playwright's, whose names follow.
 */
const disabledFeatures = `--disable-features=${[
  'BackgroundResourceFetch',
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
  ...['HttpsFirstBalancedModeAutoEnable', 'LensOverlay', 'MediaRouter', 'PaintHolding'],
  ...['ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'AimEnabled'],
  ...['OptimizationHints', 'NetworkTimeServiceQuerying', 'PreconnectToSearch'],
].join()}`;

/** @param mapped rules for names that are to be found, each with a comma behind it */
function browserArguments(mapped = ''): string[] {
  return [
    ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    // The workbench is 19 MB of script, of which a test needs little: only what is called is compiled.
    '--js-flags=--max-lazy',
    // Shared memory is 64 MB in a container by default: too little for a workbench.
    '--disable-dev-shm-usage',
    '--no-proxy-server',
    `--host-resolver-rules=${mapped}MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost`,
  ];
}

function playwrightsOwn(): string | undefined {
  try {
    return chromium.executablePath();
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
