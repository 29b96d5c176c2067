// Bytes and names go in; a file on this machine's disk that is whole, or none at all, comes out.
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes a new file under the first name that is free. Never touches an existing file.
 * @returns the name it got
 * @throws the file system's own error; then nothing is left behind
 */
export async function saveNewLocally(
  folder: string,
  names: Iterable<string>,
  bytes: Uint8Array,
): Promise<string> {
  const temporary = await writeTemporary(folder, bytes);
  try {
    for (const name of names) {
      try {
        // Unlike a rename, a link fails where the name is taken, whoever took it in the meantime.
        await link(temporary, join(folder, name));
      } catch (error) {
        if (hasCode(error, 'EEXIST')) continue;
        if (
          !hasCode(
            error,
            'EPERM',
            'ENOTSUP',
            'EOPNOTSUPP',
            'ENOSYS',
            'EMLINK',
            'EXDEV',
            'EACCES',
            'UNKNOWN',
          )
        )
          throw error;
        // No hard links here, as on FAT and some network drives.
        if (!(await createExclusively(join(folder, name), bytes))) continue;
      }
      await syncFolder(folder);
      return name;
    }
    throw new Error('every name beside the original is taken');
  } finally {
    await unlink(temporary).catch(ignoreMissing);
  }
}

/** Writes a file over another one, whole or not at all: for a name that the user has confirmed. */
export async function replaceLocally(
  folder: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const temporary = await writeTemporary(folder, bytes);
  try {
    await rename(temporary, join(folder, name));
    await syncFolder(folder);
  } catch (error) {
    await unlink(temporary).catch(ignoreMissing);
    throw error;
  }
}

async function writeTemporary(folder: string, bytes: Uint8Array): Promise<string> {
  // Short, so that it fits where the final name does; hidden, since the Explorer may see it for a moment.
  const path = join(folder, `.retouch-${randomUUID().slice(0, 8)}.tmp`);
  if (!(await createExclusively(path, bytes))) throw new Error(`${path} exists already`);
  return path;
}

/** False where the name is taken. On any failure nothing is left behind. */
async function createExclusively(path: string, bytes: Uint8Array): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, 0o666);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  try {
    try {
      await file.writeFile(bytes);
      await file.sync();
      await verify(file, bytes);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    await unlink(path).catch(ignoreMissing);
    throw error;
  }
}

/** A full disk has been seen to swallow bytes without an error. */
async function verify(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(256 * 1024);
  let byteLength = 0;
  for (;;) {
    const { bytesRead } = await file.read(piece, 0, piece.byteLength, byteLength);
    if (bytesRead === 0) break;
    byteLength += bytesRead;
    hash.update(piece.subarray(0, bytesRead));
  }
  if (
    byteLength !== bytes.byteLength ||
    !hash.digest().equals(createHash('sha256').update(bytes).digest())
  ) {
    throw new Error(`the disk kept ${byteLength} of ${bytes.byteLength} bytes, or other ones`);
  }
}

/** Makes the new name itself last through a power cut, where the system can. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder, and has no need to.
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    // Some network drives refuse it: the file itself has been synced.
    if (!hasCode(error, 'EINVAL', 'ENOTSUP', 'EPERM', 'EBADF')) throw error;
  } finally {
    await handle.close();
  }
}

function ignoreMissing(error: unknown): void {
  if (!hasCode(error, 'ENOENT')) throw error;
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
