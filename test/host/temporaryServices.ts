// What activation builds, on state of its own: the extension's real one belongs to the extension.
import {
  EventEmitter,
  extensions,
  window,
  type ExtensionContext,
  type SecretStorageChangeEvent,
} from 'vscode';
import { ApiKeys } from '../../src/edit/apiKeys';
import type { Services } from '../../src/edit/services';

export function temporaryServices(): Services {
  const extension = extensions.getExtension('retouch.retouch');
  if (!extension) throw new Error('retouch.retouch is not there');
  const secrets = new Map<string, string>();
  const state = new Map<string, unknown>();
  // VS Code gives a context to its own extension only: this one has the parts that the flow uses.
  const context = {
    extension,
    extensionUri: extension.extensionUri,
    secrets: {
      get: (name: string) => Promise.resolve(secrets.get(name)),
      store: (name: string, value: string) => Promise.resolve(void secrets.set(name, value)),
      delete: (name: string) => Promise.resolve(void secrets.delete(name)),
      onDidChange: new EventEmitter<SecretStorageChangeEvent>().event,
    },
    globalState: {
      get: (name: string, otherwise: unknown) => state.get(name) ?? otherwise,
      update: (name: string, value: unknown) => Promise.resolve(void state.set(name, value)),
      keys: () => [...state.keys()],
      setKeysForSync: () => undefined,
    },
  } as unknown as ExtensionContext;
  const log = window.createOutputChannel('Retouch test', { log: true });
  return { context, log, keys: new ApiKeys(context.secrets) };
}
