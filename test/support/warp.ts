// A picture and where each of its pixels is to come from go in; the picture as it looks from there comes out.

/** A decoded picture: red, green, blue and alpha of each pixel, row by row from the top. */
export interface Picture {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Where a pixel of the new picture comes from, along one side: `scale * place + offset`, in pixels. */
export interface Line {
  readonly scale: number;
  readonly offset: number;
}

/** How far pixels are moved, known at the knots of a grid; between them it is interpolated. */
export interface Warp {
  /** Knots in a row. */
  readonly columns: number;
  readonly rows: number;
  /** Across and down of each knot, row by row, in pixels. */
  readonly moves: Float32Array;
}

/** Pixels between two knots of a warp: its waves are far longer. */
export const knotDistance = 16;

/** Waves whose sum is the warp, and how many of them fit in a side at most: a body bends so, a letter does not. */
const waves = 4;
const mostWaves = 2.5;

/**
 * A smooth warp, as of a model that draws everything anew by eye: a sum of plane waves.
 * @param amplitude pixels that the knot moves that moves most
 */
export function makeWarp(
  random: () => number,
  { width, height }: Pick<Picture, 'width' | 'height'>,
  amplitude: number,
): Warp {
  const columns = Math.ceil(width / knotDistance) + 1;
  const rows = Math.ceil(height / knotDistance) + 1;
  const moves = new Float32Array(2 * columns * rows);
  for (const axis of [0, 1]) {
    for (let wave = 0; wave < waves; wave++) {
      const direction = 2 * Math.PI * random();
      const phase = 2 * Math.PI * random();
      const perSide = 2 * Math.PI * (0.5 + (mostWaves - 0.5) * random());
      const across = (perSide * Math.cos(direction) * knotDistance) / Math.max(width, height);
      const down = (perSide * Math.sin(direction) * knotDistance) / Math.max(width, height);
      for (let knot = 0; knot < columns * rows; knot++) {
        const [x, y] = [knot % columns, Math.floor(knot / columns)];
        moves[2 * knot + axis]! += Math.sin(phase + across * x + down * y);
      }
    }
  }
  let most = 0;
  for (let at = 0; at < moves.length; at += 2) {
    most = Math.max(most, Math.hypot(moves[at]!, moves[at + 1]!));
  }
  for (let at = 0; at < moves.length; at++) moves[at]! *= amplitude / most;
  return { columns, rows, moves };
}

/** Weights of the four nearest pixels (Keys, 1981, with a = -0.5) for each 256th of the way from the second to the third. */
const weights = Float32Array.from({ length: 4 * 257 }, (_, index) => {
  const distance = Math.abs(Math.floor(index / 4) / 256 + 1 - (index % 4));
  return distance <= 1
    ? 1.5 * distance ** 3 - 2.5 * distance ** 2 + 1
    : -0.5 * distance ** 3 + 2.5 * distance ** 2 - 4 * distance + 2;
});

/** What would come from outside of the picture is mirrored at its edge. The size stays. */
export function resampleAlong(
  { width, height, pixels }: Picture,
  across: Line,
  down: Line,
  warp: Warp | undefined,
): Picture {
  const moved = new Uint8ClampedArray(pixels.length);
  const moves = warp ? new Float32Array(2 * width) : undefined;
  const rows = new Int32Array(4);
  for (let y = 0, to = 0; y < height; y++) {
    if (warp && moves) interpolateRow(warp, y, moves);
    for (let x = 0; x < width; x++, to += 4) {
      const fromX = across.scale * x + across.offset + (moves ? moves[2 * x]! : 0);
      const fromY = down.scale * y + down.offset + (moves ? moves[2 * x + 1]! : 0);
      const column = Math.floor(fromX);
      const row = Math.floor(fromY);
      const weightX = 4 * Math.round((fromX - column) * 256);
      const weightY = 4 * Math.round((fromY - row) * 256);
      const one = weights[weightX]!;
      const two = weights[weightX + 1]!;
      const three = weights[weightX + 2]!;
      const four = weights[weightX + 3]!;
      const first = 4 * mirrored(column - 1, width);
      const second = 4 * mirrored(column, width);
      const third = 4 * mirrored(column + 1, width);
      const fourth = 4 * mirrored(column + 2, width);
      for (let line = 0; line < 4; line++) {
        rows[line] = 4 * width * mirrored(row - 1 + line, height);
      }
      for (let channel = 0; channel < 4; channel++) {
        let sum = 0;
        for (let line = 0; line < 4; line++) {
          const from = rows[line]! + channel;
          sum +=
            weights[weightY + line]! *
            (one * pixels[from + first]! +
              two * pixels[from + second]! +
              three * pixels[from + third]! +
              four * pixels[from + fourth]!);
        }
        moved[to + channel] = sum;
      }
    }
  }
  return { width, height, pixels: new Uint8Array(moved.buffer) };
}

/** How far each pixel of a row is moved, across and down. */
function interpolateRow({ columns, moves: knots }: Warp, y: number, moves: Float32Array): void {
  const top = Math.floor(y / knotDistance);
  const bottom = y / knotDistance - top;
  for (let at = 0; at < moves.length; at += 2) {
    const left = Math.floor(at / 2 / knotDistance);
    const right = at / 2 / knotDistance - left;
    for (let axis = 0; axis < 2; axis++) {
      const knot = 2 * (top * columns + left) + axis;
      const below = knot + 2 * columns;
      const upper = knots[knot]! + right * (knots[knot + 2]! - knots[knot]!);
      const lower = knots[below]! + right * (knots[below + 2]! - knots[below]!);
      moves[at + axis] = upper + bottom * (lower - upper);
    }
  }
}

/** The place inside of a side that a place outside of it mirrors. */
function mirrored(place: number, length: number): number {
  if (place >= 0 && place < length) return place;
  const around = ((place % (2 * length)) + 2 * length) % (2 * length);
  return around < length ? around : 2 * length - 1 - around;
}
