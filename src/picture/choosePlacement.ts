// Two pictures at several sizes go in, and where the edited one lies as it came; where it had best lie comes out: as it
// came, unless another place agrees clearly better.
import { cornerDistance, stretch, type Placement, type Sizes } from './align';
import { evidenceFor, measureAgreement, measureSquares, meanOf } from './alignment/agreement';
import type { Pyramids } from './alignment/level';
import { refine } from './alignment/refine';
import { fits, place, type Fit, type Size } from './placement';

export interface ChosenPlacement {
  readonly placement: Placement;
  /** Of what can be compared, the part that agrees: 0 to 1. */
  readonly agreement: number;
}

/** As it came it agrees so well that nothing else is looked for where steps from there lead nowhere. */
const clearlyInPlace = 0.5;

/** What agrees so well near where it came needs no search. */
const clearlyNear = 0.8;

/** How much better another placement must score to be worth a move. */
const leastGain = 0.02;

/**
 * Student's t that another placement needs against the picture as it came, and that it needs where at least this much
 * agrees there, or where as it came hardly anything does. An object that was redrawn a little further on reaches 4 while
 * most of it agrees nowhere; a picture that was moved, 6 and more.
 */
const evidence = { usual: 5, agreement: 0.5, clear: 3, ratio: 2.5, bare: 2.5 };

/** The same, for pulling the picture out of shape instead of zooming it: the more, the more it is pulled. */
const stretchEvidence = { least: 2, perUnit: 10 };

/** Logarithms of the ratio of the scales: nobody sees less, and more needs evidence. */
const unseenStretch = 0.004;
const mostStretch = 0.01;

/** What a score loses by each unit of the zoom's logarithm, and of the sides by which it moves. */
const costs = { zoom: 0.3, shift: 0.3 };

/**
 * Never one that agrees less than the picture does as it came, by `measureAgreement` at the middle level.
 * @param find gives the best placement that a search of everything finds, pulled out of shape as it may be; it takes
 * time, and is called only where it is needed
 */
export function choosePlacement(
  pyramids: Pyramids,
  sizes: Sizes,
  asItCame: Placement,
  find: () => Placement,
): ChosenPlacement {
  const judge = new Judge(pyramids, sizes);
  const came = judge.judge(asItCame);
  const near = judge.judge(follow(pyramids, asItCame));
  if (judge.isSame(near.placement, asItCame) && came.agreement >= clearlyInPlace) return came;
  const free = near.agreement >= clearlyNear ? near : best([near, judge.judge(find())]);
  const isDone = free.agreement >= clearlyNear && !judge.isStretched(free);
  const chosen = judge.snap(isDone ? free : judge.straighten(free, asItCame));
  const isBetter =
    chosen.agreement >= came.agreement &&
    chosen.score >= came.score + leastGain &&
    evidenceOf(chosen, came) >= neededEvidence(chosen, came);
  return isBetter ? chosen : came;
}

function neededEvidence(chosen: Judged, came: Judged): number {
  if (came.agreement * evidence.ratio <= chosen.agreement) return evidence.bare;
  return chosen.agreement >= evidence.agreement ? evidence.clear : evidence.usual;
}

/** Steps from a placement, on each level from the coarsest on. */
function follow({ originals, editeds }: Pyramids, from: Placement): Placement {
  return originals.reduce(
    (placement, original, level) => refine(original, editeds[level]!, placement),
    from,
  );
}

/** A placement, and how well it does. */
interface Judged extends ChosenPlacement {
  /** How far each square agrees: what was redrawn is better seen at the middle level, what was not at the finest. */
  readonly squares: readonly [middle: Float64Array, finest: Float64Array];
  /** The mean agreement of both levels, less what a zoom and a shift cost. */
  readonly score: number;
}

/** Student's t of each level. */
function evidences(second: Judged, first: Judged): number[] {
  return [0, 1].map((level) => evidenceFor(second.squares[level]!, first.squares[level]!));
}

/** That of the level that shows it better. */
function evidenceOf(second: Judged, first: Judged): number {
  return Math.max(...evidences(second, first));
}

function best(judged: readonly Judged[]): Judged {
  return judged.reduce((one, other) => (other.score > one.score ? other : one));
}

/** Student's t under which a better score says nothing. */
const leastEvidence = 2;

/**
 * The first, which steps of Gauss and Newton found and which is the more exact one, unless the second does better at
 * both levels: a score may also rise because a square that disagrees is no longer covered.
 */
function preferred(first: Judged, second: Judged): Judged {
  const found = evidences(second, first);
  return Math.min(...found) > 0 && Math.max(...found) >= leastEvidence ? second : first;
}

/** Knows the pictures, and what is good in a placement. */
class Judge {
  private readonly stretched: Placement;
  /** Of both pyramids. Where detail is finest, encoders and models agree least. */
  private readonly middle: number;

  constructor(
    private readonly pyramids: Pyramids,
    private readonly sizes: Sizes,
  ) {
    this.stretched = stretch(sizes.original, sizes.edited);
    this.middle = Math.min(2, pyramids.originals.length - 1);
  }

  judge(placement: Placement): Judged {
    const { originals, editeds } = this.pyramids;
    const [middle, finest] = [this.middle, originals.length - 1].map((level) =>
      measureSquares(originals[level]!, editeds[level]!, placement),
    ) as [Float64Array, Float64Array];
    const agreement = meanOf(middle);
    const score = (agreement + meanOf(finest)) / 2 - this.costOf(placement);
    return { placement, agreement, squares: [middle, finest], score };
  }

  /** Whether it is pulled out of shape by more than nobody sees. */
  isStretched({ placement }: Judged): boolean {
    return this.stretchOf(placement) > unseenStretch;
  }

  isSame(one: Placement, other: Placement): boolean {
    const { original, edited } = this.sizes;
    const side = Math.min(original.width, original.height);
    const limit = Math.min(snapDistance.pixels, snapDistance.side * side);
    return cornerDistance(one, other, edited) <= limit;
  }

  /** What is exactly in place needs no resampling. */
  snap(judged: Judged): Judged {
    const { placement } = judged;
    return this.isSame(placement, this.stretched) ? this.judge(this.stretched) : judged;
  }

  /** The best placement that keeps to the shape, unless the free one is clearly better. */
  straighten(free: Judged, asItCame: Placement): Judged {
    const followed = this.descended(this.bases(free.placement, asItCame));
    const { originals, editeds } = this.pyramids;
    let polished = followed;
    for (let level = this.middle; level < originals.length; level++) {
      polished = refine(originals[level]!, editeds[level]!, polished, true);
    }
    const even = preferred(this.judge(polished), this.judge(followed));
    const pull = this.stretchOf(free.placement);
    if (pull <= mostStretch) return preferred(free, even);
    const needed = stretchEvidence.least + stretchEvidence.perUnit * pull;
    return free.score > even.score && evidenceOf(free, even) >= needed ? free : even;
  }

  /** The best place that a descent reaches: over large steps where little is seen, over small ones where more is. */
  private descended(bases: readonly Placement[]): Placement {
    const score = (level: number) => (placement: Placement) => this.quickScore(placement, level);
    const [coarse, fine] = [score(Math.max(0, this.middle - 1)), score(this.middle)];
    const reached = bases.map((base) => {
      const near = descend(base, this.sizes, coarse, largeSteps);
      return descend(fine(near) > fine(base) ? near : base, this.sizes, fine, smallSteps);
    });
    return reached.reduce((one, other) => (fine(other) > fine(one) ? other : one));
  }

  /** In shape: as it came, over all of the original, within it, over it, and where the free one is. */
  private bases(free: Placement, asItCame: Placement): Placement[] {
    const { original, edited } = this.sizes;
    const fitted = fits.map((fit) => placeFitted(original, edited, fit));
    const ratios = [1, this.stretched.scaleX / this.stretched.scaleY];
    const straight = ratios.map((ratio) => this.withRatio(free, ratio));
    const bases: Placement[] = [];
    for (const base of [asItCame, ...fitted, ...straight]) {
      if (!bases.some((one) => this.isSame(one, base))) bases.push(base);
    }
    return bases;
  }

  /** As large, and with the same middle. */
  private withRatio({ scaleX, scaleY, offsetX, offsetY }: Placement, ratio: number): Placement {
    const { width, height } = this.sizes.edited;
    const mean = Math.sqrt(scaleX * scaleY);
    const [across, down] = [mean * Math.sqrt(ratio), mean / Math.sqrt(ratio)];
    return {
      scaleX: across,
      scaleY: down,
      offsetX: offsetX + ((scaleX - across) * width) / 2,
      offsetY: offsetY + ((scaleY - down) * height) / 2,
    };
  }

  private quickScore(placement: Placement, level: number): number {
    const { originals, editeds } = this.pyramids;
    const agreement = measureAgreement(originals[level]!, editeds[level]!, placement);
    return agreement - this.costOf(placement);
  }

  private costOf(placement: Placement): number {
    const { original, edited } = this.sizes;
    const { scaleX, scaleY, offsetX, offsetY } = placement;
    if (!isSane(placement, this.stretched)) return Infinity;
    const area = (scaleX * scaleY) / (this.stretched.scaleX * this.stretched.scaleY);
    const across = (offsetX + (scaleX * edited.width) / 2) / original.width - 0.5;
    const down = (offsetY + (scaleY * edited.height) / 2) / original.height - 0.5;
    return costs.zoom * Math.abs(Math.log(area) / 2) + costs.shift * Math.hypot(across, down);
  }

  /** Out of the shape of its pixels, or out of that of the original, whichever is less. */
  private stretchOf({ scaleX, scaleY }: Placement): number {
    const pixels = Math.log(scaleX / scaleY);
    const whole = pixels - Math.log(this.stretched.scaleX / this.stretched.scaleY);
    return Math.min(Math.abs(pixels), Math.abs(whole));
  }
}

/** Models crop, and keep to one picture: no more than about half of it goes. */
function isSane(placement: Placement, stretched: Placement): boolean {
  return [placement.scaleX / stretched.scaleX, placement.scaleY / stretched.scaleY].every(
    (ratio) => ratio > 0.4 && ratio < 1.7,
  );
}

/** Of the sides, and of a zoom's logarithm. */
const largeSteps = [0.02, 0.01, 0.005];
const smallSteps = [0.005, 0.0025, 0.00125, 0.000625, 0.0003125];

/** Times at most that a step is taken. */
const mostRounds = 6;

/** Coordinate descent over the shift and one zoom about the middle. */
function descend(
  from: Placement,
  sizes: Sizes,
  score: (placement: Placement) => number,
  steps: readonly number[],
): Placement {
  let placement = from;
  let reached = score(from);
  for (const step of steps) {
    for (let round = 0, isMoving = true; isMoving && round < mostRounds; round++) {
      isMoving = false;
      for (const [x, y, zoom] of directions) {
        const next = moved(placement, sizes, { x: x * step, y: y * step, zoom: zoom * step });
        const gained = score(next);
        if (gained <= reached) continue;
        placement = next;
        reached = gained;
        isMoving = true;
      }
    }
  }
  return placement;
}

const directions = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
] as const;

/** Shifts are parts of the original's sides; the zoom is a logarithm. */
function moved(
  { scaleX, scaleY, offsetX, offsetY }: Placement,
  { original, edited }: Sizes,
  { x, y, zoom }: { readonly x: number; readonly y: number; readonly zoom: number },
): Placement {
  const factor = Math.exp(zoom);
  return {
    scaleX: scaleX * factor,
    scaleY: scaleY * factor,
    offsetX: offsetX + x * original.width + (scaleX * (1 - factor) * edited.width) / 2,
    offsetY: offsetY + y * original.height + (scaleY * (1 - factor) * edited.height) / 2,
  };
}

/** Where the edited picture lies as it came. */
export function placeFitted(original: Size, edited: Size, fit: Fit): Placement {
  const { left, top, width, height } = place(original, edited, fit);
  const [scaleX, scaleY] = [width / edited.width, height / edited.height];
  return { scaleX, scaleY, offsetX: left, offsetY: top };
}

/** Of a pixel of the original, and of its side: nearer to a plain stretch, it is that. */
const snapDistance = { pixels: 0.15, side: 0.0004 };
