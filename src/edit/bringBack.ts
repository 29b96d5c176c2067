// The journal goes in; what has come of the edits of windows that have gone comes out, and is written there. Nothing is
// sent again. Knows nothing of VS Code.
import { rm } from 'node:fs/promises';
import { EditError } from '../gateway/errors';
import type { Network } from '../gateway/network';
import type { EditResult } from '../gateway/requestEdit';
import { recoverEdit } from '../gateway/recoverEdit';
import type { KeptJob } from '../journal/jobFiles';
import type { Journal } from '../journal/journal';
import { isAddress } from '../journal/records';
import { temporaryPaths } from '../save/saveLocally';
import { settleJob } from './recordEdit';

export interface BroughtBack {
  /** Their pictures are here, not all of them saved. */
  readonly finished: readonly KeptJob[];
  /** Were sent, and their answers never came, or not as a whole: nobody knows what they cost. */
  readonly unanswered: readonly KeptJob[];
  /** Their answers came and hold no picture. */
  readonly failed: readonly KeptJob[];
}

type RemoveAt = (address: string, token: string) => Promise<void>;

/**
 * Whatever window asks first gets them.
 * @param onUnread is told of a job that cannot be read now: it waits for the next window
 * @param isOwn whether a job is this window's by right, though its window may live on another machine
 * @param removeAt takes away what a save has left beside a file that is not on this machine, by its address and token
 * @throws the file system's own error
 */
export async function bringBack(
  journal: Journal,
  onUnread: (job: KeptJob, error: unknown) => void,
  isOwn?: (job: KeptJob) => boolean,
  removeAt: RemoveAt = () => Promise.resolve(),
): Promise<BroughtBack> {
  const finished: KeptJob[] = [];
  const unanswered: KeptJob[] = [];
  const failed: KeptJob[] = [];
  // Before anything is taken over: what fails here must not cost the news of that.
  for (const job of await journal.listLeft()) await removeLeftovers(job, removeAt);
  for (const job of await journal.takeOver(isOwn)) {
    try {
      await removeLeftovers(job, removeAt);
      // It never left, so that nobody misses it.
      if (job.state === 'prepared') await job.files.remove();
      else if (job.isRead) finished.push(job);
      else {
        const failure = await readFailure(job);
        await settleJob(job.files, failure);
        if (!failure) finished.push(job);
        else if (failure === never) unanswered.push(job);
        else failed.push(job);
      }
    } catch (error) {
      onUnread(job, error);
    }
  }
  return { finished, unanswered, failed };
}

/** What a save that was cut short had beside the picture: the picture itself is whole or absent. */
async function removeLeftovers({ saving }: KeptJob, removeAt: RemoveAt): Promise<void> {
  for (const { folder, token } of saving) {
    if (isAddress(folder)) {
      await removeAt(folder, token);
      continue;
    }
    const { temporary, kept } = temporaryPaths(folder, token);
    for (const path of [temporary, kept]) await rm(path, { force: true }).catch(() => undefined);
  }
}

const never = {
  reason: 'interrupted',
  charge: 'unknown',
  message: 'It was sent and never answered: the window was reloaded or closed, or VS Code ended.',
} as const;

/** Undefined where the answers hold pictures. */
async function readFailure(job: KeptJob): Promise<EditError | typeof never | undefined> {
  try {
    await recoverKept(job);
    return undefined;
  } catch (error) {
    if (!(error instanceof EditError)) throw error;
    // What is behind it may be there still.
    if (error.reason === 'download') return undefined;
    // After a refusal the request may have been sent again: only an answer that counts says what is wrong.
    const counts = job.answers.some(({ whole, status }) => whole && status < 300);
    return counts ? error : never;
  }
}

/**
 * What the answers of a job hold, from the disk.
 * @param way to the pictures behind links that were not kept; without it they count as missing
 * @throws EditError, or the file system's own error
 */
export async function recoverKept(
  { record, answers }: KeptJob,
  way?: { readonly network: Network },
  signal = new AbortController().signal,
): Promise<EditResult> {
  const { baseUrl } = record;
  // Without the key: links need none.
  const connection = { baseUrl, apiKey: '', timeout: linkTimeout, ...way };
  return recoverEdit(record, answers, { connection, signal, openLinks: way !== undefined });
}

/** Milliseconds for the pictures behind links. */
const linkTimeout = 60_000;
