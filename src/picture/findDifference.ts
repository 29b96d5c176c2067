// An original and an edited picture over it go in; how they differ beyond overall colour and redrawing comes out.
import { mapColours } from './colourMap';
import { combine } from './combine';
import type { Difference } from './difference';
import { fitTone } from './fitTone';
import { measureLevels } from './levels';
import { measureFull } from './measureFull';
import type { Pixels } from './pixels';
import { meanColours, shrinkBoth, type Covered, type Planes } from './planes';
import { register } from './register';
import { measureTexture, onGrid, type CellMap } from './texture';
import { applyTone, type Tone } from './tone';
import { warp } from './warp';

export interface FoundDifference {
  /** Its strengths are on the scale of thresholds: what redrawing does to the rest of the picture is taken off. */
  readonly difference: Difference;
  /** Undefined where the colours as a whole are what they were. */
  readonly tone: Tone | undefined;
}

/**
 * What `measureNoise` gives up to this is what encoders do: of planted edits that came back as JPEG or WebP it is at most
 * 0.3 and 5, of the most faithful redraws 0.02 and 6. It decides about time, hardly about what is found.
 */
const faithfulNoise = { textured: 0.35, upper: 5.2 };

/** Cells with less texture say little about how much was redrawn. */
const leastTexture = 8;

/** Of all cells: fewer with texture say nothing of the others. */
const leastTextured = 0.02;

/** Of the cells, sorted by how much they differ: those that nobody edited, and the uppermost of those in most edits. */
const unchangedPart = 0.6;
const upperPart = [0.75, 0.85] as const;

/** In pixels of the planes. */
const textureCell = 8;

/**
 * Overall colour is measured out first. Where the rest is as faithful as an encoder leaves it, the comparison at full
 * size decides alone. Else places are registered, and coarser levels, which heed the noise of the redrawn picture, decide
 * the more the more was redrawn.
 * @param original with no more detail than the edited picture can have
 * @param edited as large; the original where it is not covered
 * @param check called between parts of the work: may throw
 */
export function findDifference(
  original: Pixels,
  edited: Pixels,
  covered: Covered,
  check: () => void = () => undefined,
): FoundDifference {
  const distances = new Uint8Array(new SharedArrayBuffer(original.width * original.height));
  const planes = shrinkBoth(original, edited);
  check();
  const tone = toneOf(planes, covered);
  check();
  const full = measureFull(original, edited, { covered, tone, check }, distances);
  const before = toned(planes.before, tone);
  const noise = measureNoise(full, measureTexture(before, textureCell));
  // What had to be moved into place was drawn anew, however little it differs: edges that it bent are no changes.
  const isNear = noise.textured <= faithfulNoise.textured && noise.upper <= faithfulNoise.upper;
  if (isNear && covered.moved !== true) {
    return { difference: full, tone };
  }
  check();
  const shifts = register(before, planes.after);
  const after = shifts ? warp(planes.after, shifts, covered) : planes.after;
  // Edges are in place now, which shows more of the colours.
  const finalTone = toneOf({ ...planes, after }, covered);
  check();
  const registered: Planes = { before: toned(planes.before, finalTone), after };
  const levels = measureLevels(registered);
  check();
  const measuredOut = { covered, tone: finalTone, shifts, check };
  const again = measureFull(original, edited, measuredOut, distances);
  const strengths = combine(again, levels, covered);
  const difference = { ...again, strengths, noise: noise.textured, whole: levels.whole };
  return { difference, tone: finalTone };
}

function toneOf(planes: Planes, covered: Covered): Tone | undefined {
  return fitTone(meanColours(planes, covered), () => mapColours(planes, covered));
}

function toned(picture: Pixels, tone: Tone | undefined): Pixels {
  return tone ? applyTone(picture, tone) : picture;
}

/**
 * How much redrawing moves what was not edited. Encoders hardly move cells with texture over their own contrast, and they
 * move all cells about as much.
 */
function measureNoise(
  { strengths, columns, rows, cellSize, width, height }: Difference,
  texture: CellMap,
): { readonly textured: number; readonly upper: number } {
  const textures = onGrid(texture, { columns, rows, cellSize, width, height });
  const some = strengths.filter((_, cell) => textures[cell]! >= leastTexture);
  const isTextured = some.length >= leastTextured * strengths.length;
  return {
    textured: meanBetween(isTextured ? some : strengths, 0, unchangedPart),
    upper: meanBetween(strengths, ...upperPart),
  };
}

/** The mean of the values from one quantile to another. */
function meanBetween(values: Uint8Array, from: number, to: number): number {
  const first = Math.floor(from * values.length);
  const end = Math.max(first + 1, Math.floor(to * values.length));
  const counts = new Uint32Array(256);
  for (const value of values) counts[value]!++;
  let [sum, passed] = [0, 0];
  for (const [value, count] of counts.entries()) {
    const within = Math.min(end, passed + count) - Math.max(first, passed);
    if (within > 0) sum += within * value;
    passed += count;
  }
  return sum / (end - first);
}
