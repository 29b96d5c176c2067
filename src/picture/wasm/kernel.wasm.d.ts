// What esbuild.mjs makes of kernel.ts: its bytes.
declare const kernelBytes: Uint8Array;
export default kernelBytes;
