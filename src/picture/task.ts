// What one job on pixels works with: libvips, the pictures that it makes on its way, and somebody who may stop it.
import type Vips from 'wasm-vips';
import { PictureError } from './pictureError';
import { checkWanted, whileWanted } from './wanted';

/** Thrown where a job ends early because nobody waits for it any more. Never shown. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export interface Task {
  readonly vips: typeof Vips;
  /** Frees the picture when the task ends: libvips's memory knows no garbage collector. */
  own(image: Vips.Image): Vips.Image;
  /**
   * Owns the picture as well. While its pixels are computed, by whatever reads all of them, the task can be stopped.
   */
  watch(image: Vips.Image): Vips.Image;
}

/**
 * Work that libvips has no part in.
 * @param stop its first number is 0 until somebody wants the work to end
 * @throws Stopped
 */
export function stoppable<Result>(stop: Int32Array, work: () => Result): Result {
  const check = () => {
    if (Atomics.load(stop, 0) !== 0) throw new Stopped();
  };
  return whileWanted(check, work);
}

/**
 * @param stop its first number is 0 until somebody wants the task to end
 * @param problem what to say where libvips cannot do it, in sentences for people
 * @throws PictureError, or Stopped
 */
export function perform<Result>(
  vips: typeof Vips,
  stop: Int32Array,
  problem: string,
  work: (task: Task) => Result,
): Result {
  const owned = new Set<Vips.Image>();
  const isStopped = () => Atomics.load(stop, 0) !== 0;
  const task: Task = {
    vips,
    own: (image) => {
      owned.add(image);
      checkWanted();
      return image;
    },
    watch: (image) => {
      task.own(image);
      image.onProgress = () => {
        if (isStopped()) image.kill = true;
      };
      return image;
    },
  };
  try {
    return stoppable(stop, () => work(task));
  } catch (error) {
    if (isStopped()) throw new Stopped();
    if (error instanceof PictureError) throw error;
    throw new PictureError(problem, { cause: error });
  } finally {
    for (const image of owned) image.delete();
  }
}
