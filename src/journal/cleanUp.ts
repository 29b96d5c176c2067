// Jobs go in; those that are over and old are removed, and what the user has to be asked about comes out, with what takes the
// room where there is too little.
import { isOver, sessionOf, type KeptJob } from './jobFiles';

/** Milliseconds that everything is kept, however little room there is: a discarded edit may be wanted back. */
const shortest = 24 * 60 * 60 * 1000;

export interface CleanUpLimits {
  /** How long jobs are kept that are over, in milliseconds. */
  readonly kept: number;
  /** Bytes for all jobs together. */
  readonly room: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether another window may be at work on it. */
  readonly isTaken: (job: KeptJob) => boolean;
}

/** Why jobs are there that take room. */
export type RoomTaker = 'unsaved' | 'replaced' | 'recent' | 'other';

/** Jobs that are there for the same reason. */
export interface RoomTaken {
  readonly why: RoomTaker;
  readonly count: number;
  readonly bytes: number;
}

export interface CleanedUp {
  /** Ids of what was removed. */
  readonly removed: string[];
  /** Would have been removed, had their pictures been saved or discarded. */
  readonly unsaved: KeptJob[];
  /** Would have been removed, had they not the only copies of originals that they have replaced. */
  readonly replaced: KeptJob[];
  /** What takes the room, the most first, where all that is left takes too much. */
  readonly full: readonly RoomTaken[] | undefined;
}

/**
 * Removes jobs that are over and older than they are kept, and the oldest of them where all take too much room, but nothing
 * of the last day. What was received and never saved stays, and what has replaced its original: the user is asked.
 */
export async function cleanUpJobs(
  jobs: readonly KeptJob[],
  { kept, room, now, isTaken }: CleanUpLimits,
): Promise<CleanedUp> {
  const removed: string[] = [];
  const unsaved: KeptJob[] = [];
  const replaced: KeptJob[] = [];
  const sizes = new Map<KeptJob, number>();
  for (const job of jobs) sizes.set(job, await job.files.measure().catch(() => 0));
  const sizeOf = (job: KeptJob) => sizes.get(job) ?? 0;
  const isRecent = (job: KeptJob) => now - job.changedAt <= shortest;
  let all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  // What led to a picture that still waits stays with it.
  const waiting = new Set(jobs.filter((job) => !isOver(job)).map(sessionOf));
  // The oldest first; what is over before what is not.
  const inTurn = [...jobs].sort(
    (one, other) => Number(isOver(other)) - Number(isOver(one)) || one.changedAt - other.changedAt,
  );
  for (const job of inTurn) {
    if (isRecent(job) || (now - job.changedAt <= kept && all <= room)) continue;
    if (!isOver(job)) {
      // Its pictures come first, then the original that it has replaced.
      if (job.state !== 'received' || job.replaced || isTaken(job)) continue;
      unsaved.push(job);
    } else {
      if (waiting.has(sessionOf(job))) continue;
      if (job.replaced) replaced.push(job);
      else {
        try {
          await job.files.remove();
        } catch {
          // It is in nobody's way: it is tried again the next time, and others may go for it now.
          continue;
        }
        removed.push(job.files.id);
      }
    }
    all -= sizeOf(job);
  }
  const left = jobs.filter(({ files }) => !removed.includes(files.id));
  const why = (job: KeptJob): RoomTaker =>
    job.replaced
      ? 'replaced'
      : job.state === 'received'
        ? 'unsaved'
        : isRecent(job)
          ? 'recent'
          : 'other';
  const takers = (['unsaved', 'replaced', 'recent', 'other'] as const)
    .map((taker) => {
      const its = left.filter((job) => why(job) === taker);
      const bytes = its.reduce((sum, job) => sum + sizeOf(job), 0);
      return { why: taker, count: its.length, bytes };
    })
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.bytes - one.bytes);
  const isFull = takers.reduce((sum, { bytes }) => sum + bytes, 0) > room;
  return { removed, unsaved, replaced, full: isFull ? takers : undefined };
}
