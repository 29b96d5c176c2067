// What the square tiles of a window are goes in; the same as rectangles, of which there are fewer, comes out.
import type { Window } from './crop';

/** Pixels of a tile's side. */
export const tileSide = 32;

/** Pixels of an area at most, unless a single row of tiles is more: so many are done between two checks. */
const mostPixels = 1 << 18;

/** A rectangle of tiles of one kind. */
export interface Area extends Window {
  readonly kind: number;
}

/** What each tile of a window is, row by row; those at the right and bottom may stick out. */
export class Tiles {
  readonly columns: number;
  readonly rows: number;
  readonly kinds: Uint8Array;

  /** @param width of the window, in pixels, as its height */
  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.columns = Math.ceil(width / tileSide);
    this.rows = Math.ceil(height / tileSide);
    this.kinds = new Uint8Array(this.columns * this.rows);
  }

  /** The pixels of a tile. */
  windowOf(column: number, row: number): Window {
    return {
      left: column * tileSide,
      top: row * tileSide,
      right: Math.min(this.width, (column + 1) * tileSide),
      bottom: Math.min(this.height, (row + 1) * tileSide),
    };
  }

  /** Makes all tiles one kind that have a pixel within a rectangle, which may stick out. */
  mark({ left, top, right, bottom }: Window, kind: number): void {
    const first = Math.max(0, Math.floor(left / tileSide));
    const end = Math.min(this.columns, Math.ceil(right / tileSide));
    const last = Math.min(this.rows, Math.ceil(bottom / tileSide));
    for (let row = Math.max(0, Math.floor(top / tileSide)); row < last; row++) {
      this.kinds.fill(kind, row * this.columns + first, row * this.columns + end);
    }
  }

  /**
   * Every tile in just one area. Areas of one kind never lie side by side, and come in the order of their upper edges: what
   * goes through them in this order has passed the pixels to the left and above, in the opposite order those to the right
   * and below.
   */
  areas(): Area[] {
    const { columns, rows, kinds } = this;
    const areas: Area[] = [];
    /** By the column in which they begin: those that end just above. */
    let above = new Map<number, number>();
    for (let row = 0; row < rows; row++) {
      const here = new Map<number, number>();
      for (let column = 0; column < columns;) {
        const start = column;
        const kind = kinds[row * columns + start]!;
        while (column < columns && kinds[row * columns + column] === kind) column++;
        const { left, top, bottom } = this.windowOf(start, row);
        const right = Math.min(this.width, column * tileSide);
        const index = above.get(left);
        const one = index === undefined ? undefined : areas[index];
        const joins =
          one?.kind === kind &&
          one.right === right &&
          (right - left) * (bottom - one.top) <= mostPixels;
        if (joins && index !== undefined) areas[index] = { ...one, bottom };
        else areas.push({ left, top, right, bottom, kind });
        here.set(left, joins && index !== undefined ? index : areas.length - 1);
      }
      above = here;
    }
    return areas;
  }
}
