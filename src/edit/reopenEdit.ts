// An edit that the journal keeps goes in; it is shown in the compare panel again, or what became of it is said.
import { window, type WebviewPanel } from 'vscode';
import type { KeptByWebview } from '../compare/protocol';
import { sessionOf, type KeptJob } from '../journal/jobFiles';
import { downloadAgain, mayCome } from './downloadAgain';
import type { Session } from './edit';
import { editImage } from './editImage';
import { failureInWords } from './failureInWords';
import { lostSession } from './lostSessions';
import { panelOf } from './openPanels';
import { isHere, readAsked, readDamaged, readJob, readSession, readSubject } from './readSession';
import { restoreReview, reviewAgain, saveUnsaved } from './review';
import { saveAsReceived, saveReceived } from './saveReceived';
import type { Services } from './services';
import { showDownloaded } from './showDownloaded';

/**
 * Ends when the user has done with it.
 * @param known as it was when the user was asked, which may be long ago
 */
export async function reopenEdit(services: Services, known: KeptJob): Promise<void> {
  const panel = panelOf(sessionOf(known));
  if (panel) {
    panel.reveal();
    return;
  }
  const lost = lostSession(sessionOf(known));
  if (lost) {
    await reviewAgain(lost);
    return;
  }
  const job = await readJob(services, known.files.id);
  if (!job) {
    const name = known.record.original.fileName;
    void window.showInformationMessage(`The edit of ${name} is no longer kept.`);
    return;
  }
  const session = await readOrTell(services, job);
  if (session) await reviewAgain(session);
}

/** In a tab that VS Code has brought back. Ends when it is filled, or closed. */
export async function restoreEdit(
  services: Services,
  job: KeptJob,
  restored: WebviewPanel,
  before: KeptByWebview,
  isGone: () => boolean,
): Promise<void> {
  // What came of those that failed has been said in a message.
  const session = isHere(job) ? await readSession(services, job) : undefined;
  // It may have been opened by another way meanwhile.
  const other = panelOf(sessionOf(job));
  if (session && !other) {
    restoreReview(session, restored, before, isGone);
    return;
  }
  if (!isGone()) restored.dispose();
  other?.reveal();
}

/** Saves what of it is not saved yet, without the panel. */
export async function saveEdit(services: Services, job: KeptJob): Promise<void> {
  const session = await readOrTell(services, job);
  if (session) await saveUnsaved(session, job.files.id);
}

/** Downloads what of it is still behind links, and shows what has come. */
export async function downloadEdit(services: Services, { files }: KeptJob): Promise<void> {
  await showDownloaded(services, files.id, reviewAgain);
}

/** Saves what of it cannot be shown, as it was received. */
export async function saveEditReceived(services: Services, job: KeptJob): Promise<void> {
  await saveReceived(services, readSubject(job).uri, await readDamaged(services, job));
}

/** Undefined where there is no picture: the user has been told then. */
async function readOrTell(services: Services, job: KeptJob): Promise<Session | undefined> {
  const { record, state, failure } = job;
  if (state !== 'sent' || !failure) return readSession(services, job);
  const tryAgain = 'Try Again';
  const damaged = failure.reason === 'badPicture' ? await readDamaged(services, job) : [];
  const steps = [
    ...(mayCome(failure) ? [downloadAgain] : []),
    ...(damaged.length > 0 ? [saveAsReceived] : []),
    // What started from a version is asked for again in the panel that shows that.
    ...(record.parent ? [] : [tryAgain]),
  ];
  const chosen = await window.showWarningMessage(failureInWords(job, failure), ...steps);
  if (chosen === downloadAgain) await showDownloaded(services, job.files.id, reviewAgain);
  else if (chosen === saveAsReceived) await saveReceived(services, readSubject(job).uri, damaged);
  else if (chosen === tryAgain) await editImage(services, readSubject(job), readAsked(job));
  return undefined;
}
