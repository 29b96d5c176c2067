// A kept edit whose picture is behind a link that did not come goes in; the picture is downloaded again, which costs
// nothing, and the journal has what came of that.
import { ProgressLocation, window } from 'vscode';
import { EditError, type Reason } from '../gateway/errors';
import { isRecord } from '../gateway/json';
import type { KeptJob } from '../journal/jobFiles';
import { recoverKept } from './bringBack';
import { readNetwork } from './network';
import { settleJob } from './recordEdit';

/** The label of the step. */
export const downloadAgain = 'Download Again';

/** Whether a download may bring what an edit that ended with this error, or with this failure in the journal, has paid for. */
export function mayCome(error: unknown): boolean {
  return isRecord(error) && error['reason'] === ('download' satisfies Reason);
}

/**
 * From the links to the disk; the journal has what came of that.
 * @throws EditError, the file system's own error, or the signal's reason
 */
export async function receivePictures(job: KeptJob, cancelled: AbortSignal): Promise<void> {
  try {
    await recoverKept(job, { network: await readNetwork() }, cancelled);
    await settleJob(job.files);
  } catch (error) {
    if (!cancelled.aborted && error instanceof EditError) await settleJob(job.files, error);
    throw error;
  }
}

/**
 * @returns whether it came to an end, which may be another failure; not where the user has cancelled it
 * @throws the file system's own error
 */
export async function downloadPictures(job: KeptJob, fileName: string): Promise<boolean> {
  return window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: `Downloading the edited picture of ${fileName}`,
      cancellable: true,
    },
    async (_progress, token) => {
      const cancelled = new AbortController();
      const listener = token.onCancellationRequested(() => {
        cancelled.abort();
      });
      try {
        await receivePictures(job, cancelled.signal);
      } catch (error) {
        if (cancelled.signal.aborted) return false;
        if (!(error instanceof EditError)) throw error;
      } finally {
        listener.dispose();
      }
      return true;
    },
  );
}
