// Sizes in pixels go in; whether Retouch works on such a picture comes out.
import { PictureError } from './pictureError';

/** Width times height. Decoded, that is 400 MB. */
export const pixelLimit = 100_000_000;

/** @throws PictureError over 100 megapixels; nothing but the header needs to be known */
export function refuseTooManyPixels({ width, height }: { width: number; height: number }): void {
  if (width * height <= pixelLimit) return;
  const megapixels = Math.ceil((width * height) / 1_000_000).toLocaleString('en-US');
  throw new PictureError(
    `It has ${width} × ${height} pixels, which is ${megapixels} megapixels, and Retouch works on at most 100. Make it smaller first.`,
  );
}
