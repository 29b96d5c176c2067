// A base, the edited picture and which of its changes are kept go in; the base with only those comes out.
import { blendSeam } from './blendSeam';
import type { Changes } from './changes';
import { measureChance, type Pair } from './chance';
import type { Window } from './crop';
import { ComposedBefore, type GrownPiece } from './composedBefore';
import { growMask } from './growMask';
import { ownCells } from './keptCells';
import { copyShared, type Pixels } from './pixels';
import { cutSeam } from './seam';
import { checkWanted } from './wanted';

export interface Composition {
  /** What stays where nothing is kept. */
  readonly base: Pixels;
  /** As large as the base: aligned to it where that was asked for. */
  readonly edited: Pixels;
  /** Of these two. */
  readonly changes: Changes;
  /** Ids of changes. */
  readonly kept: ReadonlySet<number>;
  /** What compositions of the same pictures and changes left. */
  readonly before?: ComposedBefore | undefined;
}

/** Of the longer side: so far about a change its seam is sought. At least and at most so many pixels. */
const bandPart = 0.008;
const bandLimits = [6, 40] as const;

/** A part of what is kept. */
export interface Piece {
  /** Where it lies; pieces do not overlap. */
  readonly window: Window;
  /** A byte a pixel of the window, row by row: 1 where it is kept, else 0. */
  readonly mask: Uint8Array;
  /** Of what it depends on. */
  readonly key: string;
}

/**
 * A kept change is all of what differs in its cells and goes on differing from there, cut out along the cheapest seam about
 * it; a rejected one is left in one piece the same way. Every pixel outside is the base's, those included that differ too
 * little to be a change. The rim of the picture is no seam.
 * @throws RangeError when the sizes differ
 */
export function compose(composition: Composition): Pixels {
  const { base, edited, changes, kept } = composition;
  const { width, height } = base;
  for (const { width: itsWidth, height: itsHeight } of [edited, changes]) {
    if (itsWidth !== width || itsHeight !== height) {
      throw new RangeError('Only pictures of the same size can be composed.');
    }
  }
  if (changes.labels.every((label) => kept.has(label))) {
    return { width, height, pixels: copyShared(edited.pixels) };
  }
  const before = composition.before ?? new ComposedBefore();
  const pixels = copyShared(base.pixels);
  const pieces = cutOut({ ...composition, before });
  for (const { window, mask, key } of pieces) {
    const drawn = before.drawn(key);
    if (drawn) copyWindow(pixels, drawn, window, width);
    else blendSeam(pixels, { base, edited, window, mask });
  }
  before.keep(
    pixels,
    pieces.map(({ key }) => key),
  );
  return { width, height, pixels };
}

/** Pieces do not overlap, and nothing else than the base is around them: a piece is the same whatever else is kept. */
function copyWindow(
  pixels: Uint8Array,
  drawn: Uint8Array,
  { left, top, right, bottom }: Window,
  width: number,
): void {
  for (let y = top; y < bottom; y++) {
    checkWanted();
    const from = 4 * (y * width + left);
    pixels.set(drawn.subarray(from, from + 4 * (right - left)), from);
  }
}

/** What `compose` takes from the edited picture. */
export function cutOut(composition: Composition): Piece[] {
  const { base, edited, changes, kept, before = new ComposedBefore() } = composition;
  const [least, most] = bandLimits;
  const longer = Math.max(base.width, base.height);
  const band = Math.round(Math.min(most, Math.max(least, bandPart * longer)));
  const pair = { before: base, after: edited };
  return growWindows(pair, { changes, kept, before }, band).map((piece) => {
    const { ground } = piece;
    if (ground) {
      // What is stopped half-way is of no use to the next.
      piece.ground = undefined;
      cutSeam(ground);
      // Nothing is open any more.
      piece.mask = ground.states;
    }
    return { window: piece.window, mask: piece.mask!, key: piece.key };
  });
}

interface Wanted extends Pick<Composition, 'changes' | 'kept'> {
  readonly before: ComposedBefore;
}

/** Windows about the kept changes that do not overlap, each as large as what grew in it needs. */
function growWindows(pair: Pair, { changes, kept, before }: Wanted, band: number): GrownPiece[] {
  const { width, height } = changes;
  const enlarge = (window: Window, by: number): Window => ({
    left: Math.max(0, window.left - by),
    top: Math.max(0, window.top - by),
    right: Math.min(width, window.right + by),
    bottom: Math.min(height, window.bottom + by),
  });
  const usual = before.limits(() => measureChance(pair, changes));
  const cells = ownCells(changes, kept);
  let waiting = boxesOf(changes, kept).map((box) => enlarge(box, 3 * band));
  let done: { window: Window; piece: GrownPiece }[] = [];
  while (waiting.length > 0) {
    const all = [...waiting, ...done.map(({ window }) => window)];
    const merged = mergeOverlapping(all);
    done = done.filter(({ window }) => merged.includes(window));
    waiting = [];
    for (const window of merged) {
      if (done.some((ready) => ready.window === window)) continue;
      const grow = () => growMask(pair, cells, { window, band, usual });
      const piece = before.piece(window, changes, kept, grow);
      if (piece.reachesOut) {
        const side = Math.max(window.right - window.left, window.bottom - window.top);
        waiting.push(enlarge(window, Math.max(4 * band, side >> 1)));
      } else done.push({ window, piece });
    }
  }
  return done.map(({ piece }) => piece);
}

/** Of the cells of each kept change. */
function boxesOf(
  { width, height, cellSize, columns, labels }: Changes,
  kept: ReadonlySet<number>,
): Window[] {
  const boxes = new Map<number, { left: number; top: number; right: number; bottom: number }>();
  labels.forEach((label, cell) => {
    if (label === 0 || !kept.has(label)) return;
    const left = (cell % columns) * cellSize;
    const top = Math.floor(cell / columns) * cellSize;
    const right = Math.min(width, left + cellSize);
    const bottom = Math.min(height, top + cellSize);
    const box = boxes.get(label);
    if (!box) {
      boxes.set(label, { left, top, right, bottom });
      return;
    }
    box.left = Math.min(box.left, left);
    box.right = Math.max(box.right, right);
    box.bottom = bottom;
  });
  return [...boxes.values()];
}

/** What overlaps becomes one; what does not is the very same. */
function mergeOverlapping(windows: readonly Window[]): Window[] {
  const merged: Window[] = [];
  const waiting = [...windows];
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    const { left, top, right, bottom } = one;
    const at = merged.findIndex(
      (other) =>
        left < other.right && other.left < right && top < other.bottom && other.top < bottom,
    );
    if (at < 0) {
      merged.push(one);
      continue;
    }
    const [other] = merged.splice(at, 1) as [Window];
    waiting.push({
      left: Math.min(left, other.left),
      top: Math.min(top, other.top),
      right: Math.max(right, other.right),
      bottom: Math.max(bottom, other.bottom),
    });
  }
  return merged;
}
