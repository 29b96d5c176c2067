// Rows of pixels go in; rows of another width, and sums of such, come out.

/**
 * A row of another width: each new pixel is a sum of some that follow each other.
 * @param row bytes, four a pixel
 * @param starts for each new pixel, which one is the first: 32-bit numbers
 * @param weights as 32-bit floats, `taps` for each new pixel
 * @param out 32-bit floats, four a pixel
 */
export function resampleRow(
  row: usize,
  starts: usize,
  weights: usize,
  taps: i32,
  width: i32,
  out: usize,
): void {
  for (let x = 0; x < width; x++) {
    let pixel = row + 4 * <usize>i32.load(starts + 4 * <usize>x);
    let sum = f32x4.splat(0);
    for (let tap = 0; tap < taps; tap++) {
      const words = i16x8.extend_low_i8x16_u(v128.load32_zero(pixel));
      const colour = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(words));
      sum = f32x4.add(sum, f32x4.mul(colour, v128.load32_splat(weights)));
      weights += 4;
      pixel += 4;
    }
    v128.store(out, sum);
    out += 16;
  }
}

/**
 * A sum of rows that `resampleRow` made, as bytes.
 * @param rows addresses of the rows: `taps` 32-bit numbers
 * @param weights as many 32-bit floats
 */
export function addRows(rows: usize, weights: usize, taps: i32, width: i32, out: usize): void {
  for (let x: usize = 0; x < <usize>width; x++) {
    let sum = f32x4.splat(0.5);
    for (let tap: usize = 0; tap < <usize>taps; tap++) {
      const row = <usize>i32.load(rows + 4 * tap) + 16 * x;
      sum = f32x4.add(sum, f32x4.mul(v128.load(row), v128.load32_splat(weights + 4 * tap)));
    }
    const whole = i32x4.trunc_sat_f32x4_s(sum);
    const words = i16x8.narrow_i32x4_s(whole, whole);
    v128.store32_lane(out + 4 * x, i8x16.narrow_i16x8_u(words, words), 0);
  }
}

/**
 * Rows that `resampleRow` made, or parts of them, added to others.
 * @param row 32-bit floats, four a pixel
 * @param sums as many, to which the row times the weight is added
 */
export function accumulateRow(row: usize, weight: f32, width: i32, sums: usize): void {
  const factor = f32x4.splat(weight);
  for (let at: usize = 0; at < 16 * <usize>width; at += 16) {
    v128.store(sums + at, f32x4.add(v128.load(sums + at), f32x4.mul(v128.load(row + at), factor)));
  }
}
