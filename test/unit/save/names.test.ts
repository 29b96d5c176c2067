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
    ['con.png', 'png', template, '_con.edited.png'],
    ['NUL .jpg', 'png', template, '_NUL .edited.png'],
    ['com¹.jpg', 'png', template, '_com¹.edited.png'],
    ['CONOUT$.jpg', 'png', '${name}', '_CONOUT$.png'],
    ['console.jpg', 'png', template, 'console.edited.png'],
    ['photo...', 'png', template, 'photo...edited.png'],
    ['photo.jpg', 'png', '${name}...', 'photo....png'],
    ['photo.jpg', 'png', '\u202e${name}\u200b\n', '-photo--.png'],
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

  for (const [title, stem, extension] of [
    ['of the longest kind', 'x'.repeat(251), 'jpg'],
    ['of three bytes a character', '写'.repeat(83), 'jpeg'],
    ['of surrogate pairs', '🖼'.repeat(62), 'webp'],
    ['just too long', 'x'.repeat(239), 'png'],
  ] as const) {
    it(`shortens a name ${title} until every number fits into 255 bytes`, () => {
      const names = [...namesBeside(`${stem}.jpg`, extension, template)];
      const longest = Math.max(...names.map((name) => Buffer.byteLength(name)));
      assert.ok(longest <= 255 && longest > 255 - 4, String(longest));
      const [kept, ...rest] = names[0]!.split('.');
      assert.ok(stem.startsWith(kept!) && !/\p{Surrogate}/u.test(kept!), kept);
      assert.deepEqual(rest, ['edited', extension]);
    });
  }

  it('does not shorten a name that fits', () => {
    const stem = 'x'.repeat(255 - '.edited-10000.png'.length);
    assert.equal(first(`${stem}.jpg`, 'png', template), `${stem}.edited.png`);
  });

  it('shortens a template that is too long by itself', () => {
    const name = first('photo.jpg', 'png', `${'é'.repeat(200)}\${name}`);
    assert.match(name, /^é+\.png$/);
    assert.ok(Buffer.byteLength(name) <= 255);
  });
});
