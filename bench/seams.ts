// Takes nothing, or a folder; keeps planted objects with thin parts, and each change of the real pairs alone, and measures
// how much of the first arrives and how the seams of the second show; then how long it takes in a large picture. Pictures go
// to the folder. Fails where a bar is missed.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { findChanges, type Changes } from '../src/picture/changes';
import { compose, cutOut } from '../src/picture/compose';
import { measureDifference, tolerantMeasure } from '../src/picture/difference';
import { findDifference } from '../src/picture/findDifference';
import { layOver } from '../src/picture/layOver';
import type { Pixels } from '../src/picture/pixels';
import { conclude } from './conclude';
import { formatLines } from './judge';
import { measureSeam } from './seamSteps';
import { measureTimes } from './seamTimes';
import { coarseChanges, plantThin, shareArrived, thinObjects, type Planted } from './thinParts';

const bars = {
  /** Of a planted object's pixels. */
  arrived: 0.95,
  /** Times the step of the surroundings. */
  seam: 1.3,
};

const samples = join('test', 'samples', 'workspace');
const pairs = join('..', 'shared', 'real-edits');

interface RealPair {
  readonly name: string;
  readonly original: string;
  readonly edited: string;
  /** Left, top, right and bottom, as parts of the original. */
  readonly boxes: readonly (readonly [number, number, number, number])[];
}

/** How a planted object comes back. */
const forms: Readonly<Record<string, (edited: Pixels) => Promise<Pixels>>> = {
  'as it is': (edited) => Promise.resolve(edited),
  'JPEG 90': (edited) => decode(toSharp(edited).jpeg({ quality: 90 })),
  'R +4 B −4, JPEG 85': (edited) =>
    decode(toSharp(edited).linear([1, 1, 1], [4, 0, -4]).jpeg({ quality: 85 })),
};

async function decode(picture: Sharp): Promise<Pixels> {
  const { data, info } = await sharp(await picture.toBuffer())
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
}

function toSharp({ width, height, pixels }: Pixels): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 4 } }).removeAlpha();
}

async function write(folder: string | undefined, name: string, picture: Pixels): Promise<void> {
  if (folder === undefined) return;
  await toSharp(picture)
    .png({ compressionLevel: 3 })
    .toFile(join(folder, `${name}.png`));
}

/** All changes that touch the object are kept; and where a finder sees only what is thick of it, that. */
async function measureThin(folder: string | undefined) {
  const lines: string[][] = [];
  const missed: string[] = [];
  for (const file of ['photo.jpg', 'screenshot.png']) {
    const original = await decode(sharp(join(samples, file)).resize(900));
    for (const object of thinObjects) {
      for (const [form, send] of Object.entries(forms)) {
        const shares = { found: [] as number[], thick: [] as number[] };
        for (const seed of [1, 2, 3, 4]) {
          const contrast = 40 + 15 * seed;
          const planted = plantThin(original, object, { size: 150 + 30 * seed, contrast, seed });
          const sent = { ...planted, edited: await send(planted.edited) };
          const found = findChanges(measureDifference(original, sent.edited, tolerantMeasure));
          const thick = coarseChanges(original, (place) => planted.covered[place] === 2);
          for (const [name, changes] of [
            ['found', found],
            ['thick', thick],
          ] as const) {
            const kept = name === 'found' ? touching(changes, sent) : new Set([1]);
            const composed = compose({ base: original, edited: sent.edited, changes, kept });
            shares[name].push(shareArrived(original, sent, composed));
            await write(folder, `thin ${file} ${object} ${form} ${seed} ${name}`, composed);
          }
        }
        const words = Object.values(shares).map(
          (of) => `${percent(mean(of))}, least ${percent(Math.min(...of))}`,
        );
        lines.push([`${file}, ${object}, ${form}`, ...words]);
        for (const [name, of] of Object.entries(shares)) {
          if (mean(of) >= bars.arrived) continue;
          missed.push(`${file}, ${object}, ${form}, ${name}: ${percent(mean(of))} arrives`);
        }
      }
    }
  }
  console.log(formatLines(['arrives', 'all changes kept', 'only the thick part found'], lines));
  return missed;
}

function touching({ cellSize, columns, labels }: Changes, { edited, covered }: Planted) {
  const ids = new Set<number>();
  covered.forEach((is, place) => {
    if (is === 0) return;
    const row = Math.floor(Math.floor(place / edited.width) / cellSize);
    ids.add(labels[row * columns + Math.floor((place % edited.width) / cellSize)]!);
  });
  ids.delete(0);
  return ids;
}

/** Each change alone: as the finder finds it, and the boxes that a person drew. */
async function measureReal(folder: string | undefined) {
  const lines: string[][] = [];
  const missed: string[] = [];
  const list = JSON.parse(readFileSync(join(pairs, 'pairs.json'), 'utf8')) as RealPair[];
  for (const pair of list) {
    const original = await decode(sharp(join(pairs, pair.original)).rotate());
    const received = await decode(sharp(join(pairs, pair.edited)).rotate());
    const { picture: edited, comparable } = layOver(original, received, {
      align: true,
      fit: 'Stretch',
    });
    await write(folder, `${pair.name} original`, original);
    await write(folder, `${pair.name} edited`, edited);
    // Where it is drawn anew, what the list leaves out is not kept alone either.
    const everything = { left: 0, top: 0, right: 1, bottom: 1 };
    const found = findChanges(findDifference(comparable, edited, everything).difference);
    for (const [name, changes] of [
      ['found', found],
      ['box', changesOfBoxes(original, pair.boxes)],
    ] as const) {
      const ids = changes.changes.slice(0, 12).map(({ id }) => id);
      const measured = await Promise.all(
        ids.map(async (id) => {
          const composition = { base: original, edited, changes, kept: new Set([id]) };
          const begun = performance.now();
          const composed = compose(composition);
          const time = performance.now() - begun;
          await write(folder, `${pair.name} ${name} ${id}`, composed);
          return { id, time, ...measureSeam(original, composed, cutOut(composition)) };
        }),
      );
      if (measured.length === 0) continue;
      const worst = measured.reduce((one, other) => (other.ratio > one.ratio ? other : one));
      lines.push([
        `${pair.name}, ${name}`,
        String(changes.changes.length),
        `${worst.ratio.toFixed(2)}× of ${bars.seam}×`,
        `${worst.step.toFixed(1)} and ${worst.around.toFixed(1)}`,
        String(worst.length),
        `${Math.max(...measured.map(({ time }) => time)).toFixed(0)} ms`,
      ]);
      for (const { id, ratio } of measured) {
        if (ratio > bars.seam) {
          missed.push(`${pair.name}, ${name} ${id}: the seam's step is ${ratio.toFixed(2)}×`);
        }
      }
    }
  }
  const head = ['seams', 'changes', 'the worst', 'step, around', 'length', 'longest'];
  console.log(`\n${formatLines(head, lines)}\n`);
  return missed;
}

function changesOfBoxes(original: Pixels, boxes: RealPair['boxes']): Changes {
  const { width, height } = original;
  const empty = coarseChanges(original, () => false);
  const labels = empty.labels.slice();
  boxes.forEach(([left, top, right, bottom], index) => {
    const { columns } = empty;
    const cut = coarseChanges(original, (place) => {
      const [x, y] = [(place % width) / width, Math.floor(place / width) / height];
      return x >= left && x < right && y >= top && y < bottom;
    });
    cut.labels.forEach((label, cell) => {
      if (label !== 0 && cell < columns * empty.rows) labels[cell] = index + 1;
    });
  });
  const changes = boxes.map((_box, index) => ({ ...empty.changes[0]!, id: index + 1 }));
  return { ...empty, labels, changes };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

async function main([folder]: readonly string[]): Promise<void> {
  const begun = Date.now();
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const missed = await measureThin(folder);
  if (existsSync(pairs)) missed.push(...(await measureReal(folder)));
  else missed.push(`there are no real pairs in ${pairs}`);
  await measureTimes(join(samples, 'photo.jpg'));
  conclude(begun, missed);
}

void main(process.argv.slice(2));
