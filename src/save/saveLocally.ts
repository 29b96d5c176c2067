// Bytes and names go in; a file on this machine's disk that is whole, or none at all, comes out.
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode, isLocked, lockPauses, retry } from '../disk/patience';
import { nodeDisk, type Disk, type DiskFile, type Identity } from './disk';

/** What `link` says where there are no hard links, as on FAT (`EISDIR` on Windows) and some network drives. */
const withoutLinks = [
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
  'EACCES',
  'EISDIR',
  'EBUSY',
  'UNKNOWN',
];

/** What systems say that cannot open or sync a folder. The file itself has been synced, so this is no failure. */
const withoutFolderSync = [
  'EACCES',
  'EPERM',
  'EINVAL',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
  'EBADF',
];

/** Whether files can be made in a folder, as far as the system tells before: where it cannot, saving tells. */
export async function isWritableFolder(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    return !hasCode(error, 'EROFS', 'EACCES', 'EPERM');
  }
}

/** In milliseconds, before trying again to clean up. */
const cleanupPauses = [20, 60, 200];

/**
 * Writes a new file under the first name that is free. Never touches an existing file.
 * @param token of the temporary file: see `temporaryPaths`
 * @returns the name it got
 * @throws the file system's own error; then nothing is left behind
 */
export async function saveNewLocally(
  folder: string,
  names: Iterable<string>,
  bytes: Uint8Array,
  disk: Disk = nodeDisk,
  token = newToken(),
): Promise<string> {
  const temporary = await writeTemporary(temporaryPaths(folder, token).temporary, bytes, disk);
  let saved: SavedFile;
  try {
    saved = await publish(temporary, folder, names, bytes, disk);
  } finally {
    await remove(temporary, disk);
  }
  try {
    await syncFolder(folder, disk);
  } catch (error) {
    // The name might not last, so nobody may rely on it.
    await remove(saved, disk);
    throw error;
  }
  return basename(saved.path);
}

/**
 * Writes a file over another one, whole or not at all: for a name that the user has confirmed.
 * @param check throws where the file must not be replaced; it is asked at the last moment
 * @throws the file system's own error; then the old file is there as it was. (Only where there are no hard
 * links, and the folder cannot be synced after the move, is the new one there instead, whole.)
 */
export async function replaceLocally(
  folder: string,
  name: string,
  bytes: Uint8Array,
  check: () => Promise<void>,
  disk: Disk = nodeDisk,
  token = newToken(),
): Promise<void> {
  const path = join(folder, name);
  const paths = temporaryPaths(folder, token);
  const temporary = await writeTemporary(paths.temporary, bytes, disk);
  const { kept } = paths;
  try {
    await copyMode(path, temporary.path, disk);
    const isKept = await keep(path, kept, disk);
    await retry(disk, lockPauses, isLocked, async () => {
      await check();
      await disk.rename(temporary.path, path);
    });
    try {
      await syncFolder(folder, disk);
    } catch (error) {
      if (isKept) await quietly(disk, () => disk.rename(kept, path));
      throw error;
    }
  } finally {
    await remove(temporary, disk);
    await remove({ path: kept }, disk);
  }
}

/**
 * Writes a file under a name that the user chose, over the one that is there, unless that is the original.
 * @param original its path; undefined where it is not on this disk
 * @returns whether a file was there before
 */
export async function saveAtLocally(
  path: string,
  bytes: Uint8Array,
  original: string | undefined,
  disk: Disk = nodeDisk,
  token = newToken(),
): Promise<boolean> {
  const name = basename(path);
  if (!(await identify(path, disk))) {
    await saveNewLocally(dirname(path), [name], bytes, disk, token);
    return false;
  }
  const check = async () => {
    if (original !== undefined && (await isSameLocalFile(path, original, disk)))
      throw new Error(`${name} is the original, which Retouch never writes over`);
  };
  await replaceLocally(dirname(path), name, bytes, check, disk, token);
  return true;
}

/**
 * Whether two paths lead to one file: through links, or for a file system that ignores case.
 * @returns false where either is missing
 * @throws where the file system does not tell
 */
export async function isSameLocalFile(
  one: string,
  other: string,
  disk: Disk = nodeDisk,
): Promise<boolean> {
  const [first, second] = await Promise.all([identify(one, disk), identify(other, disk)]);
  return !!first && !!second && first.dev === second.dev && first.ino === second.ino;
}

async function identify(path: string, disk: Disk): Promise<Identity | undefined> {
  try {
    return await disk.stat(path, { bigint: true });
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** A file that this module made. */
interface SavedFile {
  path: string;
  /** Undefined where nobody else can have made a file of that name. */
  ino?: bigint;
}

/** What the temporary files of one save are called by: whoever remembers it can remove them after a crash. */
export function newToken(): string {
  return randomUUID().slice(0, 8);
}

/** The files that a save has beside its own, until it ends. */
export function temporaryPaths(folder: string, token: string): { temporary: string; kept: string } {
  // Short, so that they fit where the final name does; hidden, since the Explorer may see them for a moment.
  const path = (name: string) => join(folder, `.retouch-${name}.tmp`);
  return { temporary: path(token), kept: path(`${token}-old`) };
}

async function writeTemporary(path: string, bytes: Uint8Array, disk: Disk): Promise<SavedFile> {
  const file = await createExclusively(path, bytes, disk);
  if (!file) throw new Error(`${path} exists already`);
  return file;
}

/** Gives a whole file the first name that is free. */
async function publish(
  temporary: SavedFile,
  folder: string,
  names: Iterable<string>,
  bytes: Uint8Array,
  disk: Disk,
): Promise<SavedFile> {
  for (const name of names) {
    const path = join(folder, name);
    try {
      // Unlike a rename, a link fails where the name is taken, whoever took it in the meantime.
      await disk.link(temporary.path, path);
      return { ...temporary, path };
    } catch (error) {
      if (hasCode(error, 'EEXIST')) continue;
      if (!hasCode(error, ...withoutLinks)) throw error;
    }
    const created = await createExclusively(path, bytes, disk);
    if (created) return created;
  }
  throw new Error('every name that it could have is taken');
}

/** Who may read and write it stays as it was, where the file system knows of that. */
async function copyMode(from: string, to: string, disk: Disk): Promise<void> {
  const { mode } = await disk.stat(from, { bigint: true });
  await disk.chmod(to, Number(mode & 0o777n)).catch((error: unknown) => {
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL')) throw error;
  });
}

/** Gives the old file a second name, to bring it back by. False where there are no hard links. */
async function keep(path: string, kept: string, disk: Disk): Promise<boolean> {
  try {
    await disk.link(path, kept);
    return true;
  } catch (error) {
    if (hasCode(error, ...withoutLinks)) return false;
    throw error;
  }
}

/** Undefined where the name is taken. On any failure nothing is left behind. */
async function createExclusively(
  path: string,
  bytes: Uint8Array,
  disk: Disk,
): Promise<SavedFile | undefined> {
  let file: DiskFile;
  try {
    file = await disk.open(path, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, 0o666);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return undefined;
    throw error;
  }
  const created: SavedFile = { path };
  try {
    await thenClose(file, async () => {
      created.ino = (await file.stat({ bigint: true })).ino;
      await file.writeFile(bytes);
      await file.sync();
      await verify(file, bytes);
    });
    return created;
  } catch (error) {
    await remove(created, disk);
    throw error;
  }
}

/** A full disk has been seen to swallow bytes without an error. */
async function verify(file: DiskFile, bytes: Uint8Array): Promise<void> {
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
async function syncFolder(folder: string, disk: Disk): Promise<void> {
  // Windows cannot open a folder, and has no need to.
  if (process.platform === 'win32') return;
  try {
    const handle = await disk.open(folder, constants.O_RDONLY);
    await thenClose(handle, () => handle.sync());
  } catch (error) {
    if (!hasCode(error, ...withoutFolderSync)) throw error;
  }
}

/** A file that fails to close has not been written, but the first error is the one to hear of. */
async function thenClose(file: DiskFile, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
}

/** Takes a file away, unless somebody has put another one in its place. Never throws. */
async function remove({ path, ino }: SavedFile, disk: Disk): Promise<void> {
  await quietly(disk, async () => {
    if (ino !== undefined && (await identify(path, disk))?.ino !== ino) return;
    await disk.unlink(path);
  });
}

/** Tries to clean up, again if need be. A file too many is no reason to fail, nor to hide why saving did. */
async function quietly(disk: Disk, action: () => Promise<void>): Promise<void> {
  const mayPass = (error: unknown) => !hasCode(error, 'ENOENT');
  await retry(disk, cleanupPauses, mayPass, action).catch(() => undefined);
}
