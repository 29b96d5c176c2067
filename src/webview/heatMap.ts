// Takes how different the pixels are, a byte each; draws those that count in colours on a canvas.
import { elements } from './elements';
import type { Size } from './viewport';

/** From little to as different as can be; the same as the ramp of the legend in panel.css. */
const ramp: readonly (readonly [at: number, red: number, green: number, blue: number])[] = [
  [0, 110, 40, 190],
  [0.35, 225, 45, 120],
  [0.7, 253, 145, 50],
  [1, 255, 250, 165],
];

/** Pixels that are coloured at a time: a few milliseconds of work. */
const slice = 400_000;

export class HeatMap {
  private values: Uint8Array | undefined;
  private version: number | undefined;
  private threshold = 0;
  private drawn = false;
  private wanted = false;
  /** Counts the drawings: an older one that is still at work stops. */
  private drawing = 0;
  size: Size | undefined;

  set(version: number, size: Size, values: ArrayBuffer): void {
    this.version = version;
    this.size = size;
    this.values = new Uint8Array(values);
    this.drawn = false;
    this.draw();
  }

  isOf(version: number): boolean {
    return this.version === version;
  }

  /** @param threshold from 0 (any difference counts) to 1 */
  setThreshold(threshold: number): void {
    if (this.threshold === threshold) return;
    this.threshold = threshold;
    this.drawn = false;
    this.draw();
  }

  /** Nothing is drawn that nobody looks at. */
  setWanted(wanted: boolean): void {
    this.wanted = wanted;
    this.draw();
  }

  private draw(): void {
    if (!this.wanted || this.drawn || !this.values || !this.size) return;
    this.drawn = true;
    void this.drawInSlices(this.values, this.size, colours(this.threshold), ++this.drawing);
  }

  private async drawInSlices(
    values: Uint8Array,
    { width, height }: Size,
    colours: Uint32Array,
    drawing: number,
  ): Promise<void> {
    const { heat } = elements;
    if (heat.width !== width || heat.height !== height) {
      heat.width = width;
      heat.height = height;
    }
    const context = heat.getContext('2d');
    const rows = Math.max(1, Math.floor(slice / width));
    for (let top = 0; top < height; top += rows) {
      const picture = new ImageData(width, Math.min(rows, height - top));
      const pixels = new Uint32Array(picture.data.buffer);
      const start = top * width;
      for (let index = 0; index < pixels.length; index += 1)
        pixels[index] = colours[values[start + index]!]!;
      context?.putImageData(picture, 0, top);
      // The pictures can be moved meanwhile.
      await new Promise((resolve) => setTimeout(resolve));
      if (drawing !== this.drawing) return;
    }
  }
}

/** One colour for each difference, as a canvas has them in memory; none below the threshold. */
function colours(threshold: number): Uint32Array {
  const table = new Uint8ClampedArray(256 * 4);
  for (let value = 1; value < 256; value += 1) {
    if (value / 255 < threshold) continue;
    // Most differences are small: they get more of the ramp.
    const at = Math.sqrt(value / 255);
    const next = Math.max(
      1,
      ramp.findIndex(([end]) => end >= at),
    );
    const [low, high] = [ramp[next - 1]!, ramp[next]!];
    const share = (at - low[0]) / (high[0] - low[0]);
    for (const channel of [1, 2, 3] as const)
      table[value * 4 + channel - 1] = low[channel] + share * (high[channel] - low[channel]);
    table[value * 4 + 3] = 150 + 105 * at;
  }
  return new Uint32Array(table.buffer);
}
