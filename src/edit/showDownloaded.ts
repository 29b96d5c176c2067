// An edit whose picture is still behind its link goes in; it is downloaded and shown, or what stands in the way is said.
import { window } from 'vscode';
import { downloadAgain, downloadPictures, mayCome } from './downloadAgain';
import { failureInWords } from './failureInWords';
import { isHere, readJob, readSession } from './readSession';
import { reviewAgain } from './review';
import type { Services } from './services';

/**
 * As often as the user wants, until it is sure that the link is dead. Ends when the user has done with the picture.
 * @param id of the journal's job
 */
export async function showDownloaded(services: Services, id: string): Promise<void> {
  for (;;) {
    const before = await readJob(services, id);
    if (!before || !(await downloadPictures(before, before.record.original.fileName))) return;
    const job = await readJob(services, id);
    if (job && isHere(job)) {
      const session = await readSession(services, job);
      if (session) await reviewAgain(session);
      return;
    }
    if (!job?.failure) return;
    const steps = mayCome(job.failure) ? [downloadAgain] : [];
    const chosen = await window.showWarningMessage(failureInWords(job, job.failure), ...steps);
    if (chosen !== downloadAgain) return;
  }
}
