// Sizes of originals and of edited pictures, and where the one should lie in the other.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bestFit, type Grey } from '../../../src/picture/chooseFit';
import {
  coversExactly,
  fits,
  needsFit,
  place,
  type Fit,
  type Placement,
} from '../../../src/picture/placement';
import { tries } from '../../support/properties';

const landscape = { width: 4000, height: 3000 };

describe('place', () => {
  const expected: [edited: [number, number], fit: Fit, placement: Placement][] = [
    [[1536, 1024], 'Fit', { left: 0, top: 500 / 3, width: 4000, height: 8000 / 3 }],
    [[1536, 1024], 'Crop', { left: -250, top: 0, width: 4500, height: 3000 }],
    [[1536, 1024], 'Stretch', { left: 0, top: 0, width: 4000, height: 3000 }],
    [[1024, 1024], 'Fit', { left: 500, top: 0, width: 3000, height: 3000 }],
    [[1024, 1024], 'Crop', { left: 0, top: -500, width: 4000, height: 4000 }],
    [[1600, 1200], 'Fit', { left: 0, top: 0, width: 4000, height: 3000 }],
    // A row less is rounding.
    [[1365, 1024], 'Crop', { left: 0, top: 0, width: 4000, height: 3000 }],
  ];
  for (const [[width, height], fit, placement] of expected) {
    it(`${fit} of ${width} × ${height} into 4000 × 3000`, () => {
      const placed = place(landscape, { width, height }, fit);
      for (const key of ['left', 'top', 'width', 'height'] as const) {
        assert.ok(Math.abs(placed[key] - placement[key]) < 1e-9, `${key}: ${placed[key]}`);
      }
    });
  }

  const side = fc.integer({ min: 1, max: 10_000 });
  const size = fc.record({ width: side, height: side });

  it('keeps the shape with Fit and Crop, fills with Crop and Stretch, and is inside with Fit', () => {
    fc.assert(
      fc.property(size, size, fc.constantFrom(...fits), (original, edited, fit) => {
        const { left, top, width, height } = place(original, edited, fit);
        const [right, bottom] = [left + width, top + height];
        const near = 1e-6 * (original.width + original.height);
        assert.ok(Math.abs(left + right - original.width) < near, 'in the middle');
        assert.ok(Math.abs(top + bottom - original.height) < near, 'in the middle');
        if (!needsFit(original, edited) || fit === 'Stretch') {
          assert.ok(coversExactly(original, { left, top, width, height }));
          return;
        }
        const shape = (width * edited.height) / (height * edited.width);
        assert.ok(Math.abs(shape - 1) < 1e-9, 'in shape');
        if (fit === 'Fit') assert.ok(left > -near && top > -near, 'inside');
        else assert.ok(left < near && top < near, 'over all of it');
        assert.ok(width === original.width || height === original.height);
      }),
      tries(100),
    );
  });
});

describe('bestFit', () => {
  /** Hills of different size: no two places are alike. */
  const levelAt = (x: number, y: number) =>
    128 + 50 * Math.sin(x * 21) * Math.cos(y * 17 + x * 3) + 40 * Math.sin(x * 7 + y * 31);
  /** What a picture shows in a frame of the plane, in units of the original's size. */
  const show = (width: number, height: number, frame: Placement): Grey => {
    const levels = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        levels[y * width + x] = levelAt(
          frame.left + ((x + 0.5) / width) * frame.width,
          frame.top + ((y + 0.5) / height) * frame.height,
        );
      }
    }
    return { width, height, levels };
  };
  const whole = { left: 0, top: 0, width: 1, height: 1 };
  const original = show(128, 96, whole);

  const answers: [Fit, Grey][] = [
    ['Stretch', show(128, 128, whole)],
    ['Stretch', show(128, 64, whole)],
    // A square that shows the middle.
    ['Fit', show(128, 128, { left: 0.125, top: 0, width: 0.75, height: 1 })],
    // One that shows more above and below.
    ['Crop', show(128, 128, { left: 0, top: -1 / 6, width: 1, height: 4 / 3 })],
    ['Crop', show(128, 64, { left: -0.25, top: 0, width: 1.5, height: 1 })],
  ];
  for (const [fit, answer] of answers) {
    it(`sees ${fit} in ${answer.width} × ${answer.height}, also with a large edit, noise and other light`, () => {
      assert.equal(bestFit(original, answer), fit);
      const edited = Uint8Array.from(answer.levels, (level, index) => {
        const [x, y] = [index % answer.width, Math.floor(index / answer.width)];
        const isEdited = Math.hypot(x - answer.width * 0.4, y - answer.height * 0.6) < 30;
        return isEdited ? (x * 37 + y * 11) % 256 : level * 0.8 + 20 + ((x * 7 + y * 13) % 9);
      });
      assert.equal(bestFit(original, { ...answer, levels: edited }), fit);
    });
  }

  it('is Crop where nothing tells, which leaves no border and nothing out of shape', () => {
    const flat = { width: 128, height: 96, levels: new Uint8Array(128 * 96).fill(77) };
    const square = { width: 128, height: 128, levels: new Uint8Array(128 * 128).fill(200) };
    assert.equal(bestFit(flat, square), 'Crop');
    assert.equal(bestFit(original, square), 'Crop');
  });
});
