// Bytes and names go in; a file on any of VS Code's file systems that is whole, or none at all, comes out.
import { randomUUID } from 'node:crypto';
import { FileSystemError, Uri, workspace } from 'vscode';

/**
 * Writes a new file under the first name that is free. Never touches an existing file.
 * @throws the file system's own error; then nothing is left behind
 */
export async function saveNewVirtually(
  folder: Uri,
  names: Iterable<string>,
  bytes: Uint8Array,
): Promise<Uri> {
  return withTemporary(folder, bytes, async (temporary) => {
    for (const name of names) {
      const target = Uri.joinPath(folder, name);
      try {
        await workspace.fs.rename(temporary, target, { overwrite: false });
      } catch (error) {
        if (error instanceof FileSystemError && error.code === 'FileExists') continue;
        throw error;
      }
      return target;
    }
    throw new Error('every name that it could have is taken');
  });
}

/**
 * Writes a file over another one: for a name that the user has confirmed.
 * @param check throws where the file must not be replaced; it is asked at the last moment
 */
export async function replaceVirtually(
  target: Uri,
  bytes: Uint8Array,
  check: () => Promise<void>,
): Promise<void> {
  await withTemporary(Uri.joinPath(target, '..'), bytes, async (temporary) => {
    await check();
    await workspace.fs.rename(temporary, target, { overwrite: true });
    return target;
  });
}

/** @param finish moves the whole, verified file to where it belongs */
async function withTemporary(
  folder: Uri,
  bytes: Uint8Array,
  finish: (temporary: Uri) => Promise<Uri>,
): Promise<Uri> {
  const temporary = Uri.joinPath(folder, `.retouch-${randomUUID().slice(0, 8)}.tmp`);
  try {
    await workspace.fs.writeFile(temporary, bytes);
    const written = await workspace.fs.readFile(temporary);
    if (Buffer.compare(written, bytes) !== 0)
      throw new Error('the file system kept other bytes than it was given');
    return await finish(temporary);
  } catch (error) {
    // Best effort: the first error is what the user must hear of, and there may be nothing to delete.
    await workspace.fs.delete(temporary).then(undefined, () => undefined);
    throw error;
  }
}
