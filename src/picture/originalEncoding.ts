// The bytes of an original go in; how to encode another picture so that it is stored as well, and no better, comes out.
import type { Encoding } from './encoding';
import { baseTables } from './jpegTables';
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

function readJpeg(bytes: Uint8Array) {
  const tables = new Map<number, readonly number[]>();
  let [lumaNumber, chromaNumber] = [0, 0];
  let subsampled = true;
  let progressive = false;
  for (const { kind, start, end } of jpeg.parts(bytes)) {
    if (kind === 'pixels') break;
    const marker = bytes[start + 1];
    if (kind !== 'header' || marker === undefined) continue;
    const content = bytes.subarray(start + 4, end);
    if (marker === 0xdb) readTables(content, tables);
    if (!isFrame(marker)) continue;
    progressive = marker === 0xc2;
    // Three bytes a component: its name, how often it is sampled across and down, and the number of its table.
    const [first = 0x11, ...others] = [7, 10, 13].map((at) => content[at]);
    const isColour = content[5] === 3;
    subsampled = isColour && others.every((sampling) => sampling === 0x11) && first === 0x22;
    lumaNumber = content[8] ?? 0;
    chromaNumber = isColour ? (content[11] ?? lumaNumber) : lumaNumber;
  }
  const luma = tables.get(lumaNumber);
  const chroma = chromaNumber === lumaNumber ? undefined : tables.get(chromaNumber);
  const quantised = luma ? nearestQuality(luma, chroma) : { quality: unknownQuality.JPEG };
  return { ...quantised, subsampled, progressive };
}

/** The quantisation tables of a segment, by their numbers. */
function readTables(content: Uint8Array, tables: Map<number, readonly number[]>): void {
  const view = viewOf(content);
  for (let at = 0; at < content.length;) {
    const wide = content[at]! >> 4 !== 0;
    const end = at + 1 + (wide ? 128 : 64);
    if (end > content.length) return;
    const table = Array.from({ length: 64 }, (_, index) =>
      wide ? view.getUint16(at + 1 + 2 * index) : view.getUint8(at + 1 + index),
    );
    tables.set(content[at]! & 15, table);
    at = end;
  }
}

/**
 * The tables of the encoder at hand that are nearest: the very same ones where the original was made by libjpeg or
 * mozjpeg, and those that quantise most alike for cameras and other programs. It takes no tables of others.
 * @param chroma undefined where it has no table of its own
 */
function nearestQuality(
  luma: readonly number[],
  chroma: readonly number[] | undefined,
): { readonly quality: number; readonly table?: number } {
  let best = { quality: 1, table: 0 };
  let least = Infinity;
  for (const [table, [baseLuma, baseChroma]] of baseTables.entries()) {
    for (let quality = 1; quality <= 100; quality++) {
      const away =
        distance(luma, baseLuma, quality) + (chroma ? distance(chroma, baseChroma, quality) : 0);
      if (away < least) [best, least] = [{ quality, table }, away];
    }
  }
  return best.table === 0 ? { quality: best.quality } : best;
}

/** How unlike a table is one at another quality, as libjpeg counts that, in parts of its numbers. */
function distance(table: readonly number[], base: readonly number[], quality: number): number {
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  let sum = 0;
  for (let at = 0; at < 64; at++) {
    const scaled = Math.min(255, Math.max(1, Math.floor((base[at]! * scale + 50) / 100)));
    sum += Math.abs(scaled - table[at]!) / (scaled + table[at]!);
  }
  return sum;
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
