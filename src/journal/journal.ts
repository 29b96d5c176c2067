// A folder goes in, and jobs one after the other; each gets a folder of its own in it, before anything is sent. What is
// kept there is found again, whatever else lies between, and jobs of windows that have gone get another one.
import { createHash, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { hasCode } from '../disk/patience';
import { cleanUpJobs, type CleanedUp } from './cleanUp';
import {
  create,
  nodeDisk,
  patient,
  removeQuietly,
  syncFolder,
  thenClose,
  writeAll,
  writeNew,
  type Disk,
} from './disk';
import { isOver, JobFiles, type KeptJob } from './jobFiles';
import { KeyMask } from './keyMask';
import { isOwnerName, thisWindow, type Owner } from './owner';
import { fileNames, isOfLaterFormat, removedPrefix, type JobRecord } from './records';

/** The names of job folders sort by time: `20261125T084204123Z-1a2b3c4d`. */
const jobName = /^\d{8}T\d{9}Z-[0-9a-f]{8}$/;

/** Where what is no job goes. It stays there until the user deletes it. */
const asideName = 'set-aside';

/** Milliseconds that a window may take from a folder's name to its own name in it: after that, it has gone. */
const beginningLimit = 60_000;

/** What systems say of places where nobody may write, as against disks that are full or broken. */
const unwritableCodes = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'];

/** Nobody else on this machine has to see what is kept. */
const privateFolder = { recursive: true, mode: 0o700 } as const;

/** Bytes that are hashed at once: in between, everything else has its turn. */
const pieceLength = 1024 * 1024;

/** There is no place for a journal: edits go on without. */
export class NoJournalError extends Error {
  override readonly name = 'NoJournalError';
}

/** What is known of a job before it is written; the rest of its record is made then. */
export interface NewJob extends Omit<JobRecord, 'format' | 'createdAt' | 'original'> {
  readonly original: Omit<JobRecord['original'], 'byteLength' | 'sha256'>;
}

export class Journal {
  private readonly disk: Disk;

  constructor(
    /** Path of the folder; made when it is needed. */
    private readonly root: string,
    disk: Disk = nodeDisk,
    private readonly me: Owner = thisWindow(),
  ) {
    this.disk = patient(disk);
  }

  /**
   * Writes a job with its original: the file may be changed or gone when the edit is looked at. Ends when all of it lasts.
   * @param original the bytes that the edit is about
   * @param apiKey is kept out of everything that is written
   * @throws NoJournalError where nothing can be written at all, else the file system's own error; nothing is left then
   */
  async prepare(job: NewJob, original: Uint8Array, apiKey: string): Promise<JobFiles> {
    const { disk, root } = this;
    const createdAt = Date.now();
    const time = new Date(createdAt).toISOString().replace(/[-:.]/g, '');
    const id = `${time}-${randomUUID().slice(0, 8)}`;
    const folder = join(root, id);
    let made: string | undefined;
    try {
      made = await disk.mkdir(folder, privateFolder);
    } catch (error) {
      if (!hasCode(error, ...unwritableCodes)) throw error;
      const code = error instanceof Error ? error.message : String(error);
      throw new NoJournalError(`nothing can be written to ${root} (${code})`, { cause: error });
    }
    try {
      const mask = new KeyMask(apiKey);
      // First: whoever finds what is not finished asks whether somebody is at work on it.
      await (await create(join(folder, this.me.nameNow()), disk)).close();
      const sha256 = await this.writeOriginal(join(folder, fileNames.original), original);
      await writeNew(join(folder, fileNames.log), new Uint8Array(), disk);
      const record: JobRecord = {
        format: 1,
        createdAt,
        ...job,
        original: { ...job.original, byteLength: original.byteLength, sha256 },
      };
      // What has this file is a job: it comes last, and whole.
      const path = join(folder, fileNames.job);
      const text = mask.maskText(`${JSON.stringify(record, undefined, 2)}\n`);
      await writeNew(`${path}.tmp`, Buffer.from(text), disk);
      await disk.rename(`${path}.tmp`, path);
      // With the name of every folder that is new, up to the one that was there.
      const top = dirname(made ?? folder);
      for (let at = folder; ; at = dirname(at)) {
        await syncFolder(at, disk);
        if (at === top || at === dirname(at)) break;
      }
      return new JobFiles(id, folder, mask, disk);
    } catch (error) {
      await removeQuietly(folder, disk);
      throw error;
    }
  }

  /** Whether there may be anything to look after: one call to the disk. Never throws. */
  async isEmpty(): Promise<boolean> {
    const names = await this.disk.readdir(this.root).catch(() => []);
    return names.every((name) => name === asideName);
  }

  /**
   * Every job that can be read, the newest first. What cannot be read stays where it is and is in nobody's way.
   * @param apiKey is kept out of what is written to them from now on
   * @returns `unreadable` are the names of folders of the journal without a whole job
   */
  async list(apiKey = ''): Promise<{ readonly jobs: KeptJob[]; readonly unreadable: string[] }> {
    const mask = new KeyMask(apiKey);
    const jobs: KeptJob[] = [];
    const unreadable: string[] = [];
    const names = await this.readNames();
    for (const name of names
      .filter((name) => jobName.test(name))
      .sort()
      .reverse()) {
      const files = new JobFiles(name, join(this.root, name), mask, this.disk);
      try {
        jobs.push(await files.read());
      } catch {
        unreadable.push(name);
      }
    }
    return { jobs, unreadable };
  }

  /** The job `id` as it is now. @throws where there is no whole job: the file system's own error, or what is wrong with it */
  read(id: string): Promise<KeptJob> {
    return new JobFiles(id, join(this.root, id), new KeyMask(''), this.disk).read();
  }

  /** What this window is called in the journal: `whose` says of such a name whether its window still lives. */
  get windowName(): string {
    return this.me.nameNow();
  }

  /** Whether the job is this window's, another one's that lives, another machine's that may be at work, or its window has gone. */
  whose({ owner }: Pick<KeptJob, 'owner'>): 'mine' | 'other' | 'elsewhere' | 'gone' {
    if (!owner) return 'gone';
    if (this.me.isMine(owner.name)) return 'mine';
    const where = this.me.whereIs(owner.name, owner.beatAt);
    return where === 'here' ? 'other' : where;
  }

  /**
   * Jobs of windows that have gone, of which something may still come, become this window's. Several windows may try at
   * the same time: each job gets to exactly one of them.
   * @param isOwn whether a job is this window's by right, though its window may live on another machine
   */
  async takeOver(isOwn: (job: KeptJob) => boolean = () => false): Promise<KeptJob[]> {
    const { jobs } = await this.list();
    const taken: KeptJob[] = [];
    for (const job of jobs) {
      if (isOver(job) || job.isSeen) continue;
      const isUnread = this.me.unread.has(job.files.id);
      const whose = this.whose(job);
      if (!isUnread && whose !== 'gone' && !(whose === 'elsewhere' && isOwn(job))) continue;
      // What the disk does not give is in nobody's way: it is tried again the next time.
      const files = isUnread ? job.files : await this.claim(job).catch(() => undefined);
      if (!files) continue;
      try {
        // Whoever had it may have said more until the end.
        taken.push(await files.read());
        this.me.unread.delete(files.id);
      } catch {
        this.me.unread.add(files.id);
      }
    }
    return taken;
  }

  /**
   * A job that the user opens becomes this window's where its own has gone, whatever has become of it: nobody else is to
   * tidy up after it, or to bring it back, meanwhile.
   * @returns false where another window has it
   */
  async adopt(job: KeptJob): Promise<boolean> {
    const whose = this.whose(job);
    if (whose === 'mine' || !job.owner) return true;
    if (whose !== 'gone') return false;
    return job.files.claim(job.owner.name, this.me.nameNow());
  }

  /** Jobs of windows that have gone, of which nothing more comes by itself: what they left of their saving is nobody's. */
  async listLeft(): Promise<KeptJob[]> {
    const { jobs } = await this.list();
    return jobs.filter((job) => (isOver(job) || job.isSeen) && this.whose(job) === 'gone');
  }

  /** Says of this window's jobs that it still lives. */
  async beat(): Promise<void> {
    const { jobs } = await this.list();
    for (const job of jobs) {
      if (job.owner && this.whose(job) === 'mine' && !isOver(job))
        await job.files.beat(job.owner.name).catch(() => undefined);
    }
  }

  /**
   * Moves what is no job to a folder of its own, and removes what windows have left that went in the midst of something.
   * Nothing is deleted that was ever sent.
   * @param now milliseconds since the epoch
   * @returns what was set aside
   */
  async tidy(now = Date.now()): Promise<string[]> {
    const aside: string[] = [];
    for (const name of await this.readNames()) {
      // The system's own, such as .DS_Store.
      if (name.startsWith('.') || name === asideName) continue;
      const path = join(this.root, name);
      if (name.startsWith(removedPrefix)) await removeQuietly(path, this.disk);
      else if (!jobName.test(name)) aside.push(name);
      else {
        // What the disk does not give may be there tomorrow.
        const found = await this.judge(name, now).catch(() => 'fine');
        if (found === 'rubbish') await removeQuietly(path, this.disk);
        if (found === 'spoilt') aside.push(name);
      }
    }
    const moved = [];
    for (const name of aside) if (await this.setAside(name)) moved.push(name);
    return moved;
  }

  /**
   * Removes what is over and old: see `cleanUpJobs`.
   * @param kept how long, in milliseconds
   * @param room in bytes, for all jobs together
   */
  async cleanUp(kept: number, room: number, now = Date.now()): Promise<CleanedUp> {
    const { jobs } = await this.list();
    const isTaken = (job: KeptJob) => ['other', 'elsewhere'].includes(this.whose(job));
    return cleanUpJobs(jobs, { kept, room, now, isTaken });
  }

  private async judge(name: string, now: number): Promise<'fine' | 'rubbish' | 'spoilt'> {
    const { disk, root } = this;
    const folder = join(root, name);
    try {
      await new JobFiles(name, folder, new KeyMask(''), disk).read();
      return 'fine';
    } catch (error) {
      if (mayPass(error)) return 'fine';
    }
    const text = await disk.readFile(join(folder, fileNames.job)).catch(ignoreLasting);
    // It is for a later version to read.
    if (text && isOfLaterFormat(text.toString('utf8'))) return 'fine';
    const inside = await disk.readdir(folder).catch(ignoreLasting);
    if (!inside) return 'spoilt';
    const owner = inside.find(isOwnerName);
    if (owner) {
      const beaten = await disk.stat(join(folder, owner)).catch(() => undefined);
      // Whoever made it may be at it still.
      if (this.whose({ owner: { name: owner, beatAt: beaten?.mtimeMs ?? now } }) !== 'gone')
        return 'fine';
    }
    if (!owner && inside.length === 0)
      return now - timeOf(name) > beginningLimit ? 'rubbish' : 'fine';
    // A job is sent once it is whole: what had not got that far is nobody's loss.
    const log = await disk.readFile(join(folder, fileNames.log)).catch(ignoreLasting);
    const begun: readonly string[] = [fileNames.original, fileNames.log, `${fileNames.job}.tmp`];
    return owner &&
      (log?.byteLength ?? 0) === 0 &&
      inside.every((file) => file === owner || begun.includes(file))
      ? 'rubbish'
      : 'spoilt';
  }

  /** False where somebody else has moved it, or nobody can. */
  private async setAside(name: string): Promise<boolean> {
    const { disk, root } = this;
    const aside = join(root, asideName);
    try {
      await disk.mkdir(aside, privateFolder);
      const taken = await disk.readdir(aside);
      const free = taken.includes(name) ? `${name}-${randomUUID().slice(0, 8)}` : name;
      await disk.rename(join(root, name), join(aside, free));
      return true;
    } catch {
      return false;
    }
  }

  private async claim({ files, owner }: KeptJob): Promise<JobFiles | undefined> {
    const mine = this.me.nameNow();
    if (owner) return (await files.claim(owner.name, mine)) ? files : undefined;
    // Somebody has deleted that file: whoever gives the folder another name is the one.
    const id = `${files.id.slice(0, -8)}${randomUUID().slice(0, 8)}`;
    const folder = join(this.root, id);
    try {
      await this.disk.rename(join(this.root, files.id), folder);
      const name = await create(join(folder, mine), this.disk);
      // The name is what counts, and it is there: nothing has been written that closing could lose.
      await name.close().catch(() => undefined);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
    return new JobFiles(id, folder, new KeyMask(''), this.disk);
  }

  private async readNames(): Promise<string[]> {
    return this.disk.readdir(this.root).catch((error: unknown) => {
      // Nothing has been kept yet.
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
  }

  private async writeOriginal(path: string, bytes: Uint8Array): Promise<string> {
    const hash = createHash('sha256');
    const file = await create(path, this.disk);
    await thenClose(file, async () => {
      for (let from = 0; from < bytes.byteLength; from += pieceLength) {
        const piece = bytes.subarray(from, from + pieceLength);
        // The disk has its work meanwhile.
        const written = writeAll(file, piece);
        hash.update(piece);
        await written;
      }
      await file.sync();
    });
    return hash.digest('hex');
  }
}

/** Whether it is the disk that fails, which may be back tomorrow, and not what lies there. */
function mayPass(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    !hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP')
  );
}

/** @throws the error where it may pass */
function ignoreLasting(error: unknown): undefined {
  if (mayPass(error)) throw error;
  return undefined;
}

/** When a job was made, from the name of its folder. */
function timeOf(name: string): number {
  const [, year, month, day, hour, minute, second, thousandth] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(name) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${thousandth}Z`);
}
