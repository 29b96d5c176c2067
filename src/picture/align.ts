// An original and an edited picture of any size go in; where each pixel of the edited one belongs in the original comes
// out.
import { measureAgreement } from './alignment/agreement';
import { buildPyramids, type Level, type Pyramids } from './alignment/level';
import { refine } from './alignment/refine';
import { search } from './alignment/search';
import { choosePlacement } from './choosePlacement';
import type { Pixels } from './pixels';
import type { Size } from './placement';

/**
 * A place in the edited picture, times the scale, plus the offset, is its place in the original. Both in pixels, counted
 * from the outer edge of the first one.
 */
export interface Placement {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

export interface Alignment extends Placement {
  /** Of what can be compared, the part that agrees: 0 to 1. */
  readonly confidence: number;
  /** Whether it was measured. Else the edited picture lies as it came. */
  readonly trusted: boolean;
}

/** Less agrees by chance, or too little to be sure. */
const leastConfidence = 0.2;

/** Pixels: smaller pictures have too little to hold on to. */
const leastSide = 24;

/** Of the guesses, how many are followed from each level on: the best one is not always best seen where little is seen. */
const kept = [6, 3];

/**
 * Scale and translation, found from a coarse picture to a fine one: a search, then steps of Gauss and Newton that heed
 * contrast instead of brightness, and less and less what does not agree. What it finds is taken where it agrees clearly
 * better than the picture does as it came.
 * @param asItCame where the edited picture lies if nothing speaks against it
 */
export function align(
  original: Pixels,
  edited: Pixels,
  asItCame: Placement = stretch(original, edited),
): Alignment {
  const untrusted = { ...asItCame, confidence: 0, trusted: false };
  if (Math.min(original.width, original.height, edited.width, edited.height) < leastSide) {
    return untrusted;
  }
  const pyramids = buildPyramids(original, edited);
  const sizes = { original, edited };
  const chosen = choosePlacement(pyramids, sizes, asItCame, () => find(pyramids, sizes));
  const { placement, agreement: confidence } = chosen;
  if (confidence < leastConfidence) return { ...untrusted, confidence };
  return { ...placement, confidence, trusted: true };
}

/** Where the edited picture lies by all that can be seen of it, however it would have to be pulled out of shape. */
function find({ originals, editeds }: Pyramids, sizes: Sizes): Placement {
  let placements = search(originals[0]!, editeds[0]!, sizes.original, sizes.edited);
  for (let level = 0; level < originals.length; level++) {
    const [ours, theirs] = [originals[level]!, editeds[level]!];
    if (level > 0) placements = placements.map((placement) => refine(ours, theirs, placement));
    placements = best(ours, theirs, placements, kept[level] ?? 1);
  }
  return placements[0]!;
}

export interface Sizes {
  readonly original: Size;
  readonly edited: Size;
}

function best(
  original: Level,
  edited: Level,
  placements: readonly Placement[],
  count: number,
): Placement[] {
  if (placements.length <= count) return [...placements];
  const judged = placements.map((placement) => ({
    placement,
    agreement: measureAgreement(original, edited, placement),
  }));
  judged.sort((a, b) => b.agreement - a.agreement);
  return judged.slice(0, count).map(({ placement }) => placement);
}

/** The edited picture over all of the original. */
export function stretch(original: Size, edited: Size): Placement {
  return {
    scaleX: original.width / edited.width,
    scaleY: original.height / edited.height,
    offsetX: 0,
    offsetY: 0,
  };
}

/** How far two placements are apart, in pixels of the original, at the corner of the edited picture where that is most. */
export function cornerDistance(one: Placement, other: Placement, { width, height }: Size): number {
  const across = [0, width].map((x) =>
    Math.abs(x * (one.scaleX - other.scaleX) + one.offsetX - other.offsetX),
  );
  const down = [0, height].map((y) =>
    Math.abs(y * (one.scaleY - other.scaleY) + one.offsetY - other.offsetY),
  );
  return Math.hypot(Math.max(...across), Math.max(...down));
}
