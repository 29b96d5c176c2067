// Takes nothing; gives the pictures that are compared, decoded, each with an edited one: the same every time.
import sharp from 'sharp';
import type { Pixels } from '../src/picture/pixels';

export interface Pair {
  readonly name: string;
  readonly original: Pixels;
  readonly edited: Pixels;
}

/** What a model answers differs everywhere by a little; a screenshot taken anew, only where something happened. */
export async function makePairs(): Promise<Pair[]> {
  const square = paintLandscape(1024, 1024, 1);
  const screenshot = paintScreenshot(3840, 2160, 2);
  const photograph = await encode(paintLandscape(4000, 3000, 3), 'jpeg', 92);
  return [
    {
      name: '1024² PNG',
      original: await encode(square, 'png'),
      edited: await encode(repaint(square, 4), 'jpeg', 90),
    },
    {
      name: '4K PNG screenshot',
      original: await encode(screenshot, 'png'),
      edited: await encode(repaint(screenshot, 5), 'png'),
    },
    {
      name: '12 MP JPEG',
      original: photograph,
      edited: await encode(repaint(photograph, 6), 'jpeg', 85),
    },
  ];
}

/** Encoded, and decoded again. */
async function encode(
  { width, height, pixels }: Pixels,
  format: 'png' | 'jpeg',
  quality?: number,
): Promise<Pixels> {
  const raw = sharp(pixels, { raw: { width, height, channels: 4 } }).removeAlpha();
  const bytes = await raw.toFormat(format, quality ? { quality } : {}).toBuffer();
  const decoded = await sharp(bytes).ensureAlpha().raw().toBuffer();
  return { width, height, pixels: new Uint8Array(decoded) };
}

/** Numbers from 0 to 1 (mulberry32). */
function seededRandom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Hills with grain: as rough as a photograph. */
function paintLandscape(width: number, height: number, seed: number): Pixels {
  const random = seededRandom(seed);
  const pixels = new Uint8Array(4 * width * height).fill(255);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const hills = Math.sin(x / 61 + Math.sin(y / 83) * 3) + Math.sin(y / 47 + x / 190);
      const light = 120 + 40 * hills + 24 * random();
      pixels[at] = light + 20;
      pixels[at + 1] = light;
      pixels[at + 2] = 200 - light / 2;
    }
  }
  return { width, height, pixels };
}

/** Windows with lines of something like text. */
function paintScreenshot(width: number, height: number, seed: number): Pixels {
  const random = seededRandom(seed);
  const picture = { width, height, pixels: new Uint8Array(4 * width * height).fill(255) };
  for (let count = 0; count < 12; count++) {
    const [left, top] = [random() * width * 0.7, random() * height * 0.7].map(Math.floor);
    const paper = random() < 0.5 ? 245 : 30;
    fill(picture, left!, top!, 1100, 650, [paper, paper, paper]);
    for (let line = 20; line < 630; line += 24) {
      for (let letter = 20; letter < 1080 * random(); letter += 12) {
        const ink = 255 - paper - 40 * random();
        fill(picture, left! + letter, top! + line, 3 + 6 * random(), 14 * random(), [
          ink,
          ink,
          128,
        ]);
      }
    }
  }
  return picture;
}

/** Three places of it painted over. */
function repaint({ width, height, pixels }: Pixels, seed: number): Pixels {
  const random = seededRandom(seed);
  const picture = { width, height, pixels: pixels.slice() };
  for (let count = 0; count < 3; count++) {
    const colour = [255 * random(), 255 * random(), 255 * random()];
    fill(
      picture,
      0.8 * width * random(),
      0.8 * height * random(),
      0.15 * width,
      0.15 * height,
      colour,
    );
  }
  return picture;
}

function fill(
  { width, height, pixels }: Pixels,
  left: number,
  top: number,
  across: number,
  down: number,
  colour: readonly number[],
): void {
  for (let y = Math.floor(top); y < Math.min(height, top + down); y++) {
    for (let x = Math.floor(left); x < Math.min(width, left + across); x++) {
      pixels.set(colour, 4 * (y * width + x));
    }
  }
}
