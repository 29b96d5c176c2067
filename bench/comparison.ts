// Takes nothing, or a part of the names of the pictures that are wanted, such as `12 MP`; measures the comparison, from the
// encoded edited picture to the list of changes, beside the one that Retouch had before it knew redrawing, side by side on
// this machine; prints the table, and fails where a bar is missed.
import { execFileSync, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { recipeOf, redraw } from '../test/support/redraw';
import { paintScene, seededRandom } from '../test/support/seeded';
import type { ComparisonFigures, ComparisonTask } from './comparisonOurs';
import { conclude } from './conclude';
import { formatLines } from './judge';

/** The last commit whose comparison is alignment, one measure of the differences, and the list of changes. */
const peerCommit = 'a7a8fb01b1';

const bars = {
  /** Times the peer's. */
  time: { faithful: 1.5, redrawn: 3 },
  memory: 1.3,
  /** Milliseconds until the thread is free. */
  cancel: 150,
};

/** With the times that a process does its job: in small pictures its code is not compiled well before that. */
const sizes = [
  { name: '1 MP', width: 1200, height: 900, repetitions: 16 },
  { name: '12 MP', width: 4000, height: 3000, repetitions: 3 },
  { name: '48 MP', width: 8000, height: 6000, repetitions: 2 },
];

/** Of faithful answers, which are encoded with loss. */
const formats = ['jpeg', 'webp'] as const;

/** The longer side of what models answer. */
const answerSide = 1536;

/** Processes of each, in turns. */
const rounds = 2;

/** Comparisons that are cancelled. */
const cancellations = 9;

/** Milliseconds after which a process that does not end is ended. */
const processLimit = 10 * 60_000;

type Kind = keyof typeof bars.time;

interface Pair {
  readonly kind: Kind;
  readonly name: string;
  readonly original: string;
  readonly edited: string;
  readonly repetitions: number;
}

/** A scene with the grain of a sensor. */
async function paint(width: number, height: number): Promise<Sharp> {
  const scene = paintScene(seededRandom(7), 1200, 900);
  const raw = { width: scene.width, height: scene.height, channels: 4 as const };
  const pixels = await sharp(scene.pixels, { raw })
    .resize(width, height, { fit: 'fill' })
    .removeAlpha()
    .raw()
    .toBuffer();
  let noise = 1;
  for (let at = 0; at < pixels.length; at++) {
    noise = (Math.imul(noise, 1103515245) + 12345) & 0x7fffffff;
    pixels[at] = Math.min(255, Math.max(0, pixels[at]! + ((noise >> 16) % 9) - 4));
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** An object that was not there: as large a part of each picture. */
function plant(picture: Sharp, width: number, height: number): Sharp {
  const object = `<svg width="${width}" height="${height}"><ellipse cx="${0.3 * width}"
    cy="${0.6 * height}" rx="${0.06 * width}" ry="${0.05 * height}" fill="#c02838"/></svg>`;
  return picture.composite([{ input: Buffer.from(object) }]);
}

/** @param wanted a part of the names of the pairs that are asked for */
async function makePairs(folder: string, wanted: string): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (const { name, width, height, repetitions } of sizes) {
    const names = [...formats, 'redrawn'].map((kind) => `${name}, ${kind}`);
    if (!names.some((one) => one.includes(wanted))) continue;
    const painted = await paint(width, height);
    const original = join(folder, `${width}.jpg`);
    writeFileSync(original, await painted.jpeg({ quality: 92 }).toBuffer());
    const edited = await plant(sharp(original), width, height).toBuffer();
    for (const format of formats) {
      const path = join(folder, `${width}.edited.${format}`);
      writeFileSync(path, await sharp(edited).toFormat(format, { quality: 85 }).toBuffer());
      pairs.push({
        kind: 'faithful',
        name: `${name}, ${format}`,
        original,
        edited: path,
        repetitions,
      });
    }
    const path = join(folder, `${width}.redrawn.png`);
    writeFileSync(path, await redrawn(edited));
    pairs.push({ kind: 'redrawn', name: `${name}, redrawn`, original, edited: path, repetitions });
    console.error(name);
  }
  return pairs.filter(({ name }) => name.includes(wanted));
}

/** As models answer that draw everything anew: of their own size. */
async function redrawn(edited: Buffer): Promise<Buffer> {
  const { data, info } = await sharp(edited)
    .resize({ width: answerSide, withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const random = seededRandom(11);
  const answer = await redraw(
    { width, height, pixels: new Uint8Array(data) },
    recipeOf('gpt', random, Math.max(width, height)),
    random,
  );
  return sharp(answer.pixels, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .png()
    .toBuffer();
}

/** Undefined where the peer's code is here, else what to say to whoever runs this. */
function whyNoPeer(): string | undefined {
  const isThere = (revision: string) =>
    spawnSync('git', ['cat-file', '-e', `${revision}^{tree}`], { stdio: 'ignore' }).status === 0;
  if (isThere(peerCommit)) return undefined;
  const why = `What it is measured against is commit ${peerCommit} of this repository, which is not here.`;
  return isThere('HEAD')
    ? `${why} A shallow clone has no history: \`git fetch --unshallow\` gets it.`
    : `${why} It takes a clone made with git.`;
}

/** Built from the history, with the packages of today. */
function buildPeer(folder: string): string {
  const source = join(folder, 'peer');
  mkdirSync(source);
  const archive = execFileSync('git', ['archive', '--format=tar', peerCommit], {
    maxBuffer: 1 << 30,
  });
  execFileSync('tar', ['-x', '-C', source], { input: archive });
  symlinkSync(resolve('node_modules'), join(source, 'node_modules'));
  execFileSync(process.execPath, ['esbuild.mjs'], { cwd: source, stdio: 'inherit' });
  return join(source, 'dist', 'pictureThread.js');
}

async function run(
  script: string,
  task: ComparisonTask,
  { original, edited }: Pair,
  times: number,
): Promise<ComparisonFigures> {
  const args = [script, task, original, edited, String(times)];
  const child = fork(join(__dirname, 'comparisonOurs.js'), args, {
    execArgv: [],
    timeout: processLimit,
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${args.join(' ')} ended with ${code} and said nothing`);
  });
  // Nobody minds once it has spoken.
  ended.catch(() => undefined);
  const [figures] = (await Promise.race([once(child, 'message'), ended])) as [ComparisonFigures];
  await ended.catch(() => undefined);
  return figures;
}

interface Summary {
  /** Milliseconds of processors: the least, which others on the machine disturb least. */
  readonly time: number;
  /** Bytes. */
  readonly memory: number;
  readonly listed: number;
}

function summarize(processes: readonly ComparisonFigures[]): Summary {
  return {
    time: Math.min(...processes.flatMap(({ times }) => times)),
    memory: Math.min(...processes.map(({ memory }) => memory)),
    listed: processes[0]!.listed,
  };
}

interface Verdict {
  readonly line: string[];
  readonly missed: string[];
}

/** They take turns, so that whatever else the machine does meets both. */
async function measurePair(pair: Pair, ours: string, peer: string): Promise<Verdict> {
  const mine: ComparisonFigures[] = [];
  const theirs: ComparisonFigures[] = [];
  for (let round = 0; round < rounds; round++) {
    mine.push(await run(ours, 'compare', pair, pair.repetitions));
    theirs.push(await run(peer, 'compare', pair, pair.repetitions));
  }
  const [one, other] = [summarize(mine), summarize(theirs)];
  const cancelled = await run(ours, 'cancel', pair, cancellations);
  const cancel = Math.max(...cancelled.times);
  const figures = [
    { what: 'time', ratio: one.time / other.time, bar: bars.time[pair.kind] },
    { what: 'memory', ratio: one.memory / other.memory, bar: bars.memory },
  ];
  const missed = figures
    .filter(({ ratio, bar }) => !(ratio <= bar))
    .map(
      ({ what, ratio, bar }) => `${pair.name}: ${ratio.toFixed(2)}× in ${what}, the bar is ${bar}×`,
    );
  if (!(cancel <= bars.cancel)) {
    missed.push(`${pair.name}: cancelled in ${cancel.toFixed(0)} ms, the bar is ${bars.cancel} ms`);
  }
  const words = figures.map(
    ({ ratio, bar }) => `${ratio.toFixed(2)} ${ratio <= bar ? '≤' : '> ✘'} ${bar}×`,
  );
  return {
    line: [
      pair.name,
      `${one.time.toFixed(0)} ms`,
      `${other.time.toFixed(0)} ms`,
      words[0]!,
      megabytes(one.memory),
      megabytes(other.memory),
      words[1]!,
      `${cancel.toFixed(0)} ms`,
      `${one.listed} / ${other.listed}`,
    ],
    missed,
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

async function main([wanted = '']: readonly string[]): Promise<void> {
  const begun = Date.now();
  const problem = whyNoPeer();
  if (problem !== undefined) {
    console.error(problem);
    process.exitCode = 2;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'retouch-bench-'));
  const verdicts: Verdict[] = [];
  try {
    const peer = buildPeer(folder);
    for (const pair of await makePairs(folder, wanted)) {
      verdicts.push(await measurePair(pair, resolve('dist/pictureThread.js'), peer));
      console.error(verdicts.at(-1)!.line.join('  '));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const head = ['', 'ours', 'before', '', 'ours', 'before', '', 'cancel at most', 'listed'];
  console.log(
    '\nFrom the encoded edited picture to the list; processor time, peak of the process.\n',
  );
  console.log(
    formatLines(
      head,
      verdicts.map(({ line }) => line),
    ),
  );
  console.log();
  conclude(
    begun,
    verdicts.flatMap(({ missed }) => missed),
    [`beside ${peerCommit}`],
  );
}

void main(process.argv.slice(2));
