// A picture thread and a job go in; how long the thread takes to be free whenever the job is cancelled comes out.
import { setTimeout as delay } from 'node:timers/promises';
import type { PictureWorker } from '../src/picture/pictureWorker';

/**
 * Until the thread is free for something else, or gone: milliseconds, for cancellations spread over the job's whole time.
 * @param ready makes sure of a thread that is there, as the last one may have had to go
 */
export async function cancelTimes(
  worker: PictureWorker,
  job: (signal?: AbortSignal) => Promise<unknown>,
  ready: () => Promise<unknown>,
  count: number,
): Promise<number[]> {
  const begun = performance.now();
  await job();
  await job();
  const whole = (performance.now() - begun) / 2;
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    await ready();
    const given = new AbortController();
    const running = job(given.signal).then(
      () => undefined,
      () => undefined,
    );
    await delay((whole * (index + 0.5)) / (count + 1));
    const cancelled = performance.now();
    given.abort();
    await running;
    while (worker.isBusy) await delay(1);
    times.push(performance.now() - cancelled);
  }
  return times;
}
