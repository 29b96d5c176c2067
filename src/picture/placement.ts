// The sizes of an original and of its edited picture go in; where the edited one lies in the original comes out.

/** What becomes of another aspect ratio: all of it inside, over all of the original, or pulled out of shape. */
export const fits = ['Fit', 'Crop', 'Stretch'] as const;

export type Fit = (typeof fits)[number];

export interface Size {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/**
 * The rectangle that the whole edited picture covers, in pixels of the original, of which it may lie partly outside.
 * Fractions of pixels count: the outer edges of the pictures are meant, not the middles of their pixels.
 */
export interface Placement extends Size {
  readonly left: number;
  readonly top: number;
}

/** Ratios of aspect ratios up to which nobody sees that a picture is stretched, such as a row lost to rounding. */
const unseen = 1.005;

/** Whether the shapes differ so much that `Fit`, `Crop` and `Stretch` look different. */
export function needsFit(original: Size, edited: Size): boolean {
  const ratio = (original.width * edited.height) / (original.height * edited.width);
  const slack =
    1 +
    Math.max(
      1 / Math.min(edited.width, edited.height),
      1 / Math.min(original.width, original.height),
    );
  return Math.max(ratio, 1 / ratio) > Math.max(unseen, slack);
}

/** Centred; over all of the original where the shapes are the same. */
export function place(original: Size, edited: Size, fit: Fit): Placement {
  const whole = { left: 0, top: 0, width: original.width, height: original.height };
  if (fit === 'Stretch' || !needsFit(original, edited)) return whole;
  const across = original.width / edited.width;
  const down = original.height / edited.height;
  const scale = fit === 'Fit' ? Math.min(across, down) : Math.max(across, down);
  // A side that fills the original does so to the last bit.
  const width = scale === across ? original.width : edited.width * scale;
  const height = scale === down ? original.height : edited.height * scale;
  return {
    left: (original.width - width) / 2,
    top: (original.height - height) / 2,
    width,
    height,
  };
}

/** Whether it covers the original exactly, so that nothing but its size changes. */
export function coversExactly(original: Size, { left, top, width, height }: Placement): boolean {
  return left === 0 && top === 0 && width === original.width && height === original.height;
}
