// The thread that works on pixels: jobs come in, one at a time, and their results or problems go out.
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import loadVips from 'wasm-vips';
import { check } from './check';
import { chooseFit } from './chooseFit';
import { cannotBeComposed, compare, composeKept, makeMask, regroup } from './compare';
import { decode } from './decode';
import { cannotBeWritten, encode } from './encoding';
import { rawHeat } from './heat';
import type { Answer, Equipment, Job, Question, Results } from './jobs';
import { cannotBeMatched, match } from './match';
import { cannotBeOpened } from './open';
import { PictureError } from './pictureError';
import { readable } from './readable';
import { render } from './render';
import { perform, stoppable, Stopped } from './task';

const starting = start();

async function start(): Promise<typeof loadVips> {
  const vips = await loadVips({
    dynamicLibraries: (workerData as Equipment).heif ? ['vips-heif.wasm'] : [],
    // All of it lies beside this file, see esbuild.mjs.
    locateFile: (name) => join(__dirname, name),
    mainScriptUrlOrBlob: join(__dirname, 'vips-node.js'),
    // What it warns of would go to the extension host's console.
    print: () => undefined,
    printErr: () => undefined,
    preRun: (module: { ENV: Record<string, string> }) => {
      module.ENV['VIPS_WARNING'] = '0';
    },
  });
  // No picture comes twice: remembered operations would only hold memory.
  vips.Cache.max(0);
  // Of its own threads, each of which takes 40 MB.
  vips.concurrency(1);
  return vips;
}

parentPort?.on('message', ({ id, job, stop }: Question) => {
  void work(job, stop).then(
    (result) => answer({ id, result }, buffersOf(result)),
    (error: unknown) =>
      answer(error instanceof Stopped ? { id, stopped: true } : { id, problem: inWords(error) }),
  );
});

async function work(job: Job, stop: Int32Array): Promise<Results[Job['type']]> {
  const vips = await starting;
  switch (job.type) {
    case 'check':
      return perform(vips, stop, cannotBeOpened(job.encoded), (task) => check(task, job));
    case 'render':
      return perform(vips, stop, cannotBeOpened(job), (task) => render(task, job));
    case 'decode':
      return perform(vips, stop, cannotBeOpened(job.encoded), (task) => decode(task, job));
    case 'readable':
      return perform(vips, stop, cannotBeOpened(job.encoded), (task) => readable(task, job));
    case 'encode':
      return perform(vips, stop, cannotBeWritten(job.encoding), (task) => encode(task, job));
    case 'match':
      return perform(vips, stop, cannotBeMatched, (task) => match(task, job));
    case 'chooseFit':
      return perform(vips, stop, cannotBeMatched, (task) => chooseFit(task, job));
    case 'compare':
      return perform(vips, stop, cannotBeOpened(job.edited), (task) => compare(task, job));
    case 'mask':
      return perform(vips, stop, cannotBeWritten({ format: 'PNG' }), (task) => makeMask(task, job));
    case 'regroup':
      return stoppable(stop, () => regroup(job));
    case 'rawHeat':
      return stoppable(stop, () => rawHeat(job));
    case 'compose':
      return perform(vips, stop, cannotBeComposed, () => composeKept(job));
  }
}

/** What is handed over, not copied: nothing here needs it any more. */
function buffersOf(result: Results[Job['type']]): ArrayBuffer[] {
  if (!('bytes' in result)) return [];
  const { buffer } = result.bytes;
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}

function answer(message: Answer, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

function inWords(error: unknown): string {
  if (error instanceof PictureError) return error.message;
  return `Retouch could not work on it (${error instanceof Error ? error.message : String(error)}).`;
}
