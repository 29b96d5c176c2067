// Takes nothing; measures the memory of batches of 10 and of 200 images, with the journal that holds their bytes, and fails
// where the larger one holds more.
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchFigures } from './batchOurs';
import { conclude } from './conclude';
import { median } from './judge';

/** Times what the smaller batch holds. */
const bar = 1.25;

const counts = [10, 200] as const;

/** Bytes of each image, and of what comes back. */
const size = 2 * 1024 * 1024;

/** Processes of each, in turns. */
const rounds = 3;

/** Milliseconds after which a process that does not end is ended. */
const processLimit = 10 * 60_000;

function start(name: string, args: readonly string[], execArgv: string[] = []): ChildProcess {
  return fork(join(__dirname, `${name}.js`), args, { execArgv, timeout: processLimit });
}

async function ask<Message>(child: ChildProcess): Promise<Message> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with ${code} and said nothing`);
  });
  // Nobody minds once it has spoken.
  ended.catch(() => undefined);
  const [said] = (await Promise.race([once(child, 'message'), ended])) as [Message];
  return said;
}

/** For each of `counts`, the figures of each round. */
async function measureAll(): Promise<BatchFigures[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'retouch-bench-'));
  const [path, journal] = [join(folder, 'picture'), join(folder, 'journal')];
  // No compression of the system's could make less of it.
  writeFileSync(path, randomBytes(size));
  const server = start('server', [path]);
  const measured: BatchFigures[][] = counts.map(() => []);
  try {
    const origin = `http://127.0.0.1:${await ask<number>(server)}`;
    for (let round = 0; round < rounds; round++) {
      for (const [at, count] of counts.entries()) {
        const child = start('batchOurs', [origin, path, journal, String(count)], ['--expose-gc']);
        measured[at]!.push(await ask<BatchFigures>(child));
        rmSync(journal, { recursive: true });
      }
    }
    return measured;
  } finally {
    server.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const begun = Date.now();
  const measured = await measureAll();
  const inMegabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
  const ratioOf = (what: keyof BatchFigures): number => {
    const [few = NaN, many = NaN] = measured.map((rows) => median(rows.map((row) => row[what])));
    console.log(
      `${what}: ${inMegabytes(few)} for ${counts[0]} images of ${inMegabytes(size)}, ${inMegabytes(many)} for ${counts[1]}: ${(many / few).toFixed(2)}×`,
    );
    return many / few;
  };
  const held = ratioOf('held');
  // What the system's allocator keeps of freed buffers is in it: no bar.
  ratioOf('resident');
  console.log('Each: the peak above idle, ten at once, with the journal; medians.');
  const missed = held <= bar ? [] : [`held: ${held.toFixed(2)}×, the bar is ${bar}×`];
  conclude(begun, missed);
}

void main();
