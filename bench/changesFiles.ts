// What was found in a pair and a folder go in; NAME.json and NAME.labels.png, for other programs to score, are written.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Changes } from '../src/picture/changes';
import type { Found } from './productComparison';

/** Labels up to it are listed changes, those above it minor ones. */
const mostListed = 127;

const mostMinor = 128;

export async function writeFound(folder: string, name: string, found: Found): Promise<void> {
  const { changes, compared, milliseconds } = found;
  const { tone, redrawn } = toldBeside(found);
  const told = {
    whole: changes.whole,
    changes: changes.changes.map(({ box, share, minor }) => ({ box, share, minor })),
    placement: { words: found.placement, ...compared.alignment },
    tone,
    ...(redrawn !== undefined && { redrawn }),
    milliseconds: Math.round(milliseconds),
  };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(told, null, 2)}\n`);
  const { width, height } = changes;
  await sharp(paintLabels(changes), { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toFile(join(folder, `${name}.labels.png`));
}

/** What not every comparison says. */
export function toldBeside({ changes, compared }: Found): { tone: unknown; redrawn: unknown } {
  const { tone } = compared as { readonly tone?: unknown };
  const { redrawn } = changes as { readonly redrawn?: unknown };
  return { tone: tone ?? null, redrawn };
}

/**
 * A byte a pixel: 0 unchanged, 1 to 127 the listed changes in their order, 128 to 255 the minor ones. Where there are more,
 * the last number stands for all of the rest.
 */
export function paintLabels(changes: Changes): Uint8Array {
  const { width, height, cellSize, columns, labels } = changes;
  const bytes = new Map<number, number>();
  let [listed, minors] = [0, 0];
  for (const { id, minor } of changes.changes) {
    bytes.set(
      id,
      minor ? mostListed + Math.min(mostMinor, ++minors) : Math.min(mostListed, ++listed),
    );
  }
  const painted = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / cellSize) * columns;
    for (let x = 0; x < width; x++, at++) {
      painted[at] = bytes.get(labels[row + Math.floor(x / cellSize)]!) ?? 0;
    }
  }
  return painted;
}
