// The mean colours of an original's cells and of an edited picture's go in; the overall change of colour that explains
// most of them comes out.
import {
  affineTerms,
  costOf,
  light,
  residualsOf,
  solveSymmetric,
  terms,
  writeTerms,
  type ColourCells,
} from './colourCells';
import type { ColourMap } from './colourMap';
import { costOfColours, fitColours } from './fitColours';
import { addEquations, rowLength, type WeightedRows } from './normalEquations';
import { select } from './select';
import { describeTone, type Coefficients, type Tone } from './tone';
import { checkWanted } from './wanted';

/** Levels: the scale of residuals is not taken for less, nor a fit believed where it is more. */
const leastScale = 1;
const mostScale = 24;

/** What is nearly black or white may have been cut off there. */
const cutOff = { dark: 3, light: 252, weight: 0.05 };

/** The cells, with what is multiplied with the coefficients of each channel, and what that is to give. */
interface Prepared extends ColourCells {
  readonly channels: readonly Pick<WeightedRows, 'factors' | 'shares' | 'missing'>[];
}

interface Fitted {
  readonly coefficients: Coefficients;
  /** Of each cell. */
  readonly residuals: Float32Array;
}

/** Of the cells: fewer that move are edits. In levels, what counts as a move. */
const moving = { part: 0.01, least: 1 };

/** Levels of nearly all colours: where they moved by no more, there is no tone. */
const nothing = 1;

/** Levels: where nearly all colours moved by more, a tone is seen however little of the picture has them. */
const seen = 4;

/** Fewer colours, such as a logo has, leave the fits of cells too much freedom, and a tone has to do so much better. */
const few = { colours: 20, gain: 1.4 };

/**
 * The tone that colours follow, each of which counts once, has to do so much better than the one that most places follow:
 * most places may be of one colour, which any tone explains.
 */
const byColoursGain = 1.6;

/**
 * The tone that nearly all colours follow, where there is one: nothing else, or little, was edited then. Else the one
 * that explains most cells, unless it leaves more of the colours unexplained than none does.
 * @param mapColours called where something moved: takes time
 * @returns undefined where nothing overall has changed, or so much that nothing can be said
 */
export function fitTone(measured: ColourCells, mapColours: () => ColourMap): Tone | undefined {
  if (measured.count < leastCells) return undefined;
  if (select(residualsOf(measured, undefined), 1 - moving.part) < moving.least) return undefined;
  const map = mapColours();
  const fitted = fitColours(map);
  if (fitted.moved < nothing && fitted.explains) return undefined;
  if (fitted.explains && fitted.coefficients) {
    const least = fitted.moved > seen ? 0 : leastMagnitude;
    return describe(fitted.coefficients, measured, least);
  }
  const none = costOfColours(map, undefined);
  const isFew = map.count < few.colours;
  const byPlaces = isFew ? undefined : fitCells(measured);
  // Where most places follow no tone, what colours seem to follow is an edit of some of them.
  if (!isFew && !byPlaces) return undefined;
  const candidates = [
    { coefficients: byPlaces, gain: 1 },
    { coefficients: fitted.coefficients, gain: isFew ? few.gain : byColoursGain },
  ];
  let best: Coefficients | undefined;
  let least = none;
  for (const { coefficients, gain } of candidates) {
    const cost = coefficients ? costOfColours(map, coefficients) * gain : Infinity;
    if (cost >= least) continue;
    least = cost;
    best = coefficients;
  }
  return best ? describe(best, measured, leastMagnitude) : undefined;
}

function describe(
  coefficients: Coefficients,
  measured: ColourCells,
  least: number,
): Tone | undefined {
  const tone = describeTone(coefficients, measured);
  // Where contrast is gone, everything is of one colour: that is no tone, the picture is gone.
  const isGone = Math.abs(tone.direction.contrast) < leastContrast;
  return isGone || tone.magnitude < least ? undefined : tone;
}

/**
 * Iteratively reweighted least squares with Tukey's biweight (Holland and Welsch, 1977): what an edit changed is an
 * outlier. The fit goes from the original to the edited picture: the other way cannot undo black and white.
 */
function fitCells(measured: ColourCells): Coefficients | undefined {
  if (isStill(measured)) return undefined;
  const none = residualsOf(measured, undefined);
  const cells = { ...measured, channels: prepareChannels(measured) };
  const affine = refine(cells, none, affineTerms);
  const plain = residualsOf(cells, solve(cells, cells.weights, affineTerms, leastScale));
  const fromPlain = refine(cells, plain, affineTerms);
  const candidates = [
    { ...affine, penalty: 1.05 },
    { ...fromPlain, penalty: 1.1 },
    { ...refine(cells, affine.residuals, terms), penalty: 1.1 },
  ];
  if (!isSame(affine, fromPlain)) {
    candidates.push({ ...refine(cells, fromPlain.residuals, terms), penalty: 1.15 });
  }
  let best: Coefficients | undefined;
  let least = costOf(none, cells.weights);
  for (const { coefficients, residuals, penalty } of candidates) {
    const cost = costOf(residuals, cells.weights) * penalty;
    if (cost >= least) continue;
    least = cost;
    best = coefficients;
  }
  const oneColour = fitOneColour(cells);
  checkWanted();
  if (explainsAll(cells, oneColour) && !explainsAll(cells, best)) best = oneColour;
  return best && scaleOf(cells, residualsOf(cells, best)) <= mostScale ? best : undefined;
}

/** Levels, and the part of the cells: so few of them differ by so little where everything became of one colour. */
const ofOneColour = { residual: 4, part: 0.995 };

/** Whether nearly no cell is an outlier. Where few cells are coloured, nothing else tells black and white from less colour. */
function explainsAll(cells: ColourCells, coefficients: Coefficients | undefined): boolean {
  const sorted = residualsOf(cells, coefficients).sort();
  return sorted[Math.floor(ofOneColour.part * (sorted.length - 1))]! <= ofOneColour.residual;
}

/** Square levels: what is not coloured says nothing of these parts. */
const partsRidge = 0.5;

/**
 * Black and white, sepia: least squares on brightness alone, and on what counts as bright. Where few cells are coloured,
 * the other fits take them for outliers.
 */
function fitOneColour({ count, before, after, weights }: ColourCells): Coefficients {
  return [0, 1, 2].map((channel) => {
    checkWanted();
    const matrix = new Float64Array(rowLength * rowLength);
    const right = new Float64Array(rowLength);
    let total = 1e-9;
    for (let cell = 0, at = 0; cell < count; cell++, at += 3) {
      const weight = weights[cell]!;
      const [red, green, blue] = [before[at]!, before[at + 1]!, before[at + 2]!];
      const own = light[0] * red + light[1] * green + light[2] * blue;
      const row = [own - 128, 128, red - own, blue - own];
      for (let i = 0; i < row.length; i++) {
        right[i]! += weight * row[i]! * after[at + channel]!;
        for (let j = 0; j <= i; j++) matrix[i * rowLength + j]! += weight * row[i]! * row[j]!;
      }
      total += weight;
    }
    for (let i = 0; i < affineTerms; i++) {
      matrix[i * rowLength + i]! += total * (i < 2 ? 1e-3 : partsRidge);
    }
    const [slope, middle, red, blue] = solveSymmetric(matrix, right, affineTerms, rowLength) as [
      number,
      number,
      number,
      number,
    ];
    const ofLight = slope - red - blue;
    const parts = [ofLight * light[0] + red, ofLight * light[1], ofLight * light[2] + blue];
    const row = parts.map((part, input) => part - (input === channel ? 1 : 0));
    return [...row, middle - 1, ...new Array<number>(terms - affineTerms).fill(0)];
  });
}

/** Of the original's: less is left of it. */
const leastContrast = 0.1;

/** Mean distance: encoders do as much. */
const leastMagnitude = 0.5;

/** Cells that follow each other: what encoders do to them cancels out, what a tone does to them hardly. */
const runLength = 16;

/** The part of the runs that has to have stayed, and how far each may have moved, in levels. */
const stillPart = 0.75;
const stillMove = 0.8 * leastMagnitude;

/** Whether so much has not moved that no tone of the least magnitude can explain it: most pictures need no fit. */
function isStill({ count, before, after }: ColourCells): boolean {
  const moves = new Float32Array(Math.floor(count / runLength));
  for (let run = 0; run < moves.length; run++) {
    const sums = [0, 0, 0];
    for (let cell = run * runLength, at = 3 * cell; cell < (run + 1) * runLength; cell++) {
      for (let channel = 0; channel < 3; channel++, at++)
        sums[channel]! += after[at]! - before[at]!;
    }
    moves[run] = Math.hypot(...sums) / (Math.sqrt(3) * runLength);
  }
  return select(moves, stillPart) < stillMove;
}

/** Fewer leave too much open. */
const leastCells = 48;

/** Of 1: coefficients no further apart make less than a tenth of a level of any colour. */
const sameCoefficient = 5e-4;

/** Whether two starts have led to the same fit, as they mostly do: what starts from there does so as well. */
function isSame(one: Fitted, other: Fitted): boolean {
  return one.coefficients.every((row, channel) =>
    row.every(
      (value, term) => Math.abs(value - other.coefficients[channel]![term]!) < sameCoefficient,
    ),
  );
}

/** @param start residuals of each cell */
function refine(cells: Prepared, start: Float32Array, count: number): Fitted {
  let residuals = start;
  let coefficients: Coefficients = [];
  const weights = new Float32Array(cells.count);
  for (let round = 0; round < 6; round++) {
    checkWanted();
    const scale = scaleOf(cells, residuals);
    const limit = (round < 3 ? 4 : 3) * scale;
    for (let cell = 0; cell < cells.count; cell++) {
      const part = residuals[cell]! / limit;
      weights[cell] = part < 1 ? cells.weights[cell]! * (1 - part * part) ** 2 : 0;
    }
    coefficients = solve(cells, weights, count, scale);
    residuals = residualsOf(cells, coefficients);
  }
  return { coefficients, residuals };
}

/** A low quantile: no more than so much of the picture has to have stayed. */
function scaleOf({ weights }: ColourCells, residuals: Float32Array): number {
  const some = new Float32Array(residuals.length);
  let count = 0;
  for (let cell = 0; cell < residuals.length; cell++) {
    if (weights[cell]! > 0.1) some[count++] = residuals[cell]!;
  }
  const trusted = count > 0 ? some.subarray(0, count) : residuals.slice();
  return Math.max(leastScale, select(trusted, 0.35));
}

/** Once for all fits, which take them often. */
function prepareChannels({ count, before, after }: ColourCells): Prepared['channels'] {
  return [0, 1, 2].map((channel) => {
    checkWanted();
    const factors = new Float64Array(rowLength * count);
    const shares = new Float64Array(count);
    const missing = new Float64Array(count);
    for (let cell = 0, at = 0; cell < count; cell++, at += 3) {
      writeTerms(before, at, channel, factors, rowLength * cell);
      const target = after[at + channel]!;
      const isCutOff = target < cutOff.dark || target > cutOff.light;
      shares[cell] = isCutOff ? cutOff.weight : 1;
      missing[cell] = target - before[at + channel]!;
    }
    return { factors, shares, missing };
  });
}

/** Weighted least squares of each channel, with a ridge towards no change. */
function solve(
  { weights: trust, channels }: Prepared,
  weights: Float32Array,
  used: number,
  scale: number,
): Coefficients {
  const ridge = Math.min(600, Math.max(3, 2 * scale * scale));
  return channels.map((channel) => {
    const { matrix, right, total } = addEquations({ ...channel, weights, used });
    for (let i = 0; i < used; i++) {
      matrix[i * rowLength + i]! += total * ridge * (i < affineTerms ? 1 : 0.3) + 1e-6;
    }
    // Where hardly anything is trusted, nothing is said.
    return total > 1e-3 * trust.length
      ? solveSymmetric(matrix, right, used, rowLength).slice(0, terms)
      : new Array<number>(terms).fill(0);
  });
}
