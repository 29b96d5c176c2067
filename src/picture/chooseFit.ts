// Two pictures of different shape go in; which way to fit one into the other comes out, by what they show.
import { convertColours } from './colours';
import type { ChooseFitJob, ChosenFit } from './jobs';
import { openPicture, type Encoded } from './open';
import { needsFit, place, type Fit, type Size } from './placement';
import type { Task } from './task';

/** Pixels of the longer side at which pictures are looked at. */
const lookSide = 128;

/** Pixels of the squares that are compared: an edit spoils its own and no more. */
const squareSide = 8;

/** Levels: a square with less contrast looks like any other. */
const leastContrast = 4;

/** How much better another way must be than one that is more often what people want. */
const margin = 0.03;

/** Most wanted first: nothing is out of shape, then nothing is missing. */
const preferred: readonly Fit[] = ['Crop', 'Stretch', 'Fit'];

export interface Grey extends Size {
  /** Row by row from the top. */
  readonly levels: Uint8Array;
}

/** `Stretch` where the shapes are the same, so that all ways are. */
export function chooseFit(task: Task, { original, edited }: ChooseFitJob): ChosenFit {
  const [one, other] = [look(task, original), look(task, edited)];
  if (!needsFit(one.size, other.size)) return { fit: 'Stretch' };
  return { fit: bestFit(one.grey, other.grey) };
}

function look(task: Task, encoded: Encoded): { size: Size; grey: Grey } {
  const picture = openPicture(task, encoded, false);
  const size = { width: picture.width, height: picture.height };
  const small = task.own(task.watch(picture).thumbnailImage(lookSide, { height: lookSide }));
  const colours = convertColours(task, small, undefined);
  const flat = colours.hasAlpha() ? task.own(colours.flatten({ background: [255] })) : colours;
  const grey = task.own(flat.colourspace('b-w'));
  const { width, height } = grey;
  return { size, grey: { width, height, levels: grey.writeToMemory() as Uint8Array } };
}

/** The way in which most of what both show lies in the same place; an edit of some of it does not matter. */
export function bestFit(original: Grey, edited: Grey): Fit {
  const scores = new Map(preferred.map((fit) => [fit, likeness(original, edited, fit)]));
  return preferred.reduce((best, fit) =>
    scores.get(fit)! > scores.get(best)! + margin ? fit : best,
  );
}

/** 0 to 1. A shift of a pixel is forgiven. */
function likeness(original: Grey, edited: Grey, fit: Fit): number {
  const { left, top, width, height } = place(original, edited, fit);
  let best = 0;
  for (const down of [-1, 0, 1]) {
    for (const across of [-1, 0, 1]) {
      const placed = { left: left + across, top: top + down, width, height };
      best = Math.max(best, correlation(original, sampler(edited, placed)));
    }
  }
  return best;
}

/** The level at the middle of a pixel of the original; undefined outside of what is placed. */
function sampler(
  { width, height, levels }: Grey,
  placed: Size & { left: number; top: number },
): (x: number, y: number) => number | undefined {
  return (x, y) => {
    const column = ((x + 0.5 - placed.left) * width) / placed.width - 0.5;
    const row = ((y + 0.5 - placed.top) * height) / placed.height - 0.5;
    if (column < -0.5 || row < -0.5 || column > width - 0.5 || row > height - 0.5) return undefined;
    const [left, top] = [Math.max(0, Math.floor(column)), Math.max(0, Math.floor(row))];
    const [right, bottom] = [Math.min(width - 1, left + 1), Math.min(height - 1, top + 1)];
    const [across, down] = [Math.max(0, column - left), Math.max(0, row - top)];
    const upper =
      levels[top * width + left]! * (1 - across) + levels[top * width + right]! * across;
    const lower =
      levels[bottom * width + left]! * (1 - across) + levels[bottom * width + right]! * across;
    return upper * (1 - down) + lower * down;
  };
}

/** The mean over squares that show something of how their levels go together; below 0 counts as 0. */
function correlation(
  { width, height, levels }: Grey,
  sample: (x: number, y: number) => number | undefined,
): number {
  let total = 0;
  let squares = 0;
  for (let top = 0; top < height; top += squareSide) {
    for (let left = 0; left < width; left += squareSide) {
      const ones: number[] = [];
      const others: number[] = [];
      for (let y = top; y < Math.min(height, top + squareSide); y++) {
        for (let x = left; x < Math.min(width, left + squareSide); x++) {
          const other = sample(x, y);
          if (other === undefined) continue;
          ones.push(levels[y * width + x]!);
          others.push(other);
        }
      }
      const pearson = pearsonOf(ones, others);
      if (pearson === undefined) continue;
      total += Math.max(0, pearson);
      squares++;
    }
  }
  return squares === 0 ? 0 : total / squares;
}

/** Undefined where the first ones are flat, or few. */
function pearsonOf(ones: readonly number[], others: readonly number[]): number | undefined {
  const count = ones.length;
  if (count < (squareSide * squareSide) / 2) return undefined;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
  const [one, other] = [mean(ones), mean(others)];
  let [both, square, otherSquare] = [0, 0, 0];
  for (let index = 0; index < count; index++) {
    const [a, b] = [ones[index]! - one, others[index]! - other];
    both += a * b;
    square += a * a;
    otherSquare += b * b;
  }
  if (Math.sqrt(square / count) < leastContrast) return undefined;
  return otherSquare === 0 ? 0 : both / Math.sqrt(square * otherSquare);
}
