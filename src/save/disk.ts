// What saving asks of a local disk, apart from the saving itself, so that tests can make each call fail.
import { chmod, link, open, rename, stat, unlink } from 'node:fs/promises';
import { pausing, type Pausing } from '../disk/patience';

/** What tells two files apart, whatever they are called. */
export interface Identity {
  dev: bigint;
  ino: bigint;
}

/** What a file is, and who may do what with it. */
export interface Status extends Identity {
  mode: bigint;
}

/** The part of Node's `FileHandle` that saving uses. */
export interface DiskFile {
  writeFile(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  read(
    buffer: Uint8Array,
    offset: number,
    byteLength: number,
    position: number,
  ): Promise<{ bytesRead: number }>;
  stat(options: { bigint: true }): Promise<Identity>;
  close(): Promise<void>;
}

export interface Disk extends Pausing {
  open(path: string, flags: number, mode?: number): Promise<DiskFile>;
  /** Follows symbolic links. */
  stat(path: string, options: { bigint: true }): Promise<Status>;
  chmod(path: string, mode: number): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export const nodeDisk: Disk = {
  ...{ open, stat, chmod, link, rename, unlink },
  ...pausing,
};
