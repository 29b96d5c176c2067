// A list of real pairs goes in, with what was asked for in each; how well Retouch says what changed, and two peers beside
// it, is printed, and fails where a bar is missed.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import type { Pixels } from '../src/picture/pixels';
import { changesByPeer, peerNames, type Peer } from '../test/support/peerChanges';
import { toldBeside, writeFound } from './changesFiles';
import { conclude } from './conclude';
import { formatLines } from './judge';
import { readPairs, type ListedPair } from './pairs';
import { ProductComparison, type Found } from './productComparison';
import { goodBar, judgeScores, percent, scoreChanges, type Score } from './scoreChanges';

const usualList = '../shared/real-edits/pairs.json';

interface Scored {
  readonly name: string;
  readonly found: Found;
  readonly score: Score;
  readonly peers: Readonly<Record<Peer, Score>>;
}

async function scorePair(
  comparison: ProductComparison,
  pair: ListedPair,
  folder: string | undefined,
): Promise<Scored> {
  const [original, edited] = [readFileSync(pair.original), readFileSync(pair.edited)];
  const found = await comparison.compare(original, edited);
  if (folder !== undefined) await writeFound(folder, pair.name, found);
  const { width, height } = found.changes;
  const pixels = await decode(original, width, height);
  const stretched = await decode(edited, width, height);
  const peers = peerNames.map((peer) => {
    const changes = changesByPeer(peer, pixels, stretched);
    return [peer, scoreChanges(changes, pair.boxes)] as const;
  });
  return {
    name: pair.name,
    found,
    score: scoreChanges(found.changes, pair.boxes),
    peers: Object.fromEntries(peers) as Record<Peer, Score>,
  };
}

/** Stretched to the size, which is all that a peer can have. */
async function decode(bytes: Uint8Array, width: number, height: number): Promise<Pixels> {
  const upright = sharp(bytes).autoOrient().toColourspace('srgb').ensureAlpha();
  const pixels = await upright.resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { width, height, pixels: new Uint8Array(pixels) };
}

const columns = [
  '',
  'listed',
  'minor',
  'stray',
  'precision',
  'recall',
  'false',
  'false, listed',
  'placement',
  'tone',
  'time',
  ...peerNames,
];

function lineOf({ name, found, score, peers }: Scored): string[] {
  return [
    `${score.good ? '' : '✘ '}${name}`,
    score.whole ? `${score.listed}, whole` : String(score.listed),
    String(score.minor),
    String(score.stray),
    score.precision === undefined ? '-' : percent(score.precision),
    percent(score.recall),
    percent(score.falseShare),
    percent(score.falseListed),
    `${found.placement}${toldBeside(found).redrawn === true ? '; redrawn as a whole' : ''}`,
    toneInWords(toldBeside(found).tone),
    `${found.milliseconds.toFixed(0)} ms`,
    ...peerNames.map((peer) => peerInWords(peers[peer])),
  ];
}

function toneInWords(tone: unknown): string {
  if (tone === null) return '-';
  const { words, magnitude } = tone as { readonly words?: unknown; readonly magnitude?: unknown };
  const parts = [
    ...(typeof words === 'string' ? [words] : []),
    ...(typeof magnitude === 'number' ? [magnitude.toFixed(1)] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'measured';
}

function peerInWords({ good, whole, listed, stray, recall, falseShare }: Score): string {
  const list = whole ? 'whole' : `${listed} listed, ${stray} stray`;
  return `${good ? '' : '✘ '}${list}, recall ${percent(recall)}, false ${percent(falseShare)}`;
}

function goodOf(name: string, scores: readonly Score[]): string {
  return `${name}: good ${scores.filter(({ good }) => good).length} of ${scores.length}`;
}

async function main(): Promise<void> {
  const begun = Date.now();
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string' }, 'if-there': { type: 'boolean', default: false } },
  });
  const [list = usualList, ...more] = positionals;
  if (more.length > 0) throw new Error('Usage: npm run bench -- changes [FILE] [--out DIR]');
  if (values['if-there'] && !existsSync(list)) {
    console.log(`Real pairs are not scored: there is no ${list}.`);
    return;
  }
  const pairs = readPairs(list);
  if (values.out !== undefined) mkdirSync(values.out, { recursive: true });
  const comparison = new ProductComparison();
  const scored: Scored[] = [];
  const failed: string[] = [];
  for (const pair of pairs) {
    try {
      scored.push(await scorePair(comparison, pair, values.out));
      console.error(pair.name);
    } catch (error) {
      failed.push(`${pair.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  comparison.dispose();
  console.log(`\n${formatLines(columns, scored.map(lineOf))}\n`);
  console.log(
    'Good: not the whole picture, of the area outside of what was asked for at most 5 % flagged, minor changes included, of that inside at least 10 % by listed ones, at most two of these stray.',
  );
  const bar = goodBar(pairs.length);
  console.log(
    `The bar: ${bar} of ${pairs.length} good (86 %, rounded up), none whole, median false share 1 %.`,
  );
  for (const peer of peerNames)
    console.log(
      goodOf(
        peer,
        scored.map(({ peers }) => peers[peer]),
      ),
    );
  const scores = pairs.map(({ name }) => scored.find((one) => one.name === name)?.score);
  conclude(begun, [...failed, ...judgeScores(scores)]);
  console.log(`good ${scored.filter(({ score }) => score.good).length} of ${pairs.length}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
