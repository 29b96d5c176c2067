// The bytes of a JPEG go in, its segments come out: each a part with what it is for.
import { bytesOf, joinBytes, standsAt, viewOf } from './bytes';
import type { Container, Insertion, Part } from './parts';

const exifMark = 'Exif\0';
const xmpMark = 'http://ns.adobe.com/xap/1.0/\0';
const jfifLength = 16;

export const jpeg: Container = {
  parts,
  // A segment says its own length in two bytes.
  packetLimit: 0xffff - 2 - xmpMark.length,
  wrapExif,
  wrapXmp,
  insert,
};

function* parts(bytes: Uint8Array): Generator<Part> {
  yield { kind: 'header', start: 0, end: 2 };
  let at = 2;
  for (;;) {
    let marker = bytes.indexOf(0xff, at);
    if (marker < 0) return;
    // Any number of 0xFF may stand before a marker.
    while (bytes[marker + 1] === 0xff) marker++;
    const code = bytes[marker + 1];
    if (code === undefined) return;
    const end = marker + 2;
    if (code === 0xd9) {
      // Whatever comes behind is another picture, a film or somebody's luggage.
      yield { kind: 'header', start: marker, end };
      return;
    }
    at = end;
    // No marker (0), or one without a length that has no business here (TEM, RST, SOI).
    if (code <= 0x01 || (code >= 0xd0 && code <= 0xd8)) continue;
    if (end + 2 > bytes.length) return;
    const length = (bytes[end]! << 8) | bytes[end + 1]!;
    if (length < 2) continue;
    if (end + length > bytes.length) return;
    at = end + length;
    yield segment(bytes, code, marker, at);
    if (code !== 0xda) continue;
    const scanEnd = findScanEnd(bytes, at);
    yield { kind: 'pixels', start: at, end: scanEnd };
    at = scanEnd;
  }
}

function segment(bytes: Uint8Array, code: number, start: number, end: number): Part {
  const content = start + 4;
  const is = (mark: string) => content + mark.length <= end && standsAt(bytes, content, mark);
  const isApplication = code >= 0xe0 && code <= 0xef;
  if (code === 0xe0 && is('JFIF\0')) {
    const part = { kind: 'header', start, end } as const;
    return end - start - 2 > jfifLength
      ? { ...part, cleaned: withoutThumbnail(bytes.subarray(start, start + 2 + jfifLength)) }
      : part;
  }
  // Adobe's says how the colours are stored: without it CMYK comes out wrong.
  if (code === 0xee && is('Adobe')) return { kind: 'header', start, end };
  if (code === 0xe2 && is('ICC_PROFILE\0')) return { kind: 'icc', start, end };
  if (code === 0xe1 && is(exifMark))
    return { kind: 'exif', start, end, contentStart: Math.min(content + 6, end) };
  if (code === 0xe1 && is(xmpMark))
    return { kind: 'xmp', start, end, contentStart: content + xmpMark.length };
  // Where it is long it is cut in pieces, each with the head of the box that holds all of it.
  if (code === 0xeb && is('JP') && end - content >= 16 && standsAt(bytes, content + 12, 'jumb'))
    return { kind: 'other', start, end, manifest: true };
  return { kind: isApplication || code === 0xfe ? 'other' : 'header', start, end };
}

function withoutThumbnail(jfif: Uint8Array): Uint8Array {
  const cleaned = new Uint8Array(jfif);
  viewOf(cleaned).setUint16(2, jfifLength);
  // Its width and height.
  cleaned.fill(0, 2 + jfifLength - 2);
  return cleaned;
}

/**
 * Where the next marker stands that is no restart, or the end of the file. Any number of 0xFF may stand before a marker in
 * a scan as well: only what follows the last of them decides (ITU-T T.81, B.1.1.2).
 */
function findScanEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const first = bytes.indexOf(0xff, at);
    if (first < 0) return bytes.length;
    at = first + 1;
    while (bytes[at] === 0xff) at++;
    const code = bytes[at];
    if (code === undefined) return bytes.length;
    if (code !== 0 && !(code >= 0xd0 && code <= 0xd7)) return first;
    at++;
  }
}

/** Width and height as they are stored, in pixels. @throws RangeError where the file does not say */
export function measureJpeg(bytes: Uint8Array): { width: number; height: number } {
  for (const { kind, start, end } of parts(bytes)) {
    if (kind === 'pixels') break;
    if (kind !== 'header' || !isFrame(bytes[start + 1]!) || end - start < 9) continue;
    const view = viewOf(bytes);
    return { width: view.getUint16(start + 7), height: view.getUint16(start + 5) };
  }
  throw new RangeError('no frame');
}

/** Whether a marker starts a frame, of any kind. */
export function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function wrapExif(block: Uint8Array): Uint8Array {
  return wrap(`${exifMark}\0`, block);
}

function wrapXmp(packet: Uint8Array): Uint8Array {
  return wrap(xmpMark, packet);
}

function wrap(mark: string, content: Uint8Array): Uint8Array {
  const length = 2 + mark.length + content.length;
  return joinBytes(Uint8Array.of(0xff, 0xe1, length >> 8, length & 0xff), bytesOf(mark), content);
}

/** Behind the JFIF header, which has to be the first, and behind EXIF where that is. */
function insert(bytes: Uint8Array, parts: readonly Part[], wrapped: Uint8Array): Insertion[] {
  let at = 2;
  for (const { kind, start, end } of parts.slice(1)) {
    if (kind !== 'exif' && !(kind === 'header' && bytes[start + 1] === 0xe0)) break;
    at = end;
  }
  return [{ at, bytes: wrapped }];
}
