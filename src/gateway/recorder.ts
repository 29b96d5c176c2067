// What the service layer tells whoever keeps what is paid for, before anyone parses it: the journal, in the extension.
import type { HttpHead } from './transport';

export interface Recorder {
  /**
   * A request is about to leave that can cost money: it leaves once this has settled.
   * @throws EditError where that cannot be kept; then nothing is sent
   */
  beforeSending(): Promise<void>;
  /**
   * An answer begins. Never throws, nor does anything of what it gives: what cannot be kept is the recorder's to tell,
   * and no reason to lose it in memory as well.
   * @param call which of the edit's calls it answers, from 0; of the answers to one call the last one counts
   */
  openAnswer(call: number, head: HttpHead): AnswerRecord;
}

export interface AnswerRecord {
  /** Settles when the bytes are in the hands of the disk. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Settles when all of it lasts.
   * @param whole whether the answer came to its own end
   */
  end(whole: boolean): Promise<void>;
  /**
   * Settles when the picture behind a link lasts.
   * @param index of the answer's pictures, from 0
   */
  keepPicture(index: number, bytes: Uint8Array): Promise<void>;
}
