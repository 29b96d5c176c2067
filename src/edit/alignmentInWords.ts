// How an edited picture was found to lie in its original goes in; words for people come out.
import type { Alignment } from '../picture/align';
import { place, type Fit, type Size } from '../picture/placement';

/** Pixels and parts of a side: what is less is not worth a word. */
const leastShift = 0.3;
const leastScale = 0.0008;

/** Why an edited picture lies as it came though it was to be aligned. */
export const notMoved = {
  unlike: 'not moved: too little agrees with the original',
  chosen: 'not moved: it lies as you chose',
} as const;

/**
 * `moved 2.4 px right and 0.8 px up, scaled to 99.4 %`; undefined where it lies as it would without.
 * Shifts are those of the middle of the picture, in pixels of the original.
 * @param fit how it would lie without
 */
export function alignmentInWords(
  { scaleX, scaleY, offsetX, offsetY }: Alignment,
  original: Size,
  edited: Size,
  fit: Fit = 'Stretch',
): string | undefined {
  const placed = place(original, edited, fit);
  const across = offsetX + (scaleX * edited.width) / 2 - original.width / 2;
  const down = offsetY + (scaleY * edited.height) / 2 - original.height / 2;
  const widths = (scaleX * edited.width) / placed.width;
  const heights = (scaleY * edited.height) / placed.height;
  const moves = [shiftInWords(across, 'right', 'left'), shiftInWords(down, 'down', 'up')].filter(
    (words) => words !== undefined,
  );
  const scaled = Math.max(Math.abs(widths - 1), Math.abs(heights - 1)) >= leastScale;
  const scales = Math.abs(widths - heights) < leastScale ? [widths] : [widths, heights];
  const words = [
    ...(moves.length > 0 ? [`moved ${moves.join(' and ')}`] : []),
    ...(scaled ? [`scaled to ${scales.map(percent).join(' × ')}`] : []),
  ];
  return words.length > 0 ? words.join(', ') : undefined;
}

function shiftInWords(pixels: number, ahead: string, back: string): string | undefined {
  if (Math.abs(pixels) < leastShift) return undefined;
  return `${Math.abs(pixels).toFixed(1)} px ${pixels > 0 ? ahead : back}`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
