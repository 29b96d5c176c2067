// An original and an edited picture, small, toned and registered, go in; how far each cell is from what redrawing alone
// does comes out.
import { measureDifference, type Measure } from './difference';
import type { Pixels } from './pixels';
import type { Planes } from './planes';
import { shrink } from './resample';
import { select } from './select';
import { measureTexture, noiseByTexture, type CellMap } from './texture';
import { checkWanted } from './wanted';

export interface Levels extends CellMap {
  /** Of each cell the mean of how much neighbours differ. */
  readonly texture: Float32Array;
  /** How much is redrawn: the distance at the finest level that most cells with texture exceed. */
  readonly redrawn: number;
  /** The same of colours alone, all as bright: textures that are drawn anew hardly move them. */
  readonly chroma: { readonly values: Float32Array; readonly redrawn: number };
  /** Whether hardly anything is where it was, even when seen from far away. */
  readonly whole: boolean;
}

/** Tolerant, without what full size has against encoders: means of areas do not have their noise. */
const levelMeasure: Measure = { tolerant: true, gain: 0, allowance: 0, least: 0 };

/** Distances under which a cell is the same, whatever the noise, from the finest level on. */
const floors = [24, 18, 9, 7];

/** What redrawing alone does is no more: where most of a picture differs by more, most of it has changed. */
const mostNoise = [28, 18, 9, 6];

/** At the coarsest level, the distance of all but a part of the cells at which nothing is left to list. */
const leastUnlike = 7;
const unlikePart = 0.3;

/** What counts is what is so many times over the noise. */
const overNoise = 3;

/** In pixels of the finest level. */
const cellSize = { large: 8, small: 4 };

/** Pixels of the longer side under which cells are small. */
const smallSide = 400;

/** Cells with less texture look the same when they are redrawn. */
const leastTexture = 8;

/** The ratio of each cell's distance to that which redrawing makes, the greatest of all levels: from 1 on it is a change. */
export function measureLevels({ before, after }: Planes): Levels {
  const size = Math.max(before.width, before.height) < smallSide ? cellSize.small : cellSize.large;
  const texture = measureTexture(before, size);
  const { columns, rows } = texture;
  const ratios = new Float32Array(columns * rows);
  const chromaRatios = new Float32Array(columns * rows);
  let chromaRedrawn = 0;
  let redrawn = 0;
  let whole = false;
  let [ours, theirs] = [before, after];
  for (let level = 0; level < floors.length && size >> level >= 1; level++) {
    if (level > 0) {
      const width = Math.ceil(ours.width / 2);
      const height = Math.ceil(ours.height / 2);
      ours = shrink(ours, width, height);
      theirs = shrink(theirs, width, height);
    }
    const distances = cellDistances(ours, theirs, { columns, rows });
    if (level === 0) redrawn = select(textured(distances, texture.values), 0.3);
    whole = select(distances.slice(), unlikePart) >= leastUnlike;
    const noise = noiseByTexture(distances, texture.values, {
      bins: 6,
      spread: 2,
      noiseOf: (values) => select(values, 0.4),
    });
    const chromas = cellDistances(chromaOf(ours), chromaOf(theirs), { columns, rows });
    if (level === 0) chromaRedrawn = select(textured(chromas, texture.values), 0.3);
    const chromaNoise = noiseByTexture(chromas, texture.values, {
      bins: 6,
      spread: 2,
      noiseOf: (values) => select(values, 0.4),
    });
    for (let cell = 0; cell < ratios.length; cell++) {
      const chromaLimit = Math.max(
        floors[level]!,
        overNoise * Math.min(mostNoise[level]!, chromaNoise[cell]!),
      );
      chromaRatios[cell] = Math.max(chromaRatios[cell]!, chromas[cell]! / chromaLimit);
      const limit = Math.max(floors[level]!, overNoise * Math.min(mostNoise[level]!, noise[cell]!));
      ratios[cell] = Math.max(ratios[cell]!, distances[cell]! / limit);
    }
  }
  return {
    columns,
    rows,
    values: ratios,
    texture: texture.values,
    redrawn,
    whole,
    chroma: { values: chromaRatios, redrawn: chromaRedrawn },
  };
}

/** The colours alone, all as bright. */
function chromaOf({ width, height, pixels }: Pixels): Pixels {
  const chroma = new Uint8ClampedArray(pixels.length);
  for (let at = 0; at < pixels.length; at += 4) {
    const away = 128 - 0.299 * pixels[at]! - 0.587 * pixels[at + 1]! - 0.114 * pixels[at + 2]!;
    chroma[at] = pixels[at]! + away;
    chroma[at + 1] = pixels[at + 1]! + away;
    chroma[at + 2] = pixels[at + 2]! + away;
    chroma[at + 3] = pixels[at + 3]!;
  }
  return { width, height, pixels: new Uint8Array(chroma.buffer) };
}

function textured(values: Float32Array, texture: Float32Array): Float32Array {
  const some = values.filter((_, cell) => texture[cell]! >= leastTexture);
  return some.length >= 0.02 * values.length ? some : values.slice();
}

/** A high order statistic of the distances in each cell, which one or two pixels do not move. */
function cellDistances(
  ours: Pixels,
  theirs: Pixels,
  { columns, rows }: Pick<CellMap, 'columns' | 'rows'>,
): Float32Array {
  const { width, height } = ours;
  const { distances } = measureDifference(ours, theirs, levelMeasure);
  const cells = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    checkWanted();
    const top = Math.floor((row * height) / rows);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / rows));
    for (let column = 0; column < columns; column++) {
      const left = Math.floor((column * width) / columns);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / columns));
      const count = (bottom - top) * (right - left);
      const skipped = count >= 32 ? 2 : count >= 9 ? 1 : 0;
      let [first, second, third] = [0, 0, 0];
      for (let y = top; y < bottom; y++) {
        for (let at = y * width + left; at < y * width + right; at++) {
          const distance = distances[at]!;
          if (distance <= third) continue;
          if (distance > first) [first, second, third] = [distance, first, second];
          else if (distance > second) [second, third] = [distance, second];
          else third = distance;
        }
      }
      cells[row * columns + column] = skipped === 2 ? third : skipped === 1 ? second : first;
    }
  }
  return cells;
}
