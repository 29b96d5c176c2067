// What the user is told of a batch: before it, of its cost, and when it is over.
import assert from 'node:assert/strict';
import {
  askedInWords,
  batchCostInWords,
  notReviewedInWords,
  overInWords,
} from '../../../src/edit/batchInWords';
import type { Item } from '../../../src/edit/queue';

type Row = Pick<Item, 'state' | 'dollars'>;

const done = (dollars?: number): Row => ({
  state: 'done',
  ...(dollars !== undefined && { dollars }),
});
const failed: Row = { state: 'failed' };
const waiting: Row = { state: 'waiting' };

describe('a batch in words', () => {
  it('says what it may cost, or that nobody knows', () => {
    assert.equal(
      askedInWords(5, 0.012),
      'Each is a request of its own. The last such edit cost $0.0120: $0.0600 for all of them.',
    );
    assert.equal(
      askedInWords(5, undefined),
      'Each is a request of its own. Cost unknown: no such edit has been made yet, or its gateway did not say.',
    );
    // Free is not unknown.
    assert.match(askedInWords(2, 0), /cost \$0\.0000: \$0\.0000 for all of them\.$/);
  });

  const costs: [string, Row[], string | undefined][] = [
    ['nothing that is done', [waiting, failed, { state: 'editing' }], undefined],
    ['one of known cost', [done(0.012), waiting], '$0.0120'],
    ['several', [done(0.012), done(0.012), failed], '$0.0240'],
    ['one that cost nothing', [done(0)], '$0.0000'],
    ['one of unknown cost', [done(), waiting], 'cost unknown'],
    ['some of unknown cost', [done(0.012), done(), done()], '$0.0120, and 2 of unknown cost'],
  ];
  for (const [what, items, words] of costs) {
    it(`has the cost of ${what}: ${words ?? 'none'}`, () =>
      assert.equal(batchCostInWords(items), words));
  }

  const ends: [Row[], string][] = [
    [[done(), done()], '2 of 2 images are edited.'],
    [[done(), failed], '1 of 2 images is edited, 1 failed.'],
    [[failed, failed], '0 of 2 images are edited, 2 failed.'],
    [[done(), { state: 'cancelled' }], '1 of 2 images is edited.'],
  ];
  for (const [items, words] of ends) {
    it(`is over: ${words}`, () => assert.equal(overInWords('2 images', items), words));
  }

  it('says how many are not reviewed', () => {
    assert.equal(notReviewedInWords('5 images', 1), '1 edit of 5 images is not reviewed yet.');
    assert.equal(notReviewedInWords('5 images', 3), '3 edits of 5 images are not reviewed yet.');
  });
});
