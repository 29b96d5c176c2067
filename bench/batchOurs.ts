// Batches go in: the gateway's origin, a picture's path, the journal's folder, how many images each has and how many of them
// there are, one after the other; what memory that takes at its peak above what was there before comes out, as a message.
// For a process that does nothing else, started with `--expose-gc`.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Queue } from '../src/edit/queue';
import { peak, resetPeak, rest } from './measure';
import { contestantOf } from './serviceLayer';

/** Bytes. */
export interface BatchFigures {
  /** What is in use: the heap and the buffers outside of it, once what nobody needs is collected. */
  readonly held: number;
  /** Resident memory of the process. */
  readonly resident: number;
}

/** Milliseconds between two looks at what is held. */
const pause = 25;

/** As many as the setting allows. */
const atOnce = 10;

const [origin = '', path = '', folder = '', count = '', batches = ''] = process.argv.slice(2);
const contestant = contestantOf(folder);

/** Each is read from the disk when its turn comes, sent, and kept with its answer in the journal. */
async function edit(images: number): Promise<void> {
  const names = Array.from({ length: images }, (_, at) => String(at));
  const queue = new Queue(names, atOnce, async () => {
    const original = await readFile(path);
    const edited = await contestant.answerImages(`${origin}/${basename(path)}/v1`, original);
    assert.ok(
      typeof edited !== 'number' && original.equals(edited),
      'not the picture that was sent',
    );
    return { state: 'done', id: '' };
  });
  queue.start();
  await queue.ended();
  assert.deepEqual(
    queue.items.filter(({ state }) => state !== 'done'),
    [],
  );
}

/** What it gives ends that, and says the most that was held at any look. */
function watchHeld(): () => number {
  const looks: number[] = [];
  const timer = setInterval(() => looks.push(heldNow()), pause);
  return () => {
    clearInterval(timer);
    assert.ok(looks.length > 0, 'over before anybody looked');
    return Math.max(...looks);
  };
}

function heldNow(): number {
  assert.ok(globalThis.gc, 'to be started with --expose-gc');
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

void (async () => {
  // What a batch loads and V8 compiles is there before.
  await edit(2);
  await rest();
  const [before, idle] = [heldNow(), resetPeak()];
  const stopWatching = watchHeld();
  for (let batch = 0; batch < Number(batches); batch++) await edit(Number(count));
  const figures: BatchFigures = { held: stopWatching() - before, resident: peak() - idle };
  process.send?.(figures);
  process.disconnect();
})();
