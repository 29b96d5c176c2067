// Whatever works on pixels asks again and again whether somebody still waits for it, and ends where not.
import assert from 'node:assert/strict';
import { composeKept } from '../../../src/picture/compare';
import { findChanges } from '../../../src/picture/changes';
import { findDifference } from '../../../src/picture/findDifference';
import { layOver } from '../../../src/picture/layOver';
import { measureFull } from '../../../src/picture/measureFull';
import type { Pixels } from '../../../src/picture/pixels';
import { expandRegion, lockRegion, shareChanged } from '../../../src/picture/region';
import { removeTone } from '../../../src/picture/removeTone';
import { resample, shrink, soften } from '../../../src/picture/resample';
import { applyTone, type Tone } from '../../../src/picture/tone';
import { checkWanted, whileWanted } from '../../../src/picture/wanted';
import { paintScene, seededRandom } from '../../support/seeded';

const [width, height] = [320, 240];
const original = paintScene(seededRandom(3), width, height);
const edited = withSquare(original);
const covered = { left: 0, top: 0, right: 1, bottom: 1 };
const placement = { scaleX: 1.1, scaleY: 1.1, offsetX: -16, offsetY: -12 };
const region = expandRegion({ width: 4, height: 3, runs: [5, 2, 5] }, original);
const lighter: Tone = {
  coefficients: [0, 1, 2].map(() => [0, 0, 0, 0.1, 0, 0, 0, 0, 0]),
  magnitude: 12,
  shown: true,
  invertible: true,
  direction: { lighter: 12, warmer: 0, greener: 0, contrast: 1, saturation: 1 },
};

function withSquare({ pixels }: Pixels): Pixels {
  const changed = pixels.slice();
  for (let y = 80; y < 160; y++) {
    for (let at = 4 * (width * y + 90); at < 4 * (width * y + 190); at += 4)
      changed.fill(20, at, at + 3);
  }
  return { width, height, pixels: changed };
}

function difference() {
  return measureFull(original, edited, { covered }, new Uint8Array(width * height));
}

function composed() {
  const changes = findChanges(difference());
  const pictures = {
    base: { ...original, profile: undefined },
    edited: { ...edited, profile: undefined },
  };
  const extra = { ...changes, labels: changes.labels.slice() };
  extra.labels[0] = 2;
  return composeKept({ type: 'compose', ...pictures, changes: extra, kept: [1] });
}

/** Each with how often it asks at least: about once for every strip of 16 rows. */
const works: Readonly<Record<string, { readonly work: () => unknown; readonly least: number }>> = {
  'laying over': {
    work: () => layOver(original, edited, { align: true, fit: 'Stretch' }),
    least: 2 * height,
  },
  'finding the difference': {
    work: () => findDifference(original, edited, covered),
    least: height,
  },
  'measuring at full size, with nothing measured out': { work: difference, least: height / 16 },
  'measuring at full size, with a tone': {
    work: () =>
      measureFull(original, edited, { covered, tone: lighter }, new Uint8Array(width * height)),
    least: height / 16,
  },
  resampling: { work: () => resample(original, edited, placement), least: height },
  shrinking: { work: () => shrink(original, 100, 75), least: 75 },
  softening: {
    work: () => soften(original, { width: 100, height: 75 }, { ...placement, scaleX: 3 }),
    least: 75,
  },
  'changing colours': { work: () => applyTone(original, lighter), least: height / 16 },
  'changing colours back': { work: () => removeTone(original, lighter), least: height / 16 },
  'holding a region': { work: () => lockRegion(original, edited, region), least: height },
  'counting outside of a region': {
    work: () => shareChanged(difference(), region, 0.06),
    least: height / 8,
  },
  'putting together': { work: composed, least: 64 },
};

describe('whileWanted', () => {
  for (const [name, { work, least }] of Object.entries(works)) {
    it(`${name} asks often, and ends when it is told to`, () => {
      let asked = 0;
      whileWanted(() => asked++, work);
      assert.ok(asked >= least, String(asked));
      const stopped = new Error('stopped');
      for (const at of [1, Math.ceil(asked / 2), asked]) {
        let count = 0;
        const check = () => {
          if (++count === at) throw stopped;
        };
        assert.throws(() => whileWanted(check, work), stopped);
        assert.equal(count, at);
      }
    });
  }

  it('is of one work, and of the one around it when that is over', () => {
    const heard: string[] = [];
    whileWanted(
      () => heard.push('outer'),
      () => {
        checkWanted();
        assert.throws(() =>
          whileWanted(
            () => {
              throw new Error('stopped');
            },
            () => checkWanted(),
          ),
        );
        checkWanted();
      },
    );
    checkWanted();
    assert.deepEqual(heard, ['outer', 'outer']);
  });
});
