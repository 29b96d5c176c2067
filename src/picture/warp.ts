// Rows of a picture and shifts of its places go in; the rows with every place shifted back come out.
import { loadKernel, reserve, type Kernel } from './kernel';
import type { Pixels } from './pixels';
import type { Covered } from './planes';
import type { Shifts } from './register';
import { checkWanted } from './wanted';

/** Bits of a fraction of a pixel. */
const bits = 7;
const one = 1 << bits;

/** Rows that are made. */
export interface Band {
  /** The first row, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/**
 * Each pixel from where the shifts say that it is now, between pixels linearly: to be measured, not to be seen.
 * @param warped as many rows
 */
export function warpRows(
  picture: Pixels,
  shifts: Shifts,
  covered: Covered,
  { from, to }: Band,
  warped: Uint8Array,
  kernel: Kernel | 'none' = loadKernel() ?? 'none',
): void {
  const { width, height } = picture;
  const line = 4 * width;
  const reach = Math.ceil(mostOf(shifts.down) * height) + 1;
  const top = Math.max(0, from - reach);
  const bottom = Math.min(height, to + reach + 1);
  const source = picture.pixels.subarray(line * top, line * bottom);
  const placesOf = findPlaces(picture, shifts, covered);
  if (kernel === 'none') {
    const places = new Int32Array(2 * width);
    for (let y = from; y < to; y++) {
      checkWanted();
      placesOf(y, top, places);
      sampleInScript(source, width, places, warped.subarray(line * (y - from)));
    }
    return;
  }
  const places = Math.ceil(kernel.firstFree() / 16) * 16;
  const out = places + 8 * width;
  const pixels = out + line;
  const memory = reserve(kernel, pixels + source.length);
  memory.set(source, pixels);
  const numbers = new Int32Array(memory.buffer, places, 2 * width);
  for (let y = from; y < to; y++) {
    checkWanted();
    placesOf(y, top, numbers);
    kernel.warpRow(pixels, width, places, width, out);
    warped.set(memory.subarray(out, out + line), line * (y - from));
  }
}

export function warp(picture: Pixels, shifts: Shifts, covered: Covered): Pixels {
  const pixels = new Uint8Array(picture.pixels.length);
  warpRows(picture, shifts, covered, { from: 0, to: picture.height }, pixels);
  return { ...picture, pixels };
}

function mostOf(values: Float32Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** Writes for each pixel of a row how far across and down it is now, in parts of a pixel, down from a row called `top`. */
function findPlaces(
  { width, height }: Pixels,
  { columns, rows, across, down }: Shifts,
  covered: Covered,
): (y: number, top: number, places: Int32Array) => void {
  const limits = {
    left: Math.ceil(covered.left * width),
    right: Math.max(1, Math.floor(covered.right * width)) - 1,
    top: Math.ceil(covered.top * height),
    bottom: Math.max(1, Math.floor(covered.bottom * height)) - 1,
  };
  /** Of each pixel the node before it, and how far it is to the next. */
  const nodes = new Int32Array(width);
  const rests = new Float64Array(width);
  for (let x = 0; x < width; x++) {
    const place = Math.min(columns - 1, Math.max(0, ((x + 0.5) / width) * columns - 0.5));
    nodes[x] = Math.min(columns - 2, Math.floor(place));
    rests[x] = place - nodes[x]!;
  }
  const acrossLine = new Float32Array(columns);
  const downLine = new Float32Array(columns);
  return (y, top, places) => {
    const row = Math.min(rows - 1, Math.max(0, ((y + 0.5) / height) * rows - 0.5));
    const upper = Math.min(rows - 2, Math.floor(row));
    const part = row - upper;
    for (let column = 0; column < columns; column++) {
      const node = upper * columns + column;
      const below = node + columns;
      acrossLine[column] = (across[node]! + part * (across[below]! - across[node]!)) * width;
      downLine[column] = (down[node]! + part * (down[below]! - down[node]!)) * height;
    }
    const isBareRow = y < limits.top || y > limits.bottom;
    for (let x = 0, to = 0; x < width; x++, to += 2) {
      // What it does not cover is the original, which stays.
      if (isBareRow || x < limits.left || x > limits.right) {
        places[to] = x * one;
        places[to + 1] = (y - top) * one;
        continue;
      }
      const node = nodes[x]!;
      const rest = rests[x]!;
      const toX = x + acrossLine[node]! + rest * (acrossLine[node + 1]! - acrossLine[node]!);
      const toY = y + downLine[node]! + rest * (downLine[node + 1]! - downLine[node]!);
      places[to] =
        ((toX < limits.left ? limits.left : toX > limits.right ? limits.right : toX) * one) | 0;
      const row2 = toY < limits.top ? limits.top : toY > limits.bottom ? limits.bottom : toY;
      places[to + 1] = ((row2 * one) | 0) - top * one;
    }
  };
}

/** The same as the kernel's `warpRow`. */
function sampleInScript(
  pixels: Uint8Array,
  width: number,
  places: Int32Array,
  warped: Uint8Array,
): void {
  for (let from = 0, at = 0; from < places.length; from += 2, at += 4) {
    const [x, y] = [places[from]!, places[from + 1]!];
    const fractionX = x & (one - 1);
    const fractionY = y & (one - 1);
    const upper = 4 * ((y >> bits) * width + (x >> bits));
    const right = fractionX === 0 ? 0 : 4;
    const lower = fractionY === 0 ? upper : upper + 4 * width;
    for (let channel = 0; channel < 4; channel++) {
      const left =
        (one - fractionY) * pixels[upper + channel]! + fractionY * pixels[lower + channel]!;
      const beside =
        (one - fractionY) * pixels[upper + right + channel]! +
        fractionY * pixels[lower + right + channel]!;
      const sum = (one - fractionX) * left + fractionX * beside;
      warped[at + channel] = (sum + one * (one >> 1)) >> (2 * bits);
    }
  }
}
