// Takes nothing; gives the inner loops that wasm/kernel.ts has, ready to run, where WebAssembly has SIMD.
import kernelBytes from './wasm/kernel.wasm';

/** Node has it, its types have not. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
  readonly CompileError: new () => Error;
};

/** See the files that wasm/kernel.ts names. Numbers are addresses in `memory` and bytes, where not said otherwise. */
export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  firstFree(): number;
  layRow(row: number, width: number, stride: number, y: number): void;
  compareExactly(
    original: number,
    edited: number,
    stride: number,
    length: number,
    rows: number,
    least: number,
    out: number,
  ): number;
  compareTolerantly(
    original: number,
    edited: number,
    stride: number,
    rows: number,
    least: number,
    scratch: number,
    out: number,
    sums: number,
  ): void;
  measureBlocks(
    distances: number,
    length: number,
    rows: number,
    sums: number,
    gain: number,
    allowance: number,
    blocks: number,
  ): void;
  resampleRow(
    row: number,
    starts: number,
    weights: number,
    taps: number,
    width: number,
    out: number,
  ): void;
  addRows(rows: number, weights: number, taps: number, width: number, out: number): void;
  accumulateRow(row: number, weight: number, width: number, sums: number): void;
  toneRow(pixels: number, count: number, tables: number, out: number): void;
  latticeRow(
    pixels: number,
    count: number,
    places: number,
    lattice: number,
    points: number,
    out: number,
  ): void;
  warpRow(pixels: number, width: number, places: number, count: number, out: number): void;
  addEquations(
    rows: number,
    weights: number,
    shares: number,
    missing: number,
    count: number,
    used: number,
    matrix: number,
    right: number,
    total: number,
  ): number;
}

let kernel: Kernel | undefined;

/** Undefined where there is none to be had: everything that it does is done without it as well. */
export function loadKernel(): Kernel | undefined {
  try {
    return (kernel ??= new WebAssembly.Instance(new WebAssembly.Module(kernelBytes))
      .exports as Kernel);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}

/** Makes sure that the memory has so many bytes. What was in it stays; views of it do not. */
export function reserve({ memory }: Kernel, bytes: number): Uint8Array {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  return new Uint8Array(memory.buffer);
}
