// Rows of pixels go in; the same with other colours, or taken from other places, come out.

/**
 * Colours changed by tables, rounded and cut off; alpha stays.
 * @param pixels bytes, four a pixel
 * @param tables 32-bit floats, four each: what comes of 256 levels of red, of green, of blue, then of 511 differences of
 * red and green, and of blue and green
 */
export function toneRow(pixels: usize, count: i32, tables: usize, out: usize): void {
  const greens = tables + 16 * 256;
  const blues = tables + 16 * 512;
  const rednesses = tables + 16 * (768 + 255);
  const bluenesses = tables + 16 * (768 + 511 + 255);
  const end = pixels + 4 * <usize>count;
  for (; pixels < end; pixels += 4, out += 4) {
    const red = <i32>load<u8>(pixels);
    const green = <i32>load<u8>(pixels, 1);
    const blue = <i32>load<u8>(pixels, 2);
    let sum = f32x4.add(
      v128.load(tables + 16 * <usize>red),
      f32x4.add(v128.load(greens + 16 * <usize>green), v128.load(blues + 16 * <usize>blue)),
    );
    sum = f32x4.add(sum, v128.load(rednesses + 16 * (red - green)));
    sum = f32x4.add(sum, v128.load(bluenesses + 16 * (blue - green)));
    const whole = i32x4.trunc_sat_f32x4_s(f32x4.nearest(sum));
    const words = i16x8.narrow_i32x4_s(whole, whole);
    v128.store32_lane(out, i8x16.narrow_i16x8_u(words, words), 0);
    store<u8>(out, load<u8>(pixels, 3), 3);
  }
}

function mix(one: usize, other: usize, part: v128): v128 {
  const first = v128.load(one);
  return f32x4.add(first, f32x4.mul(part, f32x4.sub(v128.load(other), first)));
}

function mixed(one: v128, other: v128, part: v128): v128 {
  return f32x4.add(one, f32x4.mul(part, f32x4.sub(other, one)));
}

/**
 * Colours looked up in a lattice, linearly along each side, rounded and cut off; alpha stays.
 * @param pixels bytes, four a pixel
 * @param places of each of 256 levels: the point before it, a 32-bit number, and the part of the way to the next, a float
 * @param lattice 32-bit floats, four a point; of as many points along each side as are said, blue fastest
 */
export function latticeRow(
  pixels: usize,
  count: i32,
  places: usize,
  lattice: usize,
  points: i32,
  out: usize,
): void {
  const down = 16 * <usize>points;
  const back = down * <usize>points;
  const end = pixels + 4 * <usize>count;
  for (; pixels < end; pixels += 4, out += 4) {
    const red = places + 8 * <usize>load<u8>(pixels);
    const green = places + 8 * <usize>load<u8>(pixels, 1);
    const blue = places + 8 * <usize>load<u8>(pixels, 2);
    const near =
      lattice +
      back * <usize>i32.load(red) +
      down * <usize>i32.load(green) +
      16 * <usize>i32.load(blue);
    const far = near + back;
    const across = v128.load32_splat(blue, 4);
    const along = v128.load32_splat(green, 4);
    const sum = mixed(
      mixed(mix(near, near + 16, across), mix(near + down, near + down + 16, across), along),
      mixed(mix(far, far + 16, across), mix(far + down, far + down + 16, across), along),
      v128.load32_splat(red, 4),
    );
    const whole = i32x4.trunc_sat_f32x4_s(f32x4.nearest(sum));
    const words = i16x8.narrow_i32x4_s(whole, whole);
    v128.store32_lane(out, i8x16.narrow_i16x8_u(words, words), 0);
    store<u8>(out, load<u8>(pixels, 3), 3);
  }
}

/** Red of the left pixel, red of the right one, then green, blue and alpha: words, as sums of products take them. */
function channelPairs(left: usize, right: usize): v128 {
  return v128.shuffle<i8>(
    v128.load32_zero(left),
    v128.load32_zero(right),
    0,
    31,
    16,
    31,
    1,
    31,
    17,
    31,
    2,
    31,
    18,
    31,
    3,
    31,
    19,
    31,
  );
}

/**
 * Pixels of a picture from between its pixels, linearly.
 * @param pixels its first row, four bytes a pixel
 * @param width of it, in pixels
 * @param places of each pixel that comes out: how far across and down, 32-bit numbers in 128ths of a pixel
 */
export function warpRow(pixels: usize, width: i32, places: usize, count: i32, out: usize): void {
  const half = i32x4.splat(1 << 13);
  for (let index = 0; index < count; index++, places += 8, out += 4) {
    const x = i32.load(places);
    const y = i32.load(places, 4);
    const across = x & 127;
    const down = y & 127;
    const upper = pixels + 4 * (<usize>(y >> 7) * <usize>width + <usize>(x >> 7));
    const right: usize = across == 0 ? 0 : 4;
    const lower = down == 0 ? upper : upper + 4 * <usize>width;
    const above = channelPairs(upper, upper + right);
    const below = channelPairs(lower, lower + right);
    // At most 128 times 255: a signed word holds that.
    const mixed = i16x8.add(
      i16x8.mul(above, i16x8.splat(<i16>(128 - down))),
      i16x8.mul(below, i16x8.splat(<i16>down)),
    );
    const weights = i32x4.splat((across << 16) | (128 - across));
    const sum = i32x4.shr_u(i32x4.add(i32x4.dot_i16x8_s(mixed, weights), half), 14);
    const words = i16x8.narrow_i32x4_s(sum, sum);
    v128.store32_lane(out, i8x16.narrow_i16x8_u(words, words), 0);
  }
}
