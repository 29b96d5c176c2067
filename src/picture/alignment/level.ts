// A picture goes in; what it shows apart from its brightness comes out, at several sizes, with what goes from a place in
// one of them to that in another.
import type { Placement } from '../align';
import { standOut, type Plane } from '../contrast';
import { loadKernel, reserve, type Kernel } from '../kernel';
import { isOpaque, type Pixels } from '../pixels';
import type { Size } from '../placement';
import { coverage } from '../resample';
import { checkWanted } from '../wanted';

/** The sides of squares as large as the pictures that are compared: the finest, and at least the coarsest. */
const finestSide = 512;
const coarsestSide = 32;

/** Contrast is against what lies so near: one of so many parts of the longer side. */
const alignedParts = 60;

/** What the picture looks like apart from its brightness, at one size. */
export interface Level extends Size {
  /** Pixels of the whole picture in one of this. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Local contrast: about -2 to 2, 0 where there is none. */
  readonly contrast: Float32Array;
}

/** Levels of both pictures from coarse to fine: as many of both, each twice as large as the one before. */
export interface Pyramids {
  readonly originals: readonly Level[];
  readonly editeds: readonly Level[];
}

export function buildPyramids(original: Pixels, edited: Pixels): Pyramids {
  const sides = halve(Math.min(finestSide, sideOf(original), sideOf(edited)));
  return { originals: buildPyramid(original, sides), editeds: buildPyramid(edited, sides) };
}

/** The side of a square as large. */
function sideOf({ width, height }: Size): number {
  return Math.sqrt(width * height);
}

/** From coarse to fine, each twice the one before. */
function halve(finest: number): number[] {
  const sides = [finest];
  while (sides[0]! >= 2 * coarsestSide) sides.unshift(sides[0]! / 2);
  return sides;
}

function buildPyramid(picture: Pixels, sides: readonly number[]): Level[] {
  let finest: Plane | undefined;
  const built: Level[] = [];
  for (const side of sides.toReversed()) {
    const ratio = Math.min(1, side / sideOf(picture));
    const width = Math.max(8, Math.round(picture.width * ratio));
    const height = Math.max(8, Math.round(picture.height * ratio));
    const plane: Plane = finest
      ? shrinkPlane(finest, width, height)
      : lightOf(picture, width, height);
    finest ??= plane;
    built.unshift({
      width,
      height,
      scaleX: picture.width / width,
      scaleY: picture.height / height,
      contrast: standOut(plane, alignedParts),
    });
  }
  return built;
}

/** Luminance; each pixel is the mean of what it covers, with parts of pixels. What is transparent is grey. */
export function lightOf(
  picture: Pixels,
  columns: number,
  rows: number,
  kernel: Kernel | 'none' = loadKernel() ?? 'none',
): Plane {
  return kernel === 'none' || !isOpaque(picture)
    ? lightInScript(picture, columns, rows)
    : lightInKernel(kernel, picture, columns, rows);
}

/** Of an opaque picture: the mean of the colours, and of that the luminance. */
function lightInKernel(
  kernel: Kernel,
  { width, height, pixels }: Pixels,
  columns: number,
  rows: number,
): Plane {
  const weights = coverage(width, columns);
  const source = Math.ceil(kernel.firstFree() / 16) * 16;
  const starts = source + 16 * Math.ceil(width / 4);
  const parts = starts + 16 * Math.ceil(columns / 4);
  const row = parts + 16 * Math.ceil(weights.weights.length / 4);
  const sums = [row + 16 * columns, row + 32 * columns] as const;
  const memory = reserve(kernel, row + 48 * columns);
  new Int32Array(memory.buffer, starts).set(weights.starts);
  new Float32Array(memory.buffer, parts).set(weights.weights);
  memory.fill(0, sums[0], sums[0] + 32 * columns);
  const values = new Float32Array(columns * rows);
  const down = splitInto(height, rows);
  const share = rows / height;
  /** Writes the luminance of a row of cells, and leaves room for the next but one. */
  const take = (cell: number) => {
    const from = sums[cell % 2]!;
    const sum = new Float32Array(memory.buffer, from, 4 * columns);
    for (let column = 0, at = 0, to = cell * columns; column < columns; column++, at += 4, to++) {
      values[to] = share * (0.299 * sum[at]! + 0.587 * sum[at + 1]! + 0.114 * sum[at + 2]!);
    }
    sum.fill(0);
  };
  for (let y = 0; y < height; y++) {
    checkWanted();
    const cell = down.cells[y]!;
    if (y > 0 && cell !== down.cells[y - 1]) take(cell - 1);
    memory.set(pixels.subarray(4 * width * y, 4 * width * (y + 1)), source);
    kernel.resampleRow(source, starts, parts, weights.taps, columns, row);
    const part = down.parts[y]!;
    kernel.accumulateRow(row, part, columns, sums[cell % 2]!);
    if (part < 1 && cell + 1 < rows) {
      kernel.accumulateRow(row, 1 - part, columns, sums[(cell + 1) % 2]!);
    }
  }
  take(rows - 1);
  return { width: columns, height: rows, values };
}

function lightInScript({ width, height, pixels }: Pixels, columns: number, rows: number): Plane {
  const values = new Float32Array(columns * rows);
  const line = new Float32Array(columns + 1);
  const across = splitInto(width, columns);
  const down = splitInto(height, rows);
  for (let y = 0, at = 0; y < height; y++) {
    checkWanted();
    line.fill(0);
    for (let x = 0; x < width; x++, at += 4) {
      let light = 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;
      const alpha = pixels[at + 3]!;
      if (alpha !== 255) light = 128 + ((light - 128) * alpha) / 255;
      const column = across.cells[x]!;
      const part = across.parts[x]!;
      line[column]! += part * light;
      line[column + 1]! += (1 - part) * light;
    }
    const row = down.cells[y]!;
    const part = down.parts[y]!;
    const to = row * columns;
    for (let column = 0; column < columns; column++) values[to + column]! += part * line[column]!;
    if (part === 1 || row + 1 === rows) continue;
    for (let column = 0; column < columns; column++) {
      values[to + columns + column]! += (1 - part) * line[column]!;
    }
  }
  const share = (columns * rows) / (width * height);
  for (let to = 0; to < values.length; to++) values[to]! *= share;
  return { width: columns, height: rows, values };
}

/** In which cell each pixel of a line lies, and with which part of it: the rest lies in the next. */
function splitInto(length: number, cells: number): { cells: Int32Array; parts: Float32Array } {
  const ratio = length / cells;
  const split = { cells: new Int32Array(length), parts: new Float32Array(length) };
  for (let place = 0; place < length; place++) {
    const cell = Math.min(cells - 1, Math.floor(place / ratio + 1e-9));
    split.cells[place] = cell;
    split.parts[place] = cell + 1 === cells ? 1 : Math.min(1, (cell + 1) * ratio - place);
  }
  return split;
}

/** The mean of what each pixel covers, with its parts of pixels. */
function shrinkPlane(plane: Plane, width: number, height: number): Plane {
  if (plane.width === width && plane.height === height) return plane;
  const columns = partsOf(plane.width, width);
  const across = new Float32Array(width * plane.height);
  for (let y = 0, to = 0; y < plane.height; y++) {
    const row = y * plane.width;
    for (let x = 0, part = 0; x < width; x++, to++) {
      let sum = 0;
      for (let at = columns.starts[x]!; part < columns.ends[x]!; part++, at++) {
        sum += columns.weights[part]! * plane.values[row + at]!;
      }
      across[to] = sum;
    }
  }
  const rows = partsOf(plane.height, height);
  const values = new Float32Array(width * height);
  const sums = new Float64Array(width);
  for (let y = 0, part = 0; y < height; y++) {
    sums.fill(0);
    for (let at = rows.starts[y]! * width; part < rows.ends[y]!; part++) {
      const weight = rows.weights[part]!;
      for (let x = 0; x < width; x++, at++) sums[x]! += weight * across[at]!;
    }
    values.set(sums, y * width);
  }
  return { width, height, values };
}

interface LineParts {
  /** Of each place, the first one that it covers, and where its weights end. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly weights: Float64Array;
}

/** How much of each place of a line each of fewer places covers. */
function partsOf(fromLength: number, toLength: number): LineParts {
  const ratio = fromLength / toLength;
  const starts = new Int32Array(toLength);
  const ends = new Int32Array(toLength);
  const weights: number[] = [];
  for (let place = 0; place < toLength; place++) {
    const start = place * ratio;
    const end = Math.min(fromLength, start + ratio);
    starts[place] = Math.floor(start);
    for (let at = starts[place]!; at < end; at++) {
      weights.push((Math.min(end, at + 1) - Math.max(start, at)) / (end - start));
    }
    ends[place] = weights.length;
  }
  return { starts, ends, weights: Float64Array.from(weights) };
}

/** From a place in one level of the original to that in one of the edited picture: `a * place + b`. */
export interface Warp {
  readonly ax: number;
  readonly bx: number;
  readonly ay: number;
  readonly by: number;
}

export function toWarp(original: Level, edited: Level, placement: Placement): Warp {
  return {
    ax: original.scaleX / placement.scaleX / edited.scaleX,
    bx: -placement.offsetX / placement.scaleX / edited.scaleX,
    ay: original.scaleY / placement.scaleY / edited.scaleY,
    by: -placement.offsetY / placement.scaleY / edited.scaleY,
  };
}

export function toPlacement(original: Level, edited: Level, { ax, bx, ay, by }: Warp): Placement {
  const scaleX = original.scaleX / ax / edited.scaleX;
  const scaleY = original.scaleY / ay / edited.scaleY;
  return {
    scaleX,
    scaleY,
    offsetX: -bx * edited.scaleX * scaleX,
    offsetY: -by * edited.scaleY * scaleY,
  };
}

/** Between pixels, linearly; NaN outside. */
export function sample({ width, height, contrast }: Level, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return NaN;
  const across = x - left;
  const at = top * width + left;
  const upper = contrast[at]! + across * (contrast[at + 1]! - contrast[at]!);
  const lower =
    contrast[at + width]! + across * (contrast[at + width + 1]! - contrast[at + width]!);
  return upper + (y - top) * (lower - upper);
}
