// A picture and a seed go in; the same picture with edits planted in it, and where they are, come out.
import sharp, { type Sharp } from 'sharp';
import type { Box } from '../../../../src/picture/changes';
import type { Pixels } from '../../../../src/picture/pixels';

export type Kind = 'area' | 'line' | 'colour' | 'patch';

export interface Planted {
  readonly kind: Kind;
  /** Pixels: across an area, along a line. */
  readonly size: number;
  /** Of 255: by how much it is lighter or darker. */
  readonly contrast: number;
  readonly box: Box;
  /** Pixels of the box, row by row, that it changed by at least half of the contrast. */
  readonly touched: Uint8Array;
}

/** How an edited picture comes back, and what sharp is told for that. */
export const encodings = {
  'JPEG 75': (picture: Sharp) => picture.jpeg({ quality: 75 }),
  'JPEG 85': (picture: Sharp) => picture.jpeg({ quality: 85 }),
  'JPEG 95': (picture: Sharp) => picture.jpeg({ quality: 95 }),
  'WebP 80': (picture: Sharp) => picture.webp({ quality: 80, effort: 2 }),
} as const;

export type Encoding = keyof typeof encodings;

export function toSharp({ width, height, pixels }: Pixels): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 4 } });
}

export async function fromSharp(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
}

export async function reencode(picture: Pixels, encoding: Encoding): Promise<Pixels> {
  const bytes = await encodings[encoding](toSharp(picture).removeAlpha()).toBuffer();
  return fromSharp(sharp(bytes));
}

/** Changes the pixels in place. The box must be inside of the picture. */
export function plant(
  picture: Pixels,
  { kind, size, contrast, x, y }: Omit<Planted, 'box' | 'touched'> & { x: number; y: number },
  random: () => number,
): Planted {
  const box = { x, y, width: size, height: kind === 'line' ? 2 : size };
  const touched = new Uint8Array(box.width * box.height);
  const sign = meanOf(picture, box) > 128 ? -1 : 1;
  const amounts =
    kind === 'colour' ? opposite(contrast, random) : [1, 1, 1].map((one) => sign * contrast * one);
  const source = {
    x: (x + picture.width / 2) % (picture.width - size),
    y: (y + picture.height / 2) % (picture.height - size),
  };
  const before = picture.pixels.slice();
  for (let row = 0; row < box.height; row++) {
    for (let column = 0; column < box.width; column++) {
      const weight = kind === 'line' ? 1 : softness(column, row, size);
      const at = 4 * ((y + row) * picture.width + x + column);
      const from =
        4 * ((Math.floor(source.y) + row) * picture.width + Math.floor(source.x) + column);
      let change = 0;
      for (const channel of [0, 1, 2]) {
        const old = before[at + channel]!;
        const target = kind === 'patch' ? before[from + channel]! : old + amounts[channel]!;
        const now = Math.min(255, Math.max(0, Math.round(old + weight * (target - old))));
        picture.pixels[at + channel] = now;
        change = Math.max(change, Math.abs(now - old));
      }
      if (change >= Math.max(2, (kind === 'patch' ? 20 : contrast) / 2))
        touched[row * box.width + column] = 1;
    }
  }
  return { kind, size, contrast, box, touched };
}

/** 1 in the middle of a round area, 0 outside of it; the rim is a tenth of it wide. */
function softness(column: number, row: number, size: number): number {
  const radius = size / 2;
  const distance = Math.hypot(column + 0.5 - radius, row + 0.5 - radius);
  return Math.min(1, Math.max(0, (radius - distance) / Math.max(1, size / 10)));
}

/** A change of hue that leaves the luminance. */
function opposite(contrast: number, random: () => number): number[] {
  return random() < 0.5 ? [contrast, -contrast / 2, 0] : [-contrast / 2, 0, 2 * contrast];
}

function meanOf({ width, pixels }: Pixels, box: Box): number {
  let sum = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) sum += pixels[4 * (y * width + x) + 1]!;
  }
  return sum / (box.width * box.height);
}
