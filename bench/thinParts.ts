// A picture and a seed go in; the same picture with objects that have parts two pixels wide, and where they are, come out.
import type { Changes } from '../src/picture/changes';
import type { Pixels } from '../src/picture/pixels';

export type ThinObject = 'glasses' | 'balloon on a rope' | 'letters';

export const thinObjects: readonly ThinObject[] = ['glasses', 'balloon on a rope', 'letters'];

export interface Planted {
  readonly edited: Pixels;
  /** A byte a pixel: 1 where the object covers it, 2 where that is its thick part. */
  readonly covered: Uint8Array;
}

/** Pixels. */
const thickness = 2;

/** About as long as `size`, at a place of its own. */
export function plantThin(
  original: Pixels,
  object: ThinObject,
  { size, contrast, seed }: { size: number; contrast: number; seed: number },
): Planted {
  const { width, height } = original;
  const edited = { width, height, pixels: original.pixels.slice() };
  const covered = new Uint8Array(width * height);
  const [left, top] = [
    Math.floor((((seed * 37) % 100) / 100) * (width - 1.3 * size)) + 4,
    Math.floor((((seed * 61) % 100) / 100) * (height - 1.3 * size)) + 4,
  ];
  const draw = (x: number, y: number, part: 1 | 2) => {
    const [column, row] = [Math.round(left + x), Math.round(top + y)];
    if (column < 0 || row < 0 || column >= width || row >= height) return;
    const place = row * width + column;
    if (covered[place] !== 0) {
      covered[place] = Math.max(covered[place]!, part);
      return;
    }
    covered[place] = part;
    const at = 4 * place;
    const isLight = original.pixels[at + 1]! > 128;
    for (let channel = 0; channel < 3; channel++) {
      const value = original.pixels[at + channel]! + (isLight ? -contrast : contrast);
      edited.pixels[at + channel] = Math.min(255, Math.max(0, value));
    }
  };
  const line = (from: readonly [number, number], to: readonly [number, number]) => {
    const steps = 2 * Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]));
    for (let step = 0; step <= steps; step++) {
      const x = from[0] + (step / steps) * (to[0] - from[0]);
      const y = from[1] + (step / steps) * (to[1] - from[1]);
      dot(x, y);
    }
  };
  const dot = (x: number, y: number) => {
    for (let row = 0; row < thickness; row++) {
      for (let column = 0; column < thickness; column++) draw(x + column, y + row, 1);
    }
  };
  const disc = (x: number, y: number, radius: number) => {
    for (let row = -radius; row <= radius; row++) {
      for (let column = -radius; column <= radius; column++) {
        if (Math.hypot(column, row) <= radius) draw(x + column, y + row, 2);
      }
    }
  };
  switch (object) {
    case 'glasses': {
      const radius = 0.11 * size;
      disc(0.25 * size, 0.3 * size, radius);
      disc(0.6 * size, 0.3 * size, radius);
      line([0.36 * size, 0.28 * size], [0.5 * size, 0.28 * size]);
      line([0.14 * size, 0.28 * size], [0, 0.05 * size]);
      line([0.71 * size, 0.28 * size], [size, 0.1 * size]);
      break;
    }
    case 'balloon on a rope':
      disc(0.3 * size, 0.2 * size, 0.15 * size);
      for (let step = 0; step <= 4 * size; step++) {
        const part = step / (4 * size);
        dot(0.3 * size + 0.06 * size * Math.sin(9 * part), 0.35 * size + 0.65 * size * part);
      }
      break;
    case 'letters':
      // On a bar, as a word is underlined.
      for (let row = 0; row < 8; row++) {
        for (let column = 0; column < 0.8 * size; column++) draw(column, 0.3 * size + row, 2);
      }
      for (let letter = 0; letter < 6; letter++) {
        const x = 0.13 * size * letter;
        line([x, 0], [x + 0.03 * size, 0.3 * size]);
        line([x, 0], [x + 0.09 * size, 0.02 * size]);
        line([x + 0.09 * size, 0.02 * size], [x + 0.06 * size, 0.3 * size]);
      }
      break;
  }
  return { edited, covered };
}

/** As a finder would say it that sees only what is thick: one change of the cells that it touches, and a cell about them. */
export function coarseChanges(
  { width, height }: Pixels,
  isCovered: (place: number) => boolean,
): Changes {
  const cellSize = 8;
  const [columns, rows] = [Math.ceil(width / cellSize), Math.ceil(height / cellSize)];
  const touched = new Uint8Array(columns * rows);
  for (let place = 0; place < width * height; place++) {
    if (!isCovered(place)) continue;
    const [x, y] = [place % width, Math.floor(place / width)];
    touched[Math.floor(y / cellSize) * columns + Math.floor(x / cellSize)] = 1;
  }
  const labels = new Uint16Array(columns * rows);
  touched.forEach((is, cell) => {
    if (is === 0) return;
    const [column, row] = [cell % columns, Math.floor(cell / columns)];
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
        labels[y * columns + x] = 1;
      }
    }
  });
  const box = { x: 0, y: 0, width, height };
  return {
    width,
    height,
    cellSize,
    columns,
    rows,
    labels,
    changes: [{ id: 1, box, share: 1, minor: false }],
    whole: false,
  };
}

/** Of the covered pixels, the part that came through: each nearly all of the way from the original to the edited one. */
export function shareArrived(
  original: Pixels,
  { edited, covered }: Planted,
  composed: Pixels,
): number {
  let [count, arrived] = [0, 0];
  covered.forEach((is, place) => {
    if (is === 0) return;
    let [whole, way] = [0, 0];
    for (let at = 4 * place; at < 4 * place + 3; at++) {
      const change = edited.pixels[at]! - original.pixels[at]!;
      whole += change * change;
      way += change * (composed.pixels[at]! - original.pixels[at]!);
    }
    // What the encoder took away is not there to arrive.
    if (whole < 3 * 12 * 12) return;
    count++;
    if (way >= 0.75 * whole) arrived++;
  });
  return count > 0 ? arrived / count : 0;
}
