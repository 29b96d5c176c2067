// Pictures go in, the repository's own or those that are named; what Retouch lists where all their colours changed and
// nothing else did is printed, and fails where that is more than two small changes beside the overall colour.
import { basename } from 'node:path';
import sharp from 'sharp';
import { toneInWords } from '../src/edit/toneInWords';
import { fromSharp, toSharp } from '../test/unit/picture/support/plant';
import { mapColours, tones, vignette } from '../test/unit/picture/support/tones';
import type { Pixels } from '../src/picture/pixels';
import { conclude } from './conclude';
import { formatLines } from './judge';
import { ProductComparison, type Found } from './productComparison';

const usualPictures = [
  ['photograph', 'test/samples/workspace/photo.jpg'],
  ['photograph', 'test/samples/workspace/portrait.jpg'],
  ['screenshot', 'test/samples/workspace/screenshot.png'],
  ['screenshot', 'media/compare.png'],
  ['drawing', 'test/samples/workspace/banner.webp'],
  ['drawing', 'test/samples/workspace/50% off #1 "final".png'],
  ['drawing', 'test/samples/workspace/logo.png'],
] as const;

/** Beside the overall colour: so many listed changes at most, with so much of the picture together. */
const bar = { changes: 2, share: 0.04 };

/** How it comes back. */
const quality = 85;

/** Light that is left in the corners. */
const vignettes = { 'vignette to 0.8': 0.8, 'vignette to 0.5': 0.5 };

type Change = (picture: Pixels) => Pixels;

const changes: readonly (readonly [name: string, change: Change])[] = [
  ...Object.entries(tones).map(
    ([name, map]) => [name, (picture: Pixels) => mapColours(picture, map)] as const,
  ),
  ...Object.entries(vignettes).map(
    ([name, left]) => [name, (picture: Pixels) => vignette(picture, left)] as const,
  ),
];

interface Counted {
  readonly listed: number;
  readonly minor: number;
  readonly share: number;
  readonly words: string;
  readonly whole: boolean;
}

function count({ changes: found, compared }: Found): Counted {
  const listed = found.changes.filter(({ minor }) => !minor);
  return {
    listed: listed.length,
    minor: found.changes.length - listed.length,
    share: listed.reduce((sum, { share }) => sum + share, 0),
    words: compared.tone?.shown ? toneInWords(compared.tone) : '-',
    whole: found.whole,
  };
}

function inWords({ listed, minor, share, whole }: Counted): string {
  if (whole) return 'redrawn as a whole';
  if (listed + minor === 0) return '0';
  return `${listed}${minor > 0 ? ` + ${minor} minor` : ''}, ${(100 * share).toFixed(1)} %`;
}

async function main(): Promise<void> {
  const begun = Date.now();
  const named = process.argv.slice(2).map((path) => [basename(path), path] as const);
  const comparison = new ProductComparison();
  const lines: string[][] = [];
  const missed: string[] = [];
  try {
    for (const [kind, path] of named.length > 0 ? named : usualPictures) {
      const original = await fromSharp(sharp(path).autoOrient().flatten({ background: '#fff' }));
      const before = await toSharp(original).removeAlpha().png({ compressionLevel: 1 }).toBuffer();
      for (const [name, change] of changes) {
        const edited = toSharp(change(original)).removeAlpha().jpeg({ quality });
        const counted = count(await comparison.compare(before, await edited.toBuffer()));
        const isKept =
          !counted.whole && counted.listed <= bar.changes && counted.share <= bar.share;
        if (!isKept) missed.push(`${path}, ${name}: ${inWords(counted)}`);
        lines.push([`${kind}, ${basename(path)}`, name, inWords(counted), counted.words]);
      }
      console.error(path);
    }
  } finally {
    comparison.dispose();
  }
  console.log(`\n${formatLines(['picture', 'change', 'listed', 'overall colour'], lines)}\n`);
  console.log(
    `Listed beside the overall colour, after JPEG at quality ${quality}; the bar: ${bar.changes} changes with ${100 * bar.share} % together.`,
  );
  conclude(begun, missed);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
