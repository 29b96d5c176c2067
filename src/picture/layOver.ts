// An original's pixels and an edited picture's of any size go in; the edited picture at its place over the original, as
// large as that, comes out.
import { align, type Alignment } from './align';
import { placeFitted } from './choosePlacement';
import type { Pixels } from './pixels';
import type { Fit } from './placement';
import { resample, soften } from './resample';

export interface LaidOver {
  readonly picture: Pixels;
  /** The original with no more detail than the edited picture can have: what a smaller size lost is no change. */
  readonly comparable: Pixels;
  /** Undefined where it was not asked for, or found nothing to hold on to. */
  readonly alignment: Alignment | undefined;
}

/** What the edited picture does not cover is the original. */
export function layOver(
  original: Pixels,
  edited: Pixels,
  wanted: { readonly align: boolean; readonly fit: Fit },
): LaidOver {
  const asItCame = placeFitted(original, edited, wanted.fit);
  const found = wanted.align ? align(original, edited, asItCame) : undefined;
  const alignment = found?.trusted ? found : undefined;
  const where = alignment ?? asItCame;
  return {
    picture: resample(original, edited, where),
    comparable: soften(original, edited, where),
    alignment,
  };
}
