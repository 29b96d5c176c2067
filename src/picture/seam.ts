// Where a picture must be the original's, where it must be the edited one's and where it may be either, and how much the
// two differ, go in; the cheapest seam between them comes out.
import { cutGrid } from './minCut';
import { Tiles, type Area } from './tiles';
import { checkWanted } from './wanted';

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

/** Pixels beside an open one that are looked at as well, at half the resolution too. */
const beside = 3;

/** What a step of a seam costs where nothing differs: of two that are as good the shorter one wins. */
const stepCost = 1;

/**
 * Decides what is open, so that the difference summed along the seam is the least: the graph cut of Kwatra et al.,
 * "Graphcut Textures" (2003). Where much is open it is cut at half the resolution, and again only near that cut (Lombaert
 * et al., "A Multilevel Banded Graph Cuts Method", 2005).
 * @param ground its states become `original` and `edited` only
 */
export function cutSeam(ground: Ground): void {
  const { width, height } = ground;
  const { areas, count } = findOpen(ground);
  if (count === 0) return;
  let left = count;
  if (count > mostOpen && width > 8 && height > 8) {
    const half = halve(ground, areas);
    cutSeam(half);
    left = decideFarFrom(half, ground, areas);
  }
  cutHere(ground, areas, left);
}

/** How many pixels are open, and areas that have all of them and what is beside them. */
function findOpen({ width, height, states }: Ground): { areas: Area[]; count: number } {
  const tiles = new Tiles(width, height);
  let count = 0;
  for (let place = states.indexOf(open); place >= 0; place = states.indexOf(open, place)) {
    const y = Math.floor(place / width);
    const end = (y + 1) * width;
    const start = place;
    while (place < end && states[place] === open) place++;
    count += place - start;
    const left = start - y * width - beside;
    const right = place - y * width + beside;
    tiles.mark({ left, top: y - beside, right, bottom: y + 1 + beside }, open);
  }
  return { areas: tiles.areas().filter(({ kind }) => kind === open), count };
}

/** Costs are halved in the areas only, as nothing is open elsewhere. */
function halve({ width, height, states, costs }: Ground, areas: readonly Area[]): Ground {
  const half = { width: (width + 1) >> 1, height: (height + 1) >> 1 };
  const halved: Ground = {
    ...half,
    states: new Uint8Array(half.width * half.height),
    costs: new Uint8Array(half.width * half.height),
  };
  for (let row = 0, to = 0; row < half.height; row++) {
    checkWanted();
    const above = 2 * row * width;
    const below = 2 * row + 1 < height ? above + width : above;
    for (let left = 0; left < width; left += 2, to++) {
      const right = left + 1 < width ? left + 1 : left;
      const a = states[above + left]!;
      const b = states[above + right]!;
      const c = states[below + left]!;
      const d = states[below + right]!;
      // One that is the edited picture's decides, then one that is the original's: `edited` is 1, and `open` 2.
      halved.states[to] = (a | b | c | d) & edited ? edited : a & b & c & d;
    }
  }
  for (const area of areas) {
    checkWanted();
    for (let row = area.top >> 1; row < (area.bottom + 1) >> 1; row++) {
      const above = 2 * row * width;
      const below = 2 * row + 1 < height ? above + width : above;
      let to = row * half.width + (area.left >> 1);
      for (let left = area.left; left < area.right; left += 2, to++) {
        const right = left + 1 < width ? left + 1 : left;
        const sum =
          costs[above + left]! +
          costs[above + right]! +
          costs[below + left]! +
          costs[below + right]!;
        halved.costs[to] = (sum + 2) >> 2;
      }
    }
  }
  return halved;
}

/** What lies more than a block from the coarse seam goes where its block went. Gives how many pixels are left open. */
function decideFarFrom(
  { width: columns, height: rows, states: coarse }: Ground,
  { width, states }: Ground,
  areas: readonly Area[],
): number {
  let count = 0;
  for (const { left, top, right, bottom } of areas) {
    checkWanted();
    for (let y = top; y < bottom; y++) {
      const row = y >> 1;
      const up = row > 0 ? -columns : 0;
      const down = row < rows - 1 ? columns : 0;
      for (let x = left; x < right; x++) {
        const place = y * width + x;
        if (states[place] !== open) continue;
        const column = x >> 1;
        const at = row * columns + column;
        const before = column > 0 ? at - 1 : at;
        const after = column < columns - 1 ? at + 1 : at;
        const sum =
          coarse[before + up]! +
          coarse[at + up]! +
          coarse[after + up]! +
          coarse[before]! +
          coarse[at]! +
          coarse[after]! +
          coarse[before + down]! +
          coarse[at + down]! +
          coarse[after + down]!;
        if (sum > 0 && sum < 9) count++;
        else states[place] = coarse[at]!;
      }
    }
  }
  return count;
}

/** @param count how many are open, all of them in the areas */
function cutHere(ground: Ground, areas: readonly Area[], count: number): void {
  const { width, height, states, costs } = ground;
  const nodes = new Int32Array(count);
  const neighbours = new Int32Array(4 * count).fill(-1);
  const capacities = new Int32Array(4 * count);
  const pull = new Int32Array(count);
  /** In each column the node of the last row that was gone through: of the one above, where that is open. */
  const nodeAbove = new Int32Array(width);
  let node = 0;
  /** Joins the node to one before it. */
  const join = (other: number, direction: number, cost: number) => {
    neighbours[4 * node + direction] = other;
    neighbours[4 * other + (direction ^ 1)] = node;
    capacities[4 * node + direction] = cost;
    capacities[4 * other + (direction ^ 1)] = cost;
  };
  const hold = (other: number, cost: number) => {
    pull[node]! += states[other] === edited ? cost : -cost;
  };
  for (const { left, top, right, bottom } of areas) {
    checkWanted();
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const place = y * width + x;
        if (states[place] !== open) continue;
        nodes[node] = place;
        const own = stepCost + costs[place]!;
        if (x > 0) {
          const cost = own + costs[place - 1]!;
          if (states[place - 1] !== open) hold(place - 1, cost);
          else join(node - 1, 0, cost);
        }
        if (x < width - 1 && states[place + 1] !== open) hold(place + 1, own + costs[place + 1]!);
        if (y > 0) {
          const cost = own + costs[place - width]!;
          if (states[place - width] !== open) hold(place - width, cost);
          else join(nodeAbove[x]!, 2, cost);
        }
        if (y < height - 1 && states[place + width] !== open) {
          hold(place + width, own + costs[place + width]!);
        }
        nodeAbove[x] = node;
        node++;
      }
    }
  }
  const sides = cutGrid({ neighbours, capacities, pull });
  for (let index = 0; index < count; index++) {
    states[nodes[index]!] = sides[index] === 1 ? edited : original;
  }
}
