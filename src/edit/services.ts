// What activation builds once and every part of the flow may use.
import type { EventEmitter, ExtensionContext, LogOutputChannel } from 'vscode';
import type { CostMeter } from '../gateway/costMeter';
import type { ApiKeys } from './apiKeys';

export interface Services {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  readonly keys: ApiKeys;
  readonly costs: CostMeter;
  /** Fires when an edit has ended, with or without a picture: the balance may be another. */
  readonly didEdit: EventEmitter<void>;
}
