// Rows of pixels go in, how much they differ comes out: the inner loops, in AssemblyScript, with 128-bit SIMD.
// esbuild.mjs compiles it and puts the bytes in the bundle; difference.ts lays out the memory, and
// scriptDifference.ts has the same in plain TypeScript, which is the one to read first.

/** Bytes on either side of a row, where the neighbours of the first and last pixels are. */
const margin: usize = 16;

// Constants that loops need are read from memory: V8 makes a literal vector anew at each use, in five instructions.

/**
 * Weights of red, green and blue, of which the sum of squares is pixelmatch's YIQ distance scaled to 0..255; see
 * `weights` in scriptDifference.ts. Times 2^14; for lanes of red and blue in turn, then of green and alpha.
 */
const luma = memory.data<i16>(
  [4730, 1812, 4730, 1812, 4730, 1812, 4730, 1812, 9284, 0, 9284, 0, 9284, 0, 9284, 0],
  16,
);
const orange = memory.data<i16>(
  [7255, -3918, 7255, -3918, 7255, -3918, 7255, -3918, -3338, 0, -3338, 0, -3338, 0, -3338, 0],
  16,
);
const purple = memory.data<i16>(
  [2083, 3064, 2083, 3064, 2083, 3064, 2083, 3064, -5147, 0, -5147, 0, -5147, 0, -5147, 0],
  16,
);
const scale: f32 = 1 / 16384;
const scales = memory.data<f32>([scale, scale, scale, scale], 16);

/** Of each pixel, red and blue. */
const redAndBlue = memory.data<u32>([0xff00ff, 0xff00ff, 0xff00ff, 0xff00ff], 16);

/** What a pixel counts for at most where the mean of a block is asked for. */
const mostMoved = memory.data<u32>([0x10101010, 0x10101010, 0x10101010, 0x10101010], 16);

/** 2^23: what is added to it is rounded, and stands in the lowest bits. */
const rounding = memory.data<f32>([8388608, 8388608, 8388608, 8388608], 16);
const lowestByte = memory.data<u32>([255, 255, 255, 255], 16);

/** Bytes of a row that are looked at before any distance in them is measured. */
const stretch: usize = 4096;

/** Where in a stretch pixels differ: 32-bit numbers, one for each four pixels, and one that does not count. */
const found = memory.data(<i32>(stretch / 4) + 4, 16);

/** Where memory is free to be used. */
export function firstFree(): usize {
  return __heap_base;
}

/** One component of four colours. */
function component(rb: v128, ga: v128, weights: usize): v128 {
  const sum = i32x4.add(
    i32x4.dot_i16x8_s(rb, v128.load(weights)),
    i32x4.dot_i16x8_s(ga, v128.load(weights, 16)),
  );
  return f32x4.convert_i32x4_s(sum);
}

/** The lengths of four colours, which are signed: of each, red and blue, then green and alpha. */
function lengths(rb: v128, ga: v128): v128 {
  const y = component(rb, ga, luma);
  const i = component(rb, ga, orange);
  const q = component(rb, ga, purple);
  const squares = f32x4.add(f32x4.mul(y, y), f32x4.add(f32x4.mul(i, i), f32x4.mul(q, q)));
  return f32x4.mul(f32x4.sqrt(squares), v128.load(scales));
}

/** The distances of four pixels. */
function distances(first: v128, second: v128): v128 {
  const mask = v128.load(redAndBlue);
  return lengths(
    i16x8.sub(v128.and(first, mask), v128.and(second, mask)),
    i16x8.sub(i16x8.shr_u(first, 8), i16x8.shr_u(second, 8)),
  );
}

/** Four numbers to four bytes. */
function storeBytes(to: usize, numbers: v128): void {
  const rounded = f32x4.add(numbers, v128.load(rounding));
  const words = v128.and(rounded, v128.load(lowestByte));
  const halves = i16x8.narrow_i32x4_u(words, words);
  v128.store32_lane(to, i8x16.narrow_i16x8_u(halves, halves), 0);
}

/** The bits that all of sixteen pixels have. */
function allOf(pixels: usize): v128 {
  const half = v128.and(v128.load(pixels), v128.load(pixels, 16));
  return v128.and(half, v128.and(v128.load(pixels, 32), v128.load(pixels, 48)));
}

/** Writes down where four pixels are, which counts where one of them differs by more than `none`: without a branch. */
function note(to: usize, at: usize, first: usize, second: usize, none: v128): usize {
  const before = v128.load(first + at);
  const after = v128.load(second + at);
  const moved = v128.or(i8x16.sub_sat_u(after, before), i8x16.sub_sat_u(before, after));
  i32.store(to, <i32>at);
  return to + ((<usize>v128.any_true(i8x16.sub_sat_u(moved, none))) << 2);
}

/**
 * The distance of each pixel, as it is. Gives whether all of them are opaque: else it means nothing before `layRow`.
 * @param original the first row, without a margin, as the others
 * @param stride bytes from one row to the next
 * @param length bytes in a row, a multiple of 64
 * @param least four pixels of which no channel differs by more are the same; no distance is longer than that
 * @param out a byte a pixel, `length / 4` a row
 */
export function compareExactly(
  original: usize,
  edited: usize,
  stride: usize,
  length: usize,
  rows: i32,
  least: i32,
  out: usize,
): bool {
  const none = i8x16.splat(<i8>least);
  const opaque = i32x4.splat(<i32>0xff000000);
  let solid = opaque;
  for (let row = 0; row < rows; row++) {
    const first = original + <usize>row * stride;
    const second = edited + <usize>row * stride;
    for (let from: usize = 0; from < length; from += stretch) {
      const end = min(length, from + stretch);
      let last = found;
      for (let at = from; at < end; at += 64) {
        solid = v128.and(solid, v128.and(allOf(first + at), allOf(second + at)));
        v128.store(out + (at >> 2), i8x16.splat(0));
        last = note(last, at, first, second, none);
        last = note(last, at + 16, first, second, none);
        last = note(last, at + 32, first, second, none);
        last = note(last, at + 48, first, second, none);
      }
      for (let next = found; next < last; next += 4) {
        const at = <usize>i32.load(next);
        storeBytes(out + (at >> 2), distances(v128.load(second + at), v128.load(first + at)));
      }
    }
    out += length >> 2;
  }
  return i32x4.all_true(i32x4.eq(solid, opaque));
}

/** The least and the greatest of each channel in a pixel and those above and below it, for a whole row. */
function spanColumns(row: usize, stride: usize, least: usize, greatest: usize): void {
  for (let at: usize = 0; at < stride; at += 16) {
    const above = v128.load(row - stride + at);
    const here = v128.load(row + at);
    const below = v128.load(row + stride + at);
    v128.store(least + at, i8x16.min_u(i8x16.min_u(above, here), below));
    v128.store(greatest + at, i8x16.max_u(i8x16.max_u(above, here), below));
  }
}

function leastOf(line: usize): v128 {
  return i8x16.min_u(i8x16.min_u(v128.load(line - 4), v128.load(line)), v128.load(line + 4));
}

function greatestOf(line: usize): v128 {
  return i8x16.max_u(i8x16.max_u(v128.load(line - 4), v128.load(line)), v128.load(line + 4));
}

/** Half of the contrast, rounded up: encoders ring about edges, the more the sharper they are. */
function slackOf(least: v128, greatest: v128): v128 {
  return i8x16.avgr_u(i8x16.sub(greatest, least), i8x16.splat(0));
}

function addTo(sum: usize, numbers: v128): void {
  v128.store(sum, i16x8.add(v128.load(sum), numbers));
}

/**
 * The distance of each pixel of either picture from the colours that the other has in its neighbourhood of 3 × 3, and
 * from half as much again on either side of them.
 * Sums for `measureBlocks` go to `sums`, 48 bytes for each four pixels and eight rows.
 * @param original the row above the first, with its margins
 * @param rows a multiple of 8
 * @param scratch room for four rows
 */
export function compareTolerantly(
  original: usize,
  edited: usize,
  stride: usize,
  rows: i32,
  least: i32,
  scratch: usize,
  out: usize,
  sums: usize,
): void {
  const length = stride - 2 * margin;
  const originalLeast = scratch;
  const originalGreatest = scratch + stride;
  const editedLeast = scratch + 2 * stride;
  const editedGreatest = scratch + 3 * stride;
  const mask = v128.load(redAndBlue);
  const none = i8x16.splat(<i8>least);
  for (let row = 0; row < rows; row++) {
    original += stride;
    edited += stride;
    spanColumns(original, stride, originalLeast, originalGreatest);
    spanColumns(edited, stride, editedLeast, editedGreatest);
    if ((row & 7) == 0) {
      if (row > 0) sums += 3 * length;
      memory.fill(sums, 0, 3 * length);
    }
    for (let at: usize = 0; at < length; at += 16) {
      const before = v128.load(original + margin + at);
      const after = v128.load(edited + margin + at);
      const low = leastOf(originalLeast + margin + at);
      const high = greatestOf(originalGreatest + margin + at);
      const sum = sums + 3 * at;
      // Cut off, so that the few pixels of an edge that moved do not move the mean.
      const lighter = i8x16.min_u(i8x16.sub_sat_u(after, before), v128.load(mostMoved));
      const darker = i8x16.min_u(i8x16.sub_sat_u(before, after), v128.load(mostMoved));
      addTo(sum, i16x8.sub(v128.and(lighter, mask), v128.and(darker, mask)));
      addTo(sum + 16, i16x8.sub(i16x8.shr_u(lighter, 8), i16x8.shr_u(darker, 8)));
      addTo(sum + 32, i16x8.shr_u(i8x16.sub(high, low), 8));
      const slack = slackOf(low, high);
      const above = i8x16.sub_sat_u(i8x16.sub_sat_u(after, high), slack);
      const below = i8x16.sub_sat_u(i8x16.sub_sat_u(low, after), slack);
      const editedLow = leastOf(editedLeast + margin + at);
      const editedHigh = greatestOf(editedGreatest + margin + at);
      const editedSlack = slackOf(editedLow, editedHigh);
      const over = i8x16.sub_sat_u(i8x16.sub_sat_u(before, editedHigh), editedSlack);
      const under = i8x16.sub_sat_u(i8x16.sub_sat_u(editedLow, before), editedSlack);
      const moved = v128.or(v128.or(above, below), v128.or(over, under));
      if (!v128.any_true(i8x16.sub_sat_u(moved, none))) {
        i32.store(out + (at >> 2), 0);
        continue;
      }
      storeBytes(out + (at >> 2), f32x4.pmax(distances(above, below), distances(over, under)));
    }
    out += length >> 2;
  }
}

/**
 * How sure it is of each block of 8 × 8 that something changed in it: the third greatest distance in it, or how far
 * its mean colour moved, whichever is more, less for contrast.
 * @param values distances as compared, `length` bytes a row, a multiple of 16
 * @param rows a multiple of 8
 * @param sums as `compareTolerantly` left them
 * @param gain what a moved mean counts for, and the part of the contrast in green that is taken off
 * @param blocks a byte a block, `length / 8` a row
 */
export function measureBlocks(
  values: usize,
  length: usize,
  rows: i32,
  sums: usize,
  gain: f32,
  allowance: f32,
  blocks: usize,
): void {
  for (let row = 0; row < rows; row += 8) {
    for (let at: usize = 0; at < length; at += 16) {
      let first = i8x16.splat(0);
      let second = i8x16.splat(0);
      let third = i8x16.splat(0);
      for (let line: usize = 0; line < 8; line++) {
        const value = v128.load(values + line * length + at);
        const rest = i8x16.min_u(first, value);
        third = i8x16.max_u(third, i8x16.min_u(second, rest));
        second = i8x16.max_u(second, rest);
        first = i8x16.max_u(first, value);
      }
      if (v128.any_true(first)) {
        // Lanes 0 to 7 are one block, 8 to 15 the other: each with the lane four, two, one further.
        for (let fold = 0; fold < 3; fold++) {
          const a = turn(first, fold);
          const b = turn(second, fold);
          const c = turn(third, fold);
          const one = i8x16.min_u(first, a);
          const two = i8x16.max_u(second, b);
          first = i8x16.max_u(first, a);
          third = i8x16.max_u(i8x16.min_u(one, two), i8x16.max_u(third, c));
          second = i8x16.max_u(one, two);
        }
      }
      const to = blocks + (at >> 3);
      if (gain == 0 && allowance == 0) {
        store<u8>(to, i8x16.extract_lane_u(third, 0));
        store<u8>(to, i8x16.extract_lane_u(third, 8), 1);
        continue;
      }
      const sum = sums + 12 * at;
      i32.store8(to, strength(i8x16.extract_lane_u(third, 0), sum, gain, allowance));
      i32.store8(to + 1, strength(i8x16.extract_lane_u(third, 8), sum + 96, gain, allowance));
    }
    values += 8 * length;
    sums += 12 * length;
    blocks += length >> 3;
  }
}

function turn(lanes: v128, fold: i32): v128 {
  if (fold == 0) {
    return v128.shuffle<i8>(lanes, lanes, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  }
  if (fold == 1) {
    return v128.shuffle<i8>(lanes, lanes, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  }
  return v128.shuffle<i8>(lanes, lanes, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
}

/** Of a block. Where contrast is high, pixels differ by themselves, and means move. */
function strength(third: u8, sum: usize, gain: f32, allowance: f32): i32 {
  const contrast = allowance * <f32>i16x8.extract_lane_s(addBlock(sum + 32), 0);
  const moved = f32x4.extract_lane(lengths(addBlock(sum), addBlock(sum + 16)), 0);
  const faint = (moved - contrast) * (gain / 64);
  const value = max<f32>(faint, <f32>third - contrast / 32);
  return <i32>min<f32>(max<f32>(value + 0.5, 0), 255);
}

/** Two channels of a block, in the lowest lanes. */
function addBlock(sum: usize): v128 {
  let both = i16x8.add(v128.load(sum), v128.load(sum + 48));
  both = i16x8.add(both, v128.shuffle<i32>(both, both, 2, 3, 0, 1));
  return i16x8.add(both, v128.shuffle<i32>(both, both, 1, 0, 3, 2));
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
