// How much pixels differ goes in; how sure it is of each block of them that something changed in it comes out.

import { lengths } from './colours';

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
