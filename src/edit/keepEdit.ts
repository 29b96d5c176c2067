// An edit that is about to be sent goes in; it is kept in the journal, with all that becomes of it. Where there is no place
// for a journal, the edit goes on without one.
import { dirname } from 'node:path';
import { window, type Uri } from 'vscode';
import type { Connection } from '../gateway/connection';
import { EditError, type Charge } from '../gateway/errors';
import type { Recorder } from '../gateway/recorder';
import type { EditResult } from '../gateway/requestEdit';
import type { JobFiles } from '../journal/jobFiles';
import { Journal, NoJournalError } from '../journal/journal';
import { thisWindow } from '../journal/owner';
import type { Lacking, State } from '../journal/records';
import { identifyPicture } from '../picture/identify';
import { newToken } from '../save/saveLocally';
import { recoverKept } from './bringBack';
import { mayCome } from './downloadAgain';
import { journalFolder } from './journalFolder';
import { diskErrorInWords, recordEdit, refuseUnkept, settleJob } from './recordEdit';
import type { Edit } from './edit';
import type { Services } from './services';

/** Those that have been told that there is no journal: once is enough. */
const told = new WeakSet<Services>();

/**
 * @param session the id of the session that it goes on with
 * @throws EditError (`journal`, nothing charged) where there is a place for it, and it cannot be kept there
 */
export async function keepEdit(
  edit: Edit,
  { baseUrl, apiKey }: Connection,
  session?: string,
): Promise<KeptEdit> {
  const { services, subject, fileName, original, asked, start } = edit;
  const parent = start?.version.round.kept.id;
  const { uri, link, hasNoFolder, references = [] } = subject;
  const journal = openJournal(services);
  try {
    const job = await journal?.prepare(
      {
        original: {
          uri: uri.toString(),
          fileName,
          mime: original.info.mime,
          ...(link !== undefined && { link }),
          ...(hasNoFolder !== undefined && { hasNoFolder }),
        },
        references: start ? [] : references.map((reference) => reference.toString()),
        ...(session !== undefined && { session }),
        ...(start &&
          parent !== undefined && { parent: { job: parent, version: start.version.number } }),
        instruction: asked.instruction,
        model: { id: asked.model.id, route: asked.model.route },
        options: { ...asked.options },
        ...(asked.region && { region: { ...asked.region, runs: [...asked.region.runs] } }),
        baseUrl,
      },
      original.bytes,
      apiKey,
    );
    return new KeptEdit(services, fileName, job);
  } catch (error) {
    if (!(error instanceof NoJournalError)) throw refuseUnkept(error);
    sayOnce(services, error.message);
    return new KeptEdit(services, fileName, undefined);
  }
}

/** Undefined where VS Code's own data lies on no disk of this machine. */
export function openJournal(services: Services): Journal | undefined {
  const folder = services.context.globalStorageUri;
  if (folder.scheme === 'file')
    return new Journal(journalFolder(folder), undefined, thisWindow(folder.fsPath));
  sayOnce(services, `${folder.scheme}: is no place on this machine`);
  return undefined;
}

function sayOnce(services: Services, why: string): void {
  if (told.has(services)) return;
  told.add(services);
  services.log.warn(`Edits are not kept on disk until they are saved: ${why}`);
}

/** Where the journal looks for what a save has left: a folder's path, or the file's address where it lies elsewhere. */
export function savingPlace(target: Uri): string {
  return target.scheme === 'file' ? dirname(target.fsPath) : target.toString();
}

/** What the flow says of an edit while it goes on. Nothing of it fails: the user's own files are what counts then. */
export class KeptEdit {
  readonly recorder: Recorder | undefined;
  /** Called before each of its requests leaves, when the journal has it that it did. */
  onSent: (() => void) | undefined;
  private lost: string | undefined;
  private lastWrite: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly services: Services,
    private readonly fileName: string,
    private readonly job: JobFiles | undefined,
    private state: State = 'prepared',
    /** The journal has the way back to an original that was replaced, or was about to be. */
    private replaces = false,
  ) {
    const onLost = (error: unknown) => {
      this.lost = diskErrorInWords(error);
      services.log.error(`${fileName}: the answer cannot be kept on disk: ${this.lost}`);
    };
    this.recorder = job && recordEdit(job, onLost, () => this.onSent?.());
  }

  /** Undefined where it is not kept. */
  get id(): string | undefined {
    return this.job?.id;
  }

  /** Something of the answer is not on disk: what is in memory is all that there is. */
  get isLost(): boolean {
    return this.lost !== undefined;
  }

  /** Ends when all that was said of it so far is on disk. */
  async written(): Promise<void> {
    await this.lastWrite;
  }

  /** Without its files an original could not be brought back. */
  get hasReplaced(): boolean {
    return this.replaces;
  }

  /** The pictures are here, but for those that are `lacking`. */
  receive(lacking?: Lacking): void {
    if (this.lost !== undefined) {
      void window.showWarningMessage(
        `The edit of ${this.fileName} is here, but could not be kept on disk (${this.lost}). Save it before you close or reload the window.`,
      );
    }
    this.mark('received');
    if (lacking && lacking.links + lacking.damaged > 0) this.lack(lacking);
  }

  /** What of its pictures cannot be shown is another number now. */
  lack(lacking: Lacking): void {
    this.write((job) => job.markLacking(lacking));
  }

  /**
   * What is on disk of its answers, once it has ended; undefined where that holds no picture, the error where a picture is
   * still behind its link.
   */
  async recover(): Promise<EditResult | EditError | undefined> {
    try {
      const job = await this.job?.read();
      if (!job?.answers.some(({ whole }) => whole)) return undefined;
      const result = await recoverKept(job);
      // What is no picture was nothing that came in time.
      return result.pictures.some((bytes) => identifyPicture(bytes)) ? result : undefined;
    } catch (error) {
      return error instanceof EditError && mayCome(error) ? error : undefined;
    }
  }

  /** @param dollars for all its pictures */
  spend(dollars: number): void {
    this.write((job) => job.markCost(dollars));
  }

  /** There will be no picture. */
  fail(error: unknown): void {
    const known = error instanceof EditError;
    this.settle(
      known
        ? error
        : {
            reason: 'unexpected',
            charge: 'unknown',
            message: error instanceof Error ? error.message : String(error),
          },
    );
  }

  cancel(charge: Charge): void {
    this.settle({ reason: 'cancelled', charge, message: 'Cancelled.' });
  }

  /**
   * A picture is about to be saved: what a crash leaves of that is found by the token.
   * @param target the new file, or one beside it; where it is written through a link, what that leads to
   */
  async beginSaving(target: Uri): Promise<string> {
    const token = newToken();
    await this.job?.markSaving(savingPlace(target), token).catch((error: unknown) => {
      this.tell(error);
    });
    return token;
  }

  /**
   * The original is about to be replaced. Unlike all else this may fail: without it nothing could be brought back.
   * @param original the bytes that are replaced
   * @param sha256 of those that take their place
   * @throws where either is not kept
   */
  async beginReplacing(uri: Uri, original: Uint8Array, sha256: string): Promise<void> {
    if (!(await this.job?.holdsOriginal(original))) {
      throw new Error('its original is not kept, so that it could not be brought back');
    }
    this.replaces = true;
    try {
      await this.job?.markReplaced(uri.toString(), sha256);
    } catch (error) {
      // It may be on the disk all the same.
      await this.endReplacing(uri);
      throw error;
    }
  }

  /** The original is in its place. */
  async endReplacing(uri: Uri): Promise<void> {
    this.replaces = false;
    await this.job?.markReplaced(uri.toString(), undefined).catch((error: unknown) => {
      this.tell(error);
    });
  }

  /** @param version of its pictures, from 0 */
  save(version: number, uri: Uri): void {
    this.write((job) => job.markSaved(version, uri.toString()));
  }

  undoSave(version: number, uri: Uri): void {
    this.write((job) => job.markUndone(version, uri.toString()));
  }

  /** @param version of its pictures, from 0 */
  delete(version: number): void {
    this.write((job) => job.markDeleted(version));
  }

  /** All of it is deleted: nothing else in the session needs its files. */
  remove(): void {
    this.write((job) => job.remove());
  }

  /** Nothing of it waits for the user. @param someSaved else they want none of its pictures */
  conclude(someSaved: boolean): void {
    this.mark(someSaved ? 'saved' : 'discarded');
  }

  /** Pictures of it wait for the user. */
  reopen(): void {
    this.mark('received');
  }

  private settle(failure: Parameters<typeof settleJob>[1]): void {
    this.write((job) => settleJob(job, failure));
  }

  private mark(state: State): void {
    if (state === this.state) return;
    this.state = state;
    this.write((job) => job.mark(state));
  }

  private write(work: (job: JobFiles) => Promise<void>): void {
    if (!this.job) return;
    const written = work(this.job).catch((error: unknown) => {
      this.tell(error);
    });
    this.lastWrite = Promise.all([this.lastWrite, written]);
  }

  private tell(error: unknown): void {
    this.services.log.error(`${this.fileName}: the journal: ${diskErrorInWords(error)}`);
  }
}
