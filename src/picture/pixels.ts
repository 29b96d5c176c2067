// What a decoded picture is, and whether anything of it is transparent.
import { checkWanted } from './wanted';

export interface Pixels {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Row by row from the top: red, green, blue and alpha of each, not premultiplied. */
  readonly pixels: Uint8Array;
}

/** Pixels that are looked at before the answer is asked for. */
const stretch = 1024;

/** Bytes that are copied at a time. */
const piece = 1 << 22;

/** In shared memory, so that threads hand it to each other without another copy. */
export function copyShared(pixels: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(pixels.length));
  for (let from = 0; from < pixels.length; from += piece) {
    checkWanted();
    copy.set(pixels.subarray(from, from + piece), from);
  }
  return copy;
}

/** Whether nothing of it is transparent. */
export function isOpaque({ pixels }: Pixels): boolean {
  for (let from = 0; from < pixels.length; from += 4 * stretch) {
    checkWanted();
    const end = Math.min(pixels.length, from + 4 * stretch);
    let all = 255;
    for (let at = from + 3; at < end; at += 4) all &= pixels[at]!;
    if (all !== 255) return false;
  }
  return true;
}
