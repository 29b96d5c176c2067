// The original, the edited picture and where it is kept go in; the original with that part, its seam hidden, comes out.
import type { Window } from './crop';
import {
  blend,
  both,
  chamfer,
  clamp,
  fade,
  inside,
  measureDepths,
  measureDrift,
  outside,
  tilesOf,
  type Drift,
  type Patch,
} from './drift';
import type { Pixels } from './pixels';
import { Tiles, type Area } from './tiles';
import { checkWanted } from './wanted';

/** Pixels over which a drift of one level of 255 fades out: so slow that a level cannot be seen. */
const pixelsPerLevel = 3;

/** Levels of what is left besides the drift that fade in over one pixel, and the pixels that a fade has at least. */
const levelsPerPixel = 2.5;
const narrowest = 2;

/** Of the shorter side, and in pixels at most: the widest fade, which is narrower than a tile. */
const widestPart = 0.01;
const widest = 24;

/** Tiles inside of what is kept to which no drift reaches; the other kinds are those of a region's tiles. */
const still = 3;

export interface Blending {
  readonly base: Pixels;
  readonly edited: Pixels;
  /** What is kept lies in it. */
  readonly window: Window;
  /** A byte a pixel of the window: 0 outside of what is kept. */
  readonly mask: Uint8Array;
}

/**
 * In two bands (as Burt and Adelson's, "A Multiresolution Spline", 1983): how the colours drift apart along the seam is
 * taken off the edited picture, less and less further in; what is left fades in over as few pixels as hide it, one where the
 * pictures are nearly the same. Nothing outside of the mask is touched, and nothing but copied where neither reaches.
 * @param pixels a copy of the base's, of which the mask's are written over
 */
export function blendSeam(pixels: Uint8Array, blending: Blending): void {
  const { base, edited, window, mask } = blending;
  const width = window.right - window.left;
  const height = window.bottom - window.top;
  const shorter = Math.min(width, height);
  const most = Math.min(widest, Math.max(narrowest, widestPart * shorter));
  const longest = 0.2 * shorter;
  const patch = {
    original: base,
    edited,
    window,
    region: mask,
    tiles: tilesOf(mask, width, height),
  };
  const drift = measureDrift(patch, (levels) => Math.min(longest, 4 + pixelsPerLevel * levels));
  const areas = areasOf(patch.tiles, drift);
  for (const area of areas) {
    checkWanted();
    if (area.kind !== outside) move(pixels, patch, area, drift);
  }
  const near = { ...blending, areas: areas.filter(({ kind }) => kind === both) };
  const depths = measureDepths(mask, width, height, { most: Math.ceil(most) + 1, areas });
  const widthAt = measureWidths(pixels, near, depths, most);
  const deep = chamfer * (most + 1);
  const moved = new Uint8Array(4);
  for (const { left, top, right, bottom } of near.areas) {
    checkWanted();
    for (let y = top; y < bottom; y++) {
      for (let x = left, place = y * width + left; x < right; x++, place++) {
        const depth = depths[place]!;
        if (depth === 0 || depth >= deep) continue;
        const weight = fade((depth / chamfer - 0.5) / widthAt(x, y));
        if (weight >= 1) continue;
        const at = 4 * ((window.top + y) * base.width + window.left + x);
        for (let channel = 0; channel < 4; channel++) {
          moved[channel] = pixels[at + channel]!;
          pixels[at + channel] = base.pixels[at + channel]!;
        }
        blend(pixels, moved, at, 0, weight);
      }
    }
  }
}

/** Of what is in a mask's tiles; those beside the seam's count as such, as it may be a pixel from them. */
function areasOf(tiles: Tiles, drift: Drift): Area[] {
  const { columns, rows, kinds } = tiles;
  const refined = new Tiles(tiles.width, tiles.height);
  refined.kinds.set(kinds);
  for (let row = 0, tile = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, tile++) {
      const own = tiles.windowOf(column, row);
      if (kinds[tile] === inside && drift.isNone(own)) refined.kinds[tile] = still;
    }
  }
  for (let row = 0, tile = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, tile++) {
      const { left, top, right, bottom } = tiles.windowOf(column, row);
      // Without a pixel of both in it, the seam can run along its edge.
      const isSeam =
        kinds[tile] === both ||
        (column > 0 && kinds[tile - 1] !== kinds[tile]) ||
        (row > 0 && kinds[tile - columns] !== kinds[tile]);
      if (!isSeam) continue;
      const around = { left: left - 1, top: top - 1, right: right + 1, bottom: bottom + 1 };
      refined.mark(around, both);
    }
  }
  return refined.areas();
}

/** Puts the edited picture into an area, where it is kept, in the colours that the base has about it. */
function move(
  pixels: Uint8Array,
  { edited: { width: across, pixels: from }, window, region }: Patch,
  { left, top, right, bottom, kind }: Area,
  drift: Drift,
): void {
  const width = window.right - window.left;
  const isStill = kind === still || (kind === both && drift.isNone({ left, top, right, bottom }));
  for (let y = top; y < bottom; y++) {
    let at = 4 * ((window.top + y) * across + window.left + left);
    if (kind === still) {
      pixels.set(from.subarray(at, at + 4 * (right - left)), at);
      continue;
    }
    const added = isStill ? undefined : drift.ofRow(y, left, right);
    for (
      let x = left, place = y * width + left, of = 0;
      x < right;
      x++, place++, at += 4, of += 3
    ) {
      if (region[place] === 0) continue;
      if (added === undefined) {
        pixels[at] = from[at]!;
        pixels[at + 1] = from[at + 1]!;
        pixels[at + 2] = from[at + 2]!;
      } else {
        pixels[at] = clamp(from[at]! + added[of]!);
        pixels[at + 1] = clamp(from[at + 1]! + added[of + 1]!);
        pixels[at + 2] = clamp(from[at + 2]! + added[of + 2]!);
      }
      pixels[at + 3] = from[at + 3]!;
    }
  }
}

/** How wide the fade is at a place near the seam: from how much the pictures differ along the seam about there. */
function measureWidths(
  pixels: Uint8Array,
  { base, window, areas }: Pick<Blending, 'base' | 'window'> & { readonly areas: readonly Area[] },
  depths: Uint8Array,
  most: number,
): (x: number, y: number) => number {
  const width = window.right - window.left;
  const height = window.bottom - window.top;
  const size = Math.max(4, Math.ceil(most));
  const columns = Math.ceil(width / size);
  const rows = Math.ceil(height / size);
  const sums = new Float32Array(columns * rows);
  const counts = new Float32Array(columns * rows);
  for (const { left, top, right, bottom } of areas) {
    checkWanted();
    for (let y = top; y < bottom; y++) {
      const row = Math.floor(y / size) * columns;
      for (let x = left, place = y * width + left; x < right; x++, place++) {
        const depth = depths[place]!;
        if (depth === 0 || depth > 2 * chamfer) continue;
        const at = 4 * ((window.top + y) * base.width + window.left + x);
        let difference = 0;
        for (let channel = at; channel < at + 4; channel++) {
          difference = Math.max(difference, Math.abs(base.pixels[channel]! - pixels[channel]!));
        }
        const cell = row + Math.floor(x / size);
        sums[cell]! += difference;
        counts[cell]!++;
      }
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
    const across = (x + 0.5) / size - 0.5;
    const down = (y + 0.5) / size - 0.5;
    const column = Math.floor(across);
    const row = Math.floor(down);
    const right = across - column;
    const below = down - row;
    const upper = valueAt(column, row) * (1 - right) + valueAt(column + 1, row) * right;
    const lower = valueAt(column, row + 1) * (1 - right) + valueAt(column + 1, row + 1) * right;
    return upper * (1 - below) + lower * below;
  };
}
