// What the user is told of edits that came back, and of those that would be removed.
import assert from 'node:assert/strict';
import {
  broughtBackInWords,
  elsewhereInWords,
  fullInWords,
  neverSavedInWords,
  replacedInWords,
  takenInWords,
} from '../../../src/edit/keptEditsInWords';

describe('kept edits in words', () => {
  const rows: [number, number, number, string | undefined][] = [
    [0, 0, 0, undefined],
    [1, 0, 0, '1 finished edit was not reviewed.'],
    [2, 0, 0, '2 finished edits were not reviewed.'],
    [
      0,
      1,
      0,
      '1 edit was sent and never answered: it may have been charged, and is not sent again by itself.',
    ],
    [
      0,
      3,
      0,
      '3 edits were sent and never answered: they may have been charged, and are not sent again by themselves.',
    ],
    [0, 0, 1, '1 edit came back without a picture.'],
    [0, 0, 2, '2 edits came back without a picture.'],
    [
      1,
      1,
      1,
      '1 finished edit was not reviewed. 1 edit was sent and never answered: it may have been charged, and is not sent again by itself. 1 edit came back without a picture.',
    ],
  ];
  for (const [finished, unanswered, failed, words] of rows) {
    it(`${finished} finished, ${unanswered} unanswered, ${failed} failed: ${words ?? 'no words'}`, () => {
      const many = (count: number) => Array.from({ length: count }, () => 'a job');
      const back = {
        finished: many(finished),
        unanswered: many(unanswered),
        failed: many(failed),
      };
      assert.equal(broughtBackInWords(back), words);
    });
  }

  it('says why those that were never saved would go', () => {
    assert.equal(neverSavedInWords(1, 30), '1 edit was never saved and is older than 30 days.');
    assert.equal(neverSavedInWords(3, 1), '3 edits were never saved and are older than 1 day.');
    assert.equal(neverSavedInWords(1), '1 edit was never saved.');
    assert.equal(neverSavedInWords(4), '4 edits were never saved.');
  });

  it('says what would go with those that have replaced their originals', () => {
    assert.equal(
      replacedInWords(1, 30),
      '1 edit has replaced its original more than 30 days ago, and has the only copy of it.',
    );
    assert.equal(
      replacedInWords(2),
      '2 edits have replaced their originals, and have the only copies of them.',
    );
  });

  it('says what takes the room', () => {
    const takers = [
      { why: 'unsaved', count: 12, bytes: 1.8 * 1024 ** 3 },
      { why: 'replaced', count: 3, bytes: 0.5 * 1024 ** 3 },
      { why: 'recent', count: 4, bytes: 90 * 1024 ** 2 },
      { why: 'other', count: 2, bytes: 17 },
    ] as const;
    assert.equal(
      fullInWords(takers, 2 * 1024 ** 3),
      'The edits that Retouch keeps take 2.4 GB, more than 2 GB: 1.8 GB in 12 never saved, 0.5 GB in 3 that replaced an original, 90 MB in 4 of the last day, 1 MB in 2 others.',
    );
  });

  it('says whose an edit is that cannot be taken', () => {
    assert.match(elsewhereInWords(1), /^1 edit belongs to another machine/);
    assert.match(elsewhereInWords(2), /^2 edits belong to another machine/);
    assert.equal(
      takenInWords('logo.png', 'other'),
      'The edit of logo.png is in another window, which is still open.',
    );
  });
});
