// Takes when an edit began, by the host's clock; shows the time since then, once a second.
import { clockInWords } from './words';

export class RunningClock {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly faces: readonly HTMLElement[]) {}

  /** `passed` is how long the edit had been running, in milliseconds, when this was called. */
  run(passed: number): void {
    this.stop();
    const began = Date.now() - passed;
    const tick = () => {
      for (const face of this.faces) face.textContent = clockInWords(Date.now() - began);
    };
    tick();
    // More often than the face changes, so that no second is skipped.
    this.timer = setInterval(tick, 250);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
