// How different the pixels of two pictures are goes in, or the two; a map of it comes out that is small enough to travel.
import { measureDifference } from './difference';
import type { HeatMap, RawHeatJob } from './jobs';
import { checkWanted } from './wanted';

/** Pixels of the longer side: more is not seen, and it has to travel. */
const longestSide = 1024;

/** What lies over each other is compared as it is: neither overall colour nor what redrawing moved is measured out. */
export function rawHeat({ original, edited }: Omit<RawHeatJob, 'type'>): HeatMap {
  return heatOf(measureDifference(original, edited));
}

/**
 * The greatest distance of the pixels that become one: what is small stays to be seen.
 * @param distances a byte a pixel
 */
export function heatOf({
  width,
  height,
  distances,
}: {
  readonly width: number;
  readonly height: number;
  readonly distances: Uint8Array;
}): HeatMap {
  const step = Math.max(1, Math.ceil(Math.max(width, height) / longestSide));
  if (step === 1) return { width, height, values: distances.slice() };
  const columns = Math.ceil(width / step);
  const rows = Math.ceil(height / step);
  const values = new Uint8Array(columns * rows);
  for (let y = 0; y < height; y++) {
    checkWanted();
    const end = (y + 1) * width;
    let to = Math.floor(y / step) * columns;
    for (let from = y * width; from < end; from += step, to++) {
      let most = values[to]!;
      for (let at = from; at < Math.min(end, from + step); at++) {
        if (distances[at]! > most) most = distances[at]!;
      }
      values[to] = most;
    }
  }
  return { width: columns, height: rows, values };
}
