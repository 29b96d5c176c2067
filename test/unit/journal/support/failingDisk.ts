// The journal's disk on which chosen calls fail, as real ones do on the worst day.
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { nodeDisk, type Disk, type DiskFile } from '../../../../src/journal/disk';

export interface Call {
  readonly name: string;
  /** From 1, over all calls. */
  readonly number: number;
  readonly path: string;
}

export class FailingDisk implements Disk {
  readonly calls: Call[] = [];

  /** @param fail gives the code to fail with, such as `EIO` */
  constructor(private readonly fail: (call: Call) => string | undefined) {}

  async open(path: string, flags: number, mode?: number): Promise<DiskFile> {
    this.count('open', path);
    const file = await nodeDisk.open(path, flags, mode);
    return {
      write: async (bytes, offset, byteLength, position) => {
        try {
          this.count('write', path);
        } catch (error) {
          // A full disk takes the first part.
          await file.write(bytes, offset, Math.floor(byteLength / 2), position);
          throw error;
        }
        return file.write(bytes, offset, byteLength, position);
      },
      read: (...where) => {
        this.count('read', path);
        return file.read(...where);
      },
      sync: async () => {
        this.count('sync', path);
        await file.sync();
      },
      close: async () => {
        // Closed it is, even so.
        await file.close();
        this.count('close', path);
      },
    };
  }

  mkdir: Disk['mkdir'] = async (path, options) => {
    this.count('mkdir', path);
    return nodeDisk.mkdir(path, options);
  };

  async readFile(path: string): Promise<Buffer> {
    this.count('readFile', path);
    return nodeDisk.readFile(path);
  }

  async readdir(path: string): Promise<string[]> {
    this.count('readdir', path);
    return nodeDisk.readdir(path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.count('rename', to);
    await nodeDisk.rename(from, to);
  }

  rm: Disk['rm'] = async (path, options) => {
    this.count('rm', path);
    await nodeDisk.rm(path, options);
  };

  async stat(path: string): Promise<{ size: number; mtimeMs: number }> {
    this.count('stat', path);
    return nodeDisk.stat(path);
  }

  async utimes(path: string, accessed: number, changed: number): Promise<void> {
    this.count('utimes', path);
    await nodeDisk.utimes(path, accessed, changed);
  }

  private count(name: string, path: string): void {
    const call = { name, path, number: this.calls.length + 1 };
    this.calls.push(call);
    const code = this.fail(call);
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
