// The original, the edited picture and where it is kept go in; the original with that part, its seam hidden, comes out.
import { blend, chamfer, clamp, fade, measureDepths, measureDrift } from './drift';
import type { Pixels } from './pixels';

/** Pixels over which a drift of one level of 255 fades out: so slow that a level cannot be seen. */
const pixelsPerLevel = 3;

/** Levels of what is left besides the drift that fade in over one pixel, and the pixels that a fade has at least. */
const levelsPerPixel = 2.5;
const narrowest = 2;

/** Of the shorter side, and in pixels at most: the widest fade. */
const widestPart = 0.01;
const widest = 24;

/**
 * In two bands (as Burt and Adelson's, "A Multiresolution Spline", 1983): how the colours drift apart along the seam is
 * taken off the edited picture, less and less further in; what is left fades in over as few pixels as hide it, one where the
 * pictures are nearly the same. Nothing outside of the mask is touched.
 * @param base the original, of which the mask's pixels are written over
 * @param edited used up
 * @param mask a byte a pixel: 0 outside of what is kept
 */
export function blendSeam(base: Pixels, edited: Pixels, mask: Uint8Array): void {
  const { width, height, pixels } = base;
  const shorter = Math.min(width, height);
  const most = Math.min(widest, Math.max(narrowest, widestPart * shorter));
  const depths = measureDepths(mask, width, height, Math.ceil(most) + 1);
  const longest = 0.2 * shorter;
  const driftOfRow = measureDrift(base, edited, mask, (drift) =>
    Math.min(longest, 4 + pixelsPerLevel * drift),
  );
  for (let y = 0, place = 0, at = 0; y < height; y++) {
    const drift = driftOfRow(y);
    for (let x = 0, of = 0; x < width; x++, place++, at += 4, of += 3) {
      if (mask[place] === 0) continue;
      for (let channel = 0; channel < 3; channel++) {
        const moved = drift[of + channel]!;
        if (moved === 0) continue;
        edited.pixels[at + channel] = clamp(edited.pixels[at + channel]! + moved);
      }
    }
  }
  const widthAt = measureWidths(base, edited, depths, most);
  const inside = chamfer * (most + 1);
  for (let y = 0, place = 0; y < height; y++) {
    for (let x = 0; x < width; x++, place++) {
      if (mask[place] === 0) continue;
      const at = 4 * place;
      const depth = depths[place]!;
      const weight = depth >= inside ? 1 : fade((depth / chamfer - 0.5) / widthAt(x, y));
      if (weight < 1) blend(pixels, edited.pixels, at, at, weight);
      else {
        pixels[at] = edited.pixels[at]!;
        pixels[at + 1] = edited.pixels[at + 1]!;
        pixels[at + 2] = edited.pixels[at + 2]!;
        pixels[at + 3] = edited.pixels[at + 3]!;
      }
    }
  }
}

/** How wide the fade is at a place near the seam: from how much the pictures differ along the seam about there. */
function measureWidths(
  base: Pixels,
  edited: Pixels,
  depths: Uint8Array,
  most: number,
): (x: number, y: number) => number {
  const { width, height } = base;
  const size = Math.max(4, Math.ceil(most));
  const columns = Math.ceil(width / size);
  const rows = Math.ceil(height / size);
  const sums = new Float32Array(columns * rows);
  const counts = new Float32Array(columns * rows);
  for (let y = 0, place = 0; y < height; y++) {
    const row = Math.floor(y / size) * columns;
    for (let x = 0; x < width; x++, place++) {
      if (depths[place] === 0 || depths[place]! > 2 * chamfer) continue;
      const at = 4 * place;
      let difference = 0;
      for (let channel = 0; channel < 4; channel++) {
        difference = Math.max(
          difference,
          Math.abs(base.pixels[at + channel]! - edited.pixels[at + channel]!),
        );
      }
      const cell = row + Math.floor(x / size);
      sums[cell]! += difference;
      counts[cell]!++;
    }
  }
  const widths = new Float32Array(columns * rows).fill(narrowest);
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      let [sum, count] = [0, 0];
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
          sum += sums[y * columns + x]!;
          count += counts[y * columns + x]!;
        }
      }
      if (count > 0)
        widths[cell] = Math.min(most, Math.max(narrowest, sum / count / levelsPerPixel));
    }
  }
  const valueAt = (column: number, row: number) =>
    widths[
      Math.min(rows - 1, Math.max(0, row)) * columns + Math.min(columns - 1, Math.max(0, column))
    ]!;
  return (x, y) => {
    const [across, down] = [(x + 0.5) / size - 0.5, (y + 0.5) / size - 0.5];
    const [column, row] = [Math.floor(across), Math.floor(down)];
    const [right, below] = [across - column, down - row];
    const upper = valueAt(column, row) * (1 - right) + valueAt(column + 1, row) * right;
    const lower = valueAt(column, row + 1) * (1 - right) + valueAt(column + 1, row + 1) * right;
    return upper * (1 - below) + lower * below;
  };
}
