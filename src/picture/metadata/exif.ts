// An EXIF block goes in, the orientation it asks for comes out; and the other way round.
import { standsAt, viewOf } from './bytes';
import { tiffEntries } from './tiff';

/** EXIF's numbers: 1 is upright, 5 to 8 lie on their side. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const orientationTag = 0x0112;
const shortType = 3;

/**
 * @param exif a TIFF structure, with or without `Exif␀␀` before it
 * @returns 1 where nothing sensible is said
 */
export function readExifOrientation(exif: Uint8Array): Orientation {
  const tiff = standsAt(exif, 0, 'Exif\0') ? exif.subarray(6) : exif;
  const view = viewOf(tiff);
  for (const { tag, at, little } of tiffEntries(tiff)) {
    if (tag !== orientationTag) continue;
    const value = view.getUint16(at + 8, little);
    return view.getUint16(at + 2, little) === shortType && value >= 1 && value <= 8
      ? (value as Orientation)
      : 1;
  }
  return 1;
}

/** A whole EXIF block (TIFF, big endian, 26 bytes) that says nothing but the orientation. */
export function orientationBlock(orientation: Orientation): Uint8Array {
  const block = new Uint8Array(26);
  const view = viewOf(block);
  view.setUint32(0, 0x4d4d002a);
  view.setUint32(4, 8);
  view.setUint16(8, 1);
  view.setUint16(10, orientationTag);
  view.setUint16(12, shortType);
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  return block;
}
