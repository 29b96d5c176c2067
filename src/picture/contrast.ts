// A small picture goes in; how much each of its pixels stands out from those about it comes out.
import type { Pixels } from './pixels';
import { checkWanted } from './wanted';

/** One number a pixel, row by row from the top. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** About -2 to 2, 0 where there is no contrast. */
export type Contrast = Plane;

/** What is local is one of so many parts of the longer side. */
const registeredParts = 40;

/** What a picture shows apart from its brightness. What is transparent is grey. */
export function contrastOf({ width, height, pixels }: Pixels): Contrast {
  const values = new Float32Array(width * height);
  for (let at = 0; at < values.length; at++) {
    const from = 4 * at;
    const opaque = 0.299 * pixels[from]! + 0.587 * pixels[from + 1]! + 0.114 * pixels[from + 2]!;
    values[at] = 128 + ((opaque - 128) * pixels[from + 3]!) / 255;
  }
  return { width, height, values: standOut({ width, height, values }, registeredParts) };
}

/** Of 255: contrast of so little is noise. */
const noiseLevel = 4;

/**
 * Light less its local mean, over its local deviation, of a plane that is blurred a little first.
 * @param parts of the longer side: one of them is what is local about a pixel
 */
export function standOut({ width, height, values }: Plane, parts: number): Float32Array {
  const smooth = blur(values, width, height, 1);
  const radius = Math.max(3, Math.round(Math.max(width, height) / parts));
  const mean = blur(smooth, width, height, radius);
  const square = new Float32Array(values.length);
  for (let at = 0; at < square.length; at++) square[at] = (smooth[at]! - mean[at]!) ** 2;
  const variance = blur(square, width, height, radius);
  for (let at = 0; at < square.length; at++) {
    // Running sums leave a little less than nothing.
    const deviation = Math.sqrt(Math.max(0, variance[at]!));
    const contrast = (smooth[at]! - mean[at]!) / (deviation + noiseLevel);
    smooth[at] = Math.min(2.5, Math.max(-2.5, contrast));
  }
  return smooth;
}

/** The mean over a square about each pixel; what is outside repeats the border. */
function blur(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  const across = new Float32Array(values.length);
  for (let y = 0, at = 0; y < height; y++) {
    checkWanted();
    const start = y * width;
    const last = start + width - 1;
    let sum = (radius + 1) * values[start]!;
    for (let ahead = start + 1; ahead <= start + radius; ahead++)
      sum += values[Math.min(ahead, last)]!;
    for (const end = Math.min(last + 1, start + radius); at < end; at++) {
      across[at] = sum;
      sum += values[Math.min(at + radius + 1, last)]! - values[start]!;
    }
    for (const end = last - radius; at < end; at++) {
      across[at] = sum;
      sum += values[at + radius + 1]! - values[at - radius]!;
    }
    for (; at <= last; at++) {
      across[at] = sum;
      sum += values[last]! - values[Math.max(at - radius, start)]!;
    }
  }
  // Row by row, which is how they lie in memory.
  const sums = new Float32Array(width);
  const blurred = new Float32Array(values.length);
  const part = 1 / (2 * radius + 1) ** 2;
  const rowAt = (y: number) => Math.min(height - 1, Math.max(0, y)) * width;
  for (let y = -radius; y <= radius; y++) {
    for (let x = 0, at = rowAt(y); x < width; x++, at++) sums[x]! += across[at]!;
  }
  for (let y = 0, to = 0; y < height; y++) {
    checkWanted();
    let ahead = rowAt(y + radius + 1);
    let behind = rowAt(y - radius);
    for (let x = 0; x < width; x++, to++, ahead++, behind++) {
      blurred[to] = sums[x]! * part;
      sums[x]! += across[ahead]! - across[behind]!;
    }
  }
  return blurred;
}
