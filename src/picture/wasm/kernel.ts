// The inner loops of work on pixels, in AssemblyScript, with 128-bit SIMD: rows of pixels go in and come out. esbuild.mjs
// compiles it and puts the bytes in the bundle; whoever calls it lays out the memory. Each loop has its like in plain
// TypeScript, which is the one to read first.

/** Where memory is free to be used. */
export function firstFree(): usize {
  return __heap_base;
}

export { measureBlocks } from './blocks';
export { compareExactly, compareTolerantly } from './compare';
export { addEquations } from './equations';
export { latticeRow, toneRow, warpRow } from './redraw';
export { accumulateRow, addRows, resampleRow } from './resample';
export { layRow } from './rows';
