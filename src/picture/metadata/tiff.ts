// The bytes of a TIFF structure go in, a file's or EXIF's; the entries of its first directory come out.
import { standsAt, viewOf } from './bytes';

export interface TiffEntry {
  readonly tag: number;
  /** Offset of the entry: its type is two bytes behind it, its count four, its value or where that is eight. */
  readonly at: number;
  /** Whether its numbers begin with their lowest byte. */
  readonly little: boolean;
}

const entryLength = 12;

/**
 * Those that are there: none of what is no TIFF, fewer where it is cut.
 * @see https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf page 13
 */
export function* tiffEntries(tiff: Uint8Array): Generator<TiffEntry> {
  const little = standsAt(tiff, 0, 'II*\0');
  if (tiff.length < 8 || (!little && !standsAt(tiff, 0, 'MM\0*'))) return;
  const view = viewOf(tiff);
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return;
  const count = view.getUint16(directory, little);
  for (let index = 0; index < count; index++) {
    const at = directory + 2 + entryLength * index;
    if (at + entryLength > tiff.length) return;
    yield { tag: view.getUint16(at, little), at, little };
  }
}
