// What the kernel's loops make of random pixels is what the same in plain TypeScript makes of them.
import assert from 'node:assert/strict';
import { lightOf } from '../../../src/picture/alignment/level';
import { addEquations, rowLength } from '../../../src/picture/normalEquations';
import type { Pixels } from '../../../src/picture/pixels';
import type { Shifts } from '../../../src/picture/register';
import { removeTone } from '../../../src/picture/removeTone';
import { makeToning, type Tone } from '../../../src/picture/tone';
import { warpRows } from '../../../src/picture/warp';
import { seededRandom } from '../../support/seeded';

const sizes = [
  [1, 1],
  [7, 5],
  [64, 3],
  // Longer than the kernel takes at a time.
  [131, 47],
] as const;

function paint(random: () => number, width: number, height: number, opaque = false): Pixels {
  const pixels = Uint8Array.from({ length: 4 * width * height }, (_, at) =>
    opaque && at % 4 === 3 ? 255 : 256 * random(),
  );
  return { width, height, pixels };
}

/** Some are strong enough to go beyond black and white. */
function makeTone(random: () => number): Tone {
  return {
    coefficients: [0, 1, 2].map(() => Array.from({ length: 9 }, () => random() - 0.5)),
    magnitude: 1,
    shown: true,
    invertible: true,
    direction: { lighter: 0, warmer: 0, greener: 0, contrast: 1, saturation: 1 },
  };
}

function makeShifts(random: () => number, columns: number, rows: number): Shifts {
  const some = () => Float32Array.from({ length: columns * rows }, () => 0.2 * random() - 0.1);
  return { columns, rows, across: some(), down: some() };
}

describe('the kernel', () => {
  for (const [width, height] of sizes) {
    const what = `${width} × ${height}`;

    it(`changes colours as the script does: ${what}`, () => {
      const random = seededRandom(width);
      const { pixels } = paint(random, width, height);
      const tone = makeTone(random);
      const [toned, scripted] = [new Uint8Array(pixels.length), new Uint8Array(pixels.length)];
      const window = { left: 0, top: 0, right: width, bottom: height };
      makeToning(tone, { width, height })(pixels, toned, window);
      makeToning(tone, { width, height }, 'none')(pixels, scripted, window);
      // Sums of 32-bit numbers against such of 64 bits: what lies half-way goes either way.
      const apart = toned.map((value, at) => Math.abs(value - scripted[at]!));
      assert.ok(apart.every((levels) => levels <= 1));
      assert.ok(apart.filter((levels) => levels > 0).length <= pixels.length / 1000);
      assert.notDeepEqual(toned, pixels);
    });

    it(`takes colours back as the script does: ${what}`, () => {
      const random = seededRandom(width);
      const picture = paint(random, width, height);
      const tone = makeTone(random);
      const bare = removeTone(picture, tone).pixels;
      const scripted = removeTone(picture, tone, 'none').pixels;
      assert.ok(bare.every((value, at) => Math.abs(value - scripted[at]!) <= 1));
      const apart = bare.filter((value, at) => value !== scripted[at]).length;
      assert.ok(apart <= bare.length / 1000, `${apart} apart`);
      assert.notDeepEqual(bare, picture.pixels);
    });

    it(`puts places back as the script does: ${what}`, () => {
      const random = seededRandom(height);
      const picture = paint(random, width, height);
      const shifts = makeShifts(random, 4, 3);
      const covered = { left: 0.1, top: 0, right: 1, bottom: 0.9 };
      for (const [from, to] of [
        [0, height],
        [Math.floor(height / 3), Math.ceil(height / 2)],
      ] as const) {
        const made = new Uint8Array(4 * width * (to - from));
        const scripted = made.slice();
        warpRows(picture, shifts, covered, { from, to }, made);
        warpRows(picture, shifts, covered, { from, to }, scripted, 'none');
        assert.deepEqual(made, scripted);
      }
    });

    it(`measures light as the script does: ${what}`, () => {
      const picture = paint(seededRandom(width + height), width, height, true);
      const [columns, rows] = [Math.ceil(width / 2.3), Math.ceil(height / 1.7)];
      const { values } = lightOf(picture, columns, rows);
      const scripted = lightOf(picture, columns, rows, 'none').values;
      for (const [cell, value] of values.entries()) {
        assert.ok(Math.abs(value - scripted[cell]!) < 0.01, `${value}, ${scripted[cell]}`);
      }
    });
  }

  for (const used of [1, 4, 9, rowLength]) {
    it(`adds up equations with ${used} unknowns to the last bit as the script does`, () => {
      const random = seededRandom(used);
      const count = 300;
      const rows = {
        factors: Float64Array.from({ length: rowLength * count }, () => 255 * random() - 128),
        weights: Float32Array.from({ length: count }, (_, row) => (row % 5 === 0 ? 0 : random())),
        shares: Float64Array.from({ length: count }, () => (random() < 0.2 ? 0.05 : 1)),
        missing: Float64Array.from({ length: count }, () => 40 * random() - 20),
        used,
      };
      const [made, scripted] = [addEquations(rows), addEquations(rows, 'none')];
      assert.equal(made.total, scripted.total);
      assert.deepEqual(made.right, scripted.right);
      for (let row = 0; row < used; row++) {
        for (let column = 0; column <= row; column++) {
          const at = row * rowLength + column;
          assert.equal(made.matrix[at], scripted.matrix[at]);
        }
      }
      assert.ok(made.right[used - 1] !== 0);
    });
  }
});
