// Takes how different the pixels are, a byte each, measured and raw; draws those that count in colours on a canvas.
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

interface Values {
  readonly size: Size;
  readonly values: Uint8Array;
}

export class HeatMap {
  private version: number | undefined;
  private measured: Values | undefined;
  /** Only where it was asked for. */
  private raw: Values | undefined;
  private isRaw = false;
  /** Whether the raw one was asked for. */
  private asked = false;
  private threshold = 0;
  private drawn = false;
  private wanted = false;
  /** Counts the drawings: an older one that is still at work stops. */
  private drawing = 0;

  /** @param askRaw is called where the raw map of a version is to be seen and is not here: `set` gets it */
  constructor(private readonly askRaw: (version: number) => void) {}

  /** A measured map is of a new comparison, and the raw one before it is of none any more. */
  set(version: number, raw: boolean, size: Size, values: ArrayBuffer): void {
    const map = { size, values: new Uint8Array(values) };
    if (!raw) {
      this.version = version;
      this.measured = map;
      this.raw = undefined;
      this.asked = false;
    } else if (version === this.version) this.raw = map;
    this.drawn = false;
    this.draw();
  }

  /** Of the map that is drawn. */
  get size(): Size | undefined {
    return this.shown?.size;
  }

  /** Whether what is wanted is of this version, and is here. */
  isOf(version: number): boolean {
    return this.version === version && this.shown !== undefined;
  }

  /** The raw map was asked for, and is not here yet. */
  get isAwaited(): boolean {
    return this.isRaw && this.asked && this.raw === undefined;
  }

  /** Whether all that differs is drawn, or only what is left when the rest is measured out. */
  setRaw(isRaw: boolean): void {
    if (this.isRaw === isRaw) return;
    this.isRaw = isRaw;
    this.drawn = false;
    this.draw();
  }

  private get shown(): Values | undefined {
    return this.isRaw ? this.raw : this.measured;
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
    if (!this.wanted || this.drawn) return;
    const { shown, version } = this;
    if (shown) {
      this.drawn = true;
      void this.drawInSlices(shown, colours(this.threshold), ++this.drawing);
    } else if (version !== undefined && !this.asked) {
      this.asked = true;
      this.askRaw(version);
    }
  }

  private async drawInSlices(
    { values, size: { width, height } }: Values,
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
