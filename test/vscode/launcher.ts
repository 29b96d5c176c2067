#!/usr/bin/env node
// Takes the arguments of a desktop VS Code that is to run tests; runs them in VS Code's server with a
// headless page, prints what they print, and exits as they do.
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { keepPage, lineOf } from './evidence';
import { cacheFolder, supportedVersions } from './install';
import { isolatedEnvironment, startServer } from './server';
import { quietSettings } from './settings';
import { writeSettings } from './userFolder';
import { pageAddress } from './workbench';
import { launchWorkbenchBrowser } from './workbenchBrowser';

/** What test/host/index.ts starts its lines with: the rest is VS Code's own, for the log file. */
const testLineMark = '[test] ';

/** How much of VS Code's own output is shown when a test has failed. */
const tailLines = 30;

/** How long a whole suite may take, in milliseconds, beyond the silence that one test may be asked for. */
const limit = 15 * 60_000 + Number(process.env['RETOUCH_SILENCE'] ?? 0) * 1000;

/** The value of `--name=value`. */
function argument(name: string): string | undefined {
  const start = `--${name}=`;
  return process.argv.find((text) => text.startsWith(start))?.slice(start.length);
}

async function launch(): Promise<number> {
  const version = process.env['RETOUCH_VSCODE'] ?? supportedVersions.at(-1)!;
  const folder = process.argv.slice(2).find((text) => !text.startsWith('-'));
  const extensionDevelopmentPath = argument('extensionDevelopmentPath');
  const extensionTestsPath = argument('extensionTestsPath');
  if (!folder || !extensionDevelopmentPath || !extensionTestsPath) {
    throw new Error('launcher: a folder, the extension and its tests must be named');
  }
  const userDataDir = mkdtempSync(join(tmpdir(), 'retouch-host-'));
  const extra: unknown = JSON.parse(process.env['RETOUCH_SETTINGS'] ?? '{}');
  writeSettings(userDataDir, { ...quietSettings, ...(extra as object) });
  const server = await startServer({
    version,
    userDataDir,
    extensionsDir: join(userDataDir, 'extensions'),
    env: isolatedEnvironment,
    development: true,
  });
  const browser = await launchWorkbenchBrowser(server, version, {
    viewport: { width: 1280, height: 800 },
    // What moves without an end, such as the bar of a progress, costs processor time and is looked at by no test.
    reducedMotion: 'reduce',
  });
  const logs = join(cacheFolder, 'logs');
  mkdirSync(logs, { recursive: true });
  const logPath = join(logs, `host-${version}.log`);
  const log = createWriteStream(logPath);
  const page = await browser.context.newPage();
  // Nobody looks at it: it is laid out, has the focus and hears of everything, but is not drawn.
  await page.addInitScript(`
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('body { opacity: 0 }');
    document.adoptedStyleSheets = [sheet];
    window.draw = () => sheet.replaceSync('');
  `);
  const consoleLines: string[] = [];
  page.on('console', (message) => {
    consoleLines.push(lineOf(message));
  });
  // A signal must not leave a server behind: runTests passes Ctrl+C on.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

  let late: NodeJS.Timeout | undefined;
  const code = await new Promise<number>((settle, fail) => {
    late = setTimeout(() => fail(new Error(`no result after ${limit / 1000} s`)), limit);
    const start = async (): Promise<void> => {
      await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
        const line = args.map(String).join(' ');
        log.write(`${line}\n`);
        if (line.startsWith(testLineMark)) console.log(line.slice(testLineMark.length));
      });
      await page.exposeFunction('codeAutomationExit', (result: number) => settle(result));
      page.once('crash', () => fail(new Error('the page crashed')));
      await page.goto(
        pageAddress({
          workspace: resolve(folder),
          extensionDevelopmentPath: resolve(extensionDevelopmentPath),
          extensionTestsPath: resolve(extensionTestsPath),
        }),
      );
    };
    start().catch(fail);
  }).catch(async (error: unknown) => {
    await page.evaluate('draw()').catch(() => undefined);
    const evidence = await keepPage(`host-${version}`, page, consoleLines);
    process.stderr.write(`VS Code ${version}: ${String(error)}\n`);
    process.stderr.write(`Screen: ${join(evidence, 'screen.png')}\nServer: ${server.logPath}\n`);
    return undefined;
  });
  clearTimeout(late);
  await browser.close();
  await server.stop();
  if (code !== 0) {
    // Where this runs there may be nothing to look at but its output.
    const tail = readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-tailLines).join('\n');
    process.stderr.write(`Everything VS Code said: ${logPath}\nIts end:\n${tail}\n`);
  }
  // The server's log that was named above stays.
  if (code === undefined) return 1;
  await rm(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  return code;
}

launch().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
    process.exit(1);
  },
);
