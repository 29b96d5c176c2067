// An edit that has replaced its original goes in; the original is back in its place, byte by byte, where nobody has changed
// what took it.
import { Uri, window } from 'vscode';
import type { KeptJob } from '../journal/jobFiles';
import { ChangedError, replaceFile } from '../save/save';
import { diskErrorInWords } from './recordEdit';
import { sha256Of } from './saveVersion';
import type { Services } from './services';
import { showName } from './showName';

/** Says what became of it. @returns whether the original is there now */
export async function undoReplace(
  { log }: Services,
  { files, record, replaced, saved }: KeptJob,
): Promise<boolean> {
  const name = showName(record.original.fileName);
  if (!replaced) return true;
  try {
    const original = await files.readOriginal(record);
    const uri = Uri.parse(replaced.uri, true);
    // Where it never was replaced, since the window went just before.
    const was = { original: false };
    await replaceFile(uri, original, (now) => {
      was.original = Buffer.compare(now, original) === 0;
      return was.original || sha256Of(now) === replaced.sha256;
    });
    await files.markReplaced(replaced.uri, undefined);
    // The edited picture is in no file any more.
    const gone = saved.filter(({ uri }) => uri === replaced.uri);
    for (const { version, uri } of gone) await files.markUndone(version, uri);
    if (gone.length > 0) await files.mark('received');
    log.info(`${name}: the original is back`);
    void window.showInformationMessage(
      was.original ? `${name} is the original already.` : `Brought back ${name}.`,
    );
    return true;
  } catch (error) {
    log.error(`${name}: the original is not brought back: ${String(error)}`);
    void window.showErrorMessage(
      error instanceof ChangedError
        ? `${name} has been changed since it was replaced: it stays. Its original is still kept with the edit.`
        : `${name} could not be brought back: ${diskErrorInWords(error)}.`,
    );
    return false;
  }
}
