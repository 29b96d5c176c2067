// The original, an edited picture and a region of it go in; how far their colours drift apart at the region's rim comes out,
// with what it takes to hide that.
import type { Pixels } from './pixels';

/** Differences in colour of this many of 255 are edits, not the drift of a model that paints everything anew. */
const mostDrift = 48;

/** What a step to a neighbour counts for, straight and diagonal. */
export const chamfer = 5;
const diagonal = 7;

/** From each pixel of the region to the nearest outside of it, in fifths of a pixel; the rim of the picture is inside. */
export function measureDepths(
  region: Uint8Array,
  width: number,
  height: number,
  most: number,
): Uint8Array {
  const limit = Math.min(255, chamfer * (most + 1));
  const depths = new Uint8Array(width * height);
  // Once from the top left, once from the bottom right: each from the neighbours that it has passed.
  for (const [start, step] of [
    [0, 1],
    [width * height - 1, -1],
  ] as const) {
    const up = -step * width;
    for (let row = 0, place = start; row < height; row++) {
      for (let column = 0; column < width; column++, place += step) {
        if (region[place] === 0) continue;
        let depth = step === 1 ? limit : depths[place]!;
        if (column > 0) depth = Math.min(depth, depths[place - step]! + chamfer);
        if (row > 0) {
          depth = Math.min(depth, depths[place + up]! + chamfer);
          if (column > 0) depth = Math.min(depth, depths[place + up - step]! + diagonal);
          if (column < width - 1) depth = Math.min(depth, depths[place + up + step]! + diagonal);
        }
        depths[place] = depth;
      }
    }
  }
  return depths;
}

/** Squares of pixels, coarser than the picture; those at the right and bottom may stick out. */
interface Cells {
  /** In pixels. */
  readonly size: number;
  readonly columns: number;
  readonly rows: number;
}

/** Red, green and blue of each cell, and what they are worth: 0 where nothing is known. */
interface Field extends Pick<Cells, 'columns' | 'rows'> {
  readonly values: Float32Array;
  readonly weights: Float32Array;
}

/**
 * How far the original is from the edited picture just outside of the region, spread over the inside as smoothly as can
 * be: what Poisson editing (Pérez et al., 2003) does, by pull-push (Gortler et al., 1996).
 * @param region a byte a pixel, 0 outside
 * @param depthOf takes a drift in levels of 255; gives how many pixels into the region it fades out over
 * @returns what to add to red, green and blue of each pixel in a row; the array is used again for the next row
 */
export function measureDrift(
  original: Pixels,
  edited: Pixels,
  region: Uint8Array,
  depthOf: (drift: number) => number,
): (y: number) => Float32Array {
  const { width, height } = original;
  const size = Math.max(4, Math.ceil(Math.max(width, height) / 200));
  const cells: Cells = {
    size,
    columns: Math.ceil(width / size),
    rows: Math.ceil(height / size),
  };
  const { columns, rows } = cells;
  const { inside, outside } = coverCells(region, width, cells);
  const fromInside = measureDepths(inside.map(isNone), columns, rows, 3);
  const isSeam = (cell: number) => outside[cell] === 1 && fromInside[cell]! <= 2 * chamfer;
  const field = fillGaps(measureCells(original, edited, region, cells, isSeam));

  const fromOutside = measureDepths(outside.map(isNone), columns, rows, 50);
  fromOutside.forEach((distance, cell) => {
    const values = field.values.subarray(3 * cell, 3 * cell + 3);
    const depth = (chamfer * depthOf(Math.max(...values.map(Math.abs)))) / size;
    const part = 1 - fade(distance / Math.min(depth, 50 * chamfer));
    values.forEach((value, channel) => (values[channel] = part * value));
  });
  const line = new Float32Array(3 * (columns + 1));
  const drift = new Float32Array(3 * width);
  return (y) => {
    for (let column = 0; column <= columns; column++) {
      for (const channel of [0, 1, 2] as const) {
        line[3 * column + channel] = valueAt(field, column, (y + 0.5) / size - 0.5, channel);
      }
    }
    for (let x = 0, at = 0; x < width; x++) {
      const place = Math.max(0, (x + 0.5) / size - 0.5);
      const from = 3 * Math.floor(place);
      const part = place - Math.floor(place);
      for (let channel = 0; channel < 3; channel++, at++) {
        const left = line[from + channel]!;
        drift[at] = left + part * (line[from + 3 + channel]! - left);
      }
    }
    return drift;
  };
}

function isNone(value: number): number {
  return value === 0 ? 1 : 0;
}

/** Whether each cell has pixels of the region, and whether it has others. */
function coverCells(
  region: Uint8Array,
  width: number,
  { size, columns, rows }: Cells,
): { inside: Uint8Array; outside: Uint8Array } {
  const inside = new Uint8Array(columns * rows);
  const outside = new Uint8Array(columns * rows);
  for (let place = 0, y = 0; place < region.length; y++) {
    const row = Math.floor(y / size) * columns;
    for (let x = 0; x < width; x++, place++) {
      const covered = region[place] === 0 ? outside : inside;
      covered[row + Math.floor(x / size)] = 1;
    }
  }
  return { inside, outside };
}

/** The mean drift of what lies outside of the region in some cells. What was edited there counts little or nothing. */
function measureCells(
  original: Pixels,
  edited: Pixels,
  region: Uint8Array,
  { size, columns, rows }: Cells,
  isMeasured: (cell: number) => boolean,
): Field {
  const { width, height } = original;
  const values = new Float32Array(3 * columns * rows);
  const weights = new Float32Array(columns * rows);
  for (let cell = 0; cell < weights.length; cell++) {
    if (!isMeasured(cell)) continue;
    const left = (cell % columns) * size;
    const top = Math.floor(cell / columns) * size;
    for (let y = top; y < Math.min(height, top + size); y++) {
      for (let x = left; x < Math.min(width, left + size); x++) {
        const place = y * width + x;
        if (region[place] !== 0) continue;
        const differences = [0, 1, 2].map(
          (channel) => original.pixels[4 * place + channel]! - edited.pixels[4 * place + channel]!,
        );
        const most = Math.max(...differences.map(Math.abs));
        // Tukey's biweight.
        const weight = most < mostDrift ? (1 - (most / mostDrift) ** 2) ** 2 : 0;
        weights[cell]! += weight;
        differences.forEach((value, channel) => (values[3 * cell + channel]! += weight * value));
      }
    }
    const weight = weights[cell]!;
    for (const channel of [0, 1, 2]) values[3 * cell + channel]! /= weight || 1;
    weights[cell] = Math.min(1, weight / size);
  }
  return { columns, rows, values, weights };
}

/** Cells of which nothing is known get what is known around them: pull-push, from coarse to fine. */
function fillGaps(field: Field): Field {
  const { columns, rows, values, weights } = field;
  if (columns * rows === 1) return field;
  const halved: Field = {
    columns: Math.ceil(columns / 2),
    rows: Math.ceil(rows / 2),
    values: new Float32Array(3 * Math.ceil(columns / 2) * Math.ceil(rows / 2)),
    weights: new Float32Array(Math.ceil(columns / 2) * Math.ceil(rows / 2)),
  };
  for (let cell = 0; cell < weights.length; cell++) {
    const row = Math.floor(Math.floor(cell / columns) / 2);
    const half = row * halved.columns + Math.floor((cell % columns) / 2);
    halved.weights[half]! += weights[cell]!;
    for (const channel of [0, 1, 2]) {
      halved.values[3 * half + channel]! += weights[cell]! * values[3 * cell + channel]!;
    }
  }
  halved.weights.forEach((weight, half) => {
    for (const channel of [0, 1, 2]) halved.values[3 * half + channel]! /= weight || 1;
    halved.weights[half] = Math.min(1, weight);
  });
  const coarse = fillGaps(halved);
  for (let cell = 0; cell < weights.length; cell++) {
    const weight = weights[cell]!;
    const x = ((cell % columns) + 0.5) / 2 - 0.5;
    const y = (Math.floor(cell / columns) + 0.5) / 2 - 0.5;
    for (const channel of [0, 1, 2] as const) {
      const guess = valueAt(coarse, x, y, channel);
      values[3 * cell + channel] = guess + weight * (values[3 * cell + channel]! - guess);
    }
  }
  return field;
}

/** Between the cells, linearly. */
function valueAt(
  { columns, rows, values }: Pick<Field, 'columns' | 'rows' | 'values'>,
  x: number,
  y: number,
  channel: 0 | 1 | 2,
): number {
  const column = Math.min(columns - 1, Math.max(0, x));
  const row = Math.min(rows - 1, Math.max(0, y));
  const left = Math.floor(column);
  const top = Math.floor(row);
  const here = 3 * (top * columns + left) + channel;
  const right = left + 1 < columns ? here + 3 : here;
  const down = top + 1 < rows ? 3 * columns : 0;
  const across = column - left;
  const upper = values[here]! + across * (values[right]! - values[here]!);
  const lower = values[here + down]! + across * (values[right + down]! - values[here + down]!);
  return upper + (row - top) * (lower - upper);
}

/** To a level of 255. */
export function clamp(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
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
