// How a version is saved goes in; what the panel says of the file comes out, and how its pixels are encoded.
import type { PanelState } from '../compare/protocol';
import type { Encoding } from '../picture/encoding';
import { lossesOf } from '../picture/losses';
import { readEncoding } from '../picture/originalEncoding';
import { encoded } from './comparePair';
import type { Picture } from './readOriginal';

export interface Saving {
  readonly original: Picture;
  readonly received: Picture;
  /** Whether it is saved as the original is. */
  readonly matching: boolean;
  /** Whether it is put together here. */
  readonly composed: boolean;
  /** Whether some of its pixels are the original's. */
  readonly putsBack: boolean;
}

/** What Accept would save, what is lost, and whether a PNG would keep more. */
export function savesInWords(
  saving: Saving,
): Required<Pick<PanelState, 'saves' | 'losses' | 'offersPng'>> {
  const { original, received, matching, composed } = saving;
  const { width, height } = matching || composed ? original.info : received.info;
  const { format } = encodingFor(saving);
  const isLossy = losesPixels(saving);
  return {
    saves: `Saves ${format}, ${width} × ${height}`,
    losses: [
      ...known(original, matching || composed ? undefined : received),
      ...lossInWords(saving),
    ],
    offersPng: isLossy,
  };
}

/** Where it is said that pixels are the original's, and the format does not keep them to the last bit. */
export function lossInWords(saving: Saving): string[] {
  if (!saving.putsBack || !losesPixels(saving)) return [];
  const { format } = encodingFor(saving);
  return [
    `${format} changes pixels a little as it is written, also where they are the original’s: Save as PNG keeps each.`,
  ];
}

function losesPixels(saving: Saving): boolean {
  const { format, ...encoding } = encodingFor(saving);
  if (format === 'WebP') return !('quality' in encoding) || encoding.quality !== 'lossless';
  return format !== 'PNG';
}

function encodingFor({
  original,
  received,
  matching,
  composed,
}: Saving): Encoding | Picture['info'] {
  if (matching) return readEncodingOnce(original) ?? { format: 'PNG' };
  return composed ? encodingOf(received) : received.info;
}

const encodings = new WeakMap<Picture, { readonly of: Encoding | undefined }>();

function readEncodingOnce(picture: Picture): Encoding | undefined {
  const read = encodings.get(picture) ?? { of: readEncoding(encoded(picture)) };
  encodings.set(picture, read);
  return read.of;
}

/** By the picture that takes the original's place; by the original where that is one of Match Original. */
const losses = new WeakMap<Picture, string[]>();

function known(original: Picture, received: Picture | undefined): string[] {
  const key = received ?? original;
  const before = losses.get(key);
  if (before) return before;
  const found = lossesOf(encoded(original), received && encoded(received));
  losses.set(key, found);
  return found;
}

/** As good as what was received, in its format. */
export function encodingOf({ info: { format } }: Picture): Encoding {
  if (format === 'JPEG') return { format, quality: 95, subsampled: false, progressive: false };
  if (format === 'WebP') return { format, quality: 'lossless' };
  return { format: 'PNG' };
}
