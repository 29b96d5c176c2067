// An original and what a model takes go in; the picture to send comes out, and in words what became of it.
import type { Capabilities } from '../gateway/capabilities';
import { identifyPicture, type PictureInfo } from './identify';
import type { EncodedFormat, RenderJob, Rendered } from './jobs';
import { refuseTooManyPixels } from './limits';
import { holdsRemovableMetadata, readOrientation, removeMetadata } from './metadata/metadata';
import { PictureError } from './pictureError';

export interface UploadRules {
  /** The model's id, for the words. */
  readonly model: string;
  readonly limits: Pick<Capabilities, 'inputMimes' | 'maxPictureBytes' | 'maxPixels' | 'maxSide'>;
  readonly removeMetadata: boolean;
  /** Whether the pixels must be stored the way up that they are shown. */
  readonly upright?: boolean;
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
export async function prepareUpload(
  original: { readonly bytes: Uint8Array; readonly info: PictureInfo },
  rules: UploadRules,
): Promise<Upload> {
  const { bytes, info } = original;
  const { limits } = rules;
  const turned = rules.upright && readOrientation(bytes) !== 1;
  if (limits.inputMimes.includes(info.mime) && !turned) {
    // What cannot be taken out of the file is left behind by writing another.
    const clean = !rules.removeMetadata || holdsRemovableMetadata(bytes);
    const sent = rules.removeMetadata ? removeMetadata(bytes) : bytes;
    if (clean && !limitExceeded(sent, info, limits)) {
      return { bytes: sent, info, said: [], showsLess: false };
    }
  }
  refuseTooManyPixels(info);
  const rendered = await rules.render({
    type: 'render',
    bytes,
    format: info.format,
    formats: limits.inputMimes.flatMap((mime) => encodedFormats[mime] ?? []),
    maxBytes: limits.maxPictureBytes,
    maxPixels: limits.maxPixels,
    maxSide: limits.maxSide,
  });
  const rendering = identifyPicture(rendered.bytes);
  if (!rendering) throw new PictureError('It cannot be converted. Save it as PNG first.');
  return {
    bytes: rendered.bytes,
    info: rendering,
    said:
      turned && isSameSize(info, rendering) ? [] : inWords(original, rules, rendered, rendering),
    showsLess: (rendered.lossy && !turned) || rendered.frames > 1 || !isSameSize(info, rendering),
  };
}

function isSameSize(one: PictureInfo, other: PictureInfo): boolean {
  return one.width === other.width && one.height === other.height;
}

function inWords(
  { bytes, info }: { readonly bytes: Uint8Array; readonly info: PictureInfo },
  { model, limits }: UploadRules,
  { bytes: sent, frames }: Rendered,
  rendering: PictureInfo,
): string[] {
  const takes = limitExceeded(bytes, info, limits) ?? ofBytes(limits);
  const format = rendering.format === info.format ? '' : ` as ${rendering.format}`;
  const said: string[] = [];
  if (!isSameSize(rendering, info)) {
    said.push(
      `Sent${format} at ${rendering.width} × ${rendering.height} instead of ${info.width} × ${info.height}: ${model} takes at most ${takes}.`,
    );
  } else if (format === '') {
    said.push(
      `Sent with ${megabytes(sent.byteLength)} instead of ${megabytes(bytes.byteLength)}: ${model} takes at most ${takes}.`,
    );
  } else if (!limits.inputMimes.includes(info.mime)) {
    said.push(`Sent${format}: ${model} does not take ${info.format}.`);
  } else if (holdsRemovableMetadata(bytes)) {
    said.push(`Sent${format}: ${model} takes at most ${takes}.`);
  } else {
    said.push(`Sent${format}: the metadata of ${info.format} cannot be removed otherwise.`);
  }
  if (frames > 1) {
    const parts = info.format === 'TIFF' ? 'pages' : 'frames';
    said.push(`Only the first of its ${frames} ${parts} is sent.`);
  }
  return said;
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
