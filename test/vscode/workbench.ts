// Takes a VS Code version and a folder; gives its workbench in a headless browser, with the moves a
// person makes in it.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { until } from '../support/until';
import { complaintsAmong, keepPage, lineOf } from './evidence';
import { installVsix, isolatedEnvironment, type Server, startServer } from './server';
import { defaultTheme, quietSettings } from './settings';
import { writeKeybindings, writeMachineSettings, writeSettings } from './userFolder';
import { launchWorkbenchBrowser, workbenchOrigin, type WorkbenchBrowser } from './workbenchBrowser';

export interface WorkbenchOptions {
  /** One of `supportedVersions`. */
  version: string;
  /** The folder or `.code-workspace` to open, absolute; a copy that the test may write to. */
  workspace: string;
  /** A packaged extension to install. */
  vsix?: string;
  /** A folder with an extension to run from its sources. Notifications are then not shown. */
  extensionDevelopmentPath?: string;
  /** User settings on top of the quiet ones. */
  settings?: Readonly<Record<string, unknown>>;
  /** Settings of the machine that the server runs on. Default none. */
  machineSettings?: Readonly<Record<string, unknown>>;
  /** Environment of the extension host. */
  environment?: Readonly<Record<string, string>>;
  /** Whether workspace trust exists; the folder is then in Restricted Mode. Default false. */
  trust?: boolean;
  colorTheme?: string;
  /** The user's own keys. */
  keybindings?: readonly { key: string; command: string }[];
  /** In CSS pixels. Default 1280 × 800. */
  viewport?: { width: number; height: number };
  /** Screen pixels in a CSS pixel. Default 1. */
  deviceScaleFactor?: number;
}

/** How much of the extension's log is shown when a test has failed. */
const tailLines = 30;

/** Long enough for a busy machine with two cores, in milliseconds. */
const patience = 60_000;

/** Opens a folder in a fresh VS Code with empty state and waits until it can be used. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const userDataDir = mkdtempSync(join(tmpdir(), 'retouch-vscode-'));
  const extensionsDir = join(userDataDir, 'extensions');
  const settings: Record<string, unknown> = {
    ...quietSettings,
    'workbench.colorTheme': options.colorTheme ?? defaultTheme,
    ...options.settings,
  };
  writeSettings(userDataDir, settings);
  // There from the start: VS Code looks for a missing file only every few seconds.
  writeMachineSettings(userDataDir, options.machineSettings ?? {});
  writeKeybindings(userDataDir, options.keybindings ?? []);
  let server: Server | undefined;
  let browser: WorkbenchBrowser | undefined;
  try {
    const { version, vsix, trust = false } = options;
    const development = options.extensionDevelopmentPath !== undefined;
    if (vsix) await installVsix(version, vsix, { userDataDir, extensionsDir });
    const env = { ...isolatedEnvironment, ...options.environment };
    server = await startServer({ version, userDataDir, extensionsDir, trust, env, development });
    browser = await launchWorkbenchBrowser(server, version, {
      viewport: options.viewport ?? { width: 1280, height: 800 },
      deviceScaleFactor: options.deviceScaleFactor ?? 1,
      acceptDownloads: true,
      // Nothing fades: screenshots show what is there, and tests wait less.
      reducedMotion: 'reduce',
    });
    const { context } = browser;
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], {
      origin: workbenchOrigin,
    });
    await context.addInitScript(openNotificationsNobodyShows);
    const page = await context.newPage();
    const workbench = new Workbench(page, server, browser, userDataDir, settings, options);
    await page.goto(pageAddress(options));
    await workbench.ready();
    return workbench;
  } catch (error) {
    await browser?.close();
    await server?.stop();
    throw new Error(`VS Code ${options.version} did not open; its state is in ${userDataDir}`, {
      cause: error,
    });
  }
}

/**
 * Clicks the bell when it has something new that no toast shows, as a person would: now and then VS Code 1.139 shows
 * none, and it always drops the fourth within 800 ms.
 */
const openNotificationsNobodyShows = `
  let seen = 0;
  setInterval(() => {
    const shown = document.querySelector('.notifications-toasts.visible, .notifications-center.visible');
    const bell = document.querySelector('#status\\\\.notifications .codicon-bell-dot');
    seen = bell && !shown ? seen + 1 : 0;
    if (seen > 4) bell.closest('a').click();
  }, 500);
`;

/** The workbench's address: a development extension and tests travel in its payload. */
export function pageAddress(paths: {
  workspace: string;
  extensionDevelopmentPath?: string;
  extensionTestsPath?: string;
}): string {
  const remote = (path: string): string =>
    `vscode-remote://${new URL(workbenchOrigin).host}${path}`;
  const { workspace, extensionDevelopmentPath, extensionTestsPath } = paths;
  const payload: [string, string][] = [['skipWelcome', 'true']];
  if (extensionDevelopmentPath) {
    payload.push(['extensionDevelopmentPath', remote(extensionDevelopmentPath)]);
  }
  if (extensionTestsPath) payload.push(['extensionTestsPath', remote(extensionTestsPath)]);
  const kind = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const query = `${kind}=${encodeURIComponent(workspace)}`;
  return `${workbenchOrigin}/?${query}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** One VS Code window. */
export class Workbench {
  /** What the page printed, for when a test fails. */
  private readonly consoleLines: string[] = [];
  private readonly machineSettings: Record<string, unknown>;
  private lastRightClicked = '';
  private settingsWritten = 0;

  constructor(
    readonly page: Page,
    readonly server: Server,
    private readonly browser: WorkbenchBrowser,
    readonly userDataDir: string,
    private readonly settings: Record<string, unknown>,
    private readonly options: WorkbenchOptions,
  ) {
    this.machineSettings = { ...options.machineSettings };
    page.setDefaultTimeout(patience);
    page.on('console', (message) => {
      this.consoleLines.push(lineOf(message));
    });
    // A page with unsaved work asks before it reloads; a person would say yes.
    page.on('dialog', (dialog) => void dialog.accept());
  }

  /** What was refused by a content security policy, VS Code's own pages' or ours, since the window was opened. */
  policyViolations(): string[] {
    return this.consoleLines.filter((line) => /Content Security Policy/i.test(line));
  }

  /** Waits until the explorer is drawn and a development extension is known. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    if (this.options.extensionDevelopmentPath) {
      // Its menu entries come seconds after the explorer, with the title.
      await this.page.waitForFunction(
        'document.title.includes("[Extension Development Host]")',
        undefined,
        { timeout: patience },
      );
    }
  }

  /** Ends the extension hosts as a crash would. @returns how many there were */
  async crashExtensionHost(): Promise<number> {
    const pids = this.server.extensionHostPids();
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await until(
      'end of the extension hosts',
      () => !this.server.extensionHostPids().some((pid) => pids.includes(pid)),
    );
    return pids.length;
  }

  /** Where the extension keeps what it has, on this machine. */
  globalStorage(extension: string): string {
    return join(this.userDataDir, 'User', 'globalStorage', extension);
  }

  /** Reloads the window: what a person's "Developer: Reload Window" does. */
  async reload(): Promise<void> {
    // Not the browser's own: what VS Code does before, such as keeping which tabs there are, is part of it.
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** Sends keys to the workbench: a webview that has the focus hands them on only once it is loaded. */
  async focusWorkbench(): Promise<void> {
    await this.page.evaluate('document.activeElement?.blur()');
  }

  /** @param key what the command is bound to. An editor that is still loading may take the focus, and the key with it. */
  async closeAllEditors(key: string): Promise<void> {
    const tabs = this.page.locator('.tabs-container .tab');
    if ((await tabs.count()) === 0) return;
    await this.untilHidden(tabs.first(), async () => {
      await this.focusWorkbench();
      await this.page.keyboard.press(key);
    });
  }

  /** Runs a command by its full title, such as `Retouch: Show Log`, from the command palette. */
  async runCommand(title: string): Promise<void> {
    // VS Code drops a toast that is the fourth within 800 ms, and no person is that fast.
    if (await this.notification('').first().isVisible()) await this.page.waitForTimeout(300);
    const row = this.quickInput()
      .locator('.monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: exactly(title) }) });
    for (const deadline = Date.now() + patience; Date.now() < deadline;) {
      await this.searchCommands(title, row);
      // A panel that has just loaded gets the focus from VS Code, and the palette goes: the row was never clicked then.
      if (await succeeds(row.click({ timeout: 3000 }))) return;
    }
    throw await this.failure(`the command palette goes before “${title}”`);
  }

  /** Types into the command palette, and waits for what that finds. */
  async searchCommands(words: string, found: Locator): Promise<void> {
    await this.untilShown(`answer to “${words}” in the command palette`, found, async () => {
      await this.focusWorkbench();
      await this.page.keyboard.press('F1');
      // Only the palette has the mark: a quick input that an extension shows stays open until then.
      const input = this.quickInput().getByRole('textbox');
      await input.waitFor({ timeout: 5000 });
      await input.fill(`>${words}`, { timeout: 5000 });
    });
  }

  /** A file or folder in the explorer, by its exact name. */
  explorerItem(name: string): Locator {
    return this.page
      .locator('.explorer-folders-view .monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: exactly(name) }) });
  }

  /** Ends the selection of several files: else the next right click would be on all of them. */
  async deselectFiles(): Promise<void> {
    await this.escapeQuickInput();
    await this.explorerItem('README.md').click();
    await this.page
      .locator('.explorer-folders-view .monaco-list-row.selected')
      .and(this.explorerItem('README.md'))
      .waitFor();
  }

  /** Opens the context menu of a file in the explorer; follow with `contextMenu`. */
  async rightClick(name: string): Promise<void> {
    this.lastRightClicked = name;
    // While it starts, VS Code may take the menu away as it comes.
    await this.untilShown(`context menu of ${name}`, this.menu(), () =>
      this.explorerItem(name).click({ button: 'right' }),
    );
  }

  /**
   * Chooses from the open context menu, and waits for what that shows. Opens the menu again while an extension's entry
   * is missing, and chooses again, as a person would, where VS Code has closed the menu and done nothing.
   */
  async contextMenu(label: string, outcome: Locator): Promise<void> {
    const entry = this.menuEntry(label);
    for (const deadline = Date.now() + patience; Date.now() < deadline;) {
      await this.untilShown(`menu entry “${label}”`, entry, async () => {
        if (!(await this.menu().isVisible())) await this.rightClick(this.lastRightClicked);
      });
      // VS Code ignores clicks in a menu that has been open for less than 100 ms, and while it starts it may take
      // the menu away before the click.
      const clicked = await succeeds(entry.click({ timeout: 3000 }));
      if (!clicked || !(await this.isHiddenSoon(this.menu()))) continue;
      if (await succeeds(outcome.waitFor({ timeout: patience / 4 }))) return;
    }
    throw await this.failure(`“${label}” shows nothing`);
  }

  /** The labels of the open context menu, top to bottom. */
  async contextMenuLabels(): Promise<string[]> {
    return this.menu().locator('.action-label:not(.separator)').allInnerTexts();
  }

  /** Closes the open context menu. */
  async closeContextMenu(): Promise<void> {
    await this.untilHidden(this.menu(), () => this.page.keyboard.press('Escape'));
  }

  /** The quick input or quick pick that is open. Its text box: `.getByRole('textbox')`. */
  quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  /** Ends the quick input: a key that comes while one makes way for the next belongs to neither, and is pressed again. */
  async escapeQuickInput(): Promise<void> {
    await this.untilHidden(this.quickInput(), () => this.page.keyboard.press('Escape'));
  }

  /** A row of the open quick pick, by the exact text of its label. */
  quickPickRow(label: string): Locator {
    return this.quickInput()
      .locator('.monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) });
  }

  /** The content of the visible webview, looked up anew at each use: it survives reloads. */
  webview(): FrameLocator {
    return this.page
      .locator('iframe.webview.ready:visible')
      .contentFrame()
      .locator('iframe#active-frame')
      .contentFrame();
  }

  /** The frame of the visible webview, for scripts such as axe-core. Stale after a reload. */
  async webviewFrame(): Promise<Frame> {
    const body = this.webview().locator('body');
    await body.waitFor({ state: 'attached' });
    const frame = await (await body.elementHandle()).ownerFrame();
    if (!frame) throw new Error('the webview closed while it was looked up');
    return frame;
  }

  /**
   * A notification that holds the text. Not with a development extension: VS Code 1.139 then shows
   * none.
   */
  notification(text: string | RegExp): Locator {
    const shown = ':is(.notifications-toasts, .notifications-center) .notification-list-item';
    return this.page.locator(shown, { hasText: text });
  }

  /** Hides the list of notifications where it is open: the keys go to it, whatever is opened from there. */
  async hideNotificationList(): Promise<void> {
    const list = this.page.locator('.notifications-center.visible');
    if (!(await list.isVisible())) return;
    await list.getByRole('button', { name: /^Hide Notifications/ }).click();
    await list.waitFor({ state: 'hidden' });
  }

  /**
   * Changes one user setting and waits until VS Code has read it; undefined takes it away. A setting of application
   * scope takes effect after `reload`.
   */
  async setSetting(name: string, value: unknown): Promise<void> {
    // The title is in the same file, and can be seen.
    const title = `settings ${++this.settingsWritten}`;
    Object.assign(this.settings, { [name]: value, 'window.title': title });
    Object.assign(this.machineSettings, { [name]: value, 'window.title': title });
    const isRead = `document.title.endsWith(${JSON.stringify(title)})`;
    const deadline = Date.now() + patience;
    for (let timeout = 3000; Date.now() < deadline; timeout *= 2) {
      writeSettings(this.userDataDir, this.settings);
      // The server does not notice a change of the user's file: its address of that file lacks the authority that the
      // watcher reports. Its machine settings it does watch; but after a reload only once the process that watches has
      // come up, and a change before that is never told.
      writeMachineSettings(this.userDataDir, this.machineSettings);
      if (await succeeds(this.page.waitForFunction(isRead, undefined, { timeout }))) return;
    }
    throw await this.failure(`${name} in its settings is not read`);
  }

  /** Changes the colour theme and waits until the workbench wears it. */
  async setTheme(name: string): Promise<void> {
    if (this.settings['workbench.colorTheme'] === name) return;
    const workbench = this.page.locator('.monaco-workbench');
    const classes = (await workbench.getAttribute('class')) ?? '';
    const worn = classes.split(/\s+/).find((word) => /-themes-.*-json$/.test(word));
    await this.setSetting('workbench.colorTheme', name);
    await this.page.locator(`.monaco-workbench:not(.${worn ?? 'none'})`).waitFor();
  }

  async screenshot(path: string): Promise<void> {
    mkdirSync(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }

  /**
   * Leaves a screenshot, the page's console and all logs of a failed test in a folder.
   * @returns what is open, the end of the extension's log, what the page complained of, and where the folder is
   */
  async leaveEvidence(name: string): Promise<string> {
    const open = await this.openInWords();
    const folder = await this.keepLogs(name);
    return [
      `Open: ${open}`,
      ...this.logTail(),
      ...complaintsAmong(this.consoleLines),
      `Screen: ${join(folder, 'screen.png')}`,
    ].join('\n');
  }

  /** @returns the folder with a screenshot, the page's console and all logs */
  async keepLogs(name: string): Promise<string> {
    const folder = await keepPage(`${this.options.version}-${name}`, this.page, this.consoleLines);
    for (const file of readdirSync(this.userDataDir, { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.log')) cpSync(join(this.userDataDir, file), join(folder, flat(file)));
    }
    return folder;
  }

  /** Ends the browser and the server, and deletes their state. */
  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    await rm(this.userDataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  private menu(): Locator {
    return this.page.locator('.context-view .monaco-menu').last();
  }

  private menuEntry(label: string): Locator {
    return this.menu()
      .locator('.action-menu-item')
      .filter({ has: this.page.locator('.action-label', { hasText: exactly(label) }) });
  }

  /** Opens something again and again until it shows what an extension may still be adding to it. */
  private async untilShown(
    what: string,
    wanted: Locator,
    open: () => Promise<void>,
  ): Promise<void> {
    const failures: string[] = [];
    const deadline = Date.now() + patience;
    // A machine that is too busy for one wait is too busy for the next, unless that is longer.
    for (let timeout = 1500; Date.now() < deadline; timeout *= 2) {
      const failure = await open().then(
        () => undefined,
        (error: unknown) => String(error),
      );
      if (await succeeds(wanted.waitFor({ timeout }))) return;
      const said = String(await this.quickInput().allInnerTexts()).replaceAll(/\s+/g, ' ');
      failures.push(failure ?? `The quick input says: ${said.slice(0, 300) || 'nothing'}`);
      // In a compare panel the key discards.
      if ((await this.quickInput().isVisible()) || (await this.menu().isVisible()))
        await this.page.keyboard.press('Escape');
    }
    throw await this.failure(
      [`no ${what} within ${patience / 1000} s`, ...new Set(failures)].join('\n'),
    );
  }

  /** Does something again until what it closes is gone. */
  private async untilHidden(shown: Locator, close: () => Promise<void>): Promise<void> {
    for (const deadline = Date.now() + patience; Date.now() < deadline;) {
      await close().catch(() => undefined);
      if (await this.isHiddenSoon(shown)) return;
    }
    throw await this.failure('something stays open');
  }

  /** What went wrong, with what can be seen: in a hook, nobody else leaves evidence. */
  private async failure(what: string): Promise<Error> {
    const evidence = await this.leaveEvidence(what);
    return new Error(`VS Code ${this.options.version}: ${what}\n${evidence}`);
  }

  /** What is open, in words: there may be nothing else to look at. A page that is gone says so. */
  private async openInWords(): Promise<string> {
    const texts = await this.page
      .locator(
        [
          '.monaco-dialog-box:visible, .quick-input-widget:visible, .tabs-container .tab:visible',
          '.monaco-menu:visible, .notification-list-item:visible',
        ].join(),
      )
      .allInnerTexts()
      .catch((error: unknown) => [String(error)]);
    return texts.map((text) => text.replaceAll(/\s+/g, ' ').slice(0, 300)).join(' | ') || 'nothing';
  }

  /** The end of what the extension has logged. */
  private logTail(): string[] {
    const names = readdirSync(this.userDataDir, { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => /Retouch[^/\\]*\.log$/.test(name))
      .flatMap((name) => readFileSync(join(this.userDataDir, name), 'utf8').trim().split('\n'))
      .slice(-tailLines);
  }

  private async isHiddenSoon(shown: Locator): Promise<boolean> {
    return succeeds(shown.waitFor({ state: 'hidden', timeout: 1500 }));
  }
}

async function succeeds(move: Promise<unknown>): Promise<boolean> {
  return move.then(
    () => true,
    () => false,
  );
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}

function flat(path: string): string {
  return path.replaceAll(/[\\/]/g, '.');
}
