// A region that somebody marked goes in; pictures in which nothing changed outside of it come out, how much had changed
// there before, and the mask that a gateway takes.
import type { MarkedRegion } from '../compare/protocol';
import type { Difference } from './difference';
import { blend, chamfer, clamp, fade, measureDepths, measureDrift, tilesOf } from './drift';
import { copyShared, type Pixels } from './pixels';
import { checkWanted } from './wanted';

/** A byte a pixel of the original, row by row: 0 where everything must stay, anything else where it may change. */
export type Region = Uint8Array;

/** As large as the picture, of which what was marked may be a smaller one. In shared memory. */
export function expandRegion(
  { width, height, runs }: MarkedRegion,
  size: { readonly width: number; readonly height: number },
): Region {
  const marked = new Uint8Array(width * height);
  let place = 0;
  runs.forEach((run, number) => {
    if (number % 2 === 1) marked.fill(255, place, place + run);
    place += run;
  });
  const region = new Uint8Array(new SharedArrayBuffer(size.width * size.height));
  for (let y = 0, at = 0; y < size.height; y++) {
    checkWanted();
    const row = Math.floor(((y + 0.5) * height) / size.height) * width;
    for (let x = 0; x < size.width; x++, at++) {
      region[at] = marked[row + Math.floor(((x + 0.5) * width) / size.width)]!;
    }
  }
  return region;
}

/** Of the shorter side: the width of the seam, which lies inside of the region. */
const seamWidth = 0.008;

/** Of the shorter side: so far into the region its colours are matched, less and less. */
const matchingDepth = 0.2;

/**
 * The edited picture inside of the region, the original outside of it, byte by byte. Along the seam the edited picture's
 * colours are moved to those of the original, as far as the two drift apart just outside of it, and fade in.
 * @param edited as large as the original: aligned to it where that was asked for
 * @throws RangeError when the sizes differ
 */
export function lockRegion(original: Pixels, edited: Pixels, region: Region): Pixels {
  const { width, height } = original;
  if (edited.width !== width || edited.height !== height || region.length !== width * height) {
    throw new RangeError('The region and the pictures must be of the same size.');
  }
  const seam = Math.min(24, Math.max(2, seamWidth * Math.min(width, height)));
  const depths = measureDepths(region, width, height, { most: Math.ceil(seam) });
  const depth = matchingDepth * Math.min(width, height);
  const window = { left: 0, top: 0, right: width, bottom: height };
  const tiles = tilesOf(region, width, height);
  const { ofRow } = measureDrift({ original, edited, window, region, tiles }, () => depth);
  const pixels = copyShared(original.pixels);
  const moved = new Uint8Array(4);
  for (let y = 0; y < height; y++) {
    checkWanted();
    const drift = ofRow(y, 0, width);
    for (let x = 0, place = y * width; x < width; x++, place++) {
      if (region[place] === 0) continue;
      const at = 4 * place;
      for (let channel = 0; channel < 3; channel++) {
        moved[channel] = clamp(edited.pixels[at + channel]! + drift[3 * x + channel]!);
      }
      moved[3] = edited.pixels[at + 3]!;
      const weight = fade((depths[place]! / chamfer - 0.5) / seam);
      if (weight < 1) blend(pixels, moved, at, 0, weight);
      else pixels.set(moved, at);
    }
  }
  return { width, height, pixels };
}

/** Parts of the picture's area, 0 to 1. */
export interface ChangedShares {
  readonly inside: number;
  readonly outside: number;
}

/**
 * How much of the picture is changed within the region and without, before the region is locked.
 * @param threshold as for findChanges
 * @throws RangeError when the sizes differ
 */
export function shareChanged(
  { width, height, distances, strengths, cellSize, columns }: Difference,
  region: Region,
  threshold: number,
): ChangedShares {
  if (region.length !== width * height) {
    throw new RangeError('The region and the pictures must be of the same size.');
  }
  const limit = Math.max(1, threshold * 255);
  const counts = { inside: 0, outside: 0 };
  for (let cell = 0; cell < strengths.length; cell++) {
    if (strengths[cell]! < limit) continue;
    checkWanted();
    const left = (cell % columns) * cellSize;
    const top = Math.floor(cell / columns) * cellSize;
    const right = Math.min(width, left + cellSize);
    const bottom = Math.min(height, top + cellSize);
    const cellCounts = { inside: 0, outside: 0, outsideChanged: 0 };
    for (let y = top; y < bottom; y++) {
      for (let place = y * width + left; place < y * width + right; place++) {
        if (region[place] !== 0) cellCounts.inside++;
        else {
          cellCounts.outside++;
          if (distances[place]! >= limit) cellCounts.outsideChanged++;
        }
      }
    }
    // Where the border runs through a cell, what changed is as a rule what was to change.
    counts.inside += cellCounts.inside;
    counts.outside += cellCounts.inside > 0 ? cellCounts.outsideChanged : cellCounts.outside;
  }
  const area = width * height;
  return { inside: counts.inside / area, outside: counts.outside / area };
}

/**
 * The mask that a gateway takes with a picture: transparent where it may be edited, white elsewhere.
 * @param size in pixels, of the picture that is sent
 */
export function maskFor(
  marked: MarkedRegion,
  size: { readonly width: number; readonly height: number },
): Pixels {
  const { width, height } = size;
  const region = expandRegion(marked, size);
  const pixels = new Uint8Array(4 * width * height).fill(255);
  region.forEach((inside, place) => {
    if (inside !== 0) pixels[4 * place + 3] = 0;
  });
  return { width, height, pixels };
}
