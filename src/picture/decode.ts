// A picture of any format that can be read goes in; its pixels as RGBA come out, upright.
import type Vips from 'wasm-vips';
import { convertColours, profileOf } from './colours';
import type { Decoded, DecodeJob } from './jobs';
import { openPicture } from './open';
import type { Task } from './task';

/** Rows that are copied at a time: what is held twice. */
const stripRows = 256;

/**
 * @throws PictureError where it cannot be decoded, or over 100 megapixels by the header alone
 */
export function decode(task: Task, { encoded, colours }: DecodeJob): Decoded {
  const image = openPicture(task, encoded, false);
  const profile = colours === undefined ? rgbProfileOf(image) : (colours ?? undefined);
  return { ...readPixels(task, convertColours(task, image, profile)), profile };
}

/** The profile that RGB numbers of the picture are in: its own where it is one of RGB, else none, which is sRGB. */
export function rgbProfileOf(image: Vips.Image): Uint8Array | undefined {
  return image.bands >= 3 && image.interpretation !== 'cmyk' ? profileOf(image) : undefined;
}

/** In shared memory, so that threads hand it to each other without a copy. */
function readPixels(task: Task, image: Vips.Image): Omit<Decoded, 'profile'> {
  const { width, height } = image;
  const opaque = image.hasAlpha() ? image : task.own(image.bandjoin(255));
  const decoded = task.own(task.watch(opaque).copyMemory());
  const pixels = new Uint8Array(new SharedArrayBuffer(width * height * 4));
  for (let top = 0; top < height; top += stripRows) {
    const rows = Math.min(stripRows, height - top);
    const strip = task.own(decoded.crop(0, top, width, rows));
    pixels.set(strip.writeToMemory(), top * width * 4);
  }
  return { pixels, width, height };
}
