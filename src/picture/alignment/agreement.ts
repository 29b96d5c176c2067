// Levels of two pictures and a placement go in; how much of them agrees comes out.
import type { Placement } from '../align';
import { toWarp, type Level } from './level';
import { checkWanted } from '../wanted';

/** Squares in a row, each of which agrees or does not. */
const squares = 10;

/** In fewer squares too little is seen. */
const leastSquares = 4;

/** How much of what has contrast agrees, square by square: 0 to 1. */
export function measureAgreement(original: Level, edited: Level, placement: Placement): number {
  return meanOf(measureSquares(original, edited, placement));
}

/** Of the squares in which something is seen; 0 where these are too few. */
export function meanOf(agreements: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const agreement of agreements) {
    if (Number.isNaN(agreement)) continue;
    sum += agreement;
    count++;
  }
  return count >= leastSquares ? sum / count : 0;
}

/** Added to the variance of differences, so that a few squares that are nearly alike prove nothing. */
const leastVariance = 0.003;

/**
 * How clearly the squares agree better in a second placement than in a first one: Student's t of their paired
 * differences. A square that only one of them covers does not agree in the other.
 */
export function evidenceFor(second: Float64Array, first: Float64Array): number {
  let sum = 0;
  let squareSum = 0;
  let count = 0;
  for (const [index, before] of first.entries()) {
    const after = second[index]!;
    if (Number.isNaN(before) && Number.isNaN(after)) continue;
    const difference = (after || 0) - (before || 0);
    sum += difference;
    squareSum += difference * difference;
    count++;
  }
  if (count < leastSquares) return 0;
  const mean = sum / count;
  const variance = squareSum / count - mean * mean + leastVariance;
  return mean / Math.sqrt(variance / count);
}

/**
 * How far each square of the original agrees, row by row: 0 to 1 by its normalised cross-correlation, which says nothing
 * up to 0.4. NaN where there is nothing to be seen in it, or where too little of it is covered.
 */
export function measureSquares(original: Level, edited: Level, placement: Placement): Float64Array {
  const { ax, bx, ay, by } = toWarp(original, edited, placement);
  const { width, height, contrast } = original;
  const size = Math.max(6, Math.ceil(Math.max(width, height) / squares));
  const columns = placesAlong(width, edited.width, ax, bx);
  const rows = placesAlong(height, edited.height, ay, by);
  const scores = new Float64Array(Math.ceil(height / size) * Math.ceil(width / size)).fill(NaN);
  let square = -1;
  for (let top = 0; top < height; top += size) {
    checkWanted();
    const bottom = Math.min(rows.to, top + size);
    for (let left = 0; left < width; left += size) {
      const right = Math.min(columns.to, left + size);
      square++;
      let product = 0;
      let ours = 0;
      let theirs = 0;
      let count = 0;
      for (let y = Math.max(rows.from, top); y < bottom; y++) {
        const upperRow = rows.before[y]! * edited.width;
        const down = rows.part[y]!;
        for (let x = Math.max(columns.from, left); x < right; x++) {
          const at = upperRow + columns.before[x]!;
          const below = at + edited.width;
          const across = columns.part[x]!;
          const theirUpper = edited.contrast[at]!;
          const theirLower = edited.contrast[below]!;
          const upper = theirUpper + across * (edited.contrast[at + 1]! - theirUpper);
          const lower = theirLower + across * (edited.contrast[below + 1]! - theirLower);
          const other = upper + down * (lower - upper);
          const value = contrast[y * width + x]!;
          product += value * other;
          ours += value * value;
          theirs += other * other;
          count++;
        }
      }
      // Too little of it is there, or nothing to be seen in it.
      if (count < 0.3 * size * size || ours < 0.1 * count) continue;
      const correlation = product / Math.sqrt(ours * theirs + 1e-6);
      scores[square] = Math.max(0, (correlation - 0.4) / 0.6);
    }
  }
  return scores;
}

/** For each pixel of a line of the original: the pixel of the edited picture before it, and how far it is to the next. */
interface Places {
  /** Those that have one: from the first to before the last. */
  readonly from: number;
  readonly to: number;
  readonly before: Int32Array;
  readonly part: Float64Array;
}

function placesAlong(length: number, editedLength: number, scale: number, offset: number): Places {
  const before = new Int32Array(length);
  const part = new Float64Array(length);
  let from = length;
  let to = 0;
  for (let place = 0; place < length; place++) {
    const there = scale * (place + 0.5) + offset - 0.5;
    const pixel = Math.floor(there);
    if (pixel < 0 || pixel + 1 >= editedLength) continue;
    before[place] = pixel;
    part[place] = there - pixel;
    from = Math.min(from, place);
    to = place + 1;
  }
  return { from, to, before, part };
}
