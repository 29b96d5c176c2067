// Whatever is kept: not one pixel outside of it is other than the original's.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import sharp from 'sharp';
import { findChanges, type Changes } from '../../../src/picture/changes';
import { compose } from '../../../src/picture/compose';
import { measureDifference } from '../../../src/picture/difference';
import type { Pixels } from '../../../src/picture/pixels';
import { tries } from '../../support/properties';
import { fromSharp, toSharp } from './support/plant';
import { paintScene, seededRandom } from '../../support/seeded';

/** A copy in which some round places are of another colour, and every pixel a little off. */
function edit(picture: Pixels, seed: number, count: number): Pixels {
  const random = seededRandom(seed);
  const pixels = picture.pixels.map((value, at) => (at % 4 === 3 ? value : value ^ (random() * 3)));
  for (let index = 0; index < count; index++) {
    const [x, y] = [random() * picture.width, random() * picture.height];
    const radius = (0.03 + 0.1 * random()) * picture.width;
    for (let at = 0; at < pixels.length; at += 4) {
      const column = (at >> 2) % picture.width;
      const row = Math.floor((at >> 2) / picture.width);
      if (Math.hypot(column - x, row - y) < radius) pixels[at + (index % 3)]! ^= 0x90;
    }
  }
  return { ...picture, pixels };
}

/** A byte a pixel: whether it is in a kept change. */
function maskOf(
  { width, height, cellSize, columns, labels }: Changes,
  kept: Set<number>,
): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, place) => {
    const row = Math.floor(Math.floor(place / width) / cellSize);
    const column = Math.floor((place % width) / cellSize);
    return kept.has(labels[row * columns + column]!) ? 1 : 0;
  });
}

function pixelAt(pixels: Uint8Array, place: number): number[] {
  return [...pixels.subarray(4 * place, 4 * place + 4)];
}

function assertKept(original: Pixels, composed: Pixels, mask: Uint8Array): void {
  for (let place = 0; place < mask.length; place++) {
    if (mask[place] === 1) continue;
    const at = 4 * place;
    if (
      composed.pixels[at] === original.pixels[at] &&
      composed.pixels[at + 1] === original.pixels[at + 1] &&
      composed.pixels[at + 2] === original.pixels[at + 2] &&
      composed.pixels[at + 3] === original.pixels[at + 3]
    )
      continue;
    assert.deepEqual(
      pixelAt(composed.pixels, place),
      pixelAt(original.pixels, place),
      `pixel ${place}`,
    );
  }
}

describe('compose', () => {
  it('leaves every pixel outside of the kept changes as it was, for any picture, edit and choice', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 330 }),
        fc.integer({ min: 1, max: 280 }),
        fc.nat(),
        fc.integer({ min: 0, max: 5 }),
        fc.infiniteStream(fc.boolean()),
        (width, height, seed, count, choices) => {
          const original = paintScene(seededRandom(seed), width, height);
          if (seed % 2 === 1)
            original.pixels.forEach((_, at) => at % 8 === 3 && (original.pixels[at] = seed % 256));
          const edited = edit(original, seed, count);
          const changes = findChanges(measureDifference(original, edited));
          const kept = new Set(
            changes.changes.flatMap(({ id }) => (choices.next().value ? [id] : [])),
          );
          const composed = compose(original, edited, changes, kept);
          assertKept(original, composed, maskOf(changes, kept));
        },
      ),
      tries(10),
    );
  });

  const original = paintScene(seededRandom(3), 640, 480);
  const edited = edit(original, 3, 4);
  const changes = findChanges(measureDifference(original, edited));
  const all = new Set(changes.changes.map(({ id }) => id));

  it('is the original, byte by byte, when nothing is kept', () => {
    assert.ok(changes.changes.length >= 2);
    assert.deepEqual(compose(original, edited, changes, new Set()), original);
  });

  it('keeps what is below the threshold the original’s when everything is kept', () => {
    const composed = compose(original, edited, changes, all);
    assertKept(original, composed, maskOf(changes, all));
  });

  it('is the edited picture where it changed', () => {
    const composed = compose(original, edited, changes, all);
    let changed = 0;
    let same = 0;
    for (let at = 0; at < composed.pixels.length; at++) {
      if (Math.abs(edited.pixels[at]! - original.pixels[at]!) < 0x80) continue;
      changed++;
      if (composed.pixels[at] === edited.pixels[at]) same++;
    }
    assert.ok(changed > 1000 && same >= 0.97 * changed, `${same} of ${changed}`);
  });

  it('is the edited picture, byte by byte, where the whole picture is the change', () => {
    const inverted = {
      ...original,
      pixels: original.pixels.map((value, at) => (at % 4 === 3 ? value : 255 - value)),
    };
    const whole = findChanges(measureDifference(original, inverted));
    assert.equal(whole.whole, true);
    assert.deepEqual(compose(original, inverted, whole, new Set([1])), inverted);
  });

  it('fades in: no step at the seam is greater than the change by a cell’s width', () => {
    const brighter = { ...original, pixels: original.pixels.slice() };
    for (let y = 100; y < 300; y++) {
      for (let x = 100; x < 300; x++) brighter.pixels[4 * (y * 640 + x) + 1]! ^= 0x40;
    }
    const found = findChanges(measureDifference(original, brighter));
    // As if the model had drifted everywhere.
    const drifted = {
      ...original,
      pixels: original.pixels.map((value, at) =>
        at % 4 === 1 ? Math.min(255, value + 40) : value,
      ),
    };
    const composed = compose(original, drifted, found, new Set([1]));
    let steepest = 0;
    for (let y = 0; y < 480; y++) {
      for (let x = 1; x < 640; x++) {
        const at = 4 * (y * 640 + x) + 1;
        if (drifted.pixels[at]! === 255 || drifted.pixels[at - 4]! === 255) continue;
        const weight = composed.pixels[at]! - original.pixels[at]!;
        const before = composed.pixels[at - 4]! - original.pixels[at - 4]!;
        steepest = Math.max(steepest, Math.abs(weight - before));
      }
    }
    assert.ok(steepest > 0 && steepest <= 12, String(steepest));
  });

  for (const format of ['png', 'webp'] as const) {
    it(`stays the original outside of the kept changes through a lossless ${format.toUpperCase()}`, async () => {
      const composed = compose(original, edited, changes, new Set([1]));
      const bytes = await toSharp(composed).toFormat(format, { lossless: true }).toBuffer();
      const mask = maskOf(changes, new Set([1]));
      assertKept(original, await fromSharp(sharp(bytes)), mask);
    });
  }

  it('refuses pictures of two sizes', () => {
    const other = paintScene(seededRandom(3), 640, 479);
    assert.throws(() => compose(original, other, changes, all), RangeError);
    assert.throws(() => compose(other, other, changes, all), RangeError);
  });
});
