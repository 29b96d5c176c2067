// How much colours differ goes in, as words of their channels; the length of each difference comes out.

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

/** One component of four colours. */
function component(rb: v128, ga: v128, weights: usize): v128 {
  const sum = i32x4.add(
    i32x4.dot_i16x8_s(rb, v128.load(weights)),
    i32x4.dot_i16x8_s(ga, v128.load(weights, 16)),
  );
  return f32x4.convert_i32x4_s(sum);
}

/** The lengths of four colours, which are signed: of each, red and blue, then green and alpha. */
export function lengths(rb: v128, ga: v128): v128 {
  const y = component(rb, ga, luma);
  const i = component(rb, ga, orange);
  const q = component(rb, ga, purple);
  const squares = f32x4.add(f32x4.mul(y, y), f32x4.add(f32x4.mul(i, i), f32x4.mul(q, q)));
  return f32x4.mul(f32x4.sqrt(squares), v128.load(scales));
}
