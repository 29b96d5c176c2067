// Cells that are set go in, row by row; their runs, what is near them, and the parts that they form come out.
import { checkWanted } from './wanted';

/** Calls `take` with each run of cells that have the value, row by row: its first cell, and the one after its last. */
export function forEachRun(
  cells: Uint8Array,
  value: 0 | 1,
  columns: number,
  take: (from: number, to: number) => void,
): void {
  // A buffer lets the system search, which looks at many cells at a time; an array does not.
  const searched = Buffer.from(cells.buffer, cells.byteOffset, cells.length);
  for (let from = searched.indexOf(value); from >= 0;) {
    checkWanted();
    const other = searched.indexOf(1 - value, from);
    const end = other < 0 ? cells.length : other;
    for (let at = from; at < end;) {
      const to = Math.min(end, at - (at % columns) + columns);
      take(at, to);
      at = to;
    }
    from = other < 0 ? -1 : searched.indexOf(value, end);
  }
}

/** The value goes to every cell within reach of one that has it: a square about it. With 1 what is set grows, with 0 it shrinks. */
export function spread(
  cells: Uint8Array,
  value: 0 | 1,
  columns: number,
  reach: number,
): Uint8Array {
  const { length } = cells;
  const other = 1 - value;
  const across = new Uint8Array(length).fill(other);
  forEachRun(cells, value, columns, (from, to) => {
    const begin = from - (from % columns);
    across.fill(value, Math.max(begin, from - reach), Math.min(begin + columns, to + reach));
  });
  const all = new Uint8Array(length).fill(other);
  forEachRun(across, value, columns, (from, to) => {
    for (let step = -reach; step <= reach; step++) {
      const at = from + step * columns;
      if (at >= 0 && at < length) all.fill(value, at, to + step * columns);
    }
  });
  return all;
}

export interface Parts {
  /** Of each cell the number of its part, from 1, or 0. */
  readonly parts: Int32Array;
  /** No number is higher. */
  readonly count: number;
}

interface Run {
  /** Its first cell, and the one after its last. */
  readonly from: number;
  readonly to: number;
  /** Where this and the runs that it is joined to lead; itself, where that is the first. */
  joined: number;
}

/** Connected cells, diagonals too, get the same number, from 1. */
export function labelParts(cells: Uint8Array, columns: number): Parts {
  const runs: Run[] = [];
  const firstOf = (number: number): number => {
    let first = number;
    while (runs[first]!.joined !== first) first = runs[first]!.joined;
    runs[number]!.joined = first;
    return first;
  };
  let above = 0;
  let row = 0;
  let rowBegan = 0;
  forEachRun(cells, 1, columns, (from, to) => {
    const number = runs.length;
    const nowRow = Math.floor(from / columns);
    if (nowRow !== row) {
      above = nowRow === row + 1 ? rowBegan : number;
      row = nowRow;
      rowBegan = number;
    }
    runs.push({ from, to, joined: number });
    // Those in the row above that end before it touch none of the later ones either.
    while (above < rowBegan && runs[above]!.to + columns < from) above++;
    for (let near = above; near < rowBegan && runs[near]!.from + columns <= to; near++) {
      const [one, other] = [firstOf(near), firstOf(number)];
      runs[Math.max(one, other)]!.joined = Math.min(one, other);
    }
  });
  const parts = new Int32Array(cells.length);
  runs.forEach(({ from, to }, number) => parts.fill(firstOf(number) + 1, from, to));
  return { parts, count: runs.length };
}
