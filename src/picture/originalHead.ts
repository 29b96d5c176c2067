// An original goes in; as much of it as Match Original needs to know comes out, which is mostly none of its pixels.
import { joinBytes, standsAt } from './metadata/bytes';
import { jpeg } from './metadata/jpeg';
import type { Part } from './metadata/parts';
import { png } from './metadata/png';
import type { Encoded } from './open';

/** Bytes of the compressed pixels that are left, so that decoders are sure that they begin there. */
const startOfPixels = 4096;

/**
 * Everything but the pixels of a JPEG, or of a PNG without transparency; anything else as it is. Tens of megabytes
 * need then neither be handed to the thread nor be held there.
 */
export function headOf(original: Encoded): Encoded {
  const { bytes, format } = original;
  if (format !== 'JPEG' && format !== 'PNG') return original;
  const parts = [...(format === 'JPEG' ? jpeg : png).parts(bytes)];
  if (format === 'PNG' && hasTransparency(bytes, parts)) return original;
  const pixels = parts.find(({ kind }) => kind === 'pixels');
  if (!pixels) return original;
  const { start, end } = pixels;
  const isEnd = (part: Part) =>
    standsAt(bytes, part.start + 4, 'IEND') || part.end - part.start <= 2;
  // What a PNG says behind its pixels may stand in front of them as well.
  const head = parts.filter((part) => part.kind !== 'pixels' && (part.start === 0 || !isEnd(part)));
  const pieces = head.map((part) => bytes.subarray(part.start, part.end));
  pieces.push(bytes.subarray(start, Math.min(end, start + startOfPixels)));
  return { bytes: joinBytes(...pieces), format };
}

/** Alpha for each pixel, or for some colour. */
function hasTransparency(bytes: Uint8Array, parts: readonly Part[]): boolean {
  const colourType = bytes[25] ?? 0;
  const alpha = 4;
  return (
    (colourType & alpha) !== 0 || parts.some(({ start }) => standsAt(bytes, start + 4, 'tRNS'))
  );
}
