// How two pictures differ at full size and at coarse levels goes in; one strength for each cell comes out.
import { defaultThreshold } from './changes';
import type { Difference } from './difference';
import type { Levels } from './levels';
import type { Covered } from './planes';
import { select } from './select';
import { noiseByTexture, onGrid } from './texture';
import { checkWanted } from './wanted';

/** Of 255: what the default threshold counts from. */
const limit = defaultThreshold * 255;

/** A strength that the threshold allows for as it is; of more noise, so many times is added to it. */
const allowed = { noise: 9, gain: 3 };

/** Distance of textured cells at which redrawing begins to be seen, and over how much more it becomes heavy. */
const redrawing = { least: 1, range: 4 };

/** Where textures are drawn anew, colours are at least by this part as well: of that, few cells tell. */
const leastOfChroma = 0.5;

/**
 * @returns for each cell of the full size a strength as `findChanges` takes it. The more is redrawn, the less the full
 * size says, and the more a coarse cell needs its neighbours.
 */
export function combine(full: Difference, levels: Levels, covered: Covered): Uint8Array {
  const heavy = heavinessOf(levels.redrawn);
  const steadied = steady(levels, heavy);
  const heavyChroma = Math.max(leastOfChroma * heavy, heavinessOf(levels.chroma.redrawn));
  const chroma = steady({ ...levels, ...levels.chroma }, heavyChroma);
  const values = levels.values.slice();
  for (let cell = 0; cell < steadied.length; cell++) {
    steadied[cell] = Math.max(steadied[cell]!, chroma[cell]!);
    values[cell] = Math.max(values[cell]!, levels.chroma.values[cell]!);
  }
  grow(steadied, { ...levels, values });
  dropRim(steadied, levels, covered);
  checkWanted();
  const coarse = onGrid({ ...levels, values: steadied }, full);
  const strengths = new Uint8Array(coarse.length);
  checkWanted();
  const limits = heavy < 1 ? limitsOf(full, levels) : undefined;
  for (let cell = 0; cell < strengths.length; cell++) {
    const fine = limits ? ((1 - heavy) * full.strengths[cell]!) / limits[cell]! : 0;
    strengths[cell] = Math.min(255, Math.round(limit * Math.max(coarse[cell]!, fine)));
  }
  return strengths;
}

/** From 0, where nothing is redrawn, to 1. */
function heavinessOf(redrawn: number): number {
  return Math.min(1, Math.max(0, (redrawn - redrawing.least) / redrawing.range));
}

/** Rough cells differ by themselves where a picture is redrawn. */
function limitsOf(full: Difference, levels: Levels): Float32Array {
  const textures = onGrid({ ...levels, values: levels.texture }, full);
  const noise = noiseByTexture(new Float32Array(full.strengths), textures, {
    bins: 8,
    spread: 4,
    noiseOf: (values) => Math.min(select(values, 0.9), 3 * select(values, 0.6) + 6),
  });
  return noise.map((value) => limit + allowed.gain * Math.max(0, value - allowed.noise));
}

/** Moves each cell towards the median of the 3 × 3 about it, where that is less, and lowers all. */
function steady({ columns, rows, values }: Levels, heavy: number): Float32Array {
  if (heavy === 0) return values.slice();
  const steadied = new Float32Array(values.length);
  const near: number[] = [];
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      near.length = 0;
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
          near.push(values[y * columns + x]!);
        }
      }
      near.sort((a, b) => a - b);
      const own = values[cell]!;
      const median = near[near.length >> 1]!;
      steadied[cell] = (own + heavy * (Math.min(own, median) - own)) / (1 + 2 * heavy);
    }
  }
  return steadied;
}

/** Cells that a change goes on for where it is less than certain. */
const growth = 4;

/** From what is certainly a change on, cells belong to it that would be one if nothing was redrawn: hysteresis. */
function grow(steadied: Float32Array, { columns, rows, values }: Levels): void {
  let frontier: number[] = [];
  steadied.forEach((value, cell) => {
    if (value >= 1) frontier.push(cell);
  });
  for (let step = 0; step < growth; step++) {
    const next: number[] = [];
    for (const cell of frontier) {
      const column = cell % columns;
      const row = (cell - column) / columns;
      for (const [x, y] of [
        [column - 1, row],
        [column + 1, row],
        [column, row - 1],
        [column, row + 1],
      ] as const) {
        if (x < 0 || y < 0 || x >= columns || y >= rows) continue;
        const near = y * columns + x;
        if (steadied[near]! >= 1 || values[near]! < 1) continue;
        steadied[near] = leastCertain;
        next.push(near);
      }
    }
    frontier = next;
  }
}

/** Just over the threshold, when it is a whole number. */
const leastCertain = 1.05;

/** Where what the edited picture covers ends, nothing can be said. */
function dropRim(
  values: Float32Array,
  { columns, rows }: Pick<Levels, 'columns' | 'rows'>,
  { left, top, right, bottom }: Covered,
): void {
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      const isRim =
        (left > 0 && column - 1 < left * columns) ||
        (right < 1 && column + 2 > right * columns) ||
        (top > 0 && row - 1 < top * rows) ||
        (bottom < 1 && row + 2 > bottom * rows);
      if (isRim) values[cell] = 0;
    }
  }
}
