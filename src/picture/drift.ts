// The original, an edited picture and a region of it go in; how far their colours drift apart at the region's rim comes out,
// with what it takes to hide that.
import type { Window } from './crop';
import type { Pixels } from './pixels';
import { Tiles, type Area } from './tiles';
import { checkWanted } from './wanted';

/** Differences in colour of this many of 255 are edits, not the drift of a model that paints everything anew. */
const mostDrift = 48;

/** What a step to a neighbour counts for, straight and diagonal. */
export const chamfer = 5;
const diagonal = 7;

/** What the tiles of a region are: no pixel of it, pixels of nothing else, or both. */
export const outside = 0;
export const inside = 1;
export const both = 2;

/** A region of a window of two pictures. */
export interface Patch {
  readonly original: Pixels;
  readonly edited: Pixels;
  readonly window: Window;
  /** A byte a pixel of the window, 0 outside of the region. */
  readonly region: Uint8Array;
  /** Of the region: `outside`, `inside` or `both`. */
  readonly tiles: Tiles;
}

export function tilesOf(region: Uint8Array, width: number, height: number): Tiles {
  const tiles = new Tiles(width, height);
  for (let row = 0, tile = 0; row < tiles.rows; row++) {
    checkWanted();
    for (let column = 0; column < tiles.columns; column++, tile++) {
      const { left, top, right, bottom } = tiles.windowOf(column, row);
      const isOutside = region[top * width + left] === 0;
      let isMixed = false;
      for (let y = top; y < bottom && !isMixed; y++) {
        for (let place = y * width + left; place < y * width + right; place++) {
          if ((region[place] === 0) !== isOutside) isMixed = true;
        }
      }
      tiles.kinds[tile] = isMixed ? both : isOutside ? outside : inside;
    }
  }
  return tiles;
}

/**
 * From each pixel of the region to the nearest outside of it, in fifths of a pixel; the rim of the picture is inside.
 * @param most pixels: what is farther is as far as that
 * @param areas tells in which areas pixels are both of the region and not, or near such, and which others are inside of it
 */
export function measureDepths(
  region: Uint8Array,
  width: number,
  height: number,
  { most, areas = [{ left: 0, top: 0, right: width, bottom: height, kind: both }] }: Depth,
): Uint8Array {
  const limit = Math.min(255, chamfer * (most + 1));
  const depths = new Uint8Array(width * height);
  for (const { left, top, right, bottom, kind } of areas) {
    if (kind === outside || kind === both) continue;
    for (let y = top; y < bottom; y++) depths.fill(limit, y * width + left, y * width + right);
  }
  const near = areas.filter(({ kind }) => kind === both);
  // Once from the top left, once from the bottom right: each from the neighbours that it has passed.
  for (const { left, top, right, bottom } of near) {
    checkWanted();
    for (let y = top; y < bottom; y++) {
      for (let x = left, place = y * width + left; x < right; x++, place++) {
        if (region[place] === 0) continue;
        let depth = limit;
        if (x > 0) depth = Math.min(depth, depths[place - 1]! + chamfer);
        if (y > 0) {
          depth = Math.min(depth, depths[place - width]! + chamfer);
          if (x > 0) depth = Math.min(depth, depths[place - width - 1]! + diagonal);
          if (x < width - 1) depth = Math.min(depth, depths[place - width + 1]! + diagonal);
        }
        depths[place] = depth;
      }
    }
  }
  for (const { left, top, right, bottom } of near.reverse()) {
    checkWanted();
    for (let y = bottom - 1; y >= top; y--) {
      for (let x = right - 1, place = y * width + x; x >= left; x--, place--) {
        if (region[place] === 0) continue;
        let depth = depths[place]!;
        if (x < width - 1) depth = Math.min(depth, depths[place + 1]! + chamfer);
        if (y < height - 1) {
          depth = Math.min(depth, depths[place + width]! + chamfer);
          if (x < width - 1) depth = Math.min(depth, depths[place + width + 1]! + diagonal);
          if (x > 0) depth = Math.min(depth, depths[place + width - 1]! + diagonal);
        }
        depths[place] = depth;
      }
    }
  }
  return depths;
}

interface Depth {
  readonly most: number;
  readonly areas?: readonly Area[];
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

/** What to add to the edited picture. */
export interface Drift {
  /**
   * Of the pixels from `left` to `right` in a row: red, green and blue of each, one after the other. Pixels are the window's.
   * The array is used again for the next row.
   */
  readonly ofRow: (y: number, left: number, right: number) => Float32Array;
  /** Whether there is nothing to add in all of a rectangle. */
  readonly isNone: (rectangle: Window) => boolean;
}

/**
 * How far the original is from the edited picture just outside of the region, spread over the inside as smoothly as can
 * be: what Poisson editing (Pérez et al., 2003) does, by pull-push (Gortler et al., 1996).
 * @param depthOf takes a drift in levels of 255; gives how many pixels into the region it fades out over
 */
export function measureDrift(patch: Patch, depthOf: (drift: number) => number): Drift {
  const width = patch.window.right - patch.window.left;
  const height = patch.window.bottom - patch.window.top;
  const size = Math.max(4, Math.ceil(Math.max(width, height) / 200));
  const cells: Cells = {
    size,
    columns: Math.ceil(width / size),
    rows: Math.ceil(height / size),
  };
  const { columns, rows } = cells;
  const covers = coverCells(patch, cells);
  const fromInside = measureDepths(covers.inside.map(isZero), columns, rows, { most: 3 });
  const isSeam = (cell: number) => covers.outside[cell] === 1 && fromInside[cell]! <= 2 * chamfer;
  const field = fillGaps(measureCells(patch, cells, isSeam));

  const fromOutside = measureDepths(covers.outside.map(isZero), columns, rows, { most: 50 });
  const { values } = field;
  for (let cell = 0, at = 0; cell < fromOutside.length; cell++, at += 3) {
    const drift = Math.max(
      Math.abs(values[at]!),
      Math.abs(values[at + 1]!),
      Math.abs(values[at + 2]!),
    );
    const depth = (chamfer * depthOf(drift)) / size;
    const part = 1 - fade(fromOutside[cell]! / Math.min(depth, 50 * chamfer));
    for (let channel = 0; channel < 3; channel++) values[at + channel]! *= part;
  }
  return spread(field, size, width);
}

/** The drift between the middles of cells, linearly. */
function spread({ columns, rows, values }: Field, size: number, width: number): Drift {
  const line = new Float32Array(3 * (columns + 1));
  const drift = new Float32Array(3 * width);
  const ofRow = (y: number, start: number, end: number) => {
    const row = Math.min(rows - 1, Math.max(0, (y + 0.5) / size - 0.5));
    const top = Math.floor(row);
    const down = top + 1 < rows ? 3 * columns : 0;
    const first = Math.floor(Math.max(0, (start + 0.5) / size - 0.5));
    const last = Math.min(columns, Math.floor(Math.max(0, (end - 0.5) / size - 0.5)) + 1);
    for (let column = first; column <= last; column++) {
      const from = 3 * (top * columns + Math.min(columns - 1, column));
      for (let channel = 0; channel < 3; channel++) {
        const here = values[from + channel]!;
        const below = values[from + down + channel]!;
        line[3 * column + channel] = here + (row - top) * (below - here);
      }
    }
    for (let x = start, at = 0; x < end; x++, at += 3) {
      const place = Math.max(0, (x + 0.5) / size - 0.5);
      const column = Math.floor(place);
      const part = place - column;
      const from = 3 * column;
      for (let channel = 0; channel < 3; channel++) {
        const left = line[from + channel]!;
        drift[at + channel] = left + part * (line[from + 3 + channel]! - left);
      }
    }
    return drift;
  };
  const isNone = ({ left, top, right, bottom }: Window) => {
    const firstColumn = Math.max(0, Math.floor(left / size) - 1);
    const lastColumn = Math.min(columns - 1, Math.floor((right - 1) / size) + 1);
    const lastRow = Math.min(rows - 1, Math.floor((bottom - 1) / size) + 1);
    for (let row = Math.max(0, Math.floor(top / size) - 1); row <= lastRow; row++) {
      const end = 3 * (row * columns + lastColumn + 1);
      for (let at = 3 * (row * columns + firstColumn); at < end; at++) {
        if (values[at] !== 0) return false;
      }
    }
    return true;
  };
  return { ofRow, isNone };
}

function isZero(value: number): number {
  return value === 0 ? 1 : 0;
}

/** Whether each cell has pixels of the region, and whether it has others. */
function coverCells(
  { window, region, tiles }: Patch,
  { size, columns, rows }: Cells,
): { inside: Uint8Array; outside: Uint8Array } {
  const width = window.right - window.left;
  const covers = {
    inside: new Uint8Array(columns * rows),
    outside: new Uint8Array(columns * rows),
  };
  for (const { left, top, right, bottom, kind } of tiles.areas()) {
    checkWanted();
    if (kind === both) {
      for (let y = top; y < bottom; y++) {
        const row = Math.floor(y / size) * columns;
        for (let x = left, place = y * width + left; x < right; x++, place++) {
          const covered = region[place] === 0 ? covers.outside : covers.inside;
          covered[row + Math.floor(x / size)] = 1;
        }
      }
      continue;
    }
    const covered = kind === inside ? covers.inside : covers.outside;
    for (let row = Math.floor(top / size); row < Math.ceil(bottom / size); row++) {
      const start = row * columns;
      covered.fill(1, start + Math.floor(left / size), start + Math.ceil(right / size));
    }
  }
  return covers;
}

/** The mean drift of what lies outside of the region in some cells. What was edited there counts little or nothing. */
function measureCells(
  { original, edited, window, region }: Patch,
  { size, columns, rows }: Cells,
  isMeasured: (cell: number) => boolean,
): Field {
  const width = window.right - window.left;
  const height = window.bottom - window.top;
  const values = new Float32Array(3 * columns * rows);
  const weights = new Float32Array(columns * rows);
  for (let cell = 0; cell < weights.length; cell++) {
    if (!isMeasured(cell)) continue;
    checkWanted();
    const left = (cell % columns) * size;
    const top = Math.floor(cell / columns) * size;
    const right = Math.min(width, left + size);
    let [sum, reds, greens, blues] = [0, 0, 0, 0];
    for (let y = top; y < Math.min(height, top + size); y++) {
      let at = 4 * ((window.top + y) * original.width + window.left + left);
      for (let x = left; x < right; x++, at += 4) {
        if (region[y * width + x] !== 0) continue;
        const red = original.pixels[at]! - edited.pixels[at]!;
        const green = original.pixels[at + 1]! - edited.pixels[at + 1]!;
        const blue = original.pixels[at + 2]! - edited.pixels[at + 2]!;
        const most = Math.max(Math.abs(red), Math.abs(green), Math.abs(blue));
        if (most >= mostDrift) continue;
        // Tukey's biweight.
        const weight = (1 - (most / mostDrift) ** 2) ** 2;
        sum += weight;
        reds += weight * red;
        greens += weight * green;
        blues += weight * blue;
      }
    }
    const part = 1 / (sum || 1);
    values[3 * cell] = part * reds;
    values[3 * cell + 1] = part * greens;
    values[3 * cell + 2] = part * blues;
    weights[cell] = Math.min(1, sum / size);
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
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      const weight = weights[cell]!;
      if (weight === 0) continue;
      const half = (row >> 1) * halved.columns + (column >> 1);
      halved.weights[half]! += weight;
      for (let channel = 0; channel < 3; channel++) {
        halved.values[3 * half + channel]! += weight * values[3 * cell + channel]!;
      }
    }
  }
  for (let half = 0; half < halved.weights.length; half++) {
    const weight = halved.weights[half]!;
    for (let channel = 0; channel < 3; channel++) halved.values[3 * half + channel]! /= weight || 1;
    halved.weights[half] = Math.min(1, weight);
  }
  const coarse = fillGaps(halved);
  for (let row = 0, cell = 0; row < rows; row++) {
    // Between the middles of the coarse cells, linearly: each of the finer ones is a quarter from the nearest.
    const up = 3 * coarse.columns * (row >> 1);
    const otherRow = Math.min(
      coarse.rows - 1,
      Math.max(0, row & 1 ? (row >> 1) + 1 : (row >> 1) - 1),
    );
    const other = 3 * coarse.columns * otherRow;
    for (let column = 0; column < columns; column++, cell++) {
      const weight = weights[cell]!;
      if (weight === 1) continue;
      const near = 3 * (column >> 1);
      const beside = column & 1 ? (column >> 1) + 1 : (column >> 1) - 1;
      const far = 3 * Math.min(coarse.columns - 1, Math.max(0, beside));
      for (let channel = 0; channel < 3; channel++) {
        const guess =
          0.5625 * coarse.values[up + near + channel]! +
          0.1875 * (coarse.values[up + far + channel]! + coarse.values[other + near + channel]!) +
          0.0625 * coarse.values[other + far + channel]!;
        const value = values[3 * cell + channel]!;
        values[3 * cell + channel] = guess + weight * (value - guess);
      }
    }
  }
  return field;
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
