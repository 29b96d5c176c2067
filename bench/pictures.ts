// Takes nothing; measures what it takes to find the changes between decoded pictures with our kernel, with pixelmatch,
// with @blazediff/core and with a floor, side by side on this machine, prints the table, and fails where a bar is missed.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conclude } from './conclude';
import { judgeRatios, formatRatios, type RatioRow } from './judgeRatios';
import { median } from './judge';
import { makePairs, type Pair } from './scenes';

/** Ours has the criterion of the peers; `shipped` is what the extension does: it forgives encoding, too. */
const contestants = ['floor', 'pixelmatch', 'blazediff', 'ours', 'shipped'] as const;

type Contestant = (typeof contestants)[number];

/** Times a peer's that ours may take, by the name of the pictures. */
const bars: Readonly<Record<string, Partial<Record<Contestant, number>>>> = {
  '1024² PNG': {},
  '4K PNG screenshot': { pixelmatch: 0.4 },
  '12 MP JPEG': { pixelmatch: 0.2, blazediff: 0.35 },
};

/** Each has one new process of each contestant. */
const rounds = 3;

/** Milliseconds after which a process that does not end is ended. */
const processLimit = 5 * 60_000;

interface Measured {
  readonly times: readonly number[];
  readonly differing: number;
}

async function run(contestant: Contestant, path: string, { original }: Pair): Promise<Measured> {
  const args = [contestant, path, String(original.width), String(original.height)];
  const child = fork(join(__dirname, 'differ.js'), args, { execArgv: [], timeout: processLimit });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${contestant} ended with ${code} and said nothing`);
  });
  // Nobody minds once it has spoken.
  ended.catch(() => undefined);
  const [measured] = (await Promise.race([once(child, 'message'), ended])) as [Measured];
  return measured;
}

/** The contestants take turns, so that whatever else the machine does meets all of them. */
async function measureRow(pair: Pair, path: string): Promise<RatioRow> {
  const times = Object.fromEntries(contestants.map((name) => [name, [] as number[]])) as Record<
    Contestant,
    number[]
  >;
  const differing = new Map<Contestant, number>();
  for (let round = 0; round < rounds; round++) {
    for (const contestant of contestants) {
      const measured = await run(contestant, path, pair);
      times[contestant].push(median(measured.times));
      differing.set(contestant, measured.differing);
    }
  }
  checkCounts(pair, differing);
  const medians = Object.fromEntries(
    contestants.map((contestant) => [contestant, median(times[contestant])]),
  ) as Record<Contestant, number>;
  return { name: pair.name, times: medians, bars: bars[pair.name]! };
}

/** Who does not find the same pixels wins nothing. Distances are whole numbers in ours, so that a few fall elsewhere. */
function checkCounts({ name }: Pair, differing: ReadonlyMap<Contestant, number>): void {
  const expected = differing.get('pixelmatch')!;
  assert.ok(expected > 0, `${name}: nothing differs`);
  for (const contestant of ['blazediff', 'ours'] as const) {
    const found = differing.get(contestant)!;
    assert.ok(
      Math.abs(found - expected) <= expected / 1000,
      `${name}: ${contestant} finds ${found} pixels, pixelmatch ${expected}`,
    );
  }
}

async function main(): Promise<void> {
  const begun = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'retouch-bench-'));
  const rows: RatioRow[] = [];
  try {
    for (const pair of await makePairs()) {
      const path = join(folder, 'pair');
      writeFileSync(path, Buffer.concat([pair.original.pixels, pair.edited.pixels]));
      rows.push(await measureRow(pair, path));
      console.error(pair.name);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${formatRatios(rows)}\n`);
  console.log(
    'Finding what differs between decoded pictures, ours with the changes; the floor reads both once. Medians; on Linux, waiting for a processor does not count.',
  );
  conclude(begun, judgeRatios(rows));
}

void main();
