// A seed goes in; random numbers and pictures that are the same every time come out.
import type { Pixels } from '../../src/picture/pixels';

/** Numbers from 0 to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Clouds of every size with the edges of some shapes: as rough as a photograph of a meadow. */
export function paintScene(random: () => number, width: number, height: number): Pixels {
  const pixels = new Uint8Array(4 * width * height).fill(255);
  const tints = [0, 1, 2].map(() => 0.5 + random());
  const clouds = [paintClouds(random, width, height), paintClouds(random, width, height)] as const;
  const shapes = Array.from({ length: 12 }, () => ({
    x: random() * width,
    y: random() * height,
    radius: (0.03 + 0.12 * random()) * Math.min(width, height),
    round: random() < 0.5,
    colour: [0, 1, 2].map(() => 100 * random() - 50),
  }));
  const inside = drawShapes(shapes, width, height);
  for (let at = 0; at < inside.length; at++) {
    const colour = shapes[inside[at]! - 1]?.colour;
    const light = 128 + 130 * clouds[0][at]!;
    const hue = 40 * clouds[1][at]!;
    for (let channel = 0; channel < 3; channel++) {
      const value = light * tints[channel]! + hue * (channel - 1) + (colour?.[channel] ?? 0);
      pixels[4 * at + channel] = Math.min(255, Math.max(0, value));
    }
  }
  return { width, height, pixels };
}

interface Shape {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly round: boolean;
}

/** For each pixel the number of the last shape that it is in, from 1; 0 for none. */
function drawShapes(shapes: readonly Shape[], width: number, height: number): Uint8Array {
  const inside = new Uint8Array(width * height);
  for (const [index, { x, y, radius, round }] of shapes.entries()) {
    const right = Math.min(width - 1, x + radius);
    const bottom = Math.min(height - 1, y + radius);
    for (let row = Math.max(0, Math.floor(y - radius)); row <= bottom; row++) {
      for (let column = Math.max(0, Math.floor(x - radius)); column <= right; column++) {
        const across = Math.abs(column - x);
        const down = Math.abs(row - y);
        if ((round ? Math.hypot(across, down) : Math.max(across, down)) < radius)
          inside[row * width + column] = index + 1;
      }
    }
  }
  return inside;
}

/** About -1 to 1: noise of half the strength at twice the detail, six times over. */
function paintClouds(random: () => number, width: number, height: number): Float32Array {
  const clouds = new Float32Array(width * height);
  for (let layer = 0, strength = 0.5; layer < 7; layer++, strength *= 0.6) {
    const size = 2 ** (7 - layer);
    const columns = Math.ceil(width / size) + 2;
    const knots = Float32Array.from(
      { length: columns * (Math.ceil(height / size) + 2) },
      () => strength * (2 * random() - 1),
    );
    for (let y = 0, at = 0; y < height; y++) {
      const row = Math.floor(y / size);
      const down = y / size - row;
      for (let x = 0; x < width; x++, at++) {
        // The size is a power of two.
        const column = x >> (7 - layer);
        const across = (x & (size - 1)) / size;
        const knot = row * columns + column;
        const top = knots[knot]! * (1 - across) + knots[knot + 1]! * across;
        const bottom = knots[knot + columns]! * (1 - across) + knots[knot + columns + 1]! * across;
        clouds[at]! += top * (1 - down) + bottom * down;
      }
    }
  }
  return clouds;
}
