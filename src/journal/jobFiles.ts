// One job's folder goes in; what happens to the job is written there, and what was kept is read back.
import { createHash, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { HttpHead } from '../gateway/transport';
import type { KeptAnswer } from '../gateway/recoverEdit';
import type { AnswerRecord } from '../gateway/recorder';
import { AnswerFile } from './answerFile';
import { hasCode } from '../disk/patience';
import { append, readPieces, removeQuietly, syncFolder, writeNew, type Disk } from './disk';
import type { KeyMask } from './keyMask';
import { isOwnerName } from './owner';
import {
  answerName,
  fileNames,
  keptHeadersOf,
  pictureName,
  removedPrefix,
  readJobRecord,
  readLog,
  type Failure,
  type Found,
  type Lacking,
  type JobRecord,
  type LogEntry,
  type State,
} from './records';

/** A job in the journal. Its methods may be called at any time; what they write comes one after the other. */
export class JobFiles {
  private answers = 0;
  private sent: Promise<void> | undefined;
  private lastEntry: Promise<void> = Promise.resolve();

  constructor(
    /** The folder's name. */
    readonly id: string,
    private readonly folder: string,
    private readonly mask: KeyMask,
    private readonly disk: Disk,
  ) {}

  /** Once for a job, however many requests it makes. @throws the file system's own error */
  markSent(): Promise<void> {
    return (this.sent ??= this.mark('sent'));
  }

  /** @throws the file system's own error */
  mark(state: State): Promise<void> {
    return this.log({ state });
  }

  /**
   * A picture is about to be saved.
   * @param folder path on this machine, or the address of the file where that lies elsewhere
   * @param token what its temporary files are called by
   */
  markSaving(folder: string, token: string): Promise<void> {
    return this.log({ saving: { folder, token } });
  }

  /** @param version of the pictures that are pictures, from 0 */
  markSaved(version: number, uri: string): Promise<void> {
    return this.log({ saved: { version, uri } });
  }

  markUndone(version: number, uri: string): Promise<void> {
    return this.log({ undone: { version, uri } });
  }

  markDeleted(version: number): Promise<void> {
    return this.log({ deleted: { version } });
  }

  /**
   * The original is about to be replaced: from here on it can be brought back, whatever happens.
   * @param sha256 of the bytes that take its place, in hexadecimal; undefined where it is back
   */
  markReplaced(uri: string, sha256: string | undefined): Promise<void> {
    return this.log({ replaced: { uri, ...(sha256 !== undefined && { sha256 }) } });
  }

  /** @param dollars for all its pictures */
  markCost(dollars: number): Promise<void> {
    return this.log({ cost: dollars });
  }

  /** Its first picture has been compared with the original. */
  markFound(found: Found): Promise<void> {
    return this.log({ found });
  }

  /** What of its pictures cannot be shown, as far as is known now. */
  markLacking(lacking: Lacking): Promise<void> {
    return this.log({ lacking });
  }

  /** The user knows that it came back, and does not want it now; or, where `seen` is false, wants it after all. */
  markSeen(seen = true): Promise<void> {
    return this.log({ seen });
  }

  /** It has ended without a picture, and the user knows. What came of answers stays. */
  markFailed(failure: Failure): Promise<void> {
    return this.log({ failure });
  }

  /** @param onLost is told when something of it cannot be kept */
  openAnswer(
    call: number,
    { status, headers }: HttpHead,
    onLost: (error: unknown) => void,
  ): AnswerRecord {
    const { folder, disk, mask } = this;
    this.answers++;
    return new AnswerFile(
      { folder, number: this.answers, disk, mask, onLost, log: (entry) => this.log(entry) },
      { call, status, headers: keptHeadersOf(headers) },
    );
  }

  /** Forgets a job that cost nothing, or that nobody wants any more. @throws the file system's own error */
  async remove(): Promise<void> {
    await this.lastEntry;
    const going = join(dirname(this.folder), `${removedPrefix}${this.id}`);
    try {
      // At once, so that a half of it is never taken for a job.
      await this.disk.rename(this.folder, going);
    } catch (error) {
      // Somebody else has removed it.
      if (hasCode(error, 'ENOENT')) return;
      throw error;
    }
    await this.disk.rm(going, { recursive: true, force: true });
  }

  /**
   * Makes the job this window's.
   * @param owner the name of its owner, which has gone
   * @returns false where another window was faster: exactly one gets it
   */
  async claim(owner: string, mine: string): Promise<boolean> {
    try {
      await this.disk.rename(join(this.folder, owner), join(this.folder, mine));
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /** Says that its window still lives. */
  async beat(owner: string): Promise<void> {
    const now = Date.now() / 1000;
    await this.disk.utimes(join(this.folder, owner), now, now);
  }

  /** Bytes on the disk. */
  async measure(): Promise<number> {
    const names = await this.disk.readdir(this.folder);
    const sizes = await Promise.all(
      names.map((name) => this.disk.stat(join(this.folder, name)).then(({ size }) => size)),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** @throws where there is no whole job: the file system's own error, or what is wrong with it */
  async read(): Promise<KeptJob> {
    const { disk, folder } = this;
    const text = await disk.readFile(join(folder, fileNames.job));
    const record = readJobRecord(text.toString('utf8'));
    const log = await disk.readFile(join(folder, fileNames.log));
    const owner = (await disk.readdir(folder)).find(isOwnerName);
    // It may just have got another owner.
    const beaten = owner && (await disk.stat(join(folder, owner)).catch(() => undefined));
    return {
      ...summarize(this, record, readLog(log.toString('utf8'))),
      owner: owner === undefined ? undefined : { name: owner, beatAt: beaten ? beaten.mtimeMs : 0 },
    };
  }

  /** Whether these very bytes are kept as the original. */
  async holdsOriginal(bytes: Uint8Array): Promise<boolean> {
    const kept = await this.readIfThere(fileNames.original);
    return kept !== undefined && Buffer.compare(kept, bytes) === 0;
  }

  /** @throws where the bytes are not those that the job began with */
  async readOriginal({ original }: JobRecord): Promise<Buffer> {
    const bytes = await this.disk.readFile(join(this.folder, fileNames.original));
    if (createHash('sha256').update(bytes).digest('hex') !== original.sha256)
      throw new Error('the original that was kept has been changed');
    return bytes;
  }

  /** The raw bytes of an answer, as they came. */
  readAnswer(number: number): AsyncGenerator<Buffer, void> {
    return readPieces(join(this.folder, answerName(number)), this.disk);
  }

  async readPicture(number: number, index: number): Promise<Buffer | undefined> {
    return this.readIfThere(pictureName(number, index));
  }

  /**
   * What was behind a link, and came after the answer had ended.
   * @param number of the answer
   * @param index of its pictures, from 0
   * @throws the file system's own error
   */
  async keepPicture(number: number, index: number, bytes: Uint8Array): Promise<void> {
    await this.replaceFile(pictureName(number, index), bytes);
    await syncFolder(this.folder, this.disk);
    await this.log({ picture: { number, index, byteLength: bytes.byteLength } });
  }

  /** A small picture of it, where one was made. */
  async readThumbnail(): Promise<Buffer | undefined> {
    return this.readIfThere(fileNames.thumbnail);
  }

  /** @throws the file system's own error */
  writeThumbnail(bytes: Uint8Array): Promise<void> {
    return this.replaceFile(fileNames.thumbnail, bytes);
  }

  /** Whole or not at all. */
  private async replaceFile(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.folder, name);
    const temporary = `${path}-${randomUUID().slice(0, 8)}.tmp`;
    try {
      await writeNew(temporary, bytes, this.disk);
      await this.disk.rename(temporary, path);
    } catch (error) {
      await removeQuietly(temporary, this.disk);
      throw error;
    }
  }

  private async readIfThere(name: string): Promise<Buffer | undefined> {
    try {
      return await this.disk.readFile(join(this.folder, name));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  private log(entry: Omit<LogEntry, 'at'>): Promise<void> {
    const line = this.mask.maskText(JSON.stringify({ at: Date.now(), ...entry }));
    const written = this.lastEntry.then(() =>
      append(join(this.folder, fileNames.log), Buffer.from(`\n${line}`), this.disk),
    );
    this.lastEntry = written.catch(() => undefined);
    return written;
  }
}

/** A job as it was found on the disk. */
export interface KeptJob {
  readonly files: JobFiles;
  readonly record: JobRecord;
  /** `received` as soon as there is a whole answer, also where whoever waited for it has gone before saying so. */
  readonly state: State;
  /** In the order in which they began, with what `recoverEdit` needs. */
  readonly answers: readonly (KeptAnswer & { readonly number: number; readonly whole: boolean })[];
  /** Where its pictures lie, by version. */
  readonly saved: readonly { readonly version: number; readonly uri: string }[];
  /** Versions that nobody wants any more. */
  readonly deleted: readonly number[];
  /** Whether its original was about to be replaced, and by what: the hash of the new bytes. */
  readonly replaced: { readonly uri: string; readonly sha256: string } | undefined;
  /** Where pictures were about to be saved, and what the temporary files were called by. */
  readonly saving: readonly { readonly folder: string; readonly token: string }[];
  /** Why it ended without a picture, where it did and the user knows. */
  readonly failure: Failure | undefined;
  /** Whether somebody has said that its pictures are here; else that is seen from its answers alone. */
  readonly isRead: boolean;
  /** Whether the user put it aside when it came back. */
  readonly isSeen: boolean;
  /** In US dollars, where it is known. */
  readonly cost: number | undefined;
  /** What of its pictures cannot be shown; undefined where nobody has looked. */
  readonly lacking: Lacking | undefined;
  /** How its first picture differs from the original, where somebody has looked. */
  readonly found: Found | undefined;
  /** Milliseconds between sending it and the end of its last answer; undefined where either is not known. */
  readonly elapsed: number | undefined;
  /** When something was last said of it, in milliseconds since the epoch. */
  readonly changedAt: number;
  /** Its window, by name, and the last sign of life that the file system knows. */
  readonly owner: { readonly name: string; readonly beatAt: number } | undefined;
}

/** The id of the session that it belongs to: of the job that it began with. */
export function sessionOf({ files, record }: KeptJob): string {
  return record.session ?? files.id;
}

/** Whether nothing is to come of it any more, and nobody waits for it. */
export function isOver({ state, failure }: KeptJob): boolean {
  return state === 'saved' || state === 'discarded' || (state !== 'received' && !!failure);
}

function summarize(
  files: JobFiles,
  record: JobRecord,
  log: ReturnType<typeof readLog>,
): Omit<KeptJob, 'owner'> {
  let state: State = 'prepared';
  let failure: Failure | undefined;
  let replaced: KeptJob['replaced'];
  let isSeen = false;
  let cost: number | undefined;
  let found: Found | undefined;
  let sentAt: number | undefined;
  let answeredAt: number | undefined;
  const answers = new Map<number, KeptJob['answers'][number]>();
  const pictures = new Set<string>();
  /** Of those that came after the first were read, by the names of their files. */
  const arrivals = new Map<string, number>();
  const arrive = (name: string) => {
    if (wasReceived && !arrivals.has(name)) arrivals.set(name, arrivals.size + 1);
  };
  let wasReceived = false;
  let lacking: Lacking | undefined;
  const saved: { version: number; uri: string }[] = [];
  for (const entry of log) {
    state = entry.state ?? state;
    isSeen = entry.seen ?? (entry.state === undefined && isSeen);
    cost = entry.cost ?? cost;
    found = entry.found ?? found;
    if (entry.state === 'sent') sentAt = entry.at;
    if (entry.failure) failure = entry.failure as Failure;
    // What came after all counts, whatever was said before.
    else if (entry.state === 'received') failure = undefined;
    if (entry.saved) saved.push(entry.saved);
    if (entry.replaced) {
      const { uri, sha256 } = entry.replaced;
      replaced = sha256 === undefined ? undefined : { uri, sha256 };
    }
    const { undone, picture, answer } = entry;
    const isWhole = answer?.whole === true && (answers.get(answer.number)?.status ?? 0) < 300;
    if (failure?.reason === 'interrupted' && isWhole) failure = undefined;
    if (undone) {
      const at = saved.findLastIndex(
        ({ version, uri }) => version === undone.version && uri === undone.uri,
      );
      if (at >= 0) saved.splice(at, 1);
    }
    // Others were begun, and may be cut.
    if (picture) {
      const name = pictureName(picture.number, picture.index);
      pictures.add(name);
      arrive(name);
    }
    wasReceived ||= entry.state === 'received';
    lacking = entry.lacking ?? lacking;
    if (answer) {
      const { number, call = 0, status = 0, headers = {}, whole } = answer;
      const begun = answers.get(number) ?? {
        ...{ number, call, status, headers },
        read: () => files.readAnswer(number),
        readPicture: async (index) =>
          pictures.has(pictureName(number, index)) ? files.readPicture(number, index) : undefined,
        keepPicture: async (index, bytes) => {
          await files.keepPicture(number, index, bytes);
          arrive(pictureName(number, index));
        },
        arrival: (index) => arrivals.get(pictureName(number, index)) ?? 0,
      };
      answers.set(number, { ...begun, whole: whole === true });
      if (whole !== undefined) answeredAt = entry.at;
    }
  }
  const isAnswered = [...answers.values()].some(({ whole, status }) => whole && status < 300);
  const isRead = state !== 'prepared' && state !== 'sent';
  if (state === 'sent' && isAnswered && !failure) state = 'received';
  return {
    ...{ files, record, state, saved, replaced, failure, isRead, isSeen, cost, found, lacking },
    deleted: log.flatMap((entry) => (entry.deleted ? [entry.deleted.version] : [])),
    saving: log.flatMap((entry) => entry.saving ?? []),
    answers: [...answers.values()],
    elapsed:
      sentAt === undefined || answeredAt === undefined
        ? undefined
        : Math.max(0, answeredAt - sentAt),
    changedAt: log.at(-1)?.at ?? record.createdAt,
  };
}
