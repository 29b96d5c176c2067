// Activation: registers the commands. What they need beyond the key is loaded when the first one is used.
import { UIKind, commands, env, version, window, workspace, type ExtensionContext } from 'vscode';
import { ApiKeys } from './edit/apiKeys';
import type { Services } from './edit/services';
import { parseBaseUrl } from './gateway/connection';

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel('Retouch', { log: true });
  const keys = new ApiKeys(context.secrets);
  const services: Services = { context, log, keys };
  const load = () => import('./edit/commands');

  const handlers: Readonly<Record<string, (target: unknown) => unknown>> = {
    'retouch.editImage': async (target) => (await load()).runEditImage(services, target),
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
    ...Object.entries(handlers).map(([command, handle]) =>
      commands.registerCommand(command, (target: unknown) =>
        whenTrusted(services, () => handle(target)),
      ),
    ),
  );
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
    source === 'environment' ? ' The environment variable AIGATE_API_KEY still holds one.' : '';
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
    ...['model', 'upload', 'timeoutSeconds', 'saveName'].map(
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

/** @throws EditError naming the setting where it cannot be used */
function gatewayUrl(): URL {
  return new URL(parseBaseUrl(String(workspace.getConfiguration('retouch').get('baseUrl'))));
}
