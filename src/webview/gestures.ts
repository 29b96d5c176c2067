// Takes what pointer, wheel and fingers do over one view; tells how the pictures are to move.
import type { Point } from './viewport';

export interface Moves {
  /** By CSS pixels. */
  pan(x: number, y: number): void;
  /** What was at `from` is to be at `at`: places of the page, in CSS pixels. */
  zoom(factor: number, at: Point, from: Point): void;
  /** A double click. */
  toggle(at: Point): void;
  /** The pointer is there, or gone. */
  point(at: Point | undefined): void;
  /** Whether there is anything to drag. */
  movable(): boolean;
  /** Where a pointer does not drag but draws; another button drags there. */
  readonly drawing?: {
    isOn(): boolean;
    begin(at: Point, erases: boolean): void;
    /** All places since the last time. */
    goOn(points: readonly Point[]): void;
    end(): void;
    /** It was not meant: a second finger has come. */
    giveUp(): void;
  };
}

/** CSS pixels in a line, for wheels that count in lines. */
const line = 20;

export function listenToGestures(view: HTMLElement, moves: Moves): void {
  listenToWheel(view, moves);
  listenToPointers(view, moves);
  view.addEventListener('dblclick', ({ clientX, clientY, target }) => {
    // A double click on the divider moves nothing.
    if (target instanceof Element && target.closest('.grip')) return;
    moves.toggle({ x: clientX, y: clientY });
  });
}

/** As VS Code's own image preview: the wheel moves, with Ctrl it zooms; a pinch comes as a wheel with Ctrl. */
function listenToWheel(view: HTMLElement, moves: Moves): void {
  view.addEventListener(
    'wheel',
    (event) => {
      const { ctrlKey, metaKey, altKey, shiftKey, deltaMode } = event;
      const unit = deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : line;
      const x = event.deltaX * unit;
      const y = event.deltaY * unit;
      if (ctrlKey || metaKey || altKey) {
        // A pinch sends many small steps, a wheel few large ones.
        const power = Math.abs(y) < 40 ? y / 100 : Math.sign(y) * 0.22;
        const at = { x: event.clientX, y: event.clientY };
        moves.zoom(Math.exp(-power), at, at);
      } else if (!moves.movable()) return;
      else if (shiftKey && x === 0) moves.pan(-y, 0);
      else moves.pan(-x, -y);
      event.preventDefault();
    },
    { passive: false },
  );
}

/** One pointer drags, two pinch. */
function listenToPointers(view: HTMLElement, moves: Moves): void {
  const down = new Map<number, Point>();
  let draws: number | undefined;
  view.addEventListener('pointerdown', (event) => {
    const touch = event.pointerType === 'touch';
    const drawing = moves.drawing?.isOn() ? moves.drawing : undefined;
    if (event.button !== 0 && !(drawing && event.button === 1)) return;
    if (drawing && event.button === 0) {
      if (draws === undefined && down.size === 0) {
        draws = event.pointerId;
        drawing.begin({ x: event.clientX, y: event.clientY }, event.altKey);
        view.setPointerCapture(event.pointerId);
        // Two fingers pinch, whatever the first one has begun.
        if (touch) down.set(event.pointerId, { x: event.clientX, y: event.clientY });
        return;
      }
      draws = undefined;
      drawing.giveUp();
    }
    if (!touch && !moves.movable()) return;
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    view.setPointerCapture(event.pointerId);
    view.classList.toggle('panning', !touch);
  });
  view.addEventListener('pointermove', (event) => {
    const at = { x: event.clientX, y: event.clientY };
    if (event.pointerType !== 'touch') moves.point(at);
    if (event.pointerId === draws) {
      // All that the pointer did since the last frame, so that a quick stroke stays round.
      moves.drawing?.goOn(
        event.getCoalescedEvents().map(({ clientX, clientY }) => ({ x: clientX, y: clientY })),
      );
      return;
    }
    const last = down.get(event.pointerId);
    if (!last) return;
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    if (!other) moves.pan(at.x - last.x, at.y - last.y);
    else {
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const after = Math.hypot(at.x - other.x, at.y - other.y);
      if (before > 0 && after > 0)
        moves.zoom(after / before, middle(at, other), middle(last, other));
    }
    down.set(event.pointerId, at);
  });
  view.addEventListener('pointerleave', () => moves.point(undefined));
  view.addEventListener('lostpointercapture', (event) => {
    down.delete(event.pointerId);
    if (event.pointerId === draws) {
      draws = undefined;
      moves.drawing?.end();
    }
    view.classList.remove('panning');
  });
}

function middle(one: Point, other: Point): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}
