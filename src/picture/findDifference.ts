// An original and an edited picture over it go in; how they differ beyond overall colour and redrawing comes out.
import { combine } from './combine';
import type { Difference } from './difference';
import { fitOverall } from './fitOverall';
import { measureLevels } from './levels';
import { measureFull } from './measureFull';
import type { Pixels } from './pixels';
import { shrinkBoth, type Covered, type Planes } from './planes';
import { register } from './register';
import { forgiveSmearedColours } from './smearedColours';
import { measureTexture, onGrid, type CellMap } from './texture';
import { applyTone, type Tone } from './tone';
import { warp } from './warp';
import { checkWanted } from './wanted';

export interface FoundDifference {
  /** Its strengths are on the scale of thresholds: what redrawing does to the rest of the picture is taken off. */
  readonly difference: Difference;
  /** Undefined where the colours as a whole are what they were. */
  readonly tone: Tone | undefined;
}

/**
 * What `measureNoise` gives up to this is what encoders do: of planted edits that came back as JPEG or WebP it is at most
 * 0.3 and 5, of the most faithful redraws 0.02 and 6. It decides about time,
 * hardly about what is found. Where colours as a whole are what they were, encoders that smooth grain give more, up to 1.3;
 * what they leave alike is nearly all cells, up to the `highest`, where things that were moved by a pixel stand out.
 */
const faithfulNoise = { textured: 0.35, ofGrain: 1.5, upper: 5.2, highest: 7 };

/** Cells with less texture say little about how much was redrawn. */
const leastTexture = 8;

/** Of all cells: fewer with texture say nothing of the others. */
const leastTextured = 0.02;

/**
 * Of the cells, sorted by how much they differ: those that nobody edited, the uppermost of those in most edits, and in small
 * ones.
 */
const unchangedPart = 0.6;
const upperPart = [0.75, 0.85] as const;
const highestPart = [0.95, 0.97] as const;

/** In pixels of the planes. */
const textureCell = 8;

/**
 * Overall colour is measured out first. Where the rest is as faithful as an encoder leaves it, the comparison at full
 * size decides alone. Else places are registered, and coarser levels, which heed the noise of the redrawn picture, decide
 * the more the more was redrawn.
 * @param original with no more detail than the edited picture can have
 * @param edited as large; the original where it is not covered
 */
export function findDifference(
  original: Pixels,
  edited: Pixels,
  covered: Covered,
): FoundDifference {
  const distances = new Uint8Array(new SharedArrayBuffer(original.width * original.height));
  const planes = shrinkBoth(original, edited);
  const tone = fitOverall(planes, covered);
  checkWanted();
  const full = measureFull(original, edited, { covered, tone }, distances);
  const before = toned(planes.before, tone);
  const noise = measureNoise(full, measureTexture(before, textureCell));
  const isSmoothedGrain =
    !tone && noise.textured <= faithfulNoise.ofGrain && noise.highest <= faithfulNoise.highest;
  const isLittle = noise.textured <= faithfulNoise.textured || isSmoothedGrain;
  // What had to be moved into place was drawn anew, however little it differs: edges that it bent are no changes.
  if (isLittle && noise.upper <= faithfulNoise.upper && covered.moved !== true) {
    forgiveSmearedColours(original, edited, full, tone);
    return { difference: full, tone };
  }
  const shifts = register(before, planes.after);
  checkWanted();
  const after = shifts ? warp(planes.after, shifts, covered) : planes.after;
  // Edges are in place now, which shows more of the colours.
  const finalTone = fitOverall({ ...planes, after }, covered, tone?.light !== undefined);
  checkWanted();
  const registered: Planes = { before: toned(planes.before, finalTone), after };
  const levels = measureLevels(registered);
  const measuredOut = { covered, tone: finalTone, shifts };
  const again = measureFull(original, edited, measuredOut, distances);
  const strengths = combine(again, levels, covered);
  const difference = { ...again, strengths, noise: noise.textured, whole: levels.whole };
  // Of another picture nothing can be said of its colours as a whole.
  return { difference, tone: levels.whole ? undefined : finalTone };
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
): Record<'textured' | 'upper' | 'highest', number> {
  checkWanted();
  const textures = onGrid(texture, { columns, rows, cellSize, width, height });
  const [all, textured] = [new Uint32Array(256), new Uint32Array(256)];
  let found = 0;
  for (let cell = 0; cell < strengths.length; cell++) {
    all[strengths[cell]!]!++;
    if (textures[cell]! < leastTexture) continue;
    textured[strengths[cell]!]!++;
    found++;
  }
  const isTextured = found >= leastTextured * strengths.length;
  return {
    textured: meanBetween(isTextured ? textured : all, 0, unchangedPart),
    upper: meanBetween(all, ...upperPart),
    highest: meanBetween(all, ...highestPart),
  };
}

/**
 * The mean of the values from one quantile to another.
 * @param counts how many there are of each value
 */
function meanBetween(counts: Uint32Array, from: number, to: number): number {
  const total = counts.reduce((one, other) => one + other, 0);
  const first = Math.floor(from * total);
  const end = Math.max(first + 1, Math.floor(to * total));
  let [sum, passed] = [0, 0];
  for (const [value, count] of counts.entries()) {
    const within = Math.min(end, passed + count) - Math.max(first, passed);
    if (within > 0) sum += within * value;
    passed += count;
  }
  return sum / (end - first);
}
