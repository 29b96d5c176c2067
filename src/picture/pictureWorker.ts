// Work on pixels goes in, its result comes out; done in a thread of its own that lives only while there is work.
import { Worker } from 'node:worker_threads';
import type { Answer, Equipment, Job, Question, Results } from './jobs';
import { PictureError } from './pictureError';

/** `later`: a job that nobody waits for before their eyes. It lets every other one go first, also where it has begun. */
export type Urgency = 'now' | 'later';

interface Waiting {
  readonly job: Job;
  readonly urgency: Urgency;
  /** See Question. */
  readonly stop: Int32Array;
  /** Nobody waits for it any more, or it is to begin anew when the others are done. */
  ends?: 'given up' | 'put off';
  settle(answer: Answer): void;
  fail(error: unknown): void;
}

/** Milliseconds in which a job that is to stop may do so by itself. Few steps of libvips take longer, and none is short. */
const graceTime = 50;

/** Milliseconds. The memory of a wasm module never shrinks, so it is given back when nobody needs it. */
const idleTime = 30_000;

/**
 * One job at a time; the others wait. The thread starts with the first job, within about a second, and ends when
 * there was none for a while, when a job is cancelled that does not stop by itself, and with `dispose`. There are
 * never two of them: what one holds is a lot of memory.
 */
export class PictureWorker {
  private thread: Worker | undefined;
  /** Whether the thread reads and writes AVIF. */
  private readsHeif = false;
  /** Settles when the thread before is gone. */
  private leaving: Promise<unknown> | undefined;
  private readonly waiting: Waiting[] = [];
  private current: Waiting | undefined;
  private idle: NodeJS.Timeout | undefined;
  private lastId = 0;

  /** @param script path of the built pictureThread.ts, with wasm-vips beside it */
  constructor(
    private readonly script: string,
    private readonly idleMs = idleTime,
  ) {}

  /** Whether the thread lives, and with it the memory it uses. */
  get isRunning(): boolean {
    return this.thread !== undefined;
  }

  /** Whether another job would have to wait: one runs, or has been cancelled and is not over yet. */
  get isBusy(): boolean {
    return this.current !== undefined || this.leaving !== undefined;
  }

  /**
   * @param urgency a job for `later` begins anew where it has to make way
   * @throws PictureError where the picture cannot be worked on
   * @throws the signal's reason as soon as it is aborted; what the thread was doing ends soon after
   */
  run<Type extends Job['type']>(
    job: Job & { readonly type: Type },
    signal?: AbortSignal,
    urgency: Urgency = 'now',
  ): Promise<Results[Type]> {
    if (signal?.aborted) return Promise.reject(reasonOf(signal));
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        job,
        urgency,
        stop: new Int32Array(new SharedArrayBuffer(4)),
        settle: (answer) => {
          signal?.removeEventListener('abort', abort);
          if ('problem' in answer) reject(new PictureError(answer.problem));
          else if ('result' in answer) resolve(answer.result as Results[Type]);
        },
        fail: (error) => {
          signal?.removeEventListener('abort', abort);
          reject(error instanceof Error ? error : new PictureError(String(error)));
        },
      };
      const abort = () => {
        const place = this.waiting.indexOf(waiting);
        if (place >= 0) this.waiting.splice(place, 1);
        waiting.fail(reasonOf(signal!));
        if (this.current === waiting) this.stop(waiting);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.waiting.push(waiting);
      if (urgency === 'now') this.putOff();
      this.next();
    });
  }

  /** Ends the thread; jobs that wait are given up. */
  dispose(): void {
    const given = [this.current, ...this.waiting.splice(0)];
    this.end();
    for (const waiting of given) waiting?.fail(new PictureError('Retouch is being closed.'));
  }

  private next(): void {
    if (this.current || this.leaving) return;
    const waiting = this.waiting.find(({ urgency }) => urgency === 'now') ?? this.waiting[0];
    if (!waiting) return;
    clearTimeout(this.idle);
    const needed = needsHeif(waiting.job);
    // What a thread has loaded when it starts is all that it ever has.
    if (this.thread && needed && !this.readsHeif) return this.end();
    this.waiting.splice(this.waiting.indexOf(waiting), 1);
    this.current = waiting;
    const id = ++this.lastId;
    let thread: Worker;
    try {
      thread = this.thread ??= this.start(needed);
    } catch (error) {
      this.current = undefined;
      waiting.fail(error);
      return this.next();
    }
    thread.ref();
    const listener = (answer: Answer) => {
      if (answer.id !== id) return;
      thread.off('message', listener);
      this.current = undefined;
      if ('stopped' in answer && waiting.ends === 'put off') this.again(waiting);
      else waiting.settle(answer);
      this.rest();
      this.next();
    };
    thread.on('message', listener);
    const { job, stop } = waiting;
    thread.postMessage({ id, job, stop } satisfies Question);
  }

  /** What has time makes way. Its thread stays: starting another one would take longer than a step of the job does. */
  private putOff(): void {
    const { current } = this;
    if (current?.urgency !== 'later' || current.ends) return;
    current.ends = 'put off';
    Atomics.store(current.stop, 0, 1);
  }

  /** What had to make way is the first of those that have time. */
  private again(waiting: Waiting): void {
    delete waiting.ends;
    Atomics.store(waiting.stop, 0, 0);
    this.waiting.unshift(waiting);
  }

  /** Lets the job end by itself, so that the thread lives on; ends the thread where that takes too long. */
  private stop(waiting: Waiting): void {
    waiting.ends = 'given up';
    Atomics.store(waiting.stop, 0, 1);
    setTimeout(() => {
      if (this.current === waiting) this.end();
    }, graceTime).unref();
  }

  private start(heif: boolean): Worker {
    const workerData: Equipment = { heif };
    const thread = new Worker(this.script, { name: 'retouch-pictures', workerData });
    this.readsHeif = heif;
    let cause = '';
    thread.on('error', (error: Error) => (cause = error.message));
    // By itself only when memory runs out or something in it is broken.
    thread.on('exit', (code) => {
      if (this.thread !== thread) return;
      this.current?.fail(
        new PictureError(`Retouch could not work on it (${cause || `exit code ${code}`}).`),
      );
      this.end();
    });
    return thread;
  }

  /** Nothing to do: keeps nobody from ending, and ends after a while. */
  private rest(): void {
    this.thread?.unref();
    this.idle = setTimeout(() => this.end(), this.idleMs).unref();
  }

  private end(): void {
    clearTimeout(this.idle);
    const { thread } = this;
    this.thread = undefined;
    this.current = undefined;
    if (!thread) return this.next();
    const leaving = thread.terminate().finally(() => {
      this.leaving = undefined;
      this.next();
    });
    this.leaving = leaving;
  }
}

/** AVIF is rare, and what reads it takes a third of the time that a thread needs to start. */
function needsHeif(job: Job): boolean {
  switch (job.type) {
    case 'render':
      return isHeif(job);
    case 'check':
    case 'decode':
    case 'readable':
      return isHeif(job.encoded);
    case 'encode':
      return isHeif(job.encoding);
    case 'match':
      return isHeif(job.original) || ('format' in job.edited && isHeif(job.edited));
    case 'chooseFit':
      return isHeif(job.original) || isHeif(job.edited);
    case 'compare':
      return isHeif(job.edited);
    case 'regroup':
    case 'rawHeat':
    case 'compose':
    case 'mask':
      return false;
  }
}

function isHeif({ format }: { readonly format: string }): boolean {
  return format === 'AVIF' || format === 'HEIC';
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('cancelled');
}
