// A picture, a recipe and a seed go in; the picture as a model would draw it anew, with nothing of it changed on purpose,
// comes out.
import sharp from 'sharp';
import { repaintTextures } from './repaint';
import { makeWarp, resampleAlong, type Line, type Picture } from './warp';

/** What becomes of colours, in this order. */
export interface Tone {
  /** Brightness goes to this power: under 1 is lighter. Default 1. */
  readonly gamma?: number;
  /** By how much the distance from middle grey grows. Default 1. */
  readonly contrast?: number;
  /** By how much the distance from grey grows. Default 1. */
  readonly saturation?: number;
  /** Factors of red, green and blue. */
  readonly gain?: readonly [number, number, number];
  /** Levels that are added to red, green and blue. */
  readonly add?: readonly [number, number, number];
}

/** What is absent is left as it is. */
export interface Recipe {
  /** Of the picture that comes out, in pixels; the shape is pulled to it. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Factors by which what is seen grows along each side. */
  readonly scale?: { readonly across: number; readonly down: number };
  /** How far the middle moves, as parts of each side. */
  readonly shift?: { readonly across: number; readonly down: number };
  /** Pixels by which a smooth warp moves what it moves most. */
  readonly warp?: number;
  /** 0 to 1: how much of the textures is invented anew. */
  readonly texture?: number;
  readonly tone?: Tone;
  /** Whether there is a sparkle in the lower right corner, as Gemini leaves. */
  readonly mark?: boolean;
  /** Quality with which it goes through JPEG in the end. */
  readonly jpeg?: number;
}

/** The same picture, recipe and random numbers give the same bytes. */
export async function redraw(
  picture: Picture,
  recipe: Recipe,
  random: () => number,
): Promise<Picture> {
  const { size, warp, texture, tone, mark, jpeg } = recipe;
  let redrawn = size ? await resize(picture, size) : picture;
  if (recipe.scale || recipe.shift || warp) redrawn = move(redrawn, recipe, random);
  if (texture) redrawn = repaintTextures(redrawn, texture, random);
  if (tone) redrawn = colour(redrawn, tone);
  if (mark) redrawn = leaveMark(redrawn);
  return jpeg === undefined ? redrawn : throughJpeg(redrawn, jpeg);
}

const open = ({ width, height, pixels }: Picture) =>
  sharp(pixels, { raw: { width, height, channels: 4 } });

async function resize(picture: Picture, { width, height }: NonNullable<Recipe['size']>) {
  if (picture.width === width && picture.height === height) return picture;
  const pixels = await open(picture).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { width, height, pixels: new Uint8Array(pixels) };
}

function move(picture: Picture, { scale, shift, warp }: Recipe, random: () => number): Picture {
  const across = lineOf(picture.width, scale?.across, shift?.across);
  const down = lineOf(picture.height, scale?.down, shift?.down);
  return resampleAlong(picture, across, down, warp ? makeWarp(random, picture, warp) : undefined);
}

function lineOf(length: number, scale = 1, shift = 0): Line {
  const middle = (length - 1) / 2;
  return { scale: 1 / scale, offset: middle - (middle + shift * length) / scale };
}

function colour({ width, height, pixels }: Picture, tone: Tone): Picture {
  const { gamma = 1, contrast = 1, saturation = 1, gain = [1, 1, 1], add = [0, 0, 0] } = tone;
  const toned = new Uint8ClampedArray(pixels);
  const curve = Float32Array.from({ length: 256 }, (_, level) => {
    return (255 * (level / 255) ** gamma - 128) * contrast + 128;
  });
  for (let at = 0; at < toned.length; at += 4) {
    const red = curve[pixels[at]!]!;
    const green = curve[pixels[at + 1]!]!;
    const blue = curve[pixels[at + 2]!]!;
    const grey = (1 - saturation) * (0.299 * red + 0.587 * green + 0.114 * blue);
    toned[at] = (saturation * red + grey) * gain[0] + add[0];
    toned[at + 1] = (saturation * green + grey) * gain[1] + add[1];
    toned[at + 2] = (saturation * blue + grey) * gain[2] + add[2];
  }
  return { width, height, pixels: new Uint8Array(toned.buffer) };
}

/** Of the shorter side: how far the points of the sparkle reach, and how far its middle lies from the edges. */
const sparkle = { reach: 0.025, distance: 0.055 };

/** A white star with four points, of which the picture shines through. */
function leaveMark({ width, height, pixels }: Picture): Picture {
  const marked = pixels.slice();
  const side = Math.min(width, height);
  const reach = Math.max(3, sparkle.reach * side);
  const middle = {
    x: width - Math.max(reach, sparkle.distance * side),
    y: height - Math.max(reach, sparkle.distance * side),
  };
  for (let y = Math.max(0, Math.floor(middle.y - reach)); y < height; y++) {
    for (let x = Math.max(0, Math.floor(middle.x - reach)); x < width; x++) {
      const across = Math.abs(x - middle.x) / reach;
      const down = Math.abs(y - middle.y) / reach;
      const inside = 1 - (Math.sqrt(across) + Math.sqrt(down)) ** 2;
      const weight = 0.75 * Math.min(1, Math.max(0, inside * 3));
      for (let at = 4 * (y * width + x), end = at + 3; at < end; at++) {
        marked[at] = Math.round(marked[at]! + weight * (255 - marked[at]!));
      }
    }
  }
  return { width, height, pixels: marked };
}

/** Transparency, which JPEG has not, stays. */
async function throughJpeg(picture: Picture, quality: number): Promise<Picture> {
  const bytes = await open(picture).removeAlpha().jpeg({ quality }).toBuffer();
  const pixels = new Uint8Array(await sharp(bytes).ensureAlpha().raw().toBuffer());
  for (let at = 3; at < pixels.length; at += 4) pixels[at] = picture.pixels[at]!;
  return { ...picture, pixels };
}

/** The families of models whose redraws are known: see `recipeOf`. */
export type Family = 'gpt' | 'gemini';

/**
 * How a model of a family draws anew, by ../shared/reference/real-edits.md: GPT's all of it, with a scale of 2 to 8 % that
 * differs along the sides, a warm cast, and textures of its own; Gemini's in place or moved and scaled by up to 3 %, and
 * with a mark now and then. Both come nearer only: what lies beyond the edges would have to be invented, and a mirror of it
 * looks like none of their answers.
 * @param longerSide of the answer in pixels: a warp is as long as what it bends
 */
export function recipeOf(family: Family, random: () => number, longerSide: number): Recipe {
  const between = (from: number, to: number) => from + (to - from) * random();
  /** With the point that stays anywhere in the picture, so that no edge moves by more than the scale. */
  const anchored = ({ across, down }: { across: number; down: number }) => ({
    scale: { across: 1 + across, down: 1 + down },
    shift: { across: across * between(-0.5, 0.5), down: down * between(-0.5, 0.5) },
  });
  if (family === 'gpt') {
    return {
      ...anchored({ across: between(0.02, 0.08), down: between(0.02, 0.08) }),
      warp: (between(2, 4) / 1024) * longerSide,
      texture: between(0.6, 0.9),
      tone: {
        gamma: between(0.95, 1.05),
        contrast: between(0.98, 1.06),
        saturation: between(1, 1.1),
        gain: [between(1, 1.03), between(0.98, 1), between(0.86, 0.96)],
      },
    };
  }
  const zoom = random() < 0.5 ? 0 : between(0.005, 0.03);
  const mark = random() < 0.4;
  return {
    ...(zoom !== 0 && anchored({ across: zoom, down: zoom })),
    warp: (between(0.2, 0.6) / 1024) * longerSide,
    tone: { add: [between(-1, 1), between(-1, 1), between(-1, 1)] },
    mark,
  };
}
