// What the user is told of an edit whose panel is gone: how many of its pictures wait, and that steps on the way do not.
import assert from 'node:assert/strict';
import type { Uri } from 'vscode';
import { discardedInWords, readyInWords, unsavedInWords } from '../../../src/edit/reviewInWords';
import type { Version } from '../../../src/edit/versions';

const fileName = 'photo.jpg';
const file = {} as unknown as Uri;

/** One round of so many pictures. */
function roundOf(count: number, parent?: Version): Version[] {
  const round = { kept: {} };
  return Array.from({ length: count }, () => ({
    ...({ round, parent, savedAs: [], isDeleted: false } as unknown as Version),
  }));
}

describe('a review in words', () => {
  const [one] = roundOf(1) as [Version];
  const three = roundOf(3);
  const [saved, ...others] = roundOf(3) as [Version, ...Version[]];
  saved.savedAs = [file];
  const [first, second, last] = roundOf(3) as [Version, Version, Version];
  first.savedAs = [file];
  second.isDeleted = true;
  const [step] = roundOf(1) as [Version];
  const tree = [step, ...roundOf(1, step)];
  const wide = [step, ...roundOf(2, step)];

  const rows: [string, Version[], string, string, string][] = [
    [
      'one picture',
      [one],
      'The edit of photo.jpg is ready and not saved yet.',
      'The edit of photo.jpg is not saved yet.',
      'Discarded the edit of photo.jpg.',
    ],
    [
      'three pictures',
      three,
      'The edit of photo.jpg is ready: 3 pictures, not saved yet.',
      '3 of the 3 pictures of the edit of photo.jpg are not saved yet.',
      'Discarded 3 of the 3 pictures of the edit of photo.jpg.',
    ],
    [
      'three pictures, of which one is saved',
      [saved, ...others],
      'The edit of photo.jpg is ready: 2 pictures, not saved yet.',
      '2 of the 3 pictures of the edit of photo.jpg are not saved yet.',
      'Discarded 2 of the 3 pictures of the edit of photo.jpg.',
    ],
    [
      'three pictures, of which one waits',
      [first, second, last],
      'The edit of photo.jpg is ready and not saved yet.',
      '1 of the 3 pictures of the edit of photo.jpg is not saved yet.',
      'Discarded 1 of the 3 pictures of the edit of photo.jpg.',
    ],
    // What was edited again is one edit to people, however many steps it took.
    [
      'a picture and what was made from it',
      tree,
      'The edit of photo.jpg is ready and not saved yet.',
      'The edit of photo.jpg is not saved yet.',
      'Discarded the edit of photo.jpg.',
    ],
    [
      'a picture and two that were made from it',
      wide,
      'The edit of photo.jpg is ready: 2 pictures, not saved yet.',
      '2 of the 3 pictures of the edit of photo.jpg are not saved yet.',
      'Discarded 2 of the 3 pictures of the edit of photo.jpg.',
    ],
  ];
  for (const [what, versions, ready, unsaved, discarded] of rows) {
    it(`says of ${what}: ${ready}`, () => {
      const session = { fileName, versions };
      assert.equal(readyInWords(session), ready);
      assert.equal(unsavedInWords(session), unsaved);
      assert.equal(discardedInWords(session), discarded);
    });
  }
});
