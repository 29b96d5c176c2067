// Outside of a region nothing changes, and its seam is not seen.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMarkedRegion, markRegion, shareMarked } from '../../../src/compare/protocol';
import { measureDifference } from '../../../src/picture/difference';
import type { Pixels } from '../../../src/picture/pixels';
import {
  expandRegion,
  lockRegion,
  maskFor,
  shareChanged,
  type Region,
} from '../../../src/picture/region';
import { tries } from '../../support/properties';
import { paintScene, seededRandom } from '../../support/seeded';

function circle(width: number, height: number, x: number, y: number, radius: number): Region {
  return Uint8Array.from({ length: width * height }, (_, place) =>
    Math.hypot((place % width) - x, Math.floor(place / width) - y) < radius ? 255 : 0,
  );
}

/** Each channel a little further, everywhere. */
function drift(picture: Pixels, amounts: (x: number, y: number) => readonly number[]): Pixels {
  const pixels = picture.pixels.map((value, at) => {
    if (at % 4 === 3) return value;
    const place = at >> 2;
    const moved =
      value + amounts(place % picture.width, Math.floor(place / picture.width))[at % 4]!;
    return Math.min(255, Math.max(0, Math.round(moved)));
  });
  return { ...picture, pixels };
}

/** A scene without black and white, so that what drifts stays in range. */
function paintMiddle(seed: number, width: number, height: number): Pixels {
  const scene = paintScene(seededRandom(seed), width, height);
  return {
    ...scene,
    pixels: scene.pixels.map((value, at) => (at % 4 === 3 ? 255 : 40 + 0.6 * value)),
  };
}

/** The greatest mean step over the border of a region, of any channel: locked against original, sector by sector. */
function seamStep(original: Pixels, locked: Pixels, region: Region): number {
  const { width, height } = original;
  const sums = new Map<number, number[]>();
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const place = y * width + x;
      // Two pixels inside, with one outside beside it.
      if (region[place] === 0 || region[place + 1] === 0) continue;
      const outside = [place - 1, place - width, place + width].find((near) => region[near] === 0);
      if (outside === undefined) continue;
      const sector = Math.floor((8 * (Math.atan2(y - height / 2, x - width / 2) + Math.PI)) / 7);
      const sum = sums.get(sector) ?? [0, 0, 0, 0];
      sums.set(sector, sum);
      sum[3]!++;
      for (const channel of [0, 1, 2]) {
        sum[channel]! +=
          locked.pixels[4 * (place + 1) + channel]! - original.pixels[4 * (place + 1) + channel]!;
      }
    }
  }
  return Math.max(
    ...[...sums.values()].flatMap(([red, green, blue, count]) =>
      [red!, green!, blue!].map((sum) => Math.abs(sum / count!)),
    ),
  );
}

describe('lockRegion', () => {
  it('leaves every pixel outside of the region as it was, for any pictures and region', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 90 }),
        fc.infiniteStream(fc.nat(255)),
        fc.nat(90),
        fc.nat(90),
        fc.nat(60),
        (width, height, bytes, x, y, radius) => {
          const random = () =>
            Uint8Array.from(
              { length: 4 * width * height },
              () => (bytes.next() as { value: number }).value,
            );
          const original = { width, height, pixels: random() };
          const edited = { width, height, pixels: random() };
          const region = circle(width, height, x, y, radius);
          const locked = lockRegion(original, edited, region);
          for (let at = 0; at < locked.pixels.length; at++) {
            if (region[at >> 2] === 0) assert.equal(locked.pixels[at], original.pixels[at]);
          }
        },
      ),
      tries(15),
    );
  });

  const width = 600;
  const height = 450;
  const original = paintMiddle(8, width, height);
  const region = circle(width, height, 300, 225, 130);

  it('is the edited picture, byte by byte, where all of it is the region', () => {
    const edited = paintMiddle(9, width, height);
    const everything = new Uint8Array(width * height).fill(1);
    assert.deepEqual(lockRegion(original, edited, everything), edited);
  });

  it('is the original where there is no region', () => {
    const edited = paintMiddle(9, width, height);
    assert.deepEqual(lockRegion(original, edited, new Uint8Array(width * height)), original);
  });

  for (const [what, amounts] of Object.entries({
    'the same everywhere': () => [14, -9, 6],
    'more to the right': (x: number) => [x / 25, -x / 40, 10],
    'more to the bottom': (_: number, y: number) => [-y / 30, 5, y / 25],
  })) {
    it(`matches colours that drifted, ${what}`, () => {
      const edited = drift(original, amounts);
      const locked = lockRegion(original, edited, region);
      // Unfaded, the seam would show all of the drift.
      let worst = 0;
      for (const [x, y] of [
        [175, 225],
        [425, 225],
        [300, 100],
        [300, 350],
      ] as const) {
        const sum = [0, 0, 0];
        for (let row = y - 6; row < y + 6; row++) {
          for (let column = x - 6; column < x + 6; column++) {
            const at = 4 * (row * width + column);
            for (const channel of [0, 1, 2]) {
              sum[channel]! += locked.pixels[at + channel]! - original.pixels[at + channel]!;
            }
          }
        }
        worst = Math.max(worst, ...sum.map((value) => Math.abs(value / 144)));
      }
      assert.ok(worst <= 1.5, String(worst));
      assert.ok(seamStep(original, locked, region) <= 1);
    });
  }

  it('keeps the edit in the middle, and matches colours although the edit crosses the border', () => {
    const edited = drift(original, (x, y) =>
      Math.hypot(x - 300, y - 225) < 60 || (x > 400 && Math.abs(y - 225) < 25)
        ? [90, -60, -60]
        : [12, 12, -8],
    );
    const locked = lockRegion(original, edited, region);
    const middle = 4 * (225 * width + 300);
    for (const channel of [0, 1, 2]) {
      const moved = locked.pixels[middle + channel]! - edited.pixels[middle + channel]!;
      assert.ok(Math.abs(moved) <= 6, String(moved));
    }
    const left = 4 * (225 * width + 185);
    for (const channel of [0, 1, 2]) {
      const step = locked.pixels[left + channel]! - original.pixels[left + channel]!;
      assert.ok(Math.abs(step) <= 3, String(step));
    }
  });

  it('says how much had changed within and without', () => {
    const edited = drift(original, (x, y) =>
      (x >= 280 && x < 320 && y >= 200 && y < 240) || (x >= 20 && x < 80 && y >= 20 && y < 60)
        ? [90, -60, -60]
        : [0, 0, 0],
    );
    const { inside, outside } = shareChanged(measureDifference(original, edited), region, 0.06);
    assert.ok(inside >= 1600 / 270_000 && inside <= 3200 / 270_000, String(inside));
    assert.ok(outside >= 2400 / 270_000 && outside <= 4400 / 270_000, String(outside));
    assert.equal(shareChanged(measureDifference(original, original), region, 0.06).outside, 0);
  });

  it('refuses sizes that differ', () => {
    assert.throws(() => lockRegion(original, original, new Uint8Array(5)), RangeError);
  });
});

describe('what was marked', () => {
  it('is the same region again, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.infiniteStream(fc.boolean()),
        (width, height, marks) => {
          const region = Array.from(
            { length: width * height },
            () => marks.next().value as boolean,
          );
          const marked = markRegion(width, height, (place) => region[place]!);
          assert.ok(isMarkedRegion(structuredClone(marked)));
          const expanded = expandRegion(marked, { width, height });
          assert.deepEqual(
            [...expanded].map((inside) => inside !== 0),
            region,
          );
          const inside = region.filter(Boolean).length;
          assert.equal(shareMarked(marked), inside / (width * height));
        },
      ),
      tries(60),
    );
  });

  for (const [what, value] of [
    ['nothing', undefined],
    ['too few pixels', { width: 2, height: 2, runs: [1, 2] }],
    ['too many', { width: 2, height: 2, runs: [1, 4] }],
    ['less than none', { width: 2, height: 2, runs: [5, -1] }],
    ['halves of pixels', { width: 2, height: 2, runs: [0.5, 3.5] }],
    ['no picture', { width: 0, height: 2, runs: [] }],
    ['no numbers', { width: 2, height: 2, runs: ['4'] }],
  ] as const) {
    it(`is no region with ${what}`, () => assert.equal(isMarkedRegion(value), false));
  }
});

describe('maskFor', () => {
  it('is transparent where an edit may happen, in the size that is asked for', () => {
    const region = circle(60, 40, 30, 20, 10);
    const marked = markRegion(60, 40, (place) => region[place] !== 0);
    for (const target of [
      { width: 60, height: 40 },
      { width: 120, height: 80 },
      { width: 31, height: 17 },
    ]) {
      const mask = maskFor(marked, target);
      assert.deepEqual([mask.width, mask.height], [target.width, target.height]);
      const alphaAt = (x: number, y: number) =>
        mask.pixels[
          4 * (Math.floor(y * target.height) * target.width + Math.floor(x * target.width)) + 3
        ];
      assert.equal(alphaAt(0.5, 0.5), 0);
      assert.equal(alphaAt(0.1, 0.5), 255);
      assert.equal(alphaAt(0.5, 0.05), 255);
      const share = mask.pixels.filter((value, at) => at % 4 === 3 && value === 0).length;
      assert.ok(Math.abs(share / (target.width * target.height) - (Math.PI * 100) / 2400) < 0.02);
    }
  });
});
