// A batch goes in: the gateway's origin, a picture's path, the journal's folder and how many images; the bytes of memory that
// it takes at its peak above what was there before come out, as a message. For a process that does nothing else.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Queue } from '../src/edit/queue';
import { peak, resetPeak, rest } from './measure';
import { contestantOf } from './serviceLayer';

/** As many as the setting allows. */
const atOnce = 10;

const [origin = '', path = '', folder = '', count = ''] = process.argv.slice(2);
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

void (async () => {
  // What a batch loads and V8 compiles is there before.
  await edit(2);
  await rest();
  const idle = resetPeak();
  await edit(Number(count));
  process.send?.(peak() - idle);
  process.disconnect();
})();
