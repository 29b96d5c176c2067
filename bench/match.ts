// Takes nothing; measures Match Original of a model's answer to 12-megapixel pictures against native sharp, side by
// side on this machine, and what starting and cancelling takes; prints the table, and fails where a bar is missed.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { identifyPicture } from '../src/picture/identify';
import { markProvenance } from '../src/picture/metadata/markProvenance';
import { readEncoding } from '../src/picture/originalEncoding';
import { conclude } from './conclude';
import { median } from './judge';
import type { MatchFigures, MatchTask } from './matchOurs';

const bars = {
  /** Times sharp's. */
  time: 1.5,
  /** Bytes of the whole process. */
  memory: 350e6,
  /** Milliseconds from nothing to the pixels of the first picture. */
  cold: 1200,
  /** Milliseconds until the thread is free. */
  cancel: 150,
};

/** Processes of each, one after the other in turns. */
const rounds = 3;

/** Times that a process does its job. */
const repetitions = 3;

/** Milliseconds after which a process that does not end is ended. */
const processLimit = 10 * 60_000;

const formats = ['jpeg', 'png', 'webp'] as const;

interface Verdict {
  readonly name: string;
  readonly said: string;
  readonly isKept: boolean;
}

/** A photograph as good as: hills of light, edges, and the noise of a sensor. */
function paint(width: number, height: number): Sharp {
  const raw = Buffer.alloc(width * height * 3);
  let noise = 1;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [across, down] = [(4000 * x) / width, (3000 * y) / height];
      const disc = Math.hypot((across % 700) - 350, (down % 600) - 300) < 200 ? 40 : 0;
      for (let channel = 0; channel < 3; channel++) {
        noise = (noise * 1103515245 + 12345) & 0x7fffffff;
        const hill = 60 * Math.sin(across / (190 + 40 * channel) + down / 310);
        raw[at++] = 100 + disc + hill + ((noise >> 16) % 16);
      }
    }
  }
  return sharp(raw, { raw: { width, height, channels: 3 } });
}

async function makePictures(folder: string) {
  const edited = join(folder, 'answer.png');
  writeFileSync(edited, await paint(1536, 1024).png().toBuffer());
  const photograph = paint(4000, 3000).withExif({ IFD0: { Make: 'Camera' } });
  const encoders: Record<(typeof formats)[number], (picture: Sharp) => Sharp> = {
    jpeg: (picture) => picture.jpeg({ quality: 90, chromaSubsampling: '4:2:0' }),
    png: (picture) => picture.png({ compressionLevel: 2 }),
    webp: (picture) => picture.webp({ quality: 85, effort: 2 }),
  };
  const originals: { format: (typeof formats)[number]; path: string }[] = [];
  for (const format of formats) {
    const path = join(folder, `original.${format}`);
    writeFileSync(path, await encoders[format](photograph.clone()).toBuffer());
    originals.push({ format, path });
  }
  return { edited, originals };
}

async function run(program: string, args: readonly string[]): Promise<MatchFigures> {
  const child = fork(join(__dirname, `${program}.js`), args, {
    execArgv: [],
    timeout: processLimit,
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} ${args.join(' ')} ended with ${code} and said nothing`);
  });
  // Nobody minds once it has spoken.
  ended.catch(() => undefined);
  const [figures] = (await Promise.race([once(child, 'message'), ended])) as [MatchFigures];
  await ended.catch(() => undefined);
  return figures;
}

function ours(task: MatchTask, original: string, edited: string, times = repetitions) {
  return run('matchOurs', [task, original, edited, String(times)]);
}

/** They take turns, so that whatever else the machine does meets both. */
async function measureMatch(name: string, original: string, edited: string): Promise<Verdict[]> {
  const bytes = readFileSync(original);
  const encoding = readEncoding({ bytes, format: identifyPicture(bytes)!.format });
  const mine: MatchFigures[] = [];
  const theirs: MatchFigures[] = [];
  for (let round = 0; round < rounds; round++) {
    mine.push(await ours('match', original, edited));
    theirs.push(
      await run('matchPeer', [JSON.stringify(encoding), original, edited, String(repetitions)]),
    );
  }
  const [one, other] = [summarize(mine), summarize(theirs)];
  const ratio = one.time / other.time;
  const figures = (of: typeof one) =>
    `${of.time.toFixed(0)} ms, ${megabytes(of.memory)}, ${megabytes(of.size)} written`;
  return [
    {
      name: `${name}, time`,
      said: `ours ${figures(one)}; sharp ${figures(other)}: ${ratio.toFixed(2)} of ${bars.time}×`,
      isKept: ratio <= bars.time,
    },
    {
      name: `${name}, memory`,
      said: `${megabytes(one.memory)} of ${megabytes(bars.memory)}`,
      isKept: one.memory <= bars.memory,
    },
  ];
}

function summarize(processes: readonly MatchFigures[]) {
  return {
    time: median(processes.flatMap(({ times }) => times)),
    memory: median(processes.map(({ memory }) => memory)),
    size: processes[0]!.size,
  };
}

async function measureCold(original: string, edited: string): Promise<Verdict> {
  const times: number[] = [];
  for (let round = 0; round < 2 * rounds; round++) {
    times.push(...(await ours('cold', original, edited)).times);
  }
  return inTime('new thread to first picture', times, bars.cold);
}

async function measureCancel(name: string, original: string, edited: string): Promise<Verdict> {
  const { times } = await ours('cancel', original, edited, 9);
  return inTime(`${name}, cancel`, times, bars.cancel);
}

function inTime(name: string, times: readonly number[], bar: number): Verdict {
  const middle = median(times);
  const longest = Math.max(...times);
  return {
    name,
    said: `${middle.toFixed(0)} of ${bar} ms, at most ${longest.toFixed(0)} ms in ${times.length}`,
    isKept: middle <= bar,
  };
}

/** @throws where compressed pixels are not byte for byte what they were */
function measureMark(name: string, path: string): Verdict {
  const before = readFileSync(path);
  const provenance = { model: 'openai/gpt-image-2', time: new Date(), program: 'Retouch' };
  const times = Array.from({ length: 9 }, () => {
    const begun = performance.now();
    markProvenance(before, provenance);
    return performance.now() - begun;
  });
  const after = Buffer.from(markProvenance(before, provenance).bytes);
  // All that is new lies in one piece, and in WebP in its head as well: the rest must be found in one piece too.
  const pixels = before.subarray(before.length >> 3, before.length - 12);
  assert.ok(after.includes(pixels), `${name}: pixels are not as they were`);
  return {
    name: `${name}, XMP written`,
    said: `${median(times).toFixed(1)} ms for ${megabytes(before.byteLength)}, pixels byte for byte`,
    isKept: true,
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 20e6 ? 1 : 0)} MB`;
}

async function main(): Promise<void> {
  const begun = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'retouch-bench-'));
  const verdicts: Verdict[] = [];
  try {
    const { edited, originals } = await makePictures(folder);
    for (const { format, path } of originals) {
      verdicts.push(...(await measureMatch(format, path, edited)));
      verdicts.push(await measureCancel(format, path, edited));
      verdicts.push(measureMark(format, path));
      console.error(format);
    }
    verdicts.push(await measureCold(originals[0]!.path, edited));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const width = Math.max(...verdicts.map(({ name }) => name.length));
  console.log(
    '\nMatch Original: a 1536 × 1024 PNG to 4000 × 3000, in the original’s format; medians.\n',
  );
  for (const { name, said, isKept } of verdicts) {
    console.log(`${isKept ? ' ' : '✘'} ${name.padEnd(width)}  ${said}`);
  }
  console.log();
  conclude(
    begun,
    verdicts.flatMap(({ name, said, isKept }) => (isKept ? [] : [`${name}: ${said}`])),
    [`sharp ${sharp.versions.sharp}, ${sharp.concurrency()} thread(s) as it is installed`],
  );
}

void main();
