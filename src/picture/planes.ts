// An original and an edited picture over it go in; both come out small, as they are looked at as a whole.
import type { ColourCells } from './colourCells';
import type { Pixels } from './pixels';
import { shrink } from './resample';
import { checkWanted } from './wanted';

/** Where the edited picture lies in the original, in parts of the sides: elsewhere there is nothing to compare. */
export interface Covered {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Whether it was moved there, and lay elsewhere as it came. */
  readonly moved?: boolean;
}

export interface Planes {
  readonly before: Pixels;
  readonly after: Pixels;
}

/** Pixels of the longer side: what is finer is left to the comparison at full size. */
const planeSide = 768;

/** Mean colours for the overall tone are of cells, at most so many in a row. */
const toneCells = 96;

/** @returns both of one size, at most 768 pixels on the longer side */
export function shrinkBoth(original: Pixels, edited: Pixels): Planes {
  const ratio = Math.min(1, planeSide / Math.max(original.width, original.height));
  const width = Math.max(1, Math.round(original.width * ratio));
  const height = Math.max(1, Math.round(original.height * ratio));
  return { before: shrink(original, width, height), after: shrink(edited, width, height) };
}

/** Deviation in levels: where a cell is as varied as this, its mean says half as much. */
const variedness = 24;

/** From this on a pixel may have been cut off at black or white, in levels from there. */
const cutOff = 2;

export interface PlacedCells extends ColourCells {
  /** Of each cell, where its middle is across and down: from -1 to 1. */
  readonly places: Float32Array;
}

/** The mean colours of cells that the edited picture covers wholly. */
export function meanColours({ before, after }: Planes, covered: Covered): PlacedCells {
  const { width, height } = before;
  const side = Math.max(1, Math.max(width, height) / toneCells);
  const columns = Math.max(1, Math.round(width / side));
  const rows = Math.max(1, Math.round(height / side));
  const cells = {
    before: new Float32Array(3 * columns * rows),
    after: new Float32Array(3 * columns * rows),
    weights: new Float32Array(columns * rows),
    places: new Float32Array(2 * columns * rows),
  };
  let count = 0;
  for (let row = 0; row < rows; row++) {
    checkWanted();
    const top = Math.round((row * height) / rows);
    const bottom = Math.round(((row + 1) * height) / rows);
    if (top / height < covered.top - 1e-6 || bottom / height > covered.bottom + 1e-6) continue;
    for (let column = 0; column < columns; column++) {
      const left = Math.round((column * width) / columns);
      const right = Math.round(((column + 1) * width) / columns);
      if (left / width < covered.left - 1e-6 || right / width > covered.right + 1e-6) continue;
      const part = { left, top, right, bottom };
      const ours = meanOf(before, cells.before, 3 * count, part);
      const theirs = meanOf(after, cells.after, 3 * count, part);
      if (!ours || !theirs) continue;
      // Curves, and what is cut off at black and white, do not commute with means.
      cells.weights[count] =
        Math.max(0.02, 1 - 4 * theirs.cutOff) / (1 + (ours.deviation / variedness) ** 2);
      cells.places[2 * count] = (left + right) / width - 1;
      cells.places[2 * count + 1] = (top + bottom) / height - 1;
      count++;
    }
  }
  return { count, ...cells };
}

interface Cell {
  /** Of its green, in levels. */
  readonly deviation: number;
  /** The part of it that may have been cut off in some channel. */
  readonly cutOff: number;
}

/** Writes the mean colour of a part to `to`. Undefined where it is transparent. */
function meanOf(
  { width, pixels }: Pixels,
  to: Float32Array,
  at: number,
  part: Covered,
): Cell | undefined {
  let [sumRed, sumGreen, sumBlue, square, alpha, cut] = [0, 0, 0, 0, 0, 0];
  const greatest = 255 - cutOff;
  for (let y = part.top; y < part.bottom; y++) {
    const end = 4 * (y * width + part.right);
    for (let from = 4 * (y * width + part.left); from < end; from += 4) {
      const red = pixels[from]!;
      const green = pixels[from + 1]!;
      const blue = pixels[from + 2]!;
      sumRed += red;
      sumGreen += green;
      sumBlue += blue;
      square += green * green;
      alpha += pixels[from + 3]!;
      const isDark = red <= cutOff || green <= cutOff || blue <= cutOff;
      if (isDark || red >= greatest || green >= greatest || blue >= greatest) cut++;
    }
  }
  const count = (part.right - part.left) * (part.bottom - part.top);
  if (alpha < 254 * count) return undefined;
  to[at] = sumRed / count;
  to[at + 1] = sumGreen / count;
  to[at + 2] = sumBlue / count;
  const variance = square / count - (sumGreen / count) ** 2;
  return { deviation: Math.sqrt(Math.max(0, variance)), cutOff: cut / count };
}
