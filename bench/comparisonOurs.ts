// A script for the picture thread, what to do and two pictures go in as arguments; what a comparison costs there goes to
// the parent.
import { readFileSync } from 'node:fs';
import { identifyPicture } from '../src/picture/identify';
import { PictureWorker } from '../src/picture/pictureWorker';
import { cancelTimes } from './cancelTimes';
import { peak, resetPeak, rest } from './measure';

export type ComparisonTask = 'compare' | 'cancel';

/** Milliseconds. */
const threadLife = 10 * 60_000;

/** Milliseconds each time, and the bytes of the whole process at the highest in the first. */
export interface ComparisonFigures {
  /** Of processors: others that use them do not count. For `cancel`, of the clock. */
  readonly times: readonly number[];
  readonly memory: number;
  /** How many changes are listed. */
  readonly listed: number;
}

const [script, task, originalPath, editedPath, repetitions] = process.argv.slice(2) as [
  string,
  ComparisonTask,
  string,
  string,
  string,
];

const encoded = (path: string) => {
  const bytes = readFileSync(path);
  return { bytes, format: identifyPicture(bytes)!.format };
};

async function measure(): Promise<ComparisonFigures> {
  // Where others use the machine it takes long until nothing is compiled any more: the thread lives on until then.
  const worker = new PictureWorker(script, threadLife);
  const edited = encoded(editedPath);
  const original = await worker.run({ type: 'decode', encoded: encoded(originalPath) });
  const compare = (signal?: AbortSignal) =>
    worker.run(
      {
        type: 'compare',
        ...{ original, edited, align: true, fit: 'Stretch', transparency: 'original' },
        threshold: 0.06,
      },
      signal,
    );
  const count = Number(repetitions);
  try {
    if (task === 'cancel') {
      const ready = () => worker.run({ type: 'decode', encoded: encoded(originalPath) });
      return { times: await cancelTimes(worker, compare, ready, count), memory: 0, listed: 0 };
    }
    resetPeak();
    const { changes } = await compare();
    const memory = peak();
    const times: number[] = [];
    while (times.length < count) {
      await rest();
      const before = process.cpuUsage();
      await compare();
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
    const listed = changes.changes.filter(({ minor }) => !minor).length;
    return { times, memory, listed };
  } finally {
    worker.dispose();
  }
}

void measure().then((figures) => {
  process.send?.(figures);
  process.disconnect();
});
