// An original, an edited picture over it, and what is to be measured out go in; how they differ at full size comes out.
import { fitCells, measureBlocks, tolerantMeasure, type Difference } from './difference';
import type { Pixels } from './pixels';
import type { Covered } from './planes';
import type { Shifts } from './register';
import { makeToning, type Tone } from './tone';
import { warpRows } from './warp';
import { checkWanted } from './wanted';

export interface MeasuredOut {
  readonly covered: Covered;
  /** What the original's colours became. */
  readonly tone?: Tone | undefined;
  /** Where the original's things went. */
  readonly shifts?: Shifts | undefined;
}

/** Rows that are toned and warped at a time: a whole picture of those would be a lot of memory. A multiple of 8. */
const bandRows = 256;

/** Rows above and below a band that are measured with it: a row of cells. */
const margin = 8;

/** @param distances where they go: a byte a pixel */
export function measureFull(
  original: Pixels,
  edited: Pixels,
  { covered, tone, shifts }: MeasuredOut,
  distances: Uint8Array,
): Difference {
  const { width, height } = original;
  if (!tone && !shifts) {
    return fitCells(measureBlocks(original, edited, tolerantMeasure, distances));
  }
  const columns = Math.ceil(width / 8);
  const rows = Math.ceil(height / 8);
  const strengths = new Uint8Array(columns * rows);
  const mostRows = Math.min(height, bandRows + 2 * margin);
  const toned = tone && new Uint8Array(4 * width * mostRows);
  const toning = tone && makeToning(tone, { width, height });
  const warped = shifts && new Uint8Array(4 * width * mostRows);
  const some = new Uint8Array(width * mostRows);
  for (let top = 0; top < height; top += bandRows) {
    checkWanted();
    const from = Math.max(0, top - margin);
    const bottom = Math.min(height, top + bandRows);
    const to = Math.min(height, bottom + margin);
    const part = [4 * width * from, 4 * width * to] as const;
    const size = { width, height: to - from };
    let before: Uint8Array = original.pixels.subarray(...part);
    let after: Uint8Array = edited.pixels.subarray(...part);
    if (toning && toned) {
      toning(before, toned, { left: 0, top: from, right: width, bottom: to });
      keepBare(before, toned, width, { from, height }, covered);
      before = toned.subarray(0, before.length);
    }
    if (shifts && warped) {
      warpRows(edited, shifts, covered, { from, to }, warped);
      after = warped.subarray(0, after.length);
    }
    const band = measureBlocks(
      { ...size, pixels: before },
      { ...size, pixels: after },
      tolerantMeasure,
      some.subarray(0, width * size.height),
    );
    const skipped = top - from;
    distances.set(band.distances.subarray(skipped * width, (bottom - from) * width), top * width);
    const cells = Math.ceil((bottom - top) / 8) * columns;
    const first = (skipped / 8) * columns;
    strengths.set(band.strengths.subarray(first, first + cells), (top / 8) * columns);
  }
  return fitCells({ width, height, distances, cellSize: 8, columns, rows, strengths });
}

/** What the edited picture does not cover is the original in both. */
function keepBare(
  pixels: Uint8Array,
  toned: Uint8Array,
  width: number,
  { from, height }: { readonly from: number; readonly height: number },
  covered: Covered,
): void {
  const left = Math.ceil(covered.left * width - 0.5);
  const right = Math.floor(covered.right * width + 0.5);
  const top = Math.ceil(covered.top * height - 0.5) - from;
  const bottom = Math.floor(covered.bottom * height + 0.5) - from;
  const rows = pixels.length / (4 * width);
  for (let row = 0; row < rows; row++) {
    const start = 4 * width * row;
    const end = start + 4 * width;
    const isBare = row < top || row >= bottom;
    const parts = isBare
      ? [[start, end] as const]
      : [
          [start, start + 4 * Math.max(0, left)] as const,
          [start + 4 * Math.min(width, right), end] as const,
        ];
    for (const [first, last] of parts) {
      if (last > first) toned.set(pixels.subarray(first, last), first);
    }
  }
}
