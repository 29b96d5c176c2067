// Rows of two pictures go in; how much their pixels differ comes out.

import { lengths } from './colours';
import { allOf, margin } from './rows';

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
