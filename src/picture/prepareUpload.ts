// An original and what a model takes go in; the picture to send comes out, and in words what became of it.
import type { Capabilities } from '../gateway/capabilities';
import { identifyPicture, type PictureInfo } from './identify';
import type { Checked, CheckJob, EncodedFormat, RenderJob, Rendered } from './jobs';
import { refuseTooManyPixels } from './limits';
import { statesHdr } from './losses';
import { countFrames, hasOwnStill, withoutFrames } from './metadata/frames';
import { holdsRemovableMetadata, readOrientation, removeMetadata } from './metadata/metadata';
import { PictureError } from './pictureError';

interface Original {
  readonly bytes: Uint8Array;
  readonly info: PictureInfo;
}

export interface UploadRules {
  /** The model's id, for the words. */
  readonly model: string;
  readonly limits: Pick<Capabilities, 'inputMimes' | 'maxPictureBytes' | 'maxPixels' | 'maxSide'>;
  readonly removeMetadata: boolean;
  /** Whether the pixels must be stored the way up that they are shown. */
  readonly upright?: boolean;
  /** Decodes the picture, and proves what is left of it without its metadata. */
  readonly check: (job: CheckJob) => Promise<Checked>;
  /** Works on pixels; called only where it must be. */
  readonly render: (job: RenderJob) => Promise<Rendered>;
}

export interface Upload {
  /** The very same as the original's where nothing had to change. */
  readonly bytes: Uint8Array;
  readonly info: PictureInfo;
  /** Whole sentences; none where the picture is sent as it is, or only without its metadata. */
  readonly said: readonly string[];
  /** Whether what is sent shows less than the original: fewer pixels, more compressed, one of many frames. */
  readonly showsLess: boolean;
}

const encodedFormats: Readonly<Record<string, EncodedFormat>> = {
  'image/png': 'PNG',
  'image/jpeg': 'JPEG',
  'image/webp': 'WebP',
};

/**
 * Changes as little as the model's limits allow: nothing, else the metadata, else the format, else the size.
 * @throws PictureError where the picture cannot be sent
 */
export async function prepareUpload(original: Original, rules: UploadRules): Promise<Upload> {
  const { bytes, info } = original;
  const { limits } = rules;
  refuseTooManyPixels(info);
  const frames = countFrames(bytes);
  const turned = rules.upright && readOrientation(bytes) !== 1;
  const bare = await checkPicture(original, rules, rules.check);
  const fits = bare && limits.inputMimes.includes(info.mime) && !limitExceeded(bare, info, limits);
  // Of an animation nothing but what is said may leave: nobody can say which frame a gateway looks at.
  // Models take its numbers for those of an ordinary screen, and see it pale.
  const hdr = statesHdr(bytes);
  if (fits && !turned && !hdr && countFrames(bare) === 1) {
    return { bytes: bare, info, said: framesInWords(original, frames), showsLess: frames > 1 };
  }
  const formats = limits.inputMimes.flatMap((mime) => encodedFormats[mime] ?? []);
  const rendered = await rules.render({
    type: 'render',
    bytes,
    format: info.format,
    // As PNG, where that is taken, the frame loses nothing.
    formats: frames > 1 && formats.includes('PNG') ? formats.filter(isNoWebp) : formats,
    maxBytes: limits.maxPictureBytes,
    maxPixels: limits.maxPixels,
    maxSide: limits.maxSide,
  });
  const rendering = identifyPicture(rendered.bytes);
  if (!rendering) throw new PictureError('It cannot be converted. Save it as PNG first.');
  const said =
    turned && isSameSize(info, rendering)
      ? []
      : [inWords(original, rules, rendered, rendering, bare)];
  return {
    bytes: rendered.bytes,
    info: rendering,
    said: [
      ...said,
      ...framesInWords(original, frames),
      ...(hdr ? ['It is sent without its high dynamic range (HDR).'] : []),
    ],
    showsLess: (rendered.lossy && !turned) || frames > 1 || hdr || !isSameSize(info, rendering),
  };
}

/**
 * What of a picture can be sent as it is, with or without its metadata; undefined where what cannot be taken out of the
 * file has to be left behind by writing another.
 * @throws PictureError where the picture cannot be decoded: nobody should pay for what cannot be compared
 */
export async function checkPicture(
  { bytes, info: { format } }: Original,
  rules: Pick<UploadRules, 'removeMetadata'>,
  check: UploadRules['check'],
): Promise<Uint8Array | undefined> {
  const without = rules.removeMetadata ? removedOrNot(bytes) : bytes;
  const bare = without && withoutFrames(without);
  const job = { type: 'check', encoded: { bytes, format } } as const;
  const { isSame } = await check(bare === bytes ? job : { ...job, bare });
  return isSame ? bare : undefined;
}

/** Undefined where that cannot be done. */
function removedOrNot(bytes: Uint8Array): Uint8Array | undefined {
  if (!holdsRemovableMetadata(bytes)) return undefined;
  try {
    return removeMetadata(bytes);
  } catch (error) {
    // What Retouch cannot take apart a decoder may still read.
    if (error instanceof PictureError) return undefined;
    throw error;
  }
}

function isNoWebp(format: EncodedFormat): boolean {
  return format !== 'WebP';
}

function isSameSize(one: PictureInfo, other: PictureInfo): boolean {
  return one.width === other.width && one.height === other.height;
}

/** @param bare what could be sent of it without its metadata, but for the model's limits */
function inWords(
  { bytes, info }: Original,
  { model, limits }: UploadRules,
  { bytes: sent }: Rendered,
  rendering: PictureInfo,
  bare: Uint8Array | undefined,
): string {
  const takes = limitExceeded(bare ?? bytes, info, limits);
  const format = rendering.format === info.format ? '' : ` as ${rendering.format}`;
  if (!isSameSize(rendering, info)) {
    return `Sent${format} at ${rendering.width} × ${rendering.height} instead of ${info.width} × ${info.height}: ${model} takes at most ${takes ?? ofBytes(limits)}.`;
  }
  if (!limits.inputMimes.includes(info.mime)) {
    return `Sent${format}: ${model} does not take ${info.format}.`;
  }
  if (!bare) {
    return holdsRemovableMetadata(bytes)
      ? `Sent${format || ' encoded anew'}: its metadata could not be removed without harm to the picture.`
      : `Sent${format}: the metadata of ${info.format} cannot be removed otherwise.`;
  }
  if (!takes) return `Sent${format || ' encoded anew'}.`;
  return format === ''
    ? `Sent with ${megabytes(sent.byteLength)} instead of ${megabytes(bytes.byteLength)}: ${model} takes at most ${takes}.`
    : `Sent${format}: ${model} takes at most ${takes}.`;
}

/** What is lost of an animation or a document. */
function framesInWords({ bytes, info }: Original, frames: number): string[] {
  if (frames === 1) return [];
  if (hasOwnStill(bytes)) return [`Only its still picture is sent, none of its ${frames} frames.`];
  const parts = info.format === 'TIFF' ? 'pages' : 'frames';
  return [`Only the first of its ${frames} ${parts} is sent.`];
}

/** What the model takes at most, where a picture has more. */
function limitExceeded(
  { byteLength }: Uint8Array,
  { width, height }: PictureInfo,
  limits: UploadRules['limits'],
): string | undefined {
  const { maxPictureBytes, maxPixels = Infinity, maxSide = Infinity } = limits;
  if (Math.max(width, height) > maxSide) return `${maxSide} pixels a side`;
  if (width * height > maxPixels) return `${maxPixels.toLocaleString('en-US')} pixels`;
  if (byteLength > maxPictureBytes) return ofBytes(limits);
  return undefined;
}

function ofBytes({ maxPictureBytes }: UploadRules['limits']): string {
  return megabytes(maxPictureBytes);
}

function megabytes(byteLength: number): string {
  return `${Math.ceil((byteLength / 1024 / 1024) * 10) / 10} MB`;
}
