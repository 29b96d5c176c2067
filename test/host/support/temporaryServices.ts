// What activation builds, on state of its own: the extension's real one belongs to the extension.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventEmitter,
  extensions,
  window,
  Uri,
  type ExtensionContext,
  type Memento,
  type SecretStorageChangeEvent,
} from 'vscode';
import { ApiKeys } from '../../../src/edit/apiKeys';
import type { Services } from '../../../src/edit/services';
import { CostMeter } from '../../../src/gateway/costMeter';

let channels = 0;

export function temporaryServices(): Services {
  const extension = extensions.getExtension('retouch.retouch');
  if (!extension) throw new Error('retouch.retouch is not there');
  const secrets = new Map<string, string>();
  // VS Code gives a context to its own extension only: this one has the parts that the flow uses.
  const context = {
    extension,
    extensionUri: extension.extensionUri,
    globalStorageUri: Uri.file(temporaryStorage()),
    subscriptions: [],
    secrets: {
      get: (name: string) => Promise.resolve(secrets.get(name)),
      store: (name: string, value: string) => Promise.resolve(void secrets.set(name, value)),
      delete: (name: string) => Promise.resolve(void secrets.delete(name)),
      onDidChange: new EventEmitter<SecretStorageChangeEvent>().event,
    },
    globalState: { ...temporaryState(), setKeysForSync: () => undefined },
    workspaceState: temporaryState(),
  } as unknown as ExtensionContext;
  // A name that was used before may give the channel that has been closed since.
  const log = window.createOutputChannel(`Retouch test ${++channels}`, { log: true });
  return {
    context,
    log,
    keys: new ApiKeys(context.secrets),
    costs: new CostMeter(),
    didEdit: new EventEmitter<void>(),
  };
}

function temporaryState(): Memento {
  const state = new Map<string, unknown>();
  return {
    get: (name: string, otherwise?: unknown) => state.get(name) ?? otherwise,
    update: (name: string, value: unknown) => Promise.resolve(void state.set(name, value)),
    keys: () => [...state.keys()],
  };
}

function temporaryStorage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'retouch-storage-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
