// A version that the user wants goes in; it is saved beside the original, elsewhere or in the original's place.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { window, workspace, type Uri } from 'vscode';
import type { PictureInfo } from '../picture/identify';
import {
  ChangedError,
  checkFile,
  isSameFile,
  placeOf,
  proposeBeside,
  replaceFile,
  saveAt,
  saveBeside,
  type Saved,
} from '../save/save';
import { lossesOf } from '../picture/losses';
import { encoded } from './comparePair';
import type { Comparing, Ready } from './comparing';
import type { Session } from './edit';
import type { Picture } from './readOriginal';
import { showName } from './showName';
import type { Version } from './versions';

/** A file, and what is in it. */
export interface SavedPicture extends Saved, Ready {
  /** The file is the original. */
  readonly isOriginal?: true;
}

export type Way = 'accept' | 'savePng' | 'saveAs' | 'replace';

/** Undefined when the user escapes. @throws what stands in the way: nothing is harmed then */
export async function saveVersion(
  session: Session,
  comparing: Comparing,
  version: Version,
  way: Way,
): Promise<SavedPicture | undefined> {
  const ready = await comparing.finish(session.versions.indexOf(version), way === 'savePng');
  // Where there is no folder beside the original, it has to be asked where to.
  const beside = session.subject.hasNoFolder ? saveAs : accept;
  const ways = { accept: beside, savePng: beside, saveAs, replace };
  const saved = await ways[way](session, version, ready);
  return saved && { ...ready, ...saved };
}

async function accept(
  { subject: { uri }, settings }: Session,
  { round: { kept } }: Version,
  { bytes, info }: Picture,
): Promise<Saved> {
  const token = await kept.beginSaving(uri);
  const saved = await saveBeside(uri, info.extension, settings.saveName, bytes, token);
  return { uri: saved, replaced: false };
}

/**
 * In place of the original, which the journal has: it can be brought back.
 * @returns undefined when the user escapes
 */
async function replace(
  { subject: { uri }, fileName, original }: Session,
  { round: { kept } }: Version,
  { bytes, info }: Picture,
): Promise<(Saved & { isOriginal: true }) | undefined> {
  if (info.format !== original.info.format) {
    throw new Error(
      `it is ${info.format}, and ${fileName} would no longer be what its name says. Turn on Match Original to replace it`,
    );
  }
  const answer = 'Replace Original';
  const losses = lossesOf(encoded(original), { bytes, format: info.format });
  const chosen = await window.showWarningMessage(
    `Replace ${fileName} with the edited picture?`,
    {
      modal: true,
      detail: [...losses, 'What is there now is kept with the edit, and Undo brings it back.'].join(
        ' ',
      ),
    },
    answer,
  );
  if (chosen !== answer) return undefined;
  const isOriginal = (now: Uint8Array) => Buffer.compare(now, original.bytes) === 0;
  // Else what the journal says of an earlier replacement would be lost.
  await checkFile(uri, isOriginal);
  await kept.beginReplacing(uri, original.bytes, sha256Of(bytes));
  try {
    const token = await kept.beginSaving(await placeOf(uri));
    await replaceFile(uri, bytes, isOriginal, token);
  } catch (error) {
    // Where nobody can tell what is there now, the way back stays.
    const isUntouched = workspace.fs.readFile(uri).then(isOriginal, () => false);
    if (error instanceof ChangedError || (await isUntouched)) await kept.endReplacing(uri);
    throw error;
  }
  return { uri, replaced: false, isOriginal: true };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Undefined when the user escapes. */
async function saveAs(
  { subject: { uri }, settings }: Session,
  { round: { kept } }: Version,
  { bytes, info }: Picture,
): Promise<Saved | undefined> {
  const { extension, format } = info;
  for (;;) {
    const target = await window.showSaveDialog({
      title: 'Save the Edited Picture As',
      defaultUri: await proposeBeside(uri, extension, settings.saveName),
      filters: { [format]: format === 'JPEG' ? ['jpg', 'jpeg'] : [extension] },
    });
    if (!target) return undefined;
    const problem = await refuseTarget(target, uri, info);
    if (!problem) return saveAt(target, bytes, uri, await kept.beginSaving(target));
    const another = 'Choose Another Name';
    if ((await window.showWarningMessage(problem, { modal: true }, another)) !== another)
      return undefined;
  }
}

/** Why the edited picture must not be saved there, or undefined where it may. */
async function refuseTarget(
  target: Uri,
  original: Uri,
  { format, extension }: PictureInfo,
): Promise<string | undefined> {
  const name = showName(basename(target.path));
  if (await isSameFile(target, original))
    return `${name} is the original, which Retouch never writes over.`;
  const fits = format === 'JPEG' ? /\.jpe?g$/i : new RegExp(`\\.${extension}$`, 'i');
  return fits.test(target.path)
    ? undefined
    : `The edited picture is ${format}: ${name} should end in .${extension}.`;
}
