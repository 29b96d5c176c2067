// An original and an edited picture of any size go in; where each pixel of the edited one belongs in the original comes
// out.
import type { Pixels } from './pixels';

/**
 * A place in the edited picture, times the scale, plus the offset, is its place in the original. Both in pixels, counted
 * from the outer edge of the first one.
 */
export interface Placement {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

export interface Alignment extends Placement {
  /** Of what can be compared, the part that agrees: 0 to 1. */
  readonly confidence: number;
  /** Whether it was measured. Else the edited picture is stretched over the original. */
  readonly trusted: boolean;
}

/** The sides of squares as large as the pictures that are compared: the finest, and at least the coarsest. */
const finestSide = 512;
const coarsestSide = 32;

/** Less agrees by chance, or too little to be sure. */
const leastConfidence = 0.2;

/** Pixels: smaller pictures have too little to hold on to. */
const leastSide = 24;

/** Of the guesses, how many are followed from each level on: the best one is not always best seen where little is seen. */
const kept = [6, 3];

/** A model may show less of the original than it got, or more: by these factors, 4 % apart. */
const zooms = Array.from({ length: 13 }, (_, index) => 1.04 ** (index - 8));

/** Of the picture's side: how far out of the original the search lets the edited picture stick, or leave it bare. */
const mostOverhang = 0.05;

/**
 * Scale and translation, found from a coarse picture to a fine one: a search, then steps of Gauss and Newton that heed
 * contrast instead of brightness, and less and less what does not agree.
 */
export function align(original: Pixels, edited: Pixels): Alignment {
  const stretched = stretch(original, edited);
  const untrusted = { ...stretched, confidence: 0, trusted: false };
  if (Math.min(original.width, original.height, edited.width, edited.height) < leastSide) {
    return untrusted;
  }
  const sides = halve(Math.min(finestSide, sideOf(original), sideOf(edited)));
  const originals = buildPyramid(original, sides);
  const editeds = buildPyramid(edited, sides);
  let placements = search(originals[0]!, editeds[0]!, original, edited);
  for (let level = 0; level < sides.length; level++) {
    const [ours, theirs] = [originals[level]!, editeds[level]!];
    if (level > 0) placements = placements.map((placement) => refine(ours, theirs, placement));
    placements = best(ours, theirs, placements, kept[level] ?? 1);
  }
  const placement = placements[0]!;
  // Where detail is finest, encoders and models agree least.
  const middle = Math.min(2, sides.length - 1);
  const confidence = measureAgreement(originals[middle]!, editeds[middle]!, placement);
  if (confidence < leastConfidence || !isSane(placement, stretched)) {
    return { ...untrusted, confidence };
  }
  return { ...snap(placement, original, edited), confidence, trusted: true };
}

function best(
  original: Level,
  edited: Level,
  placements: readonly Placement[],
  count: number,
): Placement[] {
  if (placements.length <= count) return [...placements];
  const judged = placements.map((placement) => ({
    placement,
    agreement: measureAgreement(original, edited, placement),
  }));
  judged.sort((a, b) => b.agreement - a.agreement);
  return judged.slice(0, count).map(({ placement }) => placement);
}

/** The edited picture over all of the original. */
export function stretch(original: Size, edited: Size): Placement {
  return {
    scaleX: original.width / edited.width,
    scaleY: original.height / edited.height,
    offsetX: 0,
    offsetY: 0,
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the picture looks like apart from its brightness, at one size. */
interface Level extends Size {
  /** Pixels of the whole picture in one of this. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Local contrast: about -2 to 2, 0 where there is none. */
  readonly contrast: Float32Array;
}

/** The side of a square as large. */
function sideOf({ width, height }: Size): number {
  return Math.sqrt(width * height);
}

/** From coarse to fine, each twice the one before. */
function halve(finest: number): number[] {
  const sides = [finest];
  while (sides[0]! >= 2 * coarsestSide) sides.unshift(sides[0]! / 2);
  return sides;
}

function buildPyramid(picture: Pixels, sides: readonly number[]): Level[] {
  let finest: Plane | undefined;
  const built: Level[] = [];
  for (const side of sides.toReversed()) {
    const ratio = Math.min(1, side / sideOf(picture));
    const width = Math.max(8, Math.round(picture.width * ratio));
    const height = Math.max(8, Math.round(picture.height * ratio));
    const plane: Plane = finest
      ? shrinkPlane(finest, width, height)
      : lightOf(picture, width, height);
    finest ??= plane;
    built.unshift({
      width,
      height,
      scaleX: picture.width / width,
      scaleY: picture.height / height,
      contrast: normalise(plane),
    });
  }
  return built;
}

interface Plane extends Size {
  readonly values: Float32Array;
}

/** Luminance; each pixel is the mean of what it covers, with parts of pixels. What is transparent is grey. */
function lightOf({ width, height, pixels }: Pixels, columns: number, rows: number): Plane {
  const values = new Float32Array(columns * rows);
  const line = new Float32Array(columns + 1);
  const across = splitInto(width, columns);
  const down = splitInto(height, rows);
  for (let y = 0, at = 0; y < height; y++) {
    line.fill(0);
    for (let x = 0; x < width; x++, at += 4) {
      let light = 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;
      const alpha = pixels[at + 3]!;
      if (alpha !== 255) light = 128 + ((light - 128) * alpha) / 255;
      const column = across.cells[x]!;
      const part = across.parts[x]!;
      line[column]! += part * light;
      line[column + 1]! += (1 - part) * light;
    }
    const row = down.cells[y]!;
    const part = down.parts[y]!;
    const to = row * columns;
    for (let column = 0; column < columns; column++) values[to + column]! += part * line[column]!;
    if (part === 1 || row + 1 === rows) continue;
    for (let column = 0; column < columns; column++) {
      values[to + columns + column]! += (1 - part) * line[column]!;
    }
  }
  const share = (columns * rows) / (width * height);
  for (let to = 0; to < values.length; to++) values[to]! *= share;
  return { width: columns, height: rows, values };
}

/** In which cell each pixel of a line lies, and with which part of it: the rest lies in the next. */
function splitInto(length: number, cells: number): { cells: Int32Array; parts: Float32Array } {
  const ratio = length / cells;
  const split = { cells: new Int32Array(length), parts: new Float32Array(length) };
  for (let place = 0; place < length; place++) {
    const cell = Math.min(cells - 1, Math.floor(place / ratio + 1e-9));
    split.cells[place] = cell;
    split.parts[place] = cell + 1 === cells ? 1 : Math.min(1, (cell + 1) * ratio - place);
  }
  return split;
}

/** The mean of what each pixel covers, with its parts of pixels. */
function shrinkPlane(plane: Plane, width: number, height: number): Plane {
  if (plane.width === width && plane.height === height) return plane;
  const across = new Float32Array(width * plane.height);
  shrinkLines(plane.values, across, plane.height, plane.width, width, 1, plane.width, 1, width);
  const values = new Float32Array(width * height);
  shrinkLines(across, values, width, plane.height, height, width, 1, width, 1);
  return { width, height, values };
}

function shrinkLines(
  from: Float32Array,
  to: Float32Array,
  lines: number,
  fromLength: number,
  toLength: number,
  fromStep: number,
  fromLine: number,
  toStep: number,
  toLine: number,
): void {
  const ratio = fromLength / toLength;
  for (let place = 0; place < toLength; place++) {
    const start = place * ratio;
    const end = Math.min(fromLength, start + ratio);
    for (let line = 0; line < lines; line++) {
      let sum = 0;
      for (let at = Math.floor(start); at < end; at++) {
        const weight = Math.min(end, at + 1) - Math.max(start, at);
        sum += weight * from[line * fromLine + at * fromStep]!;
      }
      to[line * toLine + place * toStep] = sum / (end - start);
    }
  }
}

/** Of the plane, blurred a little: how much each pixel stands out from those about it. */
function normalise({ width, height, values }: Plane): Float32Array {
  const smooth = blur(values, width, height, 1);
  const radius = Math.max(3, Math.round(Math.max(width, height) / 60));
  const mean = blur(smooth, width, height, radius);
  const square = new Float32Array(values.length);
  for (let at = 0; at < square.length; at++) square[at] = (smooth[at]! - mean[at]!) ** 2;
  const variance = blur(square, width, height, radius);
  for (let at = 0; at < square.length; at++) {
    // Running sums leave a little less than nothing.
    const deviation = Math.sqrt(Math.max(0, variance[at]!));
    const contrast = (smooth[at]! - mean[at]!) / (deviation + noiseLevel);
    smooth[at] = Math.min(2.5, Math.max(-2.5, contrast));
  }
  return smooth;
}

/** Of 255: contrast of so little is noise. */
const noiseLevel = 4;

/** The mean over a square about each pixel; what is outside repeats the border. */
function blur(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  const across = new Float32Array(values.length);
  for (let y = 0, at = 0; y < height; y++) {
    const start = y * width;
    const last = start + width - 1;
    let sum = (radius + 1) * values[start]!;
    for (let ahead = start + 1; ahead <= start + radius; ahead++)
      sum += values[Math.min(ahead, last)]!;
    for (; at <= last; at++) {
      across[at] = sum;
      sum += values[Math.min(at + radius + 1, last)]! - values[Math.max(at - radius, start)]!;
    }
  }
  // Row by row, which is how they lie in memory.
  const sums = new Float32Array(width);
  const blurred = new Float32Array(values.length);
  const part = 1 / (2 * radius + 1) ** 2;
  const rowAt = (y: number) => Math.min(height - 1, Math.max(0, y)) * width;
  for (let y = -radius; y <= radius; y++) {
    for (let x = 0, at = rowAt(y); x < width; x++, at++) sums[x]! += across[at]!;
  }
  for (let y = 0, to = 0; y < height; y++) {
    let ahead = rowAt(y + radius + 1);
    let behind = rowAt(y - radius);
    for (let x = 0; x < width; x++, to++, ahead++, behind++) {
      blurred[to] = sums[x]! * part;
      sums[x]! += across[ahead]! - across[behind]!;
    }
  }
  return blurred;
}

/** From a place in one level of the original to that in one of the edited picture: `a * place + b`. */
interface Warp {
  readonly ax: number;
  readonly bx: number;
  readonly ay: number;
  readonly by: number;
}

function toWarp(original: Level, edited: Level, placement: Placement): Warp {
  return {
    ax: original.scaleX / placement.scaleX / edited.scaleX,
    bx: -placement.offsetX / placement.scaleX / edited.scaleX,
    ay: original.scaleY / placement.scaleY / edited.scaleY,
    by: -placement.offsetY / placement.scaleY / edited.scaleY,
  };
}

function toPlacement(original: Level, edited: Level, { ax, bx, ay, by }: Warp): Placement {
  const scaleX = original.scaleX / ax / edited.scaleX;
  const scaleY = original.scaleY / ay / edited.scaleY;
  return {
    scaleX,
    scaleY,
    offsetX: -bx * edited.scaleX * scaleX,
    offsetY: -by * edited.scaleY * scaleY,
  };
}

/** Between pixels, linearly; NaN outside. */
function sample({ width, height, contrast }: Level, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return NaN;
  const across = x - left;
  const at = top * width + left;
  const upper = contrast[at]! + across * (contrast[at + 1]! - contrast[at]!);
  const lower =
    contrast[at + width]! + across * (contrast[at + width + 1]! - contrast[at + width]!);
  return upper + (y - top) * (lower - upper);
}

/** Every zoom with the shifts that fit best, over the whole original and in the edited picture's own proportions. */
function search(original: Level, edited: Level, size: Size, editedSize: Size): Placement[] {
  const stretched = stretch(size, editedSize);
  const bases = [stretched];
  if (Math.abs(Math.log(stretched.scaleX / stretched.scaleY)) > 0.01) {
    for (const scale of [stretched.scaleX, stretched.scaleY]) {
      bases.push({ ...stretched, scaleX: scale, scaleY: scale });
    }
  }
  const found: Placement[] = [];
  for (const base of bases) {
    for (const zoom of zooms) {
      const scaleX = base.scaleX * zoom;
      const scaleY = base.scaleY * zoom;
      // In the middle.
      const offsetX = (size.width - scaleX * editedSize.width) / 2;
      const offsetY = (size.height - scaleY * editedSize.height) / 2;
      const shifts = searchShifts(
        original,
        edited,
        toWarp(original, edited, { scaleX, scaleY, offsetX, offsetY }),
        reachOf(scaleX * editedSize.width, size.width, original.width),
        reachOf(scaleY * editedSize.height, size.height, original.height),
      );
      for (const { x, y } of shifts) {
        found.push({
          scaleX,
          scaleY,
          offsetX: offsetX + x * original.scaleX,
          offsetY: offsetY + y * original.scaleY,
        });
      }
    }
  }
  return found;
}

/** How far a length can be shifted within another, or that one in it, in pixels of the level. */
function reachOf(length: number, whole: number, pixels: number): number {
  return Math.ceil((Math.abs(1 - length / whole) / 2 + mostOverhang) * pixels);
}

/** Every shift by whole pixels: the few that fit best, by their correlation, and are no neighbours. */
function searchShifts(
  original: Level,
  edited: Level,
  { ax, bx, ay, by }: Warp,
  reachX: number,
  reachY: number,
): { readonly x: number; readonly y: number }[] {
  const { width, height, contrast } = original;
  const columns = width + 2 * reachX;
  const rows = height + 2 * reachY;
  const placed = new Float32Array(columns * rows);
  const covered = new Float32Array(columns * rows);
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, to++) {
      const value = sample(
        edited,
        ax * (x - reachX + 0.5) + bx - 0.5,
        ay * (y - reachY + 0.5) + by - 0.5,
      );
      if (Number.isNaN(value)) continue;
      placed[to] = value;
      covered[to] = 1;
    }
  }
  const shifts: { score: number; x: number; y: number }[] = [];
  for (let down = -reachY; down <= reachY; down++) {
    for (let across = -reachX; across <= reachX; across++) {
      let product = 0;
      let ours = 1e-6;
      let theirs = 1e-6;
      let count = 0;
      for (let y = 0, at = 0; y < height; y++) {
        let to = (y + reachY - down) * columns + reachX - across;
        for (let x = 0; x < width; x++, at++, to++) {
          const value = contrast[at]!;
          const other = placed[to]!;
          product += value * other;
          ours += value * value * covered[to]!;
          theirs += other * other;
          count += covered[to]!;
        }
      }
      if (count < 0.4 * width * height) continue;
      // What covers more of the picture is the better guess.
      const score = (product / Math.sqrt(ours * theirs)) * Math.sqrt(count / (width * height));
      shifts.push({ score, x: across, y: down });
    }
  }
  shifts.sort((a, b) => b.score - a.score);
  const apart: typeof shifts = [];
  for (const shift of shifts) {
    if (apart.length === 3) break;
    const isNew = ({ x, y }: typeof shift) =>
      Math.max(Math.abs(x - shift.x), Math.abs(y - shift.y)) > 2;
    if (apart.every(isNew)) apart.push(shift);
  }
  return apart;
}

/** Steps that a level takes at most. */
const mostSteps = 12;

/**
 * Gauss and Newton, with the derivatives of the original, which stay the same (Baker and Matthews, 2004, "inverse
 * compositional"); Tukey's weights keep the edit itself from pulling.
 */
function refine(original: Level, edited: Level, placement: Placement): Placement {
  const { count, xs, ys, values, slopesX, slopesY } = pickPoints(original);
  const halfWidth = original.width / 2;
  const halfHeight = original.height / 2;
  let { ax, bx, ay, by } = toWarp(original, edited, placement);
  const residuals = new Float32Array(count);
  const absolute = new Float32Array(count);
  for (let step = 0; step < mostSteps; step++) {
    let seen = 0;
    for (let point = 0; point < count; point++) {
      const value = sample(edited, ax * xs[point]! + bx - 0.5, ay * ys[point]! + by - 0.5);
      const residual = value - values[point]!;
      residuals[point] = residual;
      if (!Number.isNaN(residual)) absolute[seen++] = Math.abs(residual);
    }
    if (seen < leastPoints) return placement;
    const middle = quantile(absolute, seen, 0.5);
    const limit = 4.685 * Math.max(0.05, 1.4826 * middle);
    const equations = new NormalEquations();
    for (let point = 0; point < count; point++) {
      const residual = residuals[point]!;
      if (!(Math.abs(residual) < limit)) continue;
      const weight = (1 - (residual / limit) ** 2) ** 2;
      const across = slopesX[point]! * (xs[point]! / halfWidth - 1);
      const down = slopesY[point]! * (ys[point]! / halfHeight - 1);
      equations.add(weight, across, slopesX[point]!, down, slopesY[point]!, residual);
    }
    const solution = equations.solve();
    if (!solution) return placement;
    const [stretchX, moveX, stretchY, moveY] = solution;
    // What the original would have to do is undone in the edited picture.
    ax /= 1 + stretchX / halfWidth;
    bx -= ax * (moveX - stretchX);
    ay /= 1 + stretchY / halfHeight;
    by -= ay * (moveY - stretchY);
    const moved = Math.abs(stretchX) + Math.abs(moveX) + Math.abs(stretchY) + Math.abs(moveY);
    if (!(moved < original.width)) return placement;
    if (moved < 0.01) break;
  }
  return toPlacement(original, edited, { ax, bx, ay, by });
}

/** Fewer say nothing. */
const leastPoints = 40;

/** More would only take time. */
const mostPoints = 12_000;

interface Points {
  readonly count: number;
  /** Middles of pixels. */
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  readonly values: Float32Array;
  readonly slopesX: Float32Array;
  readonly slopesY: Float32Array;
}

/** Where the picture is steep: the rest says nothing about where it is. */
function pickPoints({ width, height, contrast }: Level): Points {
  const steepness = new Float32Array(width * height);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, at = y * width + 1; x < width - 1; x++, at++) {
      const slopeX = contrast[at + 1]! - contrast[at - 1]!;
      const slopeY = contrast[at + width]! - contrast[at - width]!;
      steepness[at] = slopeX * slopeX + slopeY * slopeY;
    }
  }
  const wanted = Math.min(mostPoints, Math.floor(0.6 * width * height));
  const least = Math.max(0.01, quantile(steepness, width * height, 1 - wanted / (width * height)));
  const points = {
    xs: new Float32Array(width * height),
    ys: new Float32Array(width * height),
    values: new Float32Array(width * height),
    slopesX: new Float32Array(width * height),
    slopesY: new Float32Array(width * height),
  };
  let count = 0;
  for (let at = 0; at < steepness.length; at++) {
    if (steepness[at]! < least) continue;
    points.xs[count] = (at % width) + 0.5;
    points.ys[count] = Math.floor(at / width) + 0.5;
    points.values[count] = contrast[at]!;
    points.slopesX[count] = (contrast[at + 1]! - contrast[at - 1]!) / 2;
    points.slopesY[count] = (contrast[at + width]! - contrast[at - width]!) / 2;
    count++;
  }
  return { count, ...points };
}

/** The value that a part of the first values is under: nearly, as some of them say. */
function quantile(values: Float32Array, count: number, part: number): number {
  const step = Math.max(1, Math.floor(count / 1000));
  const some = new Float32Array(Math.floor(count / step));
  for (let index = 0; index < some.length; index++) some[index] = values[index * step]!;
  return some.sort()[Math.min(some.length - 1, Math.floor(part * some.length))] ?? 0;
}

/** Four unknowns, and many equations that say a little of them. */
class NormalEquations {
  /** The upper half of it. */
  private readonly matrix = new Float64Array(16);
  private readonly right = new Float64Array(4);

  add(weight: number, a: number, b: number, c: number, d: number, value: number): void {
    const { matrix, right } = this;
    matrix[0]! += weight * a * a;
    matrix[1]! += weight * a * b;
    matrix[2]! += weight * a * c;
    matrix[3]! += weight * a * d;
    matrix[5]! += weight * b * b;
    matrix[6]! += weight * b * c;
    matrix[7]! += weight * b * d;
    matrix[10]! += weight * c * c;
    matrix[11]! += weight * c * d;
    matrix[15]! += weight * d * d;
    right[0]! += weight * a * value;
    right[1]! += weight * b * value;
    right[2]! += weight * c * value;
    right[3]! += weight * d * value;
  }

  /** Undefined where they leave something open. Cholesky. */
  solve(): [number, number, number, number] | undefined {
    const { matrix, right } = this;
    const lower = new Float64Array(16);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = matrix[4 * j + i]!;
        for (let k = 0; k < j; k++) sum -= lower[4 * i + k]! * lower[4 * j + k]!;
        if (i > j) lower[4 * i + j] = sum / lower[4 * j + j]!;
        else if (sum > 1e-6) lower[4 * i + i] = Math.sqrt(sum);
        else return undefined;
      }
    }
    const solution: [number, number, number, number] = [0, 0, 0, 0];
    for (let i = 0; i < 4; i++) {
      let sum = right[i]!;
      for (let k = 0; k < i; k++) sum -= lower[4 * i + k]! * solution[k]!;
      solution[i] = sum / lower[4 * i + i]!;
    }
    for (let i = 3; i >= 0; i--) {
      let sum = solution[i]!;
      for (let k = i + 1; k < 4; k++) sum -= lower[4 * k + i]! * solution[k]!;
      solution[i] = sum / lower[4 * i + i]!;
    }
    return solution;
  }
}

/** Squares in a row, each of which agrees or does not. */
const squares = 10;

/** How much of what has contrast agrees, square by square: 0 to 1. */
function measureAgreement(original: Level, edited: Level, placement: Placement): number {
  const { ax, bx, ay, by } = toWarp(original, edited, placement);
  const { width, height, contrast } = original;
  const size = Math.max(6, Math.ceil(Math.max(width, height) / squares));
  let agreed = 0;
  let compared = 0;
  for (let top = 0; top < height; top += size) {
    for (let left = 0; left < width; left += size) {
      let product = 0;
      let ours = 0;
      let theirs = 0;
      let count = 0;
      for (let y = top; y < Math.min(height, top + size); y++) {
        for (let x = left; x < Math.min(width, left + size); x++) {
          const other = sample(edited, ax * (x + 0.5) + bx - 0.5, ay * (y + 0.5) + by - 0.5);
          if (Number.isNaN(other)) continue;
          const value = contrast[y * width + x]!;
          product += value * other;
          ours += value * value;
          theirs += other * other;
          count++;
        }
      }
      // Too little of it is there, or nothing to be seen in it.
      if (count < 0.3 * size * size || ours < 0.1 * count) continue;
      compared++;
      const correlation = product / Math.sqrt(ours * theirs + 1e-6);
      agreed += Math.max(0, (correlation - 0.4) / 0.6);
    }
  }
  return compared >= 4 ? agreed / compared : 0;
}

/** Models crop, and keep to one picture: no more than about half of it goes. */
function isSane(placement: Placement, stretched: Placement): boolean {
  return [placement.scaleX / stretched.scaleX, placement.scaleY / stretched.scaleY].every(
    (ratio) => ratio > 0.4 && ratio < 1.7,
  );
}

/** Of a pixel of the original, and of its side: nearer to a plain stretch, it is that. */
const snapDistance = { pixels: 0.15, side: 0.0004 };

/** What is exactly in place needs no resampling. */
function snap(placement: Placement, original: Size, edited: Size): Placement {
  const stretched = stretch(original, edited);
  const limit = Math.min(
    snapDistance.pixels,
    snapDistance.side * Math.min(original.width, original.height),
  );
  return cornerDistance(placement, stretched, edited) <= limit ? stretched : placement;
}

/** How far two placements are apart, in pixels of the original, at the corner of the edited picture where that is most. */
export function cornerDistance(one: Placement, other: Placement, { width, height }: Size): number {
  const across = [0, width].map((x) =>
    Math.abs(x * (one.scaleX - other.scaleX) + one.offsetX - other.offsetX),
  );
  const down = [0, height].map((y) =>
    Math.abs(y * (one.scaleY - other.scaleY) + one.offsetY - other.offsetY),
  );
  return Math.hypot(Math.max(...across), Math.max(...down));
}
