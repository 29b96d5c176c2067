// Takes nothing; measures the memory of batches of 10 and of 200 images, with the journal that holds their bytes, and fails
// where the larger one takes more: than a batch of 10 holds, and than twenty of them, one after the other, take.
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchFigures } from './batchOurs';
import { conclude } from './conclude';
import { median } from './judge';

/** Times what a batch of 10 holds. */
const bar = 1.25;

/** Times what as many images take in batches of 10: a process that has done more has more of its own. */
const barOfAsMany = 1.1;

/** How many images in each batch, and how many batches one after the other. */
const contests = [
  { count: 10, batches: 1 },
  { count: 10, batches: 20 },
  { count: 200, batches: 1 },
] as const;

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

/** For each of `contests`, the figures of each round. */
async function measureAll(): Promise<BatchFigures[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'retouch-bench-'));
  const [path, journal] = [join(folder, 'picture'), join(folder, 'journal')];
  // No compression of the system's could make less of it.
  writeFileSync(path, randomBytes(size));
  const server = start('server', [path]);
  const measured: BatchFigures[][] = contests.map(() => []);
  try {
    const origin = `http://127.0.0.1:${await ask<number>(server)}`;
    for (let round = 0; round < rounds; round++) {
      for (const [at, { count, batches }] of contests.entries()) {
        const args = [origin, path, journal, String(count), String(batches)];
        const child = start('batchOurs', args, ['--expose-gc']);
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
  const mediansOf = (what: keyof BatchFigures) =>
    measured.map((rows) => median(rows.map((row) => row[what])));
  const [held, resident] = [mediansOf('held'), mediansOf('resident')];
  for (const [at, { count, batches }] of contests.entries()) {
    console.log(
      `${batches === 1 ? 'One batch' : `${batches} batches`} of ${count} images of ${inMegabytes(size)}: ${inMegabytes(held[at]!)} held, ${inMegabytes(resident[at]!)} resident`,
    );
  }
  console.log('Each: the peak above idle, ten at once, with the journal; medians.');
  const missed: string[] = [];
  const judge = (what: string, ratio: number, most: number) => {
    const words = `${what}: ${ratio.toFixed(2)}×, the bar is ${most}×`;
    console.log(words);
    if (!(ratio <= most)) missed.push(words);
  };
  judge('200 in one batch, held, of one batch of 10', held[2]! / held[0]!, bar);
  judge('200 in one batch, held, of as many in tens', held[2]! / held[1]!, barOfAsMany);
  judge('200 in one batch, resident, of as many in tens', resident[2]! / resident[1]!, barOfAsMany);
  conclude(begun, missed);
}

void main();
