// Two pictures of one size that show the same go in, small; how far each place of the first is from where the second has
// it comes out.
import { contrastOf, type Contrast } from './contrast';
import type { Pixels } from './pixels';
import { shrink } from './resample';
import { checkWanted } from './wanted';

/** How far to go from each place of the first picture to the same thing in the second. A grid of nodes. */
export interface Shifts {
  readonly columns: number;
  readonly rows: number;
  /** Parts of the picture's sides, of each node across, then down. */
  readonly across: Float32Array;
  readonly down: Float32Array;
}

interface Step {
  /** Pixels of the longer side. */
  readonly side: number;
  /** Pixels from node to node. */
  readonly grid: number;
  /** Pixels to each side that are compared. */
  readonly radius: number;
  /** Pixels to each side that are searched. */
  readonly search: number;
  /** What it costs to differ from the neighbours, for each square pixel. */
  readonly stiffness: number;
}

/** From coarse to fine. */
const steps: readonly Step[] = [
  { side: 80, grid: 4, radius: 6, search: 3, stiffness: 0.02 },
  { side: 160, grid: 6, radius: 8, search: 2, stiffness: 0.01 },
  { side: 320, grid: 8, radius: 8, search: 1, stiffness: 0.005 },
];

/** Smaller pictures have nothing to hold on to. */
const leastSide = 64;

/** Sweeps over all nodes. */
const sweeps = 10;

/** Square pixels: further from its neighbours a node is on its own, as at the border of a thing that moved. */
const mostBend = 9;

/** Contrast, squared, from which on a place can be recognised well. */
const goodTexture = 0.25;

/**
 * Block matching by normalised cross-correlation of contrast, smoothed by iterated conditional modes (Besag, 1986) with a
 * robust pull towards the neighbours, from a coarse picture to a fine one. For measuring: no picture is saved with it.
 * @returns undefined for small pictures
 */
export function register(original: Pixels, edited: Pixels): Shifts | undefined {
  const longer = Math.max(original.width, original.height);
  if (Math.min(original.width, original.height) < leastSide) return undefined;
  let shifts: Shifts | undefined;
  for (const step of steps) {
    const ratio = Math.min(1, step.side / longer);
    const width = Math.max(12, Math.round(original.width * ratio));
    const height = Math.max(12, Math.round(original.height * ratio));
    const ours = contrastOf(shrink(original, width, height));
    const theirs = contrastOf(shrink(edited, width, height));
    shifts = match(ours, theirs, shifts, step);
  }
  return shifts;
}

interface Nodes {
  readonly columns: number;
  readonly rows: number;
  /** Where they are, in pixels. */
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  /** Shifts that they start from, in pixels. */
  readonly startX: Float32Array;
  readonly startY: Float32Array;
  /** Of each node, what each shift of the search costs: 0 to 2. */
  readonly costs: Float32Array;
  /** How well it can be recognised, 0 to 1. */
  readonly texture: Float32Array;
  /** What it says to its neighbours. */
  readonly weights: Float32Array;
}

function match(ours: Contrast, theirs: Contrast, before: Shifts | undefined, step: Step): Shifts {
  const nodes = lookAround(ours, theirs, before, step);
  const side = 2 * step.search + 1;
  const count = nodes.xs.length;
  const chosen = new Int32Array(count);
  for (let node = 0; node < count; node++) chosen[node] = cheapest(nodes.costs, node, side * side);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    checkWanted();
    for (let node = 0; node < count; node++) chosen[node] = agree(nodes, chosen, node, step);
  }
  const across = new Float32Array(count);
  const down = new Float32Array(count);
  for (let node = 0; node < count; node++) {
    const index = chosen[node]!;
    const x = index % side;
    const y = (index - x) / side;
    const base = node * side * side + index;
    const isInside = (place: number) => place > 0 && place < side - 1;
    const fineX = isInside(x) ? vertex(nodes.costs, base, 1) : 0;
    const fineY = isInside(y) ? vertex(nodes.costs, base, side) : 0;
    const trust = nodes.texture[node]!;
    across[node] = nodes.startX[node]! + x - step.search + trust * fineX;
    down[node] = nodes.startY[node]! + y - step.search + trust * fineY;
  }
  const { columns, rows } = nodes;
  smooth(across, nodes);
  smooth(down, nodes);
  for (let node = 0; node < count; node++) {
    across[node]! /= ours.width;
    down[node]! /= ours.height;
  }
  return { columns, rows, across, down };
}

/** Costs of all shifts of all nodes: 1 less the correlation. */
function lookAround(
  ours: Contrast,
  theirs: Contrast,
  before: Shifts | undefined,
  { grid, radius, search }: Step,
): Nodes {
  const { width, height } = ours;
  const columns = Math.max(2, Math.round(width / grid));
  const rows = Math.max(2, Math.round(height / grid));
  const count = columns * rows;
  const side = 2 * search + 1;
  const nodes = {
    columns,
    rows,
    xs: new Float32Array(count),
    ys: new Float32Array(count),
    startX: new Float32Array(count),
    startY: new Float32Array(count),
    costs: new Float32Array(count * side * side),
    texture: new Float32Array(count),
    weights: new Float32Array(count),
  };
  for (let node = 0; node < count; node++) {
    checkWanted();
    const x = ((node % columns) + 0.5) * (width / columns) - 0.5;
    const y = (Math.floor(node / columns) + 0.5) * (height / rows) - 0.5;
    nodes.xs[node] = x;
    nodes.ys[node] = y;
    // Whole pixels, so that the search needs no interpolation.
    nodes.startX[node] = before
      ? Math.round(shiftAt(before, before.across, x / width, y / height) * width)
      : 0;
    nodes.startY[node] = before
      ? Math.round(shiftAt(before, before.down, x / width, y / height) * height)
      : 0;
    let least = 2;
    for (let index = 0; index < side * side; index++) {
      const across = nodes.startX[node]! + (index % side) - search;
      const down = nodes.startY[node]! + Math.floor(index / side) - search;
      const cost = 1 - correlation(ours, theirs, { x, y, across, down, radius });
      nodes.costs[node * side * side + index] = cost;
      least = Math.min(least, cost);
    }
    const energy = energyOf(ours, x, y, radius);
    nodes.texture[node] = Math.min(1, energy / goodTexture);
    nodes.weights[node] = nodes.texture[node]! * Math.max(0, 1 - least) ** 2 + 1e-4;
  }
  return nodes;
}

interface Block {
  /** Its middle in the first picture. */
  readonly x: number;
  readonly y: number;
  /** How far it is away in the second. */
  readonly across: number;
  readonly down: number;
  readonly radius: number;
}

function correlation(ours: Contrast, theirs: Contrast, block: Block): number {
  const { width, height } = ours;
  const [x, y] = [Math.round(block.x), Math.round(block.y)];
  const { across, down, radius } = block;
  const left = Math.max(0, x - radius, -across);
  const right = Math.min(width - 1, x + radius, width - 1 - across);
  const top = Math.max(0, y - radius, -down);
  const bottom = Math.min(height - 1, y + radius, height - 1 - down);
  let [both, one, other, sum, otherSum, count] = [0, 0, 0, 0, 0, 0];
  for (let row = top; row <= bottom; row++) {
    let at = row * width + left;
    let there = (row + down) * width + left + across;
    for (let column = left; column <= right; column++, at++, there++) {
      const a = ours.values[at]!;
      const b = theirs.values[there]!;
      both += a * b;
      one += a * a;
      other += b * b;
      sum += a;
      otherSum += b;
    }
    count += Math.max(0, right - left + 1);
  }
  // Too little of it is there.
  if (count < radius * radius) return 0;
  both -= (sum * otherSum) / count;
  one -= sum ** 2 / count;
  other -= otherSum ** 2 / count;
  return both / Math.sqrt(one * other + (0.01 * count) ** 2);
}

function energyOf(
  { width, height, values }: Contrast,
  x: number,
  y: number,
  radius: number,
): number {
  let [sum, square, count] = [0, 0, 0];
  const middle = Math.round(x);
  for (
    let row = Math.max(0, Math.round(y) - radius);
    row <= Math.min(height - 1, Math.round(y) + radius);
    row++
  ) {
    for (
      let column = Math.max(0, middle - radius);
      column <= Math.min(width - 1, middle + radius);
      column++
    ) {
      const value = values[row * width + column]!;
      sum += value;
      square += value * value;
      count++;
    }
  }
  return square / count - (sum / count) ** 2;
}

function cheapest(costs: Float32Array, node: number, shifts: number): number {
  let best = 0;
  for (let index = 1; index < shifts; index++) {
    if (costs[node * shifts + index]! < costs[node * shifts + best]!) best = index;
  }
  return best;
}

/** The shift that costs least with what the neighbours say now. */
function agree(
  nodes: Nodes,
  chosen: Int32Array,
  node: number,
  { search, stiffness }: Step,
): number {
  const side = 2 * search + 1;
  const shifts = side * side;
  let [meanX, meanY, total] = [0, 0, 0];
  forEachNear(nodes, node, 2, (near) => {
    if (near === node) return;
    const weight = nodes.weights[near]!;
    const index = chosen[near]!;
    meanX += weight * (nodes.startX[near]! + (index % side) - search);
    meanY += weight * (nodes.startY[near]! + Math.floor(index / side) - search);
    total += weight;
  });
  meanX = meanX / total - nodes.startX[node]! + search;
  meanY = meanY / total - nodes.startY[node]! + search;
  const texture = nodes.texture[node]!;
  let best = 0;
  let least = Infinity;
  for (let index = 0; index < shifts; index++) {
    const across = (index % side) - meanX;
    const down = Math.floor(index / side) - meanY;
    const bend = Math.min(mostBend, across * across + down * down);
    const cost = texture * nodes.costs[node * shifts + index]! + stiffness * bend;
    if (cost < least) {
      least = cost;
      best = index;
    }
  }
  return best;
}

function forEachNear(
  { columns, rows }: Pick<Nodes, 'columns' | 'rows'>,
  node: number,
  reach: number,
  take: (near: number) => void,
): void {
  const column = node % columns;
  const row = (node - column) / columns;
  for (let y = Math.max(0, row - reach); y <= Math.min(rows - 1, row + reach); y++) {
    for (let x = Math.max(0, column - reach); x <= Math.min(columns - 1, column + reach); x++) {
      take(y * columns + x);
    }
  }
}

/** Where between the pixels the least cost is: the vertex of the parabola through three, at most half a pixel away. */
function vertex(costs: Float32Array, at: number, beside: number): number {
  const before = costs[at - beside]!;
  const here = costs[at]!;
  const after = costs[at + beside]!;
  const bend = before - 2 * here + after;
  if (bend < 1e-4) return 0;
  return Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)));
}

/** What is sure pulls what is not. */
function smooth(values: Float32Array, nodes: Nodes): void {
  const before = values.slice();
  for (let node = 0; node < values.length; node++) {
    let [sum, total] = [0, 0];
    forEachNear(nodes, node, 1, (near) => {
      // What is far from it belongs to something else.
      const apart = before[near]! - before[node]!;
      if (Math.abs(apart) > 2 && nodes.weights[node]! > 0.1) return;
      const weight = nodes.weights[near]! * (near === node ? 2 : 1);
      sum += weight * before[near]!;
      total += weight;
    });
    values[node] = sum / total;
  }
}

/** Between the nodes, linearly; beyond the outermost as there. */
export function shiftAt(
  { columns, rows }: Pick<Shifts, 'columns' | 'rows'>,
  values: Float32Array,
  x: number,
  y: number,
): number {
  const column = Math.min(columns - 1, Math.max(0, x * columns - 0.5));
  const row = Math.min(rows - 1, Math.max(0, y * rows - 0.5));
  const left = Math.min(columns - 2, Math.floor(column));
  const top = Math.min(rows - 2, Math.floor(row));
  const at = top * columns + left;
  const across = column - left;
  const upper = values[at]! + across * (values[at + 1]! - values[at]!);
  const lower =
    values[at + columns]! + across * (values[at + columns + 1]! - values[at + columns]!);
  return upper + (row - top) * (lower - upper);
}
