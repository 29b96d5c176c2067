// An original and an edited picture over it, small, go in; the overall change of colour comes out, and of light where that
// is not the same everywhere.
import { costOf, residualsOf, solveSymmetric, terms } from './colourCells';
import { mapColours } from './colourMap';
import { fitTone } from './fitTone';
import { changeLight, lightAt, lightTerms, writeLightTerms, type LightField } from './lightField';
import { addEquations, rowLength } from './normalEquations';
import { meanColours, type Covered, type PlacedCells, type Planes } from './planes';
import type { Pixels } from './pixels';
import { select } from './select';
import {
  describeTone,
  leastSeen,
  meanDistance,
  toneColour,
  type Coefficients,
  type Tone,
} from './tone';
import { checkWanted } from './wanted';

/** Levels, and the part of the cells: where more are off by more, light may have changed from place to place. */
const uneven = { residual: 1.5, part: 0.25 };

/** Levels within which light has to explain so many of the cells: else it was another edit. */
const explained = { residual: 4, part: 0.85 };

/** What may be left at most of what the colours alone leave unexplained. */
const mostLeft = 0.6;

/** Factors: less is not seen, and more leaves nothing. */
const range = { least: 0.08, darkest: 0.15 };

/** Times at most that colours are fitted again under another light. */
const rounds = 1;

/** Steps of the reweighting; Tukey's limit in levels, and in medians of the residuals; a slight pull to even light. */
const fitRounds = 4;
const outlier = { levels: 8, medians: 6 };
const ridge = 0.5;

/** Places where light is looked at. */
const lookedAt = [-1, -0.5, 0, 0.5, 1].flatMap((x) =>
  [-1, -0.5, 0, 0.5, 1].map((y) => [x, y] as const),
);

const evenLight: LightField = [1, ...new Array<number>(lightTerms - 1).fill(0)];

const noTone: Coefficients = [0, 1, 2].map(() => new Array<number>(terms).fill(0));

/**
 * @param mayBeUneven whether light may have changed from place to place: takes time where something else did
 * @returns undefined where nothing overall has changed, or so much that nothing can be said
 */
export function fitOverall(planes: Planes, covered: Covered, mayBeUneven = true): Tone | undefined {
  const cells = meanColours(planes, covered);
  const tone = fitTone(cells, () => mapColours(planes, covered));
  if (!mayBeUneven) return tone;
  const residuals = residualsOf(cells, tone?.coefficients);
  const off = residuals.reduce((sum, one) => sum + (one > uneven.residual ? 1 : 0), 0);
  if (off < uneven.part * cells.count || cells.count < 4 * lightTerms) return tone;
  checkWanted();
  return fitUneven(planes, covered, cells, costOf(residuals, cells.weights)) ?? tone;
}

function fitUneven(
  planes: Planes,
  covered: Covered,
  cells: PlacedCells,
  cost: number,
): Tone | undefined {
  let coefficients = noTone;
  for (let round = 0; ; round++) {
    const field = fitLight(cells, coefficients);
    if (!isSensible(field)) return undefined;
    const residuals = residualsOf(
      { ...cells, before: madeOf(cells, coefficients, field) },
      undefined,
    );
    const isLess = costOf(residuals, cells.weights) < mostLeft * cost;
    if (isLess && explainsMost(cells, residuals)) return withLight(cells, coefficients, field);
    if (round === rounds) return undefined;
    const lit = { ...planes, after: withoutLight(planes.after, field) };
    const tone = fitTone(meanColours(lit, covered), () => mapColours(lit, covered));
    coefficients = tone?.coefficients ?? noTone;
  }
}

/** Iteratively reweighted least squares with Tukey's biweight: what else was edited is an outlier. */
function fitLight(cells: PlacedCells, coefficients: Coefficients): LightField {
  const { count, after, places } = cells;
  const toned = madeOf(cells, coefficients, evenLight);
  const factors = new Float64Array(3 * rowLength * count);
  const shares = new Float64Array(3 * count).fill(1);
  const missing = Float64Array.from(after.subarray(0, 3 * count));
  const terms = new Float64Array(lightTerms);
  for (let row = 0; row < 3 * count; row++) {
    const cell = Math.floor(row / 3);
    writeLightTerms(places[2 * cell]!, places[2 * cell + 1]!, terms, 0);
    for (let term = 0; term < lightTerms; term++) {
      factors[rowLength * row + term] = toned[row]! * terms[term]!;
    }
  }
  const weights = new Float32Array(3 * count);
  let field: LightField = evenLight;
  for (let round = 0; round < fitRounds; round++) {
    checkWanted();
    const residuals = residualsOf(
      { ...cells, before: madeOf(cells, coefficients, field) },
      undefined,
    );
    const limit =
      round === 0
        ? Infinity
        : Math.max(outlier.levels, outlier.medians * select(residuals.slice(), 0.5));
    for (let cell = 0; cell < count; cell++) {
      const part = residuals[cell]! / limit;
      const weight = part < 1 ? cells.weights[cell]! * (1 - part * part) ** 2 : 0;
      weights.fill(weight, 3 * cell, 3 * cell + 3);
    }
    const { matrix, right, total } = addEquations({
      factors,
      weights,
      shares,
      missing,
      used: lightTerms,
    });
    for (let i = 0; i < lightTerms; i++) {
      matrix[i * rowLength + i]! += ridge * total;
      right[i]! += ridge * total * evenLight[i]!;
    }
    field = solveSymmetric(matrix, right, lightTerms, rowLength).slice(0, lightTerms);
  }
  return field;
}

/** What a tone, and then light, make of the cells. */
function madeOf(
  { count, before, places }: PlacedCells,
  coefficients: Coefficients,
  field: LightField,
): Float32Array {
  const made = new Float32Array(3 * count);
  const colour: [number, number, number] = [0, 0, 0];
  for (let cell = 0, at = 0; cell < count; cell++, at += 3) {
    for (const channel of [0, 1, 2] as const) colour[channel] = before[at + channel]!;
    toneColour(coefficients, colour);
    const light =
      field === evenLight ? 1 : lightAt(field, places[2 * cell]!, places[2 * cell + 1]!);
    for (const channel of [0, 1, 2] as const) {
      made[at + channel] = light * Math.min(255, Math.max(0, colour[channel]));
    }
  }
  return made;
}

function isSensible(field: LightField): boolean {
  const lights = lookedAt.map(([x, y]) => lightAt(field, x, y));
  const [least, greatest] = [Math.min(...lights), Math.max(...lights)];
  return least >= range.darkest && greatest - least >= range.least * greatest;
}

function explainsMost({ count }: PlacedCells, residuals: Float32Array): boolean {
  return count > 0 && select(residuals.slice(), explained.part) <= explained.residual;
}

function withoutLight(picture: Pixels, field: LightField): Pixels {
  const { width, height } = picture;
  const pixels = picture.pixels.slice();
  changeLight(pixels, field, { left: 0, top: 0, right: width, bottom: height }, picture, 'remove');
  return { width, height, pixels };
}

function withLight(cells: PlacedCells, coefficients: Coefficients, light: LightField): Tone {
  const tone = describeTone(coefficients, cells);
  const made = madeOf(cells, coefficients, light);
  const magnitude = meanDistance(cells.before.subarray(0, made.length), made);
  return { ...tone, magnitude, shown: magnitude >= leastSeen, light };
}
