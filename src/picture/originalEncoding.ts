// The bytes of an original go in; how to encode another picture so that it is stored as well, and no better, comes out.
import type { Encoding } from './encoding';
import { isFrame, jpeg } from './metadata/jpeg';
import { nameAt, viewOf } from './metadata/bytes';
import { webp } from './metadata/webp';
import type { Encoded } from './open';
import { readQuantisers } from './vp8';

/** Where the original does not tell, or cannot be told: nobody sees a loss at these. */
const unknownQuality = { JPEG: 90, WebP: 85, AVIF: 60 };

/** Undefined where the format is not written. */
export function readEncoding({ bytes, format }: Encoded): Encoding | undefined {
  switch (format) {
    case 'JPEG':
      return { format, ...readJpeg(bytes) };
    case 'WebP':
      return { format, quality: readWebpQuality(bytes) };
    case 'AVIF':
      return { format, quality: unknownQuality.AVIF };
    // Nothing is lost in a PNG: more colours than a palette has are written as they are.
    case 'PNG':
    case 'GIF':
      return { format };
    default:
      return undefined;
  }
}

/** Luma as Annex K of the JPEG standard has it, which is quality 50, row by row. */
const standardLuma = [
  ...[16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55],
  ...[14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62],
  ...[18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92],
  ...[49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99],
];

function readJpeg(bytes: Uint8Array) {
  let luma: number[] | undefined;
  let subsampled = true;
  let progressive = false;
  for (const { kind, start, end } of jpeg.parts(bytes)) {
    if (kind === 'pixels') break;
    const marker = bytes[start + 1];
    if (kind !== 'header' || marker === undefined) continue;
    const content = bytes.subarray(start + 4, end);
    if (marker === 0xdb) luma = readTable(content, 0) ?? luma;
    if (!isFrame(marker)) continue;
    progressive = marker === 0xc2;
    // Three bytes a component, the second of them how often it is sampled across and down.
    const [first = 0x11, ...others] = [7, 10, 13].map((at) => content[at]);
    subsampled =
      content[5] === 3 && others.every((sampling) => sampling === 0x11) && first === 0x22;
  }
  const quality = luma ? qualityOf(luma) : unknownQuality.JPEG;
  return { quality, subsampled, progressive };
}

/** The quantisation table of a number; undefined where the segment does not hold it. */
function readTable(content: Uint8Array, wanted: number): number[] | undefined {
  for (let at = 0; at < content.length;) {
    const wide = content[at]! >> 4 !== 0;
    const number = content[at]! & 15;
    const end = at + 1 + (wide ? 128 : 64);
    if (end > content.length) return undefined;
    if (number === wanted) {
      const view = viewOf(content);
      return Array.from({ length: 64 }, (_, index) =>
        wide ? view.getUint16(at + 1 + 2 * index) : view.getUint8(at + 1 + index),
      );
    }
    at = end;
  }
  return undefined;
}

/**
 * The quality at which libjpeg quantises as coarsely on the whole: exactly the one it was encoded with where it used
 * the standard's tables, and an equal one for those of cameras and other programs.
 */
function qualityOf(table: readonly number[]): number {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const wanted = sum(table);
  let best = 1;
  let distance = Infinity;
  for (let quality = 1; quality <= 100; quality++) {
    const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    const scaled = standardLuma.map((value) =>
      Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100))),
    );
    const away = Math.abs(sum(scaled) - wanted);
    if (away < distance) [best, distance] = [quality, away];
  }
  return best;
}

function readWebpQuality(bytes: Uint8Array): number | 'lossless' {
  for (const { kind, start, end } of webp.parts(bytes)) {
    if (kind !== 'pixels') continue;
    switch (nameAt(bytes, start)) {
      case 'VP8L':
        return 'lossless';
      case 'VP8 ':
        return webpQualityOf(readQuantisers(bytes.subarray(start + 8, end)));
      case 'ANMF':
        return readFrame(bytes.subarray(start + 24, end));
    }
  }
  return unknownQuality.WebP;
}

/** A frame of an animation holds chunks itself. */
function readFrame(frame: Uint8Array): number | 'lossless' {
  for (let at = 0; at + 8 <= frame.length;) {
    const length = viewOf(frame).getUint32(at + 4, true);
    const name = nameAt(frame, at);
    if (name === 'VP8L') return 'lossless';
    if (name === 'VP8 ')
      return webpQualityOf(readQuantisers(frame.subarray(at + 8, at + 8 + length)));
    at += 8 + length + (length % 2);
  }
  return unknownQuality.WebP;
}

/**
 * What libwebp makes of a quality, backwards: its coarsest segment depends on nothing but the quality.
 * `VP8SetSegmentParams` in its `quant_enc.c`, at its default strength of spatial noise shaping.
 */
function webpQualityOf(quantisers: readonly number[]): number {
  if (quantisers.length === 0) return unknownQuality.WebP;
  const exponent = quantisers.length > 1 ? 1 + ((0.9 * 0.5) / 128) * 127 : 1;
  const compression = (1 - Math.max(...quantisers) / 127) ** (3 / exponent);
  const quality = compression < 0.5 ? 1.5 * compression : (1 + compression) / 2;
  return Math.round(100 * Math.min(1, Math.max(0, quality)));
}
