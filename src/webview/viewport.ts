// Takes the size of the original, the room it has and how it is moved; gives the one viewport of all pictures.

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** 1 is one pixel of the original on one pixel of the screen. */
export const maximumZoom = 32;

/** Between pictures and the edges of their room, in CSS pixels. */
export const margin = 16;

/** What `+` and `-` go through, as VS Code's own image preview does. */
const steps = [
  0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 32,
];

/** Differences in zoom below this are rounding. */
const same = 1.0001;

/** Points and boxes are in the original's pixels; rooms, and places in them, in CSS pixels. */
export class Viewport {
  /** The original's size. */
  private picture: Size = { width: 1, height: 1 };
  private room: Size = { width: 0, height: 0 };
  /** Screen pixels in a CSS pixel. */
  density = 1;
  private chosen: number | 'fit';
  private middle: Point | undefined;

  constructor(saved: { zoom: number | 'fit'; centre: Point | undefined }) {
    this.chosen = saved.zoom;
    this.middle = saved.centre;
  }

  get zoom(): number {
    return this.chosen === 'fit' ? this.fitZoom : this.chosen;
  }

  get fitted(): boolean {
    return this.chosen === 'fit';
  }

  /** What is in the middle of the room. */
  get centre(): Point {
    const { width, height } = this.picture;
    if (this.fitted || !this.middle) return { x: width / 2, y: height / 2 };
    return this.middle;
  }

  get saved(): { zoom: number | 'fit'; centre: Point | undefined } {
    return { zoom: this.chosen, centre: this.fitted ? undefined : this.centre };
  }

  /** CSS pixels in a pixel of the original. */
  get scale(): number {
    return this.zoom / this.density;
  }

  /** Never larger than it is. */
  private get fitZoom(): number {
    const { picture, room, density } = this;
    const width = Math.max(1, room.width - 2 * margin);
    const height = Math.max(1, room.height - 2 * margin);
    return Math.min(1, (width * density) / picture.width, (height * density) / picture.height);
  }

  /** After a change of mode, of size or of screen. */
  resize(picture: Size, room: Size, density: number): void {
    this.picture = picture;
    this.room = room;
    this.density = density;
    if (this.middle) this.middle = this.within(this.middle);
    // A room that was still closed must not cost the zoom.
    if (room.width > 0 && room.height > 0) this.fitWhereSmaller();
  }

  fit(): void {
    this.chosen = 'fit';
  }

  /** What was at `from` is at `at` afterwards, both counted from the middle of the room. */
  zoomTo(zoom: number, at: Point = { x: 0, y: 0 }, from = at): void {
    const { centre, scale } = this;
    const spot = { x: centre.x + from.x / scale, y: centre.y + from.y / scale };
    this.chosen = Math.min(zoom, maximumZoom);
    this.fitWhereSmaller();
    this.middle = this.within({ x: spot.x - at.x / this.scale, y: spot.y - at.y / this.scale });
  }

  /** To the next of the usual zooms. */
  step(direction: 1 | -1): void {
    const { zoom } = this;
    const next =
      direction > 0
        ? steps.find((step) => step > zoom * same)
        : steps.findLast((step) => step < zoom / same);
    this.zoomTo(next ?? (direction > 0 ? maximumZoom : 0));
  }

  /** Between the whole picture and its pixels, or twice that where the pixels fit. */
  toggle(at: Point): void {
    if (!this.fitted) this.fit();
    else this.zoomTo(this.zoom < 1 / same ? 1 : 2, at);
  }

  /** Moves the pictures, their edges no further than the edges of the room. */
  pan(x: number, y: number): void {
    if (this.fitted) return;
    const { centre, scale, picture, room } = this;
    const along = (from: number, by: number, length: number, space: number) => {
      const half = (space / 2 - margin) / scale;
      // Where zooming about the pointer left it beyond an edge it may stay, but not go further.
      const low = Math.min(from, half, length / 2);
      const high = Math.max(from, length - half, length / 2);
      const fits = length <= 2 * half;
      const to = from - by / scale;
      return fits ? nearer(from, to, length / 2) : Math.min(high, Math.max(low, to));
    };
    this.middle = {
      x: along(centre.x, x, picture.width, room.width),
      y: along(centre.y, y, picture.height, room.height),
    };
  }

  moveTo(centre: Point): void {
    if (!this.fitted) this.middle = this.within(centre);
  }

  /** Shows a box with as much around it as it takes itself; one that is most of the picture, as a whole. */
  show(box: Box): void {
    const { room, density } = this;
    const zoom = Math.min(
      8,
      (room.width * density) / (2 * Math.max(1, box.width)),
      (room.height * density) / (2 * Math.max(1, box.height)),
    );
    this.zoomTo(Math.max(zoom, this.fitZoom));
    this.moveTo({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  }

  /** Where the original's first pixel is, in a room of that size; on a whole pixel of the screen. */
  origin(room: Size): Point {
    const { centre, scale, density } = this;
    const whole = (place: number) => Math.round(place * density) / density;
    return {
      x: whole(room.width / 2 - centre.x * scale),
      y: whole(room.height / 2 - centre.y * scale),
    };
  }

  /** Smaller than the whole picture in its room is of no use. Pixel for pixel stays a choice where both are one. */
  private fitWhereSmaller(): void {
    const { chosen, fitZoom } = this;
    if (chosen === 'fit') return;
    if (chosen < (fitZoom < 1 ? fitZoom * same : fitZoom / same)) this.chosen = 'fit';
  }

  private within({ x, y }: Point): Point {
    const { width, height } = this.picture;
    return { x: Math.min(width, Math.max(0, x)), y: Math.min(height, Math.max(0, y)) };
  }
}

/** A step that only ever leads towards the goal, and never past it. */
function nearer(from: number, to: number, goal: number): number {
  if (from < goal) return Math.min(goal, Math.max(from, to));
  return Math.max(goal, Math.min(from, to));
}

/** The largest box in the shape of `size` in the middle of `room`. */
export function contain(size: Size, room: Size): Box {
  const scale = Math.max(0, Math.min(room.width / size.width, room.height / size.height));
  const width = size.width * scale;
  const height = size.height * scale;
  return { x: (room.width - width) / 2, y: (room.height - height) / 2, width, height };
}
