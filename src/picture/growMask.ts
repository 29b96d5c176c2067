// Two pictures, the cells in which changes of them lie and which of these are kept go in; what must be the edited picture's,
// what must be the original's, and between them where a seam may run, comes out.
import {
  limitsAbout,
  measureDistancesIn,
  type Distances,
  type Limits,
  type Owned,
  type Pair,
} from './chance';
import type { Window } from './crop';
import { chamfer, measureDepths } from './drift';
import {
  areasOf,
  keptCell,
  noCell,
  rejectedCell,
  spreadOwners,
  unsettled,
  type Cells,
} from './keptCells';
import { edited as isEdited, open, original as isOriginal, type Ground } from './seam';
import type { Area } from './tiles';
import { checkWanted } from './wanted';

export interface Grown {
  readonly ground: Ground;
  /** Whether a kept change goes on where the window ends and the picture does not. */
  readonly reachesOut: boolean;
}

/** Where and how far a change is looked for. */
export interface Around {
  readonly window: Window;
  /** Pixels about a change in which its seam may run, at most 48. */
  readonly band: number;
  /** What chance makes in the whole picture. */
  readonly usual: Limits | undefined;
}

/** Pixels: a gap of one in a thin part does not end it. */
const stride = 2;

/** Pixels about what differs that still are a little of it: soft edges, and the ringing of an encoder. */
const fringe = 2;

/**
 * Where chance alone makes a tolerant distance of more than the first, the picture was painted anew: nearly everything goes
 * on differing along its edges. A change may then go on by the second at most, as a part of the longer side, and by less the
 * more was painted anew.
 */
const mostFaithful = 10;
const redrawnReach = 0.3;

/**
 * A change is what differs in its cells, and what goes on differing from there (hysteresis as in Canny's edges): arms,
 * ropes and strokes that the cells leave out. What a kept and a rejected one both reach belongs to the nearer. Neither grows
 * into the other's cells.
 * @param pair the whole pictures
 */
export function growMask(pair: Pair, cells: Cells, around: Around): Grown {
  const { window, band, usual } = around;
  const width = window.right - window.left;
  const height = window.bottom - window.top;
  const areas = areasOf(cells, window, stride);
  // All that is not settled by the cells alone.
  const near = areas.filter(({ kind }) => kind === unsettled);
  const distances = measureDistancesIn(pair, window, near);
  const owners = spreadOwners(cells, window, areas);
  const differs = findDiffering(distances, { owners, width, areas: near }, usual);
  const states = grow({ owners, differs, width, areas }, reachOf(cells.changes, usual));
  const reachesOut = touchesEnd(states, cells.changes, window);
  settleInside(states, cells, window, near);
  openAround(states, owners, { width, height, band, areas });
  return { ground: { width, height, states, costs: distances.exact }, reachesOut };
}

/** 1 where the pictures differ by more than they do where nothing was changed. In place of the tolerant distances. */
function findDiffering(
  { exact, tolerant }: Distances,
  owned: Owned,
  usual: Limits | undefined,
): Uint8Array {
  const limits = limitsAbout({ exact, tolerant }, owned, usual);
  const { width, areas } = owned;
  for (const { left, top, right, bottom } of areas) {
    checkWanted();
    for (let y = top; y < bottom; y++) {
      for (let place = y * width + left; place < y * width + right; place++) {
        const differs = exact[place]! >= limits.exact || tolerant[place]! >= limits.tolerant;
        tolerant[place] = differs ? 1 : 0;
      }
    }
  }
  return tolerant;
}

/** Pixels that a change may go on for outside of its cells. */
function reachOf(
  { width, height }: { readonly width: number; readonly height: number },
  usual: Limits | undefined,
): number {
  if (usual === undefined || usual.tolerant <= mostFaithful) return Infinity;
  return redrawnReach * Math.max(width, height) * (mostFaithful / usual.tolerant) ** 2;
}

interface Growing {
  /** A byte a pixel of the window, as the next. */
  readonly owners: Uint8Array;
  readonly differs: Uint8Array;
  /** Of a row. */
  readonly width: number;
  readonly areas: readonly Area[];
}

/** From all changes at once, so that each gets what is nearer to it. What is reached by none stays open. */
function grow({ owners, differs, width, areas }: Growing, reach: number): Uint8Array {
  const height = owners.length / width;
  const states = new Uint8Array(owners.length).fill(open);
  let queue: number[] = [];
  for (const { left, top, right, bottom, kind } of areas) {
    checkWanted();
    for (let y = top; y < bottom; y++) {
      if (kind !== unsettled) {
        const state = kind === keptCell ? isEdited : isOriginal;
        states.fill(state, y * width + left, y * width + right);
        continue;
      }
      const up = Math.min(y, stride) * width;
      const down = Math.min(height - 1 - y, stride) * width;
      for (let x = left, place = y * width + left; x < right; x++, place++) {
        const owner = owners[place]!;
        if (owner === noCell || differs[place] === 0) continue;
        states[place] = owner === keptCell ? isEdited : isOriginal;
        const before = Math.min(x, stride);
        const after = Math.min(width - 1 - x, stride);
        // In the midst of its cells it reaches nothing that is not reached.
        const isInside =
          owners[place - up - before] === owner &&
          owners[place - up + after] === owner &&
          owners[place + down - before] === owner &&
          owners[place + down + after] === owner;
        if (!isInside) queue.push(place);
      }
    }
  }
  for (let way = stride; way <= reach && queue.length > 0; way += stride) {
    checkWanted();
    const next: number[] = [];
    for (const place of queue) {
      const state = states[place]!;
      const barred = state === isEdited ? rejectedCell : keptCell;
      const x = place % width;
      const y = (place - x) / width;
      const first = Math.max(0, x - stride) - x;
      const last = Math.min(width - 1, x + stride) - x;
      const end = Math.min(height - 1, y + stride);
      for (let row = Math.max(0, y - stride); row <= end; row++) {
        const middle = row * width + x;
        for (let near = middle + first; near <= middle + last; near++) {
          if (differs[near] === 0 || states[near] !== open || owners[near] === barred) continue;
          states[near] = state;
          next.push(near);
        }
      }
    }
    queue = next;
  }
  return states;
}

function touchesEnd(
  states: Uint8Array,
  picture: { readonly width: number; readonly height: number },
  { left, top, right, bottom }: Window,
): boolean {
  const width = right - left;
  const height = bottom - top;
  for (let x = 0; x < width; x++) {
    if (top > 0 && states[x] === isEdited) return true;
    if (bottom < picture.height && states[(height - 1) * width + x] === isEdited) return true;
  }
  for (let y = 0; y < height; y++) {
    if (left > 0 && states[y * width] === isEdited) return true;
    if (right < picture.width && states[(y + 1) * width - 1] === isEdited) return true;
  }
  return false;
}

/**
 * Cells that have nothing but their own about them are inside of their change: what differs little in them belongs to it as
 * well. So does all of a change in which nothing else is certain.
 */
function settleInside(
  states: Uint8Array,
  { changes: { cellSize, columns, labels }, owners, settled }: Cells,
  { left, top, right, bottom }: Window,
  areas: readonly Area[],
): void {
  const width = right - left;
  /** Labels of which something is. */
  const certain = new Set<number>();
  const [lastColumn, lastRow] = [Math.ceil(right / cellSize), Math.ceil(bottom / cellSize)];
  for (let row = Math.floor(top / cellSize); row < lastRow; row++) {
    let last = 0;
    for (let column = Math.floor(left / cellSize); column < lastColumn; column++) {
      const cell = row * columns + column;
      if (settled[cell] === 0 || labels[cell] === last) continue;
      last = labels[cell]!;
      certain.add(last);
    }
  }
  /** The cells of changes, row by row of their pixels, as far as they lie in the areas. */
  const forCells = (take: (cell: number, from: number, to: number) => void) => {
    for (const area of areas) {
      checkWanted();
      for (let y = area.top; y < area.bottom; y++) {
        const row = Math.floor((top + y) / cellSize) * columns;
        for (let x = area.left; x < area.right;) {
          const column = Math.floor((left + x) / cellSize);
          const end = Math.min(area.right, (column + 1) * cellSize - left);
          if (labels[row + column] !== 0) take(row + column, y * width + x, y * width + end);
          x = end;
        }
      }
    }
  };
  const stateOf = (cell: number) => (owners[cell] === keptCell ? isEdited : isOriginal);
  const doubtful = new Set<number>();
  forCells((cell, from, to) => {
    if (settled[cell] === 1) {
      states.fill(stateOf(cell), from, to);
      return;
    }
    const label = labels[cell]!;
    if (certain.has(label)) return;
    for (let place = from; place < to; place++) {
      if (states[place] === stateOf(cell)) certain.add(label);
    }
    if (!certain.has(label)) doubtful.add(label);
  });
  if ([...doubtful].every((label) => certain.has(label))) return;
  forCells((cell, from, to) => {
    if (!certain.has(labels[cell]!)) states.fill(stateOf(cell), from, to);
  });
}

/** The fringe of what is kept belongs to it; what is far from it is the original's. */
function openAround(
  states: Uint8Array,
  owners: Uint8Array,
  {
    width,
    height,
    band,
    areas,
  }: {
    readonly width: number;
    readonly height: number;
    readonly band: number;
    readonly areas: readonly Area[];
  },
): void {
  const near = areas.filter(({ kind }) => kind === unsettled);
  const rim: number[] = [];
  for (const { left, top, right, bottom } of near) {
    checkWanted();
    for (let y = top; y < bottom; y++) {
      const up = y > 0 ? -width : 0;
      const down = y < height - 1 ? width : 0;
      for (let x = left, place = y * width + left; x < right; x++, place++) {
        if (states[place] !== isEdited) continue;
        const isRim =
          states[place + up] === open ||
          states[place + down] === open ||
          (x > 0 && states[place - 1] === open) ||
          (x < width - 1 && states[place + 1] === open);
        if (isRim) rim.push(place);
      }
    }
  }
  for (const place of rim) {
    const x = place % width;
    const y = (place - x) / width;
    const first = Math.max(0, x - fringe);
    const last = Math.min(width - 1, x + fringe);
    for (let row = Math.max(0, y - fringe); row <= Math.min(height - 1, y + fringe); row++) {
      for (let at = row * width + first; at <= row * width + last; at++) {
        if (states[at] === open && owners[at] !== rejectedCell) states[at] = isEdited;
      }
    }
  }
  // Where the band ends need not be known to the pixel.
  const block = Math.max(1, band >> 2);
  const columns = Math.ceil(width / block);
  const isAway = new Uint8Array(columns * Math.ceil(height / block)).fill(1);
  for (const { left, top, right, bottom, kind } of areas) {
    if (kind === rejectedCell) continue;
    checkWanted();
    for (let y = top; y < bottom; y++) {
      const row = Math.floor(y / block) * columns;
      if (kind === keptCell) {
        isAway.fill(0, row + Math.floor(left / block), row + Math.ceil(right / block));
        continue;
      }
      for (let x = left; x < right;) {
        const column = Math.floor(x / block);
        const end = Math.min(right, (column + 1) * block);
        for (let place = y * width + x; place < y * width + end; place++) {
          if (isAway[row + column] === 0) break;
          if (states[place] === isEdited || owners[place] === keptCell) isAway[row + column] = 0;
        }
        x = end;
      }
    }
  }
  const most = Math.ceil(band / block) + 1;
  const distances = measureDepths(isAway, columns, isAway.length / columns, { most });
  for (const { left, top, right, bottom } of near) {
    checkWanted();
    for (let y = top; y < bottom; y++) {
      const row = Math.floor(y / block) * columns;
      for (let x = left; x < right;) {
        const column = Math.floor(x / block);
        const end = Math.min(right, (column + 1) * block);
        if (distances[row + column]! * block > chamfer * band) {
          for (let place = y * width + x; place < y * width + end; place++) {
            if (states[place] === open) states[place] = isOriginal;
          }
        }
        x = end;
      }
    }
  }
}
