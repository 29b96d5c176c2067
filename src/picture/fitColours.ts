// What each colour of an original became goes in; the change of colour that nearly all of them follow comes out.
import {
  affineTerms,
  costOf,
  light,
  residualsOf,
  solveSymmetric,
  terms,
  writeTerms,
} from './colourCells';
import type { ColourMap } from './colourMap';
import { select } from './select';
import type { Coefficients } from './tone';
import { checkWanted } from './wanted';

/** Directions in which a kind of tone moves the coefficients: of red, green and blue `terms` each, one after the other. */
type Basis = readonly Float64Array[];

interface Kind {
  readonly basis: Basis;
  /** Times its cost: the simplest that explains as much is wanted. */
  readonly penalty: number;
  /** Fewer colours leave it too much freedom: it would explain as well that one of them was painted anew. */
  readonly leastColours: number;
  /** Whether colours may stay as they are, or hardly anything of the picture may have moved. */
  readonly always?: boolean;
}

const channels = [0, 1, 2] as const;

type Entry = readonly [channel: number, term: number, value: number];

function direction(entries: readonly Entry[]): Float64Array {
  const row = new Float64Array(3 * terms);
  for (const [channel, term, value] of entries) row[terms * channel + term] = value;
  return row;
}

/** The same of each channel, or of each channel alone. */
const inAll = (entryOf: (channel: number) => Entry) => direction(channels.map(entryOf));
const ofEach = (entriesOf: (channel: number) => Entry[]) =>
  channels.map((channel) => direction(entriesOf(channel)));
const allUpTo = (count: number) =>
  Array.from({ length: count }, (_, term) => ofEach((channel) => [[channel, term, 1]])).flat();

const gain = inAll((channel) => [channel, channel, 1]);
const shift = inAll((channel) => [channel, 3, 1]);
const curves = [4, 5, 6].map((term) => inAll((channel) => [channel, term, 1]));
const gains = ofEach((channel) => [[channel, channel, 1]]);
const shifts = ofEach((channel) => [[channel, 3, 1]]);
const lights = ofEach((channel) => light.map((part, term) => [channel, term, part]));

/** From the colours as they are to those that a matrix makes of them. Terms count levels from 128 on. */
const towards = (matrix: readonly (readonly number[])[]) =>
  direction(
    matrix.flatMap((row, channel): Entry[] => [
      ...row.map((part, term): Entry => [channel, term, part - (channel === term ? 1 : 0)]),
      [channel, 3, row.reduce((sum, part) => sum + part, -1)],
    ]),
  );

/** What programs call black and white, by Rec. 601 and by Rec. 709, and sepia: the last two as CSS filters have them. */
const filters = [
  towards([light, light, light]),
  towards([0, 1, 2].map(() => [0.2126, 0.7152, 0.0722])),
  towards([
    [0.393, 0.769, 0.189],
    [0.349, 0.686, 0.168],
    [0.272, 0.534, 0.131],
  ]),
];

/** From the simplest to the one with the most freedom. */
const kinds: readonly Kind[] = [
  // Exposure, contrast, inverted; gamma: all channels alike.
  { basis: [gain, shift], penalty: 1.02, leastColours: 3, always: true },
  { basis: [gain, shift, ...curves], penalty: 1.04, leastColours: 3, always: true },
  // More or less colourful, black and white, sepia.
  ...filters.map((filter) => ({
    basis: [gain, shift, filter],
    penalty: 1.04,
    leastColours: 3,
  })),
  // Warmer and cooler.
  { basis: [...gains, ...shifts], penalty: 1.05, leastColours: 3 },
  // Both.
  { basis: [gain, ...lights, ...shifts], penalty: 1.06, leastColours: 8 },
  { basis: allUpTo(affineTerms), penalty: 1.1, leastColours: 100 },
  { basis: allUpTo(terms), penalty: 1.2, leastColours: 100 },
];

/** Levels: a colour nearer to black or white may have been cut off there. What it says before anything is known. */
const cutOff = { levels: 5, weight: 0.05 };

/** Of the colours, by what they say, how many have to be explained, and up to how many levels. Encoders spoil edges. */
const nearlyAll = { part: 0.9, ofEdges: 0.75, residual: 4 };

/** Levels within which the pixels of a colour have to move, for as many of the colours. */
const mostSpread = 12;

/** Explained so well, nothing with more freedom is tried. */
const wellExplained = { residual: 1.5, leastColours: 100 };

/** Of the picture's area: a colour that has so much of it says half of what one can say at most. */
const rareArea = 0.001;

/** Levels up to which a colour has stayed. */
const mostStay = 1.2;

/** Less of the area moves where something is painted anew: of lines on a ground, their ground. Of few colours most move with a tone. */
const moving = { area: 0.02, ground: 0.25, colours: 20, stayed: 0.5 };

/** Levels to a level. */
const steepest = 3;

/** Steps of the reweighting, and from which on outliers count less. */
const rounds = { all: 6, plain: 2 };

/** Tukey's limit: in levels, and in medians of the residuals. */
const outlier = { levels: 8, medians: 6 };

export interface FittedColours {
  /** Undefined where most simply nothing happened. */
  readonly coefficients: Coefficients | undefined;
  /** Levels by which colours have moved: all but a tenth of them, by what they say, by no more. */
  readonly moved: number;
  /** Whether that is nearly nothing: where something else was edited, it is small. */
  readonly explains: boolean;
}

/**
 * Iteratively reweighted least squares with Tukey's biweight, on colours instead of places: however much of the picture a
 * colour has, it counts once, so that a background that was painted anew is no tone, and a tone is seen where most of the
 * picture is grey. What black and white cut off is censored, as in Tobin's model (1958): it says only that the tone
 * leads there.
 */
export function fitColours(map: ColourMap): FittedColours {
  const trust = trustOf(map);
  const none = residualsOf(map, undefined);
  const spread = partOf(map.spreads, trust, nearlyAll.part);
  const part = map.ofEdges ? nearlyAll.ofEdges : nearlyAll.part;
  const moved = partOf(none, trust, part);
  let best = { coefficients: undefined as Coefficients | undefined, residual: moved };
  let least = costOf(none, trust);
  const isWide = movesWidely(map, none, trust);
  const prepared = prepare(map);
  for (const { basis, penalty, leastColours, always } of kinds) {
    checkWanted();
    if (map.count < leastColours || (!always && !isWide)) continue;
    if (best.residual <= wellExplained.residual && leastColours >= wellExplained.leastColours)
      break;
    const coefficients = fit(prepared, trust, basis);
    const residuals = residualsOf(map, coefficients);
    const cost = costOf(residuals, trust) * penalty;
    if (cost >= least || isSteep(coefficients)) continue;
    least = cost;
    best = { coefficients, residual: partOf(residuals, trust, part) };
  }
  const explains = best.residual <= nearlyAll.residual && spread <= mostSpread;
  return { coefficients: best.coefficients, moved, explains };
}

/** Whether a straight line is steeper than contrast is ever made: two colours that went apart make such ones. */
function isSteep(coefficients: Coefficients): boolean {
  return coefficients.some(
    (row, channel) =>
      row.slice(affineTerms).every((curve) => curve === 0) &&
      Math.abs(row[channel]! + 1) > steepest,
  );
}

/** How much a tone leaves unexplained of the colours, each of which counts once: to be compared with that of none. */
export function costOfColours(map: ColourMap, coefficients: Coefficients | undefined): number {
  return costOf(residualsOf(map, coefficients), trustOf(map));
}

function trustOf({ weights }: ColourMap): Float32Array {
  const area = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / (weight + rareArea * area));
}

/** The value that nearly all of the colours do not exceed. */
function partOf(values: Float32Array, trust: Float32Array, part: number): number {
  const order = [...values.keys()].sort((one, other) => values[one]! - values[other]!);
  const wanted = part * trust.reduce((sum, one) => sum + one, 0);
  let passed = 0;
  for (const colour of order) {
    passed += trust[colour]!;
    if (passed >= wanted) return values[colour]!;
  }
  return 0;
}

/** Whether the picture as a whole moves: else a tone that is not the same for all channels is none. */
function movesWidely(
  { count, weights, ofEdges }: ColourMap,
  none: Float32Array,
  trust: Float32Array,
) {
  let [area, moved, all, stayed] = [0, 0, 0, 0];
  for (let colour = 0; colour < count; colour++) {
    const stays = none[colour]! <= mostStay;
    area += weights[colour]!;
    all += trust[colour]!;
    if (stays) stayed += trust[colour]!;
    else moved += weights[colour]!;
  }
  const least = ofEdges ? moving.ground : moving.area;
  return moved >= least * area && (count >= moving.colours || stayed <= moving.stayed * all);
}

/** The colours, with what is multiplied with the coefficients of each channel: one channel after the other of each. */
interface Prepared extends ColourMap {
  readonly factors: Float64Array;
}

/** Once for all kinds of tone. */
function prepare(map: ColourMap): Prepared {
  const factors = new Float64Array(3 * terms * map.count);
  for (let at = 0; at < 3 * map.count; at++) {
    writeTerms(map.before, at - (at % 3), at % 3, factors, terms * at);
  }
  return { ...map, factors };
}

/** Of each channel of each colour, what each direction of a basis moves it by: the same in all rounds. */
function movesAlong({ count, factors }: Prepared, basis: Basis): Float64Array {
  const moves = new Float64Array(3 * count * basis.length);
  for (const [i, one] of basis.entries()) {
    for (const channel of channels) {
      const used = Array.from({ length: terms }, (_, term) => term).filter(
        (term) => one[terms * channel + term] !== 0,
      );
      for (const term of used) {
        const part = one[terms * channel + term]!;
        for (let at = channel; at < 3 * count; at += 3) {
          moves[at * basis.length + i]! += part * factors[terms * at + term]!;
        }
      }
    }
  }
  return moves;
}

function fit(map: Prepared, trust: Float32Array, basis: Basis): number[][] {
  const moves = movesAlong(map, basis);
  let coefficients = channels.map(() => new Array<number>(terms).fill(0));
  let residuals: Float32Array = new Float32Array(map.count);
  const weights = new Float32Array(map.count);
  for (let round = 0; round < rounds.all; round++) {
    const limit =
      round < rounds.plain
        ? Infinity
        : Math.max(outlier.levels, outlier.medians * select(residuals.slice(), 0.5));
    for (let colour = 0; colour < map.count; colour++) {
      const part = residuals[colour]! / limit;
      weights[colour] = part < 1 ? trust[colour]! * (1 - part * part) ** 2 : 0;
    }
    const known = round > 0 ? coefficients : undefined;
    const solution = solve(map, { weights, moves, size: basis.length, known });
    coefficients = channels.map((channel) =>
      Array.from({ length: terms }, (_, term) =>
        basis.reduce((sum, one, i) => sum + one[terms * channel + term]! * solution[i]!, 0),
      ),
    );
    residuals = residualsOf(map, coefficients);
  }
  return coefficients;
}

interface Equations {
  /** Of each colour. */
  readonly weights: Float32Array;
  /** As `movesAlong` gives them, along so many directions. */
  readonly moves: Float64Array;
  readonly size: number;
  /** What was found before, if anything was. */
  readonly known: Coefficients | undefined;
}

/** Weighted least squares with a slight ridge towards no change. */
function solve(map: Prepared, { weights, moves, size, known }: Equations): number[] {
  const { count, before, after } = map;
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  let total = 1e-9;
  for (let at = 0; at < 3 * count; at++) {
    const channel = at % 3;
    const weight = weights[(at - channel) / 3]!;
    if (weight <= 0) continue;
    const counted = weight * censored(map, at, known?.[channel]);
    if (counted === 0) continue;
    const row = at * size;
    const missing = after[at]! - before[at]!;
    for (let i = 0; i < size; i++) {
      const product = counted * moves[row + i]!;
      if (product === 0) continue;
      right[i]! += product * missing;
      for (let j = 0; j <= i; j++) matrix[i * size + j]! += product * moves[row + j]!;
    }
    total += counted;
  }
  for (let i = 0; i < size; i++) matrix[i * size + i]! += total / 3 + 1e-6;
  return solveSymmetric(matrix, right, size, size);
}

/** Of what a value says, the part that counts: nothing where it was cut off and the tone leads beyond. */
function censored(
  { before, after, factors }: Prepared,
  at: number,
  known: readonly number[] | undefined,
): number {
  const target = after[at]!;
  const isDark = target < cutOff.levels;
  if (!isDark && target <= 255 - cutOff.levels) return 1;
  if (!known) return cutOff.weight;
  let toned = before[at]!;
  for (let term = 0; term < terms; term++) toned += known[term]! * factors[terms * at + term]!;
  const leadsThere = isDark ? toned < cutOff.levels : toned > 255 - cutOff.levels;
  return leadsThere ? 0 : 1;
}
