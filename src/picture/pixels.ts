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

/** Alpha in a word of four bytes, whichever way round the processor has them. */
const alphaMask = new Uint32Array(Uint8Array.of(0, 0, 0, 255).buffer)[0]!;

/** Whether nothing of it is transparent. */
export function isOpaque({ pixels }: Pixels): boolean {
  const isAligned = pixels.byteOffset % 4 === 0;
  const { buffer, byteOffset, length } = isAligned ? pixels : pixels.slice();
  const words = new Uint32Array(buffer, byteOffset, length / 4);
  for (let from = 0; from < words.length; from += stretch) {
    checkWanted();
    const end = Math.min(words.length, from + stretch);
    let all = alphaMask;
    for (let at = from; at < end; at++) all &= words[at]!;
    if (all >>> 0 !== alphaMask) return false;
  }
  return true;
}
