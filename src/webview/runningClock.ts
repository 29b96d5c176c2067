// Takes what a clock says at each moment; shows it, without a second left out.

export class RunningClock {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly faces: readonly HTMLElement[]) {}

  run(say: () => string): void {
    this.stop();
    const tick = () => {
      const words = say();
      for (const face of this.faces) face.textContent = words;
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
