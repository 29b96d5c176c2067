// Edits of many sizes and contrasts are planted in pictures that come back re-encoded: how many are found, how many
// are missed, and what is found that nobody planted, beside pixelmatch at its default.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import pixelmatch from 'pixelmatch';
import sharp from 'sharp';
import { findChanges, type Box, type Changes } from '../../../src/picture/changes';
import { measureDifference } from '../../../src/picture/difference';
import type { Pixels } from '../../../src/picture/pixels';
import { isLong } from '../../support/long';
import {
  encodings,
  fromSharp,
  plant,
  reencode,
  type Encoding,
  type Kind,
  type Planted,
} from './support/plant';
import { paintScene, seededRandom } from '../../support/seeded';

interface Trial {
  readonly original: Pixels;
  readonly edited: Pixels;
  readonly planted: readonly Planted[];
}

const sizes = [6, 12, 24, 48, 96];
const contrasts = [8, 12, 16, 24, 40, 80];

/** What a patch of another place in the picture has is its own. */
const combinations = (['area', 'line', 'colour', 'patch'] as const).flatMap((kind) =>
  sizes.flatMap((size) =>
    (kind === 'patch' ? [0] : contrasts).map((contrast) => ({ kind, size, contrast })),
  ),
);

async function* makeTrials(): AsyncGenerator<Trial> {
  const random = seededRandom(42);
  let count = 0;
  for (const [pictureNumber, original] of (await pictures()).entries()) {
    for (const [number, encoding] of (Object.keys(encodings) as Encoding[]).entries()) {
      const edited = { ...original, pixels: original.pixels.slice() };
      const planted = places(original, random).map((place) => {
        const what = combinations[(count++ * 7) % combinations.length]!;
        const x = Math.floor(place.x + random() * (place.width - what.size));
        const y = Math.floor(place.y + random() * (place.height - what.size));
        return plant(edited, { ...what, x, y }, random);
      });
      // `npm test` looks at one encoding of each picture, in turn: with the same edits as in the long form.
      if (!isLong && number !== pictureNumber % 4) continue;
      yield { original, edited: await reencode(edited, encoding), planted };
    }
  }
}

async function pictures(): Promise<Pixels[]> {
  const samples = ['photo.jpg', 'portrait.jpg', 'banner.webp', 'screenshot.png'].map((file) =>
    fromSharp(
      sharp(join(resolve('test/samples/workspace'), file))
        .autoOrient()
        .flatten(),
    ),
  );
  return [
    ...(await Promise.all(samples)),
    paintScene(seededRandom(5), 1024, 1024),
    paintScene(seededRandom(6), 1024, 768),
  ];
}

/** So far from each other that nothing joins them. */
function places({ width, height }: Pixels, random: () => number): Box[] {
  const rows = height > 600 ? 3 : 2;
  return Array.from({ length: 4 * rows }, (_, index) => ({
    x: (width / 4) * (index % 4) + 20 + random(),
    y: (height / rows) * Math.floor(index / 4) + 20 + random(),
    width: width / 4 - 40,
    height: height / rows - 40,
  }));
}

/** A change that has at least half of it, and not much else. */
function isFound(
  { labels, cellSize, columns, changes }: Changes,
  { box, touched }: Planted,
): boolean {
  const counts = new Map<number, number>();
  let count = 0;
  for (let y = 0, at = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      if (touched[at++] === 0) continue;
      count++;
      const cell =
        Math.floor((box.y + y) / cellSize) * columns + Math.floor((box.x + x) / cellSize);
      counts.set(labels[cell]!, (counts.get(labels[cell]!) ?? 0) + 1);
    }
  }
  return changes.some(
    (change) =>
      (counts.get(change.id) ?? 0) >= count / 2 &&
      change.box.width <= box.width + 96 &&
      change.box.height <= box.height + 96,
  );
}

function isNear(a: Box, b: Box): boolean {
  return (
    a.x < b.x + b.width + 16 &&
    b.x < a.x + a.width + 16 &&
    a.y < b.y + b.height + 16 &&
    b.y < a.y + a.height + 16
  );
}

/** What pixelmatch says has changed, in cells and grouped as ours is. */
function changesByPixelmatch({ pixels, width, height }: Pixels, edited: Pixels): Changes {
  const mask = new Uint8Array(pixels.length);
  pixelmatch(pixels, edited.pixels, mask, width, height, { diffMask: true });
  const columns = Math.ceil(width / 8);
  const rows = Math.ceil(height / 8);
  const counts = new Uint8Array(columns * rows);
  for (let y = 0, at = 3; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      if (mask[at] !== 0) counts[Math.floor(y / 8) * columns + Math.floor(x / 8)]!++;
    }
  }
  const strengths = counts.map((count) => (count >= 3 ? 255 : 0));
  return findChanges({ width, height, distances: mask, cellSize: 8, columns, rows, strengths });
}

class Score {
  found = 0;
  falseOnes = 0;
  readonly byContrast = new Map<string, { found: number; all: number }>();

  add(changes: Changes, planted: readonly Planted[]): void {
    for (const edit of planted) {
      // Too near black or white to have come out.
      if (edit.touched.every((touched) => touched === 0)) continue;
      const key = edit.kind === 'patch' ? 'patch' : `${edit.kind} ${edit.contrast}`;
      const tally = this.byContrast.get(key) ?? { found: 0, all: 0 };
      this.byContrast.set(key, tally);
      tally.all++;
      if (!isFound(changes, edit)) continue;
      tally.found++;
      this.found++;
    }
    this.falseOnes += changes.changes.filter(
      ({ box }) => !planted.some((edit) => isNear(box, edit.box)),
    ).length;
  }

  get all(): number {
    return [...this.byContrast.values()].reduce((sum, { all }) => sum + all, 0);
  }

  of(kind: Kind, contrast?: number): string {
    const { found, all } = this.byContrast.get(contrast ? `${kind} ${contrast}` : kind)!;
    return `${found}/${all}`;
  }
}

/**
 * On 2026-11-25: 189 of 272 found and nothing else; by pixelmatch 99, and 39 things that nobody planted, all of them in
 * the screenshot. Missed are faint ones: lines of two pixels under 24, areas of under 12 pixels.
 */
describe('planted edits', function () {
  this.timeout(300_000);
  const ours = new Score();
  const peer = new Score();

  before(async () => {
    for await (const { original, edited, planted } of makeTrials()) {
      ours.add(findChanges(measureDifference(original, edited)), planted);
      peer.add(changesByPixelmatch(original, edited), planted);
    }
    const lines = (['area', 'line', 'colour'] as const).flatMap((kind) =>
      contrasts.map((contrast) => [
        `${kind}, contrast ${contrast}`,
        ours.of(kind, contrast),
        peer.of(kind, contrast),
      ]),
    );
    lines.push(
      ['patch of another place', ours.of('patch'), peer.of('patch')],
      ['found', `${ours.found}/${ours.all}`, `${peer.found}/${peer.all}`],
      ['false', String(ours.falseOnes), String(peer.falseOnes)],
    );
    console.log(`      ${'planted'.padEnd(24)} ${'ours'.padEnd(10)} pixelmatch 0.1`);
    for (const [what, ...scores] of lines) {
      console.log(`      ${what!.padEnd(24)} ${scores.map((score) => score.padEnd(10)).join(' ')}`);
    }
  });

  it('are found far more often than by pixelmatch', () => {
    assert.ok(ours.found >= 0.65 * ours.all, `${ours.found} of ${ours.all}`);
    assert.ok(ours.found >= 1.5 * peer.found, `${ours.found}, pixelmatch ${peer.found}`);
  });

  it('are found where anybody would see them', () => {
    for (const key of ['area 40', 'area 80', 'line 40', 'line 80', 'patch']) {
      const { found, all } = ours.byContrast.get(key)!;
      assert.ok(found >= 0.85 * all, `${key}: ${found} of ${all}`);
    }
  });

  it('are the only ones that are found', () => {
    assert.ok(ours.falseOnes <= 2, `${ours.falseOnes} false ones`);
    assert.ok(ours.falseOnes <= peer.falseOnes);
  });
});
