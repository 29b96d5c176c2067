// What was paid for and cannot be shown goes in; files that the user chooses come out, byte for byte as it was received.
import { basename } from 'node:path';
import { window, type Uri } from 'vscode';
import { isSameFile, proposeBeside, saveAt } from '../save/save';
import { extensionOf, savable, type Damaged } from './damaged';
import type { Services } from './services';
import { readSaveSettings } from './settings';
import { errorInWords, showName } from './showName';

/** The label of the step. */
export const saveAsReceived = 'Save As Received…';

/** One after the other, until the user escapes. What goes wrong is said. */
export async function saveReceived(
  { log }: Services,
  original: Uri,
  damaged: readonly Damaged[],
): Promise<void> {
  for (const { bytes } of savable(damaged)) {
    const { saveName } = readSaveSettings(original);
    const target = await window.showSaveDialog({
      title: 'Save As Received',
      defaultUri: await proposeBeside(original, extensionOf(bytes), saveName),
    });
    if (!target) return;
    const name = showName(basename(target.path));
    try {
      if (await isSameFile(target, original)) {
        void window.showWarningMessage(`${name} is the original, which Retouch never writes over.`);
        return;
      }
      await saveAt(target, bytes, original);
      log.info(`Saved ${name} as it was received`);
      void window.showInformationMessage(`Saved ${name} as it was received.`);
    } catch (error) {
      const why = errorInWords(error);
      log.error(`${name}: not saved: ${why}`);
      void window.showErrorMessage(`${name} could not be saved: ${why}.`);
      return;
    }
  }
}
