// The waits between the tries of an edit: what its panel and its notification say of them, second by second.
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Wait } from '../../../src/compare/protocol';
import { Waits } from '../../../src/edit/waits';
import { EditError, type Reason } from '../../../src/gateway/errors';

const begin = 1_000_000;

function refused(reason: Reason): EditError {
  return new EditError('Not now.', { reason, charge: 'none' });
}

describe('the waits of an edit', () => {
  let shown: (Wait | undefined)[];
  let messages: (string | undefined)[];
  let waits: Waits;

  beforeEach(() => {
    mock.timers.enable({ apis: ['Date', 'setInterval'], now: begin });
    shown = [];
    messages = [];
    waits = new Waits((wait) => shown.push(wait), {
      report: ({ message }) => messages.push(message),
    });
  });
  afterEach(() => {
    waits.dispose();
    mock.timers.reset();
  });

  /** In steps as a clock goes: what is due in between has its turn. */
  function pass(seconds: number): void {
    for (let step = 0; step < seconds * 4; step++) mock.timers.tick(250);
  }

  it('are nothing where the first request is taken', () => {
    waits.endOne();
    pass(60);
    assert.deepEqual([shown, messages], [[], []]);
  });

  it('count down in steps of five seconds, and end when the next request goes out', () => {
    waits.endOne();
    waits.beginOne(12_000, refused('rateLimit'));
    const why = 'The gateway is busy';
    assert.deepEqual(shown, [{ why, until: begin + 12_000 }]);
    assert.deepEqual(messages, ['The gateway is busy: trying again in 12 s']);
    pass(1.75);
    assert.equal(messages.length, 1);
    pass(0.25);
    assert.equal(messages.at(-1), 'The gateway is busy: trying again in 10 s');
    pass(10);
    assert.deepEqual(messages.slice(1), [
      'The gateway is busy: trying again in 10 s',
      'The gateway is busy: trying again in 5 s',
      'The gateway is busy: trying again in 0 s',
    ]);
    // The panel counts for itself.
    assert.equal(shown.length, 1);
    waits.endOne();
    assert.deepEqual(shown.slice(1), [undefined]);
    assert.deepEqual(messages.slice(4), ['']);
    pass(30);
    assert.equal(messages.length, 5);
  });

  const words: [number, Reason, string][] = [
    [1, 'rateLimit', 'The gateway is busy: trying again in 1 s'],
    [59_001, 'gateway', 'The gateway is busy: trying again in 1 min 0 s'],
    [125_000, 'rateLimit', 'The gateway is busy: trying again in 2 min 5 s'],
    [2000, 'unreachable', 'The gateway cannot be reached: trying again in 2 s'],
  ];
  for (const [milliseconds, reason, message] of words) {
    it(`of ${milliseconds} ms after ${reason}: ${message}`, () => {
      waits.endOne();
      waits.beginOne(milliseconds, refused(reason));
      assert.deepEqual(messages, [message]);
      assert.equal(shown[0]?.why, message.split(':')[0]);
    });
  }

  it('of several requests are one: it ends when the last of them goes out', () => {
    waits.endOne();
    waits.endOne();
    waits.beginOne(10_000, refused('rateLimit'));
    waits.beginOne(4000, refused('unreachable'));
    // The last one to be sent counts.
    assert.deepEqual(shown.at(-1), {
      why: 'The gateway cannot be reached',
      until: begin + 10_000,
    });
    pass(4);
    waits.endOne();
    assert.equal(shown.length, 2);
    pass(1);
    assert.equal(messages.at(-1), 'The gateway cannot be reached: trying again in 5 s');
    pass(5);
    waits.endOne();
    assert.deepEqual(shown.slice(2), [undefined]);
    assert.equal(messages.at(-1), '');
  });

  it('begin from the clock again after an earlier one has ended', () => {
    waits.endOne();
    waits.beginOne(10_000, refused('rateLimit'));
    waits.endOne();
    waits.beginOne(3000, refused('rateLimit'));
    assert.equal(shown.at(-1)?.until, begin + 3000);
  });

  it('say nothing any more once the edit is cancelled', () => {
    waits.endOne();
    waits.beginOne(20_000, refused('rateLimit'));
    waits.dispose();
    pass(30);
    assert.equal(messages.length, 1);
    assert.equal(shown.length, 1);
  });

  it('know what the edit may have cost: nothing as long as every request was turned away', () => {
    assert.equal(waits.charge, 'none');
    waits.endOne();
    assert.equal(waits.charge, 'unknown');
    waits.beginOne(1000, refused('rateLimit'));
    assert.equal(waits.charge, 'none');
    waits.endOne();
    assert.equal(waits.charge, 'unknown');
  });

  it('know so of several requests: one that was turned away makes up for no other', () => {
    waits.endOne();
    waits.endOne();
    waits.beginOne(1000, refused('rateLimit'));
    assert.equal(waits.charge, 'unknown');
  });

  it('need no notification', () => {
    const alone = new Waits((wait) => shown.push(wait), undefined);
    alone.endOne();
    alone.beginOne(1000, refused('rateLimit'));
    pass(1);
    alone.endOne();
    assert.deepEqual(shown, [{ why: 'The gateway is busy', until: begin + 1000 }, undefined]);
  });
});
