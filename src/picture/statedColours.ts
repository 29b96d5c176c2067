// The bytes of a picture go in; what its numbers mean where no ICC profile says it comes out: PNG's cICP, gAMA and cHRM, and
// the same numbers in an AVIF.
import { brandsOf, primaryProperties } from './metadata/avif';
import { nameAt, standsAt, viewOf } from './metadata/bytes';
import { png } from './metadata/png';

/** Places in the diagram of CIE 1931, as x and y: red, green, blue and white. */
export type Primaries = readonly [Place, Place, Place, Place];
type Place = readonly [x: number, y: number];

export interface StatedColours {
  readonly primaries: Primaries;
  /** The curve of sRGB, one of high dynamic range, or the power that numbers are raised to. */
  readonly transfer: 'sRGB' | 'PQ' | 'HLG' | number;
}

const d65: Place = [0.3127, 0.329];
const srgb: Primaries = [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06], d65];

/** By their numbers in ITU-T H.273, table 2. */
const primariesByCode: Readonly<Record<number, Primaries>> = {
  1: srgb,
  4: [
    [0.67, 0.33],
    [0.21, 0.71],
    [0.14, 0.08],
    [0.31, 0.316],
  ],
  5: [[0.64, 0.33], [0.29, 0.6], [0.15, 0.06], d65],
  6: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], d65],
  7: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], d65],
  9: [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046], d65],
  11: [
    [0.68, 0.32],
    [0.265, 0.69],
    [0.15, 0.06],
    [0.314, 0.351],
  ],
  12: [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], d65],
};

/** By their numbers in ITU-T H.273, table 3. Curves of cameras for films are shown with that of sRGB. */
const transferByCode: Readonly<Record<number, StatedColours['transfer']>> = {
  4: 2.2,
  5: 2.8,
  8: 1,
  16: 'PQ',
  18: 'HLG',
};

/** Undefined where nothing is said, or an ICC profile says it. */
export function readStatedColours(bytes: Uint8Array): StatedColours | undefined {
  return standsAt(bytes, 0, '\x89PNG') ? ofPng(bytes) : ofAvif(bytes);
}

export function isHdr(stated: StatedColours | undefined): boolean {
  return stated?.transfer === 'PQ' || stated?.transfer === 'HLG';
}

/** cICP comes before an ICC profile, sRGB, and gAMA with cHRM, in this order: PNG, third edition, 4.3. */
function ofPng(bytes: Uint8Array): StatedColours | undefined {
  const view = viewOf(bytes);
  const chunks = new Map<string, number>();
  for (const { kind, start } of png.parts(bytes)) {
    if (kind === 'pixels') break;
    chunks.set(nameAt(bytes, start + 4), start + 8);
  }
  const codes = chunks.get('cICP');
  const byCodes = codes && fromCodes(bytes[codes]!, bytes[codes + 1]!);
  if (byCodes) return byCodes;
  if (chunks.has('iCCP') || chunks.has('sRGB')) return undefined;
  const [gamma, places] = [chunks.get('gAMA'), chunks.get('cHRM')];
  const value = gamma === undefined ? 0 : view.getUint32(gamma) / 100_000;
  const read = (at: number): Place => [view.getUint32(at) / 1e5, view.getUint32(at + 4) / 1e5];
  const primaries: Primaries =
    places === undefined
      ? srgb
      : [read(places + 8), read(places + 16), read(places + 24), read(places)];
  if (!primaries.every(([x, y]) => x > 0 && y > 0 && x + y < 1.0001)) return undefined;
  return value > 0.01 && value < 10
    ? { primaries, transfer: 1 / value }
    : places === undefined
      ? undefined
      : { primaries, transfer: 'sRGB' };
}

function ofAvif(bytes: Uint8Array): StatedColours | undefined {
  if (brandsOf(bytes).length === 0) return undefined;
  const colours = primaryProperties(bytes).get('colr') ?? [];
  const coded = colours.find((content) => nameAt(content, 0) === 'nclx' && content.length >= 8);
  const hasProfile = colours.some((content) => nameAt(content, 0) !== 'nclx');
  if (!coded || hasProfile) return undefined;
  const view = viewOf(coded);
  return fromCodes(view.getUint16(4), view.getUint16(6));
}

function fromCodes(primariesCode: number, transferCode: number): StatedColours | undefined {
  const transfer = transferByCode[transferCode] ?? 'sRGB';
  // Nobody has said which: those of ordinary screens.
  const primaries = primariesCode === 2 ? srgb : primariesByCode[primariesCode];
  return primaries && { primaries, transfer };
}

/** So near that nobody sees the difference, and old programs mean the same by it. */
export function isLikeSrgb({ primaries, transfer }: StatedColours): boolean {
  const isNear = primaries.every(([x, y], index) => {
    const [otherX, otherY] = srgb[index]!;
    return Math.abs(x - otherX) < 0.003 && Math.abs(y - otherY) < 0.003;
  });
  return (
    isNear &&
    (transfer === 'sRGB' || (typeof transfer === 'number' && Math.abs(transfer - 2.2) < 0.1))
  );
}

/** Three rows of three: what red, green and blue give of X, Y and Z, of which white has an Y of 1. */
type Matrix = readonly [Row, Row, Row];
type Row = readonly [number, number, number];

function toXyz([red, green, blue, white]: Primaries): Matrix {
  const xyz = ([x, y]: Place): Row => [x / y, 1, (1 - x - y) / y];
  const columns = [red, green, blue].map(xyz) as [Row, Row, Row];
  const plain = transposed(columns);
  const scale = applied(inverse(plain), xyz(white));
  return plain.map((row) => row.map((value, index) => value * scale[index]!)) as unknown as Matrix;
}

/** From numbers with these primaries to those of sRGB, both linear, for the same white. */
export function toSrgb(primaries: Primaries): Matrix {
  return times(inverse(toXyz(srgb)), toXyz(primaries));
}

const bradford: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];
const d50: Row = [0.9642, 1, 0.8249];

/** As `toXyz`, seen under the light that ICC profiles speak of (ICC.1:2022, annex E). */
export function toXyzUnderD50(primaries: Primaries): Matrix {
  const matrix = toXyz(primaries);
  const from = applied(bradford, applied(matrix, [1, 1, 1]));
  const to = applied(bradford, d50);
  const scaled = bradford.map((row, index) =>
    row.map((value) => (value * to[index]!) / from[index]!),
  ) as unknown as Matrix;
  return times(times(inverse(bradford), scaled), matrix);
}

function applied(matrix: Matrix, [x, y, z]: Row): Row {
  return matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Row;
}

function times(one: Matrix, other: Matrix): Matrix {
  return transposed(transposed(other).map((column) => applied(one, column)) as unknown as Matrix);
}

function transposed(matrix: Matrix): Matrix {
  return [0, 1, 2].map((at) => matrix.map((row) => row[at]!)) as unknown as Matrix;
}

function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const cofactors = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return cofactors.map((row) => row.map((value) => value / determinant)) as unknown as Matrix;
}
