// Encoded bytes go in; what picture they are, by their magic bytes and header alone, comes out.
import { imageSize } from 'image-size';
import { measureBitmap } from './bitmap';
import { brandsOf, primaryProperties } from './metadata/avif';
import { standsAt, viewOf } from './metadata/bytes';
import { readExifOrientation } from './metadata/exif';
import { measureJpeg } from './metadata/jpeg';
import { readOrientation } from './metadata/metadata';

export interface PictureInfo {
  /** As people write it. */
  readonly format: 'PNG' | 'JPEG' | 'WebP' | 'GIF' | 'AVIF' | 'TIFF' | 'BMP' | 'HEIC';
  readonly mime: string;
  /** For file names, without the dot. */
  readonly extension: string;
  /** Pixels as shown, after the EXIF orientation. */
  readonly width: number;
  /** Pixels as shown, after the EXIF orientation. */
  readonly height: number;
}

const formats: Readonly<Record<string, Pick<PictureInfo, 'format' | 'mime' | 'extension'>>> = {
  png: { format: 'PNG', mime: 'image/png', extension: 'png' },
  jpg: { format: 'JPEG', mime: 'image/jpeg', extension: 'jpg' },
  webp: { format: 'WebP', mime: 'image/webp', extension: 'webp' },
  gif: { format: 'GIF', mime: 'image/gif', extension: 'gif' },
  avif: { format: 'AVIF', mime: 'image/avif', extension: 'avif' },
  tiff: { format: 'TIFF', mime: 'image/tiff', extension: 'tif' },
  bmp: { format: 'BMP', mime: 'image/bmp', extension: 'bmp' },
  heic: { format: 'HEIC', mime: 'image/heic', extension: 'heic' },
};

/** Undefined where the bytes are no picture of these formats, whatever their file is called. */
export function identifyPicture(bytes: Uint8Array): PictureInfo | undefined {
  try {
    // It stops at bytes that fill up the space between a JPEG's segments.
    const isJpeg = standsAt(bytes, 0, '\xff\xd8\xff');
    const { type, orientation, ...size } = isJpeg
      ? { type: 'jpg', orientation: readOrientation(bytes), ...measureJpeg(bytes) }
      : // Nor does it know an AVIF that moves.
        (measureSequence(bytes) ?? imageSize(bytes));
    const format = formats[type ?? ''];
    // It knows nothing of those that OS/2 has written.
    const { width, height } = format?.format === 'BMP' ? measureBitmap(bytes) : size;
    if (!format || !(width > 0) || !(height > 0)) return undefined;
    return liesOnItsSide(bytes, format.format, orientation)
      ? { ...format, width: height, height: width }
      : { ...format, width, height };
  } catch {
    // Their way to say that the header is of no known kind, or cut off.
    return undefined;
  }
}

/** Of the still picture that an AVIF sequence shows those who do not know of animation. */
function measureSequence(bytes: Uint8Array) {
  if (brandsOf(bytes)[0] !== 'avis') return undefined;
  const [extent] = primaryProperties(bytes).get('ispe') ?? [];
  if (!extent || extent.length < 12) return undefined;
  const view = viewOf(extent);
  return { type: 'avif', orientation: 1, width: view.getUint32(4), height: view.getUint32(8) };
}

/** Whether it is what Xcode makes of a PNG for an iPhone, and nobody else can draw: a chunk in front of the header says so. */
export function isApplePng(bytes: Uint8Array): boolean {
  return standsAt(bytes, 0, '\x89PNG') && standsAt(bytes, 12, 'CgBI');
}

/** As browsers show it, which heed the orientation of every format but WebP. */
function liesOnItsSide(bytes: Uint8Array, format: PictureInfo['format'], orientation = 1): boolean {
  switch (format) {
    case 'PNG':
      return readOrientation(bytes) >= 5;
    case 'TIFF':
      // An EXIF block is a TIFF without pixels.
      return readExifOrientation(bytes) >= 5;
    case 'AVIF':
      return isTurnedAvif(bytes);
    default:
      return orientation >= 5;
  }
}

/** Whether its `irot` box turns it by 90 or 270 degrees; the boxes come before the pixels. */
function isTurnedAvif(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64 * 1024));
  const box = head.indexOf('\0\0\0\x09irot', 0, 'latin1');
  return box >= 0 && ((head[box + 8] ?? 0) & 1) === 1;
}
