// What the parts of a JPEG, PNG or WebP file are for, whichever container they lie in. Only types.

/**
 * `header` and `pixels` make the picture, `icc` its colours; the rest says something about it. `other` is what
 * nobody needs to draw the picture: captions, comments, thumbnails, signatures, second pictures.
 */
export type PartKind = 'header' | 'pixels' | 'icc' | 'exif' | 'xmp' | 'other';

/** A run of bytes of the file, with whatever the container wraps it in. */
export interface Part {
  readonly kind: PartKind;
  /** Offset of the first byte. */
  readonly start: number;
  /** Offset behind the last byte. */
  readonly end: number;
  /** Offset of what is wrapped, for `exif` and `xmp`; it ends with the part, or with `contentEnd`. */
  readonly contentStart?: number;
  readonly contentEnd?: number;
  /** Whether what is wrapped is deflated. */
  readonly deflated?: boolean;
  /** Whether what is wrapped is a line each of name and length, then bytes as hexadecimal digits. */
  readonly hexadecimal?: boolean;
  /** Whether it holds a C2PA manifest, or a piece of one. */
  readonly manifest?: boolean;
  /** What stands in for a part of which only a piece is metadata, such as a header with a thumbnail. */
  readonly cleaned?: Uint8Array;
}

/** Bytes to put into a file in front of an offset. */
export interface Insertion {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** One file format's way to hold a picture together. */
export interface Container {
  /**
   * The parts in the order of the file. What no reader can make sense of is left out, so that nothing hides there.
   * Takes time in proportion to the file and never throws.
   */
  parts(bytes: Uint8Array): Iterable<Part>;
  /** An EXIF block (TIFF, without `Exif␀␀`) as a part of this container. */
  wrapExif(block: Uint8Array): Uint8Array;
  /** Bytes that fit into a part; without it, as many as anybody has. */
  readonly packetLimit?: number;
  /** An XMP packet as a part of this container. */
  wrapXmp(packet: Uint8Array): Uint8Array;
  /** Puts wrapped EXIF or XMP, in this order, where readers look for it, and what the file then needs besides. */
  insert(bytes: Uint8Array, parts: readonly Part[], wrapped: Uint8Array): Insertion[];
  /**
   * Mends what the file says of itself once its parts have changed, in place.
   * @param end offset behind the picture; what is behind that does not belong to it
   */
  settle?(
    bytes: Uint8Array,
    parts: { readonly exif: boolean; readonly xmp: boolean },
    end: number,
  ): void;
}
