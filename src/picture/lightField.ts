// How much light each place of a picture has beside before, and pixels, go in; these with that light, or without it, come
// out.
import type { Window } from './crop';
import type { Size } from './placement';
import { checkWanted } from './wanted';

/**
 * Factors of what a picture's values are multiplied with, as a sum over 1, x, y, x², xy, y² and (x² + y²)², where x and y
 * go from -1 at the left and top to 1: a vignette, or light that falls in from a side. Values of sRGB are nearly a power of
 * light, so that a factor of these is one of light.
 */
export type LightField = readonly number[];

export const lightTerms = 7;

/** Less light leaves nothing of what was there. */
const leastFactor = 0.02;

/** Writes what is multiplied with the factors. */
export function writeLightTerms(x: number, y: number, to: Float64Array, at: number): void {
  to[at] = 1;
  to[at + 1] = x;
  to[at + 2] = y;
  to[at + 3] = x * x;
  to[at + 4] = x * y;
  to[at + 5] = y * y;
  to[at + 6] = (x * x + y * y) ** 2;
}

export function lightAt(field: LightField, x: number, y: number): number {
  const [xx, yy] = [x * x, y * y];
  const light =
    field[0]! +
    field[1]! * x +
    field[2]! * y +
    field[3]! * xx +
    field[4]! * x * y +
    field[5]! * yy +
    field[6]! * (xx + yy) ** 2;
  return Math.max(leastFactor, light);
}

/**
 * Changes pixels in place; alpha stays.
 * @param pixels of a window of a picture, row by row
 * @param size of all of the picture
 */
export function changeLight(
  pixels: Uint8Array,
  field: LightField,
  { left, top, right }: Window,
  { width, height }: Size,
  way: 'apply' | 'remove',
): void {
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  const [one, ofX, ofY, ofXX, ofXY, ofYY, ofFourth] = field as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let at = 0, row = top; at < clamped.length; row++) {
    checkWanted();
    const y = (2 * row + 1) / height - 1;
    const yy = y * y;
    const constant = one + y * ofY + yy * ofYY + yy * yy * ofFourth;
    const linear = ofX + y * ofXY;
    const square = ofXX + 2 * yy * ofFourth;
    for (let column = left; column < right; column++, at += 4) {
      const x = (2 * column + 1) / width - 1;
      const xx = x * x;
      const light = Math.max(leastFactor, constant + x * linear + xx * (square + xx * ofFourth));
      const factor = way === 'apply' ? light : 1 / light;
      clamped[at] = factor * clamped[at]!;
      clamped[at + 1] = factor * clamped[at + 1]!;
      clamped[at + 2] = factor * clamped[at + 2]!;
    }
  }
}

export interface LightShape {
  /** How much more light the border has than the middle: below 0 where it is darker. */
  readonly edges: number;
  /** How much more the right has than the left, and the bottom than the top. */
  readonly across: number;
  readonly down: number;
}

export function shapeOf(field: LightField): LightShape {
  const steps = [-1, -0.5, 0, 0.5, 1];
  const side = (at: (step: number) => number) =>
    steps.reduce((sum, step) => sum + at(step), 0) / steps.length;
  const left = side((y) => lightAt(field, -1, y));
  const right = side((y) => lightAt(field, 1, y));
  const top = side((x) => lightAt(field, x, -1));
  const bottom = side((x) => lightAt(field, x, 1));
  const middle = lightAt(field, 0, 0);
  return {
    edges: (left + right + top + bottom) / 4 / middle - 1,
    across: (right - left) / middle,
    down: (bottom - top) / middle,
  };
}
