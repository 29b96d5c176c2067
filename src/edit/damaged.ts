// What an answer holds in place of a picture goes in; what it is called, and why it cannot be shown, comes out. Knows nothing
// of VS Code.
import { EditError } from '../gateway/errors';
import { identifyPicture, type PictureInfo } from '../picture/identify';
import { pixelLimit } from '../picture/limits';

/** Bytes that were paid for and cannot be shown: they can be saved as they were received. */
export interface Damaged {
  readonly bytes: Uint8Array;
  /** Whole words that go on after `It cannot be shown:`. */
  readonly why: string;
}

/** By its header alone; undefined where only its pixels can tell. */
export function whyNotShown(info: PictureInfo | undefined, byteLength: number): string | undefined {
  if (byteLength === 0) return 'it is empty';
  if (!info) return 'it is no picture, or its beginning is damaged';
  const { width, height, format } = info;
  if (format === 'HEIC') return 'it is HEIC, which Retouch cannot read';
  if (width * height <= pixelLimit) return undefined;
  return `it says that it has ${width.toLocaleString('en-US')} × ${height.toLocaleString('en-US')} pixels, and Retouch works on at most 100 megapixels`;
}

/** Words for one whose header is right. */
export const unreadable = 'it is cut off or damaged';

/** The error of an answer whose pictures cannot be shown, not one of them. */
export function noneShown(damaged: readonly Damaged[]): EditError {
  const why = damaged[0]?.why ?? 'there is none';
  return new EditError(
    damaged.length < 2
      ? `The edited picture cannot be shown: ${why}.`
      : `None of the ${damaged.length} edited pictures can be shown: ${why}.`,
    { reason: 'badPicture', charge: 'charged', cause: new DamagedPictures(damaged) },
  );
}

/** A sentence for where others can be shown; undefined where nothing is damaged. */
export function whyDamaged([first]: readonly Damaged[]): string | undefined {
  return first && `One cannot be shown: ${first.why}.`;
}

/** Goes along with the error: there may be no other copy. */
class DamagedPictures extends Error {
  constructor(readonly damaged: readonly Damaged[]) {
    super('pictures that cannot be shown');
  }
}

/** What such an error is about and can be saved; nothing where it is another error. */
export function damagedOf(error: unknown): readonly Damaged[] {
  return error instanceof EditError && error.cause instanceof DamagedPictures
    ? savable(error.cause.damaged)
    : [];
}

export function savable(damaged: readonly Damaged[]): Damaged[] {
  return damaged.filter(({ bytes }) => bytes.byteLength > 0);
}

/** How files begin whose header alone says nothing more, as bytes in Latin-1. */
const beginnings: readonly [RegExp, extension: string][] = [
  [/^\x89PNG/, 'png'],
  [/^\xff\xd8\xff/, 'jpg'],
  [/^GIF8/, 'gif'],
  [/^RIFF.{4}WEBP/s, 'webp'],
  [/^.{4}ftypavi[fs]/s, 'avif'],
  [/^.{4}ftyp(hei|mif|hev)/s, 'heic'],
  [/^(II\*\0|MM\0\*)/, 'tif'],
  [/^BM/, 'bmp'],
  [/^%PDF/, 'pdf'],
  [/^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<svg/is, 'svg'],
  [/^(\xef\xbb\xbf)?\s*<(!doctype html|html)/i, 'html'],
  [/^(\xef\xbb\xbf)?\s*[{[]/, 'json'],
];

/** What a file of these bytes ends with, without the dot: by what they are, and never by what they are said to be. */
export function extensionOf(bytes: Uint8Array): string {
  const known = identifyPicture(bytes)?.extension;
  if (known !== undefined) return known;
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1000));
  const text = start.toString('latin1');
  return beginnings.find(([beginning]) => beginning.test(text))?.[1] ?? 'bin';
}
