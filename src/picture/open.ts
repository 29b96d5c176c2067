// The bytes of a picture go in; the picture comes out as libvips holds it: upright, 8 bits a channel, in its own colours.
import type Vips from 'wasm-vips';
import { decodeBitmap } from './bitmap';
import { fromHdr } from './fromHdr';
import { profileFor } from './iccProfile';
import { isHdr, isLikeSrgb, readStatedColours, type StatedColours } from './statedColours';
import { withUsableProfile } from './colours';
import { identifyPicture, type PictureInfo } from './identify';
import { pixelLimit, refuseTooManyPixels } from './limits';
import { readOrientation, removeMetadata } from './metadata/metadata';
import type { Task } from './task';

/** Bytes with what they are, by their magic bytes. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly format: PictureInfo['format'];
}

/** What to say where `openPicture` or whatever reads its pixels throws. */
export function cannotBeOpened({ format }: Encoded): string {
  return `It is damaged, or a ${format} of a rare kind. Save it as PNG first.`;
}

/**
 * Only the header is read here. The colour profile is kept as `icc-profile-data` where it is one of such a picture; CMYK
 * stays CMYK, grey stays grey.
 * @param rereadable whether the pixels may be read more than once, and not only from the top down
 * @param failOn from which kind of damage on reading the pixels throws: most is drawn as well as it can be without it
 * @throws PictureError over 100 megapixels, by the header alone
 */
export function openPicture(
  task: Task,
  encoded: Encoded,
  rereadable = true,
  failOn: 'none' | 'truncated' | 'error' = 'none',
): Vips.Image {
  const info = identifyPicture(encoded.bytes);
  // Before libvips sees it, whatever it would make of it.
  if (info) refuseTooManyPixels(info);
  const loaded = task.own(load(task, encoded, rereadable, failOn));
  refuseTooManyPixels(loaded);
  const upright = task.own(loaded.autorot());
  const stated = readStatedColours(encoded.bytes);
  // Numbers that stand for light which an ordinary screen does not have: as they are, they would be grey and pale.
  if (stated && isHdr(stated)) return fromHdr(task, upright, stated);
  const plain = toEightBits(task, upright);
  return withUsableProfile(task, stated ? withStated(task, plain, stated) : plain);
}

/** What the file says in its own way is said by a profile, which every other step understands. */
function withStated(task: Task, image: Vips.Image, stated: StatedColours): Vips.Image {
  const { primaries, transfer } = stated;
  if (transfer === 'PQ' || transfer === 'HLG') return image;
  const copy = task.own(image.copy());
  if (isLikeSrgb(stated)) copy.remove('icc-profile-data');
  else copy.setBlob('icc-profile-data', profileFor({ primaries, transfer }, image.bands < 3));
  return copy;
}

/** Reads all of it where it has alpha. */
export function isOpaque(task: Task, image: Vips.Image): boolean {
  return !image.hasAlpha() || task.own(image.extractBand(image.bands - 1)).min() === 255;
}

function load(
  { vips }: Task,
  { bytes, format }: Encoded,
  rereadable: boolean,
  failOn: string,
): Vips.Image {
  if (format === 'BMP') {
    const { width, height, channels, pixels } = decodeBitmap(bytes, pixelLimit);
    return vips.Image.newFromMemory(pixels, width, height, channels, vips.BandFormat.uchar).copy({
      interpretation: 'srgb',
    });
  }
  const inOrder = !rereadable && ordered.has(format) && readOrientation(bytes) === 1;
  const options = {
    ...(inOrder && { access: 'sequential' }),
    ...(failOn !== 'none' && { fail_on: failOn }),
  };
  switch (format) {
    // Their decoders read all of the file themselves, so that nothing hangs on how Retouch takes it apart.
    case 'JPEG':
      return bare(vips.Image.jpegloadBuffer(bytes, options), bytes);
    case 'WebP':
      return bare(vips.Image.webploadBuffer(bytes, options), bytes);
    // Found by its first brand alone, it would not be known where it moves.
    case 'AVIF':
      return vips.Image.heifloadBuffer(bytes, options);
    // Text that a few bytes inflate to megabytes never reaches the decoder.
    default:
      return vips.Image.newFromBuffer(removeMetadata(bytes), '', options);
  }
}

/** Without what the file says of itself, but for its colour profile and its orientation as Retouch reads it. */
function bare(loaded: Vips.Image, bytes: Uint8Array): Vips.Image {
  for (const name of ['exif-data', 'xmp-data', 'iptc-data']) loaded.remove(name);
  const orientation = readOrientation(bytes);
  if (orientation === 1) loaded.remove('orientation');
  else loaded.setInt('orientation', orientation);
  return loaded;
}

/** Formats whose pixels are decoded row by row, so that no more than a few rows need be held. */
const ordered: ReadonlySet<PictureInfo['format']> = new Set(['PNG', 'JPEG', 'WebP']);

function toEightBits(task: Task, image: Vips.Image): Vips.Image {
  switch (image.interpretation) {
    case 'srgb':
    case 'rgb':
    case 'b-w':
    case 'cmyk':
      return image.format === 'uchar' ? image : task.own(image.cast('uchar'));
    // The same numbers in fewer bits, so that the profile holds.
    case 'rgb16':
      return task.own(image.colourspace('srgb'));
    case 'grey16':
      return task.own(image.colourspace('b-w'));
    default: {
      const converted = task.own(task.own(image.colourspace('srgb')).copy());
      // It described the colours as they were.
      converted.remove('icc-profile-data');
      return converted;
    }
  }
}
