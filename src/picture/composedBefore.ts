// What was put together of two pictures and their changes goes in; what of it stays when others of the changes are kept comes
// out.
import type { Limits } from './chance';
import type { Changes } from './changes';
import type { Window } from './crop';
import type { Grown } from './growMask';
import type { Ground } from './seam';

/** What grew in a window, and where its seam runs, once that has been sought. */
export interface GrownPiece {
  readonly window: Window;
  /** The window, and which changes in it are kept: all else is the same in all of these compositions. */
  readonly key: string;
  readonly reachesOut: boolean;
  ground?: Ground | undefined;
  mask?: Uint8Array | undefined;
}

/** Bytes of masks that are held, in parts of the picture's pixels. */
const mostHeld = 2;

/** Cells about a window that what grows in it looks at. */
const beside = 2;

/**
 * Holds what is worth holding between compositions that differ in nothing but which changes are kept: one click makes a
 * difference to a few windows, most often to one.
 */
export class ComposedBefore {
  /** From the oldest on. */
  private readonly pieces = new Map<string, GrownPiece>();
  private last: { readonly pixels: Uint8Array; readonly keys: ReadonlySet<string> } | undefined;
  private chance: { readonly limits: Limits | undefined } | undefined;

  /** What chance makes in the whole picture is measured once. */
  limits(measure: () => Limits | undefined): Limits | undefined {
    this.chance ??= { limits: measure() };
    return this.chance.limits;
  }

  /** @param grow is asked where this window with these changes was not there before */
  piece(
    window: Window,
    changes: Changes,
    kept: ReadonlySet<number>,
    grow: () => Grown,
  ): GrownPiece {
    const key = keyOf(window, changes, kept);
    const known = this.pieces.get(key);
    if (known && (known.reachesOut || known.ground || known.mask)) {
      this.pieces.delete(key);
      this.pieces.set(key, known);
      return known;
    }
    const { ground, reachesOut } = grow();
    const piece = { window, key, reachesOut, ground: reachesOut ? undefined : ground };
    this.pieces.set(key, piece);
    return piece;
  }

  /** The last composition, where this piece is a part of it. */
  drawn(key: string): Uint8Array | undefined {
    return this.last?.keys.has(key) ? this.last.pixels : undefined;
  }

  /** @param pixels of the composition that is made of these: nothing may be written to them any more */
  keep(pixels: Uint8Array, keys: readonly string[]): void {
    this.last = { pixels, keys: new Set(keys) };
    let held = 0;
    for (const [key, { mask, ground }] of [...this.pieces].reverse()) {
      held += mask?.length ?? 2 * (ground?.states.length ?? 0);
      if (held > (mostHeld * pixels.length) / 4) this.pieces.delete(key);
    }
  }
}

function keyOf(window: Window, changes: Changes, kept: ReadonlySet<number>): string {
  const { cellSize, columns, rows, labels } = changes;
  const { left, top, right, bottom } = window;
  const first = Math.max(0, Math.floor(left / cellSize) - beside);
  const end = Math.min(columns, Math.ceil(right / cellSize) + beside);
  const lastRow = Math.min(rows, Math.ceil(bottom / cellSize) + beside);
  const found = new Set<number>();
  let last = 0;
  for (let row = Math.max(0, Math.floor(top / cellSize) - beside); row < lastRow; row++) {
    for (let cell = row * columns + first; cell < row * columns + end; cell++) {
      if (labels[cell] === last) continue;
      last = labels[cell]!;
      if (kept.has(last)) found.add(last);
    }
  }
  const ids = [...found].sort((one, other) => one - other);
  return `${left} ${top} ${right} ${bottom}: ${ids.join(' ')}`;
}
