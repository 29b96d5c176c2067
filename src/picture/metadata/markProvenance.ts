// An encoded picture and how it was made go in; the same picture that says so comes out.
import { holdsManifest, readBlocks, roomForXmp, writeBlocks } from './metadata';
import { addToXmp, type Provenance } from './provenance';

export interface Marked {
  /** The compressed pixels are byte for byte what they were. */
  readonly bytes: Uint8Array;
  /** False for formats other than JPEG, PNG and WebP: the bytes are the very same. */
  readonly isMarked: boolean;
  /** Whether there was a C2PA manifest, which vouched for the bytes as they were and had to go. */
  readonly lostManifest: boolean;
}

/** @throws PictureError where there is no picture in the file */
export function markProvenance(bytes: Uint8Array, provenance: Provenance): Marked {
  const xmp = addToXmp(readBlocks(bytes).xmp, provenance, roomForXmp(bytes));
  const marked = writeBlocks(bytes, { xmp });
  const isMarked = marked !== bytes;
  return { bytes: marked, isMarked, lostManifest: isMarked && holdsManifest(bytes) };
}
