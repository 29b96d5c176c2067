// The extension's one worker on pixels: whoever asks gets the same, so that only one picture is in memory at a time.
import { Uri, type ExtensionContext } from 'vscode';
import { PictureWorker } from '../picture/pictureWorker';
import type { Services } from './services';

const workers = new WeakMap<ExtensionContext, PictureWorker>();

/** It starts no thread until it has work. */
export function pictureWorker({ context }: Services): PictureWorker {
  const known = workers.get(context);
  if (known) return known;
  const script = Uri.joinPath(context.extensionUri, 'dist', 'pictureThread.js');
  const worker = new PictureWorker(script.fsPath);
  workers.set(context, worker);
  context.subscriptions.push(worker);
  return worker;
}
