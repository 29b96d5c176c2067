// What the user is told of edits that came back, and of those that would be removed.
import assert from 'node:assert/strict';
import { broughtBackInWords, neverSavedInWords } from '../../../src/edit/keptEditsInWords';

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
    assert.equal(
      neverSavedInWords(1, { days: 30 }),
      '1 edit was never saved and is older than 30 days.',
    );
    assert.equal(
      neverSavedInWords(3, { days: 1 }),
      '3 edits were never saved and are older than 1 day.',
    );
    const room = 2 * 1024 ** 3;
    assert.equal(
      neverSavedInWords(1, { room }),
      '1 edit was never saved, and the edits that Retouch keeps take more than 2 GB.',
    );
    assert.equal(
      neverSavedInWords(4, { room }),
      '4 edits were never saved, and the edits that Retouch keeps take more than 2 GB.',
    );
  });
});
