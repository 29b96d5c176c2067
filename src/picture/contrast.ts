// A small picture goes in; how much each of its pixels stands out from those about it comes out.
import type { Pixels } from './pixels';

export interface Contrast {
  readonly width: number;
  readonly height: number;
  /** About -2 to 2, 0 where there is none. */
  readonly values: Float32Array;
}

/** Of 255: contrast of so little is noise. */
const noiseLevel = 4;

/** Light less its local mean, over its local deviation: what a picture shows apart from its brightness. */
export function contrastOf({ width, height, pixels }: Pixels): Contrast {
  const light = new Float32Array(width * height);
  for (let at = 0; at < light.length; at++) {
    const from = 4 * at;
    const opaque = 0.299 * pixels[from]! + 0.587 * pixels[from + 1]! + 0.114 * pixels[from + 2]!;
    light[at] = 128 + ((opaque - 128) * pixels[from + 3]!) / 255;
  }
  const radius = Math.max(3, Math.round(Math.max(width, height) / 40));
  const smooth = blur(light, width, height, 1);
  const mean = blur(smooth, width, height, radius);
  const square = new Float32Array(light.length);
  for (let at = 0; at < square.length; at++) square[at] = (smooth[at]! - mean[at]!) ** 2;
  const variance = blur(square, width, height, radius);
  for (let at = 0; at < square.length; at++) {
    const contrast =
      (smooth[at]! - mean[at]!) / (Math.sqrt(Math.max(0, variance[at]!)) + noiseLevel);
    smooth[at] = Math.min(2.5, Math.max(-2.5, contrast));
  }
  return { width, height, values: smooth };
}

/** The mean over a square about each pixel; what is outside repeats the border. */
export function blur(
  values: Float32Array,
  width: number,
  height: number,
  radius: number,
): Float32Array {
  const across = blurLines(values, { lines: height, length: width, line: width, step: 1, radius });
  return blurLines(across, { lines: width, length: height, line: 1, step: width, radius });
}

interface Lines {
  readonly lines: number;
  readonly length: number;
  /** Places from one line to the next, and from one value of a line to the next. */
  readonly line: number;
  readonly step: number;
  readonly radius: number;
}

function blurLines(
  values: Float32Array,
  { lines, length, line, step, radius }: Lines,
): Float32Array {
  const blurred = new Float32Array(values.length);
  for (let index = 0; index < lines; index++) {
    const start = index * line;
    const valueAt = (place: number) =>
      values[start + Math.min(length - 1, Math.max(0, place)) * step]!;
    let sum = 0;
    for (let place = -radius - 1; place < radius; place++) sum += valueAt(place);
    for (let place = 0; place < length; place++) {
      sum += valueAt(place + radius) - valueAt(place - radius - 1);
      blurred[start + place * step] = sum / (2 * radius + 1);
    }
  }
  return blurred;
}
