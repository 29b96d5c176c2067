// Takes key presses anywhere in the panel; calls what each key stands for.

export interface Keys {
  accept(): void;
  discard(): void;
  nextMode(): void;
  zoomToFit(): void;
  actualSize(): void;
  /** An arrow key while nothing that uses arrow keys has the focus; one step right or down is 1. */
  arrow(x: number, y: number): void;
}

const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function listenToKeys(keys: Keys): void {
  window.addEventListener('keydown', (event) => {
    // A held Enter would press a focused button again and again.
    if (event.repeat && event.key === 'Enter') {
      event.preventDefault();
      return;
    }
    if (event.repeat && event.key === 'Escape') return;
    if (event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const focused = event.target instanceof Element ? event.target : document.body;
    if (event.key === 'Enter') {
      // A button, and only the button, does what Enter means there.
      if (!focused.closest('button, a, summary, select, textarea')) keys.accept();
    } else if (event.key === 'Escape') keys.discard();
    else if (event.key.toLowerCase() === 'm') keys.nextMode();
    // By place as well: a French keyboard has the digits under Shift.
    else if (event.key === '0' || event.code === 'Digit0') keys.zoomToFit();
    else if (event.key === '1' || event.code === 'Digit1') keys.actualSize();
    else {
      const arrow = arrows[event.key];
      if (!arrow || focused.closest('input, .view')) return;
      event.preventDefault();
      keys.arrow(...arrow);
    }
  });
}
