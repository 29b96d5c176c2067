// Takes key presses anywhere in the panel; calls what each key stands for.

export interface Keys {
  accept(): void;
  discard(): void;
  /** Discard, where another one follows. */
  reject(): void;
  nextMode(): void;
  zoomToFit(): void;
  actualSize(): void;
  zoom(direction: 1 | -1): void;
  stepChange(by: 1 | -1): void;
  /** Of all changes, the one that has the focus. */
  keepOnly(): void;
  stepVersion(by: 1 | -1): void;
  /** Space is held, or let go. */
  peek(held: boolean): void;
  help(): void;
  /** What else to change is to be typed. */
  editAgain(): void;
  /** Escape in a field: its text stays, and the other keys work again. */
  leaveField(): void;
  /** A dialog is open, which has the keys. */
  busy(): boolean;
  /** A region is being marked: keys mean something else there. Whether this one does. */
  mark(key: string): boolean;
  undo(): void;
  /** An arrow key while nothing that uses arrow keys has the focus; one step right or down is 1. */
  arrow(x: number, y: number): void;
}

const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What does something of its own with Space. A radio button that is chosen has nothing left to do. */
const pressedBySpace =
  'button, a, summary, select, textarea, [type=checkbox], [type=radio]:not(:checked)';

export function listenToKeys(keys: Keys): void {
  // On the way down: VS Code listens in the same window, and moves the focus with these.
  window.addEventListener(
    'keydown',
    (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || keys.busy())
        return;
      if (isField(event.target) && event.key.toLowerCase() === 'z') return;
      if (is(event, '0')) keys.zoomToFit();
      else if (is(event, '1')) keys.actualSize();
      else if (event.key.toLowerCase() === 'z') keys.undo();
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  window.addEventListener('keydown', (event) => {
    // A held Enter would press a focused button again and again.
    if (event.repeat && event.key === 'Enter') {
      event.preventDefault();
      return;
    }
    if (event.repeat && ['Escape', 'Backspace'].includes(event.key)) return;
    if (event.defaultPrevented || event.isComposing || keys.busy()) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    press(keys, event);
  });
  window.addEventListener('keyup', ({ key }) => {
    if (key === ' ') keys.peek(false);
  });
  // The key can be let go where this window does not hear it.
  window.addEventListener('blur', () => keys.peek(false));
}

function press(keys: Keys, event: KeyboardEvent): void {
  const { key } = event;
  const focused = event.target instanceof Element ? event.target : document.body;
  // What is typed is text.
  if (isField(focused)) {
    if (key === 'Escape') keys.leaveField();
    return;
  }
  if (focused.closest('select')) {
    // A list of choices finds its entries by letters and digits.
    if (key.length === 1 || key === 'Backspace') return;
    if (key === 'Escape') {
      keys.leaveField();
      return;
    }
  }
  // Some keyboards have these under Shift, so that it must not matter.
  if (key === '?') return keys.help();
  if (key === '+' || key === '=') return keys.zoom(1);
  if (key === '-' || key === '_') return keys.zoom(-1);
  if (event.shiftKey) return;
  if (keys.mark(key)) {
    event.preventDefault();
    return;
  }
  if (key === 'Enter') {
    // A button, and only the button, does what Enter means there.
    if (!focused.closest('button, a, summary, select, textarea')) keys.accept();
  } else if (key === 'Escape') keys.discard();
  else if (key === 'Backspace') keys.reject();
  else if (key.toLowerCase() === 'm') keys.nextMode();
  else if (key.toLowerCase() === 'e') {
    // Else it would be typed there.
    event.preventDefault();
    keys.editAgain();
  } else if (key.toLowerCase() === 'n') keys.stepChange(1);
  else if (key.toLowerCase() === 'p') keys.stepChange(-1);
  else if (key.toLowerCase() === 'o') keys.keepOnly();
  else if (is(event, '0')) keys.zoomToFit();
  else if (is(event, '1')) keys.actualSize();
  else if (key === ' ') {
    if (focused.closest(pressedBySpace)) return;
    event.preventDefault();
    if (!event.repeat) keys.peek(true);
  } else if ((key === 'PageUp' || key === 'PageDown') && !focused.closest('[type=range], select')) {
    event.preventDefault();
    keys.stepVersion(key === 'PageUp' ? -1 : 1);
  } else {
    const arrow = arrows[key];
    if (!arrow || focused.closest('input, select')) return;
    event.preventDefault();
    keys.arrow(...arrow);
  }
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[type=text]') !== null;
}

/** By place as well: a French keyboard has the digits under Shift. */
function is(event: KeyboardEvent, digit: '0' | '1'): boolean {
  return event.key === digit || event.code === `Digit${digit}` || event.code === `Numpad${digit}`;
}
