// Takes the pictures that the page has and where the changes lie; draws each change small, before and after, once it is in
// sight.
import type { ChangeFacts, Comparison } from '../compare/protocol';
import { cropOf } from './changeCrop';
import { contain, type Box, type Size } from './viewport';

/** Which row it is: the number of a change, from 0, or the overall colour. */
export type Pictured = number | 'overall';

/** What is drawn from. */
export interface Sources {
  /** Of the original, in pixels. */
  readonly size: Size;
  readonly original: Blob | undefined;
  /** The edited picture as it came, in its own size. */
  readonly received: Blob | undefined;
  /** The edited picture as it lies on the original, and what had been decided when it was made. */
  readonly preview: { readonly bytes: Blob; readonly of: Comparison } | undefined;
  /** Another one where the edited picture is another, or lies in another way. */
  readonly key: string;
}

/** CSS pixels of the square that each picture is drawn in; as in panel.css. */
const side = 48;

/** How far from what is seen of the list a row is drawn already, in CSS pixels. */
const ahead = '120px 0px';

/** Milliseconds of drawing after which the page gets a turn. */
const slice = 8;

/** So long decoded pictures wait for more to be drawn, in milliseconds: they are large. */
const rest = 3000;

/** Of a large part, so many pixels are taken for each that is drawn, across and down. */
const samples = 4;

interface Pair {
  readonly of: Pictured;
  box: Box;
  readonly before: Drawn;
  readonly after: Drawn;
}

interface Drawn {
  readonly canvas: HTMLCanvasElement;
  /** What is on it; empty at first. */
  key: string;
  /** It shows the edited picture as it lies, which nothing else does better. */
  isFinal: boolean;
}

/** A picture of one side of a pair that is to be drawn. */
interface Wanted {
  readonly drawn: Drawn;
  readonly bytes: Blob;
  readonly key: string;
  readonly isFinal: boolean;
}

/** Decisions change nothing on what is drawn: before is the original, after is the edited picture, kept or not. */
export class ChangePictures {
  private sources: Sources | undefined;
  private readonly pairs = new Map<Element, Pair>();
  private readonly inSight = new Set<Pair>();
  private readonly observer: IntersectionObserver;
  private readonly decoded = new Map<Blob, Promise<ImageBitmap | undefined>>();
  private isDrawing = false;
  private resting: ReturnType<typeof setTimeout> | undefined;

  /** @param list that scrolls */
  constructor(list: HTMLElement) {
    this.observer = new IntersectionObserver((entries) => this.see(entries), {
      root: list,
      rootMargin: ahead,
    });
  }

  set(sources: Sources): void {
    this.sources = sources;
    const used = [sources.original, sources.received, sources.preview?.bytes];
    for (const bytes of this.decoded.keys()) if (!used.includes(bytes)) this.close(bytes);
    // What is seen of another version is not to be taken for this one.
    if (!sources.received) for (const { after } of this.pairs.values()) clear(after);
    void this.draw();
  }

  /** A place for both pictures, to be put into the row. */
  add(of: Pictured): HTMLElement {
    const place = document.createElement('span');
    place.className = 'changePictures';
    const [before, after] = [0, 1].map(() => {
      const canvas = document.createElement('canvas');
      // Nothing is there yet, and nothing takes memory.
      canvas.width = canvas.height = 0;
      return { canvas, key: '', isFinal: false };
    }) as [Drawn, Drawn];
    place.append(before.canvas, after.canvas);
    place.ariaHidden = 'true';
    this.pairs.set(place, { of, before, after, box: { x: 0, y: 0, width: 0, height: 0 } });
    this.observer.observe(place);
    return place;
  }

  /** @param box in the original's pixels */
  move(place: HTMLElement, box: Box): void {
    const pair = this.pairs.get(place);
    if (!pair || isSame(pair.box, box)) return;
    pair.box = box;
    if (this.inSight.has(pair)) void this.draw();
  }

  remove(place: HTMLElement): void {
    this.observer.unobserve(place);
    const pair = this.pairs.get(place);
    if (pair) this.inSight.delete(pair);
    this.pairs.delete(place);
  }

  private see(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const pair = this.pairs.get(target);
      if (!pair) continue;
      if (isIntersecting) this.inSight.add(pair);
      else this.inSight.delete(pair);
    }
    void this.draw();
  }

  private async draw(): Promise<void> {
    if (this.isDrawing) return;
    this.isDrawing = true;
    clearTimeout(this.resting);
    let since = performance.now();
    for (let next = this.next(); next; next = this.next()) {
      const { pair, wanted } = next;
      // Whatever comes of it: what cannot be decoded is not tried again.
      wanted.drawn.key = wanted.key;
      wanted.drawn.isFinal = wanted.isFinal;
      const bitmap = await this.decode(wanted.bytes);
      const { canvas } = wanted.drawn;
      if (bitmap && this.sources) drawCrop(canvas, bitmap, pair.box, this.sources.size);
      else canvas.width = canvas.height = 0;
      if (performance.now() - since < slice) continue;
      await new Promise((resolve) => setTimeout(resolve));
      since = performance.now();
    }
    this.isDrawing = false;
    this.resting = setTimeout(() => {
      for (const bytes of this.decoded.keys()) this.close(bytes);
    }, rest);
  }

  /** What is in sight and not as it should be. */
  private next(): { pair: Pair; wanted: Wanted } | undefined {
    for (const pair of this.inSight) {
      const wanted = this.wantedBefore(pair) ?? this.wantedAfter(pair);
      if (wanted) return { pair, wanted };
    }
    return undefined;
  }

  private wantedBefore({ before: drawn, box }: Pair): Wanted | undefined {
    const bytes = this.sources?.original;
    const key = keyOf(box, 'original');
    return bytes && drawn.key !== key ? { drawn, bytes, key, isFinal: true } : undefined;
  }

  private wantedAfter({ of, after: drawn, box }: Pair): Wanted | undefined {
    if (!this.sources) return undefined;
    const { received, preview } = this.sources;
    const key = keyOf(box, this.sources.key);
    const isFinal = preview !== undefined && showsEdited(preview.of, of, box);
    if (drawn.key === key && (drawn.isFinal || !isFinal)) return undefined;
    const bytes = isFinal ? preview.bytes : received;
    return bytes && { drawn, bytes, key, isFinal };
  }

  /** Undefined where the browser cannot. */
  private decode(bytes: Blob): Promise<ImageBitmap | undefined> {
    const known = this.decoded.get(bytes);
    if (known) return known;
    const bitmap = createImageBitmap(bytes).catch(() => undefined);
    this.decoded.set(bytes, bitmap);
    return bitmap;
  }

  private close(bytes: Blob): void {
    void this.decoded.get(bytes)?.then((bitmap) => bitmap?.close());
    this.decoded.delete(bytes);
  }
}

function clear(drawn: Drawn): void {
  drawn.canvas.width = drawn.canvas.height = 0;
  drawn.key = '';
}

/** Whether the preview has the edited picture there, with its own colours. */
function showsEdited({ overall, changes }: Comparison, of: Pictured, box: Box): boolean {
  if (overall?.kept === false) return false;
  if (of === 'overall') return changes.every(({ kept }) => kept);
  const change: ChangeFacts | undefined = changes[of];
  return change !== undefined && change.kept && isSame(change.box, box);
}

/** For large parts, on their way to small ones. */
const between = document.createElement('canvas');

/** In memory: most are drawn once, and none is worth the way to a graphics card. */
const inMemory: CanvasRenderingContext2DSettings = { willReadFrequently: true };

/** @param size of the original, in the box's pixels: the picture may have another */
function drawCrop(canvas: HTMLCanvasElement, picture: ImageBitmap, box: Box, size: Size): void {
  const crop = cropOf(box, size);
  const across = picture.width / size.width;
  const down = picture.height / size.height;
  const pixels = Math.round(side * devicePixelRatio);
  const part = {
    ...{ x: crop.x * across, y: crop.y * down },
    ...{ width: crop.width * across, height: crop.height * down },
  };
  const room = contain(crop, { width: pixels, height: pixels });
  const many = { x: 0, y: 0, width: samples * room.width, height: samples * room.height };
  if (part.width <= many.width && part.height <= many.height) {
    fill(canvas, pixels, { picture, part, room });
    return;
  }
  // Smoothing all of a picture of 48 megapixels for it would stop the page for a second.
  fill(between, samples * pixels, { picture, part, room: many, isSmooth: false });
  fill(canvas, pixels, { picture: between, part: many, room });
}

/** Draws a part of a picture into the room of an empty square. */
function fill(
  canvas: HTMLCanvasElement,
  pixels: number,
  {
    picture,
    part,
    room,
    isSmooth = true,
  }: { picture: CanvasImageSource; part: Box; room: Box; isSmooth?: boolean },
): void {
  canvas.width = canvas.height = pixels;
  const context = canvas.getContext('2d', inMemory);
  if (!context) return;
  context.imageSmoothingEnabled = isSmooth;
  context.imageSmoothingQuality = 'high';
  context.drawImage(
    picture,
    ...([part.x, part.y, part.width, part.height] as const),
    ...([room.x, room.y, room.width, room.height] as const),
  );
}

function keyOf({ x, y, width, height }: Box, of: string): string {
  return [of, x, y, width, height, devicePixelRatio].join(' ');
}

function isSame(one: Box, other: Box): boolean {
  return (
    one.x === other.x &&
    one.y === other.y &&
    one.width === other.width &&
    one.height === other.height
  );
}
