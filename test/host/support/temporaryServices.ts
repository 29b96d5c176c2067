// What activation builds, on state of its own: the extension's real one belongs to the extension.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventEmitter,
  extensions,
  window,
  Uri,
  type ExtensionContext,
  type Memento,
  type SecretStorage,
  type SecretStorageChangeEvent,
} from 'vscode';
import { ApiKeys } from '../../../src/edit/apiKeys';
import type { Services } from '../../../src/edit/services';
import { CostMeter } from '../../../src/gateway/costMeter';

let channels = 0;

/** All that were made: a test that removes its own leaves nothing to do at the end. */
const folders = new Set<string>();
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** @param before what it has on the disk and in VS Code's keeping is there, as it is at this moment */
export function temporaryServices(before?: Services): Services {
  const extension = extensions.getExtension('retouch.retouch');
  if (!extension) throw new Error('retouch.retouch is not there');
  // VS Code gives a context to its own extension only: this one has the parts that the flow uses.
  const context = {
    extension,
    extensionUri: extension.extensionUri,
    globalStorageUri: Uri.file(temporaryStorage(before?.context.globalStorageUri.fsPath)),
    subscriptions: [],
    secrets: before?.context.secrets ?? temporarySecrets(),
    globalState: {
      ...temporaryState(before?.context.globalState),
      setKeysForSync: () => undefined,
    },
    workspaceState: temporaryState(before?.context.workspaceState),
  } as unknown as ExtensionContext;
  // A name that was used before may give the channel that has been closed since.
  const log = window.createOutputChannel(`Retouch test ${++channels}`, { log: true });
  return {
    context,
    log,
    keys: new ApiKeys(context.secrets, context.globalState),
    costs: new CostMeter(),
    didEdit: new EventEmitter<void>(),
  };
}

function temporarySecrets(): SecretStorage {
  const secrets = new Map<string, string>();
  return {
    get: (name: string) => Promise.resolve(secrets.get(name)),
    store: (name: string, value: string) => Promise.resolve(void secrets.set(name, value)),
    delete: (name: string) => Promise.resolve(void secrets.delete(name)),
    onDidChange: new EventEmitter<SecretStorageChangeEvent>().event,
  };
}

function temporaryState(before?: Memento): Memento {
  const names = before?.keys() ?? [];
  const state = new Map(
    names.map((name) => [name, structuredClone(before?.get<unknown>(name))] as const),
  );
  return {
    get: (name: string, otherwise?: unknown) => state.get(name) ?? otherwise,
    update: (name: string, value: unknown) => Promise.resolve(void state.set(name, value)),
    keys: () => [...state.keys()],
  };
}

function temporaryStorage(before?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'retouch-storage-'));
  if (before !== undefined) cpSync(before, folder, { recursive: true });
  folders.add(folder);
  return folder;
}
