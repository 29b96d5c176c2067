// Colours of an original, what they became, and a change of colour go in; what that change leaves unexplained comes out.
import { toneColour, type Coefficients } from './tone';

/** Cells of two pictures at the same places, or colours of the first and what they became. */
export interface ColourCells {
  readonly count: number;
  /** Red, green and blue of each cell, 0 to 255. */
  readonly before: Float32Array;
  readonly after: Float32Array;
  /** Of each cell, how much it says. */
  readonly weights: Float32Array;
}

/** Numbers of a channel: the three channels, a constant, three curves of its own value, and two of how colourful it is. */
export const terms = 9;
export const affineTerms = 4;

/** Added to a model's residual: among models that explain nearly everything the simplest is wanted. */
const residualFloor = 0.15;

/** Of a residual, what counts at most where models are compared: a change is no evidence against any of them. */
const mostResidual = 12;

/**
 * Writes what is multiplied with the coefficients of a channel: see `Coefficients`.
 * @param at where the colour's red is
 */
export function writeTerms(
  before: Float32Array,
  at: number,
  channel: number,
  to: Float64Array,
  toAt = 0,
): void {
  const red = before[at]!;
  const green = before[at + 1]!;
  const blue = before[at + 2]!;
  const part = before[at + channel]! / 255;
  const curve = 255 * part * (1 - part);
  to[toAt] = red - 128;
  to[toAt + 1] = green - 128;
  to[toAt + 2] = blue - 128;
  to[toAt + 3] = 128;
  to[toAt + 4] = curve;
  to[toAt + 5] = 2 * curve * (1 - 2 * part);
  to[toAt + 6] = 255 * (Math.sqrt(part) - part);
  to[toAt + 7] = (red - green) ** 2 / 255;
  to[toAt + 8] = (blue - green) ** 2 / 255;
}

/** Parts of red, green and blue in brightness: the programs that take colours away differ in them. */
export const light = [0.299, 0.587, 0.114] as const;

/** How much residuals leave unexplained, by what each cell says: models are compared by that. */
export function costOf(residuals: Float32Array, weights: Float32Array): number {
  let sum = 0;
  let total = 1e-6;
  for (let cell = 0; cell < residuals.length; cell++) {
    sum += weights[cell]! * Math.min(mostResidual, residuals[cell]!);
    total += weights[cell]!;
  }
  return sum / total + residualFloor;
}

/** Of each cell, the root of the mean of the squares over its channels. */
export function residualsOf(
  { count, before, after }: ColourCells,
  coefficients: Coefficients | undefined,
): Float32Array {
  const residuals = new Float32Array(count);
  const colour: [number, number, number] = [0, 0, 0];
  for (let cell = 0, at = 0; cell < count; cell++, at += 3) {
    colour[0] = before[at]!;
    colour[1] = before[at + 1]!;
    colour[2] = before[at + 2]!;
    if (coefficients) toneColour(coefficients, colour);
    const red = clamp(colour[0]) - after[at]!;
    const green = clamp(colour[1]) - after[at + 1]!;
    const blue = clamp(colour[2]) - after[at + 2]!;
    residuals[cell] = Math.sqrt((red * red + green * green + blue * blue) / 3);
  }
  return residuals;
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Cholesky; the lower half of the matrix is used, in rows of `stride`. */
export function solveSymmetric(
  matrix: Float64Array,
  right: Float64Array,
  used: number,
  stride: number,
): number[] {
  const solution = new Array<number>(stride).fill(0);
  for (let i = 0; i < used; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * stride + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * stride + k]! * matrix[j * stride + k]!;
      matrix[i * stride + j] =
        i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / matrix[j * stride + j]!;
    }
  }
  for (let i = 0; i < used; i++) {
    let sum = right[i]!;
    for (let k = 0; k < i; k++) sum -= matrix[i * stride + k]! * solution[k]!;
    solution[i] = sum / matrix[i * stride + i]!;
  }
  for (let i = used - 1; i >= 0; i--) {
    let sum = solution[i]!;
    for (let k = i + 1; k < used; k++) sum -= matrix[k * stride + i]! * solution[k]!;
    solution[i] = sum / matrix[i * stride + i]!;
  }
  return solution;
}
