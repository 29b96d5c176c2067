// A picture of any format that can be read goes in; the same, within limits and in a format to be sent, comes out.
import type Vips from 'wasm-vips';
import { convertColours } from './colours';
import { encodePicture, type Encoding } from './encoding';
import type { EncodedFormat, RenderJob, Rendered } from './jobs';
import { countFrames } from './metadata/frames';
import { isOpaque, openPicture } from './open';
import { PictureError } from './pictureError';
import type { Task } from './task';

/** A quality at which nobody sees the loss; from 90 on, libvips keeps the full resolution of colours. */
const quality = 92;

/** The first size is an estimate, and each further one closer: this many are never needed. */
const maxAttempts = 12;

/** Pixels: a smaller picture shows nothing. */
const minSide = 16;

/**
 * Turned upright; 8 bits a channel; the colour profile kept, CMYK in sRGB; transparency kept.
 * @throws PictureError where it cannot be decoded or not be brought within the limits
 */
export function render(task: Task, job: RenderJob): Rendered {
  const opened = openPicture(task, job);
  const picture =
    opened.interpretation === 'cmyk' ? convertColours(task, opened, undefined) : opened;
  return { ...encodeWithin(task, picture, job), frames: countFrames(job.bytes) };
}

/** Less and less until it fits: first in the best format, then in one with loss, then smaller. */
function encodeWithin(task: Task, picture: Vips.Image, job: RenderJob): Omit<Rendered, 'frames'> {
  const { maxBytes = Infinity, maxPixels = Infinity, maxSide = Infinity } = job;
  const { width, height } = picture;
  let scale = Math.min(
    1,
    maxSide / Math.max(width, height),
    Math.sqrt(maxPixels / (width * height)),
  );
  let format = firstFormat(job);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const size = { width: scaled(width, scale), height: scaled(height, scale) };
    if (Math.min(size.width, size.height) < Math.min(minSide, width, height)) break;
    const sized =
      scale === 1
        ? picture
        : task.own(picture.thumbnailImage(size.width, { height: size.height, size: 'force' }));
    const bytes = encodePicture(task, sized, encodingOf(format));
    if (bytes.byteLength <= maxBytes) return { bytes, lossy: scale < 1 || format !== 'PNG' };
    const smaller = format === 'PNG' ? lossyFormat(task, picture, job) : undefined;
    if (smaller) format = smaller;
    else scale *= Math.min(0.9, 0.97 * Math.sqrt(maxBytes / bytes.byteLength));
  }
  throw new PictureError(
    'It cannot be made small enough for the model’s limits. Choose another model.',
  );
}

function scaled(side: number, scale: number): number {
  return Math.max(1, Math.floor(side * scale));
}

function firstFormat({ format, formats }: RenderJob): EncodedFormat {
  const first =
    formats.find((possible) => possible === format) ?? formats.find(isPng) ?? formats[0];
  if (first) return first;
  throw new PictureError('The model takes no format that Retouch can write. Choose another model.');
}

function isPng(format: EncodedFormat): boolean {
  return format === 'PNG';
}

/** The best one to lose a little in; undefined where only PNG will do. */
function lossyFormat(
  task: Task,
  picture: Vips.Image,
  { formats }: RenderJob,
): EncodedFormat | undefined {
  const able: readonly EncodedFormat[] = isOpaque(task, picture) ? ['JPEG', 'WebP'] : ['WebP'];
  return able.find((format) => formats.includes(format));
}

function encodingOf(format: EncodedFormat): Encoding {
  switch (format) {
    case 'JPEG':
      return { format, quality, subsampled: false, progressive: false };
    case 'WebP':
      return { format, quality };
    case 'PNG':
      return { format };
  }
}
