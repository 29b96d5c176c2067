// Takes the scroll areas; keeps them at the same place of their pictures, and lets the pointer pan them.

export interface Place {
  x: number;
  y: number;
}

/** `place` counts from 0 (start) to 1 (end) in each direction; `moved` hears what the user did. */
export class Scrolling {
  /** Where this class put each area: the scroll events of that are echoes, not the user. */
  private readonly placed = new Map<HTMLElement, { left: number; top: number }>();

  constructor(
    private readonly views: readonly HTMLElement[],
    private readonly place: Place,
    private readonly moved: () => void,
  ) {
    for (const view of views) {
      view.addEventListener('scroll', () => this.follow(view));
      panByPointer(view);
    }
  }

  /** Puts every area at the place: after a change of size, of mode or of zoom. */
  apply(except?: HTMLElement): void {
    for (const view of this.views) {
      if (view === except) continue;
      view.scrollLeft = this.place.x * (view.scrollWidth - view.clientWidth);
      view.scrollTop = this.place.y * (view.scrollHeight - view.clientHeight);
      this.placed.set(view, { left: view.scrollLeft, top: view.scrollTop });
    }
  }

  private follow(view: HTMLElement): void {
    const placed = this.placed.get(view);
    const echo =
      placed !== undefined &&
      Math.abs(view.scrollLeft - placed.left) < 1 &&
      Math.abs(view.scrollTop - placed.top) < 1;
    if (echo) return;
    this.placed.delete(view);
    const width = view.scrollWidth - view.clientWidth;
    const height = view.scrollHeight - view.clientHeight;
    // Without room to scroll there is no place to learn: the one known stays.
    if (width > 0) this.place.x = Math.min(1, Math.max(0, view.scrollLeft / width));
    if (height > 0) this.place.y = Math.min(1, Math.max(0, view.scrollTop / height));
    this.apply(view);
    this.moved();
  }
}

/** A finger scrolls by itself; a mouse and a pen drag the picture. */
function panByPointer(view: HTMLElement): void {
  let last: { x: number; y: number } | undefined;
  view.addEventListener('pointerdown', (event) => {
    const scrollable = view.scrollWidth > view.clientWidth || view.scrollHeight > view.clientHeight;
    const box = view.getBoundingClientRect();
    const onScrollbar =
      event.clientX >= box.left + view.clientLeft + view.clientWidth ||
      event.clientY >= box.top + view.clientTop + view.clientHeight;
    if (onScrollbar) return;
    if (event.button !== 0 || event.pointerType === 'touch' || !scrollable) return;
    last = { x: event.clientX, y: event.clientY };
    view.setPointerCapture(event.pointerId);
    view.classList.add('panning');
  });
  view.addEventListener('pointermove', (event) => {
    if (!last) return;
    view.scrollLeft -= event.clientX - last.x;
    view.scrollTop -= event.clientY - last.y;
    last = { x: event.clientX, y: event.clientY };
  });
  view.addEventListener('lostpointercapture', () => {
    last = undefined;
    view.classList.remove('panning');
  });
}
