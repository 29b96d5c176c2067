// Rows of pixels that came go in; they come out ready to be compared.

/** Bytes on either side of a row, where the neighbours of the first and last pixels are. */
export const margin: usize = 16;

/** The bits that all of sixteen pixels have. */
export function allOf(pixels: usize): v128 {
  const half = v128.and(v128.load(pixels), v128.load(pixels, 16));
  return v128.and(half, v128.and(v128.load(pixels, 32), v128.load(pixels, 48)));
}

/**
 * Prepares a row for comparing: what is transparent gets a chequered ground, and the ends are repeated into the margins.
 * @param row where its left margin starts
 * @param width pixels that are there
 * @param stride bytes, margins included
 * @param y pixels from the top of the picture
 */
export function layRow(row: usize, width: i32, stride: usize, y: i32): void {
  const first = row + margin;
  const end = first + 4 * <usize>width;
  const opaque = i32x4.splat(<i32>0xff000000);
  let solid = opaque;
  let at = first;
  for (; at + 64 <= end; at += 64) solid = v128.and(solid, allOf(at));
  for (; at + 16 <= end; at += 16) solid = v128.and(solid, v128.load(at));
  for (; at < end; at += 4) solid = v128.and(solid, v128.load32_splat(at));
  if (!i32x4.all_true(i32x4.eq(solid, opaque))) {
    for (let x = 0; x < width; x++) blend(first + 4 * <usize>x, x, y);
  }
  const left = i32.load(first);
  for (let to = row; to < first; to += 4) i32.store(to, left);
  const right = i32.load(end - 4);
  for (let to = end; to < row + stride; to += 4) i32.store(to, right);
}

/** Chequered, so that no colour is the ground's everywhere. */
function blend(pixel: usize, x: i32, y: i32): void {
  const alpha = <i32>load<u8>(pixel, 3);
  if (alpha == 255) return;
  const ground = (((x >> 2) ^ (y >> 2)) & 1) == 0 ? 48 : 207;
  for (let channel: usize = 0; channel < 3; channel++) {
    const colour = <i32>load<u8>(pixel + channel);
    store<u8>(pixel + channel, <u8>((colour * alpha + ground * (255 - alpha) + 127) / 255));
  }
  store<u8>(pixel, 255, 3);
}
