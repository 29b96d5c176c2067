// A picture and a seed go in; the picture as a model that paints everything anew might return it comes out, with how far
// a placement puts it from where it belongs.
import sharp from 'sharp';
import type { Placement } from '../../../../src/picture/align';
import type { Pixels } from '../../../../src/picture/pixels';
import { fromSharp, toSharp } from './plant';

export interface Redrawing {
  /** Of the original's sides that are seen. */
  readonly zoomX: number;
  readonly zoomY: number;
  /** Parts of the sides by which the middle is moved. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** Pixels of the original: about how far places are moved, smoothly and each a little differently. */
  readonly warp: number;
  /** Of 255: how strong the grain is that takes the place of the texture. */
  readonly grain: number;
  /** The part of the picture that shows something else. */
  readonly edited: number;
}

export interface Redrawn {
  readonly edited: Pixels;
  /** The root of the mean square, in pixels of the original, over all that shows what the original does. */
  readonly distance: (placement: Placement) => number;
}

export const unmoved = { zoomX: 1, zoomY: 1, shiftX: 0, shiftY: 0 } as const;

/** As large as the original; a little warmer, and a JPEG. */
export async function redraw(
  original: Pixels,
  how: Redrawing,
  random: () => number,
): Promise<Redrawn> {
  const { width, height } = original;
  const across = bend(random, how.warp);
  const down = bend(random, how.warp);
  const placeOf = (x: number, y: number) => ({
    x: width * (0.5 + how.shiftX) + how.zoomX * (x - width / 2) + across(x / width, y / height),
    y: height * (0.5 + how.shiftY) + how.zoomY * (y - height / 2) + down(x / width, y / height),
  });
  const side = Math.sqrt(how.edited);
  const left = Math.floor(random() * (1 - side) * width);
  const top = Math.floor(random() * (1 - side) * height);
  const isEdited = (x: number, y: number) =>
    x >= left && x < left + side * width && y >= top && y < top + side * height;
  const pixels = new Uint8Array(4 * width * height).fill(255);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const place = placeOf(x + 0.5, y + 0.5);
      if (isEdited(x, y)) {
        place.x = (place.x + 0.37 * width) % width;
        place.y = (place.y + 0.43 * height) % height;
      }
      const grain = how.grain * (random() - 0.5);
      for (const channel of [0, 1, 2]) {
        const light = warmth[channel]! * sampleAt(original, place.x, place.y, channel) + grain;
        pixels[at + channel] = Math.min(255, Math.max(0, light));
      }
    }
  }
  const soft = toSharp({ width, height, pixels }).removeAlpha().blur(0.8);
  const edited = await fromSharp(sharp(await soft.jpeg({ quality: 85 }).toBuffer()));
  const distance = ({ scaleX, scaleY, offsetX, offsetY }: Placement) => {
    let sum = 0;
    let count = 0;
    for (let y = 4; y < height; y += 8) {
      for (let x = 4; x < width; x += 8) {
        if (isEdited(x, y)) continue;
        const place = placeOf(x, y);
        sum += (scaleX * x + offsetX - place.x) ** 2 + (scaleY * y + offsetY - place.y) ** 2;
        count++;
      }
    }
    return Math.sqrt(sum / count);
  };
  return { edited, distance };
}

const warmth = [1.02, 1, 0.92] as const;

/** A few long waves, over places from 0 to 1. */
function bend(random: () => number, strength: number): (x: number, y: number) => number {
  const waves = Array.from({ length: 4 }, () => ({
    x: 8 * (random() - 0.5),
    y: 8 * (random() - 0.5),
    phase: 2 * Math.PI * random(),
  }));
  return (x, y) =>
    (strength / Math.SQRT2) *
    waves.reduce((sum, wave) => sum + Math.sin(2 * (wave.x * x + wave.y * y) + wave.phase), 0);
}

/** Between pixels, linearly; outside the border repeats. */
function sampleAt({ width, height, pixels }: Pixels, x: number, y: number, channel: number) {
  const column = Math.min(width - 1.001, Math.max(0, x - 0.5));
  const row = Math.min(height - 1.001, Math.max(0, y - 0.5));
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [across, down] = [column - left, row - top];
  const at = 4 * (top * width + left) + channel;
  const upper = pixels[at]! * (1 - across) + pixels[at + 4]! * across;
  const lower = pixels[at + 4 * width]! * (1 - across) + pixels[at + 4 * width + 4]! * across;
  return upper * (1 - down) + lower * down;
}
