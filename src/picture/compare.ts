// An original's pixels and an edited picture go in; the edited picture over the original, and what differs, comes out.
import { cornerDistance, type Placement } from './align';
import { findChanges } from './changes';
import { placeFitted } from './choosePlacement';
import { compose, type Composition } from './compose';
import { ComposedBefore } from './composedBefore';
import { decode } from './decode';
import { measureDifference, tolerantMeasure, type Difference } from './difference';
import { encode } from './encoding';
import { findDifference, type FoundDifference } from './findDifference';
import { heatOf } from './heat';
import type {
  CompareJob,
  Compared,
  ComposeJob,
  Decoded,
  Grouped,
  MaskJob,
  RegroupJob,
  Written,
} from './jobs';
import { layOver } from './layOver';
import { copyShared, isOpaque, type Pixels } from './pixels';
import type { Covered } from './planes';
import { expandRegion, lockRegion, maskFor, shareChanged, type Region } from './region';
import { removeTone } from './removeTone';
import { reachedWindow } from './resample';
import type { Task } from './task';
import { applyTone } from './tone';
import { toneMargin } from './toneMargin';
import { checkWanted } from './wanted';

/** Pixels of the original: nearer to where it came, a picture was not moved. */
const leastMove = 1;

/** @throws PictureError where the edited picture cannot be decoded */
export function compare(task: Task, job: CompareJob): Compared {
  held = undefined;
  const { original, threshold } = job;
  const decoded = decode(task, {
    type: 'decode',
    encoded: job.edited,
    colours: original.profile ?? null,
  });
  const { picture, comparable, alignment } = layOver(original, decoded, job);
  const laid = { ...shared(picture), profile: original.profile };
  const hasOriginalsAlpha =
    job.transparency === 'original' && !isOpaque(original) && isOpaque(laid);
  if (hasOriginalsAlpha) copyAlpha(original, laid);
  const asItCame = placeFitted(original, decoded, job.fit);
  const placement = alignment ?? asItCame;
  const covered = {
    ...coveredBy(original, decoded, placement),
    moved: cornerDistance(placement, asItCame, decoded) > leastMove,
  };
  const found = findDifference(comparable, laid, covered);
  if (found.tone && !job.region)
    toneMargin(laid, reachedWindow(original, decoded, placement), found.tone);
  const region = job.region && expandRegion(job.region, original);
  const unlocked = region && { region, difference: outside(comparable, laid, found) };
  const edited = region
    ? { ...shared(lockRegion(original, laid, region)), profile: original.profile }
    : laid;
  // The region holds its surroundings, colours as well: what is in it is compared as it is.
  const difference = region
    ? measure(inside(region, original, comparable), edited)
    : found.difference;
  return {
    edited,
    alignment,
    difference,
    unlocked,
    tone: region ? undefined : found.tone,
    ...regroup({ difference, unlocked, threshold }),
    heat: heatOf(difference),
    hasOriginalsAlpha,
  };
}

function coveredBy(original: Pixels, edited: Pixels, placement: Placement): Covered {
  const { scaleX, scaleY, offsetX, offsetY } = placement;
  return {
    left: Math.max(0, offsetX / original.width),
    top: Math.max(0, offsetY / original.height),
    right: Math.min(1, (offsetX + scaleX * edited.width) / original.width),
    bottom: Math.min(1, (offsetY + scaleY * edited.height) / original.height),
  };
}

/** What the model did to what was not marked: overall colour is a part of it, and so is everything in its place. */
function outside(
  comparable: Pixels,
  laid: Pixels,
  { tone, difference }: FoundDifference,
): Difference {
  return tone || difference.whole ? measure(comparable, laid) : difference;
}

/** As it is, in shared memory. */
function measure(original: Pixels, edited: Pixels): Difference {
  const distances = new Uint8Array(new SharedArrayBuffer(original.width * original.height));
  return measureDifference(original, edited, tolerantMeasure, distances);
}

/** Outside of the region the very original, which is what is there. */
function inside(region: Region, original: Pixels, comparable: Pixels): Pixels {
  if (comparable === original) return original;
  const { width, height } = original;
  const pixels = copyShared(original.pixels);
  for (let y = 0, place = 0; y < height; y++) {
    checkWanted();
    for (let x = 0; x < width; x++, place++) {
      if (region[place] === 0) continue;
      for (let at = 4 * place; at < 4 * place + 4; at++) pixels[at] = comparable.pixels[at]!;
    }
  }
  return { width, height, pixels };
}

export function regroup({ difference, unlocked, threshold }: Omit<RegroupJob, 'type'>): Grouped {
  return {
    changes: findChanges(difference, threshold),
    outsideShare: unlocked && shareChanged(unlocked.difference, unlocked.region, threshold).outside,
  };
}

/** @throws PictureError where it cannot be written */
export function makeMask(task: Task, { region, size }: MaskJob): Written {
  const picture = { ...maskFor(region, size), profile: undefined };
  return encode(task, { type: 'encode', picture, encoding: { format: 'PNG' } });
}

/** What to say where `composeKept` throws. */
export const cannotBeComposed = 'What is kept of it could not be put together with the original.';

/** Of one series of compositions at a time: pictures are large. */
let held:
  | (Pick<Composition, 'base' | 'edited' | 'before'> & { readonly series: number | undefined })
  | undefined;

/** The base, with the kept changes of the edited picture, all in the colours of the one whose colours are kept. */
export function composeKept({ series, changes, kept, ...pictures }: ComposeJob): Decoded {
  if (series === undefined || held?.series !== series) {
    held = undefined;
    held = { series, ...inOneTone(pictures), before: new ComposedBefore() };
  }
  const composed = compose({ ...held, changes, kept: new Set(kept) });
  return { ...shared(composed), profile: pictures.base.profile };
}

function inOneTone({
  base,
  edited,
  overall,
}: Pick<ComposeJob, 'base' | 'edited' | 'overall'>): Pick<Composition, 'base' | 'edited'> {
  if (overall?.kept === true) return { base: applyTone(base, overall.tone), edited };
  return { base, edited: overall ? removeTone(edited, overall.tone) : edited };
}

/** In shared memory, so that threads hand it to each other without a copy. */
function shared({ width, height, pixels }: Pixels): Pixels {
  const isShared = pixels.buffer instanceof SharedArrayBuffer;
  return { width, height, pixels: isShared ? pixels : copyShared(pixels) };
}

function copyAlpha({ width, height, pixels: from }: Pixels, { pixels: to }: Pixels): void {
  for (let y = 0, at = 3; y < height; y++) {
    checkWanted();
    for (let x = 0; x < width; x++, at += 4) to[at] = from[at]!;
  }
}
