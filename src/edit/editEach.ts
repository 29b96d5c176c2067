// Several images, one instruction: each is edited for itself, a few at a time, and the user reviews what came of them.
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { window, workspace, type Uri } from 'vscode';
import { BatchPanel } from '../compare/batchPanel';
import type { BatchState, BatchWish } from '../compare/batchProtocol';
import type { Connection } from '../gateway/connection';
import { chargeInWords, EditError } from '../gateway/errors';
import { canSaveBeside } from '../save/save';
import type { Asked, AskedBefore } from './ask';
import {
  askedInWords,
  batchCostInWords,
  freeStepInWords,
  notReviewedInWords,
  overInWords,
  sentenceOf,
} from './batchInWords';
import type { BatchComparing } from './batchComparing';
import { BatchItem } from './batchItem';
import { compareBatch } from './compareBatch';
import { connect } from './connect';
import { mayCome, receivePictures } from './downloadAgain';
import type { Edit } from './edit';
import { EditCost } from './editCost';
import { acceptReadOnly, askFor } from './editImage';
import { keepEdit, openJournal } from './keepEdit';
import { Queue, type Outcome } from './queue';
import { readOriginal } from './readOriginal';
import { askUrgently, readyUploads } from './readyUploads';
import { readJob } from './readSession';
import { report } from './report';
import { reviewAgain } from './review';
import { reviewEach } from './reviewEach';
import { sendEdit } from './sendEdit';
import type { Services } from './services';
import { readEditsAtOnce, readSettings } from './settings';
import { showName } from './showName';
import { stampOf, type Stamp } from './stamp';
import { keepUnbegun } from './unbegun';

/** What was asked of all of them. */
interface Batch {
  readonly services: Services;
  /** `12 images`. */
  readonly name: string;
  readonly uris: readonly Uri[];
  readonly asked: Asked;
  readonly connection: Connection;
}

/**
 * @param uris of at least two originals
 * @param previous what was asked before, filled in
 */
export async function editEach(
  services: Services,
  uris: readonly Uri[],
  previous?: AskedBefore,
): Promise<void> {
  const name = `${uris.length} images`;
  try {
    const asked = await askForEach(services, name, uris, previous);
    if (!asked) return;
    const batch: Batch = { services, name, uris, ...asked };
    new RunningBatch(batch, await Promise.all(uris.map(stampOf))).start();
  } catch (error) {
    await report(services, name, error, {
      tryAgain: () => editEach(services, uris, previous),
    });
  }
}

/** Undefined when the user escapes at any step: then nothing is sent. */
async function askForEach(
  services: Services,
  name: string,
  uris: readonly Uri[],
  previous: AskedBefore | undefined,
): Promise<Pick<Batch, 'asked' | 'connection'> | undefined> {
  const [first] = uris;
  const writable = await Promise.all(uris.map(canSaveBeside));
  const readOnly = uris.find((_uri, at) => !writable[at]);
  if (readOnly && !(await acceptReadOnly(readOnly, showName(basename(readOnly.path)))))
    return undefined;
  const settings = readSettings(first);
  const cost = new EditCost(services, settings);
  try {
    const asked = await askFor(services, settings, name, 1, previous, cost);
    const connection = asked && (await connect(services, settings));
    if (!connection) return undefined;
    const last = cost.last(asked.model, asked.options);
    return (await confirm(name, uris.length, asked, last)) ? { asked, connection } : undefined;
  } finally {
    cost.giveUp();
  }
}

/** @param last US dollars that such an edit cost last, where one has */
async function confirm(
  name: string,
  count: number,
  { model }: Asked,
  last: number | undefined,
): Promise<boolean> {
  const start = `Edit ${name}`;
  const chosen = await window.showWarningMessage(
    `Edit ${name} with ${model.id}?`,
    { modal: true, detail: askedInWords(count, last) },
    start,
  );
  return chosen === start;
}

/** The queue of a batch and its panel. It lasts as long as anybody can want something of it. */
class RunningBatch {
  private readonly queue: Queue;
  private readonly reviewed = new Map<string, 'saved' | 'discarded'>();
  private readonly id = randomUUID();
  /** Those that were sent in their last try, by their numbers: the journal has them. */
  private readonly sent = new Set<number>();
  /** The jobs of those whose pictures were made and paid, and are still behind their links. */
  private readonly undownloaded = new Map<number, string>();
  /** What changed in those that are done; only while somebody can see it. */
  private readonly comparing: BatchComparing;
  private panel: BatchPanel | undefined;
  /** In the status bar, while it is under way. */
  private item: BatchItem | undefined;
  private isReviewing = false;
  private sendsLess: Promise<boolean> | undefined;
  private wasOver = false;

  /** @param stamps of the originals when the user said yes */
  constructor(
    private readonly batch: Batch,
    private readonly stamps: (Stamp | undefined)[],
  ) {
    const names = batch.uris.map((uri) => showName(workspace.asRelativePath(uri)));
    this.queue = new Queue(names, readEditsAtOnce(), (at, cancelled) => this.edit(at, cancelled));
    this.comparing = compareBatch(batch.services, () => this.panel?.update(this.state));
    this.queue.onDidChange(() => this.tell());
  }

  start(): void {
    this.show();
    this.queue.start();
  }

  /** In its panel, which may have been closed. */
  private show(): void {
    if (this.panel?.isOpen) {
      this.panel.reveal();
      return;
    }
    this.comparing.goOn();
    this.panel = new BatchPanel(this.batch.services.context.extensionUri, this.state);
    this.panel.onDidWish((wish) => this.follow(wish));
  }

  private get state(): BatchState {
    const { items, isPaused } = this.queue;
    const { name, asked } = this.batch;
    return {
      title: `Edit ${name}`,
      instruction: asked.instruction,
      model: asked.model.id,
      isPaused,
      rows: items.map(({ name, state, sentence, id }) => ({
        ...{ name, sentence },
        state: this.reviewed.get(id ?? '') ?? state,
        found: id === undefined ? undefined : this.comparing.foundOf(id),
      })),
      cost: batchCostInWords(items),
      toReview: this.isReviewing ? 0 : this.toReview.length,
    };
  }

  /** Of the finished ones that nobody has reviewed, the ids of their jobs. */
  private get toReview(): string[] {
    return this.queue.items.flatMap(({ id }) =>
      id === undefined || this.reviewed.has(id) ? [] : [id],
    );
  }

  private tell(): void {
    this.comparing.add(this.queue.items.flatMap(({ id }) => id ?? []));
    this.panel?.update(this.state);
    this.tellItem();
    this.keepUnbegun();
    const { isOver } = this.queue;
    if (isOver && !this.wasOver && !this.panel?.isVisible) void this.sayOver();
    this.wasOver = isOver;
  }

  private tellItem(): void {
    const { items, over, isOver, isPaused } = this.queue;
    if (isOver) {
      this.item?.dispose();
      this.item = undefined;
      return;
    }
    this.item ??= new BatchItem(this.batch.name, () => this.show());
    this.item.update({ over, count: items.length, isPaused });
  }

  /** What would be forgotten with this window: the next one offers it. */
  private keepUnbegun(): void {
    const { services, uris, asked } = this.batch;
    const window = openJournal(services)?.windowName;
    if (window === undefined) return;
    const { items } = this.queue;
    const isUnbegun = (_uri: Uri, at: number) => {
      const state = items[at]?.state;
      return state === 'waiting' || (state === 'editing' && !this.sent.has(at));
    };
    keepUnbegun(services.context.workspaceState, {
      ...{ id: this.id, window, changedAt: Date.now() },
      instruction: asked.instruction,
      model: { id: asked.model.id },
      ...(asked.options && { options: { ...asked.options } }),
      count: uris.length,
      uris: uris.filter(isUnbegun).map((uri) => uri.toString()),
    }).then(undefined, (error: unknown) => {
      services.log.warn(`${this.batch.name}: what has not begun is not kept: ${String(error)}`);
    });
  }

  private follow(wish: BatchWish | 'closed'): void {
    const { queue } = this;
    if (wish === 'closed') this.comparing.rest();
    if (wish === 'pause') queue.pause();
    else if (wish === 'resume') queue.resume();
    else if (wish === 'cancelRest') queue.cancelRest();
    else if (wish === 'retryFailed') queue.retryFailed();
    else if (wish === 'review') void this.review();
    else if (!queue.isOver) void this.sayGoingOn();
  }

  private async sayGoingOn(): Promise<void> {
    const [show, cancel] = ['Show', 'Cancel the Rest'];
    const { name } = this.batch;
    const chosen = await window.showInformationMessage(
      this.queue.isPaused
        ? `Editing ${name} is paused.`
        : `Editing ${name} goes on in the background.`,
      ...[show, cancel],
    );
    if (chosen === show) this.show();
    else if (chosen === cancel) this.queue.cancelRest();
  }

  private async sayOver(): Promise<void> {
    const { items } = this.queue;
    const [reviewStep, show] = ['Review', 'Show'];
    const chosen = await window.showInformationMessage(
      overInWords(this.batch.name, items),
      ...(this.toReview.length > 0 ? [reviewStep, show] : [show]),
    );
    if (chosen === reviewStep) await this.review();
    else if (chosen === show) this.show();
  }

  private async review(): Promise<void> {
    if (this.isReviewing || this.toReview.length === 0) return;
    const { services, name } = this.batch;
    this.isReviewing = true;
    this.tell();
    try {
      const told = (id: string, how: 'saved' | 'discarded') => {
        this.reviewed.set(id, how);
        this.tell();
      };
      await reviewEach(services, this.toReview, told, (...one) => this.comparing.open(...one));
    } catch (error) {
      void report(services, name, error);
    } finally {
      this.isReviewing = false;
      this.tell();
    }
    const left = this.toReview.length;
    if (left === 0) return;
    const goOn = 'Review';
    const chosen = await window.showInformationMessage(notReviewedInWords(name, left), goOn);
    if (chosen === goOn) await this.review();
  }

  /** One of them, from its file to the journal: nothing of its pictures stays in memory. */
  private async edit(at: number, cancelled: AbortSignal): Promise<Outcome> {
    const { services } = this.batch;
    const uri = this.batch.uris[at]!;
    this.sent.delete(at);
    const paid = this.undownloaded.get(at);
    this.undownloaded.delete(at);
    try {
      if (paid !== undefined) return await this.download(at, paid, cancelled);
      return await this.send(at, uri, cancelled);
    } catch (error) {
      const known = error instanceof EditError ? ` ${chargeInWords(error.charge)}` : '';
      const free = freeStepInWords(this.undownloaded.has(at), error);
      const sentence = `${error instanceof Error ? error.message : String(error)}${known}${free}`;
      services.log.error(`${showName(basename(uri.path))}: ${sentence}`);
      return { state: 'failed', sentence: showName(sentence) };
    }
  }

  /** @param id of the job whose picture is paid for */
  private async download(at: number, id: string, cancelled: AbortSignal): Promise<Outcome> {
    const { services } = this.batch;
    const job = await readJob(services, id);
    if (!job) throw refuse('What was paid for is no longer kept.');
    // It is no edit to be sent by another window.
    this.sent.add(at);
    try {
      await receivePictures(job, cancelled);
      const { lacking } = (await readJob(services, id)) ?? {};
      return {
        ...{ state: 'done', id },
        ...(job.cost !== undefined && { dollars: job.cost }),
        ...sentenceOf(lacking),
      };
    } catch (error) {
      if (cancelled.aborted || mayCome(error)) this.undownloaded.set(at, id);
      if (!cancelled.aborted) throw error;
      return { state: 'cancelled', sentence: 'The edited picture was not downloaded.' };
    }
  }

  private async send(at: number, uri: Uri, cancelled: AbortSignal): Promise<Outcome> {
    const { services, asked, connection } = this.batch;
    const settings = readSettings(uri);
    const fileName = showName(basename(uri.path));
    await this.refuseChanged(at, uri);
    const subject = { uri };
    const original = await readOriginal(uri);
    const chosen = { services, subject, fileName, original, references: [], asked, settings };
    const ready = await readyUploads(chosen, (words) => this.ask(words));
    if (!ready || cancelled.aborted) return unsent;
    const edit: Edit = { ...chosen, ...ready };
    const kept = await keepEdit(edit, connection);
    if (kept.id === undefined) {
      // Only the journal can hold so many pictures.
      throw refuse('Here edits cannot be kept on disk. Edit the images one by one.');
    }
    kept.onSent = () => {
      this.sent.add(at);
      this.keepUnbegun();
    };
    const cost = new EditCost(services, settings);
    const sending = { connection, cost, kept, cancelled, onWait: () => undefined };
    const outcome = await sendEdit(edit, sending).catch((error: unknown) => {
      if (kept.id !== undefined && !kept.isLost && mayCome(error))
        this.undownloaded.set(at, kept.id);
      throw error;
    });
    if (typeof outcome === 'string') {
      if (outcome === 'none') return unsent;
      return { state: 'cancelled', sentence: 'The gateway may charge for it all the same.' };
    }
    const dollars = await outcome[0]?.round.cost;
    await kept.written();
    if (kept.isLost) {
      // What was paid for is in memory alone: it is shown at once, and no other is begun.
      this.queue.pause();
      const { region } = asked;
      const id = kept.id;
      reviewAgain({ ...edit, id, region, versions: outcome, panel: undefined }).catch(
        (error: unknown) => void report(services, fileName, error),
      );
    }
    return {
      state: 'done',
      id: kept.isLost ? undefined : kept.id,
      ...(dollars !== undefined && { dollars }),
      ...sentenceOf(outcome[0]?.round.lacking),
    };
  }

  /** Once for all of them: one answer serves for whatever would be sent as less than it is. */
  private ask(words: string): Promise<boolean> {
    return (this.sendsLess ??= askUrgently(
      `${words} Others of ${this.batch.name} may be as well.`,
    ));
  }

  /** What the user saw is what is edited. Trying once more takes what is there then. @throws EditError */
  private async refuseChanged(at: number, uri: Uri): Promise<void> {
    const before = this.stamps[at];
    const now = await stampOf(uri);
    this.stamps[at] = undefined;
    if (before && now && (now.mtime !== before.mtime || now.size !== before.size))
      throw refuse('It was changed after you had selected it.');
  }
}

const unsent: Outcome = { state: 'cancelled', sentence: 'Nothing was sent.' };

function refuse(message: string): EditError {
  return new EditError(message, { reason: 'original', charge: 'none' });
}
