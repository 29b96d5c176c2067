// A picture's file goes in; how long it takes to put its kept changes together at 12 MP, beside a plain copy, is printed.
import { performance } from 'node:perf_hooks';
import sharp from 'sharp';
import { findChanges } from '../src/picture/changes';
import { compose, type Composition } from '../src/picture/compose';
import { measureDifference, tolerantMeasure } from '../src/picture/difference';
import type { Pixels } from '../src/picture/pixels';
import { whileWanted } from '../src/picture/wanted';
import { formatLines } from './judge';

/** 12 MP. */
const size = { width: 4000, height: 3000 };

/** Of which the quickest counts, as the first ones warm up. */
const times = 8;

/** Where the middles of round changes lie, and their radii, as parts of the width. */
const forms: Readonly<Record<string, readonly (readonly [number, number, number])[]>> = {
  'one of 0.3 MP': [[0.3, 0.4, 0.08]],
  'two of 0.3 and 0.8 MP': [
    [0.25, 0.2, 0.08],
    [0.7, 0.5, 0.125],
  ],
  'one with 44 % of the picture': [[0.45, 0.38, 0.324]],
};

/** Each as an editor makes it: other colours in the changes, a little drift and an encoder's noise everywhere. */
async function editIn(original: Pixels, discs: readonly (readonly [number, number, number])[]) {
  const { width, height } = original;
  const pixels = original.pixels.slice();
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      pixels[at] = Math.min(255, pixels[at]! + 3);
      const isIn = discs.some(
        ([left, top, radius]) => Math.hypot(x / width - left, y / width - top) < radius,
      );
      if (!isIn) continue;
      pixels[at] = 255 - pixels[at]!;
      pixels[at + 1] = pixels[at + 1]! >> 1;
    }
  }
  const bytes = await sharp(pixels, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: 90 })
    .toBuffer();
  return toPixels(await sharp(bytes).ensureAlpha().raw().toBuffer());
}

function toPixels(data: Uint8Array): Pixels {
  const pixels = new Uint8Array(new SharedArrayBuffer(data.length));
  pixels.set(data);
  return { ...size, pixels };
}

/** Milliseconds of the quickest, and of the longest step between two checks. */
function measure(composition: Composition): { time: number; step: number } {
  const measured = Array.from({ length: times }, () => {
    const begun = performance.now();
    let last = begun;
    let step = 0;
    const check = () => {
      const now = performance.now();
      step = Math.max(step, now - last);
      last = now;
    };
    whileWanted(check, () => compose(composition));
    check();
    return { time: last - begun, step };
  });
  return measured.reduce((one, other) => (other.time < one.time ? other : one));
}

function measureCopy(picture: Pixels): number {
  return Math.min(
    ...Array.from({ length: times }, () => {
      const begun = performance.now();
      const copy = new Uint8Array(new SharedArrayBuffer(picture.pixels.length));
      copy.set(picture.pixels);
      return performance.now() - begun;
    }),
  );
}

/** For each kind of changes a line: nothing is judged, as times are not the same on every computer. */
export async function measureTimes(file: string): Promise<void> {
  const { width, height } = size;
  const original = toPixels(
    await sharp(file).resize(width, height, { fit: 'fill' }).ensureAlpha().raw().toBuffer(),
  );
  const lines: string[][] = [];
  for (const [name, discs] of Object.entries(forms)) {
    const edited = await editIn(original, discs);
    const changes = findChanges(measureDifference(original, edited, tolerantMeasure));
    const kept = new Set(changes.changes.filter(({ share }) => share > 0.01).map(({ id }) => id));
    const { time, step } = measure({ base: original, edited, changes, kept });
    const copy = measureCopy(original);
    lines.push([
      name,
      `${time.toFixed(0)} ms`,
      `${copy.toFixed(0)} ms`,
      `${(time / copy).toFixed(1)}×`,
      `${step.toFixed(0)} ms`,
    ]);
  }
  const head = ['12 MP, kept', 'composed', 'a copy', 'times it', 'longest step'];
  console.log(`\n${formatLines(head, lines)}\n`);
}
