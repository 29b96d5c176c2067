// Levels of two pictures and a guess go in; a better one comes out, by steps of Gauss and Newton.
import type { Placement } from '../align';
import { sample, toPlacement, toWarp, type Level } from './level';
import { checkWanted } from '../wanted';

/** Steps that a level takes at most. */
const mostSteps = 12;

/**
 * Gauss and Newton, with the derivatives of the original, which stay the same (Baker and Matthews, 2004, "inverse
 * compositional"); Tukey's weights keep the edit itself from pulling.
 * @param isUniform whether one zoom holds for both axes, so that nothing is pulled further out of shape
 */
export function refine(
  original: Level,
  edited: Level,
  placement: Placement,
  isUniform = false,
): Placement {
  const { count, xs, ys, values, slopesX, slopesY } = pointsOf(original);
  const halfWidth = original.width / 2;
  const halfHeight = original.height / 2;
  let { ax, bx, ay, by } = toWarp(original, edited, placement);
  const residuals = new Float32Array(count);
  const absolute = new Float32Array(count);
  for (let step = 0; step < mostSteps; step++) {
    checkWanted();
    let seen = 0;
    for (let point = 0; point < count; point++) {
      const value = sample(edited, ax * xs[point]! + bx - 0.5, ay * ys[point]! + by - 0.5);
      const residual = value - values[point]!;
      residuals[point] = residual;
      if (!Number.isNaN(residual)) absolute[seen++] = Math.abs(residual);
    }
    if (seen < leastPoints) return placement;
    const middle = quantile(absolute, seen, 0.5);
    const limit = 4.685 * Math.max(0.05, 1.4826 * middle);
    const equations = new NormalEquations();
    for (let point = 0; point < count; point++) {
      const residual = residuals[point]!;
      if (!(Math.abs(residual) < limit)) continue;
      const weight = (1 - (residual / limit) ** 2) ** 2;
      const across = slopesX[point]! * (xs[point]! / halfWidth - 1);
      const down = slopesY[point]! * (ys[point]! / halfHeight - 1);
      equations.add(weight, across, slopesX[point]!, down, slopesY[point]!, residual);
    }
    const solution = equations.solve(isUniform ? halfHeight / halfWidth : undefined);
    if (!solution) return placement;
    const [stretchX, moveX, stretchY, moveY] = solution;
    // What the original would have to do is undone in the edited picture.
    ax /= 1 + stretchX / halfWidth;
    bx -= ax * (moveX - stretchX);
    ay /= 1 + stretchY / halfHeight;
    by -= ay * (moveY - stretchY);
    const moved = Math.abs(stretchX) + Math.abs(moveX) + Math.abs(stretchY) + Math.abs(moveY);
    if (!(moved < original.width)) return placement;
    if (moved < 0.01) break;
  }
  return toPlacement(original, edited, { ax, bx, ay, by });
}

/** Fewer say nothing. */
const leastPoints = 40;

/** More would only take time. */
const mostPoints = 12_000;

interface Points {
  readonly count: number;
  /** Middles of pixels. */
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  readonly values: Float32Array;
  readonly slopesX: Float32Array;
  readonly slopesY: Float32Array;
}

/** Of levels that are refined against: each is, several times. */
const pointsOfLevels = new WeakMap<Level, Points>();

function pointsOf(level: Level): Points {
  const known = pointsOfLevels.get(level);
  if (known) return known;
  const points = pickPoints(level);
  pointsOfLevels.set(level, points);
  return points;
}

/** Where the picture is steep: the rest says nothing about where it is. */
function pickPoints({ width, height, contrast }: Level): Points {
  const steepness = new Float32Array(width * height);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, at = y * width + 1; x < width - 1; x++, at++) {
      const slopeX = contrast[at + 1]! - contrast[at - 1]!;
      const slopeY = contrast[at + width]! - contrast[at - width]!;
      steepness[at] = slopeX * slopeX + slopeY * slopeY;
    }
  }
  const wanted = Math.min(mostPoints, Math.floor(0.6 * width * height));
  const least = Math.max(0.01, quantile(steepness, width * height, 1 - wanted / (width * height)));
  const points = {
    xs: new Float32Array(width * height),
    ys: new Float32Array(width * height),
    values: new Float32Array(width * height),
    slopesX: new Float32Array(width * height),
    slopesY: new Float32Array(width * height),
  };
  let count = 0;
  for (let at = 0; at < steepness.length; at++) {
    if (steepness[at]! < least) continue;
    points.xs[count] = (at % width) + 0.5;
    points.ys[count] = Math.floor(at / width) + 0.5;
    points.values[count] = contrast[at]!;
    points.slopesX[count] = (contrast[at + 1]! - contrast[at - 1]!) / 2;
    points.slopesY[count] = (contrast[at + width]! - contrast[at - width]!) / 2;
    count++;
  }
  const { xs, ys, values, slopesX, slopesY } = points;
  return {
    count,
    xs: xs.slice(0, count),
    ys: ys.slice(0, count),
    values: values.slice(0, count),
    slopesX: slopesX.slice(0, count),
    slopesY: slopesY.slice(0, count),
  };
}

/** The value that a part of the first values is under: nearly, as some of them say. */
function quantile(values: Float32Array, count: number, part: number): number {
  const step = Math.max(1, Math.floor(count / 1000));
  const some = new Float32Array(Math.floor(count / step));
  for (let index = 0; index < some.length; index++) some[index] = values[index * step]!;
  return some.sort()[Math.min(some.length - 1, Math.floor(part * some.length))] ?? 0;
}

/** Four unknowns, and many equations that say a little of them. */
class NormalEquations {
  /** The upper half of it. */
  private readonly matrix = new Float64Array(16);
  private readonly right = new Float64Array(4);

  add(weight: number, a: number, b: number, c: number, d: number, value: number): void {
    const { matrix, right } = this;
    matrix[0]! += weight * a * a;
    matrix[1]! += weight * a * b;
    matrix[2]! += weight * a * c;
    matrix[3]! += weight * a * d;
    matrix[5]! += weight * b * b;
    matrix[6]! += weight * b * c;
    matrix[7]! += weight * b * d;
    matrix[10]! += weight * c * c;
    matrix[11]! += weight * c * d;
    matrix[15]! += weight * d * d;
    right[0]! += weight * a * value;
    right[1]! += weight * b * value;
    right[2]! += weight * c * value;
    right[3]! += weight * d * value;
  }

  /**
   * Undefined where they leave something open.
   * @param tied where the third unknown is the first one, times this
   */
  solve(tied?: number): [number, number, number, number] | undefined {
    const { matrix, right } = this;
    const at = (row: number, column: number) =>
      matrix[4 * Math.min(row, column) + Math.max(row, column)]!;
    if (tied === undefined) {
      const four = [0, 1, 2, 3];
      const solution = solve(
        four.map((row) => four.map((column) => at(row, column))),
        [...right],
      );
      return solution && [solution[0]!, solution[1]!, solution[2]!, solution[3]!];
    }
    const across = [0, 1, 3].map((column) => at(0, column) + tied * at(2, column));
    const solution = solve(
      [
        [across[0]! + tied * (at(0, 2) + tied * at(2, 2)), across[1]!, across[2]!],
        [across[1]!, at(1, 1), at(1, 3)],
        [across[2]!, at(1, 3), at(3, 3)],
      ],
      [right[0]! + tied * right[2]!, right[1]!, right[3]!],
    );
    return solution && [solution[0]!, solution[1]!, tied * solution[0]!, solution[2]!];
  }
}

/** Cholesky's way: undefined where the matrix, which is symmetric, is not positive definite. */
function solve(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): number[] | undefined {
  const lower = matrix.map((row) => row.map(() => 0));
  const solution = [...right];
  const size = right.length;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      if (i > j) lower[i]![j] = sum / lower[j]![j]!;
      else if (sum > 1e-6) lower[i]![i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) solution[i]! -= lower[i]![k]! * solution[k]!;
    solution[i]! /= lower[i]![i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) solution[i]! -= lower[k]![i]! * solution[k]!;
    solution[i]! /= lower[i]![i]!;
  }
  return solution;
}
