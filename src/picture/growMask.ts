// Two pictures, the cells in which changes of them lie and which of these are kept go in; what must be the edited picture's,
// what must be the original's, and between them where a seam may run, comes out.
import type { Changes } from './changes';
import { limitsAbout, measureDistances, type Distances, type Limits, type Pair } from './chance';
import type { Window } from './crop';
import { chamfer, measureDepths } from './drift';
import { edited as isEdited, open, original as isOriginal, type Ground } from './seam';

export interface Grown {
  readonly ground: Ground;
  /** Whether a kept change goes on where the window ends and the picture does not. */
  readonly reachesOut: boolean;
}

/** Where and how far a change is looked for. */
export interface Around {
  readonly window: Window;
  readonly band: number;
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

/** Whose cell a pixel lies in; `limitsAbout` takes 0 for none as well. */
const noCell = 0;
const keptCell = 1;
const rejectedCell = 2;

/**
 * A change is what differs in its cells, and what goes on differing from there (hysteresis as in Canny's edges): arms,
 * ropes and strokes that the cells leave out. What a kept and a rejected one both reach belongs to the nearer. Neither grows
 * into the other's cells.
 * @param pair what is seen in the window
 * @param band pixels about a change in which its seam may run, at most 48
 * @param usual what chance makes in the whole picture
 */
export function growMask(
  pair: Pair,
  changes: Changes,
  kept: ReadonlySet<number>,
  { window, band, usual }: Around,
): Grown {
  const { width, height } = pair.before;
  const distances = measureDistances(pair);
  const cells = ownCells(changes, kept, window);
  const differs = findDiffering(cells, distances, usual);
  const states = grow(cells, differs, width, reachOf(changes, usual));
  const reachesOut = touchesEnd(states, changes, window);
  settleInside(states, changes, kept, window);
  openAround(states, cells, { width, height, band });
  return { ground: { width, height, states, costs: distances.exact }, reachesOut };
}

/** Whose cell each pixel of the window lies in. */
function ownCells(
  { cellSize, columns, labels }: Changes,
  kept: ReadonlySet<number>,
  { left, top, right, bottom }: Window,
): Uint8Array {
  const width = right - left;
  const cells = new Uint8Array(width * (bottom - top));
  for (let y = top; y < bottom; y++) {
    const start = (y - top) * width;
    if (y > top && y % cellSize !== 0) {
      cells.copyWithin(start, start - width, start);
      continue;
    }
    const row = Math.floor(y / cellSize) * columns;
    for (let x = left; x < right;) {
      const column = Math.floor(x / cellSize);
      const end = Math.min(right, (column + 1) * cellSize);
      const label = labels[row + column]!;
      const owner = label === 0 ? noCell : kept.has(label) ? keptCell : rejectedCell;
      cells.fill(owner, start + x - left, start + end - left);
      x = end;
    }
  }
  return cells;
}

/** 1 where the pictures differ by more than they do where nothing was changed. */
function findDiffering(
  cells: Uint8Array,
  { exact, tolerant }: Distances,
  usual: Limits | undefined,
): Uint8Array {
  const limits = limitsAbout({ exact, tolerant }, cells, usual);
  const differs = new Uint8Array(exact.length);
  for (let place = 0; place < exact.length; place++) {
    if (exact[place]! >= limits.exact || tolerant[place]! >= limits.tolerant) differs[place] = 1;
  }
  return differs;
}

/** Pixels that a change may go on for outside of its cells. */
function reachOf(
  { width, height }: { readonly width: number; readonly height: number },
  usual: Limits | undefined,
): number {
  if (usual === undefined || usual.tolerant <= mostFaithful) return Infinity;
  return redrawnReach * Math.max(width, height) * (mostFaithful / usual.tolerant) ** 2;
}

/** From all changes at once, so that each gets what is nearer to it. What is reached by none stays open. */
function grow(cells: Uint8Array, differs: Uint8Array, width: number, reach: number): Uint8Array {
  const height = cells.length / width;
  const states = new Uint8Array(cells.length).fill(open);
  let queue: number[] = [];
  for (let y = 0, place = 0; y < height; y++) {
    const up = Math.min(y, stride) * width;
    const down = Math.min(height - 1 - y, stride) * width;
    for (let x = 0; x < width; x++, place++) {
      const owner = cells[place]!;
      if (owner === noCell || differs[place] === 0) continue;
      states[place] = owner === keptCell ? isEdited : isOriginal;
      const left = Math.min(x, stride);
      const right = Math.min(width - 1 - x, stride);
      // In the midst of its cells it reaches nothing that is not reached.
      const isInside =
        cells[place - up - left] === owner &&
        cells[place - up + right] === owner &&
        cells[place + down - left] === owner &&
        cells[place + down + right] === owner;
      if (!isInside) queue.push(place);
    }
  }
  for (let way = stride; way <= reach && queue.length > 0; way += stride) {
    const next: number[] = [];
    for (const place of queue) {
      const state = states[place]!;
      const barred = state === isEdited ? rejectedCell : keptCell;
      forEachAround(place, stride, { width, height }, (near) => {
        if (states[near] !== open || differs[near] === 0 || cells[near] === barred) return;
        states[near] = state;
        next.push(near);
      });
    }
    queue = next;
  }
  return states;
}

/** The pixels of a square, itself as well. */
function forEachAround(
  place: number,
  reach: number,
  { width, height }: { readonly width: number; readonly height: number },
  take: (near: number) => void,
): void {
  const x = place % width;
  const y = (place - x) / width;
  const [right, bottom] = [Math.min(width - 1, x + reach), Math.min(height - 1, y + reach)];
  for (let row = Math.max(0, y - reach); row <= bottom; row++) {
    for (let near = row * width + Math.max(0, x - reach); near <= row * width + right; near++) {
      take(near);
    }
  }
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
  { cellSize, columns, rows, labels }: Changes,
  kept: ReadonlySet<number>,
  { left, top, right, bottom }: Window,
): void {
  const width = right - left;
  const forCell = (column: number, row: number, take: (from: number, to: number) => void) => {
    const from = Math.max(left, column * cellSize) - left;
    const to = Math.min(right, (column + 1) * cellSize) - left;
    const end = Math.min(bottom, (row + 1) * cellSize);
    for (let y = Math.max(top, row * cellSize); y < end; y++) {
      take((y - top) * width + from, (y - top) * width + to);
    }
  };
  const isOwn = (column: number, row: number, isKept: boolean) => {
    if (column < 0 || row < 0 || column >= columns || row >= rows) return true;
    const label = labels[row * columns + column]!;
    return label !== 0 && kept.has(label) === isKept;
  };
  const certain = new Set<number>();
  const unsettled: [column: number, row: number, label: number][] = [];
  const [lastColumn, lastRow] = [Math.ceil(right / cellSize), Math.ceil(bottom / cellSize)];
  for (let row = Math.floor(top / cellSize); row < lastRow; row++) {
    for (let column = Math.floor(left / cellSize); column < lastColumn; column++) {
      const label = labels[row * columns + column]!;
      if (label === 0) continue;
      const isKept = kept.has(label);
      const state = isKept ? isEdited : isOriginal;
      let isInside = true;
      for (let near = 0; near < 9 && isInside; near++) {
        isInside = isOwn(column - 1 + (near % 3), row - 1 + Math.floor(near / 3), isKept);
      }
      if (isInside) {
        forCell(column, row, (from, to) => states.fill(state, from, to));
        certain.add(label);
        continue;
      }
      if (certain.has(label)) continue;
      forCell(column, row, (from, to) => {
        if (states.subarray(from, to).includes(state)) certain.add(label);
      });
      if (!certain.has(label)) unsettled.push([column, row, label]);
    }
  }
  for (const [column, row, label] of unsettled) {
    if (certain.has(label)) continue;
    const state = kept.has(label) ? isEdited : isOriginal;
    forCell(column, row, (from, to) => states.fill(state, from, to));
  }
}

/** The fringe of what is kept belongs to it; what is far from it is the original's. */
function openAround(
  states: Uint8Array,
  cells: Uint8Array,
  {
    width,
    height,
    band,
  }: { readonly width: number; readonly height: number; readonly band: number },
): void {
  const rim: number[] = [];
  for (let y = 0, place = 0; y < height; y++) {
    const up = y > 0 ? place - width : place;
    const down = y < height - 1 ? place + width : place;
    for (let x = 0; x < width; x++, place++) {
      if (states[place] !== isEdited) continue;
      const isRim =
        states[up + x] === open ||
        states[down + x] === open ||
        (x > 0 && states[place - 1] === open) ||
        (x < width - 1 && states[place + 1] === open);
      if (isRim) rim.push(place);
    }
  }
  for (const place of rim) {
    forEachAround(place, fringe, { width, height }, (near) => {
      if (states[near] === open && cells[near] !== rejectedCell) states[near] = isEdited;
    });
  }
  // Where the band ends need not be known to the pixel.
  const block = Math.max(1, band >> 2);
  const columns = Math.ceil(width / block);
  const isAway = new Uint8Array(columns * Math.ceil(height / block)).fill(1);
  for (let y = 0, place = 0; y < height; y++) {
    const row = Math.floor(y / block) * columns;
    for (let column = 0; column < columns; column++) {
      const end = y * width + Math.min(width, (column + 1) * block);
      for (; place < end; place++) {
        if (states[place] === isEdited || cells[place] === keptCell) isAway[row + column] = 0;
      }
    }
  }
  const distances = measureDepths(
    isAway,
    columns,
    isAway.length / columns,
    Math.ceil(band / block) + 1,
  );
  for (let y = 0, place = 0; y < height; y++) {
    const row = Math.floor(y / block) * columns;
    for (let column = 0; column < columns; column++) {
      const end = y * width + Math.min(width, (column + 1) * block);
      if (distances[row + column]! * block <= chamfer * band) place = end;
      for (; place < end; place++) if (states[place] === open) states[place] = isOriginal;
    }
  }
}
