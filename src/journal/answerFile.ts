// The bytes of one answer go in as they come; they are in a file of the job before whoever parses them gets on.
import { join } from 'node:path';
import type { AnswerRecord } from '../gateway/recorder';
import { create, syncFolder, writeAll, writeNew, type Disk, type DiskFile } from './disk';
import type { KeyMask } from './keyMask';
import { answerName, pictureName, type LogEntry } from './records';

export interface AnswerFileParts {
  readonly folder: string;
  /** From 1, of all the job's answers. */
  readonly number: number;
  readonly disk: Disk;
  readonly mask: KeyMask;
  readonly log: (entry: Omit<LogEntry, 'at'>) => Promise<void>;
  /** Is told why this answer is not kept, or not as a whole. */
  readonly onLost: (error: unknown) => void;
}

/** Nothing of it rejects. After the first failure nothing more is written: a gap would be worse than an early end. */
export class AnswerFile implements AnswerRecord {
  private file: DiskFile | undefined;
  private byteLength = 0;
  private lost = false;
  private ended = false;
  private last: Promise<void>;
  private readonly masked;

  /** @param head what the log says of its beginning */
  constructor(
    private readonly parts: AnswerFileParts,
    head: Omit<NonNullable<LogEntry['answer']>, 'number'>,
  ) {
    const { folder, number, disk, log, mask } = parts;
    this.masked = mask.openStream();
    this.last = this.attempt(async () => {
      this.file = await create(join(folder, answerName(number)), disk);
      await log({ answer: { number, ...head } });
    });
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.next(async (file) => {
      const { bytes, before } = this.masked.next(chunk);
      if (before > 0) {
        await writeAll(file, Buffer.alloc(before, '*'), this.byteLength - before);
      }
      await writeAll(file, bytes, this.byteLength);
      this.byteLength += bytes.byteLength;
    });
  }

  end(whole: boolean): Promise<void> {
    if (this.ended) return this.last;
    this.ended = true;
    const { folder, number, disk, log } = this.parts;
    this.last = this.next(async (file) => {
      await file.sync();
      await this.close();
      await syncFolder(folder, disk);
      await log({ answer: { number, byteLength: this.byteLength, whole } });
    }).then(() => this.close().catch(() => undefined));
    return this.last;
  }

  async keepPicture(index: number, bytes: Uint8Array): Promise<void> {
    const { folder, number, disk, log, onLost } = this.parts;
    try {
      await writeNew(join(folder, pictureName(number, index)), bytes, disk);
      await syncFolder(folder, disk);
      await log({ picture: { number, index, byteLength: bytes.byteLength } });
    } catch (error) {
      onLost(error);
    }
  }

  private next(work: (file: DiskFile) => Promise<void>): Promise<void> {
    this.last = this.last.then(() =>
      this.attempt(async () => {
        if (this.file && !this.lost) await work(this.file);
      }),
    );
    return this.last;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.lost = true;
      this.parts.onLost(error);
    }
  }

  private async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }
}
