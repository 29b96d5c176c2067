// The edited picture's name beside the original.
import assert from 'node:assert/strict';
import { namesBeside } from '../../../src/save/names';

function first(original: string, extension: string, template: string): string {
  return namesBeside(original, extension, template).next().value as string;
}

describe('namesBeside', () => {
  const template = '${name}.edited';
  const cases: [string, string, string, string][] = [
    ['photo.jpg', 'png', template, 'photo.edited.png'],
    ['photo.final.jpg', 'jpg', template, 'photo.final.edited.jpg'],
    ['photo', 'png', template, 'photo.edited.png'],
    ['.hidden', 'png', template, '.hidden.edited.png'],
    ['50% off #1 "final".png', 'png', template, '50% off #1 "final".edited.png'],
    ['$& $1.png', 'png', template, '$& $1.edited.png'],
    ['photo.jpg', 'webp', 'ai-${name}', 'ai-photo.webp'],
    ['photo.jpg', 'png', '../../${name}', '..-..-photo.png'],
    ['photo.jpg', 'png', '..\\${name}\u0000', '..-photo-.png'],
    ['photo.jpg', 'png', '', 'photo.edited.png'],
    ['photo.jpg', 'png', '..', 'photo.edited.png'],
    ['photo.jpg', 'png', 'con', '_con.png'],
    ['photo.jpg', 'png', 'LPT1.${name}', '_LPT1.photo.png'],
  ];
  for (const [original, extension, given, expected] of cases) {
    it(`${JSON.stringify(given)} beside ${original} is ${expected}`, () => {
      assert.equal(first(original, extension, given), expected);
    });
  }

  it('numbers the names that follow, and comes to an end', () => {
    const names = [...namesBeside('photo.jpg', 'png', template)];
    assert.deepEqual(names.slice(0, 3), [
      'photo.edited.png',
      'photo.edited-2.png',
      'photo.edited-3.png',
    ]);
    assert.equal(new Set(names).size, 10_000);
  });
});
