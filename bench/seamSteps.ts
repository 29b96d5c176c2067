// A picture, what was composed of it and what was kept go in; how much the seam shows comes out.
import type { Piece } from '../src/picture/compose';
import type { Pixels } from '../src/picture/pixels';

export interface SeamSteps {
  /** Pairs of neighbours of which one is kept. */
  readonly length: number;
  /** Levels of 255, the mean over the seam: from a pixel to its neighbour across it. */
  readonly step: number;
  /** The same of the original, between all neighbours near the seam. */
  readonly around: number;
  /** The first of these over the second, where less than a level counts as one: nobody sees it. */
  readonly ratio: number;
}

/** Pixels about the seam that are its surroundings. */
const reach = 8;

/** What is at least taken for the step of the surroundings: in an even sky one level cannot be seen. */
const leastStep = 1;

export function measureSeam(
  original: Pixels,
  composed: Pixels,
  pieces: readonly Piece[],
): SeamSteps {
  let [length, sum, near, nearSum] = [0, 0, 0, 0];
  for (const { window, mask } of pieces) {
    const [width, height] = [window.right - window.left, window.bottom - window.top];
    const isNear = new Uint8Array(mask.length);
    const atOf = (place: number) =>
      4 *
      ((window.top + Math.floor(place / width)) * original.width + window.left + (place % width));
    forEachPair(width, height, (place, other) => {
      if (mask[place] === mask[other]) return;
      length++;
      sum += stepOf(composed, atOf(place), atOf(other));
      const [x, y] = [place % width, Math.floor(place / width)];
      for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
        const start = row * width;
        isNear.fill(1, start + Math.max(0, x - reach), start + Math.min(width, x + reach + 1));
      }
    });
    forEachPair(width, height, (place, other) => {
      if (isNear[place] === 0 || isNear[other] === 0) return;
      near++;
      nearSum += stepOf(original, atOf(place), atOf(other));
    });
  }
  const step = length > 0 ? sum / length : 0;
  const around = near > 0 ? nearSum / near : 0;
  return { length, step, around, ratio: step / Math.max(leastStep, around) };
}

function forEachPair(
  width: number,
  height: number,
  take: (place: number, other: number) => void,
): void {
  for (let y = 0, place = 0; y < height; y++) {
    for (let x = 0; x < width; x++, place++) {
      if (x + 1 < width) take(place, place + 1);
      if (y + 1 < height) take(place, place + width);
    }
  }
}

/** The greatest of the channels. */
function stepOf({ pixels }: Pixels, at: number, other: number): number {
  return Math.max(
    Math.abs(pixels[at]! - pixels[other]!),
    Math.abs(pixels[at + 1]! - pixels[other + 1]!),
    Math.abs(pixels[at + 2]! - pixels[other + 2]!),
  );
}
