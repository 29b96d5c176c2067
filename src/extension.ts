// Activation: registers the commands. What they need beyond the key is loaded when the first one is used.
import { readdir } from 'node:fs/promises';
import {
  Disposable,
  EventEmitter,
  TabInputWebview,
  UIKind,
  commands,
  env,
  version,
  window,
  workspace,
  type ExtensionContext,
  type WebviewPanel,
} from 'vscode';
import { ApiKeys } from './edit/apiKeys';
import { journalFolder } from './edit/journalFolder';
import { readProxySettings } from './edit/network';
import type { Services } from './edit/services';
import { parseBaseUrl } from './gateway/connection';
import { CostMeter } from './gateway/costMeter';
import { proxyFor } from './gateway/network';

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel('Retouch', { log: true });
  const keys = new ApiKeys(context.secrets, context.globalState);
  const didEdit = new EventEmitter<void>();
  const services: Services = { context, log, keys, costs: new CostMeter(), didEdit };
  const load = () => import('./edit/commands');

  const handlers: Readonly<Record<string, (target: unknown, selected: unknown) => unknown>> = {
    'retouch.editImage': async (target, selected) =>
      (await load()).runEditImage(services, target, selected),
    'retouch.editImageFromUrl': async () => (await load()).runEditImageFromUrl(services),
    'retouch.compareWithHead': async (target) =>
      (await load()).runCompareWithHead(services, target),
    'retouch.modelOptions': async () => (await load()).runModelOptions(services),
    'retouch.showEdits': async () => (await load()).runShowEdits(services),
    'retouch.setApiKey': () => setApiKey(services),
    'retouch.removeApiKey': () => removeApiKey(services),
    'retouch.showBalance': async () => (await load()).runShowBalance(services),
    'retouch.refreshModels': async () => (await load()).runRefreshModels(services),
    'retouch.showLog': () => log.show(),
    'retouch.copyDiagnostics': () => copyDiagnostics(services),
  };
  context.subscriptions.push(
    log,
    keys,
    didEdit,
    keepLookingAfterEdits(services, async () => (await load()).runLookAfterEdits(services)),
    window.registerWebviewPanelSerializer('retouch.compare', {
      deserializeWebviewPanel: (panel, state: unknown) =>
        restorePanel(services, panel, async (isGone) => {
          const { runRestorePanel } = await load();
          if (!isGone()) await runRestorePanel(services, panel, state);
        }),
    }),
    keepBalanceItem(async () => (await load()).openBalanceItem(services)),
    ...Object.entries(handlers).map(([command, handle]) =>
      commands.registerCommand(command, (target: unknown, selected: unknown) =>
        whenTrusted(services, () => handle(target, selected)),
      ),
    ),
  );
}

/** Milliseconds after activation: the window that was here before may take a while to end. */
const looks = [3000, 15_000, 60_000];

/** Milliseconds between two looks later: windows are closed while this one stays. */
const lookInterval = 60 * 60 * 1000;

/** Looks whether there are any edits or tabs at all; what looks after them is loaded only then. */
function keepLookingAfterEdits(
  { context: { globalStorageUri: storage }, log }: Services,
  lookAfter: () => Promise<void>,
): Disposable {
  const look = async () => {
    if (!workspace.isTrusted || storage.scheme !== 'file') return;
    const names = await readdir(journalFolder(storage)).catch(() => []);
    if (names.length > 0 || hasTab()) await lookAfter();
  };
  const lookSafely = () =>
    void look().catch((error: unknown) => log.error(`The journal: ${String(error)}`));
  const timers = looks.map((time) => setTimeout(lookSafely, time));
  const interval = setInterval(lookSafely, lookInterval);
  const dispose = () => {
    timers.forEach(clearTimeout);
    clearInterval(interval);
  };
  return Disposable.from(workspace.onDidGrantWorkspaceTrust(lookSafely), { dispose });
}

function hasTab(): boolean {
  return window.tabGroups.all.some(({ tabs }) =>
    tabs.some(
      ({ input }) => input instanceof TabInputWebview && input.viewType.includes('retouch.'),
    ),
  );
}

/** A tab that cannot be filled is closed: the edit is in Show Edits… all the same. */
async function restorePanel(
  { log }: Services,
  panel: WebviewPanel,
  restore: (isGone: () => boolean) => Promise<void>,
): Promise<void> {
  let isGone = false;
  const listener = panel.onDidDispose(() => (isGone = true));
  try {
    if (workspace.isTrusted) await restore(() => isGone);
    else panel.dispose();
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    panel.dispose();
  } finally {
    listener.dispose();
  }
}

interface Closable {
  dispose(): void;
}

/** The balance in the status bar, as long as the user has it on: nothing is loaded for it before. */
function keepBalanceItem(open: () => Promise<Closable>): Disposable {
  let item: Promise<Closable> | undefined;
  const close = () => {
    void item?.then((opened) => opened.dispose());
    item = undefined;
  };
  const follow = () => {
    const on = workspace.getConfiguration('retouch').get('balanceInStatusBar') === true;
    if (on && workspace.isTrusted) item ??= open();
    else close();
  };
  const listeners = [
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('retouch.balanceInStatusBar')) follow();
    }),
    workspace.onDidGrantWorkspaceTrust(follow),
  ];
  follow();
  return Disposable.from(...listeners, { dispose: close });
}

/** The menus hide the commands in Restricted Mode; other callers are stopped here. */
async function whenTrusted({ log }: Services, run: () => unknown): Promise<void> {
  if (!workspace.isTrusted) {
    const manage = 'Manage Workspace Trust';
    const chosen = await window.showWarningMessage(
      'Retouch is off until you trust this workspace.',
      manage,
    );
    if (chosen === manage) await commands.executeCommand('workbench.trust.manage');
    return;
  }
  try {
    await run();
  } catch (error) {
    // Whatever can be expected has been reported before it comes here.
    log.error(error instanceof Error ? error : String(error));
    void window.showErrorMessage(
      `Retouch: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function setApiKey({ keys, log }: Services): Promise<void> {
  const { origin, host } = gatewayUrl();
  if (!(await keys.ask(origin))) return;
  log.info(`API key set for ${host}`);
  void window.showInformationMessage(`The API key for ${host} is set.`);
}

async function removeApiKey({ keys, log }: Services): Promise<void> {
  const { origin, host } = gatewayUrl();
  const removed = await keys.remove(origin);
  log.info(`API key removed for ${host}`);
  const { source } = await keys.get(origin);
  const left =
    source === 'environment'
      ? ' The environment variable AIGATE_API_KEY still holds one.'
      : source === 'unconfirmed environment'
        ? ' You are asked before the one in the environment variable AIGATE_API_KEY is sent there.'
        : '';
  void window.showInformationMessage(
    removed
      ? `The API key for ${host} is removed.${left}`
      : `There is no stored API key for ${host}.${left}`,
  );
}

/** What a bug report needs; no key, no instruction, no file name. Shown before it is copied. */
async function copyDiagnostics({ context, keys }: Services): Promise<void> {
  const settings = workspace.getConfiguration('retouch');
  const gateway = await describeGateway(keys);
  const extension = context.extension.packageJSON as { version: string };
  const lines = [
    `Retouch ${extension.version}`,
    `VS Code ${version} (${env.appName}, ${env.uiKind === UIKind.Desktop ? 'desktop' : 'web'}, ${env.remoteName ?? 'local'})`,
    `Node ${process.versions.node} on ${process.platform} ${process.arch}`,
    `Gateway: ${gateway}`,
    `Proxy: ${describeProxy()}`,
    ...['model', 'upload', 'timeoutSeconds', 'saveName', 'balanceInStatusBar'].map(
      (name) => `retouch.${name}: ${JSON.stringify(settings.get(name))}`,
    ),
  ];
  const copy = 'Copy';
  const chosen = await window.showInformationMessage(
    'Diagnostics',
    { modal: true, detail: lines.join('\n') },
    copy,
  );
  if (chosen === copy) await env.clipboard.writeText(lines.join('\n'));
}

/** A base URL that cannot be used is what a report may be about. */
async function describeGateway(keys: ApiKeys): Promise<string> {
  try {
    const { origin } = gatewayUrl();
    return `${origin}; API key: ${(await keys.get(origin)).source}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether there is one, and who named it: never its address, which may hold a password. */
function describeProxy(): string {
  try {
    const proxy = proxyFor(gatewayUrl(), readProxySettings());
    if (!proxy) return 'none';
    return `${proxy.source}${proxy.authorization === undefined ? '' : ', with a password'}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @throws EditError naming the setting where it cannot be used */
function gatewayUrl(): URL {
  return new URL(parseBaseUrl(String(workspace.getConfiguration('retouch').get('baseUrl'))));
}
