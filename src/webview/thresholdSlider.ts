// Where the threshold's slider stands goes in, the threshold comes out, and the other way round: the default is its middle.
import { shareInWords } from '../compare/shareInWords';

/** The threshold that finds changes by itself: `defaultThreshold` in src/picture/changes.ts, which the page cannot load. */
export const autoThreshold = 0.06;

/** Of 100 steps. */
const middle = 50;

/**
 * @param position from 0 to 100
 * @returns 0 to 1: evenly spaced up to the default; beyond it by equal factors, since most of it is too much
 */
export function thresholdAt(position: number): number {
  const beyond = (position - middle) / (100 - middle);
  const threshold =
    beyond <= 0 ? autoThreshold * (1 + beyond) : autoThreshold * autoThreshold ** -beyond;
  // Short numbers, and exactly the default in the middle.
  return Math.round(threshold * 10_000) / 10_000;
}

/** @returns the nearest whole position, from 0 to 100 */
export function positionOf(threshold: number): number {
  if (threshold === autoThreshold) return middle;
  const position =
    threshold < autoThreshold
      ? (threshold / autoThreshold) * middle
      : middle + (Math.log(threshold / autoThreshold) / -Math.log(autoThreshold)) * (100 - middle);
  return Math.round(position);
}

/** `Auto` in the middle, `24.5 %` elsewhere. */
export function thresholdInWords(threshold: number): string {
  return positionOf(threshold) === middle ? 'Auto' : shareInWords(threshold);
}
