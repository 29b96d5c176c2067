// File names that would lie when shown as they are.
import assert from 'node:assert/strict';
import { plain, showName } from '../../../src/edit/showName';

describe('showName', () => {
  const cases: [string, string][] = [
    ['photo.jpg', 'photo.jpg'],
    ['50% off #1 "final".png', '50% off #1 "final".png'],
    ['Übergröße 漢字 🐈.png', 'Übergröße 漢字 🐈.png'],
    ['photo\u202egpj.exe', 'photo\\u{202e}gpj.exe'],
    ['a[Open](command:evil).png', 'a[Open] (command:evil).png'],
    ['two\nlines.png', 'two\\u{a}lines.png'],
    ['zero\u200bwidth.png', 'zero\\u{200b}width.png'],
  ];
  for (const [name, shown] of cases) {
    it(`shows ${JSON.stringify(name)} as ${shown}`, () => assert.equal(showName(name), shown));
  }

  it('shows no icon in the place of words in a list', () => {
    assert.equal(plain('$(trash) costs $5 $(x)'), '\\$(trash) costs $5 \\$(x)');
  });
});
