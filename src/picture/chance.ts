// An original, the edited picture and its changes go in; how much the two differ where nothing was changed comes out.
import type { Changes } from './changes';
import { crop, type Window } from './crop';
import { exactMeasure, measureDifference, tolerantMeasure } from './difference';
import type { Pixels } from './pixels';
import { checkWanted } from './wanted';

/** Distances of pixels, 0 to 255: each with its very counterpart, and with what lies around that. */
export interface Distances {
  readonly exact: Uint8Array;
  readonly tolerant: Uint8Array;
}

export interface Pair {
  /** The original. */
  readonly before: Pixels;
  /** The edited picture, as large. */
  readonly after: Pixels;
}

/** How many pixels have each distance, and how many there are in all. */
interface Counts {
  readonly exact: Uint32Array;
  readonly tolerant: Uint32Array;
  total: number;
}

/** Distances from which on a pixel belongs to a change that it touches. */
export interface Limits {
  readonly exact: number;
  readonly tolerant: number;
}

/** Of what belongs to no change, so much is taken to differ by chance: encoding, textures that were painted anew. */
const chance = 0.98;

/**
 * What goes on from a change outside of its cells can be much of what lies about it, so that it must not be taken for
 * chance: more than so many times what most pixels there differ by is, if it is more than is usual in the picture as well.
 */
const most = 0.8;
const timesMost = 3;

/** Less is never taken for a part of a change, more always. */
const least: Limits = { exact: 11, tolerant: 5 };
const surely = 110;

/** Patches in either direction, and their sides in pixels. */
const patches = 8;
const patchSide = 48;

/** Fewer pixels say nothing. */
const fewest = 500;

export function measureDistances({ before, after }: Pair): Distances {
  const count = before.width * before.height;
  const measure = (how: typeof exactMeasure) =>
    measureDifference(before, after, how, new Uint8Array(count)).distances;
  return { exact: measure(exactMeasure), tolerant: measure(tolerantMeasure) };
}

/** Pixels beside an area that its own are compared with. */
const beside = 1;

/**
 * In some areas of a window of two pictures; elsewhere the distances are 0.
 * @param areas they do not overlap
 */
export function measureDistancesIn(
  pair: Pair,
  window: Window,
  areas: readonly Window[],
): Distances {
  const width = window.right - window.left;
  const height = window.bottom - window.top;
  const distances: Distances = {
    exact: new Uint8Array(width * height),
    tolerant: new Uint8Array(width * height),
  };
  for (const area of areas) {
    checkWanted();
    const left = Math.max(0, area.left - beside);
    const top = Math.max(0, area.top - beside);
    const piece = {
      left: window.left + left,
      top: window.top + top,
      right: window.left + Math.min(width, area.right + beside),
      bottom: window.top + Math.min(height, area.bottom + beside),
    };
    const measured = measureDistances({
      before: crop(pair.before, piece),
      after: crop(pair.after, piece),
    });
    const across = piece.right - piece.left;
    for (let y = area.top; y < area.bottom; y++) {
      const from = (y - top) * across + area.left - left;
      const to = from + area.right - area.left;
      const at = y * width + area.left;
      distances.exact.set(measured.exact.subarray(from, to), at);
      distances.tolerant.set(measured.tolerant.subarray(from, to), at);
    }
  }
  return distances;
}

/** Of the whole picture, by samples. Undefined where nearly everything is a change. */
export function measureChance(pair: Pair, changes: Changes): Limits | undefined {
  const { width, height, cellSize, columns, labels } = changes;
  const counts = newCounts();
  for (let patch = 0; patch < patches * patches; patch++) {
    checkWanted();
    const window = patchOf(patch, width, height);
    const across = window.right - window.left;
    const pieces = { before: crop(pair.before, window), after: crop(pair.after, window) };
    const owners = new Uint8Array(across * (window.bottom - window.top));
    for (let y = window.top, place = 0; y < window.bottom; y++) {
      const row = Math.floor(y / cellSize) * columns;
      for (let x = window.left; x < window.right; x++, place++) {
        owners[place] = labels[row + Math.floor(x / cellSize)] === 0 ? 0 : 1;
      }
    }
    count(counts, measureDistances(pieces), owners, 0, owners.length);
  }
  if (counts.total < fewest) return undefined;
  return {
    exact: quantile(counts, 'exact', chance),
    tolerant: quantile(counts, 'tolerant', chance),
  };
}

function patchOf(patch: number, width: number, height: number): Window {
  const [across, down] = [width / patches, height / patches];
  const left = Math.floor((patch % patches) * across);
  const top = Math.floor(Math.floor(patch / patches) * down);
  return {
    left,
    top,
    right: Math.min(width, left + Math.min(patchSide, Math.ceil(across))),
    bottom: Math.min(height, top + Math.min(patchSide, Math.ceil(down))),
  };
}

/** Which pixels of a window belong to changes. */
export interface Owned {
  /** A byte a pixel, 0 where it belongs to no change. */
  readonly owners: Uint8Array;
  /** Of a row, in pixels. */
  readonly width: number;
  /** In these are all pixels that belong to none. */
  readonly areas: readonly Window[];
}

/**
 * About a change: what is more than chance there.
 * @param usual what chance makes in the whole picture
 */
export function limitsAbout(
  distances: Distances,
  { owners, width, areas }: Owned,
  usual: Limits | undefined,
): Limits {
  const counts = newCounts();
  for (const { left, top, right, bottom } of areas) {
    checkWanted();
    for (let y = top; y < bottom; y++) {
      count(counts, distances, owners, y * width + left, y * width + right);
    }
  }
  const limitOf = (kind: keyof Limits) => {
    const common = timesMost * quantile(counts, kind, most);
    const local = Math.min(
      quantile(counts, kind, chance),
      Math.max(common, usual?.[kind] ?? surely),
    );
    return Math.min(surely, Math.max(least[kind], local + 1));
  };
  return { exact: limitOf('exact'), tolerant: limitOf('tolerant') };
}

function newCounts(): Counts {
  return { exact: new Uint32Array(256), tolerant: new Uint32Array(256), total: 0 };
}

function count(
  counts: Counts,
  { exact, tolerant }: Distances,
  owners: Uint8Array,
  start: number,
  end: number,
): void {
  const { exact: exactCounts, tolerant: tolerantCounts } = counts;
  for (let place = start; place < end; place++) {
    if (owners[place] !== 0) continue;
    exactCounts[exact[place]!]!++;
    tolerantCounts[tolerant[place]!]!++;
    counts.total++;
  }
}

function quantile(counts: Counts, kind: keyof Limits, part: number): number {
  let sum = 0;
  for (let value = 0; value < 256; value++) {
    sum += counts[kind][value]!;
    if (sum >= part * counts.total) return value;
  }
  return 255;
}
