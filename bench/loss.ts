// Takes nothing; measures how many pixels of an original come out different where they are written once more in its format,
// beside what was done before its tables and colours were taken over, and how long the proof before sending takes at 12
// megapixels. Fails where a bar is missed.
import { join, resolve } from 'node:path';
import sharp, { type JpegOptions, type Sharp } from 'sharp';
import type { Encoding } from '../src/picture/encoding';
import { identifyPicture } from '../src/picture/identify';
import type { Decoded } from '../src/picture/jobs';
import { removeMetadata } from '../src/picture/metadata/metadata';
import { readEncoding } from '../src/picture/originalEncoding';
import { PictureWorker } from '../src/picture/pictureWorker';
import { conclude } from './conclude';
import { median } from './judge';

const bars = {
  /** Of the pixels, where the tables are known: with one colour for four pixels, and with one for each. */
  subsampled: 0.02,
  full: 0.002,
  /** Times the decoding of the same picture, which is all that is done beside it. */
  proof: 4,
};

/** Steps of a channel up to which nobody sees a difference. */
const tolerance = 2;

const photograph = join('test', 'samples', 'workspace', 'photo.jpg');
const worker = new PictureWorker(resolve('dist/pictureThread.js'));
const encoded = (bytes: Uint8Array) => ({ bytes, format: identifyPicture(bytes)!.format });
const decode = (bytes: Uint8Array) => worker.run({ type: 'decode', encoded: encoded(bytes) });

interface Kind {
  readonly name: string;
  readonly bar?: number;
  readonly make: (picture: Sharp) => Promise<Buffer>;
}

const jpeg = (name: string, options: JpegOptions, bar?: number): Kind => ({
  name: `JPEG ${name}`,
  ...(bar !== undefined && { bar }),
  make: (picture) => picture.jpeg(options).toBuffer(),
});

const kinds: readonly Kind[] = [
  ...[60, 75, 90, 95].map((quality) => jpeg(`${quality}, 4:2:0`, { quality }, bars.subsampled)),
  jpeg('75, 4:2:0, mozjpeg’s tables', { quality: 75, quantisationTable: 3 }, bars.subsampled),
  jpeg('90, 4:2:0, mozjpeg’s tables', { quality: 90, quantisationTable: 3 }, bars.subsampled),
  jpeg('75, 4:4:4', { quality: 75, chromaSubsampling: '4:4:4' }, bars.full),
  jpeg(
    '90, 4:4:4, mozjpeg’s tables',
    { quality: 90, chromaSubsampling: '4:4:4', quantisationTable: 3 },
    bars.full,
  ),
  {
    name: 'JPEG 85, 4:2:0, tables of nobody',
    make: async (picture) => withOtherTables(await picture.jpeg({ quality: 85 }).toBuffer()),
  },
  { name: 'WebP 85', make: (picture) => picture.webp({ quality: 85 }).toBuffer() },
  {
    name: 'WebP, lossless',
    bar: 0,
    make: (picture) => picture.webp({ lossless: true }).toBuffer(),
  },
  { name: 'AVIF 60', make: (picture) => picture.avif({ quality: 60, effort: 2 }).toBuffer() },
  { name: 'PNG', bar: 0, make: (picture) => picture.png().toBuffer() },
];

/** As cameras have their own: finer for what is coarse, and coarser for what is fine. */
function withOtherTables(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  for (let at = 2; changed[at + 1] !== 0xda; at += 2 + changed.readUInt16BE(at + 2)) {
    if (changed[at + 1] !== 0xdb) continue;
    for (let index = 1; index <= 64; index++) {
      const value = changed[at + 4 + index]!;
      changed[at + 4 + index] = Math.max(1, Math.round(value * (0.8 + (0.5 * index) / 64)));
    }
  }
  return changed;
}

/** What was done before: the standard's tables at the quality whose luma is as coarse, and colours as they were decoded. */
function encodingBefore(bytes: Buffer): Encoding | undefined {
  const encoding = readEncoding(encoded(bytes));
  if (encoding?.format !== 'JPEG') return encoding;
  const { quality, subsampled, progressive, table } = encoding;
  return {
    format: 'JPEG',
    quality: table === undefined ? quality : qualityOf(bytes),
    subsampled,
    progressive,
  };
}

/** Luma's table of the standard, at quality 50. */
const standard = [
  ...[16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40],
  ...[26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51],
  ...[56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87],
  ...[95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99],
];

function qualityOf(bytes: Buffer): number {
  const at = bytes.indexOf(Buffer.from([0xff, 0xdb])) + 5;
  const wanted = bytes.subarray(at, at + 64).reduce((sum, value) => sum + value, 0);
  const sumAt = (quality: number) => {
    const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    return standard.reduce(
      (sum, value) => sum + Math.min(255, Math.max(1, Math.floor((value * scale + 50) / 100))),
      0,
    );
  };
  const qualities = Array.from({ length: 100 }, (_, index) => index + 1);
  const away = (quality: number) => Math.abs(sumAt(quality) - wanted);
  return qualities.reduce((best, quality) => (away(quality) < away(best) ? quality : best));
}

/** Of all pixels, those of which a channel is off by more than nobody sees. */
function shareOff({ pixels }: Decoded, after: Decoded): number {
  let off = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const most = Math.max(
      Math.abs(pixels[at]! - after.pixels[at]!),
      Math.abs(pixels[at + 1]! - after.pixels[at + 1]!),
      Math.abs(pixels[at + 2]! - after.pixels[at + 2]!),
    );
    if (most > tolerance) off++;
  }
  return off / (pixels.length / 4);
}

async function measureKinds(missed: string[]): Promise<void> {
  // Made smaller, so that it is not a JPEG twice over.
  const source = await sharp(photograph).resize(900, 600).png().toBuffer();
  const rows = [['original', 'before', 'now', 'bytes, of the original’s']];
  for (const { name, bar, make } of kinds) {
    const original = await make(sharp(source));
    const own = await decode(original);
    const before = encodingBefore(original);
    const old = before && (await worker.run({ type: 'encode', picture: own, encoding: before }));
    const now = await worker.run({ type: 'match', original: encoded(original), edited: own });
    const shares = [old?.bytes, now.bytes].map(async (bytes) =>
      bytes ? shareOff(own, await decode(bytes)) : NaN,
    );
    const [then, is] = await Promise.all(shares);
    const ratio = (now.bytes.length / original.length).toFixed(2);
    rows.push([name, percent(then!), percent(is!), `${ratio}×`]);
    if (bar !== undefined && is! > bar) missed.push(`${name}: ${percent(is!)} of ${percent(bar)}`);
  }
  console.log('\nPixels of the original that are off by more than 2, written once more:\n');
  for (const row of rows)
    console.log(row.map((cell, at) => cell.padEnd(at === 0 ? 36 : 12)).join(''));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

async function measureProof(missed: string[]): Promise<void> {
  const source = await sharp(photograph).resize(4000, 3000, { fit: 'fill' }).raw().toBuffer();
  const picture = () =>
    sharp(source, { raw: { width: 4000, height: 3000, channels: 3 } }).withExif({
      IFD0: { Make: 'Camera' },
    });
  console.log('\nThe proof before sending, 4000 × 3000, beside decoding the picture:\n');
  for (const [name, make] of [
    ['JPEG', () => picture().jpeg({ quality: 90 }).toBuffer()],
    ['PNG', () => picture().png({ compressionLevel: 2 }).toBuffer()],
    ['WebP', () => picture().webp({ quality: 85, effort: 1 }).toBuffer()],
  ] as const) {
    const bytes = await make();
    const bare = removeMetadata(bytes);
    const proof = await timed(() => worker.run({ type: 'check', encoded: encoded(bytes), bare }));
    const look = await timed(() => worker.run({ type: 'check', encoded: encoded(bytes) }));
    const decoding = await timed(() => decode(bytes));
    console.log(
      `${name.padEnd(6)}${proof.toFixed(0)} ms; where there is no metadata ${look.toFixed(0)} ms; decoding ${decoding.toFixed(0)} ms`,
    );
    const most = bars.proof * decoding;
    if (proof > most) missed.push(`${name}, proof: ${proof.toFixed(0)} of ${most.toFixed(0)} ms`);
  }
  const original = await picture().jpeg({ quality: 90 }).toBuffer();
  const own = await decode(original);
  const writing = await timed(() =>
    worker.run({ type: 'match', original: encoded(original), edited: own }),
  );
  const plain = await timed(() =>
    worker.run({ type: 'encode', picture: own, encoding: readEncoding(encoded(original))! }),
  );
  console.log(
    `\nA JPEG of 12 megapixels with its own colours: ${writing.toFixed(0)} ms; encoding alone ${plain.toFixed(0)} ms`,
  );
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  await work();
  for (let round = 0; round < 3; round++) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  return median(times);
}

async function main(): Promise<void> {
  const begun = Date.now();
  const missed: string[] = [];
  try {
    await measureKinds(missed);
    await measureProof(missed);
  } finally {
    worker.dispose();
  }
  conclude(begun, missed);
}

void main();
