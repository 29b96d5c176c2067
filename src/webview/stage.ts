// Takes the viewport and the sizes of the pictures; puts every picture, and what is drawn over them, in its place.
import { elements } from './elements';
import { layouts, type Mode } from './viewState';
import { contain, type Box, type Point, type Size, type Viewport } from './viewport';

export interface Sizes {
  readonly original: Size;
  /** What stands in the original's place: most often the original. */
  readonly before: Size;
  readonly edited: Size;
  readonly heat: Size | undefined;
}

/** How much of the frame a layer may fill, from 0 (left) to 1 (right). */
type Span = readonly [from: number, to: number];

const all: Span = [0, 1];

/** From this many screen pixels on, a pixel of a picture has sharp edges. */
const crisp = 2;

/** Sides of the squares behind transparent pictures, twice, in CSS pixels. */
const squares = 16;

interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

export class Stage {
  /** Read once for each layout, so that panning never makes the browser lay out. */
  private rooms = new Map<HTMLElement, Size>();
  /** Where the original ends and the edited picture begins in the mode Swipe, from 0 to 1. */
  divider = 0.5;

  constructor(private readonly viewport: Viewport) {}

  /** The scroll area that the viewport is made for. */
  get view(): HTMLElement {
    return this.stacked ? elements.bothView : elements.original.view;
  }

  private get stacked(): boolean {
    return elements.stage.dataset['layout'] === 'stacked';
  }

  /** After a change of mode, of size or of pictures. */
  layOut(mode: Mode, sizes: Sizes): void {
    const { stage, bothFrame, original, edited, bothView } = elements;
    stage.dataset['mode'] = mode;
    stage.dataset['layout'] = layouts[mode];
    const [first, second] = this.stacked ? [bothFrame, bothFrame] : [original.frame, edited.frame];
    // Only a move: taking a picture out and in again makes the browser paint it anew.
    if (original.layer.parentElement !== first) first.prepend(original.layer);
    if (edited.layer.parentElement !== second) {
      if (second === first) original.layer.after(edited.layer);
      else second.prepend(edited.layer);
    }
    this.rooms = new Map(
      [original.view, edited.view, bothView].map((view) => [
        view,
        { width: view.clientWidth, height: view.clientHeight },
      ]),
    );
    this.viewport.resize(sizes.original, this.roomOf(this.view), window.devicePixelRatio);
    this.place(sizes);
  }

  /** After a change of the viewport alone. */
  place(sizes: Sizes): void {
    const { original, edited, bothView, bothFrame, peekLayer, peek, heatLayer, heat } = elements;
    const { regionLayer, region } = elements;
    const whole = { x: 0, y: 0, ...sizes.original };
    const before = contain(sizes.before, sizes.original);
    const after = contain(sizes.edited, sizes.original);
    elements.stage.classList.toggle('zoomed', !this.viewport.fitted);
    if (this.stacked) {
      const frame = this.placeFrame(bothView, bothFrame, whole);
      const { dataset, classList } = elements.stage;
      const swiping = dataset['mode'] === 'swipe' && !classList.contains('peeking');
      // Layers that end there, not clip paths: those cost an image of their own in every frame.
      const [left = all, right = all]: Span[] = swiping
        ? [
            [0, this.divider],
            [this.divider, 1],
          ]
        : [all, all];
      this.placeLayer(original.layer, original.image, before, sizes.before, frame, left);
      this.placeLayer(edited.layer, edited.image, after, sizes.edited, frame, right);
      if (sizes.heat) this.placeLayer(heatLayer, heat, whole, sizes.heat, frame);
      this.placeBoxes(elements.bothBoxes, bothView);
      return;
    }
    let frame = this.placeFrame(original.view, original.frame, whole);
    this.placeLayer(original.layer, original.image, before, sizes.before, frame);
    if (!regionLayer.hidden) this.placeLayer(regionLayer, region, whole, region, frame);
    this.placeBoxes(original.boxes, original.view);
    frame = this.placeFrame(edited.view, edited.frame, whole);
    this.placeLayer(edited.layer, edited.image, after, sizes.edited, frame);
    if (!peekLayer.hidden) this.placeLayer(peekLayer, peek, before, sizes.before, frame);
    this.placeBoxes(edited.boxes, edited.view);
  }

  /** The spot of the original under the pointer, and where that is from the middle of the room. */
  spotAt(view: HTMLElement, clientX: number, clientY: number): { spot: Point; fromMiddle: Point } {
    const box = view.getBoundingClientRect();
    const room = this.roomOf(view);
    const x = clientX - box.left;
    const y = clientY - box.top;
    const origin = this.viewport.origin(room);
    const { scale } = this.viewport;
    return {
      spot: { x: (x - origin.x) / scale, y: (y - origin.y) / scale },
      fromMiddle: { x: x - room.width / 2, y: y - room.height / 2 },
    };
  }

  /** Where a spot of the original is in the room, in CSS pixels from its corner. */
  placeOf(view: HTMLElement, spot: Point): Point {
    const origin = this.viewport.origin(this.roomOf(view));
    const { scale } = this.viewport;
    return { x: origin.x + spot.x * scale, y: origin.y + spot.y * scale };
  }

  /** What part of the original is seen, in its pixels. */
  seen(original: Size): Box {
    const room = this.roomOf(this.view);
    const origin = this.viewport.origin(room);
    const { scale } = this.viewport;
    const x = Math.max(0, -origin.x / scale);
    const y = Math.max(0, -origin.y / scale);
    return {
      x,
      y,
      width: Math.max(0, Math.min(original.width, (room.width - origin.x) / scale) - x),
      height: Math.max(0, Math.min(original.height, (room.height - origin.y) / scale) - y),
    };
  }

  private roomOf(view: HTMLElement): Size {
    return this.rooms.get(view) ?? { width: 0, height: 0 };
  }

  /** The frame is what of the original's box is seen: dividers and words keep to it. */
  private placeFrame(view: HTMLElement, frame: HTMLElement, whole: Box): SeenFrame {
    const room = this.roomOf(view);
    const origin = this.viewport.origin(room);
    const place = cut(this.placed(whole, origin), room);
    put(frame, place);
    return { room, origin, place };
  }

  private placeLayer(
    layer: HTMLElement,
    picture: HTMLElement,
    box: Box,
    natural: Size,
    { room, origin, place: frame }: SeenFrame,
    [from, to]: Span = all,
  ): void {
    const { scale, density } = this.viewport;
    const full = this.placed(box, origin);
    const seen = cut(full, room);
    const left = Math.max(seen.left, frame.left + from * frame.width);
    const right = Math.min(seen.left + seen.width, frame.left + to * frame.width);
    seen.left = left;
    seen.width = Math.max(0, right - left);
    put(layer, { ...seen, left: seen.left - frame.left, top: seen.top - frame.top });
    const x = full.left - seen.left;
    const y = full.top - seen.top;
    const stretch = (scale * box.width) / natural.width;
    picture.style.width = `${natural.width}px`;
    picture.style.height = `${natural.height}px`;
    picture.style.transform = `translate(${x}px, ${y}px) scale(${stretch})`;
    picture.classList.toggle('crisp', stretch * density >= crisp);
    const behind = layer.querySelector<HTMLElement>('.squares');
    if (!behind) return;
    // As large as the room, whatever is seen: a size that changes would be painted anew in every frame.
    behind.style.width = `${room.width + 2 * squares}px`;
    behind.style.height = `${room.height + 2 * squares}px`;
    behind.style.transform = `translate(${(x % squares) - squares}px, ${(y % squares) - squares}px)`;
  }

  private placeBoxes(boxes: HTMLElement, view: HTMLElement): void {
    if (boxes.hidden) return;
    const origin = this.viewport.origin(this.roomOf(view));
    boxes.style.transform = `translate(${origin.x}px, ${origin.y}px)`;
    boxes.style.setProperty('--scale', String(this.viewport.scale));
  }

  /** CSS pixels from the corner of the room. */
  private placed(box: Box, origin: Point): Place {
    const { scale } = this.viewport;
    return {
      left: origin.x + box.x * scale,
      top: origin.y + box.y * scale,
      width: box.width * scale,
      height: box.height * scale,
    };
  }
}

interface SeenFrame {
  readonly room: Size;
  readonly origin: Point;
  readonly place: Place;
}

/** What of the place is inside the room. */
function cut({ left, top, width, height }: Place, room: Size): Place {
  const x = Math.min(room.width, Math.max(0, left));
  const y = Math.min(room.height, Math.max(0, top));
  return {
    left: x,
    top: y,
    width: Math.max(0, Math.min(room.width, left + width) - x),
    height: Math.max(0, Math.min(room.height, top + height) - y),
  };
}

function put(element: HTMLElement, { left, top, width, height }: Place): void {
  // Through the object model: the page's policy forbids style attributes, not this.
  element.style.left = `${left}px`;
  element.style.top = `${top}px`;
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
}
