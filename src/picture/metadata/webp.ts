// The bytes of a WebP go in, its chunks come out: each a part with what it is for.
import { bytesOf, joinBytes, nameAt, standsAt, viewOf } from './bytes';
import type { Container, Insertion, Part, PartKind } from './parts';

export const webp: Container = { parts, wrapExif, wrapXmp, insert, settle };

const headerLength = 12;
const flag = { xmp: 0x04, exif: 0x08, alpha: 0x10 };

const kinds: Readonly<Record<string, PartKind>> = {
  VP8X: 'header',
  ANIM: 'header',
  'VP8 ': 'pixels',
  VP8L: 'pixels',
  ALPH: 'pixels',
  ANMF: 'pixels',
  ICCP: 'icc',
  EXIF: 'exif',
  'XMP ': 'xmp',
};

function* parts(bytes: Uint8Array): Generator<Part> {
  yield { kind: 'header', start: 0, end: headerLength };
  const view = viewOf(bytes);
  const stated = 8 + view.getUint32(4, true);
  const fileEnd = Math.min(bytes.length, stated);
  for (let start = headerLength; start + 8 <= fileEnd;) {
    const name = nameAt(bytes, start);
    const contentStart = start + 8;
    const contentEnd = contentStart + view.getUint32(start + 4, true);
    const kind = kinds[name] ?? 'other';
    // A chunk of odd length has a byte more, which careless writers leave out at the end.
    const end = Math.min(contentEnd + (contentEnd % 2), bytes.length);
    const manifest = name === 'C2PA';
    if (contentEnd <= fileEnd) yield { kind, start, end, contentStart, contentEnd, manifest };
    else if (kind === 'pixels') yield { kind, start, end: fileEnd };
    start = contentEnd + (contentEnd % 2);
  }
}

function wrapExif(block: Uint8Array): Uint8Array {
  return wrap('EXIF', block);
}

function wrapXmp(packet: Uint8Array): Uint8Array {
  return wrap('XMP ', packet);
}

function wrap(name: string, content: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  viewOf(length).setUint32(0, content.length, true);
  return joinBytes(bytesOf(name), length, content, new Uint8Array(content.length % 2));
}

/** Behind the pixels; in front of them goes the head that a simple file lacks. */
function insert(bytes: Uint8Array, parts: readonly Part[], wrapped: Uint8Array): Insertion[] {
  const last = parts.at(-1)!;
  const pixels = parts.find(({ kind }) => kind === 'pixels');
  if (!pixels) return [];
  const behind =
    (last.end - headerLength) % 2 === 0 ? wrapped : joinBytes(new Uint8Array(1), wrapped);
  const insertions = [{ at: last.end, bytes: behind }];
  if (!standsAt(bytes, headerLength, 'VP8X')) {
    insertions.unshift({ at: headerLength, bytes: extendedHead(bytes, pixels) });
  }
  return insertions;
}

/** @see https://developers.google.com/speed/webp/docs/riff_container#extended_file_format */
function extendedHead(bytes: Uint8Array, { start }: Part): Uint8Array {
  const head = new Uint8Array(18);
  head.set(bytesOf('VP8X'));
  const view = viewOf(head);
  view.setUint32(4, 10, true);
  const { width, height, alpha } = sizeOf(viewOf(bytes), start + 8, nameAt(bytes, start));
  head[8] = alpha ? flag.alpha : 0;
  // 24 bits each, of which sizes need no more than 14.
  view.setUint16(12, width - 1, true);
  view.setUint16(15, height - 1, true);
  return head;
}

function sizeOf(view: DataView, at: number, name: string) {
  if (view.byteLength < at + 10) return { width: 1, height: 1, alpha: false };
  if (name === 'VP8L') {
    const bits = view.getUint32(at + 1, true);
    return {
      width: (bits & 0x3fff) + 1,
      height: ((bits >> 14) & 0x3fff) + 1,
      alpha: ((bits >> 28) & 1) === 1,
    };
  }
  return {
    width: view.getUint16(at + 6, true) & 0x3fff,
    height: view.getUint16(at + 8, true) & 0x3fff,
    alpha: false,
  };
}

function settle(
  bytes: Uint8Array,
  { exif, xmp }: { exif: boolean; xmp: boolean },
  end: number,
): void {
  viewOf(bytes).setUint32(4, end - 8, true);
  if (bytes.length <= headerLength + 8 || !standsAt(bytes, headerLength, 'VP8X')) return;
  const flags = bytes[headerLength + 8]!;
  bytes[headerLength + 8] =
    (flags & ~(flag.exif | flag.xmp)) | (exif ? flag.exif : 0) | (xmp ? flag.xmp : 0);
}
