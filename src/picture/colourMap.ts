// An original and an edited picture over it, small, go in; what each colour of the original became comes out.
import type { ColourCells } from './colourCells';
import type { Covered, Planes } from './planes';
import { checkWanted } from './wanted';

/** Colours of the original, and the mean of what they became. Weights are as much as the areas that have them. */
export interface ColourMap extends ColourCells {
  /** Of each colour, how far its pixels are from all moving alike: a deviation, in levels of green. */
  readonly spreads: Float32Array;
  /** Whether there is hardly more than a ground and lines on it, so that edges count as well as areas. */
  readonly ofEdges: boolean;
}

/** Levels from which on a channel is told from less: dark ones more finely, as curves bend most there. */
const levels = [0, 2, 6, 12, 20, 32, 48, 64, 80, 96, 112, 128, 152, 176, 200, 228];
const bits = 4;
const levelOf = Uint8Array.from({ length: 256 }, (_, value) =>
  levels.findLastIndex((level) => level <= value),
);

/** Numbers that are summed up for each colour: weight, before, after, the move of green and its square. */
const sumsOfColour = 9;

/** Pixels from one that is looked at to the next. */
const step = 2;

/**
 * Levels by which a pixel differs from those two away where it says half as much: encoders smear the colours of edges
 * over two pixels.
 */
const edges = { contrast: 12, power: 4 };

/** Pixels, by weight: fewer say nothing of a colour. */
const leastWeight = 1;

/** Of the area, and how many colours have to have so much: else there is nothing but lines on a ground. */
const ofAreas = { part: 0.003, colours: 3 };

/** Only what the edited picture covers counts. */
export function mapColours(planes: Planes, covered: Covered): ColourMap {
  const map = collect(planes, covered, edges.contrast);
  const area = map.weights.reduce((sum, weight) => sum + weight, 0);
  const large = map.weights.filter((weight) => weight >= ofAreas.part * area);
  if (large.length >= ofAreas.colours) return { ...map, ofEdges: false };
  return { ...collect(planes, covered, Infinity), ofEdges: true };
}

type Sums = Omit<ColourMap, 'ofEdges'>;

function collect({ before, after }: Planes, covered: Covered, contrast: number): Sums {
  const { width, height, pixels } = before;
  const became = after.pixels;
  const sums = new Float32Array(sumsOfColour << (3 * bits));
  const weights = Float64Array.from(
    { length: 256 },
    (_, most) => 1 / (1 + (most / contrast) ** edges.power),
  );
  const across = 4 * step;
  const down = across * width;
  const left = Math.ceil(covered.left * width) + step;
  const right = Math.floor(covered.right * width) - step;
  const bottom = Math.floor(covered.bottom * height) - step;
  for (let y = Math.ceil(covered.top * height) + step; y < bottom; y += step) {
    checkWanted();
    for (let x = left, at = 4 * (y * width + x); x < right; x += step, at += across) {
      if (pixels[at + 3] !== 255) continue;
      let most = 0;
      for (let channel = at; channel < at + 3; channel++) {
        const value = pixels[channel]!;
        most = Math.max(
          most,
          Math.abs(value - pixels[channel + across]!),
          Math.abs(value - pixels[channel - across]!),
          Math.abs(value - pixels[channel + down]!),
          Math.abs(value - pixels[channel - down]!),
        );
      }
      const weight = weights[most]!;
      const red = pixels[at]!;
      const green = pixels[at + 1]!;
      const blue = pixels[at + 2]!;
      const colour = (((levelOf[red]! << bits) | levelOf[green]!) << bits) | levelOf[blue]!;
      const to = sumsOfColour * colour;
      const moved = became[at + 1]! - green;
      sums[to]! += weight;
      sums[to + 1]! += weight * red;
      sums[to + 2]! += weight * green;
      sums[to + 3]! += weight * blue;
      sums[to + 4]! += weight * became[at]!;
      sums[to + 5]! += weight * became[at + 1]!;
      sums[to + 6]! += weight * became[at + 2]!;
      sums[to + 7]! += weight * moved;
      sums[to + 8]! += weight * moved * moved;
    }
  }
  return meansOf(sums);
}

function meansOf(sums: Float32Array): Sums {
  const places: number[] = [];
  for (let at = 0; at < sums.length; at += sumsOfColour) {
    if (sums[at]! >= leastWeight) places.push(at);
  }
  const count = places.length;
  const map = {
    count,
    before: new Float32Array(3 * count),
    after: new Float32Array(3 * count),
    weights: new Float32Array(count),
    spreads: new Float32Array(count),
  };
  for (const [colour, at] of places.entries()) {
    const weight = sums[at]!;
    map.weights[colour] = weight;
    const variance = sums[at + 8]! / weight - (sums[at + 7]! / weight) ** 2;
    map.spreads[colour] = Math.sqrt(Math.max(0, variance));
    for (let channel = 0; channel < 3; channel++) {
      map.before[3 * colour + channel] = sums[at + 1 + channel]! / weight;
      map.after[3 * colour + channel] = sums[at + 4 + channel]! / weight;
    }
  }
  return map;
}
