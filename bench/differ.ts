// Two decoded pictures in a file come in, and the name of a contestant; how long it took to find what differs, each time,
// and how many pixels that were, goes out: for a process that does nothing else.
import blazediff from '@blazediff/core';
import { readFileSync } from 'node:fs';
import pixelmatch from 'pixelmatch';
import { findChanges } from '../src/picture/changes';
import {
  exactMeasure,
  measureDifference,
  tolerantMeasure,
  type Measure,
} from '../src/picture/difference';
import { watchQueue } from './measure';

/** Pixelmatch's default. */
const threshold = 0.1;

/** Times that each has at least, and milliseconds that it goes on for. */
const repetitions = { fewest: 9, time: 800 };

/** As many and as long before: what V8 compiles is compiled then, for all contestants. */
const warmUp = { fewest: 5, time: 800 };

const [name = '', path = '', columns = '', lines = ''] = process.argv.slice(2);
const [width, height] = [Number(columns), Number(lines)];
const bytes = readFileSync(path);
const size = 4 * width * height;
// Each in memory of its own, as decoders leave it.
const [before, after] = [
  new Uint8Array(bytes.subarray(0, size)),
  new Uint8Array(bytes.subarray(size)),
];
const original = { width, height, pixels: before };
const edited = { width, height, pixels: after };

// Made before the clock starts, as it is for everybody.
const mask = new Uint8Array(size);
const distances = new Uint8Array(width * height);
const copy = before.slice();
const sameCriterion = { threshold, includeAA: true, diffMask: true };

function ours(measure: Measure): () => number {
  return () => {
    const difference = measureDifference(original, edited, measure, distances);
    findChanges(difference, threshold);
    return 0;
  };
}

/** Each gives how many pixels differ, but for ours, of which that is counted after the clock. */
const contestants: Readonly<Record<string, () => number>> = {
  // What it takes to read both pictures once, by the fastest that the system has.
  floor: () => Buffer.compare(before, copy),
  pixelmatch: () => pixelmatch(before, after, mask, width, height, sameCriterion),
  blazediff: () => blazediff(before, after, mask, width, height, sameCriterion),
  // Under half of the threshold nothing makes a change, nor belongs to one.
  ours: ours({ ...exactMeasure, least: Math.floor((threshold * 255) / 2) }),
  shipped: ours(tolerantMeasure),
};

const contestant = contestants[name]!;
let differing = contestant();
for (let count = 1, begun = performance.now(); ; count++) {
  contestant();
  if (count >= warmUp.fewest && performance.now() - begun > warmUp.time) break;
}
const queue = watchQueue();
const times: number[] = [];
for (const begun = performance.now(); ;) {
  const waited = queue.waited();
  const start = performance.now();
  contestant();
  times.push(performance.now() - start - (queue.waited() - waited));
  if (times.length >= repetitions.fewest && performance.now() - begun > repetitions.time) break;
}
queue.close();
if (name === 'ours') for (const distance of distances) if (distance > threshold * 255) differing++;
process.send?.({ times, differing });
process.disconnect();
