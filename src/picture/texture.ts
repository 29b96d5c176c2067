// A picture goes in; how rough each of its cells is comes out, and with it how much such cells differ by themselves.
import type { Pixels } from './pixels';
import { select } from './select';
import { checkWanted } from './wanted';

/** Values of cells, row by row. */
export interface CellMap {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/** The mean of how much the neighbours of each pixel differ in green, in squares of so many pixels. */
export function measureTexture({ width, height, pixels }: Pixels, cellSize: number): CellMap {
  const columns = Math.ceil(width / cellSize);
  const rows = Math.ceil(height / cellSize);
  const values = new Float32Array(columns * rows);
  for (let y = 0; y < height; y++) {
    checkWanted();
    const above = y > 0 ? -4 * width : 0;
    const below = y < height - 1 ? 4 * width : 0;
    const start = 4 * y * width + 1;
    const last = start + 4 * (width - 1);
    let cell = Math.floor(y / cellSize) * columns;
    for (let from = start; from <= last; from += 4 * cellSize, cell++) {
      const end = Math.min(last, from + 4 * (cellSize - 1));
      let sum = 0;
      for (let at = from; at <= end; at += 4) {
        const left = at > start ? at - 4 : at;
        const right = at < last ? at + 4 : at;
        const across = Math.abs(pixels[right]! - pixels[left]!);
        const down = Math.abs(pixels[at + below]! - pixels[at + above]!);
        sum += across > down ? across : down;
      }
      values[cell]! += sum;
    }
  }
  for (let row = 0, cell = 0; row < rows; row++) {
    const tall = Math.min(cellSize, height - row * cellSize);
    for (let column = 0; column < columns; column++, cell++) {
      values[cell]! /= tall * Math.min(cellSize, width - column * cellSize);
    }
  }
  return { columns, rows, values };
}

interface Grid {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly cellSize: number;
  readonly columns: number;
  readonly rows: number;
}

/** For each cell of another grid over the same picture, the value at its middle. */
export function onGrid(map: CellMap, grid: Grid): Float32Array {
  const { columns, rows, cellSize, width, height } = grid;
  const values = new Float32Array(columns * rows);
  const place = (cell: number, count: number, length: number) =>
    Math.min(count - 1, Math.floor((((cell + 0.5) * cellSize) / length) * count));
  const across = Array.from({ length: columns }, (_, column) => place(column, map.columns, width));
  for (let row = 0, cell = 0; row < rows; row++) {
    const from = place(row, map.rows, height) * map.columns;
    for (let column = 0; column < columns; column++, cell++) {
      values[cell] = map.values[from + across[column]!]!;
    }
  }
  return values;
}

export interface NoiseOptions {
  /** In how many bins of as many cells each, from smooth to rough. */
  readonly bins: number;
  /** By which factor a bin may differ from all together. */
  readonly spread: number;
  /** What the noise is, of some values, which it may move about. */
  readonly noiseOf: (values: Float32Array) => number;
}

/**
 * Rough cells differ by themselves more than smooth ones do.
 * @returns for each cell the noise of those that are as rough
 */
export function noiseByTexture(
  values: Float32Array,
  texture: Float32Array,
  { bins, spread, noiseOf }: NoiseOptions,
): Float32Array {
  const noise = new Float32Array(values.length);
  const overall = noiseOf(values.slice());
  const edges = texture.slice();
  const limits = Float32Array.from({ length: bins - 1 }, (_, bin) =>
    select(edges, (bin + 1) / bins),
  );
  checkWanted();
  const binOf = new Uint8Array(values.length);
  const counts = new Uint32Array(bins);
  for (let cell = 0; cell < values.length; cell++) {
    let bin = 0;
    while (bin < limits.length && texture[cell]! >= limits[bin]!) bin++;
    binOf[cell] = bin;
    counts[bin]!++;
  }
  const noises = Array.from(counts, (count, bin) => {
    checkWanted();
    if (count === 0) return overall;
    const some = new Float32Array(count);
    let to = 0;
    for (let cell = 0; cell < values.length; cell++) {
      if (binOf[cell] === bin) some[to++] = values[cell]!;
    }
    return Math.min(overall * spread, Math.max(overall / spread, noiseOf(some)));
  });
  for (let cell = 0; cell < noise.length; cell++) noise[cell] = noises[binOf[cell]!]!;
  return noise;
}
