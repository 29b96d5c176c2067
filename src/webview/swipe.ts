// Takes drags of the divider and keys on its slider; gives the divider's position in percent.
import { elements } from './elements';

/** Pixels that a press may wander before it counts as a drag: a double-click moves nothing. */
const slop = 3;

export class Swipe {
  constructor(private readonly moved: (position: number) => void) {
    const { bothView, swipe } = elements;
    swipe.addEventListener('input', () => {
      this.set(swipe.valueAsNumber);
      this.reveal();
    });
    let pressed: { x: number; dragging: boolean } | undefined;
    // On the way down, so that a drag of the divider never reaches the panning of the scroll area.
    bothView.addEventListener(
      'pointerdown',
      (event) => {
        const target = event.target instanceof Element ? event.target : undefined;
        const onDivider = target?.closest('#divider') != null;
        const fitted = elements.stage.dataset['zoom'] === 'fit';
        if (event.button !== 0 || (!onDivider && !fitted)) return;
        event.stopPropagation();
        // Else the press would take the focus to the scroll area after the slider got it.
        event.preventDefault();
        pressed = { x: event.clientX, dragging: onDivider };
        bothView.setPointerCapture(event.pointerId);
        swipe.focus({ preventScroll: true });
      },
      { capture: true },
    );
    bothView.addEventListener('pointermove', (event) => {
      if (!pressed) return;
      pressed.dragging ||= Math.abs(event.clientX - pressed.x) > slop;
      if (!pressed.dragging) return;
      bothView.classList.add('swiping');
      const box = elements.bothFrame.getBoundingClientRect();
      this.set(((event.clientX - box.left) / box.width) * 100);
    });
    bothView.addEventListener('lostpointercapture', () => {
      pressed = undefined;
      bothView.classList.remove('swiping');
    });
  }

  /** Moves by `percent`, as the arrow keys on the slider do. */
  step(percent: number): void {
    this.set(elements.swipe.valueAsNumber + percent);
    this.reveal();
  }

  set(position: number): void {
    const { swipe, bothFrame } = elements;
    const percent = Math.min(100, Math.max(0, position));
    swipe.value = String(percent);
    swipe.setAttribute('aria-valuetext', `${Math.round(percent)} % original`);
    bothFrame.style.setProperty('--swipe', `${percent}%`);
    this.moved(percent);
  }

  /** At actual size the keys can take the divider out of sight: the scroll area follows it. */
  private reveal(): void {
    const { bothView, divider } = elements;
    const room = bothView.getBoundingClientRect();
    const { left, right } = divider.getBoundingClientRect();
    if (left < room.left) bothView.scrollLeft -= room.left - left;
    if (right > room.right) bothView.scrollLeft += right - room.right;
  }
}
