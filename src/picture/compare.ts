// An original's pixels and an edited picture go in; the edited picture over the original, and what differs, comes out.
import { cornerDistance, type Placement } from './align';
import { findChanges } from './changes';
import { placeFitted } from './choosePlacement';
import { compose } from './compose';
import { decode } from './decode';
import { measureDifference, tolerantMeasure, type Difference } from './difference';
import { encode } from './encoding';
import { findDifference, type FoundDifference } from './findDifference';
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
import { isOpaque, type Pixels } from './pixels';
import type { Covered } from './planes';
import { expandRegion, lockRegion, maskFor, shareChanged, type Region } from './region';
import { removeTone } from './removeTone';
import type { Task } from './task';
import { applyTone } from './tone';

/** Pixels of the longer side of a heat map: more is not seen, and it has to travel. */
const heatSide = 1024;

/** Pixels of the original: nearer to where it came, a picture was not moved. */
const leastMove = 1;

/** @throws PictureError where the edited picture cannot be decoded */
export function compare(task: Task, job: CompareJob): Compared {
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
  const found = findDifference(comparable, laid, covered, task.check);
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
    heat: shrink(difference.distances, original.width, original.height),
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
  const pixels = original.pixels.slice();
  region.forEach((marked, place) => {
    if (marked === 0) return;
    for (let at = 4 * place; at < 4 * place + 4; at++) pixels[at] = comparable.pixels[at]!;
  });
  return { ...original, pixels };
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

/** The base, with the kept changes of the edited picture, all in the colours of the one whose colours are kept. */
export function composeKept(
  task: Task,
  { base, edited, overall, changes, kept }: ComposeJob,
): Decoded {
  const composed = compose({
    base: overall?.kept ? applyTone(base, overall.tone) : base,
    edited: overall?.kept === false ? removeTone(edited, overall.tone) : edited,
    changes,
    kept: new Set(kept),
    check: task.check,
  });
  return { ...shared(composed), profile: base.profile };
}

/** In shared memory, so that threads hand it to each other without a copy. */
function shared({ width, height, pixels }: Pixels): Pixels {
  if (pixels.buffer instanceof SharedArrayBuffer) return { width, height, pixels };
  const copy = new Uint8Array(new SharedArrayBuffer(pixels.length));
  copy.set(pixels);
  return { width, height, pixels: copy };
}

function copyAlpha({ pixels: from }: Pixels, { pixels: to }: Pixels): void {
  for (let at = 3; at < to.length; at += 4) to[at] = from[at]!;
}

/** The greatest distance of the pixels that become one: what is small stays to be seen. */
function shrink(distances: Uint8Array, width: number, height: number): Compared['heat'] {
  const step = Math.max(1, Math.ceil(Math.max(width, height) / heatSide));
  if (step === 1) return { width, height, values: distances.slice() };
  const columns = Math.ceil(width / step);
  const rows = Math.ceil(height / step);
  const values = new Uint8Array(columns * rows);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / step) * columns;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const to = row + Math.floor(x / step);
      if (distances[at]! > values[to]!) values[to] = distances[at]!;
    }
  }
  return { width: columns, height: rows, values };
}
