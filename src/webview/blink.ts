// Takes the interval and whether it is wanted; shows original and edited picture by turns.
import { elements } from './elements';

export class Blink {
  private timer: ReturnType<typeof setInterval> | undefined;

  /** @param turned says which picture is seen from now on */
  constructor(private readonly turned: (original: boolean) => void) {}

  /** Whether pictures alternate without having been asked to. */
  static get byItself(): boolean {
    return (
      !document.body.classList.contains('vscode-reduce-motion') &&
      !window.matchMedia('(prefers-reduced-motion: reduce)').matches
    );
  }

  /** @param seconds how long each picture is seen */
  run(seconds: number): void {
    this.stop();
    let original = false;
    this.timer = setInterval(() => {
      original = !original;
      this.turned(original);
    }, seconds * 1000);
    elements.blinking.textContent = 'Pause';
  }

  /** The edited picture stays. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.turned(false);
    elements.blinking.textContent = 'Play';
  }
}
