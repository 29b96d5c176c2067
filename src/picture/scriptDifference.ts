// What wasm/compare.ts and wasm/blocks.ts do, in plain TypeScript: for places without WebAssembly SIMD, and for tests to
// hold them against.
import type { Difference, Measure } from './difference';
import type { Pixels } from './pixels';
import { checkWanted } from './wanted';

/**
 * Of red, green and blue: three components, the squares of which add up to pixelmatch's YIQ distance, scaled so that
 * its root is 255 between black and white.
 */
const scale = 16384;
const weights: readonly Colour[] = [
  [4730 / scale, 9284 / scale, 1812 / scale],
  [7255 / scale, -3338 / scale, -3918 / scale],
  [2083 / scale, -5147 / scale, 3064 / scale],
];

/** Red, green, blue. */
type Colour = readonly [number, number, number];

const blockSize = 8;

/** What a pixel counts for at most where the mean of a block is asked for. */
const mostMoved = 16;

/** @see measureDifference. Cells are always of 8 × 8. */
export function measureInScript(
  original: Pixels,
  edited: Pixels,
  measure: Measure,
  distances: Uint8Array = new Uint8Array(original.width * original.height),
): Difference {
  const { width, height } = original;
  const before = layOnGround(original);
  const after = layOnGround(edited);
  for (let y = 0, at = 0; y < height; y++) {
    checkWanted();
    for (let x = 0; x < width; x++) {
      distances[at++] = Math.round(
        measure.tolerant
          ? Math.max(distanceBeyond(before, after, x, y), distanceBeyond(after, before, x, y))
          : lengthOf((channel) => after.at(x, y, channel) - before.at(x, y, channel)),
      );
    }
  }

  const columns = Math.ceil(width / blockSize);
  const rows = Math.ceil(height / blockSize);
  const strengths = new Uint8Array(columns * rows);
  for (let row = 0, block = 0; row < rows; row++) {
    checkWanted();
    for (let column = 0; column < columns; column++, block++) {
      const left = column * blockSize;
      const top = row * blockSize;
      const third = thirdGreatest({ width, height, distances }, left, top);
      strengths[block] = Math.min(
        255,
        Math.round(strengthOf(third, before, after, left, top, measure)),
      );
    }
  }
  return { width, height, distances, cellSize: blockSize, columns, rows, strengths };
}

interface Solid {
  /** What lies outside repeats the pixels at the border. */
  at(x: number, y: number, channel: number): number;
}

/** What is transparent is laid on a chequered ground. */
function layOnGround({ width, height, pixels }: Pixels): Solid {
  return {
    at: (column, row, channel) => {
      const x = Math.min(Math.max(column, 0), width - 1);
      const y = Math.min(Math.max(row, 0), height - 1);
      const from = 4 * (y * width + x);
      const alpha = pixels[from + 3]!;
      const ground = (((x >> 2) ^ (y >> 2)) & 1) === 0 ? 48 : 207;
      return Math.floor((pixels[from + channel]! * alpha + ground * (255 - alpha) + 127) / 255);
    },
  };
}

/** How far a pixel of the second is from the colours that the first has around there. */
function distanceBeyond(first: Solid, second: Solid, x: number, y: number): number {
  return lengthOf((channel) => {
    const [least, greatest] = spanOf(first, x, y, channel);
    // Encoders ring about edges, the more the sharper they are.
    const slack = Math.ceil((greatest - least) / 2);
    const value = second.at(x, y, channel);
    if (value > greatest) return Math.max(0, value - greatest - slack);
    return value < least ? Math.min(0, value - least + slack) : 0;
  });
}

/** The least and the greatest in the neighbourhood of 3 × 3. */
function spanOf(solid: Solid, x: number, y: number, channel: number): [number, number] {
  let least = 255;
  let greatest = 0;
  for (let row = y - 1; row <= y + 1; row++) {
    for (let column = x - 1; column <= x + 1; column++) {
      const value = solid.at(column, row, channel);
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
  }
  return [least, greatest];
}

/** Of a block. Where contrast is high, pixels differ by themselves, and means move. */
function strengthOf(
  third: number,
  before: Solid,
  after: Solid,
  left: number,
  top: number,
  { gain, allowance }: Measure,
): number {
  const moved = [0, 0, 0];
  let contrast = 0;
  for (let y = top; y < top + blockSize; y++) {
    for (let x = left; x < left + blockSize; x++) {
      const [least, greatest] = spanOf(before, x, y, 1);
      contrast += greatest - least;
      for (const channel of [0, 1, 2]) {
        const difference = after.at(x, y, channel) - before.at(x, y, channel);
        // Cut off, so that the few pixels of an edge that moved do not move the mean.
        moved[channel]! += Math.min(mostMoved, Math.max(-mostMoved, difference));
      }
    }
  }
  const count = blockSize ** 2;
  const faint = lengthOf((channel) => moved[channel]! / count) - (allowance * contrast) / count;
  return Math.max(0, gain * faint, third - (2 * allowance * contrast) / count);
}

function lengthOf(colour: (channel: 0 | 1 | 2) => number): number {
  return Math.hypot(...weights.map((row) => multiply(row, colour)));
}

function multiply([red, green, blue]: Colour, colour: (channel: 0 | 1 | 2) => number): number {
  return red * colour(0) + green * colour(1) + blue * colour(2);
}

/** One or two pixels are no change: noise and specks have those. */
function thirdGreatest(
  { width, height, distances }: Pick<Difference, 'width' | 'height' | 'distances'>,
  left: number,
  top: number,
): number {
  let first = 0;
  let second = 0;
  let third = 0;
  for (let y = top; y < Math.min(height, top + blockSize); y++) {
    for (let x = left; x < Math.min(width, left + blockSize); x++) {
      const distance = distances[y * width + x]!;
      third = Math.max(third, Math.min(second, distance));
      second = Math.max(second, Math.min(first, distance));
      first = Math.max(first, distance);
    }
  }
  return third;
}
