// The bytes of a picture go in; how many frames or pages it has comes out, and a PNG without those behind its first.
import { brandsOf } from './avif';
import { joinBytes, nameAt, standsAt, viewOf } from './bytes';
import { png } from './png';
import { webp } from './webp';

/** 1 where it is a still picture, or does not say. Reads no pixels. */
export function countFrames(bytes: Uint8Array): number {
  try {
    return Math.max(1, counterOf(bytes)?.(bytes) ?? 1);
  } catch (error) {
    // Offsets that lead out of the file.
    if (error instanceof RangeError) return 1;
    throw error;
  }
}

function counterOf(bytes: Uint8Array): ((bytes: Uint8Array) => number) | undefined {
  if (standsAt(bytes, 0, '\x89PNG')) return countOfPng;
  if (standsAt(bytes, 0, 'GIF8')) return countOfGif;
  if (standsAt(bytes, 8, 'WEBP')) return countOfWebp;
  if (standsAt(bytes, 0, 'II*\0') || standsAt(bytes, 0, 'MM\0*')) return countOfTiff;
  return standsAt(bytes, 4, 'ftyp') ? countOfAvif : undefined;
}

/** @see https://www.w3.org/TR/png-3/#acTL-chunk */
function countOfPng(bytes: Uint8Array): number {
  for (const { start, kind } of png.parts(bytes)) {
    const name = nameAt(bytes, start + 4);
    // Behind the pixels it counts for nothing.
    if (kind === 'pixels') return 1;
    if (name === 'acTL') return viewOf(bytes).getUint32(start + 8);
  }
  return 1;
}

/** Chunks that make a PNG move. */
const moving = new Set(['acTL', 'fcTL', 'fdAT']);

/**
 * A PNG as those see it who do not know of animation.
 * @returns the very same bytes where it is a still picture, also of any other format
 */
export function withoutFrames(bytes: Uint8Array): Uint8Array {
  if (!standsAt(bytes, 0, '\x89PNG')) return bytes;
  const pieces: Uint8Array[] = [];
  let done = 0;
  for (const { start, end } of png.parts(bytes)) {
    if (!moving.has(nameAt(bytes, start + 4))) continue;
    pieces.push(bytes.subarray(done, start));
    done = end;
  }
  return done === 0 ? bytes : joinBytes(...pieces, bytes.subarray(done));
}

/** Whether the picture that a PNG shows those who do not know of animation is none of its frames. */
export function hasOwnStill(bytes: Uint8Array): boolean {
  if (!standsAt(bytes, 0, '\x89PNG') || countOfPng(bytes) === 1) return false;
  for (const { start } of png.parts(bytes)) {
    const name = nameAt(bytes, start + 4);
    if (name === 'fcTL') return false;
    if (name === 'IDAT') return true;
  }
  return false;
}

/** @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function countOfGif(bytes: Uint8Array): number {
  let frames = 0;
  for (let at = 13 + paletteLength(bytes[10]); at < bytes.length;) {
    if (bytes[at] === 0x21) at = behindBlocks(bytes, at + 2);
    else if (bytes[at] === 0x2c) {
      frames++;
      at = behindBlocks(bytes, at + 11 + paletteLength(bytes[at + 9]));
    } else break;
  }
  return frames;
}

function paletteLength(flags = 0): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Each block says its length, and the last one is empty. */
function behindBlocks(bytes: Uint8Array, at: number): number {
  for (let length = bytes[at]; length !== undefined && length > 0; length = bytes[at]) {
    at += 1 + length;
  }
  return at + 1;
}

function countOfWebp(bytes: Uint8Array): number {
  let frames = 0;
  for (const { start } of webp.parts(bytes)) if (nameAt(bytes, start) === 'ANMF') frames++;
  return frames;
}

/** Directories of a TIFF hang on each other: more of them go round in a circle. */
const pageLimit = 10_000;

function countOfTiff(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  const little = bytes[0] === 0x49;
  let pages = 0;
  for (let at = view.getUint32(4, little); at !== 0 && pages < pageLimit; pages++) {
    at = view.getUint32(at + 2 + 12 * view.getUint16(at, little), little);
  }
  return pages;
}

/** A sequence is a film of which each sample is a frame, see ISO/IEC 14496-12, 8.7.3. */
function countOfAvif(bytes: Uint8Array): number {
  if (!brandsOf(bytes).includes('avis')) return 1;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const film = file.indexOf('moov', 0, 'latin1');
  const sizes = film < 0 ? -1 : file.indexOf('stsz', film, 'latin1');
  return sizes < 0 ? 1 : viewOf(bytes).getUint32(sizes + 12);
}
