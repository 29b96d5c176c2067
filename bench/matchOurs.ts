// What to do and two pictures go in as arguments; how long Retouch takes for it, and how much memory, goes to the parent.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { identifyPicture } from '../src/picture/identify';
import { headOf } from '../src/picture/originalHead';
import { PictureWorker } from '../src/picture/pictureWorker';
import { cancelTimes } from './cancelTimes';
import { peak } from './measure';

const [task, originalPath, editedPath, repetitions] = process.argv.slice(2) as [
  MatchTask,
  string,
  string,
  string,
];

export type MatchTask = 'match' | 'cold' | 'cancel';

/** Milliseconds each time, and the bytes at the highest after the first time, of the whole process. */
export interface MatchFigures {
  readonly times: readonly number[];
  readonly memory: number;
  /** Bytes of the picture that came out. */
  readonly size: number;
}

const encoded = (path: string) => {
  const bytes = readFileSync(path);
  return { bytes, format: identifyPicture(bytes)!.format };
};
const script = resolve('dist/pictureThread.js');
const worker = new PictureWorker(script);
const original = encoded(originalPath);
const edited = encoded(editedPath);
const match = (signal?: AbortSignal) =>
  worker.run({ type: 'match', original: headOf(original), edited }, signal);

async function measureMatch(): Promise<MatchFigures> {
  const { bytes } = await match();
  const memory = peak();
  const times: number[] = [];
  while (times.length < Number(repetitions)) {
    const begun = performance.now();
    await match();
    times.push(performance.now() - begun);
  }
  return { times, memory, size: bytes.byteLength };
}

/** From nothing to the pixels of the answer. */
async function measureCold(): Promise<MatchFigures> {
  const begun = performance.now();
  const { pixels } = await worker.run({ type: 'decode', encoded: edited });
  return { times: [performance.now() - begun], memory: peak(), size: pixels.byteLength };
}

async function measureCancel(): Promise<MatchFigures> {
  const ready = () => worker.run({ type: 'decode', encoded: edited });
  const times = await cancelTimes(worker, match, ready, Number(repetitions));
  return { times, memory: peak(), size: 0 };
}

const tasks = { match: measureMatch, cold: measureCold, cancel: measureCancel };

void tasks[task]().then((figures) => {
  process.send?.(figures);
  worker.dispose();
  process.disconnect();
});
