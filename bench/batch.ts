// Takes nothing; measures the memory of batches of 10 and of 200 images, with the journal that holds their bytes, and fails
// where the larger one takes more.
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conclude } from './conclude';
import { median } from './judge';

/** Times what the smaller batch takes. */
const bar = 1.25;

const [few, many] = [10, 200] as const;

/** Bytes of each image, and of what comes back. */
const size = 2 * 1024 * 1024;

/** Processes of each, in turns. */
const rounds = 3;

/** Milliseconds after which a process that does not end is ended. */
const processLimit = 10 * 60_000;

function start(name: string, args: readonly string[]): ChildProcess {
  return fork(join(__dirname, `${name}.js`), args, { execArgv: [], timeout: processLimit });
}

async function ask(child: ChildProcess): Promise<number> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with ${code} and said nothing`);
  });
  // Nobody minds once it has spoken.
  ended.catch(() => undefined);
  const [said] = (await Promise.race([once(child, 'message'), ended])) as [number];
  return said;
}

/** Bytes, one number for each round. */
async function measureAll(): Promise<Record<'few' | 'many', number[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'retouch-bench-'));
  const path = join(folder, 'picture');
  // No compression of the system's could make less of it.
  writeFileSync(path, randomBytes(size));
  const server = start('server', [path]);
  const measured: Record<'few' | 'many', number[]> = { few: [], many: [] };
  try {
    const origin = `http://127.0.0.1:${await ask(server)}`;
    for (let round = 0; round < rounds; round++) {
      for (const [which, count] of [
        ['few', few],
        ['many', many],
      ] as const) {
        const journal = join(folder, 'journal');
        measured[which].push(await ask(start('batchOurs', [origin, path, journal, String(count)])));
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
  const [small, large] = [median(measured.few), median(measured.many)];
  const ratio = large / small;
  const inMegabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
  console.log(
    `A batch of ${few} images of ${inMegabytes(size)}: ${inMegabytes(small)} above idle; of ${many}: ${inMegabytes(large)}, ${ratio.toFixed(2)}×.`,
  );
  console.log('Each: peak resident memory, 10 at once, with the journal; medians.');
  const isKept = ratio <= bar;
  conclude(begun, isKept ? [] : [`${many} images: ${ratio.toFixed(2)}×, the bar is ${bar}×`]);
}

void main();
