// The edited picture goes in; a new file beside the original, or where the user said, comes out. And back again.
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, dirname, posix } from 'node:path';
import { FileSystemError, Uri, workspace } from 'vscode';
import { hasCode } from '../disk/patience';
import { followLinks } from './links';
import { namesBeside } from './names';
import {
  isSameLocalFile,
  isWritableFolder,
  replaceLocally,
  saveAtLocally,
  saveNewLocally,
} from './saveLocally';
import { replaceVirtually, saveNewVirtually } from './saveVirtually';

/**
 * @param extension of the bytes' own format, without the dot
 * @param template the setting `retouch.saveName`
 * @param token of the temporary file
 * @throws the file system's own error; then no file was left or changed
 */
export async function saveBeside(
  original: Uri,
  extension: string,
  template: string,
  bytes: Uint8Array,
  token?: string,
): Promise<Uri> {
  const names = namesBeside(basename(original.path), extension, template);
  const folder = Uri.joinPath(original, '..');
  return folder.scheme === 'file'
    ? Uri.joinPath(folder, await saveNewLocally(folder.fsPath, names, bytes, undefined, token))
    : saveNewVirtually(folder, names, bytes, token);
}

/** Whether something can be saved beside it, as far as anybody can tell before. */
export async function canSaveBeside({ scheme, fsPath }: Uri): Promise<boolean> {
  return scheme === 'file'
    ? isWritableFolder(dirname(fsPath))
    : workspace.fs.isWritableFileSystem(scheme) !== false;
}

/** The file is not what it was. */
export class ChangedError extends Error {
  constructor(name: string) {
    super(`${name} has been changed meanwhile`);
  }
}

/** @throws ChangedError, or the file system's own error */
export async function checkFile(
  target: Uri,
  expected: (now: Uint8Array) => boolean,
): Promise<void> {
  if (!expected(await workspace.fs.readFile(target))) throw new ChangedError(basename(target.path));
}

/**
 * Writes over a file that the user has agreed to replace, whole or not at all, where it still is what they have seen.
 * @param expected whether these bytes are what may be replaced
 * @param token of the temporary files
 * @throws ChangedError, or the file system's own error; then the file is as it was
 */
export async function replaceFile(
  target: Uri,
  bytes: Uint8Array,
  expected: (now: Uint8Array) => boolean,
  token?: string,
): Promise<void> {
  const check = () => checkFile(target, expected);
  // Before anything is written, and at the last moment again.
  await check();
  if (target.scheme !== 'file') return replaceVirtually(target, bytes, check, token);
  const { fsPath: path } = await placeOf(target);
  // Whoever made it read-only means that: a rename would not ask.
  await access(path, constants.W_OK);
  await replaceLocally(dirname(path), basename(path), bytes, check, undefined, token);
}

/**
 * Puts a file back as it was before it was replaced, also where somebody has moved or deleted it since.
 * @param expected whether these bytes are what may be replaced
 * @param token of the temporary files
 * @throws ChangedError, or the file system's own error; `isMissing` where its folder has gone too
 */
export async function restoreFile(
  target: Uri,
  bytes: Uint8Array,
  expected: (now: Uint8Array) => boolean,
  token?: string,
): Promise<void> {
  try {
    await replaceFile(target, bytes, expected, token);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const place = await placeOf(target);
    const folder = Uri.joinPath(place, '..');
    const names = [basename(place.path)];
    if (place.scheme === 'file')
      await saveNewLocally(folder.fsPath, names, bytes, undefined, token);
    else await saveNewVirtually(folder, names, bytes, token);
  }
}

/** Where a file is written in place of `target`. A link stays one: what it leads to is replaced. */
export async function placeOf(target: Uri): Promise<Uri> {
  return target.scheme === 'file' ? Uri.file(await followLinks(target.fsPath)) : target;
}

/** Whether an error says that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return error instanceof FileSystemError
    ? error.code === 'FileNotFound'
    : hasCode(error, 'ENOENT', 'ENOTDIR');
}

export interface Saved {
  uri: Uri;
  /** Whether a file was there before: it is gone, so the save cannot be undone. */
  replaced: boolean;
}

/**
 * Under a name that the user chose and, where it is taken, confirmed to replace.
 * @param token of the temporary files
 * @throws where the target is the original, by whatever name, and the file system's own error
 */
export async function saveAt(
  target: Uri,
  bytes: Uint8Array,
  original: Uri,
  token?: string,
): Promise<Saved> {
  if (target.scheme === 'file') {
    const path = original.scheme === 'file' ? original.fsPath : undefined;
    return {
      uri: target,
      replaced: await saveAtLocally(target.fsPath, bytes, path, undefined, token),
    };
  }
  if (!(await exists(target))) {
    const folder = Uri.joinPath(target, '..');
    await saveNewVirtually(folder, [basename(target.path)], bytes, token);
    return { uri: target, replaced: false };
  }
  const check = async () => {
    if (await isSameFile(target, original))
      throw new Error(`${basename(target.path)} is the original, which Retouch never writes over`);
  };
  await replaceVirtually(target, bytes, check, token);
  return { uri: target, replaced: true };
}

/**
 * Whether two addresses lead to one file, through links or another spelling.
 * @returns false where either is missing on the disk
 * @throws where the disk does not tell
 */
export async function isSameFile(one: Uri, other: Uri): Promise<boolean> {
  if (one.scheme === 'file' && other.scheme === 'file')
    return isSameLocalFile(one.fsPath, other.fsPath);
  return spell(one) === spell(other);
}

/** Nothing tells whether a virtual file system minds case, so two names that might be one count as one. */
function spell(uri: Uri): string {
  return uri
    .with({ path: posix.normalize(uri.path), fragment: '' })
    .toString(true)
    .normalize()
    .toLowerCase();
}

/** The first name beside the original that is free now, to propose in a dialog. */
export async function proposeBeside(
  original: Uri,
  extension: string,
  template: string,
): Promise<Uri> {
  const folder = Uri.joinPath(original, '..');
  for (const name of namesBeside(basename(original.path), extension, template)) {
    const proposed = Uri.joinPath(folder, name);
    if (!(await exists(proposed))) return proposed;
  }
  return folder;
}

async function exists(uri: Uri): Promise<boolean> {
  return workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

/**
 * Takes a saved file away again, to the trash where there is one.
 * @returns `changed` where somebody has changed it since, and it stays
 */
export async function undoSave(saved: Uri, bytes: Uint8Array): Promise<'removed' | 'changed'> {
  const now = await workspace.fs.readFile(saved);
  if (Buffer.compare(now, bytes) !== 0) return 'changed';
  try {
    await workspace.fs.delete(saved, { useTrash: true });
  } catch {
    // Remote and virtual file systems have no trash.
    await workspace.fs.delete(saved);
  }
  return 'removed';
}
