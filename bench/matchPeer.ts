// How to encode and two pictures go in as arguments; how long native sharp takes for the same as `matchOurs` goes to the parent.
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { webpEffort, type Encoding } from '../src/picture/encoding';
import type { MatchFigures } from './matchOurs';
import { peak } from './measure';

const [encodingText, originalPath, editedPath, repetitions] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];
const encoding = JSON.parse(encodingText) as Encoding;
const original = readFileSync(originalPath);
const edited = readFileSync(editedPath);

/** Every setting that both know is the same, sharp's defaults included where it has no say. */
async function match(): Promise<Buffer> {
  const { width, height } = await sharp(original).metadata();
  const picture = sharp(edited).resize(width, height, { fit: 'fill' });
  switch (encoding.format) {
    case 'JPEG':
      return picture
        .jpeg({
          quality: encoding.quality,
          chromaSubsampling: encoding.subsampled ? '4:2:0' : '4:4:4',
          progressive: encoding.progressive,
        })
        .toBuffer();
    case 'PNG':
      // It knows no single filter: none, which is faster, or the best for each row.
      return picture.png({ compressionLevel: 6, adaptiveFiltering: false }).toBuffer();
    case 'WebP':
      return picture
        .webp({ quality: Number(encoding.quality), effort: webpEffort({ width, height }) })
        .toBuffer();
    default:
      throw new Error(`no row for ${encoding.format}`);
  }
}

async function measure(): Promise<MatchFigures> {
  const { byteLength } = await match();
  const memory = peak();
  const times: number[] = [];
  while (times.length < Number(repetitions)) {
    const begun = performance.now();
    await match();
    times.push(performance.now() - begun);
  }
  return { times, memory, size: byteLength };
}

void measure().then((figures) => {
  process.send?.(figures);
  process.disconnect();
});
