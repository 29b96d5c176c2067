// A picture and how to encode it go in, its bytes come out, with its colour profile and no other metadata.
import { deflateSync } from 'node:zlib';
import type Vips from 'wasm-vips';
import type { Decoded, EncodeJob, Written } from './jobs';
import { writeResolution, type Resolution } from './metadata/resolution';
import { isOpaque } from './open';
import type { Task } from './task';

export type Encoding =
  | { readonly format: 'PNG' }
  | {
      readonly format: 'JPEG';
      /** 1 to 100, as libjpeg counts. */
      readonly quality: number;
      /** Which of `baseTables` it quantises by; the standard's where it is absent. */
      readonly table?: number;
      /** Whether colours have half the resolution. */
      readonly subsampled: boolean;
      readonly progressive: boolean;
    }
  | {
      readonly format: 'WebP';
      /** 0 to 100, or nothing lost at all. */
      readonly quality: number | 'lossless';
    }
  | {
      readonly format: 'AVIF';
      /** 1 to 100. */
      readonly quality: number;
    }
  | { readonly format: 'GIF' };

/** Above it, encoders that can take their time do not. */
const largePixels = 4_000_000;

/** Of a WebP with loss, 0 to 6: a large one would take seconds for the last twentieth of its bytes. */
export function webpEffort({ width, height }: { width: number; height: number }): number {
  return width * height > largePixels ? 2 : 4;
}

/**
 * @param picture 8 bits a channel; without alpha where the format has none
 * @param more the resolution, else it says none; and whether an AVIF has the picture's EXIF and XMP as well as its profile
 */
export function encodePicture(
  task: Task,
  picture: Vips.Image,
  encoding: Encoding,
  more: { readonly resolution?: Resolution | undefined; readonly keepsBlocks?: boolean } = {},
): Uint8Array {
  const bytes = encodeAsItIs(task, picture, encoding, more.keepsBlocks === true);
  // libvips always writes one, which nobody has set.
  return writeResolution(bytes, more.resolution);
}

function encodeAsItIs(
  task: Task,
  picture: Vips.Image,
  encoding: Encoding,
  keepsBlocks: boolean,
): Uint8Array {
  const isLarge = picture.width * picture.height > largePixels;
  const image = task.watch(picture.copy());
  // Of all encoders only that of JPEG is faster than what it waits for, such as a picture being enlarged. Elsewhere a
  // second thread would only take its 40 MB.
  task.vips.concurrency(encoding.format === 'JPEG' ? 2 : 1);
  switch (encoding.format) {
    case 'PNG':
      return image.pngsaveBuffer({
        filter: pngFilter(task, picture),
        compression: isLarge ? 4 : 6,
        keep: 'icc',
      });
    case 'JPEG':
      return image.jpegsaveBuffer({
        Q: encoding.quality,
        quant_table: encoding.table ?? 0,
        subsample_mode: encoding.subsampled ? 'on' : 'off',
        interlace: encoding.progressive,
        optimize_coding: true,
        keep: 'icc',
      });
    case 'WebP':
      // `exact`: colours under full transparency are somebody's as well.
      return encoding.quality === 'lossless'
        ? image.webpsaveBuffer({
            lossless: true,
            exact: true,
            effort: isLarge ? 0 : 2,
            keep: 'icc',
          })
        : image.webpsaveBuffer({ Q: encoding.quality, effort: webpEffort(picture), keep: 'icc' });
    case 'AVIF':
      return image.heifsaveBuffer({
        compression: 'av1',
        Q: encoding.quality,
        bitdepth: 8,
        effort: isLarge ? 0 : 2,
        keep: keptBy(image, keepsBlocks),
      });
    case 'GIF':
      return image.gifsaveBuffer({ effort: 3 });
  }
}

/** `VipsForeignKeep`: its own numbers are no numbers once it is loaded, and cannot be added. */
const keeps = { exif: 1, xmp: 2, icc: 8 };

/** Without an EXIF block libvips would write one, with a resolution that nobody has set. */
function keptBy(image: Vips.Image, keepsBlocks: boolean): number {
  const { exif, xmp, icc } = keeps;
  if (!keepsBlocks) return icc;
  return image.getTypeof('exif-data') === 0 ? xmp + icc : exif + xmp + icc;
}

/** Pixels of the squares by which a filter is chosen. */
const sampleSide = 256;

/**
 * Photographs pack better as differences between neighbours, drawings as they are: twice as well, either way. Three
 * squares tell which it is.
 */
function pngFilter(task: Task, picture: Vips.Image): 'none' | 'sub' {
  const size = {
    width: Math.min(sampleSide, picture.width),
    height: Math.min(sampleSide, picture.height),
  };
  let plain = 0;
  let differences = 0;
  for (const place of [0.25, 0.5, 0.75]) {
    const left = Math.floor((picture.width - size.width) * place);
    const top = Math.floor((picture.height - size.height) * place);
    const square = task.own(picture.crop(left, top, size.width, size.height));
    const sample = new Uint8Array(square.writeToMemory());
    plain += packedLength(sample);
    differences += packedLength(differencesIn(sample, size.width, picture.bands));
  }
  return differences < plain ? 'sub' : 'none';
}

/** Not by libvips: it would start threads for each, and their memory never comes back. */
function packedLength(bytes: Uint8Array): number {
  return deflateSync(bytes, { level: 3 }).length;
}

/** Of each byte and the one before it in the row that is of the same channel. */
function differencesIn(bytes: Uint8Array, width: number, channels: number): Uint8Array {
  const row = width * channels;
  return bytes.map((byte, at) => (at % row < channels ? byte : byte - bytes[at - channels]!));
}

/** What to say where an encoder throws. */
export function cannotBeWritten({ format }: { readonly format: string }): string {
  return `It could not be written as ${format}.`;
}

/** @throws PictureError where the pixels do not fill the picture */
export function encode(task: Task, { picture, encoding }: EncodeJob): Written {
  const bytes = encodePicture(task, fromPixels(task, picture), encoding);
  return { bytes, format: encoding.format };
}

/** Without alpha where all of it is opaque. */
export function fromPixels(task: Task, { pixels, width, height, profile }: Decoded): Vips.Image {
  const { vips } = task;
  const image = task.own(vips.Image.newFromMemory(pixels, width, height, 4, vips.BandFormat.uchar));
  const picture = task.own(image.copy({ interpretation: 'srgb' }));
  if (profile) picture.setBlob('icc-profile-data', profile);
  return isOpaque(task, picture) ? task.own(picture.extractBand(0, { n: 3 })) : picture;
}
