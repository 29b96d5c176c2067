// A picture goes in; the same picture with its textures invented anew comes out.
import type { Picture } from './warp';

/** Pixels to either side that are averaged, twice: what is finer is texture. */
const radius = 2;

/** Levels of local contrast: weaker is texture, stronger is an edge or a letter, which models draw as it was. */
const edges = { from: 10, to: 30 };

/** The side in pixels of the square of noise that is laid over the picture again and again. */
const tileSide = 256;

/**
 * Replaces the fine detail of brightness by noise of the same energy in the same place.
 * @param share 0 to 1: how much of the detail is new where there is no edge
 */
export function repaintTextures(picture: Picture, share: number, random: () => number): Picture {
  const { width, height } = picture;
  const pixels = new Uint8ClampedArray(picture.pixels);
  const detail = new Float32Array(width * height);
  for (let at = 0; at < detail.length; at++) {
    detail[at] =
      0.299 * pixels[4 * at]! + 0.587 * pixels[4 * at + 1]! + 0.114 * pixels[4 * at + 2]!;
  }
  const smooth = blur(detail, width, height);
  const energy = new Float32Array(width * height);
  for (let at = 0; at < detail.length; at++) {
    detail[at]! -= smooth[at]!;
    energy[at] = detail[at]! ** 2;
  }
  const local = blur(energy, width, height);
  const noise = makeNoise(random);
  for (let y = 0, at = 0; y < height; y++) {
    const row = tileSide * (y % tileSide);
    for (let x = 0; x < width; x++, at++) {
      const contrast = Math.sqrt(Math.max(0, local[at]!));
      const isTexture = Math.min(1, Math.max(0, (edges.to - contrast) / (edges.to - edges.from)));
      const part = share * isTexture;
      // The sum of what stays and of what is new has the energy of what was there.
      const stays = Math.sqrt(1 - part ** 2);
      const change = (stays - 1) * detail[at]! + part * contrast * noise[row + (x % tileSide)]!;
      pixels[4 * at]! += change;
      pixels[4 * at + 1]! += change;
      pixels[4 * at + 2]! += change;
    }
  }
  return { width, height, pixels: new Uint8Array(pixels.buffer) };
}

/** Of a standard deviation of 1, about as fine as what is replaced. */
function makeNoise(random: () => number): Float32Array {
  // Three numbers together are near enough to a normal one.
  const noise = Float32Array.from(
    { length: tileSide * tileSide },
    () => random() + random() + random() - 1.5,
  );
  // Single pixels of it would be finer than anything that lenses and models draw.
  const soft = blurOnce(noise, tileSide, tileSide, 1);
  const smooth = blur(soft, tileSide, tileSide);
  let squares = 0;
  for (let at = 0; at < noise.length; at++) {
    noise[at] = soft[at]! - smooth[at]!;
    squares += noise[at]! ** 2;
  }
  const deviation = Math.sqrt(squares / noise.length);
  return noise.map((value) => value / deviation);
}

type Blurred = [values: Float32Array, width: number, height: number, reach: number];

/** The mean of a square, taken twice, which is nearly a Gauss. */
function blur(values: Float32Array, width: number, height: number): Float32Array {
  return blurOnce(blurOnce(values, width, height, radius), width, height, radius);
}

function blurOnce(...[values, width, height, reach]: Blurred): Float32Array {
  return blurDown(blurAcross(values, width, height, reach), width, height, reach);
}

function blurAcross(...[values, width, height, reach]: Blurred): Float32Array {
  const blurred = new Float32Array(values.length);
  for (let from = 0; from < width * height; from += width) {
    let sum = 0;
    for (let x = -reach; x <= reach; x++) {
      sum += values[from + Math.min(width - 1, Math.max(0, x))]!;
    }
    for (let x = 0; x < width; x++) {
      blurred[from + x] = sum / (2 * reach + 1);
      const [last, next] = [Math.max(0, x - reach), Math.min(width - 1, x + reach + 1)];
      sum += values[from + next]! - values[from + last]!;
    }
  }
  return blurred;
}

/** All columns at once, row by row, in the order in which they lie in memory. */
function blurDown(...[values, width, height, reach]: Blurred): Float32Array {
  const blurred = new Float32Array(values.length);
  const sums = new Float64Array(width);
  const rowOf = (y: number) => width * Math.min(height - 1, Math.max(0, y));
  for (let y = -reach; y <= reach; y++) {
    const row = rowOf(y);
    for (let x = 0; x < width; x++) sums[x]! += values[row + x]!;
  }
  for (let y = 0, at = 0; y < height; y++) {
    const [last, next] = [rowOf(y - reach), rowOf(y + reach + 1)];
    for (let x = 0; x < width; x++, at++) {
      blurred[at] = sums[x]! / (2 * reach + 1);
      sums[x]! += values[next + x]! - values[last + x]!;
    }
  }
  return blurred;
}
