// A disk for the journal and for saving on which chosen calls fail, as real ones do on the worst day.
import { accessSync, constants } from 'node:fs';
import * as node from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Disk as JournalDisk, DiskFile as JournalFile } from '../../src/journal/disk';
import type { Disk as SaveDisk, DiskFile as SaveFile } from '../../src/save/disk';

export interface Call {
  readonly name: string;
  /** From 1, over all calls. */
  readonly number: number;
  readonly path: string;
}

/** Gives the code to fail with, such as `EIO`; a promise that never settles is a call that never comes back. */
export type Fail = (call: Call) => string | undefined | Promise<never>;

export class FailingDisk implements JournalDisk, SaveDisk {
  readonly calls: Call[] = [];
  /** In milliseconds; nobody waits. */
  paused = 0;
  private readonly opened = new Set<node.FileHandle>();

  constructor(private readonly fail: Fail) {}

  async open(path: string, flags: number, mode?: number): Promise<JournalFile & SaveFile> {
    await this.count('open', path);
    const file = await node.open(path, flags, mode);
    this.opened.add(file);
    return {
      write: async (bytes, offset, byteLength, position) => {
        try {
          await this.count('write', path);
        } catch (error) {
          // A full disk takes the first part.
          await file.write(bytes, offset, Math.floor(byteLength / 2), position);
          throw error;
        }
        return file.write(bytes, offset, byteLength, position);
      },
      writeFile: async (bytes) => {
        try {
          await this.count('writeFile', path);
        } catch (error) {
          await file.writeFile(bytes.subarray(0, bytes.byteLength / 2));
          throw error;
        }
        await file.writeFile(bytes);
      },
      read: async (...where) => {
        await this.count('read', path);
        return file.read(...where);
      },
      sync: async () => {
        await this.count('sync', path);
        await file.sync();
      },
      stat: async (options) => {
        await this.count('fstat', path);
        return file.stat(options);
      },
      close: async () => {
        // Closed it is, even so.
        this.opened.delete(file);
        await file.close();
        await this.count('close', path);
      },
    };
  }

  mkdir: JournalDisk['mkdir'] = async (path, options) => {
    await this.count('mkdir', path);
    return node.mkdir(path, options);
  };

  async readFile(path: string): Promise<Buffer> {
    await this.count('readFile', path);
    return node.readFile(path);
  }

  async readdir(path: string): Promise<string[]> {
    await this.count('readdir', path);
    return node.readdir(path);
  }

  // Each of the two asks for another form of it.
  stat = (async (path: string, options?: { bigint: true }) => {
    await this.count('stat', path);
    return node.stat(path, options);
  }) as JournalDisk['stat'] & SaveDisk['stat'];

  chmod: SaveDisk['chmod'] = async (path, mode) => {
    await this.count('chmod', path);
    await node.chmod(path, mode);
  };

  async link(existing: string, path: string): Promise<void> {
    await this.count('link', path);
    await node.link(existing, path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.count('rename', to);
    await node.rename(from, to);
  }

  rm: JournalDisk['rm'] = async (path, options) => {
    await this.count('rm', path);
    await node.rm(path, options);
  };

  async unlink(path: string): Promise<void> {
    await this.count('unlink', path);
    await node.unlink(path);
  }

  async utimes(path: string, accessed: number, changed: number): Promise<void> {
    await this.count('utimes', path);
    await node.utimes(path, accessed, changed);
  }

  /** Closes what is open of an action that one of its calls has stopped for ever. */
  async release(): Promise<void> {
    await Promise.all([...this.opened].map((file) => file.close()));
  }

  pause(duration: number): Promise<void> {
    this.paused += duration;
    return Promise.resolve();
  }

  private async count(name: string, path: string): Promise<void> {
    const call = { name, path, number: this.calls.length + 1 };
    this.calls.push(call);
    const code = await this.fail(call);
    if (code) throw Object.assign(new Error(`${code}: made up, ${name}`), { code });
  }
}

/** In memory where there is a place for that: no disk fails here, and syncing one takes most of the time. */
export function quickFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
