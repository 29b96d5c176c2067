// An edit with a picture that is still behind its link goes in; that is downloaded and shown, or what stands in the way is said.
import { window } from 'vscode';
import { sessionOf, type KeptJob } from '../journal/jobFiles';
import { downloadAgain, downloadPictures, mayCome, type Downloaded } from './downloadAgain';
import type { Session } from './edit';
import { failureInWords } from './failureInWords';
import { joinRound } from './joinRound';
import { lackingInWords } from './lackingInWords';
import { openSession } from './openSessions';
import { isHere, readJob, readSession } from './readSession';
import { report } from './report';
import type { Services } from './services';
import { showName } from './showName';
import type { Version } from './versions';

/** Brings a session to the front, with this version or one that waits. */
export type Show = (session: Session, version?: Version) => Promise<void>;

/**
 * As often as the user wants, until it is sure that the link is dead. Ends when the user has done with the picture.
 * @param id of the journal's job
 * @param before the session that it belongs to, where that is still in memory
 */
export async function showDownloaded(
  services: Services,
  id: string,
  show: Show,
  before?: Session,
): Promise<void> {
  for (;;) {
    const asked = await readJob(services, id);
    const downloaded =
      asked && (await downloadPictures(asked, showName(asked.record.original.fileName)));
    if (!downloaded) return;
    const job = await readJob(services, id);
    if (!job) return;
    // What has come is not to wait for what the user says of the rest.
    const shown = isHere(job) ? showJob(services, job, show, before) : Promise.resolve();
    if ((await offerRest(job, downloaded)) !== downloadAgain) return shown;
  }
}

async function showJob(
  services: Services,
  job: KeptJob,
  show: Show,
  before: Session | undefined,
): Promise<void> {
  const session = openSession(sessionOf(job)) ?? before;
  try {
    if (!session) {
      const read = await readSession(services, job);
      if (read) await show(read);
      return;
    }
    const came = await joinRound(session, job);
    if (came) await show(session, came);
  } catch (error) {
    await report(services, job.record.original.fileName, error, { original: session?.subject.uri });
  }
}

/** What is still lacking, in a message; at once where nothing is. */
async function offerRest(job: KeptJob, { came, why }: Downloaded): Promise<string | undefined> {
  const { failure, lacking, record } = job;
  if (!isHere(job)) {
    if (!failure) return undefined;
    const steps = mayCome(failure) ? [downloadAgain] : [];
    return window.showWarningMessage(failureInWords(job, failure), ...steps);
  }
  const links = lacking?.links ?? 0;
  if (links === 0 && (came > 0 || why === undefined)) return undefined;
  const words = [lackingInWords({ links, damaged: 0 }), why ?? ''].join(' ').trim();
  return window.showWarningMessage(
    `${showName(record.original.fileName)}: ${words}`,
    ...(links > 0 ? [downloadAgain] : []),
  );
}
