// What pointer and keys do over the original goes in; the region that they mark comes out, drawn over the picture.
import { isMarkedRegion, markRegion, type MarkedRegion } from '../compare/protocol';
import type { Point, Size } from './viewport';

export const tools = ['rectangle', 'brush', 'eraser', 'lasso'] as const;

export type Tool = (typeof tools)[number];

/** What a pointer drew, in pixels of the canvas. */
interface Drawn {
  readonly kind: 'rectangle' | 'lasso' | 'stroke';
  readonly erases: boolean;
  readonly points: Point[];
  /** Of a stroke. */
  readonly width: number;
}

/** One thing that was done, and can be undone. */
type Step = Drawn | { readonly kind: 'invert' | 'clear' };

/** Pixels of the canvas's longer side: finer than the seam, which fades over more. */
const longestSide = 2048;

/** From here on up a pixel belongs to the region: edges are drawn smooth. */
const half = 128;

/** Times as wide or as narrow with each key press. */
const widthStep = 1.25;

export class RegionEditor {
  tool: Tool = 'rectangle';
  private readonly context: CanvasRenderingContext2D;
  private stripes: CanvasPattern | string = 'black';
  private picture: Size = { width: 1, height: 1 };
  /** Pixels of the canvas in a pixel of the picture. */
  private scale = 1;
  /** What was marked before all steps. */
  private base: ImageData | undefined;
  private steps: Step[] = [];
  /** What the pointer draws now. */
  private drawn: Drawn | undefined;
  /** What is finished, without what is being drawn. */
  private readonly finished = new OffscreenCanvas(1, 1);
  private brush = 1;
  private opened = false;

  /** @param changed is called when something was marked or taken back */
  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly changed: () => void,
  ) {
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('The browser cannot draw');
    this.context = context;
  }

  get isOpen(): boolean {
    return this.opened;
  }

  get isDrawing(): boolean {
    return this.drawn !== undefined;
  }

  get canUndo(): boolean {
    return this.steps.length > 0;
  }

  /** Of the brush and the eraser, in pixels of the picture. */
  get width(): number {
    return this.brush;
  }

  set width(width: number) {
    const { narrowest, widest } = this.widths;
    this.brush = Math.min(widest, Math.max(narrowest, width));
  }

  get widths(): { readonly narrowest: number; readonly widest: number } {
    const { width, height } = this.picture;
    return { narrowest: 1, widest: Math.max(2, Math.round(Math.min(width, height) / 2)) };
  }

  widen(by: 1 | -1): void {
    const width = this.brush * widthStep ** by;
    this.width = by > 0 ? Math.ceil(width) : Math.floor(width);
  }

  /** Begins anew, with what is marked already. */
  open(picture: Size, region: MarkedRegion | undefined): void {
    this.opened = true;
    this.picture = picture;
    this.scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
    const { canvas, finished } = this;
    for (const each of [canvas, finished]) {
      each.width = Math.max(1, Math.round(picture.width * this.scale));
      each.height = Math.max(1, Math.round(picture.height * this.scale));
    }
    this.width = Math.round(Math.min(picture.width, picture.height) / 12);
    this.stripes = makeStripes(this.context, Math.max(canvas.width, canvas.height));
    this.steps = [];
    this.drawn = undefined;
    this.base = region && this.imageOf(region);
    this.redraw();
  }

  /** Undefined where nothing is marked, or everything, which is the same: all of the picture may change. */
  get region(): MarkedRegion | undefined {
    const { width, height } = this.canvas;
    const { data } = this.context.getImageData(0, 0, width, height);
    const region = markRegion(width, height, (place) => data[4 * place + 3]! >= half);
    const isPartial = region.runs.length > 2 || (region.runs.length === 2 && region.runs[0]! > 0);
    return isPartial ? region : undefined;
  }

  /**
   * @param spot in pixels of the picture
   * @param erases takes away what it would mark
   */
  begin(spot: Point, erases: boolean): void {
    const { tool } = this;
    this.drawn = {
      kind: tool === 'rectangle' || tool === 'lasso' ? tool : 'stroke',
      erases: erases || tool === 'eraser',
      points: [this.toCanvas(spot)],
      width: this.brush * this.scale,
    };
    this.draw();
  }

  /** Drawn once, however many they are. */
  goOn(spots: readonly Point[]): void {
    if (!this.drawn) return;
    const { kind, points } = this.drawn;
    if (kind === 'rectangle') points.length = 1;
    for (const spot of spots) points.push(this.toCanvas(spot));
    this.draw();
  }

  end(): void {
    const { drawn } = this;
    if (!drawn) return;
    this.drawn = undefined;
    // A click with a tool that draws areas means nothing.
    if (drawn.kind === 'stroke' || hasArea(drawn.points)) this.add(drawn);
    else this.redraw();
  }

  /** What is being drawn is not meant. */
  giveUp(): void {
    this.drawn = undefined;
    this.draw();
  }

  invert(): void {
    this.add({ kind: 'invert' });
  }

  clear(): void {
    this.add({ kind: 'clear' });
  }

  undo(): void {
    if (this.drawn) this.giveUp();
    else if (this.steps.pop()) {
      this.redraw();
      this.changed();
    }
  }

  private add(step: Step): void {
    this.steps.push(step);
    this.perform(step);
    this.keepFinished();
    this.changed();
  }

  private redraw(): void {
    const { context, canvas, base } = this;
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (base) {
      context.putImageData(base, 0, 0);
      context.globalCompositeOperation = 'source-in';
      context.fillStyle = this.stripes;
      context.fillRect(0, 0, canvas.width, canvas.height);
    }
    for (const step of this.steps) this.perform(step);
    this.keepFinished();
  }

  private keepFinished(): void {
    const context = this.finished.getContext('2d');
    context?.clearRect(0, 0, this.finished.width, this.finished.height);
    context?.drawImage(this.canvas, 0, 0);
  }

  /** What is being drawn, over what is finished. */
  private draw(): void {
    const { context, canvas } = this;
    context.globalCompositeOperation = 'copy';
    context.drawImage(this.finished, 0, 0);
    context.globalCompositeOperation = 'source-over';
    if (this.drawn) this.perform(this.drawn);
    if (this.drawn?.kind === 'lasso') outline(context, this.drawn.points, canvas);
  }

  private perform(step: Step): void {
    const { context, canvas, stripes } = this;
    context.fillStyle = stripes;
    context.strokeStyle = stripes;
    if ('points' in step) this.performDrawn(step);
    else if (step.kind === 'clear') context.clearRect(0, 0, canvas.width, canvas.height);
    else {
      context.globalCompositeOperation = 'xor';
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.globalCompositeOperation = 'source-over';
    }
  }

  private performDrawn({ kind, points, erases, width }: Drawn): void {
    const { context } = this;
    context.globalCompositeOperation = erases ? 'destination-out' : 'source-over';
    const path = pathOf(points);
    if (kind === 'stroke') {
      context.lineWidth = width;
      context.lineCap = 'round';
      context.lineJoin = 'round';
      context.stroke(path);
    } else if (kind === 'lasso') context.fill(path);
    else {
      const [from, to] = [points[0]!, points.at(-1)!];
      context.fillRect(from.x, from.y, to.x - from.x, to.y - from.y);
    }
    context.globalCompositeOperation = 'source-over';
  }

  private toCanvas({ x, y }: Point): Point {
    const within = (place: number, length: number) => Math.min(length, Math.max(0, place));
    return {
      x: within(x * this.scale, this.canvas.width),
      y: within(y * this.scale, this.canvas.height),
    };
  }

  /** Of another size where the picture has changed since: then it is drawn as large as it is now. */
  private imageOf(region: MarkedRegion): ImageData | undefined {
    if (!isMarkedRegion(region)) return undefined;
    const { width, height } = this.canvas;
    const small = new OffscreenCanvas(region.width, region.height);
    const context = small.getContext('2d');
    const image = context?.createImageData(region.width, region.height);
    if (!context || !image) return undefined;
    let place = 0;
    region.runs.forEach((run, number) => {
      if (number % 2 === 1)
        for (let at = place; at < place + run; at++) image.data[4 * at + 3] = 255;
      place += run;
    });
    if (region.width === width && region.height === height) return image;
    context.putImageData(image, 0, 0);
    const whole = new OffscreenCanvas(width, height).getContext('2d');
    whole?.drawImage(small, 0, 0, width, height);
    return whole?.getImageData(0, 0, width, height);
  }
}

/** A single point is a dot: a line to itself is drawn with its round ends. */
function pathOf(points: readonly Point[]): Path2D {
  const path = new Path2D();
  const [first] = points;
  if (!first) return path;
  path.moveTo(first.x, first.y);
  for (const { x, y } of points) path.lineTo(x, y);
  return path;
}

function hasArea(points: readonly Point[]): boolean {
  const extent = (of: (point: Point) => number) =>
    Math.max(...points.map(of)) - Math.min(...points.map(of));
  return extent(({ x }) => x) >= 1 && extent(({ y }) => y) >= 1;
}

/** Where a lasso runs: an area that it has not closed yet shows nothing of it. */
function outline(
  context: CanvasRenderingContext2D,
  points: readonly Point[],
  { width, height }: Size,
): void {
  context.strokeStyle = 'black';
  context.lineWidth = Math.max(1, Math.max(width, height) / 600);
  context.lineCap = 'butt';
  context.stroke(pathOf(points));
}

/** Seen on any picture, whatever its colours: dark and light in turn. */
function makeStripes(context: CanvasRenderingContext2D, longest: number): CanvasPattern | string {
  const side = Math.max(4, 4 * Math.round(longest / 320));
  const tile = new OffscreenCanvas(side, side);
  const drawing = tile.getContext('2d');
  if (!drawing) return 'black';
  drawing.fillStyle = '#d60087';
  drawing.fillRect(0, 0, side, side);
  drawing.strokeStyle = '#ffffff';
  drawing.lineWidth = side / 4;
  for (const shift of [-side, 0, side]) {
    drawing.beginPath();
    // Beyond the tile, so that its neighbours go on where it ends.
    drawing.moveTo(shift - side, 2 * side);
    drawing.lineTo(shift + 2 * side, -side);
    drawing.stroke();
  }
  return context.createPattern(tile, 'repeat') ?? 'black';
}
