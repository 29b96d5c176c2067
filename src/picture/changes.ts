// How two pictures differ, cell by cell, and a threshold go in; the changes that a person would count come out.
import type { Difference } from './difference';

export interface Change {
  /** From 1, the largest first. */
  readonly id: number;
  /** In pixels of the compared pictures; all of it that changed is inside. */
  readonly box: Box;
  /** Of the picture's area, over 0 and at most 1: that which changed, not its box. */
  readonly share: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Changes {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly changes: readonly Change[];
  /** The side of a cell in pixels; those at the right and bottom may stick out. */
  readonly cellSize: number;
  readonly columns: number;
  readonly rows: number;
  /** The id of the change that each cell belongs to, 0 for none. It reaches a little over what changed. */
  readonly labels: Uint16Array;
  /** Whether there is one change and it is the whole picture: black and white, say. */
  readonly whole: boolean;
}

/** Of the threshold, 0 to 1; see plantedEdits.test.ts for what it finds and misses. */
export const defaultThreshold = 0.06;

/** Of the longer side: parts so near each other are one change. */
const nearness = 0.02;

/** From so much of the picture on, spread all over it, the change is the whole picture. */
const wholeShare = 0.6;

/** Ids must fit their labels, and nobody looks at more: the smallest are left out. */
const mostChanges = 1000;

/**
 * Near parts are joined, specks dropped. A part goes on for as long as it is over half of the threshold, so that soft
 * edges belong to it, and the labels reach a cell further.
 * @param threshold 0 to 1, as pixelmatch has it
 */
export function findChanges(difference: Difference, threshold = defaultThreshold): Changes {
  const { width, height, cellSize, columns, rows, strengths } = difference;
  const limit = Math.max(1, threshold * 255);
  const certain = new Uint8Array(strengths.length);
  for (let cell = 0; cell < certain.length; cell++)
    certain[cell] = strengths[cell]! >= limit ? 1 : 0;
  const reach = Math.max(1, Math.round((nearness * Math.max(columns, rows)) / 2));
  const parts = labelParts(grow(certain, columns, rows, reach), columns, rows);

  const found = measureParts(difference, certain, parts, limit)
    .filter((part) => !isSpeck(part, limit))
    .sort((a, b) => b.cells - a.cells)
    .slice(0, mostChanges);
  const base = { width, height, cellSize, columns, rows };
  if (found.length === 0) {
    const labels = new Uint16Array(columns * rows);
    return { width, height, cellSize, columns, rows, changes: [], labels, whole: false };
  }
  const cells = found.reduce((sum, part) => sum + part.cells, 0);
  if (isWhole(found, cells, columns, rows)) {
    const box = { x: 0, y: 0, width, height };
    const labels = new Uint16Array(columns * rows).fill(1);
    return { ...base, changes: [{ id: 1, box, share: 1 }], labels, whole: true };
  }
  const ids = new Map(found.map(({ part }, index) => [part, index + 1]));
  const labels = outline(difference, certain, parts, ids, limit, reach);
  return { ...base, changes: describe(difference, labels, found.length), labels, whole: false };
}

interface Part {
  /** What `labelParts` calls it. */
  readonly part: number;
  /** Cells over the threshold. */
  cells: number;
  /** By how much they are over it, added up. */
  excess: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Every cell within reach of one that is set: a square about it. */
function grow(cells: Uint8Array, columns: number, rows: number, reach: number): Uint8Array {
  const across = new Uint8Array(cells.length);
  const grown = new Uint8Array(cells.length);
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * columns;
    // One past the last cell that is within reach of one already seen.
    let filled = row * columns;
    for (let cell = filled; cell < end; cell++) {
      if (cells[cell] === 0) continue;
      const stop = Math.min(end, cell + reach + 1);
      for (let to = Math.max(filled, cell - reach); to < stop; to++) across[to] = 1;
      filled = stop;
    }
  }
  const filledTo = new Int32Array(columns).fill(-1);
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      if (across[cell] === 0) continue;
      const first = Math.max(filledTo[column]! + 1, row - reach);
      const last = Math.min(rows - 1, row + reach);
      for (let to = first; to <= last; to++) grown[to * columns + column] = 1;
      filledTo[column] = last;
    }
  }
  return grown;
}

/** Connected cells, diagonals too, get the same number, from 1. */
function labelParts(cells: Uint8Array, columns: number, rows: number): Int32Array {
  const parts = new Int32Array(cells.length);
  const stack: number[] = [];
  let count = 0;
  for (let start = 0; start < cells.length; start++) {
    if (cells[start] === 0 || parts[start] !== 0) continue;
    parts[start] = ++count;
    stack.push(start);
    for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
      const column = cell % columns;
      const row = (cell - column) / columns;
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
          const neighbour = y * columns + x;
          if (cells[neighbour] === 0 || parts[neighbour] !== 0) continue;
          parts[neighbour] = count;
          stack.push(neighbour);
        }
      }
    }
  }
  return parts;
}

function measureParts(
  { columns, strengths }: Difference,
  certain: Uint8Array,
  parts: Int32Array,
  limit: number,
): Part[] {
  const found = new Map<number, Part>();
  for (let cell = 0; cell < certain.length; cell++) {
    if (certain[cell] === 0) continue;
    const part = parts[cell]!;
    const column = cell % columns;
    const row = (cell - column) / columns;
    let measured = found.get(part);
    if (!measured) {
      const place = { left: column, right: column, top: row, bottom: row };
      measured = { part, cells: 0, excess: 0, ...place };
      found.set(part, measured);
    }
    measured.cells++;
    measured.excess += strengths[cell]! - limit;
    measured.left = Math.min(measured.left, column);
    measured.right = Math.max(measured.right, column);
    measured.bottom = row;
  }
  return [...found.values()];
}

/** What noise makes: a cell or two, just over the threshold. */
function isSpeck({ cells, excess }: Part, limit: number): boolean {
  return cells <= 2 && excess < limit;
}

function isWhole(found: readonly Part[], cells: number, columns: number, rows: number): boolean {
  const left = Math.min(...found.map((part) => part.left));
  const right = Math.max(...found.map((part) => part.right));
  const top = Math.min(...found.map((part) => part.top));
  const bottom = Math.max(...found.map((part) => part.bottom));
  return (
    cells >= wholeShare * columns * rows &&
    right - left + 1 >= 0.9 * columns &&
    bottom - top + 1 >= 0.9 * rows
  );
}

/** The cells of each change: with its soft edges, the gaps in it, and a cell around. */
function outline(
  { columns, rows, strengths }: Difference,
  certain: Uint8Array,
  parts: Int32Array,
  ids: ReadonlyMap<number, number>,
  limit: number,
  reach: number,
): Uint16Array {
  const soft = new Uint8Array(columns * rows);
  const frontier: number[] = [];
  for (let cell = 0; cell < soft.length; cell++) {
    if (certain[cell] === 0 || !ids.has(parts[cell]!)) continue;
    soft[cell] = 1;
    frontier.push(cell);
  }
  // Only within reach: what is faint and far away is noise.
  for (let cell = frontier.pop(); cell !== undefined; cell = frontier.pop()) {
    const column = cell % columns;
    const row = (cell - column) / columns;
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
        const neighbour = y * columns + x;
        if (soft[neighbour] === 1 || parts[neighbour] === 0) continue;
        if (strengths[neighbour]! < limit / 2) continue;
        soft[neighbour] = 1;
        frontier.push(neighbour);
      }
    }
  }
  const closed = shrink(grow(soft, columns, rows, reach), columns, rows, reach);
  const around = grow(closed, columns, rows, 1);
  const labels = new Uint16Array(around.length);
  for (let cell = 0; cell < labels.length; cell++) {
    // What is around the outermost soft cells belongs to no part.
    if (around[cell] === 1) labels[cell] = ids.get(parts[cell]!) ?? 0;
  }
  return labels;
}

/** The opposite of `grow`; outside of the picture everything is set. */
function shrink(cells: Uint8Array, columns: number, rows: number, reach: number): Uint8Array {
  return invert(grow(invert(cells), columns, rows, reach));
}

function invert(cells: Uint8Array): Uint8Array {
  const inverted = new Uint8Array(cells.length);
  for (let cell = 0; cell < cells.length; cell++) inverted[cell] = 1 - cells[cell]!;
  return inverted;
}

function describe(
  { width, height, cellSize, columns, rows }: Difference,
  labels: Uint16Array,
  count: number,
): Change[] {
  const found = Array.from({ length: count }, () => ({
    left: width,
    top: height,
    right: 0,
    bottom: 0,
    area: 0,
  }));
  for (let row = 0, cell = 0; row < rows; row++) {
    const top = row * cellSize;
    const bottom = Math.min(height, top + cellSize);
    for (let column = 0; column < columns; column++, cell++) {
      const label = labels[cell]!;
      if (label === 0) continue;
      const change = found[label - 1]!;
      const left = column * cellSize;
      const right = Math.min(width, left + cellSize);
      change.left = Math.min(change.left, left);
      change.top = Math.min(change.top, top);
      change.right = Math.max(change.right, right);
      change.bottom = Math.max(change.bottom, bottom);
      change.area += (right - left) * (bottom - top);
    }
  }
  return found.map(({ left, top, right, bottom, area }, index) => ({
    id: index + 1,
    box: { x: left, y: top, width: right - left, height: bottom - top },
    share: area / (width * height),
  }));
}
