// A picture and a window of it go in; what is seen in the window comes out.
import type { Pixels } from './pixels';

/** A part of a picture, in its pixels: `right` and `bottom` are the first ones outside. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function crop({ width, pixels }: Pixels, { left, top, right, bottom }: Window): Pixels {
  const [across, down] = [right - left, bottom - top];
  const cropped = new Uint8Array(4 * across * down);
  for (let y = 0; y < down; y++) {
    const from = 4 * ((top + y) * width + left);
    cropped.set(pixels.subarray(from, from + 4 * across), 4 * y * across);
  }
  return { width: across, height: down, pixels: cropped };
}
