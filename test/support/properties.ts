// Takes how often a property is tried in `npm test`; gives fast-check's parameters for it.
import { isLong } from './long';

/**
 * The same tries every time in `npm test`. In the long form there are ten times as many, new ones each time, and
 * fast-check says the seed where one fails.
 */
export function tries(count: number): { numRuns: number; seed?: number } {
  return isLong ? { numRuns: 10 * count } : { numRuns: count, seed: 20_261_125 };
}
