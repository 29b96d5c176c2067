// A picture goes in; the same picture as it looks after a change of all its colours comes out.
import type { Pixels } from '../../../../src/picture/pixels';

type Colour = readonly [red: number, green: number, blue: number];

/** Levels of 0 to 255 go in, and may come out beyond that. */
export type ToneMap = (red: number, green: number, blue: number) => readonly number[];

function light([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

function warmer(by: number): ToneMap {
  return (red, green, blue) => [red + by, green, blue - by];
}

function exposed(by: number): ToneMap {
  return (...colour) => colour.map((value) => by * value);
}

function ofContrast(by: number): ToneMap {
  return (...colour) => colour.map((value) => 128 + by * (value - 128));
}

function ofSaturation(by: number): ToneMap {
  return (...colour) => colour.map((value) => light(colour) + by * (value - light(colour)));
}

function ofGamma(by: number): ToneMap {
  return (...colour) => colour.map((value) => 255 * (value / 255) ** by);
}

/** What people and models do to all of a picture's colours. */
export const tones = {
  'warmer by 2': warmer(2),
  'warmer by 8': warmer(8),
  'cooler by 2': warmer(-2),
  'cooler by 8': warmer(-8),
  'more exposed': exposed(1.2),
  'much more exposed': exposed(1.5),
  'less exposed': exposed(0.75),
  'of more contrast': ofContrast(1.3),
  'of much more contrast': ofContrast(1.6),
  'of less contrast': ofContrast(0.7),
  'more colourful': ofSaturation(1.5),
  'less colourful': ofSaturation(0.5),
  'black and white': ofSaturation(0),
  sepia: (red, green, blue) => [
    0.393 * red + 0.769 * green + 0.189 * blue,
    0.349 * red + 0.686 * green + 0.168 * blue,
    0.272 * red + 0.534 * green + 0.131 * blue,
  ],
  'of gamma 0.7': ofGamma(0.7),
  'of gamma 1.5': ofGamma(1.5),
  inverted: (...colour) => colour.map((value) => 255 - value),
} as const satisfies Readonly<Record<string, ToneMap>>;

export function mapColours(picture: Pixels, map: ToneMap): Pixels {
  const pixels = new Uint8ClampedArray(picture.pixels);
  for (let at = 0; at < pixels.length; at += 4) {
    pixels.set(map(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!), at);
  }
  return { ...picture, pixels: new Uint8Array(pixels.buffer) };
}

/** Darker towards the corners, where this part of the light is left. */
export function vignette(picture: Pixels, left: number): Pixels {
  const { width, height } = picture;
  const pixels = new Uint8ClampedArray(picture.pixels);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const away = ((2 * x) / width - 1) ** 2 + ((2 * y) / height - 1) ** 2;
      const factor = 1 - ((1 - left) * away) / 2;
      for (let channel = at; channel < at + 3; channel++) pixels[channel]! *= factor;
    }
  }
  return { ...picture, pixels: new Uint8Array(pixels.buffer) };
}
