// Finished edits go in, by the ids of their jobs; the user saves or discards them one after the other, in one tab. Only the
// one that is shown is in memory.
import { basename } from 'node:path';
import { commands, window, workspace, type Uri, type WebviewPanel } from 'vscode';
import { undoSave } from '../save/save';
import type { Beforehand } from './batchComparing';
import type { Session } from './edit';
import { panelOf, rememberPanel } from './openPanels';
import { openPanel } from './panelOfEdit';
import { isKept, readJob, readSession } from './readSession';
import { stateToReview } from './restoreKey';
import { reviewAgain, reviewInPanel, saySoleCopy } from './review';
import { sha256Of, type SavedPicture } from './saveVersion';
import type { Services } from './services';
import { nextPending } from './session';
import { errorInWords, showName } from './showName';
import { undoReplace } from './undoReplace';
import type { Version } from './versions';

/** What became of one. */
type Told = (id: string, how: 'saved' | 'discarded') => void;

/** What was compared of one before: of so many pictures the first. */
type Known = (id: string, pictures: number) => Beforehand;

/** Ends when all are decided, or the user closes the tab. */
export async function reviewEach(
  services: Services,
  ids: readonly string[],
  told: Told,
  beforehand?: Known,
): Promise<void> {
  let tab: Tab | undefined;
  for (const [at, id] of ids.entries()) {
    const queue = { position: at + 1, count: ids.length };
    const next = await reviewOne(services, id, { queue, tab, told, beforehand });
    if (next === 'closed' || next?.isGone) return;
    tab = next;
  }
  tab?.panel.dispose();
}

/** Those that are being decided on, by the ids of their jobs. */
const live = new Map<string, Session>();

/** A tab between two edits. */
interface Tab {
  readonly panel: WebviewPanel;
  /** The user has closed it. */
  isGone: boolean;
}

/** @returns the tab, for the next one */
async function reviewOne(
  services: Services,
  id: string,
  {
    queue,
    tab,
    told,
    beforehand,
  }: {
    readonly queue: { readonly position: number; readonly count: number };
    readonly tab: Tab | undefined;
    readonly told: Told;
    readonly beforehand: Known | undefined;
  },
): Promise<Tab | 'closed' | undefined> {
  const job = await readJob(services, id);
  const session = job && (await readSession(services, job));
  if (tab?.isGone) return 'closed';
  // It was deleted meanwhile; what the disk does not give now is there all the same.
  if (!job && !(await isKept(services, id))) told(id, 'discarded');
  // What cannot be read has been said; what another tab shows is decided there.
  if (!session || panelOf(session.id)) return tab;
  const pending = nextPending(session);
  let isClosed = false;
  let left = tab;
  if (pending) {
    const came = session.versions.filter(({ round }) => round.kept.id === id).length;
    session.beforehand = beforehand?.(id, came);
    const panel = openPanel(session, { ...stateToReview(session), queue }, tab?.panel);
    session.panel = panel;
    rememberPanel(session.id, panel);
    panel.reveal();
    const say = (version: Version, saved: SavedPicture) => void saySaved(services, version, saved);
    live.set(id, session);
    const ending = await reviewInPanel(session, panel, say, pending).finally(() => live.delete(id));
    if (typeof ending === 'object') say(ending.version, ending.saved);
    if (ending === 'closed') return 'closed';
    if (panel.isOpen) {
      // Nobody listens to it before the next one is in it.
      panel.update({ phase: 'saving' });
      const released: Tab = { panel: panel.release(), isGone: false };
      released.panel.onDidDispose(() => (released.isGone = true));
      left = released;
    } else {
      // When it was decided on: the user wants no other one now.
      isClosed = true;
    }
  }
  const isSaved = session.versions.some(({ savedAs }) => savedAs.length > 0);
  told(id, isSaved ? 'saved' : 'discarded');
  return isClosed ? 'closed' : left;
}

/** Of what was saved: enough to take it back, and no picture. */
interface SavedFile {
  readonly uri: Uri;
  readonly sha256: string;
  readonly isOriginal: boolean;
  /** The job that it is of. */
  readonly id: string;
  /** Which of its pictures, from 0. */
  readonly number: number;
}

/** A message stays for as long as the user likes: it holds nothing of the picture. */
function saySaved(services: Services, version: Version, saved: SavedPicture): Promise<void> {
  const { uri, replaced, said } = saved;
  const { number, round } = version;
  const isOriginal = saved.isOriginal === true;
  const name = showName(basename(uri.path));
  services.log.info(isOriginal ? `${name}: replaced` : `Saved as ${name}`);
  const { id = '' } = round.kept;
  return offerUndo(
    services,
    { uri, sha256: sha256Of(saved.bytes), isOriginal, id, number },
    [isOriginal ? `Replaced ${name}` : `Saved ${name}`, ...said].join('. '),
    replaced ? ['Open'] : ['Open', 'Undo'],
  );
}

async function offerUndo(
  services: Services,
  file: SavedFile,
  message: string,
  steps: readonly string[],
): Promise<void> {
  const chosen = await window.showInformationMessage(message, ...steps);
  try {
    if (chosen === 'Open') await commands.executeCommand('vscode.open', file.uri);
    if (chosen === 'Undo') await undo(services, file);
  } catch (error) {
    const name = showName(basename(file.uri.path));
    const what = chosen === 'Open' ? 'opened' : 'removed';
    const why = errorInWords(error);
    void window.showErrorMessage(`${name} could not be ${what}: ${why}.`);
  }
}

/** The file goes, and the edit is shown again. */
async function undo(
  services: Services,
  { uri, sha256, isOriginal, id, number }: SavedFile,
): Promise<void> {
  const job = await readJob(services, id);
  if (!job || job.deleted.includes(number)) {
    saySoleCopy(uri.path);
    return;
  }
  if (isOriginal) {
    if (!(await undoReplace(services, job))) return;
  } else {
    const bytes = await workspace.fs.readFile(uri);
    if (sha256Of(bytes) !== sha256 || (await undoSave(uri, bytes)) === 'changed') {
      const name = showName(basename(uri.path));
      void window.showWarningMessage(`${name} has been changed since it was saved: it stays.`);
      return;
    }
  }
  const session = live.get(id) ?? (await readSession(services, job));
  const version = session?.versions.find(
    (one) => one.round.kept.id === id && one.number === number,
  );
  if (!session || !version) return;
  version.savedAs = version.savedAs.filter((one) => one.toString() !== uri.toString());
  version.round.kept.undoSave(number, uri);
  await reviewAgain(session, version);
}
