// What activation builds once and every part of the flow may use.
import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { ApiKeys } from './apiKeys';

export interface Services {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  readonly keys: ApiKeys;
}
