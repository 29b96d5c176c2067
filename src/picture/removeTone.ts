// A picture and an overall change of its colours go in; the picture with that change taken back comes out.
import { loadKernel, reserve, type Kernel } from './kernel';
import { changeLight } from './lightField';
import type { Pixels } from './pixels';
import { toneColour, type Tone } from './tone';
import { checkWanted } from './wanted';

/** Points along each side of the lattice: 8 levels apart, between which the tone is nearly straight. */
const points = 33;

/** Levels between two points. */
const spacing = 255 / (points - 1);

/** Bytes that are changed at a time: few enough to stay in the processor's cache. */
const stretch = 1 << 14;

/** Newton's method doubles the right digits with each step: more would change nothing. */
const steps = 8;

/**
 * Each colour becomes the one that the tone would make it from; where there is none, the nearest. What is transparent
 * stays so. The inverse has no formula: it is solved by Newton's method on a lattice of colours, and interpolated
 * linearly along each of the three sides, as colour profiles do. Light is divided out before.
 * @param tone one that is `invertible`
 */
export function removeTone(
  { width, height, pixels }: Pixels,
  tone: Tone,
  kernel: Kernel | 'none' = loadKernel() ?? 'none',
): Pixels {
  const bare = new Uint8Array(pixels.length);
  bare.set(pixels);
  if (tone.light) {
    const all = { left: 0, top: 0, right: width, bottom: height };
    changeLight(bare, tone.light, all, { width, height }, 'remove');
    const isLightAlone = tone.coefficients.every((row) => row.every((value) => value === 0));
    if (isLightAlone) return { width, height, pixels: bare };
  }
  const lattice = invert(tone);
  if (kernel === 'none') lookUpInScript(bare, lattice);
  else lookUpInKernel(kernel, bare, lattice);
  return { width, height, pixels: bare };
}

/** The point of the lattice before a level, and the part of the way from there to the next. */
function placeOf(level: number): [place: number, part: number] {
  const place = Math.min(points - 2, Math.floor(level / spacing));
  return [place, Math.fround(level / spacing - place)];
}

function lookUpInKernel(kernel: Kernel, pixels: Uint8Array, lattice: Float32Array): void {
  const places = Math.ceil(kernel.firstFree() / 16) * 16;
  const start = places + 8 * 256;
  const source = start + lattice.byteLength;
  const out = source + stretch;
  const memory = reserve(kernel, out + stretch);
  const view = new DataView(memory.buffer);
  for (let from = 0; from < pixels.length; from += stretch) {
    checkWanted();
    if (from === 0) {
      for (let level = 0; level < 256; level++) {
        const [place, part] = placeOf(level);
        view.setInt32(places + 8 * level, place, true);
        view.setFloat32(places + 8 * level + 4, part, true);
      }
      new Float32Array(memory.buffer, start).set(lattice);
    }
    const some = pixels.subarray(from, from + stretch);
    memory.set(some, source);
    kernel.latticeRow(source, some.length / 4, places, start, points, out);
    some.set(memory.subarray(out, out + some.length));
  }
}

/** The same in plain TypeScript. */
function lookUpInScript(pixels: Uint8Array, lattice: Float32Array): void {
  const bare = new Uint8ClampedArray(pixels.buffer);
  const places = Array.from({ length: 256 }, (_, level) => placeOf(level));
  const [down, back] = [4 * points, 4 * points * points];
  for (let at = 0; at < pixels.length; at += 4) {
    if (at % stretch === 0) checkWanted();
    const [[red, r], [green, g], [blue, b]] = [0, 1, 2].map(
      (channel) => places[pixels[at + channel]!]!,
    ) as [[number, number], [number, number], [number, number]];
    const corner = back * red + down * green + 4 * blue;
    for (let channel = 0; channel < 3; channel++) {
      const from = corner + channel;
      const near = mix(
        mix(lattice[from]!, lattice[from + 4]!, b),
        mix(lattice[from + down]!, lattice[from + down + 4]!, b),
        g,
      );
      const far = mix(
        mix(lattice[from + back]!, lattice[from + back + 4]!, b),
        mix(lattice[from + back + down]!, lattice[from + back + down + 4]!, b),
        g,
      );
      bare[at + channel] = mix(near, far, r);
    }
  }
}

function mix(one: number, other: number, part: number): number {
  return one + part * (other - one);
}

/** Of each point of the lattice the colour that it is made from, blue fastest: four numbers, of which the last is 0. */
function invert({ coefficients }: Tone): Float32Array {
  const lattice = new Float32Array(4 * points ** 3);
  let at = 0;
  for (let red = 0; red < points; red++) {
    checkWanted();
    for (let green = 0; green < points; green++) {
      for (let blue = 0; blue < points; blue++, at += 4) {
        const wanted = [red * spacing, green * spacing, blue * spacing] as const;
        lattice.set(solve(coefficients, wanted), at);
      }
    }
  }
  return lattice;
}

type Colour = [number, number, number];

function solve(coefficients: Tone['coefficients'], wanted: Readonly<Colour>): Colour {
  const colour: Colour = [...wanted];
  const toned = (red: number, green: number, blue: number): Colour => {
    const result: Colour = [red, green, blue];
    toneColour(coefficients, result);
    return result;
  };
  for (let step = 0; step < steps; step++) {
    const [red, green, blue] = colour;
    const now = toned(red, green, blue);
    const missing: Colour = [wanted[0] - now[0], wanted[1] - now[1], wanted[2] - now[2]];
    const move = solveLinear(
      subtract(toned(red + 1, green, blue), now),
      subtract(toned(red, green + 1, blue), now),
      subtract(toned(red, green, blue + 1), now),
      missing,
    );
    if (!move) break;
    for (const channel of [0, 1, 2] as const) {
      // Outside of what a picture can have, the tone means nothing.
      colour[channel] = Math.min(255, Math.max(0, colour[channel] + move[channel]));
    }
  }
  return colour;
}

function subtract(one: Colour, other: Colour): Colour {
  return [one[0] - other[0], one[1] - other[1], one[2] - other[2]];
}

/** Cramer's rule for three columns; undefined where they do not determine it. */
function solveLinear(a: Colour, b: Colour, c: Colour, result: Colour): Colour | undefined {
  const whole = determinant(a, b, c);
  if (Math.abs(whole) < 1e-6) return undefined;
  return [
    determinant(result, b, c) / whole,
    determinant(a, result, c) / whole,
    determinant(a, b, result) / whole,
  ];
}

function determinant(a: Colour, b: Colour, c: Colour): number {
  return (
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    b[0] * (a[1] * c[2] - a[2] * c[1]) +
    c[0] * (a[1] * b[2] - a[2] * b[1])
  );
}
