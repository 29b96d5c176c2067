// Takes how often a property is to be tried; gives fast-check's parameters for it.
import { isLong } from './long';

/**
 * The same tries every time in `npm test`. In the long form there are many more, new ones each time, and fast-check
 * says the seed where one fails.
 */
export function tries(long: number, short: number): { numRuns: number; seed?: number } {
  return isLong ? { numRuns: long } : { numRuns: short, seed: 20_261_125 };
}
