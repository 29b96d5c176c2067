// Nothing goes in; the samples with edits of many sizes and contrasts planted in them come out, and how many of these were
// found.
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import type { Box, Changes } from '../../../../src/picture/changes';
import type { Pixels } from '../../../../src/picture/pixels';
import { paintScene, seededRandom } from '../../../support/seeded';
import { encodings, fromSharp, plant, type Encoding, type Kind, type Planted } from './plant';

export interface Trial {
  readonly original: Pixels;
  /** With the edits in it, before it is encoded. */
  readonly edited: Pixels;
  /** How it is to come back. */
  readonly encoding: Encoding;
  readonly planted: readonly Planted[];
}

const sizes = [6, 12, 24, 48, 96];
export const contrasts = [8, 12, 16, 24, 40, 80];

/** What a patch of another place in the picture has is its own. */
const combinations = (['area', 'line', 'colour', 'patch'] as const).flatMap((kind) =>
  sizes.flatMap((size) =>
    (kind === 'patch' ? [0] : contrasts).map((contrast) => ({ kind, size, contrast })),
  ),
);

/**
 * The same edits in the same places each time.
 * @param isTaken whether a trial is wanted, by the numbers of its picture and of its encoding
 */
export async function* makeTrials(
  isTaken: (picture: number, encoding: number) => boolean,
): AsyncGenerator<Trial> {
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
      if (isTaken(pictureNumber, number)) yield { original, edited, encoding, planted };
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

/** How many of the planted edits were found, and what was found that nobody planted. */
export class PlantedScore {
  found = 0;
  falseOnes = 0;
  /** By kind and contrast, such as `area 40`. */
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
