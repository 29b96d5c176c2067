// Two decoded pictures of one size go in; how much they differ, pixel by pixel and cell by cell, comes out.
import { loadKernel, reserve, type Kernel } from './kernel';
import type { Pixels } from './pixels';
import { measureInScript } from './scriptDifference';
import { checkWanted } from './wanted';

export interface Difference {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** A byte a pixel: 0 is the same, 255 black against white. `threshold * 255` of it is what pixelmatch counts from. */
  readonly distances: Uint8Array;
  /** The side of a cell, in pixels: 8, less in small pictures. Those at the right and bottom may stick out. */
  readonly cellSize: number;
  /** Cells in a row. */
  readonly columns: number;
  readonly rows: number;
  /** A byte a cell, on the scale of `distances`: how sure it is that something changed in it. */
  readonly strengths: Uint8Array;
  /** The mean strength of textured cells that nobody edited: 0 where nothing was redrawn, as without it. */
  readonly noise?: number;
  /** Whether hardly anything is where it was, so that there is nothing to list. */
  readonly whole?: boolean;
}

/** How the strength of a cell of 8 × 8 is measured. */
export interface Measure {
  /**
   * Whether a pixel is compared with the neighbourhood of 3 × 3 of the other picture and half of its contrast more,
   * which takes away the noise of encoding and edges that moved by a pixel. Else with the very same pixel, as
   * pixelmatch does.
   */
  readonly tolerant: boolean;
  /** What a moved mean of a cell counts for: what is too faint for a pixel is still seen over an area. */
  readonly gain: number;
  /**
   * The part of a cell's contrast in green that is taken off how far its mean moved, and twice of it off its pixels:
   * where contrast is high, they move by themselves.
   */
  readonly allowance: number;
  /** Of 255: distances up to it may be said to be 0, which saves most of the work. */
  readonly least: number;
}

/** Chosen by test/unit/picture/plantedEdits.test.ts. */
export const tolerantMeasure: Measure = { tolerant: true, gain: 5, allowance: 0.1, least: 2 };

/** The criterion of pixelmatch with `includeAA`, to be compared with it. */
export const exactMeasure: Measure = { tolerant: false, gain: 0, allowance: 0, least: 0 };

/** Of a block, which is a cell wherever the picture is not small. */
const blockSize = 8;

/** Rows that are compared at a time: few enough to stay in the processor's cache. */
const stripRows = 16;

/** Bytes on either side of a row, see wasm/rows.ts. */
const margin = 16;

/**
 * The YIQ distance of pixelmatch (Kotsarenko and Ramos, 2009), so that its thresholds mean the same here. What is
 * transparent is laid on a chequered ground.
 * @param distances where they go: a byte a pixel, whatever is in it
 * @throws RangeError when the sizes differ
 */
export function measureDifference(
  original: Pixels,
  edited: Pixels,
  measure: Measure = tolerantMeasure,
  distances: Uint8Array = new Uint8Array(original.width * original.height),
): Difference {
  const { width, height } = original;
  const isOfSize = edited.width === width && edited.height === height;
  if (!isOfSize || distances.length !== width * height) {
    throw new RangeError('Only pictures of the same size can be compared.');
  }
  return fitCells(measureBlocks(original, edited, measure, distances));
}

/** The same with cells of 8 × 8, whatever the picture's size. */
export function measureBlocks(
  original: Pixels,
  edited: Pixels,
  measure: Measure,
  distances: Uint8Array,
): Difference {
  const kernel = loadKernel();
  return kernel
    ? measureInKernel(kernel, original, edited, measure, distances)
    : measureInScript(original, edited, measure, distances);
}

/** With cells as small as the picture asks for. */
export function fitCells(difference: Difference): Difference {
  const cellSize = cellSizeOf(difference.width, difference.height);
  return cellSize === blockSize ? difference : withCells(difference, cellSize);
}

/** Small pictures are of few blocks, and each of their pixels counts. */
function cellSizeOf(width: number, height: number): number {
  const side = Math.max(width, height);
  return side >= 256 ? 8 : side >= 128 ? 4 : side >= 64 ? 2 : 1;
}

/** The greatest distance in a cell; of four by four pixels the second greatest. */
function withCells(difference: Difference, cellSize: number): Difference {
  const { width, height, distances } = difference;
  const columns = Math.ceil(width / cellSize);
  const rows = Math.ceil(height / cellSize);
  const strengths = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let first = 0;
      let second = 0;
      for (let y = row * cellSize; y < Math.min(height, (row + 1) * cellSize); y++) {
        for (let x = column * cellSize; x < Math.min(width, (column + 1) * cellSize); x++) {
          const distance = distances[y * width + x]!;
          if (distance > first) {
            second = first;
            first = distance;
          } else if (distance > second) second = distance;
        }
      }
      strengths[row * columns + column] = cellSize === 4 ? second : first;
    }
  }
  return { ...difference, cellSize, columns, rows, strengths };
}

/** Strip by strip: what is copied into the kernel's memory is then read from the cache. */
function measureInKernel(
  kernel: Kernel,
  original: Pixels,
  edited: Pixels,
  { tolerant, gain, allowance, least }: Measure,
  distances: Uint8Array,
): Difference {
  const { width, height } = original;
  const columns = Math.ceil(width / blockSize);
  const rows = Math.ceil(height / blockSize);
  const strengths = new Uint8Array(columns * rows);

  const length = Math.ceil(width / 16) * 16;
  const stride = 4 * length + 2 * margin;
  const first = aligned(kernel.firstFree());
  const second = aligned(first + (stripRows + 2) * stride);
  const scratch = second + (stripRows + 2) * stride;
  const out = aligned(scratch + 4 * stride);
  const sums = out + stripRows * length;
  const blocks = sums + (stripRows / blockSize) * 12 * length;
  const memory = reserve(kernel, blocks + (stripRows / blockSize) * (length / blockSize));

  /** Rows of both pictures, with `beside` more above and below, each with its margins. */
  const layRows = (top: number, lines: number, beside: number) => {
    for (let line = -beside; line < lines + beside; line++) {
      const y = Math.min(Math.max(top + line, 0), height - 1);
      for (const [picture, to] of [
        [original, first],
        [edited, second],
      ] as const) {
        const row = to + (line + 1) * stride;
        memory.set(picture.pixels.subarray(4 * width * y, 4 * width * (y + 1)), row + margin);
        kernel.layRow(row, width, stride, y);
      }
    }
  };
  const compareExactly = (top: number, lines: number) => {
    // As they are, where their rows fill the kernel's: most pictures are opaque.
    if (width === length && top + lines <= height) {
      const part = [4 * width * top, 4 * width * (top + lines)] as const;
      memory.set(original.pixels.subarray(...part), first);
      memory.set(edited.pixels.subarray(...part), second);
      const row = 4 * length;
      if (kernel.compareExactly(first, second, row, row, lines, least, out) !== 0) return;
    }
    layRows(top, lines, 0);
    const from = stride + margin;
    kernel.compareExactly(first + from, second + from, stride, 4 * length, lines, least, out);
  };

  for (let top = 0; top < height; top += stripRows) {
    checkWanted();
    if (isSame(original, edited, top - 1, top + stripRows + 1)) {
      distances.fill(0, top * width, (top + stripRows) * width);
      continue;
    }
    const stripHeight = Math.min(stripRows, Math.ceil((height - top) / blockSize) * blockSize);
    if (tolerant) {
      layRows(top, stripHeight, 1);
      kernel.compareTolerantly(first, second, stride, stripHeight, least, scratch, out, sums);
    } else compareExactly(top, stripHeight);
    const lines = Math.min(stripHeight, height - top);
    // Nothing that only fills up the last cells may count.
    memory.fill(0, out + lines * length, out + stripHeight * length);
    if (width === length) distances.set(memory.subarray(out, out + lines * length), top * width);
    else
      for (let line = 0; line < lines; line++) {
        const from = out + line * length;
        memory.fill(0, from + width, from + length);
        distances.set(memory.subarray(from, from + width), (top + line) * width);
      }
    kernel.measureBlocks(out, length, stripHeight, sums, gain, allowance, blocks);
    for (let line = 0; line < stripHeight / blockSize; line++) {
      const from = blocks + (line * length) / blockSize;
      strengths.set(memory.subarray(from, from + columns), (top / blockSize + line) * columns);
    }
  }
  return { width, height, distances, cellSize: blockSize, columns, rows, strengths };
}

/** Where the next line of the processor's cache begins: copying to there is faster. */
function aligned(address: number): number {
  return Math.ceil(address / 64) * 64;
}

/** Whether rows are the same, byte by byte: the system compares much faster than anything here. */
function isSame(original: Pixels, edited: Pixels, top: number, bottom: number): boolean {
  const rows = [original, edited].map(({ width, height, pixels }) => {
    const end = 4 * width * Math.min(bottom, height);
    const start = 4 * width * Math.max(0, top);
    return Buffer.from(pixels.buffer, pixels.byteOffset + start, end - start);
  });
  return rows[0]!.equals(rows[1]!);
}
