// How far an edited picture was moved and scaled, as the panel says it.
import assert from 'node:assert/strict';
import { alignmentInWords } from '../../../src/edit/alignmentInWords';

const original = { width: 1000, height: 500 };
const same = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, confidence: 1, trusted: true };

describe('an alignment in words', () => {
  const rows: [string, Partial<typeof same>, string | undefined][] = [
    ['as it would lie without', {}, undefined],
    ['less than anybody sees', { offsetX: 0.29, offsetY: -0.29 }, undefined],
    ['to the right', { offsetX: 2.44 }, 'moved 2.4 px right'],
    ['to the left', { offsetX: -0.3 }, 'moved 0.3 px left'],
    ['down', { offsetY: 12 }, 'moved 12.0 px down'],
    ['to the right and up', { offsetX: 2.4, offsetY: -0.8 }, 'moved 2.4 px right and 0.8 px up'],
    // The middle stays where it is.
    [
      'smaller in its middle',
      { scaleX: 0.994, scaleY: 0.994, offsetX: 3, offsetY: 1.5 },
      'scaled to 99.4 %',
    ],
    [
      'smaller from its corner, which moves its middle',
      { scaleX: 0.994, scaleY: 0.994 },
      'moved 3.0 px left and 1.5 px up, scaled to 99.4 %',
    ],
    [
      'wider and lower',
      { scaleX: 1.01, scaleY: 0.98, offsetX: -5, offsetY: 5 },
      'scaled to 101.0 % × 98.0 %',
    ],
    ['wider alone', { scaleX: 1.01, offsetX: -5 }, 'scaled to 101.0 % × 100.0 %'],
    [
      'scaled by less than is worth a word',
      { scaleX: 1.0007, scaleY: 0.9993, offsetX: -0.35, offsetY: 0.175 },
      undefined,
    ],
  ];
  for (const [how, alignment, words] of rows) {
    it(`${how}: ${words ?? 'no words'}`, () =>
      assert.equal(alignmentInWords({ ...same, ...alignment }, original, original), words));
  }

  it('is of what the original’s pixels are, however large the edited picture is', () => {
    // Twice as large: it lies as it would without where it is scaled by half.
    const edited = { width: 2000, height: 1000 };
    const half = { ...same, scaleX: 0.5, scaleY: 0.5 };
    assert.equal(alignmentInWords(half, original, edited), undefined);
    const moved = alignmentInWords({ ...half, offsetX: 4 }, original, edited);
    assert.equal(moved, 'moved 4.0 px right');
  });

  it('is of how it would lie without, where the shapes differ', () => {
    // A square over an original of two to one: 1000 × 1000 of it, of which 250 are cut off at the top.
    const edited = { width: 500, height: 500 };
    const cropped = { ...same, scaleX: 2, scaleY: 2, offsetX: 0, offsetY: -250 };
    assert.equal(alignmentInWords(cropped, original, edited, 'Crop'), undefined);
    const moved = alignmentInWords({ ...cropped, offsetY: -240 }, original, edited, 'Crop');
    assert.equal(moved, 'moved 10.0 px down');
    assert.equal(alignmentInWords(cropped, original, edited), 'scaled to 100.0 % × 200.0 %');
  });
});
