// A picture and an instruction come in, the changed picture goes out, in the size a model chooses.
import { createHash } from 'node:crypto';
import sharp, { type Sharp } from 'sharp';
import { recipeOf, redraw, type Family } from '../support/redraw';
import { seededRandom } from '../support/seeded';
import { catDrawing, ribbonDrawing } from './drawings';
import type { InputPicture } from './pictureLinks';

/** Width and height in pixels. */
export interface PixelSize {
  width: number;
  height: number;
}

export type OutputFormat = 'png' | 'jpeg' | 'webp';

/** How an edit is to be answered. */
export interface PaintOptions {
  /** Chooses the answer's size from the size of what was painted. */
  chooseSize: (painted: PixelSize) => PixelSize;
  format: OutputFormat;
  /** Of the first picture's size; only where it is fully transparent may the picture change. */
  mask?: InputPicture | undefined;
  /** Which of several pictures of one answer, from 0: each is a little darker than the one before. */
  variant?: number;
  /** The models that draw all of the picture anew, as real ones do; else what nobody asked to change stays exactly. */
  redraws?: Family | undefined;
}

/** Pixels between two steps: `channels` is 3 or 4, the latter with alpha. */
interface Pixels extends PixelSize {
  data: Buffer;
  channels: 3 | 4;
}

/** The shares of red, green and blue in brightness. */
const luma: [number, number, number] = [0.2126, 0.7152, 0.0722];

interface Effect {
  words: RegExp;
  apply: (picture: Sharp, size: PixelSize) => Sharp;
  /** Whether it says which colours the answer is to have: a cast of the model's own would spoil them. */
  setsColours?: boolean;
}

const effects: readonly Effect[] = [
  {
    words: /black[\s-]*(and|&)[\s-]*white|gr[ae]y[\s-]?scale|monochrome/i,
    apply: (picture) => picture.recomb([luma, luma, luma]),
    setsColours: true,
  },
  {
    words: /\bblur/i,
    apply: (picture, { width, height }) => picture.blur(1 + Math.max(width, height) / 120),
  },
  {
    words: /\binvert/i,
    apply: (picture) => picture.negate({ alpha: false }),
    setsColours: true,
  },
  { words: /\brotate/i, apply: (picture) => picture.rotate(90) },
  {
    words: /\bbright(er|en)/i,
    apply: (picture) => picture.modulate({ brightness: 1.3 }),
    setsColours: true,
  },
  {
    words: /\bdark(er|en)/i,
    apply: (picture) => picture.modulate({ brightness: 0.65 }),
    setsColours: true,
  },
];

/**
 * Does what the instruction says, as far as a local gateway understands it; what it does not
 * understand gets a frame and a ribbon, so that every edit can be seen.
 * @returns the encoded picture; one input yields the same bytes every time
 */
export async function paint(
  picture: InputPicture,
  instruction: string,
  { chooseSize, format, mask, variant = 0, redraws }: PaintOptions,
): Promise<Buffer> {
  const original = await rawPixels(
    sharp(picture.bytes).autoOrient().toColourspace('srgb'),
    picture.hasAlpha,
  );
  let pixels = original;
  const asked = effects.filter(({ words }) => words.test(instruction));
  for (const { apply } of asked) {
    pixels = await rawPixels(apply(open(pixels), pixels), picture.hasAlpha);
  }
  const wantsCat = /\badd\b[^]*\bcat\b/i.test(instruction);
  const size = chooseSize(pixels);
  const draw = async (what: Pixels): Promise<Sharp> => {
    const drawn = resized(what, size);
    if (!redraws) return drawn;
    const seed = seedOf(picture.bytes, instruction, variant);
    const manner = {
      family: redraws,
      seed,
      keepsColours: asked.some(({ setsColours }) => setsColours),
    };
    return open(await rawPixels(await redrawn(drawn, manner), picture.hasAlpha));
  };
  let answer = await draw(pixels);
  if (wantsCat || asked.length === 0) {
    const drawing = wantsCat ? catDrawing(size) : ribbonDrawing(size, instruction);
    const painted = await rawPixels(answer, picture.hasAlpha);
    answer = open(await rawPixels(open(painted).composite([{ input: drawing }]), picture.hasAlpha));
  }
  if (variant > 0) {
    const painted = await rawPixels(answer, picture.hasAlpha);
    answer = open(painted).modulate({ brightness: 0.93 ** variant });
  }
  if (mask) {
    // What lies outside is drawn anew as well: real models take a mask for a hint.
    const outside = await rawPixels(await draw(original), true);
    const kept = await keepOutsideMask(await rawPixels(answer, true), outside, mask);
    answer = picture.hasAlpha ? open(kept) : open(await rawPixels(open(kept), false));
  }
  return answer.toFormat(format).toBuffer();
}

/**
 * A picture as it may have looked while it was made.
 * @param share how far that had come, above 0 and below 1
 */
export async function glimpse(
  picture: Buffer,
  format: OutputFormat,
  share: number,
): Promise<Buffer> {
  const { width, height } = await sharp(picture).metadata();
  const detail = Math.max(1, Math.round(width * share ** 3 * 0.1));
  const coarse = await sharp(picture).resize(detail).png().toBuffer();
  return sharp(coarse)
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .toFormat(format)
    .toBuffer();
}

const open = ({ data, width, height, channels }: Pixels) =>
  sharp(data, { raw: { width, height, channels } });

const resized = (pixels: Pixels, { width, height }: PixelSize) =>
  open(pixels).resize(width, height, { fit: 'cover' });

async function rawPixels(picture: Sharp, hasAlpha: boolean): Promise<Pixels> {
  const { data, info } = await (hasAlpha ? picture.ensureAlpha() : picture.removeAlpha())
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  if (info.channels >= 3) return { data, width, height, channels: hasAlpha ? 4 : 3 };
  // A grey picture has one channel, or two with alpha: give it its red, green and blue.
  const channels = hasAlpha ? 4 : 3;
  const coloured = Buffer.alloc(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    coloured.fill(data[pixel * info.channels] ?? 0, pixel * channels, pixel * channels + 3);
    if (hasAlpha) coloured[pixel * 4 + 3] = data[pixel * 2 + 1] ?? 255;
  }
  return { data: coloured, width, height, channels };
}

/** Puts what is outside back wherever the mask is not fully transparent. All three have, or get, one size. */
async function keepOutsideMask(
  edited: Pixels,
  outside: Pixels,
  mask: InputPicture,
): Promise<Pixels> {
  const { width, height } = edited;
  const shape = await sharp(mask.bytes)
    .resize(width, height, { fit: 'cover', kernel: 'nearest' })
    .extractChannel('alpha')
    .raw()
    .toBuffer();
  const data = Buffer.from(edited.data);
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (shape[pixel] !== 0) outside.data.copy(data, pixel * 4, pixel * 4, pixel * 4 + 4);
  }
  return { ...edited, data };
}

/** The same instruction and picture are drawn in the same way each time. */
function seedOf(picture: Uint8Array, instruction: string, variant: number): number {
  const hash = createHash('sha256').update(picture).update(`\0${instruction}\0${variant}`);
  return hash.digest().readUInt32LE(0);
}

interface Manner {
  family: Family;
  seed: number;
  /** Whether the model adds no cast of its own. */
  keepsColours: boolean;
}

async function redrawn(picture: Sharp, { family, seed, keepsColours }: Manner): Promise<Sharp> {
  const { data, width, height } = await rawPixels(picture, true);
  const random = seededRandom(seed);
  const { tone, ...recipe } = recipeOf(family, random, Math.max(width, height));
  const manner = { ...recipe, ...(tone && !keepsColours && { tone }) };
  const drawn = await redraw({ width, height, pixels: new Uint8Array(data) }, manner, random);
  return open({ width, height, data: Buffer.from(drawn.pixels), channels: 4 });
}

/** The one of `sizes` whose shape is nearest, as models choose the size of their answers. */
export function nearestShape(sizes: readonly PixelSize[], { width, height }: PixelSize): PixelSize {
  const distance = (size: PixelSize) =>
    Math.abs(Math.log(size.width / size.height) - Math.log(width / height));
  return sizes.reduce((best, size) => (distance(size) < distance(best) ? size : best));
}
