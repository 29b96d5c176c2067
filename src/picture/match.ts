// An original and its edited picture go in; the edited picture comes out in the original's size, format, quality,
// colours and transparency, with the original's metadata where that is still true.
import type Vips from 'wasm-vips';
import { showsTheSame } from './check';
import { blobOf, convertColours, hadUnusableProfile, isSameColour, profileOf } from './colours';
import { encodePicture, fromPixels, type Encoding } from './encoding';
import { identifyPicture } from './identify';
import type { Decoded, MatchJob, Matched } from './jobs';
import { cleanExif } from './metadata/cleanExif';
import { countFrames } from './metadata/frames';
import {
  holdsManifest,
  readBlocks,
  readOrientation,
  removeMetadata,
  roomForXmp,
  writeBlocks,
  type Blocks,
} from './metadata/metadata';
import { moveXmp } from './metadata/provenance';
import { readResolution, writeResolution, type Resolution } from './metadata/resolution';
import { lossesOf } from './losses';
import { isOpaque, openPicture, type Encoded } from './open';
import { headOf } from './originalHead';
import { readEncoding } from './originalEncoding';
import { PictureError } from './pictureError';
import { withOwnChroma } from './ownChroma';
import { coversExactly, place, type Placement, type Size } from './placement';
import type { Task } from './task';

/** What to say where one of the pictures cannot be read, or the result not be written. */
export const cannotBeMatched =
  'It could not be given the original’s size and format. Turn off Match Original to save it as it was received.';

/** Without what EXIF and XMP may not say any more, see `cleanExif` and `moveXmp`. */
export function match(task: Task, job: MatchJob): Matched {
  const { original, edited } = job;
  const opened = openHead(task, original);
  const encoding = (job.format ? undefined : readEncoding(original)) ?? { format: 'PNG' };
  const said = inWords(job, encoding);
  if (hadUnusableProfile(opened)) {
    said.push('Its colour profile is damaged or one of other colours: it is left out.');
  }
  const blocks = blocksFor(job, opened);
  if ('bytes' in edited && mayBeReused(task, job, edited, opened, encoding)) {
    const plain = writeResolution(removeMetadata(edited.bytes), readResolution(original.bytes));
    const bytes = writeBlocks(plain, blocks);
    if (showsTheSame(task, edited, bytes)) {
      return { bytes, format: edited.format, said, reused: true };
    }
  }
  const picture =
    'bytes' in edited
      ? fitted(task, job, edited, opened, encoding)
      : sameSize(task, withOwnChroma(task, edited, original, encoding), opened);
  const coloured = inColoursOf(task, picture, opened, encoding);
  const flat = coloured.hasAlpha() && !holdsAlpha(encoding) ? onWhite(task, coloured) : coloured;
  if (flat !== coloured) said.push('JPEG has no transparency: it is white there.');
  const bytes =
    encoding.format === 'AVIF'
      ? encodePicture(task, withBlocks(task, flat, opened, job), encoding, { keepsBlocks: true })
      : writeBlocks(
          encodePicture(task, flat, encoding, { resolution: readResolution(original.bytes) }),
          blocks,
        );
  return { bytes, format: encoding.format, said, reused: false };
}

/** All of the original where its head alone does not show the same. */
function openHead(task: Task, original: Encoded): Vips.Image {
  const info = identifyPicture(original.bytes);
  try {
    const opened = openPicture(task, headOf(original), false);
    if (!info || (opened.width === info.width && opened.height === info.height)) return opened;
  } catch (error) {
    if (error instanceof PictureError) throw error;
  }
  return openPicture(task, original, false);
}

/** What its bytes say is taken out, and what the original's say put in. */
function blocksFor({ original, provenance }: MatchJob, { width, height }: Size): Blocks {
  const { exif, xmp } = readBlocks(original.bytes);
  return {
    exif: exif && cleanExif(exif, { width, height }),
    xmp: moveXmp(xmp, provenance, roomForXmp(original.bytes)),
  };
}

/** What EXIF means where it says none. */
const exifResolution: Resolution = { x: 72, y: 72, per: 'inch' };

/** libvips writes it into AVIF: as a block that it makes anew, with the same entries. */
function withBlocks(
  task: Task,
  picture: Vips.Image,
  original: Vips.Image,
  { provenance }: MatchJob,
): Vips.Image {
  const exif = blobOf(original, 'exif-data');
  const cleaned = exif && cleanExif(exif, picture);
  const { x, y, per } = (cleaned && readResolution(cleaned)) ?? exifResolution;
  // It writes the picture's resolution into EXIF, of which it counts pixels in a millimetre.
  const millimetres = per === 'centimetre' ? 10 : 25.4;
  const copy = task.own(picture.copy({ xres: x / millimetres, yres: y / millimetres }));
  for (const name of ['exif-data', 'xmp-data', 'iptc-data']) copy.remove(name);
  if (per !== 'none') copy.setString('resolution-unit', per === 'centimetre' ? 'cm' : 'in');
  if (cleaned) copy.setBlob('exif-data', Buffer.concat([Buffer.from('Exif\0\0'), cleaned]));
  const packet = blobOf(original, 'xmp-data');
  const xmp = moveXmp(packet && new TextDecoder().decode(packet), provenance);
  if (xmp !== undefined) copy.setBlob('xmp-data', Buffer.from(xmp));
  return copy;
}

function inWords({ original, edited, format: wanted }: MatchJob, { format }: Encoding): string[] {
  const said: string[] = [];
  if (!wanted && format !== original.format) {
    said.push(`Saved as ${format}: Retouch does not write ${original.format}.`);
  }
  said.push(...lossesOf(original));
  if ('bytes' in edited && holdsManifest(edited.bytes)) {
    said.push(
      'Its Content Credentials (C2PA) are left out: they hold for the picture as received only. Turn off Match Original to keep them.',
    );
  }
  return said;
}

/** Whether nothing but metadata would change, so that encoding it again would only lose. */
function mayBeReused(
  task: Task,
  job: MatchJob,
  edited: Encoded,
  original: Vips.Image,
  encoding: Encoding,
): boolean {
  const { placement, transparency } = job;
  if (edited.format !== encoding.format || encoding.format === 'AVIF') return false;
  if (placement && !coversExactly(original, placement)) return false;
  const picture = openPicture(task, edited);
  return (
    picture.width === original.width &&
    picture.height === original.height &&
    readOrientation(edited.bytes) === 1 &&
    countFrames(edited.bytes) === 1 &&
    picture.interpretation === 'srgb' &&
    original.interpretation === 'srgb' &&
    isSameColour(profileOf(picture), profileOf(original)) &&
    (picture.hasAlpha() || transparency === 'edited' || !transparencyOf(task, job, original))
  );
}

/** @throws PictureError where the pixels are not as many */
function sameSize(task: Task, edited: Decoded, original: Size): Vips.Image {
  if (edited.width !== original.width || edited.height !== original.height) {
    throw new PictureError('The composed picture does not have the original’s size.');
  }
  return fromPixels(task, edited);
}

function fitted(
  task: Task,
  job: MatchJob,
  edited: Encoded,
  original: Vips.Image,
  encoding: Encoding,
): Vips.Image {
  const { placement, transparency } = job;
  const opened = decodeNow(task, openPicture(task, edited, false));
  const opaque = isOpaque(task, opened);
  const picture = opaque && opened.hasAlpha() ? withoutAlpha(task, opened) : opened;
  const where = placement ?? place(original, picture, 'Stretch');
  const alpha = opaque && holdsAlpha(encoding) ? transparencyOf(task, job, original) : undefined;
  // Colours are converted where there are fewer pixels.
  const profile = profileOf(original);
  const first = picture.width * picture.height < original.width * original.height;
  const convert = (image: Vips.Image) =>
    original.interpretation === 'srgb' ? convertColours(task, image, profile) : image;
  const border = alpha !== undefined && !coversAll(original, where);
  const ready = border ? task.own(picture.bandjoin(255)) : picture;
  const placed = placeIn(task, first ? convert(ready) : ready, original, where);
  const result = first ? placed : convert(placed);
  if (!alpha || transparency === 'edited') return result;
  if (!result.hasAlpha()) return task.own(result.bandjoin(alpha));
  const both = task.own(
    task.own(alpha.multiply(task.own(result.extractBand(result.bands - 1)))).divide(255),
  );
  return task.own(withoutAlpha(task, result).bandjoin(task.own(both.cast('uchar'))));
}

/**
 * Left to whoever needs its pixels first, it would be decoded in one thread more, beside those of the encoder: each
 * takes 20 MB.
 */
function decodeNow(task: Task, picture: Vips.Image): Vips.Image {
  return task.own(task.watch(picture).copyMemory());
}

/** The alpha of an original of which some is transparent. */
function transparencyOf(
  task: Task,
  { original }: MatchJob,
  head: Vips.Image,
): Vips.Image | undefined {
  if (!head.hasAlpha()) return undefined;
  const opened = openPicture(task, original);
  return isOpaque(task, opened) ? undefined : task.own(opened.extractBand(opened.bands - 1));
}

function coversAll({ width, height }: Size, where: Placement): boolean {
  const { left, top } = where;
  return left <= 0 && top <= 0 && left + where.width >= width && top + where.height >= height;
}

function withoutAlpha(task: Task, image: Vips.Image): Vips.Image {
  return task.own(image.extractBand(0, { n: image.bands - 1 }));
}

/** Where it does not cover the original, its edges go on, or with alpha nothing is there. */
function placeIn(
  task: Task,
  image: Vips.Image,
  { width, height }: Size,
  where: Placement,
): Vips.Image {
  if (coversExactly({ width, height }, where) && image.width === width && image.height === height) {
    return image;
  }
  const hasAlpha = image.hasAlpha();
  const source = hasAlpha ? task.own(image.premultiply()) : image;
  const placed = coversExactly({ width, height }, where)
    ? task.own(source.resize(width / image.width, { vscale: height / image.height }))
    : shift(task, source, { width, height }, where, hasAlpha);
  return hasAlpha ? task.own(task.own(placed.unpremultiply()).cast('uchar')) : placed;
}

function shift(
  task: Task,
  image: Vips.Image,
  { width, height }: Size,
  where: Placement,
  hasAlpha: boolean,
): Vips.Image {
  // Made smaller it has to be filtered first; what is left is less than a pixel.
  const across = Math.min(1, Math.max(1, Math.round(where.width)) / image.width);
  const down = Math.min(1, Math.max(1, Math.round(where.height)) / image.height);
  const source = across < 1 || down < 1 ? task.own(image.resize(across, { vscale: down })) : image;
  const scaleX = where.width / source.width;
  const scaleY = where.height / source.height;
  const interpolate = task.vips.Interpolate.newFromName('bicubic');
  try {
    return task.own(
      source.affine([scaleX, 0, 0, scaleY], {
        interpolate,
        // The middle of a pixel is half a pixel from its edge, in both pictures.
        odx: where.left + (scaleX - 1) / 2,
        ody: where.top + (scaleY - 1) / 2,
        oarea: [0, 0, width, height],
        ...(hasAlpha
          ? { extend: 'background', background: Array<number>(image.bands).fill(0) }
          : { extend: 'copy' }),
        premultiplied: true,
      }),
    );
  } finally {
    interpolate.delete();
  }
}

/** How far apart the channels of a grey picture may be, which encoders with loss put there. */
const greyTolerance = 6;

/** As many channels as the original, with its profile, where what is there can be said in them. */
function inColoursOf(
  task: Task,
  picture: Vips.Image,
  original: Vips.Image,
  { format }: Encoding,
): Vips.Image {
  const profile = profileOf(original);
  switch (original.interpretation) {
    case 'cmyk':
      return convertColours(task, picture, format === 'JPEG' ? profile : undefined);
    case 'b-w':
      if (isGrey(task, picture)) {
        if (profile) return convertColours(task, picture, profile);
        return picture.bands < 3 ? picture : task.own(picture.colourspace('b-w'));
      }
      return convertColours(task, picture, undefined);
    default:
      return convertColours(task, picture, profile);
  }
}

function isGrey(task: Task, picture: Vips.Image): boolean {
  if (picture.bands < 3) return true;
  const band = (index: number) => task.own(picture.extractBand(index));
  const differ = (one: number, other: number) =>
    task.own(task.own(band(one).subtract(band(other))).abs()).max() > greyTolerance;
  return !differ(0, 1) && !differ(1, 2);
}

function holdsAlpha({ format }: Encoding): boolean {
  return format !== 'JPEG';
}

function onWhite(task: Task, picture: Vips.Image): Vips.Image {
  return task.own(picture.flatten({ background: [255] }));
}
