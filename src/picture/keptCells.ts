// The cells of changes, and which of these are kept, go in; whose a cell is, and where that is all there is to know, comes out.
import type { Changes } from './changes';
import type { Window } from './crop';
import { Tiles, type Area } from './tiles';
import { checkWanted } from './wanted';

/** The cells of changes, as those see them who keep some. */
export interface Cells {
  readonly changes: Changes;
  /** A byte a cell: of no change, of one that is kept, or of one that is not. */
  readonly owners: Uint8Array;
  /** A byte a cell: 1 where it has nothing but its owner's cells about it. */
  readonly settled: Uint8Array;
}

/** Whose cell it is, or a pixel lies in; `limitsAbout` takes 0 for none as well. */
export const noCell = 0;
export const keptCell = 1;
export const rejectedCell = 2;

/** What tiles are where not all of them is settled: as their pixels, or one of `keptCell` and `rejectedCell`. */
export const unsettled = 0;

export function ownCells(changes: Changes, kept: ReadonlySet<number>): Cells {
  const { columns, rows, labels } = changes;
  const owners = new Uint8Array(labels.length);
  for (let cell = 0; cell < labels.length; cell++) {
    const label = labels[cell]!;
    if (label !== 0) owners[cell] = kept.has(label) ? keptCell : rejectedCell;
  }
  const settled = new Uint8Array(labels.length);
  for (let row = 0, cell = 0; row < rows; row++) {
    const up = row > 0 ? -columns : 0;
    const down = row < rows - 1 ? columns : 0;
    for (let column = 0; column < columns; column++, cell++) {
      const owner = owners[cell]!;
      if (owner === noCell) continue;
      const left = column > 0 ? cell - 1 : cell;
      const right = column < columns - 1 ? cell + 1 : cell;
      const isSettled =
        owners[left + up] === owner &&
        owners[cell + up] === owner &&
        owners[right + up] === owner &&
        owners[left] === owner &&
        owners[right] === owner &&
        owners[left + down] === owner &&
        owners[cell + down] === owner &&
        owners[right + down] === owner;
      if (isSettled) settled[cell] = 1;
    }
  }
  return { changes, owners, settled };
}

/**
 * Tiles are settled where all cells in them and a little about them are: their kind is then that of their owner.
 * @param beside pixels about a tile
 */
export function areasOf(
  { changes, owners, settled }: Cells,
  { left, top, right, bottom }: Window,
  beside: number,
): Area[] {
  const { cellSize, columns, rows } = changes;
  const tiles = new Tiles(right - left, bottom - top);
  for (let row = 0, tile = 0; row < tiles.rows; row++) {
    for (let column = 0; column < tiles.columns; column++, tile++) {
      const own = tiles.windowOf(column, row);
      const firstColumn = Math.max(0, Math.floor((left + own.left - beside) / cellSize));
      const lastColumn = Math.min(columns - 1, Math.floor((left + own.right + beside) / cellSize));
      const firstRow = Math.max(0, Math.floor((top + own.top - beside) / cellSize));
      const lastRow = Math.min(rows - 1, Math.floor((top + own.bottom + beside) / cellSize));
      let isSettled = true;
      for (let y = firstRow; y <= lastRow && isSettled; y++) {
        for (let cell = y * columns + firstColumn; cell <= y * columns + lastColumn; cell++) {
          if (settled[cell] === 0) isSettled = false;
        }
      }
      // Settled cells that touch have one owner.
      tiles.kinds[tile] = isSettled ? owners[firstRow * columns + firstColumn]! : unsettled;
    }
  }
  return tiles.areas();
}

/** Whose cell each pixel of the window lies in. */
export function spreadOwners(
  { changes: { cellSize, columns }, owners }: Cells,
  { left, top, right, bottom }: Window,
  areas: readonly Area[],
): Uint8Array {
  const width = right - left;
  const spread = new Uint8Array(width * (bottom - top));
  for (const area of areas) {
    checkWanted();
    for (let y = area.top; y < area.bottom; y++) {
      const start = y * width;
      if (area.kind !== unsettled) {
        spread.fill(area.kind, start + area.left, start + area.right);
        continue;
      }
      if (y > area.top && (top + y) % cellSize !== 0) {
        spread.copyWithin(start + area.left, start - width + area.left, start - width + area.right);
        continue;
      }
      const row = Math.floor((top + y) / cellSize) * columns;
      for (let x = area.left; x < area.right; x++) {
        spread[start + x] = owners[row + Math.floor((left + x) / cellSize)]!;
      }
    }
  }
  return spread;
}
