// Weighted cells, each with factors and what they miss, go in; the normal equations of a linear fit come out.

/** Bytes from one row of factors, or of the matrix, to the next: room for ten 64-bit floats. */
const stride: usize = 80;

/**
 * Adds up what cells say, in their order, so that it is the same number as without SIMD.
 * @param rows ten 64-bit floats a cell: its factors
 * @param weights 32-bit floats: cells without one say nothing
 * @param shares 64-bit floats: the part of its weight that a cell has here
 * @param missing 64-bit floats: what the sum of the factors is to be
 * @param used how many factors count
 * @param matrix ten 64-bit floats a row, of which the lower half is right; empty at first
 * @param right ten 64-bit floats, empty at first
 * @returns the sum of the weights, of which the first one is `total`
 */
export function addEquations(
  rows: usize,
  weights: usize,
  shares: usize,
  missing: usize,
  count: i32,
  used: i32,
  matrix: usize,
  right: usize,
  total: f64,
): f64 {
  for (let cell = 0; cell < count; cell++, rows += stride) {
    let weight = <f64>f32.load(weights + 4 * <usize>cell);
    if (!(weight > 0)) continue;
    weight *= f64.load(shares + 8 * <usize>cell);
    const target = f64.load(missing + 8 * <usize>cell);
    for (let i: usize = 0; i < <usize>used; i++) {
      const product = weight * f64.load(rows + 8 * i);
      f64.store(right + 8 * i, f64.load(right + 8 * i) + product * target);
      const factor = f64x2.splat(product);
      const line = matrix + stride * i;
      // Two at a time: the one after the last lies in the upper half, and is never read.
      for (let j: usize = 0; j <= 8 * i; j += 16) {
        v128.store(
          line + j,
          f64x2.add(v128.load(line + j), f64x2.mul(factor, v128.load(rows + j))),
        );
      }
    }
    total += weight;
  }
  return total;
}
