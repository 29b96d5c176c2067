// An edit that has replaced its original goes in; the original is back in its place, byte by byte, where nobody has changed
// what took it.
import { basename } from 'node:path';
import { Uri, window, workspace } from 'vscode';
import type { KeptJob } from '../journal/jobFiles';
import { ChangedError, isMissing, placeOf, restoreFile, saveAt } from '../save/save';
import { newToken } from '../save/saveLocally';
import { removeLeftBeside } from '../save/saveVirtually';
import { savingPlace } from './keepEdit';
import { diskErrorInWords } from './recordEdit';
import { sha256Of } from './saveVersion';
import type { Services } from './services';
import { showName } from './showName';

/** Says what became of it. @returns whether the original is there now */
export async function undoReplace(services: Services, job: KeptJob): Promise<boolean> {
  const { log } = services;
  const { files, record, replaced } = job;
  const name = showName(record.original.fileName);
  if (!replaced) return true;
  try {
    const original = await files.readOriginal(record);
    const uri = Uri.parse(replaced.uri, true);
    // Where it never was replaced, since the window went just before.
    const was = { original: false };
    const isExpected = (now: Uint8Array) => {
      was.original = Buffer.compare(now, original) === 0;
      return was.original || sha256Of(now) === replaced.sha256;
    };
    const token = await beginSaving(job, uri);
    const isThere = await restoreFile(uri, original, isExpected, token).then(
      () => true,
      (error: unknown) => {
        if (isMissing(error)) return false;
        throw error;
      },
    );
    if (!isThere) return await bringElsewhere(services, job, original);
    await markBack(job, replaced.uri);
    // Copies that lie there since the connection was lost in the midst of it.
    for (const { folder, token: its } of job.saving)
      if (folder === replaced.uri) await removeLeftBeside(uri, its);
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

/** What a crash leaves of it is found by the token, as with every other save. */
async function beginSaving({ files }: KeptJob, uri: Uri): Promise<string> {
  const token = newToken();
  await files.markSaving(savingPlace(await placeOf(uri)), token).catch(() => undefined);
  return token;
}

async function markBack({ files, saved }: KeptJob, place: string): Promise<void> {
  await files.markReplaced(place, undefined);
  // The edited picture is in no file any more.
  const gone = saved.filter(({ uri }) => uri === place);
  for (const { version, uri } of gone) await files.markUndone(version, uri);
  if (gone.length > 0) await files.mark('received');
}

/** Where its folder has gone: a drive that is not there now should not get another folder of that name. */
async function bringElsewhere(
  { log }: Services,
  job: KeptJob,
  original: Uint8Array,
): Promise<boolean> {
  const { replaced, record } = job;
  const { fileName } = record.original;
  const name = showName(fileName);
  const elsewhere = 'Save As…';
  const chosen = await window.showErrorMessage(
    `${name} could not be brought back: its folder is gone. Its original is still kept with the edit.`,
    elsewhere,
  );
  if (!replaced || chosen !== elsewhere) return false;
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog({
    title: 'Save the Original As',
    ...(folder && { defaultUri: Uri.joinPath(folder, fileName) }),
  });
  if (!target) return false;
  try {
    await saveAt(target, original, Uri.parse(replaced.uri, true), await beginSaving(job, target));
    await markBack(job, replaced.uri);
  } catch (error) {
    log.error(`${name}: the original is not saved: ${String(error)}`);
    void window.showErrorMessage(`${name} could not be saved: ${diskErrorInWords(error)}.`);
    return false;
  }
  void window.showInformationMessage(`Saved ${showName(basename(target.path))}.`);
  return true;
}
