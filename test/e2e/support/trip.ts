// Takes a VS Code version's options; gives a whole set-up: local gateway, copy of the sample workspace, workbench
// with the packaged extension, and the moves of an edit.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import type { GatewayRequest } from '../../gateway/exchange';
import { startGateway, type LocalGateway } from '../../gateway/server';
import { until } from '../../support/until';
import { defaultTheme } from '../../vscode/settings';
import { openWorkbench, type Workbench, type WorkbenchOptions } from '../../vscode/workbench';
import { placeSamples, sampleNames } from './samples';

export const apiKey = 'sk-local-marked-key';

/** One of each kind that VS Code has. */
export const themes = [
  'Default Dark Modern',
  'Default Light Modern',
  'Default High Contrast',
  'Default High Contrast Light',
];

/** Keys for what every test ends with: the palette takes seconds. */
const closeAllEditors = 'ctrl+alt+w';
const clearNotifications = 'ctrl+alt+n';
const refreshExplorer = 'ctrl+alt+r';

export interface Trip {
  readonly gateway: LocalGateway;
  readonly workbench: Workbench;
  /** The folder that is open. */
  readonly workspace: string;
  close(): Promise<void>;
}

type TripOptions = Partial<WorkbenchOptions> & {
  readonly withoutKey?: boolean;
  /** Whether models draw all of a picture anew, as real ones do. */
  readonly redraws?: boolean;
  /** Whether the samples are as large as a person finds them. */
  readonly largeSamples?: boolean;
  /** Beside the samples, by name. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** The `.code-workspace` among them that is opened, in place of the folder. */
  readonly workspaceFile?: string;
};

export async function startTrip({
  withoutKey,
  redraws = false,
  largeSamples = false,
  files = {},
  workspaceFile = '',
  ...options
}: TripOptions = {}): Promise<Trip> {
  const workspace = await mkdtemp(join(tmpdir(), 'retouch-trip-'));
  await placeSamples(workspace, !largeSamples);
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(workspace, name), bytes);
  const gateway = await startGateway({ apiKey, redraws });
  const workbench = await openWorkbench({
    version: required('RETOUCH_VSCODE'),
    workspace: join(workspace, workspaceFile),
    vsix: required('RETOUCH_VSIX'),
    environment: withoutKey ? {} : { AIGATE_API_KEY: apiKey },
    ...options,
    keybindings: [
      { key: closeAllEditors, command: 'workbench.action.closeAllEditors' },
      { key: clearNotifications, command: 'notifications.clearAll' },
      { key: refreshExplorer, command: 'workbench.files.action.refreshFilesExplorer' },
      ...(options.keybindings ?? []),
    ],
    settings: { 'retouch.baseUrl': gateway.url, ...options.settings },
  });
  if (!withoutKey) await allowKey(workbench);
  return {
    gateway,
    workbench,
    workspace,
    async close() {
      await workbench.close();
      await gateway.close();
      await rm(workspace, { recursive: true });
    },
  };
}

/** The environment's key goes to another gateway than the default one when the user says so: here before all else. */
async function allowKey(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Retouch: Show Balance');
  const dialog = workbench.page.locator('.monaco-dialog-box');
  await dialog.getByText('Send the API key in AIGATE_API_KEY to 127.0.0.1:').waitFor();
  await dialog.getByRole('button', { name: 'Send It', exact: true }).click();
  await workbench.notification(/Balance at/).waitFor();
  await workbench.page.keyboard.press('Control+Alt+n');
}

let shared: Promise<Trip> | undefined;

/** The window that most suites share, as they expect to find it: a fresh one takes a busy machine half a minute. */
export async function sharedTrip(): Promise<Trip> {
  if (!shared) return (shared = startTrip());
  const trip = await shared;
  const names = new Set(await sampleNames());
  for (const name of await readdir(trip.workspace)) {
    if (!names.has(name)) await rm(join(trip.workspace, name), { recursive: true });
  }
  await trip.workbench.setTheme(defaultTheme);
  await tidy(trip);
  return trip;
}

export async function closeSharedTrip(): Promise<void> {
  await (await shared)?.close();
}

export function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run this through npm run test:e2e or npm run demo`);
  return value;
}

/** For a suite: says at once why a test failed, and leaves what its window showed and logged. */
export function keepEvidence(trip: () => Trip): void {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const { title, err } = this.currentTest;
    console.log(`${err?.message}\n${await trip().workbench.leaveEvidence(title)}`);
  });
}

/** For a suite: what the test that runs has brought about since it began. */
export function watchTests(trip: () => Trip): TestWatch {
  let files: Map<string, string>;
  let requests: number;
  beforeEach(async () => {
    files = await fingerprint(trip().workspace);
    requests = trip().gateway.requests.length;
  });
  const sent = () =>
    trip()
      .gateway.requests.slice(requests)
      .filter(({ method }) => method === 'POST');
  return {
    sent,
    made: () => newFiles(trip().workspace, files),
    untilBilled: async (count = 1) => {
      const billed = () => sent().filter((request) => request.billed).length;
      await until(`${count} edits that the gateway works on`, () => billed() >= count, billed);
    },
  };
}

export interface TestWatch {
  /** The edits that were sent. */
  readonly sent: () => GatewayRequest[];
  /** The names of the files that have come; all others are as they were. */
  readonly made: () => Promise<string[]>;
  /** Once the gateway is at work on so many edits: from here on they cost money. */
  readonly untilBilled: (count?: number) => Promise<void>;
}

/** Answers VS Code's own Save As dialog, which is a quick input here. */
export async function saveAs({ workbench }: Trip, path: string): Promise<void> {
  const dialog = quickInputTitled(workbench, 'Save the Edited Picture As');
  const input = workbench.quickInput().getByRole('textbox');
  await dialog.waitFor();
  // It fills in the proposed name after it has opened, over whatever was typed before.
  await until('proposed name in the dialog', async () =>
    /\.edited(-\d+)?\.(png|jpg)$/.test(await input.inputValue()),
  );
  await input.fill(path);
  await workbench.quickInput().getByRole('button', { name: 'OK', exact: true }).click();
}

/** As a user closes them, with whatever is in them. */
export async function closeTabs({ workbench }: Trip): Promise<void> {
  await workbench.closeAllEditors('Control+Alt+w');
}

/** Leaves the workbench as a test expects to find it. */
export async function tidy(trip: Trip): Promise<void> {
  const { workbench, workspace } = trip;
  const { page } = workbench;
  await workbench.escapeQuickInput();
  await closeTabs(trip);
  await page.keyboard.press('Control+Alt+n');
  // A row that comes late moves the others under the pointer of the next test.
  const onDisk = (await readdir(workspace)).sort().join('\n');
  const rows = page.locator('.explorer-folders-view .monaco-list-row .label-name');
  let shown = '';
  let looks = 0;
  await until(
    `Explorer with\n${onDisk}`,
    async () => {
      shown = (await rows.allInnerTexts()).sort().join('\n');
      // After a reload VS Code hears of no change before the process that watches has come up.
      if (++looks % 100 === 0) await page.keyboard.press('Control+Alt+r');
      return shown === onDisk;
    },
    () => shown,
  );
}

/** From the right click to the first step of the question. */
export async function rightClickEdit({ workbench }: Trip, file: string): Promise<void> {
  await workbench.rightClick(file);
  await workbench.contextMenu('Edit Image with AI…', quickInputTitled(workbench, `Edit ${file}`));
}

/** Answers both questions; from here on the edit runs. */
export async function answer(
  { workbench }: Trip,
  instruction: string,
  model: string,
): Promise<void> {
  await workbench.quickInput().getByPlaceholder('Describe the edit').fill(instruction);
  await workbench.quickPickRow(instruction).first().waitFor();
  await workbench.page.keyboard.press('Enter');
  await quickInputTitled(workbench, 'Choose a model').waitFor();
  await workbench.quickPickRow(model).click();
}

/** Once the pages of all panels have told VS Code what they keep for the time after a reload: they do so within 150 ms. */
export async function untilKept({ workbench }: Trip): Promise<void> {
  const webviews = workbench.page.locator('iframe.webview.ready:visible');
  const count = await webviews.count();
  assert.ok(count > 0, 'there is no panel');
  for (let at = 0; at < count; at++) {
    const page = webviews.nth(at).contentFrame().locator('iframe#active-frame').contentFrame();
    await page.locator('body').evaluate('new Promise((told) => setTimeout(told, 200))');
  }
}

/** The whole question, and the answer that came of it in the panel. */
export async function edit(
  trip: Trip,
  file: string,
  instruction: string,
  model: string,
): Promise<FrameLocator> {
  await rightClickEdit(trip, file);
  await answer(trip, instruction, model);
  const panel = trip.workbench.webview();
  await panel.getByRole('button', { name: 'Accept' }).waitFor();
  return panel;
}

export function quickInputTitled(workbench: Workbench, title: string): Locator {
  return workbench.quickInput().locator('.quick-input-title', { hasText: title });
}

/** The tab of an editor, by its label. */
export function tab({ page }: Workbench, label: string | RegExp): Locator {
  return page.getByRole('tab', { name: label });
}

/** Presses a button of a notification. */
export async function press(notification: Locator, label: string): Promise<void> {
  await notification.getByRole('button', { name: label, exact: true }).click();
}

/** Every file of the workspace with a hash of its bytes: what an edit must not change. */
export async function fingerprint(workspace: string): Promise<Map<string, string>> {
  const names = (await readdir(workspace)).sort();
  return new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, string]> => {
        return [
          name,
          createHash('sha256')
            .update(await readFile(join(workspace, name)))
            .digest('hex'),
        ];
      }),
    ),
  );
}

/** The files of `before` are as they were; gives the names of those that have come since. */
export async function newFiles(workspace: string, before: Map<string, string>): Promise<string[]> {
  const now = await fingerprint(workspace);
  for (const [name, hash] of before) assert.equal(now.get(name), hash, `${name} has changed`);
  return [...now.keys()].filter((name) => !before.has(name));
}
