// A picture and a seed go in; the picture as a model might return it comes out: moved, scaled, cropped, edited, and of
// another size and encoding; with where everything in it belongs.
import sharp, { type Sharp } from 'sharp';
import type { Placement } from '../../../../src/picture/align';
import type { Pixels } from '../../../../src/picture/pixels';
import { encodings, fromSharp, toSharp, type Encoding } from './plant';

export interface Displaced {
  readonly edited: Pixels;
  readonly placement: Placement;
  /** For the report. */
  readonly what: string;
}

const sizes = [1, 0.8, 1.25, 0.62];

/** Crops up to a seventh of a side, shifts and stretches; edits a tenth to a third of it; some change all colours. */
export async function displace(
  original: Pixels,
  seed: number,
  random: () => number,
): Promise<Displaced> {
  const ratio = sizes[seed % sizes.length]!;
  const width = Math.round(original.width * ratio);
  const height = Math.round(original.height * ratio);
  // Of the original: what of it is seen.
  const zoom = seed % 3 === 0 ? 1 : 1 - 0.14 * random();
  const aspect = seed % 5 === 0 ? 1 + 0.03 * (random() - 0.5) : 1;
  const scaleX = (original.width / width) * zoom;
  const scaleY = (original.height / height) * zoom * aspect;
  const offsetX = shift(random, original.width - scaleX * width, 0.02 * original.width);
  const offsetY = shift(random, original.height - scaleY * height, 0.02 * original.height);
  const placement = { scaleX, scaleY, offsetX, offsetY };
  const global = [
    (picture: Sharp) => picture,
    (picture: Sharp) => picture.grayscale(),
    (picture: Sharp) => picture.linear(1.12, 8),
    (picture: Sharp) => picture.modulate({ saturation: 1.3, brightness: 0.93 }),
  ][seed % 7 < 4 ? seed % 7 : 0]!;
  const patched = patch(render(original, placement, width, height), random);
  const encoding = Object.keys(encodings)[seed % 4] as Encoding;
  const coloured = await global(toSharp(patched).removeAlpha())
    .toColourspace('srgb')
    .png()
    .toBuffer();
  const bytes = await encodings[encoding](sharp(coloured)).toBuffer();
  return {
    edited: await fromSharp(sharp(bytes)),
    placement,
    what: `${width} × ${height} of ${original.width} × ${original.height}, zoom ${zoom.toFixed(3)}, ${encoding}`,
  };
}

/** Anywhere in the room there is, and a little out of it. */
function shift(random: () => number, room: number, more: number): number {
  return room * random() + more * (2 * random() - 1);
}

/** What the placement shows of the original: the mean over each pixel's area, from two places along each side. */
function render(
  { width, height, pixels }: Pixels,
  { scaleX, scaleY, offsetX, offsetY }: Placement,
  newWidth: number,
  newHeight: number,
): Pixels {
  const columns = spread(width, scaleX, offsetX, newWidth);
  const rows = spread(height, scaleY, offsetY, newHeight);
  const across = new Float32Array(3 * newWidth * height);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++) {
      for (let channel = 0; channel < 3; channel++, to++) {
        for (let step = 2 * x; step < 2 * x + 2; step++) {
          const from = 4 * (y * width + columns.from[step]!) + channel;
          across[to]! += pixels[from]! + columns.part[step]! * (pixels[from + 4]! - pixels[from]!);
        }
      }
    }
  }
  const rendered = new Uint8Array(4 * newWidth * newHeight).fill(255);
  for (let y = 0, to = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++, to += 4) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let step = 2 * y; step < 2 * y + 2; step++) {
          const from = 3 * (rows.from[step]! * newWidth + x) + channel;
          const below = across[from + 3 * newWidth]!;
          sum += across[from]! + rows.part[step]! * (below - across[from]!);
        }
        rendered[to + channel] = Math.round(sum / 4);
      }
    }
  }
  return { width: newWidth, height: newHeight, pixels: rendered };
}

/** Two places in each pixel: which pixel of the original is before them, and how far it is to the next. */
function spread(
  length: number,
  scale: number,
  offset: number,
  newLength: number,
): { from: Int32Array; part: Float32Array } {
  const places = { from: new Int32Array(2 * newLength), part: new Float32Array(2 * newLength) };
  for (let step = 0; step < 2 * newLength; step++) {
    const place = scale * ((step + 0.5) / 2) + offset - 0.5;
    const from = Math.min(length - 2, Math.max(0, Math.floor(place)));
    places.from[step] = from;
    places.part[step] = Math.min(1, Math.max(0, place - from));
  }
  return places;
}

/** Something else, with edges and detail of its own, over 10 to 35 % of the picture. */
function patch(picture: Pixels, random: () => number): Pixels {
  const { width, height, pixels } = picture;
  const share = 0.1 + 0.25 * random();
  const patchWidth = Math.floor(width * Math.min(0.95, Math.sqrt(share) * (0.7 + 0.6 * random())));
  const patchHeight = Math.min(height, Math.floor((share * width * height) / patchWidth));
  const left = Math.floor(random() * (width - patchWidth));
  const top = Math.floor(random() * (height - patchHeight));
  const shiftX = Math.floor(width * (0.2 + 0.6 * random()));
  const shiftY = Math.floor(height * (0.2 + 0.6 * random()));
  const before = pixels.slice();
  for (let y = top; y < top + patchHeight; y++) {
    for (let x = left; x < left + patchWidth; x++) {
      const from = 4 * (((y + shiftY) % height) * width + ((x + shiftX) % width));
      const to = 4 * (y * width + x);
      // Of another colour too, and the other way round.
      for (const channel of [0, 1, 2]) pixels[to + channel] = 255 - before[from + 2 - channel]!;
    }
  }
  return picture;
}
