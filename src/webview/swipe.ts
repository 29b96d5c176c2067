// Takes drags of the divider and keys on its slider; gives the divider's position in percent.
import { elements } from './elements';

/** Pixels that a press may wander before it counts as a drag: a double-click moves nothing. */
const slop = 3;

/** The position is of what is seen of the picture, so that the divider is in sight at every zoom. */
export class Swipe {
  constructor(private readonly moved: (position: number) => void) {
    const { bothView, swipe, stage } = elements;
    swipe.addEventListener('input', () => this.set(swipe.valueAsNumber));
    let pressed: { x: number; dragging: boolean } | undefined;
    // On the way down, so that a drag of the divider never reaches the panning of the view.
    bothView.addEventListener(
      'pointerdown',
      (event) => {
        if (stage.dataset['mode'] !== 'swipe' || event.button !== 0) return;
        const target = event.target instanceof Element ? event.target : undefined;
        const onDivider = target?.closest('#divider') != null;
        if (!onDivider && stage.classList.contains('zoomed')) return;
        event.stopPropagation();
        // Else the press would take the focus to the view after the slider got it.
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
  }

  set(position: number): void {
    const { swipe, bothFrame } = elements;
    const percent = Math.min(100, Math.max(0, position));
    swipe.value = String(percent);
    swipe.setAttribute('aria-valuetext', `${Math.round(percent)} % original`);
    bothFrame.style.setProperty('--swipe', String(percent / 100));
    this.moved(percent);
  }
}
