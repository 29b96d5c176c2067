// What a contestant does goes in; how long it took, how much memory, and what it kept waiting come out: for a
// process that does nothing else.
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Figures } from './judge';

/** What a contestant is asked to do. */
export type Job = 'uploadJson' | 'uploadMultipart' | 'answerImages' | 'answerChat';

/** The picture that came, or how many bytes went over where nobody looks for a picture. */
export type Outcome = Uint8Array | number;

/** One client. Each job makes one request at `baseUrl`, and ends when its answer is read. */
export type Contestant = Readonly<
  Record<Job, (baseUrl: string, picture: Buffer) => Promise<Outcome>>
>;

/** What is sent where only the answer counts. */
const tinyPicture = Buffer.from('89504e470d0a1a0a', 'hex');

/**
 * The whole life of a process of the bench. A few tiny requests first: what a library loads and V8 compiles at the first
 * use is over then, for all contestants. Then the job, as often as the arguments say, and the figures of each time.
 * Only the first ones say what memory it takes: later ones find it taken already.
 */
export async function compete(contestant: Contestant): Promise<void> {
  const [job, origin, path, repetitions] = process.argv.slice(2) as [Job, string, string, string];
  const uploads = job.startsWith('upload');
  // In memory before the clock starts, as it is in the extension, which shows it.
  const sent = uploads ? readFileSync(path) : tinyPicture;
  const work = (size: string, picture: Buffer) => contestant[job](`${origin}/${size}/v1`, picture);
  for (let count = 0; count < 3; count++) await work('tiny', tinyPicture);
  const figures: Figures[] = [];
  while (figures.length < Number(repetitions)) {
    await rest();
    const { outcome, ...measured } = await measure(() =>
      work(uploads ? 'tiny' : basename(path), sent),
    );
    checkOutcome(outcome, uploads ? sent : readFileSync(path));
    figures.push(measured);
  }
  process.send?.(figures);
  process.disconnect();
}

/** Until the process does nothing any more: V8 goes on compiling in the background. */
export async function rest(): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    const before = process.cpuUsage();
    await delay(60);
    const { user, system } = process.cpuUsage(before);
    quiet = user + system < 2000 ? quiet + 1 : 0;
  }
}

async function measure(work: () => Promise<Outcome>): Promise<Figures & { outcome: Outcome }> {
  const idle = resetPeak();
  const stopWatching = watchStalls();
  const begun = performance.now();
  const outcome = await work();
  const time = performance.now() - begun;
  return { time, stall: stopWatching(), memory: peak() - idle, outcome };
}

/** A contestant that loses bytes on the way wins nothing. */
function checkOutcome(outcome: Outcome, picture: Buffer): void {
  if (typeof outcome === 'number') assert.ok(outcome >= picture.byteLength, 'bytes are missing');
  else assert.ok(picture.equals(outcome), 'not the picture that was sent');
}

/**
 * Starts to watch the event loop. The function it gives ends that, and says the longest gap in milliseconds. On
 * Linux, time in which this thread could have run and others had the processors does not count.
 */
export function watchStalls(): () => number {
  const queue = watchQueue();
  let longest = 0;
  let last = performance.now() - queue.waited();
  const look = () => {
    const now = performance.now() - queue.waited();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    queue.close();
    return longest;
  };
}

/** `waited` gives the milliseconds that this thread has so far waited for a processor; 0 where nobody counts. */
export function watchQueue(): { waited: () => number; close: () => void } {
  let file: number;
  try {
    file = openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return { waited: () => 0, close: () => undefined };
  }
  const text = Buffer.alloc(80);
  return {
    waited: () => {
      const length = readSync(file, text, 0, text.length, 0);
      // Nanoseconds run, nanoseconds waited, times run.
      return Number(text.toString('latin1', 0, length).split(' ')[1]) / 1e6;
    },
    close: () => closeSync(file),
  };
}

/** Bytes of resident memory now; from here on the peak is counted anew. */
export function resetPeak(): number {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
  return process.memoryUsage.rss();
}

/** Bytes of resident memory at the highest. Elsewhere than on Linux the peak is that of the process's whole life. */
export function peak(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const status = readFileSync('/proc/self/status', 'latin1');
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1]) * 1024;
}
