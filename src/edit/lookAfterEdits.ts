// The journal is looked after: edits of windows that have gone come back with a message, what is no edit is set aside, and
// what is old and over is removed.
import { Uri, window, workspace } from 'vscode';
import { isOver, sessionOf, type KeptJob } from '../journal/jobFiles';
import type { Journal } from '../journal/journal';
import { removeLeftBeside } from '../save/saveVirtually';
import { bringBack, type BroughtBack } from './bringBack';
import { closeDeadTabs } from './deadTabs';
import { editEach } from './editEach';
import { editImage } from './editImage';
import { openJournal } from './keepEdit';
import {
  broughtBackInWords,
  elsewhereInWords,
  fullInWords,
  neverSavedInWords,
  replacedInWords,
} from './keptEditsInWords';
import { panelOf, takeBehindTabs, withoutTab } from './openPanels';
import { diskErrorInWords } from './recordEdit';
import { reopenEdit } from './reopenEdit';
import { reviewEach } from './reviewEach';
import { sha256Of } from './saveVersion';
import type { Services } from './services';
import { readKeepDays } from './settings';
import { showEdits } from './showEdits';
import { forgetUnbegun, listUnbegun, unbegunInWords, type Unbegun } from './unbegun';

/** Bytes that all edits together may take on the disk. */
const room = 2 * 1024 ** 3;

const day = 24 * 60 * 60 * 1000;

/** Milliseconds before anybody is told again of the same. */
const pause = 7 * day;

const running = new WeakSet<Services>();

/**
 * Nothing of it fails: what cannot be done now is done next time.
 * @param isOwn whether an edit is this window's by right, though its window may live on another machine
 */
export async function lookAfterEdits(
  services: Services,
  isOwn?: (job: KeptJob) => boolean,
): Promise<void> {
  const journal = openJournal(services);
  if (!journal || running.has(services)) return;
  running.add(services);
  try {
    await journal.beat();
    const aside = await journal.tidy();
    if (aside.length > 0)
      services.log.warn(`The journal: set aside what is no edit: ${aside.join(', ')}`);
    const onUnread = ({ files }: KeptJob, error: unknown) => {
      services.log.warn(`The journal: ${files.id} cannot be read: ${diskErrorInWords(error)}`);
    };
    const back = await bringBack(journal, onUnread, isOwn, removeAt);
    offerUnbegun(services, journal);
    // Last, so that it is on top: what was paid for comes first.
    tellSafely(services, back);
    await tellElsewhere(services, journal);
    await cleanUp(services, journal);
  } catch (error) {
    services.log.error(`The journal: ${diskErrorInWords(error)}`);
  } finally {
    running.delete(services);
  }
}

/** Where a save to an address was looked at already: files there are asked for over a network. */
const lookedAt = new Set<string>();

async function removeAt(address: string, token: string): Promise<void> {
  const target = Uri.parse(address, true);
  // Of a file system that is not there now nothing can be said.
  if (lookedAt.has(token) || workspace.fs.isWritableFileSystem(target.scheme) === undefined) return;
  lookedAt.add(token);
  await removeLeftBeside(target, token);
}

/** After tabs have changed: those that are dead are closed, and what no tab has any more is said. Never fails. */
export async function lookAfterTabs(services: Services): Promise<void> {
  try {
    const closed = await closeDeadTabs();
    if (closed > 0) services.log.warn(`Closed ${closed} tabs of an extension host that has ended`);
    const behind = takeBehindTabs();
    if (behind.size === 0) return;
    const { jobs = [] } = (await openJournal(services)?.list()) ?? {};
    const finished = jobs.filter(
      (job) => behind.has(sessionOf(job)) && job.state === 'received' && !job.isSeen,
    );
    tellSafely(services, { finished, unanswered: [], failed: [] });
  } catch (error) {
    services.log.error(`The tabs: ${diskErrorInWords(error)}`);
  }
}

function tellSafely(services: Services, back: BroughtBack): void {
  tellBroughtBack(services, back).catch((error: unknown) => {
    services.log.error(`The journal: ${diskErrorInWords(error)}`);
  });
}

/** One message, whatever has come back. */
async function tellBroughtBack(services: Services, back: BroughtBack): Promise<void> {
  // Those whose tab has come back by itself need no words.
  const finished = withoutTab(back.finished);
  const message = broughtBackInWords({ ...back, finished });
  if (message === undefined) return;
  services.log.info(message);
  const [review, show] = ['Review', 'Show Edits…'];
  const chosen = await window.showInformationMessage(message, finished.length > 0 ? review : show);
  if (chosen === undefined) {
    // Whoever puts it aside is not told again; `Show Edits…` has it.
    for (const { files } of finished) await files.markSeen().catch(() => undefined);
    return;
  }
  const [first, ...others] = finished.toSorted((a, b) => b.record.createdAt - a.record.createdAt);
  if (!first) await showEdits(services);
  else if (others.length === 0) await reopenEdit(services, first);
  else {
    const ids = [first, ...others].map(({ files }) => files.id);
    await reviewEach(services, ids, () => undefined);
  }
}

/** Of what another machine has, and may have left: each edit once. */
async function tellElsewhere(services: Services, journal: Journal): Promise<void> {
  const { globalState } = services.context;
  const { jobs } = await journal.list();
  const elsewhere = jobs.filter(
    (job) => !isOver(job) && !job.isSeen && journal.whose(job) === 'elsewhere',
  );
  const told = globalState.get<readonly string[]>('toldElsewhere', []);
  const untold = withoutTab(elsewhere).filter(({ files }) => !told.includes(files.id));
  if (untold.length === 0) return;
  const ids = elsewhere.map(({ files }) => files.id);
  const stillThere = told.filter((id) => ids.includes(id));
  await globalState.update('toldElsewhere', [
    ...stillThere,
    ...untold.map(({ files }) => files.id),
  ]);
  const message = elsewhereInWords(untold.length);
  services.log.info(message);
  const show = 'Show Edits…';
  void window.showInformationMessage(message, show).then(async (chosen) => {
    if (chosen === show) await showEdits(services);
  });
}

/** Ids of batches that the user has been asked about. */
const offered = new Set<string>();

function offerUnbegun(services: Services, journal: Journal): void {
  for (const batch of listUnbegun(services.context.workspaceState)) {
    const owner = { name: batch.window, beatAt: batch.changedAt };
    if (offered.has(batch.id) || journal.whose({ owner }) !== 'gone') continue;
    offered.add(batch.id);
    offerBatch(services, batch).catch((error: unknown) => {
      services.log.error(`A batch that had not begun: ${String(error)}`);
    });
  }
}

/** Whatever is answered, it is not asked again; a window that goes before that leaves it to the next one. */
async function offerBatch(services: Services, batch: Unbegun): Promise<void> {
  const uris = batch.uris.map((uri) => Uri.parse(uri, true));
  const editThem = uris.length === 1 ? 'Edit It…' : 'Edit Them…';
  const chosen = await window.showInformationMessage(unbegunInWords(batch), editThem);
  const isWanted = chosen === editThem;
  // Ends when another batch has them, or the user wants none.
  if (isWanted && uris.length > 1) await editEach(services, uris, batch);
  await forgetUnbegun(services.context.workspaceState, batch);
  if (isWanted && uris.length === 1) await editImage(services, { uri: uris[0]! }, batch);
}

async function cleanUp(services: Services, journal: Journal): Promise<void> {
  const days = readKeepDays();
  const { removed, unsaved, replaced, full } = await journal.cleanUp(days * day, room);
  if (removed.length > 0)
    services.log.info(`The journal: removed ${removed.length} edits that were over`);
  const isOld = (jobs: readonly KeptJob[]) =>
    jobs.every(({ changedAt }) => Date.now() - changedAt > days * day);
  const words = (jobs: readonly KeptJob[], inWords: typeof neverSavedInWords) =>
    [
      inWords(jobs.length, isOld(jobs) ? days : undefined),
      ...(full ? [fullInWords(full, room)] : []),
    ].join(' ');
  // One question at a time.
  if (unsaved.length > 0 && (await isDue(services, 'askedAboutUnsaved')))
    ask(services, journal, unsaved, words(unsaved, neverSavedInWords));
  else if (replaced.length > 0 && (await isDue(services, 'askedAboutReplaced'))) {
    const gone = await withoutOriginalInPlace(replaced);
    if (gone.length > 0) ask(services, journal, gone, words(gone, replacedInWords));
  } else if (full && (await isDue(services, 'toldFull')))
    ask(services, journal, [], fullInWords(full, room));
}

/** Whether that has not been said for a while; it counts as said then. */
async function isDue({ context: { globalState } }: Services, what: string): Promise<boolean> {
  if (Date.now() - globalState.get<number>(what, 0) < pause) return false;
  await globalState.update(what, Date.now());
  return true;
}

/** Those whose original is not back: of the others the journal need not keep it. */
async function withoutOriginalInPlace(jobs: readonly KeptJob[]): Promise<KeptJob[]> {
  const left: KeptJob[] = [];
  for (const job of jobs) {
    const { files, record, replaced } = job;
    if (!replaced) continue;
    try {
      const now = await workspace.fs.readFile(Uri.parse(replaced.uri, true));
      if (sha256Of(now) !== record.original.sha256) left.push(job);
      else await files.markReplaced(replaced.uri, undefined);
    } catch {
      left.push(job);
    }
  }
  return left;
}

function ask(
  services: Services,
  journal: Journal,
  jobs: readonly KeptJob[],
  message: string,
): void {
  void askToDelete(services, journal, jobs, message).catch((error: unknown) => {
    services.log.error(`The journal: ${diskErrorInWords(error)}`);
  });
}

/** What was paid for, and the only copy of an original, goes only when its owner says so. */
async function askToDelete(
  services: Services,
  journal: Journal,
  old: readonly KeptJob[],
  message: string,
): Promise<void> {
  services.log.info(message);
  const [show, remove] = ['Show Edits…', 'Delete'];
  const steps = old.length > 0 ? [show, remove] : [show];
  const chosen = await window.showInformationMessage(message, ...steps);
  if (chosen === show) await showEdits(services);
  if (chosen !== remove) return;
  // The question may have stood there for days: what was touched since, or is open, is not what it is about.
  const asked = new Map(old.map(({ files, changedAt }) => [files.id, changedAt]));
  const { jobs } = await journal.list();
  for (const job of jobs) {
    const { files, changedAt } = job;
    if (asked.get(files.id) !== changedAt || panelOf(sessionOf(job))) continue;
    await files.remove().catch((error: unknown) => {
      services.log.error(`The journal: ${files.id} not deleted: ${diskErrorInWords(error)}`);
    });
  }
}
