// The bytes of a PNG go in, its chunks come out: each a part with what it is for.
import { crc32 } from 'node:zlib';
import { bytesOf, joinBytes, nameAt, standsAt, viewOf } from './bytes';
import type { Container, Insertion, Part, PartKind } from './parts';

export const png: Container = { parts, wrapExif, wrapXmp, insert };

const signatureLength = 8;

/** Ancillary chunks that say how the picture looks; critical ones (a capital first) always do. */
const drawing = new Set(
  'tRNS gAMA cHRM sRGB sBIT bKGD hIST pHYs sPLT cICP mDCV mDCv cLLI cLLi acTL fcTL fdAT'.split(' '),
);
const pixels = new Set(['IDAT', 'fdAT']);
const xmpMark = 'XML:com.adobe.xmp\0';
/** ImageMagick's way to hold XMP; that of libvips is the proper mark on another kind of text. */
const rawXmpMark = 'Raw profile type xmp\0';

function* parts(bytes: Uint8Array): Generator<Part> {
  yield { kind: 'header', start: 0, end: signatureLength };
  const view = viewOf(bytes);
  for (let start = signatureLength; start + 8 <= bytes.length;) {
    const name = nameAt(bytes, start + 4);
    if (!/^[A-Za-z]{4}$/.test(name)) return;
    // Four bytes each for length, name and checksum.
    const end = start + 12 + view.getUint32(start);
    if (end > bytes.length) {
      // Readers draw as much as there is.
      if (pixels.has(name)) yield { kind: 'pixels', start, end: bytes.length };
      return;
    }
    yield chunk(bytes, name, start, end);
    if (name === 'IEND') return;
    start = end;
  }
}

function chunk(bytes: Uint8Array, name: string, start: number, end: number): Part {
  const contentStart = start + 8;
  const contentEnd = end - 4;
  if (name === 'eXIf') return { kind: 'exif', start, end, contentStart, contentEnd };
  if (name === 'iTXt' && end - start > xmpMark.length && standsAt(bytes, contentStart, xmpMark)) {
    const flags = contentStart + xmpMark.length;
    // Behind them, each with a zero at its end: a language, and the keyword translated to it.
    const language = bytes.indexOf(0, flags + 2);
    const keyword = language < 0 ? -1 : bytes.indexOf(0, language + 1);
    const textStart = keyword < 0 ? contentEnd : Math.min(keyword + 1, contentEnd);
    return {
      kind: 'xmp',
      start,
      end,
      contentStart: textStart,
      contentEnd,
      deflated: bytes[flags] === 1,
    };
  }
  const mark = [rawXmpMark, xmpMark].find((each) => standsAt(bytes, contentStart, each));
  if (mark !== undefined && (name === 'tEXt' || name === 'zTXt')) {
    const deflated = name === 'zTXt';
    // The only way to deflate has a number, which is 0.
    const textStart = contentStart + mark.length + (deflated ? 1 : 0);
    return {
      kind: 'xmp',
      start,
      end,
      contentStart: Math.min(textStart, contentEnd),
      contentEnd,
      deflated,
      hexadecimal: mark === rawXmpMark,
    };
  }
  if (name === 'caBX') return { kind: 'other', start, end, manifest: true };
  return { kind: kindOf(name), start, end };
}

function kindOf(name: string): PartKind {
  if (pixels.has(name)) return 'pixels';
  if (name === 'iCCP') return 'icc';
  return /^[A-Z]/.test(name) || drawing.has(name) ? 'header' : 'other';
}

function wrapExif(block: Uint8Array): Uint8Array {
  return pngChunk('eXIf', block);
}

function wrapXmp(packet: Uint8Array): Uint8Array {
  // Not deflated, as XMP's specification wants it, and in no language.
  return pngChunk('iTXt', joinBytes(bytesOf(`${xmpMark}\0\0\0\0`), packet));
}

/** With its length and checksum. */
export function pngChunk(name: string, content: Uint8Array): Uint8Array {
  const named = joinBytes(bytesOf(name), content);
  const numbers = new Uint8Array(8);
  const view = viewOf(numbers);
  view.setUint32(0, content.length);
  view.setUint32(4, crc32(named));
  return joinBytes(numbers.subarray(0, 4), named, numbers.subarray(4));
}

/** In front of the pixels, so that it is found without reading them. */
function insert(_bytes: Uint8Array, parts: readonly Part[], wrapped: Uint8Array): Insertion[] {
  const first = parts.find(({ kind }) => kind === 'pixels');
  return first ? [{ at: first.start, bytes: wrapped }] : [];
}
