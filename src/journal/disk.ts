// What the journal asks of the disk, apart from the journal itself, so that tests can make each call fail.
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hasCode, isLocked, lockPauses, pausing, retry, type Pausing } from '../disk/patience';

/** The part of Node's `FileHandle` that the journal uses. */
export interface DiskFile {
  write(
    bytes: Uint8Array,
    offset: number,
    byteLength: number,
    position: number | null,
  ): Promise<{ bytesWritten: number }>;
  read(
    buffer: Uint8Array,
    offset: number,
    byteLength: number,
    position: number,
  ): Promise<{ bytesRead: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Disk extends Pausing {
  /** Gives the first folder that it has made. */
  mkdir(path: string, options: { recursive: true; mode: number }): Promise<string | undefined>;
  open(path: string, flags: number, mode?: number): Promise<DiskFile>;
  readFile(path: string): Promise<Buffer>;
  readdir(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { recursive: boolean; force: boolean }): Promise<void>;
  stat(path: string): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  /** In seconds since the epoch. */
  utimes(path: string, accessed: number, changed: number): Promise<void>;
}

export const nodeDisk: Disk = {
  ...{ mkdir, open, readFile, readdir, rename, rm, stat, utimes },
  ...pausing,
};

/**
 * The same disk, which waits for a while where another program holds what is renamed, removed or written further, as virus
 * scanners on Windows do with what is new.
 */
export function patient(disk: Disk): Disk {
  const wait = <Result>(mayPass: (error: unknown) => boolean, action: () => Promise<Result>) =>
    retry(disk, lockPauses, mayPass, action);
  return {
    mkdir: (path, options) => disk.mkdir(path, options),
    open: (path, flags, mode) =>
      (flags & constants.O_APPEND) !== 0
        ? wait(isLocked, () => disk.open(path, flags, mode))
        : disk.open(path, flags, mode),
    readFile: (path) => disk.readFile(path),
    readdir: (path) => disk.readdir(path),
    rename: (from, to) => wait(isLocked, () => disk.rename(from, to)),
    rm: (path, options) => wait(isHeld, () => disk.rm(path, options)),
    stat: (path) => disk.stat(path),
    utimes: (path, accessed, changed) => disk.utimes(path, accessed, changed),
    pause: (duration) => disk.pause(duration),
  };
}

/** A folder counts as not empty as long as another program holds a file that has been removed from it. */
function isHeld(error: unknown): boolean {
  return isLocked(error) || (process.platform === 'win32' && hasCode(error, 'ENOTEMPTY'));
}

/** Nobody else on this machine has to see what is kept. */
const privateFile = 0o600;

/** Bytes that are written or read at once: in between, everything else has its turn. */
const pieceLength = 1024 * 1024;

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

/** Opens a new file to write to. @throws EEXIST where there is one of that name */
export async function create(path: string, disk: Disk): Promise<DiskFile> {
  return disk.open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, privateFile);
}

/** @param position in the file; null goes on where the last one ended */
export async function writeAll(
  file: DiskFile,
  bytes: Uint8Array,
  position: number | null = null,
): Promise<void> {
  for (let from = 0; from < bytes.byteLength;) {
    const at = position === null ? null : position + from;
    const byteLength = Math.min(pieceLength, bytes.byteLength - from);
    const { bytesWritten } = await file.write(bytes, from, byteLength, at);
    // A full disk takes a part without an error, and then an error or nothing.
    if (bytesWritten === 0) throw new Error('the disk took none of the bytes');
    from += bytesWritten;
  }
}

/** Writes a new file and does not end before it lasts; its name lasts once the folder is synced. */
export async function writeNew(path: string, bytes: Uint8Array, disk: Disk): Promise<void> {
  const file = await create(path, disk);
  await thenClose(file, async () => {
    await writeAll(file, bytes);
    await file.sync();
  });
}

/** Adds to the end of a file that is there, and does not end before that lasts. */
export async function append(path: string, bytes: Uint8Array, disk: Disk): Promise<void> {
  const file = await disk.open(path, constants.O_APPEND | constants.O_WRONLY);
  await thenClose(file, async () => {
    await writeAll(file, bytes);
    await file.sync();
  });
}

/** A large file, piece by piece. */
export async function* readPieces(path: string, disk: Disk): AsyncGenerator<Buffer, void> {
  const file = await disk.open(path, constants.O_RDONLY);
  try {
    for (let position = 0; ;) {
      // A new one each time: whoever gets it may keep it.
      const piece = Buffer.allocUnsafe(pieceLength / 4);
      const { bytesRead } = await file.read(piece, 0, piece.byteLength, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder last through a power cut, where the system can. */
export async function syncFolder(path: string, disk: Disk): Promise<void> {
  // Windows cannot open a folder, and has no need to.
  if (process.platform === 'win32') return;
  try {
    const folder = await disk.open(path, constants.O_RDONLY);
    await thenClose(folder, () => folder.sync());
  } catch (error) {
    if (!hasCode(error, ...withoutFolderSync)) throw error;
  }
}

/** A file that fails to close has not been written, but the first error is the one to hear of. */
export async function thenClose(file: DiskFile, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
}

/** Takes away what was only begun. Never throws: a file too many is no reason to hide why. */
export async function removeQuietly(path: string, disk: Disk): Promise<void> {
  await disk.rm(path, { recursive: true, force: true }).catch(() => undefined);
}
