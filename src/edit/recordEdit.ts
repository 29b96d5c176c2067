// A job of the journal goes in; what the service layer calls to keep the edit there comes out. Knows nothing of VS Code.
import { EditError } from '../gateway/errors';
import type { Recorder } from '../gateway/recorder';
import type { JobFiles } from '../journal/jobFiles';
import type { Failure } from '../journal/records';

/**
 * @param onLost is told once when something of the answer cannot be kept: the edit goes on, in memory alone
 * @param onSent is told before each request leaves, when the journal has it that it did
 */
export function recordEdit(
  job: JobFiles,
  onLost: (error: unknown) => void,
  onSent?: () => void,
): Recorder {
  let told = false;
  const tellOnce = (error: unknown) => {
    if (!told) onLost(error);
    told = true;
  };
  return {
    beforeSending: async () => {
      await job.markSent().catch((error: unknown) => {
        throw refuseUnkept(error);
      });
      onSent?.();
    },
    openAnswer: (call, head) => job.openAnswer(call, head, tellOnce),
  };
}

/**
 * Says in the journal what has become of an edit that was sent. What surely cost nothing is forgotten: there is nothing
 * to be lost.
 * @param failure such as an EditError; undefined where pictures came
 * @throws the file system's own error
 */
export async function settleJob(job: JobFiles, failure?: Failure): Promise<void> {
  if (!failure) return job.mark('received');
  const { reason, charge, message } = failure;
  const failed = { reason, charge, message };
  if (charge !== 'none') return job.markFailed(failed);
  return job.remove().catch(async (error: unknown) => {
    // Else it would count as one that was sent and never answered.
    await job.markFailed(failed).catch(() => {
      throw error;
    });
  });
}

/** The error of an edit that ends before it is sent, since its result might be lost. */
export function refuseUnkept(cause: unknown): EditError {
  const isFull = /\b(ENOSPC|EDQUOT)\b/.test(diskErrorInWords(cause));
  return new EditError(
    isFull
      ? 'It was not sent: the disk that keeps VS Code’s own data is full, and the result might have been lost. Free some space and try again.'
      : `It was not sent: VS Code’s own data cannot be written (${diskErrorInWords(cause)}), and the result might have been lost. Check that disk and try again.`,
    { reason: 'journal', charge: 'none', cause },
  );
}

/** `ENOSPC`, or what else there is: without the path, which says more about the user than about the disk. */
export function diskErrorInWords(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.message : String(error);
}
