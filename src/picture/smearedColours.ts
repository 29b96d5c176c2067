// How two pictures differ, and those, go in; where an encoder smeared the colours of fine lines, and did no more, it is
// said that nothing changed.
import { defaultThreshold } from './changes';
import { light } from './colourCells';
import { crop, type Window } from './crop';
import type { Difference } from './difference';
import type { Pixels } from './pixels';
import { distanceOf, makeToning, type Tone } from './tone';
import { checkWanted } from './wanted';

/** Distance: what is under it is near to no change at the usual threshold. */
const limit = 0.8 * defaultThreshold * 255;

/** Pixels of a cell: fewer that differ are no change, as `Measure` has it. */
const leastPixels = 3;

/** Levels of brightness: a pixel that moved by more did not just lose its colour, which saves looking at it. */
const mostLighter = 40;

/** Of a pixel's distance, what smearing has to leave less of: else it is a faint edit that happens to go the same way. */
const mostLeft = 0.6;

/** How far the mean nearby has to be on the way to that about the cell. */
const leastFine = 0.6;

/** Distance of the means about a cell: smearing keeps them. */
const mostMoved = 4;

/** Pixels to either side over which encoders average colours: at half of the size, and smoothly read back. */
const reaches = [1, 2];

/** Pixels around a cell: with them it is as large as the blocks in which encoders round colours. */
const margin = 4;

/**
 * JPEG and WebP keep colours at half of the size, and coarsely: of a coloured line one pixel wide hardly any colour is left,
 * while it is as dark as it was.
 * @param difference is changed in place
 * @param tone what the original's colours became
 */
export function forgiveSmearedColours(
  original: Pixels,
  edited: Pixels,
  difference: Difference,
  tone: Tone | undefined,
): void {
  const { cellSize, columns, rows, strengths, distances, width, height } = difference;
  // Small pictures have smaller ones.
  if (cellSize !== 8) return;
  const toning = tone && makeToning(tone, { width, height });
  for (let row = 0, cell = 0; row < rows; row++) {
    checkWanted();
    for (let column = 0; column < columns; column++, cell++) {
      if (strengths[cell]! < limit) continue;
      const left = column * cellSize;
      const top = row * cellSize;
      const inside = {
        left,
        top,
        right: Math.min(width, left + cellSize),
        bottom: Math.min(height, top + cellSize),
      };
      const places = placesOver(difference, inside);
      // It may be a mean that moved.
      if (places.length < leastPixels) continue;
      if (!tone && countLighter(original, edited, places) >= leastPixels) continue;
      const window = {
        left: Math.max(0, left - margin),
        top: Math.max(0, top - margin),
        right: Math.min(width, inside.right + margin),
        bottom: Math.min(height, inside.bottom + margin),
      };
      const before = crop(original, window);
      if (toning) toning(before.pixels.slice(), before.pixels, window);
      const rests = restsOf(before, crop(edited, window), window, places, difference);
      if (!rests) continue;
      const third = rests.toSorted((one, other) => other - one)[leastPixels - 1]!;
      strengths[cell] = Math.round(third);
      for (const [index, place] of places.entries()) distances[place] = Math.round(rests[index]!);
    }
  }
}

/** The pixels of a part that differ enough. */
function placesOver({ width, distances }: Difference, part: Window): number[] {
  const places: number[] = [];
  for (let y = part.top; y < part.bottom; y++) {
    for (let at = y * width + part.left; at < y * width + part.right; at++) {
      if (distances[at]! >= limit) places.push(at);
    }
  }
  return places;
}

/** How many of the pixels moved by so much in brightness that nothing else needs to be known. */
function countLighter(before: Pixels, after: Pixels, places: readonly number[]): number {
  return places.filter((place) => {
    const [red, green, blue] = [0, 1, 2].map(
      (channel) => after.pixels[4 * place + channel]! - before.pixels[4 * place + channel]!,
    ) as [number, number, number];
    return Math.abs(lightOf([red, green, blue])) > mostLighter;
  }).length;
}

/**
 * @param window where the two pictures lie in all of it
 * @param places of pixels in all of it
 * @returns the distance of each that smearing does not explain; undefined where that leaves too many
 */
function restsOf(
  before: Pixels,
  after: Pixels,
  window: Window,
  places: readonly number[],
  { width, distances }: Difference,
): number[] | undefined {
  const mean = meanOf(before);
  const rests: number[] = [];
  let unexplained = 0;
  for (const place of places) {
    const x = (place % width) - window.left;
    const y = Math.floor(place / width) - window.top;
    const rest = restOf(before, after, x, y, mean);
    if (rest >= Math.min(limit, mostLeft * distances[place]!)) unexplained++;
    if (unexplained >= leastPixels) return undefined;
    rests.push(rest);
  }
  const moved = meanOf(after).map((value, channel) => value - mean[channel]!);
  return distanceOf(moved[0]!, moved[1]!, moved[2]!) < mostMoved ? rests : undefined;
}

/** The distance of a pixel that smearing the colours around it does not explain. */
function restOf(
  before: Pixels,
  after: Pixels,
  x: number,
  y: number,
  mean: readonly number[],
): number {
  const at = 4 * (y * before.width + x);
  const moved = [0, 1, 2].map(
    (channel) => after.pixels[at + channel]! - before.pixels[at + channel]!,
  );
  if (Math.abs(lightOf(moved)) > mostLighter) return 255;
  const slack = slackOf(before, x, y);
  const colours = [...reaches.map((reach) => meanOf(before, aroundOf(before, x, y, reach))), mean];
  let least = 255;
  let far = 0;
  for (const surroundings of colours) {
    const away = surroundings.map((value, channel) => value - before.pixels[at + channel]!);
    const lighter = lightOf(away);
    const smeared = away.map((value) => value - lighter) as [number, number, number];
    const length = distanceOf(...smeared);
    // What is no fine line, of which little is left nearby, gets no colour from further away.
    if (surroundings === mean && far < leastFine * length) continue;
    far = length;
    const part = partOnTheWay(moved, smeared);
    const rest = moved.map((move, channel) => {
      const from = before.pixels[at + channel]!;
      return move - (Math.min(255, Math.max(0, from + part * smeared[channel]!)) - from);
    });
    // Encoders ring about edges.
    const own = lightOf(rest);
    const excess = Math.sign(own) * Math.max(0, Math.abs(own) - slack) - own;
    least = Math.min(least, distanceOf(rest[0]! + excess, rest[1]! + excess, rest[2]! + excess));
  }
  return least;
}

/** Levels of brightness by which a pixel may differ where contrast is high: half of it. */
function slackOf(picture: Pixels, x: number, y: number): number {
  let [least, greatest] = [255, 0];
  const around = aroundOf(picture, x, y, 1);
  for (let row = around.top; row < around.bottom; row++) {
    for (let column = around.left; column < around.right; column++) {
      const at = 4 * (row * picture.width + column);
      const value = lightOf([...picture.pixels.subarray(at, at + 3)]);
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
  }
  return (greatest - least) / 2;
}

/** How much of the way a colour has come. */
function partOnTheWay(moved: readonly number[], whole: readonly number[]): number {
  const product = (other: readonly number[]) =>
    whole.reduce((sum, value, channel) => sum + value * other[channel]!, 0);
  return Math.min(1, Math.max(0, product(moved) / (product(whole) + 1e-9)));
}

function lightOf(colour: readonly number[]): number {
  return colour.reduce((sum, value, channel) => sum + light[channel]! * value, 0);
}

function aroundOf({ width, height }: Pixels, x: number, y: number, reach: number): Window {
  return {
    left: Math.max(0, x - reach),
    top: Math.max(0, y - reach),
    right: Math.min(width, x + reach + 1),
    bottom: Math.min(height, y + reach + 1),
  };
}

function meanOf(picture: Pixels, part?: Window): [number, number, number] {
  const { width, height, pixels } = picture;
  const { left, top, right, bottom } = part ?? { left: 0, top: 0, right: width, bottom: height };
  const sums: [number, number, number] = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let at = 4 * (y * width + left); at < 4 * (y * width + right); at += 4) {
      for (const channel of [0, 1, 2] as const) sums[channel] += pixels[at + channel]!;
    }
  }
  const count = (right - left) * (bottom - top);
  return [sums[0] / count, sums[1] / count, sums[2] / count];
}
