// An edited picture and where it belongs in the original go in; it comes out on the original's own pixels.
import type { Placement } from './align';
import type { Window } from './crop';
import { loadKernel, reserve, type Kernel } from './kernel';
import { copyShared, isOpaque, type Pixels } from './pixels';
import { checkWanted } from './wanted';

/** Of Lanczos' kernel, in pixels of whichever picture is coarser. */
const support = 3;

/**
 * Lanczos with three lobes, over as much more as it shrinks. Where the edited picture shows nothing of the original, the
 * original stays.
 */
export function resample(
  original: Pixels,
  edited: Pixels,
  placement: Placement,
  kernel: Kernel | 'none' = loadKernel() ?? 'none',
): Pixels {
  const { width, height } = original;
  const { scaleX, scaleY, offsetX, offsetY } = placement;
  const isPlain = scaleX === 1 && scaleY === 1 && offsetX === 0 && offsetY === 0;
  if (isPlain && width === edited.width && height === edited.height) return edited;
  const columns = weigh(edited.width, width, scaleX, offsetX);
  const rows = weigh(edited.height, height, scaleY, offsetY);
  const pixels = copyShared(original.pixels);
  makeRows({ width, height, pixels }, edited, columns, rows, kernel);
  return { width, height, pixels };
}

/**
 * A smaller picture, each pixel of which is the mean of what it covers, with parts of pixels: no ringing as Lanczos has.
 * What is transparent counts for as much as it shows.
 */
export function shrink(
  picture: Pixels,
  width: number,
  height: number,
  kernel: Kernel | 'none' = loadKernel() ?? 'none',
): Pixels {
  if (width === picture.width && height === picture.height) return picture;
  const pixels = new Uint8Array(4 * width * height);
  const columns = coverage(picture.width, width);
  makeRows({ width, height, pixels }, picture, columns, coverage(picture.height, height), kernel);
  return { width, height, pixels };
}

/** Writes into the first picture what the weights make of the second. */
function makeRows(
  { width, pixels }: Pixels,
  edited: Pixels,
  columns: Weights,
  rows: Weights,
  kernel: Kernel | 'none',
): void {
  const opaque = isOpaque(edited);
  const source = opaque ? edited : premultiply(edited);
  const stage =
    kernel === 'none'
      ? stageInScript(columns, width)
      : stageInKernel(kernel, columns, rows, edited.width, width);

  // Rows that are wanted again for the next rows stay: each in the slot of its number.
  const held = new Int32Array(rows.taps).fill(-1);
  for (let y = rows.from; y < rows.to; y++) {
    checkWanted();
    const first = rows.starts[y]!;
    for (let row = first; row < first + rows.taps; row++) {
      if (held[row % rows.taps] === row) continue;
      held[row % rows.taps] = row;
      const start = 4 * edited.width * row;
      stage.hold(row % rows.taps, source.pixels.subarray(start, start + 4 * edited.width));
    }
    const slots = Array.from({ length: rows.taps }, (_, tap) => (first + tap) % rows.taps);
    const line = stage.add(slots, rows.weights.subarray(y * rows.taps, (y + 1) * rows.taps));
    if (!opaque) unpremultiply(line);
    pixels.set(line.subarray(4 * columns.from, 4 * columns.to), 4 * (y * width + columns.from));
  }
}

/** Enlarged by less, nothing is to be seen of it. */
const leastLoss = 1.02;

/** The original with no more detail than an edited picture of that size can have there. */
export function soften(
  original: Pixels,
  edited: Pick<Pixels, 'width' | 'height'>,
  placement: Placement,
): Pixels {
  const { scaleX, scaleY, offsetX, offsetY } = placement;
  if (Math.max(scaleX, scaleY) < leastLoss) return original;
  const { width, height } = edited;
  const small = { width, height, pixels: new Uint8Array(4 * width * height) };
  const there = {
    scaleX: 1 / scaleX,
    scaleY: 1 / scaleY,
    offsetX: -offsetX / scaleX,
    offsetY: -offsetY / scaleY,
  };
  return resample(original, resample(small, original, there), placement);
}

/** How the pixels of a line are made of those of another. */
interface Weights {
  /** Pixels that each is made of. */
  readonly taps: number;
  /** The first of them. */
  readonly starts: Int32Array;
  readonly weights: Float32Array;
  /** Those that the edited picture reaches: from the first one to before the last. */
  readonly from: number;
  readonly to: number;
}

/** The part of the original that the edited picture reaches, in the original's pixels. */
export function reachedWindow(
  original: Pick<Pixels, 'width' | 'height'>,
  edited: Pick<Pixels, 'width' | 'height'>,
  { scaleX, scaleY, offsetX, offsetY }: Placement,
): Window {
  const across = reachOf(edited.width, original.width, scaleX, offsetX);
  const down = reachOf(edited.height, original.height, scaleY, offsetY);
  return { left: across.from, right: across.to, top: down.from, bottom: down.to };
}

function reachOf(
  fromLength: number,
  toLength: number,
  scale: number,
  offset: number,
): Pick<Weights, 'from' | 'to'> {
  // Half of a pixel that is not there may be made up.
  const from = Math.min(toLength, Math.max(0, Math.ceil(offset - 0.5)));
  const to = Math.max(from, Math.min(toLength, Math.floor(offset + scale * fromLength + 0.5)));
  return { from, to };
}

function weigh(fromLength: number, toLength: number, scale: number, offset: number): Weights {
  // Pixels of the edited picture for one of the original, and no fewer than one.
  const width = Math.max(1, 1 / scale);
  const reach = support * width;
  const taps = Math.min(fromLength, Math.ceil(2 * reach) + 1);
  const starts = new Int32Array(toLength);
  const weights = new Float32Array(taps * toLength);
  for (let to = 0; to < toLength; to++) {
    const middle = (to + 0.5 - offset) / scale - 0.5;
    const start = Math.min(fromLength - taps, Math.max(0, Math.floor(middle - reach) + 1));
    starts[to] = start;
    let sum = 0;
    for (let from = Math.ceil(middle - reach); from <= middle + reach; from++) {
      const weight = lanczos((from - middle) / width);
      // What would lie outside is its border again.
      const tap = Math.min(
        taps - 1,
        Math.max(0, Math.min(fromLength - 1, Math.max(0, from)) - start),
      );
      weights[to * taps + tap]! += weight;
      sum += weight;
    }
    for (let tap = to * taps; tap < (to + 1) * taps; tap++) weights[tap]! /= sum;
  }
  return { taps, starts, weights, ...reachOf(fromLength, toLength, scale, offset) };
}

/** Each new pixel is the mean of what it covers of the old ones. */
export function coverage(fromLength: number, toLength: number): Weights {
  const ratio = fromLength / toLength;
  const taps = Math.min(fromLength, Math.ceil(ratio) + 1);
  const starts = new Int32Array(toLength);
  const weights = new Float32Array(taps * toLength);
  for (let to = 0; to < toLength; to++) {
    const [left, right] = [to * ratio, (to + 1) * ratio];
    const start = Math.min(fromLength - taps, Math.floor(left));
    starts[to] = start;
    for (let tap = 0; tap < taps; tap++) {
      const covered = Math.min(right, start + tap + 1) - Math.max(left, start + tap);
      weights[to * taps + tap] = Math.max(0, covered) / ratio;
    }
  }
  return { taps, starts, weights, from: 0, to: toLength };
}

function lanczos(distance: number): number {
  if (distance === 0) return 1;
  if (Math.abs(distance) >= support) return 0;
  const angle = Math.PI * distance;
  return (support * Math.sin(angle) * Math.sin(angle / support)) / (angle * angle);
}

/** Makes lines of the new width, holds some, and adds them up. */
interface Stage {
  hold(slot: number, row: Uint8Array): void;
  /** Valid until the next call. */
  add(slots: readonly number[], weights: Float32Array): Uint8Array;
}

function stageInKernel(
  kernel: Kernel,
  columns: Weights,
  rows: Weights,
  fromWidth: number,
  width: number,
): Stage {
  const align = (address: number) => Math.ceil(address / 16) * 16;
  const source = align(kernel.firstFree());
  const starts = align(source + 4 * fromWidth);
  const weights = align(starts + 4 * width);
  const slots = align(weights + 4 * columns.weights.length);
  const slotAt = (slot: number) => slots + slot * 16 * width;
  const addresses = slotAt(rows.taps);
  const rowWeights = align(addresses + 4 * rows.taps);
  const out = align(rowWeights + 4 * rows.taps);
  const bytes = reserve(kernel, out + 4 * width);
  const { buffer } = bytes;
  new Int32Array(buffer, starts).set(columns.starts);
  new Float32Array(buffer, weights).set(columns.weights);
  return {
    hold: (slot, row) => {
      bytes.set(row, source);
      kernel.resampleRow(source, starts, weights, columns.taps, width, slotAt(slot));
    },
    add: (used, their) => {
      new Int32Array(buffer, addresses).set(used.map(slotAt));
      new Float32Array(buffer, rowWeights).set(their);
      kernel.addRows(addresses, rowWeights, used.length, width, out);
      return bytes.subarray(out, out + 4 * width);
    },
  };
}

/** The same in plain TypeScript. */
function stageInScript(columns: Weights, width: number): Stage {
  const held: Float32Array[] = [];
  const line = new Uint8ClampedArray(4 * width);
  return {
    hold: (slot, row) => {
      const made = (held[slot] ??= new Float32Array(4 * width));
      made.fill(0);
      for (let x = 0, weight = 0; x < width; x++) {
        let from = 4 * columns.starts[x]!;
        for (let tap = 0; tap < columns.taps; tap++, weight++) {
          for (let to = 4 * x; to < 4 * x + 4; to++, from++) {
            made[to]! += columns.weights[weight]! * row[from]!;
          }
        }
      }
    },
    add: (slots, weights) => {
      for (let at = 0; at < line.length; at++) {
        let sum = 0;
        for (let tap = 0; tap < slots.length; tap++) sum += weights[tap]! * held[slots[tap]!]![at]!;
        line[at] = sum;
      }
      return new Uint8Array(line.buffer);
    },
  };
}

/** Bytes between two questions whether somebody still waits. */
const checkedBytes = 1 << 18;

/** So that what is not seen does not colour what is. */
function premultiply({ pixels, ...size }: Pixels): Pixels {
  const multiplied = pixels.slice();
  for (let at = 0; at < pixels.length; at += 4) {
    if (at % checkedBytes === 0) checkWanted();
    const alpha = pixels[at + 3]! / 255;
    for (let channel = at; channel < at + 3; channel++) {
      multiplied[channel] = Math.round(pixels[channel]! * alpha);
    }
  }
  return { ...size, pixels: multiplied };
}

function unpremultiply(line: Uint8Array): void {
  for (let at = 0; at < line.length; at += 4) {
    const alpha = line[at + 3]! / 255;
    if (alpha === 0 || alpha === 1) continue;
    for (let channel = at; channel < at + 3; channel++) {
      line[channel] = Math.min(255, Math.round(line[channel]! / alpha));
    }
  }
}
