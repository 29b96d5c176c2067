// A disk on which chosen calls fail, as real ones do on the worst day.
import { nodeDisk, type Disk, type DiskFile } from '../../../../src/save/disk';

export interface Call {
  name: string;
  /** From 1, over all calls. */
  number: number;
  path: string;
}

export class FailingDisk implements Disk {
  calls: Call[] = [];
  /** In milliseconds; nobody waits. */
  paused = 0;

  /** @param fail gives the code to fail with, such as `EIO` */
  constructor(private readonly fail: (call: Call) => string | undefined) {}

  async open(path: string, flags: number, mode?: number): Promise<DiskFile> {
    this.count('open', path);
    const file = await nodeDisk.open(path, flags, mode);
    return {
      writeFile: async (bytes) => {
        try {
          this.count('writeFile', path);
        } catch (error) {
          // A full disk takes the first part.
          await file.writeFile(bytes.subarray(0, bytes.byteLength / 2));
          throw error;
        }
        await file.writeFile(bytes);
      },
      sync: async () => {
        this.count('sync', path);
        await file.sync();
      },
      read: async (...where) => {
        this.count('read', path);
        return file.read(...where);
      },
      stat: async (options) => {
        this.count('fstat', path);
        return file.stat(options);
      },
      close: async () => {
        // Closed it is, even so.
        await file.close();
        this.count('close', path);
      },
    };
  }

  stat: Disk['stat'] = async (path, options) => {
    this.count('stat', path);
    return nodeDisk.stat(path, options);
  };

  chmod: Disk['chmod'] = async (path, mode) => {
    this.count('chmod', path);
    await nodeDisk.chmod(path, mode);
  };

  async link(existing: string, path: string): Promise<void> {
    this.count('link', path);
    await nodeDisk.link(existing, path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.count('rename', to);
    await nodeDisk.rename(from, to);
  }

  async unlink(path: string): Promise<void> {
    this.count('unlink', path);
    await nodeDisk.unlink(path);
  }

  pause(duration: number): Promise<void> {
    this.paused += duration;
    return Promise.resolve();
  }

  private count(name: string, path: string): void {
    const call = { name, path, number: this.calls.length + 1 };
    this.calls.push(call);
    const code = this.fail(call);
    if (code) throw Object.assign(new Error(`${code}: made up, ${name}`), { code });
  }
}
