// Takes what is seen of the original; shows that in a small overview, where it can be dragged.
import { elements } from './elements';
import { contain, type Box, type Point, type Size } from './viewport';

/** The largest overview, in CSS pixels. */
const largest = { width: 148, height: 112 };

export class Navigator {
  private size: Size = largest;
  private original: Size = largest;

  /** @param moved hears which spot of the original is to be in the middle */
  constructor(private readonly moved: (centre: Point) => void) {
    const { navigator } = elements;
    const follow = ({ clientX, clientY }: PointerEvent) => {
      const box = navigator.getBoundingClientRect();
      const border = navigator.clientLeft;
      this.moved({
        x: ((clientX - box.left - border) / this.size.width) * this.original.width,
        y: ((clientY - box.top - border) / this.size.height) * this.original.height,
      });
    };
    navigator.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      navigator.setPointerCapture(event.pointerId);
      // The focus stays where it was.
      event.preventDefault();
      follow(event);
    });
    navigator.addEventListener('pointermove', (event) => {
      if (navigator.hasPointerCapture(event.pointerId)) follow(event);
    });
  }

  /** Hidden where all of it is seen. @param url of the picture that is shown small */
  draw(original: Size, seen: Box, url: string | undefined): void {
    const { navigator, overview } = elements;
    const all = seen.width >= original.width - 0.5 && seen.height >= original.height - 0.5;
    navigator.hidden = all || url === undefined;
    if (navigator.hidden) return;
    if (overview.src !== url) overview.src = url ?? '';
    if (this.original !== original) {
      this.original = original;
      this.size = contain(original, largest);
      navigator.style.width = `${this.size.width}px`;
      navigator.style.height = `${this.size.height}px`;
    }
    const scale = this.size.width / original.width;
    const { style } = elements.seen;
    // A transform and a size of a box of its own: nothing else is laid out anew.
    style.transform = `translate(${seen.x * scale}px, ${seen.y * scale}px)`;
    style.width = `${Math.max(2, seen.width * scale)}px`;
    style.height = `${Math.max(2, seen.height * scale)}px`;
  }
}
