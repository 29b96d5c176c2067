// Takes a server; gives a browser that opens its workbench, whose script it need not compile: that was done when it was installed.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  statSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions } from 'playwright-core';
import { until } from '../support/until';
import { browserVersion, launchProfile } from './chromium';
import { cacheFolder } from './install';
import { isolatedEnvironment, type Server, startServer } from './server';
import { quietSettings } from './settings';
import { writeSettings } from './userFolder';

/**
 * Under this name each browser knows its server. What a browser has compiled it finds again by the address, and the port of
 * a server is another one each time. A name that ends so counts as safe, as the clipboard asks.
 */
const host = 'vscode.localhost:8000';

/** Where the workbench is, for its browser. */
export const workbenchOrigin = `http://${host}`;

/** What a browser keeps of the scripts that it was given: as they came, and compiled. */
const keptFolders = ['Cache', 'Code Cache'].map((name) => join('Default', name));

/** Bytes: the workbench's own script is larger by far when it is compiled, and each other one smaller. */
const leastCompiled = 5_000_000;

/** Milliseconds: on a busy machine three windows open in half of it. */
const longestCompiling = 120_000;

export interface WorkbenchBrowser {
  readonly context: BrowserContext;
  /** Ends the browser, and deletes its state. */
  close(): Promise<void>;
}

/** Starts a browser without any state but for the compiled scripts of this VS Code, where they are there. */
export async function launchWorkbenchBrowser(
  server: Server,
  version: string,
  options: BrowserContextOptions,
): Promise<WorkbenchBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'retouch-browser-'));
  const compiled = await compiledFolder(version);
  if (existsSync(compiled)) cpSync(compiled, profile, { recursive: true });
  const context = await launchProfile({
    ...options,
    profile,
    host: { name: host, address: `127.0.0.1:${server.port}` },
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * Has a browser compile what a workbench runs, once for each VS Code and browser: every window would spend seconds on it. A
 * browser keeps the compiled form of what it was given again.
 */
export async function ensureCompiled(version: string): Promise<void> {
  const compiled = await compiledFolder(version);
  if (existsSync(compiled)) return;
  const home = mkdtempSync(join(tmpdir(), 'retouch-compile-'));
  const userDataDir = join(home, 'user');
  const profile = join(home, 'profile');
  const workspace = join(home, 'workspace');
  mkdirSync(workspace, { recursive: true });
  writeSettings(userDataDir, quietSettings);
  const server = await startServer({
    version,
    userDataDir,
    extensionsDir: join(userDataDir, 'extensions'),
    env: isolatedEnvironment,
  });
  try {
    const context = await launchProfile({
      profile,
      host: { name: host, address: `127.0.0.1:${server.port}` },
    });
    const page = await context.newPage();
    await until(
      'compiled form of the workbench',
      async () => {
        await page.goto(`${workbenchOrigin}/?folder=${encodeURIComponent(workspace)}`);
        await page.locator('.monaco-workbench .part.statusbar').waitFor();
        return until('new file', () => isCompiled(profile), undefined, 5000).catch(() => false);
      },
      undefined,
      longestCompiling,
    );
    // It may still be writing the others.
    await context.close();
  } finally {
    await server.stop();
  }
  const folder = mkdtempSync(join(cacheFolder, '.compiled-'));
  for (const name of keptFolders) {
    cpSync(join(profile, name), join(folder, name), { recursive: true });
  }
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
  mkdirSync(join(compiled, '..'), { recursive: true });
  try {
    renameSync(folder, compiled);
  } catch (error) {
    // Somebody else was faster.
    await rm(folder, { recursive: true });
    if (!existsSync(compiled)) throw error;
  }
}

async function compiledFolder(version: string): Promise<string> {
  const browser = (await browserVersion()).replaceAll(/[^\w.]+/g, '-');
  return join(cacheFolder, 'compiled', `${version}-${browser}`);
}

function isCompiled(profile: string): boolean {
  const folder = join(profile, 'Default', 'Code Cache', 'js');
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some((file) => statSync(join(folder, file)).size > leastCompiled);
}
