// The bytes of a picture go in; how many of its pixels make an inch or a metre comes out. And the other way round.
import { bytesOf, joinBytes, nameAt, standsAt, viewOf } from './bytes';
import { jpeg } from './jpeg';
import type { Part } from './parts';
import { png, pngChunk } from './png';
import { tiffEntries } from './tiff';

/** Pixels of a length, across and down. `none` says their shape alone. */
export interface Resolution {
  readonly x: number;
  readonly y: number;
  readonly per: 'none' | 'inch' | 'centimetre' | 'metre';
}

const inchesPerMetre = 1 / 0.0254;

/** What a PNG says in pHYs, a JPEG in its JFIF segment, a TIFF in its first directory; undefined where it says nothing. */
export function readResolution(bytes: Uint8Array): Resolution | undefined {
  if (standsAt(bytes, 0, '\xff\xd8\xff')) return readJfif(bytes);
  if (standsAt(bytes, 0, '\x89PNG')) return readPhys(bytes);
  return readTiff(bytes);
}

/**
 * @param resolution undefined where nobody has set one: then a PNG says nothing, and a JPEG that its pixels are square
 * @returns the very same bytes of any other format
 */
export function writeResolution(bytes: Uint8Array, resolution: Resolution | undefined): Uint8Array {
  if (standsAt(bytes, 0, '\xff\xd8\xff')) return writeJfif(bytes, resolution);
  if (standsAt(bytes, 0, '\x89PNG')) return writePhys(bytes, resolution);
  return bytes;
}

/** The first part that is looked for, of those in front of the pixels. */
function findAhead(parts: Iterable<Part>, isIt: (part: Part) => boolean): Part | undefined {
  for (const part of parts) {
    if (part.kind === 'pixels') return undefined;
    if (isIt(part)) return part;
  }
  return undefined;
}

function findPhys(bytes: Uint8Array): Part | undefined {
  return findAhead(
    png.parts(bytes),
    ({ start, end }) => nameAt(bytes, start + 4) === 'pHYs' && end - start === 21,
  );
}

function readPhys(bytes: Uint8Array): Resolution | undefined {
  const phys = findPhys(bytes);
  if (!phys) return undefined;
  const view = viewOf(bytes);
  return {
    x: view.getUint32(phys.start + 8),
    y: view.getUint32(phys.start + 12),
    per: bytes[phys.start + 16] === 1 ? 'metre' : 'none',
  };
}

function writePhys(bytes: Uint8Array, resolution: Resolution | undefined): Uint8Array {
  const phys = findPhys(bytes);
  const chunk = resolution && physOf(resolution);
  if (!phys && !chunk) return bytes;
  // Behind the header where there is none yet: it has to stand in front of the pixels.
  const { start, end } = phys ?? { start: 33, end: 33 };
  return joinBytes(bytes.subarray(0, start), chunk ?? new Uint8Array(), bytes.subarray(end));
}

function physOf({ x, y, per }: Resolution): Uint8Array | undefined {
  // That pixels are square goes without saying.
  if (per === 'none' && x === y) return undefined;
  const scale = { none: 1, metre: 1, centimetre: 100, inch: inchesPerMetre }[per];
  const content = new Uint8Array(9);
  const view = viewOf(content);
  view.setUint32(0, Math.round(x * scale));
  view.setUint32(4, Math.round(y * scale));
  content[8] = per === 'none' ? 0 : 1;
  return pngChunk('pHYs', content);
}

const jfifUnits = ['none', 'inch', 'centimetre'] as const;

function findJfif(bytes: Uint8Array): Part | undefined {
  return findAhead(jpeg.parts(bytes), ({ start, end }) => {
    const isJfif = bytes[start + 1] === 0xe0 && standsAt(bytes, start + 4, 'JFIF\0');
    return isJfif && end - start >= 16;
  });
}

function readJfif(bytes: Uint8Array): Resolution | undefined {
  const jfif = findJfif(bytes);
  if (!jfif) return undefined;
  const view = viewOf(bytes);
  return {
    per: jfifUnits[bytes[jfif.start + 11]!] ?? 'none',
    x: view.getUint16(jfif.start + 12),
    y: view.getUint16(jfif.start + 14),
  };
}

function writeJfif(bytes: Uint8Array, resolution: Resolution | undefined): Uint8Array {
  const jfif = findJfif(bytes);
  if (!jfif && !resolution) return bytes;
  const { x, y, per } = jfifOf(resolution);
  const segment = jfif
    ? new Uint8Array(bytes.subarray(jfif.start, jfif.end))
    : joinBytes(Uint8Array.of(0xff, 0xe0, 0, 16), bytesOf('JFIF\0\x01\x02'), new Uint8Array(7));
  segment[11] = jfifUnits.indexOf(per);
  const view = viewOf(segment);
  view.setUint16(12, x);
  view.setUint16(14, y);
  const { start, end } = jfif ?? { start: 2, end: 2 };
  return joinBytes(bytes.subarray(0, start), segment, bytes.subarray(end));
}

/** In whole numbers of two bytes. */
function jfifOf(resolution: Resolution | undefined) {
  const square = { x: 1, y: 1, per: 'none' } as const;
  if (!resolution) return square;
  const { x, y, per } = resolution;
  const scaled =
    per === 'metre'
      ? ({ x: x / inchesPerMetre, y: y / inchesPerMetre, per: 'inch' } as const)
      : { x, y, per };
  const rounded = { x: Math.round(scaled.x), y: Math.round(scaled.y), per: scaled.per };
  return Math.max(rounded.x, rounded.y) > 0xffff ? square : rounded;
}

const tiffTags = { across: 0x011a, down: 0x011b, unit: 0x0128 };

/** @see https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf page 38 */
function readTiff(bytes: Uint8Array): Resolution | undefined {
  const view = viewOf(bytes);
  const found: Partial<Record<keyof typeof tiffTags, number>> = {};
  try {
    for (const { tag, at: entry, little } of tiffEntries(bytes)) {
      if (tag === tiffTags.unit) found.unit = view.getUint16(entry + 8, little);
      if (tag !== tiffTags.across && tag !== tiffTags.down) continue;
      const at = view.getUint32(entry + 8, little);
      const value = view.getUint32(at, little) / view.getUint32(at + 4, little);
      found[tag === tiffTags.across ? 'across' : 'down'] = value;
    }
  } catch (error) {
    // Offsets that lead out of the file.
    if (!(error instanceof RangeError)) throw error;
  }
  const { across = NaN, down = NaN, unit = 2 } = found;
  if (!(across > 0 && across < Infinity && down > 0 && down < Infinity)) return undefined;
  return {
    x: across,
    y: down,
    per: (['none', 'none', 'inch', 'centimetre'] as const)[unit] ?? 'none',
  };
}
