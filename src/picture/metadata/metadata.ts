// An encoded picture goes in; it comes out without its metadata or with other metadata, the compressed pixels byte for
// byte as they were.
import { inflateSync } from 'node:zlib';
import { PictureError } from '../pictureError';
import { joinBytes, standsAt } from './bytes';
import { orientationBlock, readExifOrientation, type Orientation } from './exif';
import { jpeg } from './jpeg';
import type { Container, Insertion, Part } from './parts';
import { png } from './png';
import { webp } from './webp';

/**
 * Takes EXIF, GPS, XMP, IPTC, captions, comments, thumbnails, C2PA and whatever hangs behind the picture out of a
 * JPEG, PNG or WebP. What stays is what the picture looks like: pixels, colour profile, transparency, animation,
 * and, where it is not shown as it is stored, an EXIF block of nothing but the orientation.
 * @returns the very same bytes where there is nothing to take out, also of any other format
 * @throws PictureError where there is no picture in the file
 */
export function removeMetadata(bytes: Uint8Array): Uint8Array {
  const container = containerOf(bytes);
  if (!container) return bytes;
  const splice = new Splice(bytes);
  let hasPixels = false;
  let seenExif = false;
  let exif = false;
  for (const part of container.parts(bytes)) {
    const { kind, start, end, contentStart = start, contentEnd = end, cleaned } = part;
    if (kind === 'exif' && !seenExif) {
      seenExif = true;
      const content = bytes.subarray(contentStart, contentEnd);
      const orientation = readExifOrientation(content);
      if (orientation === 1) continue;
      exif = true;
      const block = orientationBlock(orientation);
      if (isSame(content, block)) splice.keep(start, end);
      else splice.insert(container.wrapExif(block));
      continue;
    }
    if (kind === 'pixels') hasPixels = true;
    else if (kind !== 'header' && kind !== 'icc') continue;
    if (cleaned) splice.insert(cleaned);
    else splice.keep(start, end);
  }
  if (!hasPixels) throw new PictureError('It is damaged: there is no picture in it.');
  return splice.end((result) => container.settle?.(result, { exif, xmp: false }, result.length));
}

/** Whether `removeMetadata` can work on the bytes. */
export function holdsRemovableMetadata(bytes: Uint8Array): boolean {
  return containerOf(bytes) !== undefined;
}

/** How a JPEG, PNG or WebP wants to be turned before it is shown: 1 where it does not say. */
export function readOrientation(bytes: Uint8Array): Orientation {
  const container = containerOf(bytes);
  for (const { kind, start, end, contentStart = start, contentEnd = end } of container?.parts(
    bytes,
  ) ?? []) {
    if (kind === 'exif') return readExifOrientation(bytes.subarray(contentStart, contentEnd));
  }
  return 1;
}

export interface Blocks {
  /** An EXIF block (TIFF, without `Exif␀␀`). */
  readonly exif?: Uint8Array | undefined;
  /** An XMP packet. */
  readonly xmp?: string | undefined;
}

/** Bytes that a deflated packet may have when it is inflated: a few hundred times what real ones have. */
const inflatedLimit = 4 * 1024 * 1024;

/** Bytes that an XMP packet may have in a file of this format. */
export function roomForXmp(bytes: Uint8Array): number {
  return containerOf(bytes)?.packetLimit ?? Infinity;
}

/** What a JPEG, PNG or WebP says in EXIF and XMP; nothing of any other format. */
export function readBlocks(bytes: Uint8Array): Blocks {
  let exif: Uint8Array | undefined;
  let xmp: string | undefined;
  for (const part of containerOf(bytes)?.parts(bytes) ?? []) {
    const { kind, start, end, contentStart = start, contentEnd = end } = part;
    const content = bytes.subarray(contentStart, contentEnd);
    if (kind === 'exif') exif ??= standsAt(content, 0, 'Exif\0') ? content.subarray(6) : content;
    if (kind === 'xmp') xmp ??= decodeText(unwrap(part, content));
  }
  return { exif, xmp };
}

function unwrap({ deflated, hexadecimal }: Part, content: Uint8Array): Uint8Array {
  const inflated = deflated ? inflate(content) : content;
  if (!hexadecimal) return inflated;
  const [, digits = ''] =
    /^\s*\w+\s+\d+\s+([^]*)$/.exec(Buffer.from(inflated).toString('latin1')) ?? [];
  return Buffer.from(digits.replace(/\s+/g, ''), 'hex');
}

function inflate(content: Uint8Array): Uint8Array {
  try {
    return inflateSync(content, { maxOutputLength: inflatedLimit });
  } catch {
    return new Uint8Array();
  }
}

function decodeText(content: Uint8Array): string | undefined {
  try {
    // Zeros and spaces that fill up a packet tell nothing; a mark of the byte order is part of it.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
    return text.replace(/\0+$/, '') || undefined;
  } catch {
    return undefined;
  }
}

/** Whether a JPEG, PNG or WebP carries a C2PA manifest, which says who made it and vouches for each byte. */
export function holdsManifest(bytes: Uint8Array): boolean {
  for (const { manifest, start, end } of containerOf(bytes)?.parts(bytes) ?? []) {
    if (manifest && Buffer.from(bytes.subarray(start, end)).includes('c2pa')) return true;
  }
  return false;
}

/**
 * Puts EXIF and XMP into a JPEG, PNG or WebP, in place of those it has; what is not given stays. Every other byte
 * stays as it was, except for a C2PA manifest: it would be wrong now, and is taken out.
 * @returns the very same bytes of any other format
 * @param blocks no longer than there is room, see `roomForXmp`
 * @throws PictureError where there is no picture in the file
 */
export function writeBlocks(bytes: Uint8Array, blocks: Blocks): Uint8Array {
  const container = containerOf(bytes);
  if (!container) return bytes;
  const parts = [...container.parts(bytes)];
  if (!parts.some(({ kind }) => kind === 'pixels')) {
    throw new PictureError('It is damaged: there is no picture in it.');
  }
  const replaced = (part: Part) =>
    part.manifest === true ||
    (part.kind === 'exif' && blocks.exif !== undefined) ||
    (part.kind === 'xmp' && blocks.xmp !== undefined);
  const kept = parts.filter((part) => !replaced(part));
  const insertions = container.insert(bytes, kept, wrap(container, blocks));
  const pieces: Uint8Array[] = [];
  let done = 0;
  let { end } = parts.at(-1)!;
  const upTo = (offset: number) => {
    pieces.push(bytes.subarray(done, offset));
    done = offset;
  };
  for (const edit of inOrder(parts.filter(replaced), insertions)) {
    if ('bytes' in edit) {
      upTo(edit.at);
      pieces.push(edit.bytes);
      end += edit.bytes.length;
    } else {
      upTo(edit.start);
      done = edit.end;
      end -= edit.end - edit.start;
    }
  }
  upTo(bytes.length);
  const result = joinBytes(...pieces);
  const has = (kind: 'exif' | 'xmp') =>
    blocks[kind] !== undefined || parts.some((part) => part.kind === kind);
  container.settle?.(result, { exif: has('exif'), xmp: has('xmp') }, end);
  return result;
}

function wrap(container: Container, { exif, xmp }: Blocks): Uint8Array {
  const packet = xmp === undefined ? new Uint8Array() : container.wrapXmp(Buffer.from(xmp));
  return exif === undefined ? packet : joinBytes(container.wrapExif(exif), packet);
}

/** What is put in comes in front of what is taken out at the same place. */
function inOrder(
  removed: readonly Part[],
  insertions: readonly Insertion[],
): readonly (Part | Insertion)[] {
  const place = (edit: Part | Insertion) => ('bytes' in edit ? edit.at : edit.start);
  const all = [...insertions, ...removed];
  return all.sort((one, other) => place(one) - place(other));
}

function containerOf(bytes: Uint8Array): Container | undefined {
  if (standsAt(bytes, 0, '\xff\xd8\xff')) return jpeg;
  if (standsAt(bytes, 0, '\x89PNG\r\n\x1a\n')) return png;
  if (standsAt(bytes, 0, 'RIFF') && standsAt(bytes, 8, 'WEBP')) return webp;
  return undefined;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** What a wrapped orientation may add to a file, in bytes. */
const room = 64;

/** Copies what is kept of the bytes, once and only from where something has changed. */
class Splice {
  private result: Uint8Array | undefined;
  private length = 0;

  constructor(private readonly bytes: Uint8Array) {}

  keep(start: number, end: number): void {
    if (!this.result && start === this.length) this.length = end;
    else this.insert(this.bytes.subarray(start, end));
  }

  insert(piece: Uint8Array): void {
    this.copy().set(piece, this.length);
    this.length += piece.length;
  }

  /** @param settle called where anything has changed */
  end(settle: (result: Uint8Array) => void): Uint8Array {
    if (!this.result && this.length === this.bytes.length) return this.bytes;
    const result = this.copy().subarray(0, this.length);
    settle(result);
    return result;
  }

  private copy(): Uint8Array {
    if (!this.result) {
      this.result = new Uint8Array(this.bytes.length + room);
      this.result.set(this.bytes.subarray(0, this.length));
    }
    return this.result;
  }
}
