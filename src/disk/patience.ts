// A call to the disk goes in, and is made again for a while where another program holds the file; what it gives comes out.
import { setTimeout as delay } from 'node:timers/promises';

/** In milliseconds, before trying again where another program holds a file: 5 seconds. */
export const lockPauses: readonly number[] = [50, 100, 200, 400, 750, 1000, 1250, 1250];

/** What waits between two tries: a disk of tests does not. */
export interface Pausing {
  /** @param duration in milliseconds */
  pause(duration: number): Promise<void>;
}

export const pausing: Pausing = { pause: (duration) => delay(duration) };

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/**
 * @param pauses between the tries, in milliseconds
 * @param mayPass whether another try may end otherwise
 * @throws what the last try has thrown, or one that does not pass
 */
export async function retry<Result>(
  disk: Pausing,
  pauses: readonly number[],
  mayPass: (error: unknown) => boolean,
  action: () => Promise<Result>,
): Promise<Result> {
  for (const duration of pauses) {
    try {
      return await action();
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
    await disk.pause(duration);
  }
  return action();
}

/** Virus scanners and viewers hold files for a moment; on Windows that looks like a missing permission. */
export function isLocked(error: unknown): boolean {
  return (
    hasCode(error, 'EBUSY') || (process.platform === 'win32' && hasCode(error, 'EPERM', 'EACCES'))
  );
}
