// Pixels that are partly an original JPEG's go in; the same come out with the colours there that the JPEG itself has stored,
// so that they are stored as they were once more.
import type Vips from 'wasm-vips';
import type { Encoding } from './encoding';
import type { Decoded } from './jobs';
import { readOrientation } from './metadata/metadata';
import type { Encoded } from './open';
import type { Task } from './task';

/** Rows that are copied at a time: an even number. */
const stripRows = 256;

/**
 * A JPEG mostly has one colour for four pixels, which decoders blend into each other. To store the average of what they
 * blended loses some each time: of the pixels that nobody has changed, one in twenty comes out visibly different. Where
 * all four are the original's they get its one colour back, and the encoder finds the number that was there.
 * @returns the very same pixels where that cannot be done, or is not needed
 */
export function withOwnChroma(
  task: Task,
  edited: Decoded,
  original: Encoded,
  encoding: Encoding,
): Decoded {
  const isSubsampled = encoding.format === 'JPEG' && encoding.subsampled;
  if (!isSubsampled || original.format !== 'JPEG') return edited;
  const { width, height } = edited;
  const load = (shrink: number) =>
    task.own(task.vips.Image.jpegloadBuffer(original.bytes, { shrink }));
  const [full, half] = [load(1), load(2)];
  const across = width >> 1;
  // One that is turned before it is shown has its squares elsewhere.
  const isAlike =
    full.width === width && full.height === height && readOrientation(original.bytes) === 1;
  if (!isAlike || full.bands !== 3 || half.bands !== 3 || half.width < across) return edited;
  const decoded = task.own(task.watch(full).copyMemory());
  // At half the size a colour is not blended with any other.
  const colours = task.own(task.watch(half).copyMemory());
  const pixels = new Uint8Array(edited.pixels);
  for (let top = 0; top + 1 < height; top += stripRows) {
    const rows = Math.min(stripRows, height - top) & ~1;
    const own = bytesOf(task.own(decoded.crop(0, top, width, rows)));
    const averages = bytesOf(task.own(colours.crop(0, top >> 1, across, rows >> 1)));
    const strip = pixels.subarray(4 * width * top, 4 * width * (top + rows));
    putBack(strip, own, averages, width);
  }
  return { ...edited, pixels };
}

/**
 * @param pixels four bytes each, changed in place
 * @param own the original's, three bytes each
 * @param colours one of three bytes for each square of two by two
 */
function putBack(pixels: Uint8Array, own: Uint8Array, colours: Uint8Array, width: number): void {
  const across = width >> 1;
  for (let square = 0, at = 0; at < colours.length; square++, at += 3) {
    const place = 2 * width * Math.floor(square / across) + 2 * (square % across);
    const below = place + width;
    const areOwn =
      isSame(pixels, own, place) &&
      isSame(pixels, own, place + 1) &&
      isSame(pixels, own, below) &&
      isSame(pixels, own, below + 1);
    if (!areOwn) continue;
    const [red, green, blue] = [colours[at]!, colours[at + 1]!, colours[at + 2]!];
    // As JFIF has them, each from -128 to 127.
    const blueness = -0.168736 * red - 0.331264 * green + 0.5 * blue;
    const redness = 0.5 * red - 0.418688 * green - 0.081312 * blue;
    for (let step = 0; step < 4; step++) {
      const one = (step < 2 ? place : below) + (step & 1);
      const luma = lumaAt(own, 3 * one);
      pixels[4 * one] = inByte(luma + 1.402 * redness);
      pixels[4 * one + 1] = inByte(luma - 0.344136 * blueness - 0.714136 * redness);
      pixels[4 * one + 2] = inByte(luma + 1.772 * blueness);
    }
  }
}

function lumaAt(pixels: Uint8Array, at: number): number {
  return 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;
}

function isSame(pixels: Uint8Array, own: Uint8Array, place: number): boolean {
  const [at, from] = [4 * place, 3 * place];
  return (
    pixels[at] === own[from] &&
    pixels[at + 1] === own[from + 1] &&
    pixels[at + 2] === own[from + 2] &&
    pixels[at + 3] === 255
  );
}

function inByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}

function bytesOf(image: Vips.Image): Uint8Array {
  return new Uint8Array(image.writeToMemory());
}
