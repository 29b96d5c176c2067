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

export interface Downloaded {
  /** Pictures that were not here before. */
  readonly came: number;
  /** Why others are still missing, in a sentence, where they are. */
  readonly why?: string | undefined;
}

/**
 * From the links to the disk; the journal has what came of that.
 * @throws EditError, the file system's own error, or the signal's reason
 */
export async function receivePictures(job: KeptJob, cancelled: AbortSignal): Promise<Downloaded> {
  let came = 0;
  const answers = job.answers.map((answer) => ({
    ...answer,
    keepPicture: async (index: number, bytes: Uint8Array) => {
      await answer.keepPicture(index, bytes);
      came++;
    },
  }));
  try {
    const network = await readNetwork();
    const { awaited = 0, why } = await recoverKept({ ...job, answers }, { network }, cancelled);
    // What had been decided on waits again where there is more of it.
    if (came > 0 || job.failure || job.state === 'sent') await settleJob(job.files);
    const { links, damaged = 0 } = job.lacking ?? {};
    if (links !== awaited) await job.files.markLacking({ links: awaited, damaged });
    return { came, why };
  } catch (error) {
    if (!cancelled.aborted && error instanceof EditError) await settleJob(job.files, error);
    throw error;
  }
}

/**
 * @returns what came of it, which may be another failure; undefined where the user has cancelled it
 * @throws the file system's own error
 */
export async function downloadPictures(
  job: KeptJob,
  fileName: string,
): Promise<Downloaded | undefined> {
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
        return await receivePictures(job, cancelled.signal);
      } catch (error) {
        if (cancelled.signal.aborted) return undefined;
        if (!(error instanceof EditError)) throw error;
        return { came: 0, why: error.message };
      } finally {
        listener.dispose();
      }
    },
  );
}
