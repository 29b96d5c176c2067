// How two pictures differ, cell by cell, and a threshold go in; the changes that a person would count come out.
import { forEachRun, labelParts, spread, type Parts } from './cellParts';
import type { Difference } from './difference';

export interface Change {
  /** From 1: those that are not minor first, and of these and those the most salient first. */
  readonly id: number;
  /** In pixels of the compared pictures; all of it that changed is inside. */
  readonly box: Box;
  /** Of the picture's area, over 0 and at most 1: that which changed, not its box. */
  readonly share: number;
  /** Whether it is small beside the others: all such changes are one entry of the list. */
  readonly minor: boolean;
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
  /** Whether there is one change and it is the whole picture: redrawn, so that there is nothing to list. */
  readonly whole: boolean;
}

/** Of the threshold, 0 to 1; see plantedEdits.test.ts for what it finds and misses. */
export const defaultThreshold = 0.06;

/** Of the longer side: parts so near each other are one change. */
const nearness = 0.02;

/** From so much of the picture on, spread all over it, the change is the whole picture. */
const wholeShare = 0.8;

/**
 * What is minor in redrawn pictures. Parts are of the excess of the most salient change. From `noise` to `range` more, the
 * part under which a change is minor grows from nothing. A change that has next to nothing is minor where it has no peak,
 * in thresholds; under `speckNoise`, which does not raise thresholds yet, so is one of a cell or two: an edge that moved.
 */
const folding = {
  part: 0.12,
  noise: 5.5,
  range: 4.5,
  weakPart: 0.001,
  weakPeak: 3,
  speckNoise: 0.8,
};

/**
 * Of the threshold. A faint line is a row of cells at the threshold, of which encoding leaves any two over it and any
 * others just under it: together they are no noise.
 */
const nearlyCertain = 0.8;

/** More than this nobody goes through one by one. */
const mostListed = 12;

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
  const certain = atLeast(strengths, limit);
  const reach = Math.max(1, Math.round((nearness * Math.max(columns, rows)) / 2));
  const grown = spread(certain, 1, columns, reach);
  const parts = labelParts(grown, columns);

  const salient = measureParts(difference, { certain, grown, parts, limit })
    .filter((part) => !isSpeck(part, limit))
    .sort((a, b) => b.excess - a.excess)
    .slice(0, mostChanges);
  const [listed, minor] = fold(salient, difference.noise);
  const found = [...listed, ...minor];
  const base = { width, height, cellSize, columns, rows };
  const cells = found.reduce((sum, part) => sum + part.cells, 0);
  // Where the whole of it was redrawn, no cell may stand out from the noise.
  if (difference.whole === true || isWhole(found, cells, columns, rows)) {
    const box = { x: 0, y: 0, width, height };
    const labels = new Uint16Array(columns * rows).fill(1);
    return { ...base, changes: [{ id: 1, box, share: 1, minor: false }], labels, whole: true };
  }
  if (found.length === 0) {
    const labels = new Uint16Array(columns * rows);
    return { width, height, cellSize, columns, rows, changes: [], labels, whole: false };
  }
  const ids = new Map(found.map(({ part }, index) => [part, index + 1]));
  const { around, labels } = outline(difference, certain, grown, parts, ids, limit, reach);
  const changes = describe(difference, around, labels, found.length).map((change) =>
    change.id <= listed.length ? change : { ...change, minor: true },
  );
  return { ...base, changes, labels, whole: false };
}

interface Part {
  /** What `labelParts` calls it. */
  readonly part: number;
  /** Cells over the threshold. */
  cells: number;
  /** Cells that are nearly over it. */
  faint: number;
  /** By how much they are over it, added up. */
  excess: number;
  /** The greatest strength, in thresholds. */
  peak: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** 1 for each cell as strong as the limit, 0 for the others. */
function atLeast(strengths: Uint8Array, limit: number): Uint8Array {
  const cells = new Uint8Array(strengths.length);
  const least = Math.ceil(limit);
  const fours = new Uint32Array(Math.ceil(strengths.length / 4));
  new Uint8Array(fours.buffer).set(strengths);
  // Four at a time: in most none reaches the limit. Its highest bit says of a byte that it may.
  const missing = (128 - Math.min(128, least)) * 0x01010101;
  for (let four = 0; four < fours.length; four++) {
    const bytes = fours[four]!;
    if (((((bytes & 0x7f7f7f7f) + missing) | bytes) & 0x80808080) === 0) continue;
    const end = Math.min(cells.length, 4 * four + 4);
    for (let cell = 4 * four; cell < end; cell++) cells[cell] = strengths[cell]! >= least ? 1 : 0;
  }
  return cells;
}

interface Measured {
  /** 1 for each cell over the threshold. */
  readonly certain: Uint8Array;
  /** 1 for each cell that belongs to a part. */
  readonly grown: Uint8Array;
  readonly parts: Parts;
  readonly limit: number;
}

function measureParts(
  { columns, strengths, noise }: Difference,
  { certain, grown, parts: { parts }, limit }: Measured,
): Part[] {
  const found = new Map<number, Part>();
  // A run is connected, so that it is of one part.
  forEachRun(certain, 1, columns, (from, to) => {
    const part = parts[from]!;
    const left = from % columns;
    const right = left + to - from - 1;
    const row = (from - left) / columns;
    let measured = found.get(part);
    if (!measured) {
      const box = { left, right, top: row, bottom: row };
      measured = { part, cells: 0, faint: 0, excess: 0, peak: 0, ...box };
      found.set(part, measured);
    }
    measured.cells += to - from;
    let sum = 0;
    for (let cell = from; cell < to; cell++) {
      sum += strengths[cell]!;
      measured.peak = Math.max(measured.peak, strengths[cell]! / limit);
    }
    measured.excess += sum - (to - from) * limit;
    measured.left = Math.min(measured.left, left);
    measured.right = Math.max(measured.right, right);
    measured.bottom = row;
  });
  // In redrawn pictures, what is nearly over the threshold lies everywhere.
  if (noise !== undefined) return [...found.values()];
  const least = nearlyCertain * limit;
  forEachRun(grown, 1, columns, (from, to) => {
    for (let cell = from; cell < to; cell++) {
      if (strengths[cell]! < least || certain[cell] !== 0) continue;
      found.get(parts[cell]!)!.faint++;
    }
  });
  return [...found.values()];
}

/** What noise makes: a cell or two just over the threshold, and hardly another beside them. */
function isSpeck({ cells, faint, excess }: Part, limit: number): boolean {
  return cells + faint <= 2 && excess < limit;
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

/** Which of the changes, the most salient first, are worth a line each, and which are not. */
function fold(found: readonly Part[], noise: number | undefined): [listed: Part[], minor: Part[]] {
  const heavy = Math.min(1, Math.max(0, ((noise ?? 0) - folding.noise) / folding.range));
  const greatest = found[0]?.excess ?? 0;
  const isWorth = ({ cells, excess, peak }: Part) =>
    noise === undefined ||
    (excess >= heavy * folding.part * greatest &&
      (peak >= folding.weakPeak ||
        (excess >= folding.weakPart * greatest && (cells > 2 || noise >= folding.speckNoise))));
  const listed = found.filter(isWorth).slice(0, mostListed);
  const isListed = new Set(listed);
  return [listed, found.filter((part) => !isListed.has(part))];
}

interface Outline {
  /** 1 for each cell that may belong to a change; of the others no label is set. */
  readonly around: Uint8Array;
  readonly labels: Uint16Array;
}

/**
 * The cells of each change: with its soft edges, the gaps in it, and a cell around.
 * @param grown the cells that belong to a part
 */
function outline(
  { columns, rows, strengths }: Difference,
  certain: Uint8Array,
  grown: Uint8Array,
  { parts, count }: Parts,
  ids: ReadonlyMap<number, number>,
  limit: number,
  reach: number,
): Outline {
  const idOf = new Uint16Array(count + 1);
  for (const [part, id] of ids) idOf[part] = id;
  const soft = new Uint8Array(columns * rows);
  forEachRun(certain, 1, columns, (from, to) => {
    if (idOf[parts[from]!] !== 0) soft.fill(1, from, to);
  });
  const least = Math.ceil(limit / 2);
  // Only within reach: what is faint and far away is noise.
  const isFaint = (cell: number) =>
    soft[cell] === 0 && certain[cell] === 0 && grown[cell] === 1 && strengths[cell]! >= least;
  const frontier: number[] = [];
  forEachRun(grown, 1, columns, (from, to) => {
    for (let cell = from; cell < to; cell++) {
      if (!isFaint(cell)) continue;
      if (someNeighbour(cell, columns, rows, (near) => soft[near] === 1)) frontier.push(cell);
    }
  });
  for (const cell of frontier) soft[cell] = 1;
  for (let cell = frontier.pop(); cell !== undefined; cell = frontier.pop()) {
    someNeighbour(cell, columns, rows, (near) => {
      if (isFaint(near)) {
        soft[near] = 1;
        frontier.push(near);
      }
      return false;
    });
  }
  const closed = spread(spread(soft, 1, columns, reach), 0, columns, reach);
  const around = spread(closed, 1, columns, 1);
  const labels = new Uint16Array(around.length);
  // What is around the outermost soft cells belongs to no part.
  forEachRun(around, 1, columns, (from, to) => {
    for (let cell = from; cell < to; cell++) labels[cell] = idOf[parts[cell]!]!;
  });
  return { around, labels };
}

/** Of the up to eight cells about one. */
function someNeighbour(
  cell: number,
  columns: number,
  rows: number,
  holds: (near: number) => boolean,
): boolean {
  const column = cell % columns;
  const row = (cell - column) / columns;
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
      if ((x !== column || y !== row) && holds(y * columns + x)) return true;
    }
  }
  return false;
}

function describe(
  { width, height, cellSize, columns }: Difference,
  around: Uint8Array,
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
  forEachRun(around, 1, columns, (from, to) => {
    const begin = from - (from % columns);
    const top = (begin / columns) * cellSize;
    const bottom = Math.min(height, top + cellSize);
    for (let cell = from; cell < to; cell++) {
      const label = labels[cell]!;
      if (label === 0) continue;
      const change = found[label - 1]!;
      const left = (cell - begin) * cellSize;
      const right = Math.min(width, left + cellSize);
      change.left = Math.min(change.left, left);
      change.top = Math.min(change.top, top);
      change.right = Math.max(change.right, right);
      change.bottom = Math.max(change.bottom, bottom);
      change.area += (right - left) * (bottom - top);
    }
  });
  return found.map(({ left, top, right, bottom, area }, index) => ({
    id: index + 1,
    box: { x: left, y: top, width: right - left, height: bottom - top },
    share: area / (width * height),
    minor: false,
  }));
}
