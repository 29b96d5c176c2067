// What the compare panel says of its state, and which messages it takes for one.
import assert from 'node:assert/strict';
import type {
  Comparison,
  PanelState,
  PictureFacts,
  RoundFacts,
} from '../../../src/compare/protocol';
import { shareInWords } from '../../../src/compare/shareInWords';
import { defaultThreshold } from '../../../src/picture/changes';
import { cropOf, quietBox } from '../../../src/webview/changeCrop';
import { readMessage } from '../../../src/webview/readMessage';
import {
  autoThreshold,
  positionOf,
  thresholdAt,
  thresholdInWords,
} from '../../../src/webview/thresholdSlider';
import {
  alignedInWords,
  changeInWords,
  minorInWords,
  onlyInWords,
  partialInWords,
  placeInWords,
  statusInWords,
  summaryInWords,
  waitInWords,
  zoomInWords,
} from '../../../src/webview/words';

const facts: PictureFacts = { format: 'PNG', width: 1536, height: 1024, byteLength: 1000 };
const round: RoundFacts = {
  instruction: 'invert it',
  model: 'openai/gpt-image-2',
  references: [],
  askedFor: 1,
};
const editing: PanelState = {
  fileName: 'photo.jpg',
  rounds: [round],
  phase: 'editing',
  startedAt: 0,
  now: 1000,
  original: facts,
  versions: [],
  shown: 0,
};
const review = (
  versions: number,
  more: Partial<PanelState> = {},
  asked: Partial<RoundFacts> = {},
): PanelState => ({
  ...editing,
  phase: 'review',
  rounds: [{ ...round, elapsed: 12_000, ...asked }],
  versions: Array.from({ length: versions }, (_, number) => ({
    ...{ ...facts, id: `job/${number}`, round: 0, saved: false },
  })),
  ...more,
});

const comparison = (changes: number, more: Partial<Comparison> = {}): Comparison => ({
  version: 0,
  busy: false,
  threshold: 0.1,
  changes: Array.from({ length: changes }, () => ({
    box: { x: 0, y: 0, width: 10, height: 10 },
    share: 0.0205,
    minor: false,
    kept: true,
  })),
  changedShare: changes * 0.0205,
  alignment: { on: true },
  ...more,
});

const overall = { words: 'Overall: warmer', kept: true };

const withMinor = (listed: number, minor: number, more: Partial<Comparison> = {}): Comparison => {
  const { changes } = comparison(listed + minor);
  return comparison(0, {
    changes: changes.map((change, at) => (at < listed ? change : { ...change, minor: true })),
    changedShare: (listed + minor) * 0.0205,
    ...more,
  });
};

describe('the panel’s status line', () => {
  const size = '1536 × 1024, as the original';
  const cases: [what: string, state: PanelState, words: string][] = [
    ['one picture', review(1), `Edited in 12 s · ${size}`],
    [
      'tokens and cost',
      review(1, {}, { usage: '7 tokens' }),
      `Edited in 12 s · ${size} · 7 tokens`,
    ],
    [
      'several pictures',
      review(3, { shown: 1 }, { askedFor: 3 }),
      `Edited in 12 s · 2 of 3 pictures · ${size}`,
    ],
    [
      'fewer than asked',
      review(3, {}, { askedFor: 4 }),
      `Edited in 12 s · 1 of 3 pictures · asked for 4, got 3 · ${size}`,
    ],
    [
      'one of several',
      review(1, {}, { askedFor: 4 }),
      `Edited in 12 s · asked for 4, got 1 · ${size}`,
    ],
    [
      'more than asked',
      review(2),
      `Edited in 12 s · 1 of 2 pictures · asked for 1, got 2 · ${size}`,
    ],
    [
      'a saved one',
      review(
        2,
        {
          versions: [
            { ...facts, id: 'job/0', round: 0, saved: true },
            { ...facts, id: 'job/1', round: 0, saved: false },
          ],
        },
        { askedFor: 2 },
      ),
      `Edited in 12 s · 1 of 2 pictures · saved · ${size}`,
    ],
    [
      'changes',
      review(1, { comparison: comparison(2) }),
      `Edited in 12 s · ${size} · 2 changes, 4.1 % of the picture`,
    ],
    [
      'changes that nobody asked for',
      review(1, { comparison: comparison(1, { outsideShare: 0.004 }) }, { usage: '7 tokens' }),
      `Edited in 12 s · ${size} · 1 change, 2.1 % of the picture · changed outside the region: 0.4 % · 7 tokens`,
    ],
    [
      'a picture that is the same',
      review(1, { comparison: comparison(0) }),
      `Edited in 12 s · ${size} · no changes`,
    ],
    [
      'minor differences beside changes',
      review(1, { comparison: withMinor(2, 7) }),
      `Edited in 12 s · ${size} · 2 changes, 4.1 % of the picture · 7 minor differences`,
    ],
    [
      'nothing but a minor difference',
      review(1, { comparison: withMinor(0, 1) }),
      `Edited in 12 s · ${size} · 1 minor difference`,
    ],
    [
      'nothing but the overall colour',
      review(1, { comparison: comparison(0, { overall }) }),
      `Edited in 12 s · ${size} · overall colour`,
    ],
    [
      'the overall colour beside a change',
      review(1, { comparison: comparison(1, { overall }) }),
      `Edited in 12 s · ${size} · overall colour · 1 change, 2.1 % of the picture`,
    ],
    [
      'a picture that is redrawn as a whole',
      review(1, { comparison: comparison(1, { redrawn: true }) }),
      `Edited in 12 s · ${size} · redrawn as a whole`,
    ],
    [
      'a comparison under way',
      review(1, { comparison: comparison(0, { busy: true }) }),
      `Edited in 12 s · ${size} · comparing…`,
    ],
    [
      'two files that exist',
      review(1, { readOnly: { original: 'HEAD', edited: 'Working Tree' }, rounds: [] }),
      `HEAD and Working Tree · ${size}`,
    ],
    [
      'one of two rounds',
      review(1, {
        shown: 1,
        rounds: [round, { ...round, elapsed: 3000, startedFrom: 0, usage: '9 tokens' }],
        versions: [0, 1].map((at) => ({ ...facts, id: `${at}/0`, round: at, saved: false })),
      }),
      `Edited in 3 s · version 2 · ${size} · 9 tokens`,
    ],
    [
      'one of several that are reviewed',
      review(1, { queue: { position: 3, count: 12 } }),
      `3 of 12 · Edited in 12 s · ${size}`,
    ],
    ['an edit', editing, 'Editing with openai/gpt-image-2…'],
    [
      'a partial picture',
      { ...editing, partial: { ...facts, number: 2, askedFor: 3 } },
      'Editing with openai/gpt-image-2… · Partial 2 of 3',
    ],
    [
      'a wait',
      { ...editing, wait: { why: 'The gateway is busy', until: 13_000 } },
      'The gateway is busy: trying again',
    ],
  ];
  for (const [what, state, words] of cases) {
    it(`tells of ${what}`, () => {
      assert.equal(statusInWords(state), words);
      assert.deepEqual(readMessage({ type: 'state', state }), { type: 'state', state });
    });
  }

  it('counts partial pictures that nobody asked for without an end', () => {
    assert.equal(partialInWords({ ...facts, number: 2 }), 'Partial 2');
    assert.equal(partialInWords({ ...facts, number: 4, askedFor: 3 }), 'Partial 4');
  });

  it('counts a wait down in whole seconds, never below none', () => {
    const waits: [milliseconds: number, words: string][] = [
      [245_000, 'in 4 min 5 s'],
      [12_000, 'in 12 s'],
      [11_001, 'in 12 s'],
      [400, 'in 1 s'],
      [-50, 'in 0 s'],
    ];
    for (const [milliseconds, words] of waits) assert.equal(waitInWords(milliseconds), words);
  });
});

describe('the panel’s numbers', () => {
  it('are never more or less than they are', () => {
    const shares: [share: number, words: string][] = [
      [0, '0 %'],
      [0.00001, 'less than 0.1 %'],
      [0.0321, '3.2 %'],
      [0.99999, '99.9 %'],
      [1, '100 %'],
    ];
    for (const [share, words] of shares) assert.equal(shareInWords(share), words);
    assert.equal(zoomInWords(0.0525), '5.3 %');
    assert.equal(zoomInWords(32), '3200 %');
  });
});

describe('the panel’s words for changes', () => {
  it('name the third of the picture that the middle of a change is in', () => {
    const size = { width: 900, height: 600 };
    const places = [0, 300, 600].flatMap((top) =>
      [0, 300, 600].map((left) =>
        placeInWords({ x: left + 100, y: (top * 2) / 3 + 50, width: 100, height: 100 }, size),
      ),
    );
    assert.deepEqual(places, [
      ...['top left', 'top', 'top right'],
      ...['left', 'centre', 'right'],
      ...['bottom left', 'bottom', 'bottom right'],
    ]);
    // One that reaches over all of it, and one that only touches the next third.
    assert.equal(placeInWords({ x: 0, y: 0, ...size }, size), 'centre');
    assert.equal(placeInWords({ x: 200, y: 0, width: 150, height: 100 }, size), 'top left');
    assert.equal(placeInWords({ x: 900, y: 600, width: 0, height: 0 }, size), 'bottom right');
    assert.equal(changeInWords(1, 'top left', 0.04), 'Change 2, top left, 4 % of the picture');
    assert.equal(minorInWords(7), 'Minor differences (7)');
  });

  it('sum up what is listed, and say what is rejected', () => {
    const rejected = { ...overall, kept: false };
    const cases: [comparison: Comparison, words: string][] = [
      [comparison(0), 'Nothing that counts has changed.'],
      [comparison(0, { busy: true }), ''],
      [comparison(0, { overall }), 'Only the overall colour has changed'],
      [comparison(0, { overall: rejected }), 'Only the overall colour has changed, 1 rejected'],
      [withMinor(2, 3), '4.1 % of the picture'],
      [withMinor(0, 2), 'Minor differences only, 4.1 % of the picture'],
      [
        withMinor(0, 2, { overall }),
        'Overall colour and minor differences only, 4.1 % of the picture',
      ],
      [withMinor(1, 1, { outsideShare: 0.02 }), '2.1 % of the picture, outside the region 2 %'],
    ];
    for (const [found, words] of cases) assert.equal(summaryInWords(found), words);
    assert.equal(onlyInWords(1), 'Only change 2 is kept');
  });

  it('say what `Align` has done', () => {
    const cases: [...Parameters<typeof alignedInWords>, words: string][] = [
      [{ on: true }, false, 'The edited picture lies exactly on the original.'],
      [{ on: true }, true, ''],
      [{ on: false }, false, 'The edited picture lies as it came.'],
      [{ on: true, words: 'scaled to 99.4 %' }, true, 'The edited picture was scaled to 99.4 %.'],
    ];
    for (const [alignment, busy, words] of cases)
      assert.equal(alignedInWords(alignment, busy), words);
  });
});

describe('the small picture of a change', () => {
  const size = { width: 1000, height: 500 };

  it('is a square around it', () => {
    const crop = cropOf({ x: 400, y: 200, width: 100, height: 40 }, size);
    assert.deepEqual(crop, { x: 385, y: 155, width: 130, height: 130 });
  });

  it('stays in the picture, and is never so small that nothing can be seen', () => {
    assert.deepEqual(cropOf({ x: 995, y: 0, width: 4, height: 4 }, size), {
      ...{ x: 968, y: 0, width: 32, height: 32 },
    });
    assert.deepEqual(cropOf({ x: 0, y: 0, ...size }, size), { x: 0, y: 0, ...size });
    assert.deepEqual(cropOf({ x: 300, y: 0, width: 100, height: 500 }, size), {
      ...{ x: 25, y: 0, width: 650, height: 500 },
    });
  });

  it('shows the overall colour where nothing else has changed, near the middle', () => {
    const half = { width: 250, height: 250 };
    assert.deepEqual(quietBox(size, []), { x: 375, y: 125, ...half });
    const inTheMiddle = { x: 300, y: 0, width: 400, height: 500 };
    assert.deepEqual(quietBox(size, [inTheMiddle]), { x: 0, y: 125, ...half });
    // All of it has changed but a corner.
    const left = { x: 0, y: 0, width: 740, height: 500 };
    const bottom = { x: 700, y: 260, width: 300, height: 240 };
    assert.deepEqual(quietBox(size, [left, bottom]), { x: 750, y: 0, ...half });
    assert.deepEqual(quietBox({ width: 1, height: 1 }, []), { x: 0, y: 0, width: 1, height: 1 });
  });
});

describe('the threshold’s slider', () => {
  it('has the default in its middle, and says so', () => {
    assert.equal(autoThreshold, defaultThreshold);
    assert.equal(thresholdAt(50), defaultThreshold);
    assert.equal(positionOf(defaultThreshold), 50);
    assert.equal(thresholdInWords(defaultThreshold), 'Auto');
  });

  it('goes from any difference to none, and every position is its own', () => {
    assert.deepEqual([thresholdAt(0), thresholdAt(100)], [0, 1]);
    assert.deepEqual([positionOf(0), positionOf(1)], [0, 100]);
    for (let position = 0; position < 100; position++) {
      assert.ok(thresholdAt(position) < thresholdAt(position + 1), `${position}`);
      assert.equal(positionOf(thresholdAt(position)), position);
      if (position !== 50) assert.match(thresholdInWords(thresholdAt(position)), / %$/);
    }
  });
});

describe('the panel’s messages', () => {
  it('are refused where they are none', () => {
    const state = review(2);
    for (const wrong of [
      { ...state, versions: undefined },
      { ...state, versions: [{ ...facts }] },
      { ...state, shown: -1 },
      { ...state, partial: facts },
      { ...state, wait: { why: 'busy' } },
      { ...state, comparison: { ...comparison(1), changes: [{ share: 1, kept: true }] } },
      { ...state, comparison: { ...comparison(1), alignment: undefined } },
      { ...state, comparison: { ...comparison(1), overall: { words: 'Overall: warmer' } } },
      { ...state, comparison: { ...comparison(1), overall: { ...overall, fixed: true } } },
      { ...state, comparison: { ...comparison(1), redrawn: 'yes' } },
      {
        ...state,
        comparison: {
          ...comparison(1),
          changes: [{ ...comparison(1).changes[0], minor: undefined }],
        },
      },
      { ...state, matching: { on: true, fit: 'cover' } },
      { ...state, readOnly: { original: 'HEAD' } },
      { ...state, queue: { position: 1 } },
    ])
      assert.equal(readMessage({ type: 'state', state: wrong }), undefined);
    const bytes = new ArrayBuffer(1);
    const size = { width: 2, height: 3 };
    const heat = { type: 'heat', version: 0, raw: false, ...size, values: new ArrayBuffer(6) };
    assert.ok(readMessage(heat));
    assert.equal(readMessage({ ...heat, values: new ArrayBuffer(5) }), undefined);
    assert.equal(readMessage({ ...heat, width: 0, values: new ArrayBuffer(0) }), undefined);
    for (const name of ['original', 'partial', 'preview', 0, 9])
      assert.ok(readMessage({ type: 'picture', name, mime: 'image/png', bytes }));
    for (const name of ['edited', -1, undefined, Number.NaN])
      assert.equal(readMessage({ type: 'picture', name, mime: 'image/png', bytes }), undefined);
  });
});
