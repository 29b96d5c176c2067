// The original, the edited picture and which of its changes are kept go in; the picture with only those comes out.
import type { Changes } from './changes';
import type { Pixels } from './pixels';

/**
 * Every pixel outside the kept changes is the original's, those included that differ too little to be a change: also
 * when all changes are kept. Inside, the edited picture fades in over the width of a cell, which the outline of a change
 * has to spare; the rim of the picture is no seam.
 * @param edited as large as the original: aligned to it where that was asked for
 * @param changes of these two
 * @param kept ids of changes
 * @throws RangeError when the sizes differ
 */
export function compose(
  original: Pixels,
  edited: Pixels,
  changes: Changes,
  kept: ReadonlySet<number>,
): Pixels {
  const { width, height } = original;
  for (const { width: itsWidth, height: itsHeight } of [edited, changes]) {
    if (itsWidth !== width || itsHeight !== height) {
      throw new RangeError('Only pictures of the same size can be composed.');
    }
  }
  const { cellSize, columns, rows, labels } = changes;
  const pixels = original.pixels.slice();
  const isKept = (column: number, row: number) => {
    const isInside = column >= 0 && row >= 0 && column < columns && row < rows;
    return !isInside || kept.has(labels[row * columns + column]!);
  };
  for (let row = 0; row < rows; row++) {
    const top = row * cellSize;
    const bottom = Math.min(height, top + cellSize);
    for (let column = 0; column < columns; column++) {
      if (!isKept(column, row)) continue;
      const left = column * cellSize;
      const right = Math.min(width, left + cellSize);
      const seams = seamsAround(isKept, column, row);
      for (let y = top; y < bottom; y++) {
        const start = 4 * (y * width + left);
        const end = 4 * (y * width + right);
        if (seams.length === 0) {
          pixels.set(edited.pixels.subarray(start, end), start);
          continue;
        }
        for (let at = start, x = 0; at < end; at += 4, x++) {
          const weight = fade(distanceTo(seams, x + 0.5, y - top + 0.5, cellSize) / cellSize);
          blend(pixels, edited.pixels, at, at, weight);
        }
      }
    }
  }
  return { width, height, pixels };
}

interface Direction {
  readonly across: number;
  readonly down: number;
}

const directions: readonly Direction[] = [-1, 0, 1].flatMap((down) =>
  [-1, 0, 1].flatMap((across) => (across === 0 && down === 0 ? [] : [{ across, down }])),
);

/** The neighbours that stay the original's. */
function seamsAround(
  isKept: (column: number, row: number) => boolean,
  column: number,
  row: number,
): readonly Direction[] {
  return directions.filter(({ across, down }) => !isKept(column + across, row + down));
}

/** From a place in a cell to the nearest of the neighbours, in pixels. */
function distanceTo(seams: readonly Direction[], x: number, y: number, cellSize: number): number {
  let nearest = Infinity;
  for (const { across, down } of seams) {
    const horizontal = across === 0 ? 0 : across < 0 ? x : cellSize - x;
    const vertical = down === 0 ? 0 : down < 0 ? y : cellSize - y;
    nearest = Math.min(nearest, Math.hypot(horizontal, vertical));
  }
  return nearest;
}

/** From 0 to 1, without a kink at either end. */
export function fade(part: number): number {
  const place = Math.min(1, Math.max(0, part));
  return place * place * (3 - 2 * place);
}

/**
 * Moves one pixel towards another: all the way at 1, not at all at 0. What is transparent counts for as much as it shows.
 * @param at the offset of the pixel
 * @param otherAt the offset of the other
 */
export function blend(
  pixels: Uint8Array,
  other: Uint8Array,
  at: number,
  otherAt: number,
  weight: number,
): void {
  if (weight <= 0) return;
  const theirs = weight * other[otherAt + 3]!;
  const ours = (1 - weight) * pixels[at + 3]!;
  const alpha = ours + theirs;
  const part = alpha > 0 ? theirs / alpha : weight;
  for (let channel = 0; channel < 3; channel++) {
    const from = pixels[at + channel]!;
    pixels[at + channel] = Math.round(from + part * (other[otherAt + channel]! - from));
  }
  pixels[at + 3] = Math.round(alpha);
}
