// Planted changes of colour are found again, whatever else was edited.
import assert from 'node:assert/strict';
import type { ColourCells } from '../../../src/picture/colourCells';
import { fitTone } from '../../../src/picture/fitTone';
import type { Tone } from '../../../src/picture/tone';
import { toneColour } from '../../../src/picture/tone';
import { seededRandom } from '../../support/seeded';

type Colour = [number, number, number];

/** Cells of colours away from black and white, of which a part is edited as it likes. */
function cellsWith(tone: (colour: Colour) => Colour, edited = 0): ColourCells {
  const random = seededRandom(3);
  const count = 600;
  const before = new Float32Array(3 * count).map(() => 30 + 180 * random());
  const after = new Float32Array(3 * count);
  for (let cell = 0; cell < count; cell++) {
    const colour = [...before.subarray(3 * cell, 3 * cell + 3)] as Colour;
    const isEdited = random() < edited;
    after.set(isEdited ? [255 * random(), 255 * random(), 20] : tone(colour), 3 * cell);
    for (let at = 3 * cell; at < 3 * cell + 3; at++) after[at]! += random() - 0.5;
  }
  return { count, before, after, weights: new Float32Array(count).fill(1) };
}

/** Each cell a colour of its own. */
function fit(cells: ColourCells): Tone | undefined {
  const spreads = new Float32Array(cells.count);
  return fitTone(cells, () => ({ ...cells, spreads, ofEdges: false }));
}

describe('fitTone', () => {
  const warm = ([red, green, blue]: Colour): Colour => [1.05 * red + 4, green + 1, 0.9 * blue - 3];

  for (const edited of [0, 0.3]) {
    it(`finds a warm tone in a picture of which ${100 * edited} % was edited`, () => {
      const tone = fit(cellsWith(warm, edited))!;
      for (const colour of [
        [60, 90, 200],
        [180, 120, 50],
      ] as const) {
        const toned: Colour = [...colour];
        toneColour(tone.coefficients, toned);
        warm([...colour]).forEach((value, channel) => {
          assert.ok(Math.abs(toned[channel]! - value) < 1.5, `${toned.join()} for ${value}`);
        });
      }
      assert.ok(tone.shown && tone.invertible);
      assert.ok(tone.direction.warmer > 15 && Math.abs(tone.direction.contrast - 1) < 0.1);
    });
  }

  it('finds a curve', () => {
    const curve = (colour: Colour) => colour.map((value) => 255 * (value / 255) ** 1.5) as Colour;
    const tone = fit(cellsWith(curve))!;
    const toned: Colour = [128, 128, 128];
    toneColour(tone.coefficients, toned);
    for (const value of toned) assert.ok(Math.abs(value - 255 * (128 / 255) ** 1.5) < 2);
    assert.ok(tone.direction.lighter < -20);
  });

  it('knows that black and white cannot be undone', () => {
    const grey = (colour: Colour) =>
      colour.map(() => 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]) as Colour;
    const tone = fit(cellsWith(grey))!;
    assert.equal(tone.invertible, false);
    assert.ok(tone.direction.saturation < 0.1);
  });

  it('finds none where there is none, where all is edited, and where all became one colour', () => {
    assert.equal(fit(cellsWith((colour) => colour)), undefined);
    assert.equal(fit(cellsWith((colour) => colour, 1)), undefined);
    assert.equal(fit(cellsWith(() => [200, 200, 200])), undefined);
  });

  it('takes the tone of most colours, not one that fits the ground alone', () => {
    // Black and white with a cast, drawn anew; most places are of one colour.
    const random = seededRandom(7);
    const colours = cellsWith((colour) => colour);
    const { count } = colours;
    const before = new Float32Array(3 * 8 * count);
    const after = new Float32Array(before.length);
    for (let cell = 0; cell < 8 * count; cell++) {
      const own = 3 * cell;
      const colour = cell < count ? [...colours.before.subarray(own, own + 3)] : [200, 232, 243];
      const light = 0.299 * colour[0]! + 0.587 * colour[1]! + 0.114 * colour[2]!;
      const noise = cell < count ? 24 * (random() - 0.5) : 0;
      before.set(colour, own);
      after.set([1.02 * light + noise, light + noise, 0.9 * light + noise], own);
    }
    const weights = new Float32Array(8 * count).fill(1);
    const cells = { count: 8 * count, before, after, weights };
    const map = {
      count,
      before: before.subarray(0, 3 * count),
      after: after.subarray(0, 3 * count),
      weights: weights.subarray(0, count),
      spreads: new Float32Array(count),
      ofEdges: false,
    };
    const tone = fitTone(cells, () => map)!;
    assert.equal(tone.invertible, false);
    assert.ok(tone.direction.saturation < 0.2, `${tone.direction.saturation}`);
  });
});
