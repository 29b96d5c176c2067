// What a tone made of a picture's colours is taken back, for every colour that it did not cut off.
import assert from 'node:assert/strict';
import type { Pixels } from '../../../src/picture/pixels';
import { removeTone } from '../../../src/picture/removeTone';
import { applyTone, type Coefficients, type Tone } from '../../../src/picture/tone';

/** All colours 15 levels apart, with all transparencies. */
function allColours(): Pixels {
  const levels = Array.from({ length: 18 }, (_, step) => 15 * step);
  const pixels = levels.flatMap((red, at) =>
    levels.flatMap((green) => levels.flatMap((blue) => [red, green, blue, 255 - at])),
  );
  return { width: 18 * 18, height: 18, pixels: Uint8Array.from(pixels) };
}

function toneWith(coefficients: Coefficients): Tone {
  const direction = { lighter: 0, warmer: 0, greener: 0, contrast: 1, saturation: 1 };
  return { coefficients, magnitude: 5, shown: true, invertible: true, direction };
}

describe('removeTone', () => {
  for (const [what, coefficients] of [
    ['nothing', [[], [], []]],
    ['warmer', [[0.02, 0, 0, 0.08], [], [0, 0, -0.05, -0.1]]],
    [
      'less vivid',
      [
        [-0.35, 0.25, 0.1],
        [0.15, -0.25, 0.1],
        [0.15, 0.25, -0.4],
      ],
    ],
    [
      'a curve of each',
      [
        [0, 0, 0, 0, 0.3],
        [0, 0, 0, 0, 0, 0.2],
        [0, 0, 0, 0, -0.2],
      ],
    ],
    ['more contrast', [[0.25], [0, 0.25], [0, 0, 0.25]]],
  ] satisfies [string, number[][]][]) {
    it(what, () => {
      const tone = toneWith(
        coefficients.map((row) => Array.from({ length: 9 }, (_, term) => row[term] ?? 0)),
      );
      const colours = allColours();
      const toned = applyTone(colours, tone);
      const bare = removeTone(toned, tone);
      let compared = 0;
      for (let at = 0; at < colours.pixels.length; at += 4) {
        const part = [0, 1, 2].map((channel) => toned.pixels[at + channel]!);
        assert.equal(bare.pixels[at + 3], colours.pixels[at + 3]);
        if (part.some((level) => level < 3 || level > 252)) continue;
        compared++;
        for (const channel of [0, 1, 2]) {
          const [was, is] = [colours.pixels[at + channel]!, bare.pixels[at + channel]!];
          assert.ok(Math.abs(was - is) <= 4, `${was} came back as ${is}, from ${part.join(' ')}`);
        }
      }
      assert.ok(compared > 1500, `only ${compared} compared`);
    });
  }

  for (const isWarmer of [false, true]) {
    it(`light that is not the same everywhere${isWarmer ? ', and warmer' : ''}`, () => {
      const row = (constant: number) =>
        Array.from({ length: 9 }, (_, term) => (term === 3 ? constant : 0));
      const warmth = isWarmer ? 0.06 : 0;
      const tone = {
        ...toneWith([row(warmth), row(0), row(-warmth)]),
        light: [1, 0.1, 0, -0.1, 0, -0.1, -0.05],
      };
      const width = 48;
      const grey = { width, height: width, pixels: new Uint8Array(4 * width * width).fill(180) };
      const toned = applyTone(grey, tone);
      const greenAt = (x: number, y: number) => toned.pixels[4 * (y * width + x) + 1]!;
      assert.equal(greenAt(width / 2, width / 2), 180);
      const [dark, light] = [greenAt(0, 0), greenAt(width - 1, width - 1)];
      assert.ok(dark < 100 && light > dark + 25 && light < 140, `${dark} and ${light}`);
      const bare = removeTone(toned, tone);
      for (const [at, level] of bare.pixels.entries()) {
        assert.ok(Math.abs(level - grey.pixels[at]!) <= 3, `${level} at ${at}`);
      }
    });
  }
});
