// An original's pixels and an edited picture's of any size go in; the edited picture at its place over the original, as
// large as that, comes out.
import { align, type Alignment } from './align';
import type { Pixels } from './pixels';
import { place, type Fit } from './placement';
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
  const found = wanted.align ? align(original, edited) : undefined;
  const alignment = found?.trusted ? found : undefined;
  const where = alignment ?? placeFitted(original, edited, wanted.fit);
  return {
    picture: resample(original, edited, where),
    comparable: soften(original, edited, where),
    alignment,
  };
}

function placeFitted(original: Pixels, edited: Pixels, fit: Fit) {
  const { left, top, width, height } = place(original, edited, fit);
  const [scaleX, scaleY] = [width / edited.width, height / edited.height];
  return { scaleX, scaleY, offsetX: left, offsetY: top };
}
