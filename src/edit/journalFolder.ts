// The extension's own folder goes in, the journal's comes out: apart from all that reads it, since activation asks.
import { join } from 'node:path';
import type { Uri } from 'vscode';

/** @param globalStorage on a disk of this machine */
export function journalFolder(globalStorage: Uri): string {
  return join(globalStorage.fsPath, 'journal');
}
