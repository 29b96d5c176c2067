// An overall change of colour is what this is about: its numbers, what it does to a picture, and which way it goes.
import type { ColourCells } from './colourCells';
import type { Window } from './crop';
import { loadKernel, reserve, type Kernel } from './kernel';
import { changeLight, type LightField } from './lightField';
import type { Pixels } from './pixels';
import type { Size } from './placement';
import { checkWanted } from './wanted';

/**
 * Of red, green and blue each: what is added to it. That is the sum of nine products: with red, green and blue (each
 * less 128), with 128, and with three curves of the channel's own value v: 255 t(1 - t), twice that times (1 - 2t), and
 * 255 (sqrt(t) - t) for gamma below 1, where t = v / 255; and with (red - green)² / 255 and (blue - green)² / 255, as
 * light in linear colours is no mix of these.
 */
export type Coefficients = readonly (readonly number[])[];

/** Plain data: it travels between threads. */
export interface Tone {
  readonly coefficients: Coefficients;
  /** By how much light changed from place to place, after the colours; absent where it is the same everywhere. */
  readonly light?: LightField;
  /** The mean YIQ distance between the original and the toned original, 0 to 255. */
  readonly magnitude: number;
  /** Whether people see it: then it is a change of its own. */
  readonly shown: boolean;
  /** Whether the original's colours can be had back from toned ones. */
  readonly invertible: boolean;
  readonly direction: ToneDirection;
}

/** Which way the colours went, averaged over the picture. */
export interface ToneDirection {
  /** Levels that the picture is lighter (above 0) or darker. */
  readonly lighter: number;
  /** Levels by which red gains on blue in greys: warmer (above 0) or cooler. */
  readonly warmer: number;
  /** Levels by which green gains on red and blue in greys: greener (above 0) or more magenta. */
  readonly greener: number;
  /** How much the contrast has become, 1 for as much as before; below 0 where it is inverted. */
  readonly contrast: number;
  /** How far colours are from grey, 1 for as far as before, 0 for black and white and sepia. */
  readonly saturation: number;
}

/** Mean distance from which on people see it. */
export const leastSeen = 1;

/** Writes into the colour what the tone makes of it, which may lie outside of 0 to 255. */
export function toneColour(coefficients: Coefficients, colour: [number, number, number]): void {
  const [red, green, blue] = colour;
  const redness = (red - green) ** 2 / 255;
  const blueness = (blue - green) ** 2 / 255;
  for (let channel = 0; channel < 3; channel++) {
    const row = coefficients[channel]!;
    colour[channel]! +=
      row[0]! * (red - 128) +
      row[1]! * (green - 128) +
      row[2]! * (blue - 128) +
      ownOf(row, colour[channel]!) +
      row[7]! * redness +
      row[8]! * blueness;
  }
}

/** What the constant and the curves add to a value of the channel itself. */
function ownOf(row: readonly number[], value: number): number {
  const part = value / 255;
  const curve = 255 * part * (1 - part);
  return (
    row[3]! * 128 +
    row[4]! * curve +
    row[5]! * 2 * curve * (1 - 2 * part) +
    row[6]! * 255 * (Math.sqrt(part) - part)
  );
}

/** The picture with its colours changed; what is transparent stays so. */
export function applyTone({ width, height, pixels }: Pixels, tone: Tone): Pixels {
  const toned = new Uint8Array(pixels.length);
  const all = { left: 0, top: 0, right: width, bottom: height };
  makeToning(tone, { width, height })(pixels, toned, all);
  return { width, height, pixels: toned };
}

/** For each level of red, of green and of blue, then for red less green and blue less green, from -255 on: four numbers. */
const tableRows = { blue: 512, redness: 768, blueness: 768 + 511, all: 768 + 2 * 511 };

/** What each value adds to red, green and blue, and nothing to alpha. */
function tablesOf({ coefficients }: Tone): Float32Array {
  const tables = new Float32Array(4 * tableRows.all);
  for (const [channel, row] of coefficients.entries()) {
    for (let from = 0; from < 3; from++) {
      for (let value = 0; value < 256; value++) {
        const added = row[from]! * (value - 128);
        tables[4 * (256 * from + value) + channel] =
          from === channel ? added + value + ownOf(row, value) : added;
      }
    }
    for (let place = 0; place < 511; place++) {
      const square = (place - 255) ** 2 / 255;
      tables[4 * (tableRows.redness + place) + channel] = row[7]! * square;
      tables[4 * (tableRows.blueness + place) + channel] = row[8]! * square;
    }
  }
  return tables;
}

/**
 * Pixels go in and are written with their colours changed: as many as there are.
 * @param window where they lie in the picture, row by row
 */
export type Toning = (pixels: Uint8Array, toned: Uint8Array, window: Window) => void;

/** Pixels that the kernel takes at a time: few enough to stay in the processor's cache. */
const stretch = 4096;

/**
 * The tables are made once for all pixels.
 * @param size of the picture
 */
export function makeToning(
  tone: Tone,
  size: Size,
  kernel: Kernel | 'none' = loadKernel() ?? 'none',
): Toning {
  const { light } = tone;
  const toning = makeColouring(tone, kernel);
  if (!light) return toning;
  return (pixels, toned, window) => {
    toning(pixels, toned);
    changeLight(toned.subarray(0, pixels.length), light, window, size, 'apply');
  };
}

function makeColouring(
  tone: Tone,
  kernel: Kernel | 'none',
): (pixels: Uint8Array, toned: Uint8Array) => void {
  const tables = tablesOf(tone);
  if (kernel === 'none') return (pixels, toned) => toneInScript(tables, pixels, toned);
  return (pixels, toned) => {
    const start = Math.ceil(kernel.firstFree() / 16) * 16;
    const source = start + tables.byteLength;
    const out = source + 4 * stretch;
    const memory = reserve(kernel, out + 4 * stretch);
    // Others use the same memory between two calls.
    memory.set(new Uint8Array(tables.buffer), start);
    for (let from = 0; from < pixels.length; from += 4 * stretch) {
      checkWanted();
      const some = pixels.subarray(from, from + 4 * stretch);
      memory.set(some, source);
      kernel.toneRow(source, some.length / 4, start, out);
      toned.set(memory.subarray(out, out + some.length), from);
    }
  };
}

/** The clamped array rounds and cuts off. */
function toneInScript(tables: Float32Array, pixels: Uint8Array, toned: Uint8Array): void {
  const clamped = new Uint8ClampedArray(toned.buffer, toned.byteOffset, pixels.length);
  for (let at = 0; at < pixels.length; at += 4) {
    if (at % (4 * stretch) === 0) checkWanted();
    const green = pixels[at + 1]!;
    const places = [
      pixels[at]!,
      256 + green,
      tableRows.blue + pixels[at + 2]!,
      tableRows.redness + 255 + pixels[at]! - green,
      tableRows.blueness + 255 + pixels[at + 2]! - green,
    ];
    for (let channel = 0; channel < 3; channel++) {
      let sum = 0;
      for (const place of places) sum += tables[4 * place + channel]!;
      clamped[at + channel] = sum;
    }
    clamped[at + 3] = pixels[at + 3]!;
  }
}

/** The YIQ distance of pixelmatch (Kotsarenko and Ramos, 2009) between two colours that differ by so much. */
export function distanceOf(red: number, green: number, blue: number): number {
  const y = 0.2887 * red + 0.5667 * green + 0.1106 * blue;
  const i = 0.4428 * red - 0.2037 * green - 0.2391 * blue;
  const q = 0.1271 * red - 0.3141 * green + 0.187 * blue;
  return Math.sqrt(y * y + i * i + q * q);
}

/** Between cells of three levels each. */
export function meanDistance(before: Float32Array, after: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < before.length; at += 3) {
    const [red, green, blue] = [0, 1, 2].map(
      (channel) => after[at + channel]! - before[at + channel]!,
    ) as [number, number, number];
    sum += distanceOf(red, green, blue);
  }
  return (3 * sum) / Math.max(1, before.length);
}

/** @param cells the colours that the picture has: which way they went is said of these */
export function describeTone(coefficients: Coefficients, cells: ColourCells): Tone {
  const { count, before } = cells;
  const means = new Means();
  let magnitude = 0;
  for (let cell = 0, at = 0; cell < count; cell++, at += 3) {
    checkWanted();
    const from: Colour = [before[at]!, before[at + 1]!, before[at + 2]!];
    const light = lightOf(from);
    const to = seen(coefficients, from);
    magnitude += distanceOf(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
    // A cast is seen at grey; what is coloured less or more is seen against that.
    means.add({ from, to, light, grey: seen(coefficients, [light, light, light]) });
  }
  magnitude /= count;
  const direction = means.direction;
  return {
    coefficients,
    magnitude,
    shown: magnitude >= leastSeen,
    invertible: isInvertible(coefficients, direction.contrast),
    direction,
  };
}

type Colour = [red: number, green: number, blue: number];

/** What the tone makes of a colour in a picture, which has no more than black and white. */
function seen(coefficients: Coefficients, colour: Colour): Colour {
  const toned: Colour = [...colour];
  toneColour(coefficients, toned);
  for (const channel of [0, 1, 2] as const)
    toned[channel] = Math.min(255, Math.max(0, toned[channel]));
  return toned;
}

function lightOf([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

interface TonedColour {
  readonly from: Colour;
  readonly to: Colour;
  /** How light `from` is. */
  readonly light: number;
  /** What becomes of a grey as light as that. */
  readonly grey: Colour;
}

/** Which way colours went, on average. */
class Means {
  private count = 0;
  private light = 0;
  private square = 0;
  private lightAfter = 0;
  private product = 0;
  private warm = 0;
  private green = 0;
  private colour = 0.5;
  private colourAfter = 0.5;

  add({ from, to, light, grey }: TonedColour): void {
    const lightAfter = lightOf(to);
    this.count++;
    this.light += light;
    this.square += light * light;
    this.lightAfter += lightAfter;
    this.product += light * lightAfter;
    this.warm += grey[0] - grey[2];
    this.green += grey[1] - (grey[0] + grey[2]) / 2;
    this.colour += Math.hypot(from[0] - light, from[1] - light, from[2] - light);
    this.colourAfter += Math.hypot(to[0] - grey[0], to[1] - grey[1], to[2] - grey[2]);
  }

  get direction(): ToneDirection {
    const { count } = this;
    const variance = this.square / count - (this.light / count) ** 2;
    const covariance = this.product / count - (this.light * this.lightAfter) / count ** 2;
    return {
      lighter: (this.lightAfter - this.light) / count,
      warmer: this.warm / count,
      greener: this.green / count,
      contrast: covariance / Math.max(1, variance),
      saturation: this.colourAfter / this.colour,
    };
  }
}

/** Where a channel keeps less of itself than this, noise is all that would come back. */
const leastGain = 0.25;

function isInvertible(coefficients: Coefficients, contrast: number): boolean {
  const [a, b, c] = coefficients.map((row, channel) =>
    [0, 1, 2].map((from) => row[from]! + (from === channel ? 1 : 0)),
  ) as [number[], number[], number[]];
  const determinant =
    a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) -
    a[1]! * (b[0]! * c[2]! - b[2]! * c[0]!) +
    a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!);
  // The mean gain; a picture that is inverted could be turned back, but no change of it can be told from its own.
  return contrast > leastGain && determinant > leastGain ** 3;
}
