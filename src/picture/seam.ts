// Where a picture must be the original's, where it must be the edited one's and where it may be either, and how much the
// two differ, go in; the cheapest seam between them comes out.
import { cutGrid } from './minCut';

/** What a pixel is: the original's for certain, the edited picture's for certain, or not decided yet. */
export const original = 0;
export const edited = 1;
export const open = 2;

export interface Ground {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** One of the three above a pixel, row by row. */
  readonly states: Uint8Array;
  /** A byte a pixel: how much the pictures differ. */
  readonly costs: Uint8Array;
}

/** Open pixels from which on the way of the seam is first sought at half the resolution. */
const mostOpen = 12_000;

/** What a step of a seam costs where nothing differs: of two that are as good the shorter one wins. */
const stepCost = 1;

/**
 * Decides what is open, so that the difference summed along the seam is the least: the graph cut of Kwatra et al.,
 * "Graphcut Textures" (2003). Where much is open it is cut at half the resolution, and again only near that cut (Lombaert
 * et al., "A Multilevel Banded Graph Cuts Method", 2005).
 * @param ground its states become `original` and `edited` only
 * @param check throws where nobody waits for it any more
 */
export function cutSeam(ground: Ground, check: () => void): void {
  const { width, height, states } = ground;
  let count = countOpen(states);
  if (count === 0) return;
  if (count > mostOpen && width > 8 && height > 8) {
    const half = halve(ground);
    cutSeam(half, check);
    decideFarFrom(half, ground);
    count = countOpen(states);
  }
  check();
  cutHere(ground, count);
}

function countOpen(states: Uint8Array): number {
  let count = 0;
  for (let place = 0; place < states.length; place++) if (states[place] === open) count++;
  return count;
}

function halve({ width, height, states, costs }: Ground): Ground {
  const half = { width: (width + 1) >> 1, height: (height + 1) >> 1 };
  const halved: Ground = {
    ...half,
    states: new Uint8Array(half.width * half.height),
    costs: new Uint8Array(half.width * half.height),
  };
  for (let row = 0, to = 0; row < half.height; row++) {
    const above = 2 * row * width;
    const below = 2 * row + 1 < height ? above + width : above;
    for (let column = 0; column < half.width; column++, to++) {
      const left = 2 * column;
      const right = Math.min(width - 1, left + 1);
      const [a, b, c, d] = [above + left, above + right, below + left, below + right];
      halved.costs[to] = (costs[a]! + costs[b]! + costs[c]! + costs[d]! + 2) >> 2;
      const [first, second, third, fourth] = [states[a]!, states[b]!, states[c]!, states[d]!];
      halved.states[to] =
        first === edited || second === edited || third === edited || fourth === edited
          ? edited
          : first === original || second === original || third === original || fourth === original
            ? original
            : open;
    }
  }
  return halved;
}

/** What lies more than a block from the coarse seam goes where its block went. */
function decideFarFrom(half: Ground, { width, height, states }: Ground): void {
  const columns = half.width;
  const rows = half.height;
  const isNear = new Uint8Array(columns * rows);
  for (let row = 0, at = 0; row < rows; row++) {
    const up = row > 0 ? -columns : 0;
    const down = row < rows - 1 ? columns : 0;
    for (let column = 0; column < columns; column++, at++) {
      const left = column > 0 ? -1 : 0;
      const right = column < columns - 1 ? 1 : 0;
      const { states: coarse } = half;
      const sum =
        coarse[at + up + left]! +
        coarse[at + up]! +
        coarse[at + up + right]! +
        coarse[at + left]! +
        coarse[at]! +
        coarse[at + right]! +
        coarse[at + down + left]! +
        coarse[at + down]! +
        coarse[at + down + right]!;
      isNear[at] = sum > 0 && sum < 9 ? 1 : 0;
    }
  }
  for (let y = 0, place = 0; y < height; y++) {
    const row = (y >> 1) * columns;
    for (let x = 0; x < width; x++, place++) {
      const block = row + (x >> 1);
      if (states[place] === open && isNear[block] === 0) states[place] = half.states[block]!;
    }
  }
}

function cutHere({ width, height, states, costs }: Ground, count: number): void {
  const nodes = new Int32Array(count);
  const rowOf = { above: new Int32Array(width), here: new Int32Array(width) };
  const neighbours = new Int32Array(4 * count).fill(-1);
  const capacities = new Int32Array(4 * count);
  const pull = new Int32Array(count);
  const join = (node: number, other: number, direction: number, cost: number) => {
    neighbours[4 * node + direction] = other;
    neighbours[4 * other + (direction ^ 1)] = node;
    capacities[4 * node + direction] = cost;
    capacities[4 * other + (direction ^ 1)] = cost;
  };
  const hold = (node: number, place: number, other: number) => {
    const cost = stepCost + costs[place]! + costs[other]!;
    pull[node]! += states[other] === edited ? cost : -cost;
  };
  let node = 0;
  for (let y = 0, place = 0; y < height; y++) {
    const { above, here } = rowOf;
    for (let x = 0; x < width; x++, place++) {
      if (states[place] !== open) continue;
      nodes[node] = place;
      here[x] = node;
      if (x > 0) {
        if (states[place - 1] !== open) hold(node, place, place - 1);
        else join(node, here[x - 1]!, 0, stepCost + costs[place]! + costs[place - 1]!);
      }
      if (x < width - 1 && states[place + 1] !== open) hold(node, place, place + 1);
      if (y > 0) {
        if (states[place - width] !== open) hold(node, place, place - width);
        else join(node, above[x]!, 2, stepCost + costs[place]! + costs[place - width]!);
      }
      if (y < height - 1 && states[place + width] !== open) hold(node, place, place + width);
      node++;
    }
    rowOf.above = here;
    rowOf.here = above;
  }
  const sides = cutGrid({ neighbours, capacities, pull });
  sides.forEach((side, index) => (states[nodes[index]!] = side === 1 ? edited : original));
}
