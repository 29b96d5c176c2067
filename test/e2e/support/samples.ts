// Takes a folder; leaves the sample workspace in it, with its pictures as they are or as small as a journey needs them.
import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const samples = join('test', 'samples', 'workspace');

/** A journey proves nothing by the size of a picture, and each step of it costs processor time by the pixel. */
const scale = 0.4;

/** By name: a sample is scaled once for all windows of this process. */
const scaled = new Map<string, Promise<Uint8Array>>();

export function sampleNames(): Promise<string[]> {
  return readdir(samples);
}

/** @param small whether the pictures are scaled down; their metadata stay */
export async function placeSamples(folder: string, small: boolean): Promise<void> {
  await cp(samples, folder, { recursive: true });
  if (!small) return;
  for (const name of await sampleNames()) {
    if (!/\.(png|jpg|webp)$/.test(name)) continue;
    if (!scaled.has(name)) scaled.set(name, scaleDown(join(samples, name)));
    await writeFile(join(folder, name), await scaled.get(name)!);
  }
}

async function scaleDown(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  const { width } = await sharp(bytes).metadata();
  return sharp(bytes)
    .resize({ width: Math.round(width * scale) })
    .keepMetadata()
    .toBuffer();
}
