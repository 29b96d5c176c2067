// The kernel says the same as the plain script, byte by byte, and without its tolerance the same as pixelmatch.
import assert from 'node:assert/strict';
import pixelmatch from 'pixelmatch';
import { defaultThreshold } from '../../../src/picture/changes';
import {
  exactMeasure,
  measureDifference,
  tolerantMeasure,
  type Difference,
} from '../../../src/picture/difference';
import { loadKernel } from '../../../src/picture/kernel';
import type { Pixels } from '../../../src/picture/pixels';
import { measureInScript } from '../../../src/picture/scriptDifference';
import { seededRandom } from '../../support/seeded';

/** Waves, and the same with a third of its bytes moved by up to 45. */
function makePair(width: number, height: number, { transparent = false } = {}): [Pixels, Pixels] {
  const random = seededRandom(width);
  const before = new Uint8Array(4 * width * height).fill(255);
  const after = before.slice();
  for (let at = 0; at < before.length; at++) {
    if (at % 4 === 3) {
      before[at] = after[at] = transparent ? 256 * random() : 255;
      continue;
    }
    before[at] = Math.sin(at / 100) * 90 + 128 + 30 * random();
    after[at] = Math.min(255, Math.max(0, before[at]! + (random() < 0.3 ? 90 * random() - 45 : 0)));
  }
  return [
    { width, height, pixels: before },
    { width, height, pixels: after },
  ];
}

/** Cells of 8 alone: those of small pictures are made of the distances. */
function sameness({ distances, cellSize, strengths }: Difference): unknown {
  return { distances, strengths: cellSize === 8 ? strengths : undefined };
}

describe('measureDifference', () => {
  it('has its kernel here', () => assert.ok(loadKernel()));

  for (const [width, height] of [
    [1, 1],
    [37, 21],
    [256, 130],
    [301, 259],
    [640, 33],
    // Longer rows than the kernel looks at in one go, and a single one.
    [1100, 3],
    [1030, 1],
  ] as const) {
    for (const transparent of [false, true]) {
      const what = `${width} × ${height}${transparent ? ', transparent' : ''}`;
      it(`the kernel says what the script says: ${what}`, () => {
        const [before, after] = makePair(width, height, { transparent });
        for (const measure of [{ ...tolerantMeasure, least: 0 }, exactMeasure]) {
          const measured = measureDifference(before, after, measure);
          const scripted = measureInScript(before, after, measure);
          if (measured.cellSize < 8) scripted.strengths.fill(0);
          assert.deepEqual(
            sameness(measured),
            sameness({ ...scripted, cellSize: measured.cellSize }),
          );
        }
      });
    }

    it(`without tolerance, finds the pixels that pixelmatch finds: ${width} × ${height}`, () => {
      const [before, after] = makePair(width, height);
      for (const distance of [12.5, 25.5, 38.5]) {
        const threshold = distance / 255;
        const { distances } = measureDifference(before, after, exactMeasure);
        const ours = distances.filter((measured) => measured > distance).length;
        const theirs = pixelmatch(before.pixels, after.pixels, undefined, width, height, {
          threshold,
          includeAA: true,
        });
        // Distances are whole numbers here: a few are just over in one and just under in the other.
        assert.ok(Math.abs(ours - theirs) <= theirs / 2000, `${ours}, pixelmatch ${theirs}`);
      }
    });
  }

  it('the kernel says what the script says where only some rows differ, at the borders of strips too', () => {
    const [width, height] = [272, 50];
    const pixels = new Uint8Array(4 * width * height).map((_, at) => opaque(120 + (at % 7))(0, at));
    const before = { width, height, pixels };
    for (const rows of [[0], [7, 8], [15], [16], [15, 16], [17], [31, 33], [47], [48], [49]]) {
      const after = { ...before, pixels: pixels.slice() };
      for (const row of rows) {
        // The kernel looks at four pixels at a time: one of four, all four, and the last of the row.
        for (const x of [3, 100, 101, 102, 103, 104, 105, 271]) {
          const at = 4 * (width * row + x);
          after.pixels.fill(9, at, at + 3);
        }
      }
      for (const measure of [{ ...tolerantMeasure, least: 0 }, exactMeasure]) {
        const distances = new Uint8Array(width * height).fill(77);
        const measured = measureDifference(before, after, measure, distances);
        assert.ok(measured.distances.some((distance) => distance > 0));
        const scripted = measureInScript(before, after, measure);
        assert.deepEqual(sameness(measured), sameness(scripted), `rows ${rows.join(', ')}`);
      }
    }
  });

  it('leaves out only what is too little to count', () => {
    const [before, after] = makePair(301, 259);
    for (const measure of [tolerantMeasure, exactMeasure]) {
      const all = measureDifference(before, after, { ...measure, least: 0 }).distances;
      const some = measureDifference(before, after, { ...measure, least: 12 }).distances;
      for (let at = 0; at < all.length; at++) {
        assert.ok(some[at] === all[at] || (some[at] === 0 && all[at]! <= 12));
      }
    }
  });

  it('is 0 where nothing changed and 255 from black to white', () => {
    const black = { width: 300, height: 40, pixels: new Uint8Array(48_000).map(opaque(0)) };
    const white = { ...black, pixels: new Uint8Array(48_000).map(opaque(255)) };
    assert.ok(measureDifference(black, black).strengths.every((strength) => strength === 0));
    for (const measure of [tolerantMeasure, exactMeasure]) {
      const { distances } = measureDifference(black, white, measure);
      assert.ok(distances.every((distance) => distance === 246));
    }
  });

  it('sees what became transparent, whatever its colour', () => {
    for (const grey of [0, 48, 128, 207, 255]) {
      const solid = { width: 300, height: 40, pixels: new Uint8Array(48_000).map(opaque(grey)) };
      const clear = {
        ...solid,
        pixels: solid.pixels.map((value, at) => (at % 4 === 3 ? 0 : value)),
      };
      assert.ok(measureDifference(solid, clear).strengths.every((strength) => strength > 25));
    }
  });

  it('does not see an edge that moved by a pixel, but one that moved by four', () => {
    const edge = (place: number): Pixels => ({
      width: 300,
      height: 40,
      pixels: new Uint8Array(48_000).map((_, at) =>
        (at >> 2) % 300 < place || at % 4 === 3 ? 255 : 20,
      ),
    });
    const strongest = (place: number) =>
      Math.max(...measureDifference(edge(150), edge(place)).strengths);
    assert.ok(strongest(151) < 255 * defaultThreshold);
    assert.ok(strongest(154) > 100);
  });

  it('refuses pictures of two sizes', () => {
    const [before] = makePair(8, 8);
    const [other] = makePair(8, 9);
    assert.throws(() => measureDifference(before, other), RangeError);
  });
});

function opaque(grey: number): (value: number, at: number) => number {
  return (_, at) => (at % 4 === 3 ? 255 : grey);
}
