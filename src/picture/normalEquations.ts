// Rows of factors, and what their sum is to be in each, go in; the normal equations of a weighted linear fit come out.
import { loadKernel, reserve, type Kernel } from './kernel';

/** Numbers in a row of factors and in one of a matrix, whatever is used of them: as the kernel wants them. */
export const rowLength = 10;

export interface WeightedRows {
  /** `rowLength` numbers a row. */
  readonly factors: Float64Array;
  /** Of each row: those that are not over 0 count for nothing. */
  readonly weights: Float32Array;
  /** Of each row, the part of its weight that it has in this fit. */
  readonly shares: Float64Array;
  /** Of each row, what the sum of its factors is to be. */
  readonly missing: Float64Array;
  /** How many factors of each row count, from the first on. */
  readonly used: number;
}

export interface NormalEquations {
  /** `rowLength` numbers a row, of which the lower half is there. */
  readonly matrix: Float64Array;
  readonly right: Float64Array;
  /** The sum of all weights, and a little that is never 0. */
  readonly total: number;
}

const leastTotal = 1e-9;

export function addEquations(
  rows: WeightedRows,
  kernel: Kernel | 'none' = loadKernel() ?? 'none',
): NormalEquations {
  return kernel === 'none' ? addInScript(rows) : addInKernel(rows, kernel);
}

function addInKernel(rows: WeightedRows, kernel: Kernel): NormalEquations {
  const { factors, weights, shares, missing, used } = rows;
  const count = weights.length;
  const matrix = Math.ceil(kernel.firstFree() / 16) * 16;
  const right = matrix + 8 * rowLength * rowLength;
  const from = right + 8 * rowLength;
  const sharesAt = from + 8 * factors.length;
  const missingAt = sharesAt + 8 * count;
  const weightsAt = missingAt + 8 * count;
  const { buffer } = reserve(kernel, weightsAt + 4 * count);
  const sums = new Float64Array(buffer, matrix, rowLength * (rowLength + 1)).fill(0);
  new Float64Array(buffer, from).set(factors);
  new Float64Array(buffer, sharesAt, count).set(shares);
  new Float64Array(buffer, missingAt, count).set(missing);
  new Float32Array(buffer, weightsAt, count).set(weights);
  const total = kernel.addEquations(
    from,
    weightsAt,
    sharesAt,
    missingAt,
    count,
    used,
    matrix,
    right,
    leastTotal,
  );
  return {
    matrix: sums.slice(0, rowLength * rowLength),
    right: sums.slice(rowLength * rowLength),
    total,
  };
}

/** The same in plain TypeScript, to the last bit. */
function addInScript({ factors, weights, shares, missing, used }: WeightedRows): NormalEquations {
  const matrix = new Float64Array(rowLength * rowLength);
  const right = new Float64Array(rowLength);
  let total = leastTotal;
  for (let cell = 0, row = 0; cell < weights.length; cell++, row += rowLength) {
    if (!(weights[cell]! > 0)) continue;
    const weight = weights[cell]! * shares[cell]!;
    for (let i = 0; i < used; i++) {
      const product = weight * factors[row + i]!;
      const line = i * rowLength;
      right[i]! += product * missing[cell]!;
      for (let j = 0; j <= i; j++) matrix[line + j]! += product * factors[row + j]!;
    }
    total += weight;
  }
  return { matrix, right, total };
}
