// Rows of a picture and shifts of its places go in; the rows with every place shifted back come out.
import type { Pixels } from './pixels';
import type { Covered } from './planes';
import type { Shifts } from './register';

/** Bits of a fraction of a pixel. */
const bits = 7;
const one = 1 << bits;

/**
 * Each pixel from where the shifts say that it is now, between pixels linearly: to be measured, not to be seen.
 * @param from the first row, and the one after the last
 * @param warped as many rows
 */
export function warpRows(
  { width, height, pixels }: Pixels,
  shifts: Shifts,
  covered: Covered,
  from: number,
  to: number,
  warped: Uint8Array,
): void {
  const { columns, rows } = shifts;
  const line = { across: new Float32Array(columns), down: new Float32Array(columns) };
  const limits = {
    left: Math.ceil(covered.left * width),
    right: Math.max(1, Math.floor(covered.right * width)) - 1,
    top: Math.ceil(covered.top * height),
    bottom: Math.max(1, Math.floor(covered.bottom * height)) - 1,
  };
  for (let y = from, at = 0; y < to; y++) {
    const row = Math.min(rows - 1, Math.max(0, ((y + 0.5) / height) * rows - 0.5));
    const top = Math.min(rows - 2, Math.floor(row));
    const part = row - top;
    for (let column = 0; column < columns; column++) {
      const node = top * columns + column;
      const below = node + columns;
      const { across, down } = shifts;
      line.across[column] = (across[node]! + part * (across[below]! - across[node]!)) * width;
      line.down[column] = (down[node]! + part * (down[below]! - down[node]!)) * height;
    }
    for (let x = 0; x < width; x++, at += 4) {
      const place = Math.min(columns - 1, Math.max(0, ((x + 0.5) / width) * columns - 0.5));
      const left = Math.min(columns - 2, Math.floor(place));
      const rest = place - left;
      const across = line.across[left]! + rest * (line.across[left + 1]! - line.across[left]!);
      const down = line.down[left]! + rest * (line.down[left + 1]! - line.down[left]!);
      const isBare = x < limits.left || x > limits.right || y < limits.top || y > limits.bottom;
      // What it does not cover is the original, which stays.
      const column = isBare ? x : Math.min(limits.right, Math.max(limits.left, x + across));
      const line2 = isBare ? y : Math.min(limits.bottom, Math.max(limits.top, y + down));
      const fixedX = (column * one) | 0;
      const fixedY = (line2 * one) | 0;
      const fractionX = fixedX & (one - 1);
      const fractionY = fixedY & (one - 1);
      const upper = 4 * ((fixedY >> bits) * width + (fixedX >> bits));
      const right = fractionX === 0 ? 0 : 4;
      const lower = fractionY === 0 ? upper : upper + 4 * width;
      const lowerRight = fractionX * fractionY;
      const lowerLeft = (fractionY << bits) - lowerRight;
      const upperRight = (fractionX << bits) - lowerRight;
      const upperLeft = one * one - upperRight - lowerLeft - lowerRight;
      for (let channel = 0; channel < 4; channel++) {
        warped[at + channel] =
          (upperLeft * pixels[upper + channel]! +
            upperRight * pixels[upper + right + channel]! +
            lowerLeft * pixels[lower + channel]! +
            lowerRight * pixels[lower + right + channel]! +
            one * (one >> 1)) >>
          (2 * bits);
      }
    }
  }
}

export function warp(picture: Pixels, shifts: Shifts, covered: Covered): Pixels {
  const pixels = new Uint8Array(picture.pixels.length);
  warpRows(picture, shifts, covered, 0, picture.height, pixels);
  return { ...picture, pixels };
}
