// A region that somebody marked goes in; pictures in which nothing changed outside of it come out, how much had changed
// there before, and the mask that a gateway takes.
import type { MarkedRegion } from '../compare/protocol';
import { blend, fade } from './compose';
import type { Difference } from './difference';
import type { Pixels } from './pixels';

/** A byte a pixel of the original, row by row: 0 where everything must stay, anything else where it may change. */
export type Region = Uint8Array;

/** As large as the picture, of which what was marked may be a smaller one. In shared memory. */
export function expandRegion(
  { width, height, runs }: MarkedRegion,
  size: { readonly width: number; readonly height: number },
): Region {
  const marked = new Uint8Array(width * height);
  let place = 0;
  runs.forEach((run, number) => {
    if (number % 2 === 1) marked.fill(255, place, place + run);
    place += run;
  });
  const region = new Uint8Array(new SharedArrayBuffer(size.width * size.height));
  for (let y = 0, at = 0; y < size.height; y++) {
    const row = Math.floor(((y + 0.5) * height) / size.height) * width;
    for (let x = 0; x < size.width; x++, at++) {
      region[at] = marked[row + Math.floor(((x + 0.5) * width) / size.width)]!;
    }
  }
  return region;
}

/** Of the shorter side: the width of the seam, which lies inside of the region. */
const seamWidth = 0.008;

/** Of the shorter side: so far into the region its colours are matched, less and less. */
const matchingDepth = 0.2;

/** Differences in colour of this many of 255 are edits, not the drift of a model that paints everything anew. */
const mostDrift = 48;

/**
 * The edited picture inside of the region, the original outside of it, byte by byte. Along the seam the edited picture's
 * colours are moved to those of the original, as far as the two drift apart just outside of it, and fade in.
 * @param edited as large as the original: aligned to it where that was asked for
 * @throws RangeError when the sizes differ
 */
export function lockRegion(original: Pixels, edited: Pixels, region: Region): Pixels {
  const { width, height } = original;
  if (edited.width !== width || edited.height !== height || region.length !== width * height) {
    throw new RangeError('The region and the pictures must be of the same size.');
  }
  const seam = Math.min(24, Math.max(2, seamWidth * Math.min(width, height)));
  const depths = measureDepths(region, width, height, Math.ceil(seam));
  const driftOfRow = measureDrift(original, edited, region);
  const pixels = original.pixels.slice();
  const moved = new Uint8Array(4);
  for (let y = 0; y < height; y++) {
    const drift = driftOfRow(y);
    for (let x = 0, place = y * width; x < width; x++, place++) {
      if (region[place] === 0) continue;
      const at = 4 * place;
      for (let channel = 0; channel < 3; channel++) {
        moved[channel] = clamp(edited.pixels[at + channel]! + drift[3 * x + channel]!);
      }
      moved[3] = edited.pixels[at + 3]!;
      const weight = fade((depths[place]! / chamfer - 0.5) / seam);
      if (weight < 1) blend(pixels, moved, at, 0, weight);
      else pixels.set(moved, at);
    }
  }
  return { width, height, pixels };
}

/** What a step to a neighbour counts for, straight and diagonal. */
const chamfer = 5;
const diagonal = 7;

/** From each pixel of the region to the nearest outside of it, in fifths of a pixel; the rim of the picture is inside. */
function measureDepths(region: Region, width: number, height: number, most: number): Uint8Array {
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
 * be. Gives what to add to red, green and blue of each pixel in a row.
 */
function measureDrift(
  original: Pixels,
  edited: Pixels,
  region: Region,
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

  const depth = (chamfer * matchingDepth * Math.min(width, height)) / size;
  const fromOutside = measureDepths(outside.map(isNone), columns, rows, 50);
  fromOutside.forEach((distance, cell) => {
    const part = 1 - fade(distance / Math.min(depth, 50 * chamfer));
    for (const channel of [0, 1, 2]) field.values[3 * cell + channel]! *= part;
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
  region: Region,
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
  region: Region,
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

function clamp(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}

/** Parts of the picture's area, 0 to 1. */
export interface ChangedShares {
  readonly inside: number;
  readonly outside: number;
}

/**
 * How much of the picture is changed within the region and without, before the region is locked.
 * @param threshold as for findChanges
 * @throws RangeError when the sizes differ
 */
export function shareChanged(
  { width, height, distances, strengths, cellSize, columns }: Difference,
  region: Region,
  threshold: number,
): ChangedShares {
  if (region.length !== width * height) {
    throw new RangeError('The region and the pictures must be of the same size.');
  }
  const limit = Math.max(1, threshold * 255);
  const counts = { inside: 0, outside: 0 };
  for (let cell = 0; cell < strengths.length; cell++) {
    if (strengths[cell]! < limit) continue;
    const left = (cell % columns) * cellSize;
    const top = Math.floor(cell / columns) * cellSize;
    const right = Math.min(width, left + cellSize);
    const bottom = Math.min(height, top + cellSize);
    const cellCounts = { inside: 0, outside: 0, outsideChanged: 0 };
    for (let y = top; y < bottom; y++) {
      for (let place = y * width + left; place < y * width + right; place++) {
        if (region[place] !== 0) cellCounts.inside++;
        else {
          cellCounts.outside++;
          if (distances[place]! >= limit) cellCounts.outsideChanged++;
        }
      }
    }
    // Where the border runs through a cell, what changed is as a rule what was to change.
    counts.inside += cellCounts.inside;
    counts.outside += cellCounts.inside > 0 ? cellCounts.outsideChanged : cellCounts.outside;
  }
  const area = width * height;
  return { inside: counts.inside / area, outside: counts.outside / area };
}

/**
 * The mask that a gateway takes with a picture: transparent where it may be edited, white elsewhere.
 * @param size in pixels, of the picture that is sent
 */
export function maskFor(
  marked: MarkedRegion,
  size: { readonly width: number; readonly height: number },
): Pixels {
  const { width, height } = size;
  const region = expandRegion(marked, size);
  const pixels = new Uint8Array(4 * width * height).fill(255);
  region.forEach((inside, place) => {
    if (inside !== 0) pixels[4 * place + 3] = 0;
  });
  return { width, height, pixels };
}
