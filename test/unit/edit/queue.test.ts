// The queue of a batch: how many at once, pause, cancelling the rest, trying the failed once more.
import assert from 'node:assert/strict';
import { Queue, type Outcome } from '../../../src/edit/queue';

interface Begun {
  readonly at: number;
  readonly cancelled: AbortSignal;
  readonly end: (outcome: Outcome) => void;
  readonly fail: (error: unknown) => void;
}

const done = (id: string): Outcome => ({ state: 'done', id });
const failed: Outcome = { state: 'failed', sentence: 'The gateway is down.' };

describe('Queue', () => {
  let begun: Begun[];
  beforeEach(() => (begun = []));

  function queueOf(count: number, atOnce: number): Queue {
    const names = Array.from({ length: count }, (_, at) => `${at}.png`);
    return new Queue(
      names,
      atOnce,
      (at, cancelled) =>
        new Promise((end, fail) => {
          begun.push({ at, cancelled, end, fail });
        }),
    );
  }

  const states = (queue: Queue) => queue.items.map(({ state }) => state).join(' ');
  const order = () => begun.map(({ at }) => at);

  /** Until everything that follows from an ended work has happened. */
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  async function end(which: number, outcome: Outcome): Promise<void> {
    begun[which]!.end(outcome);
    await settled();
  }

  it('begins in order, never more than the limit at once', async () => {
    const queue = queueOf(5, 2);
    queue.start();
    assert.deepEqual(order(), [0, 1]);
    assert.equal(states(queue), 'editing editing waiting waiting waiting');
    await end(1, done('b'));
    assert.deepEqual(order(), [0, 1, 2]);
    assert.equal(states(queue), 'editing done editing waiting waiting');
    assert.equal(queue.items[1]!.id, 'b');
    await end(0, done('a'));
    await end(2, done('c'));
    assert.deepEqual(order(), [0, 1, 2, 3, 4]);
    assert.equal(queue.isOver, false);
    await end(3, done('d'));
    await end(4, done('e'));
    assert.ok(queue.isOver);
  });

  it('begins each once, however often it is started', () => {
    const queue = queueOf(3, 2);
    queue.start();
    queue.start();
    queue.resume();
    assert.deepEqual(order(), [0, 1]);
  });

  it('says of each change, until nobody listens', async () => {
    const queue = queueOf(1, 1);
    const heard: string[] = [];
    const stop = queue.onDidChange(() => heard.push(states(queue)));
    queue.start();
    await end(0, { state: 'done', id: 'a', dollars: 0.01 });
    assert.deepEqual(heard, ['editing', 'done']);
    assert.equal(queue.items[0]!.dollars, 0.01);
    stop();
    queue.resume();
    assert.equal(heard.length, 2);
  });

  it('paused lets those under way end and begins no other, until it is resumed', async () => {
    const queue = queueOf(3, 1);
    queue.start();
    queue.pause();
    assert.ok(queue.isPaused);
    await end(0, done('a'));
    assert.equal(states(queue), 'done waiting waiting');
    assert.equal(queue.isOver, false);
    queue.resume();
    assert.equal(queue.isPaused, false);
    assert.deepEqual(order(), [0, 1]);
  });

  it('cancels the rest: what has not begun never does, what is under way is told', async () => {
    const queue = queueOf(4, 2);
    queue.start();
    await end(0, done('a'));
    queue.pause();
    queue.cancelRest();
    assert.equal(states(queue), 'done editing editing cancelled');
    assert.equal(queue.items[3]!.sentence, 'Nothing was sent.');
    assert.equal(queue.isPaused, false);
    assert.deepEqual(
      begun.map(({ cancelled }) => cancelled.aborted),
      [false, true, true],
    );
    const sentence = 'It may have been charged.';
    await end(1, { state: 'cancelled', sentence });
    // Its answer was faster.
    await end(2, done('c'));
    assert.equal(states(queue), 'done cancelled done cancelled');
    assert.equal(queue.items[1]!.sentence, sentence);
    assert.deepEqual(order(), [0, 1, 2]);
    assert.ok(queue.isOver);
  });

  it('one that fails, in whatever way, fails alone', async () => {
    const queue = queueOf(3, 1);
    queue.start();
    await end(0, failed);
    begun[1]!.fail(new Error('nobody expected this'));
    await settled();
    await end(2, done('c'));
    assert.equal(states(queue), 'failed failed done');
    assert.equal(queue.items[0]!.sentence, 'The gateway is down.');
    assert.equal(queue.items[1]!.sentence, 'nobody expected this');
  });

  it('tries again what failed, and nothing else', async () => {
    const queue = queueOf(4, 4);
    queue.start();
    await end(0, done('a'));
    await end(1, failed);
    await end(2, { state: 'cancelled', sentence: '' });
    await end(3, failed);
    queue.retryFailed();
    assert.deepEqual(order(), [0, 1, 2, 3, 1, 3]);
    assert.equal(states(queue), 'done editing cancelled editing');
    assert.equal(queue.items[1]!.sentence, undefined);
    assert.ok(!begun[4]!.cancelled.aborted);
    await end(4, done('b'));
    await end(5, failed);
    assert.equal(states(queue), 'done done cancelled failed');
  });

  it('takes what is to be tried again in while others are under way, within the limit', async () => {
    const queue = queueOf(3, 1);
    queue.start();
    await end(0, failed);
    queue.retryFailed();
    assert.deepEqual(order(), [0, 1]);
    await end(1, done('b'));
    assert.deepEqual(order(), [0, 1, 0]);
  });

  it('keeps its end for those who wait for it', async () => {
    const queue = queueOf(2, 1);
    let ended = false;
    queue.start();
    const wait = queue.ended().then(() => (ended = true));
    await end(0, done('a'));
    assert.equal(ended, false);
    await end(1, failed);
    await wait;
    await queue.ended();
  });
});
