// Takes nothing; measures uploads and answers of large pictures with the service layer, with the official `openai` client
// and with a floor, side by side on this machine, prints the table, and fails where a bar is missed.
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VERSION } from 'openai/version';
import { conclude } from './conclude';
import {
  contestants,
  formatTable,
  judge,
  median,
  type Bars,
  type ContestantName,
  type Figures,
  type Row,
} from './judge';
import type { Job } from './measure';

const megabytes = [20, 50];

const jobs: readonly { readonly job: Job; readonly name: string; readonly bars: Bars }[] = [
  { job: 'uploadJson', name: 'upload, JSON', bars: { time: 0.3, memory: 0.2, stall: 15 } },
  {
    job: 'uploadMultipart',
    name: 'upload, multipart',
    bars: { time: 0.4, memory: 0.75, stall: 15 },
  },
  { job: 'answerImages', name: 'answer, `b64_json`', bars: { time: 0.6, memory: 0.35, stall: 20 } },
  { job: 'answerChat', name: 'answer, data URL', bars: { time: 0.6, memory: 0.35, stall: 20 } },
];

/** Rounds of one row: each has one new process of each contestant. Slow machines make the fewest. */
const rounds = { fewest: 3, most: 7 };

/** Milliseconds after which a row begins no more rounds than the fewest. */
const rowTime = 15_000;

/** Times that a process does its job. */
const repetitions = 3;

/** Milliseconds after which a process that does not end is ended. */
const processLimit = 10 * 60_000;

/** Bytes that no compression of the system's could make less of. */
function makePictures(folder: string): { size: number; path: string }[] {
  return megabytes.map((size) => {
    const path = join(folder, String(size));
    writeFileSync(path, randomBytes(size * 1024 * 1024));
    return { size, path };
  });
}

function start(name: string, args: readonly string[]): ChildProcess {
  return fork(join(__dirname, `${name}.js`), args, { execArgv: [], timeout: processLimit });
}

/** What a process has to say. */
async function ask<Message>(child: ChildProcess): Promise<Message> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with ${code} and said nothing`);
  });
  // Nobody minds once it has spoken.
  ended.catch(() => undefined);
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [Message];
  return message;
}

/** The contestants take turns, so that whatever else the machine does meets all of them. */
async function measureRow(job: Job, origin: string, path: string) {
  const measured: Record<ContestantName, Figures[][]> = {
    floor: [],
    peer: [],
    ours: [],
    kept: [],
  };
  const begun = Date.now();
  for (let round = 0; round < rounds.most; round++) {
    if (round >= rounds.fewest && Date.now() - begun > rowTime) break;
    for (const contestant of contestants) {
      const child = start(contestant, [job, origin, path, String(repetitions)]);
      measured[contestant].push(await ask<Figures[]>(child));
    }
  }
  return {
    floor: summarize(measured.floor),
    peer: summarize(measured.peer),
    ours: summarize(measured.ours),
    kept: summarize(measured.kept),
  };
}

/** The medians over all processes: of memory, over what each took the first time. */
function summarize(processes: readonly (readonly Figures[])[]): Figures {
  const all = processes.flat();
  return {
    time: median(all.map(({ time }) => time)),
    memory: median(processes.map(([first]) => first!.memory)),
    stall: median(all.map(({ stall }) => stall)),
  };
}

async function measureAll(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'retouch-bench-'));
  const pictures = makePictures(folder);
  const paths = pictures.map(({ path }) => path);
  const server = start('server', paths);
  try {
    const origin = `http://127.0.0.1:${await ask<number>(server)}`;
    const rows: Row[] = [];
    for (const { job, name, bars } of jobs) {
      for (const { size, path } of pictures) {
        const row = { name: `${name}, ${size} MB`, bars, ...(await measureRow(job, origin, path)) };
        console.error(row.name);
        rows.push(row);
      }
    }
    return rows;
  } finally {
    server.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const begun = Date.now();
  const rows = await measureAll();
  console.log(`\n${formatTable(rows, `openai ${VERSION}`)}\n`);
  console.log('Each: time, peak memory above idle, longest stall of the event loop; medians.');
  conclude(begun, judge(rows));
}

void main();
