// What the user decides goes in and on to the host; where that never says that it has heard, the user is told.
/** Milliseconds: a busy host takes a moment, one that has ended takes for ever. */
const patience = 5000;

/** @typeParam Message what the page tells the host */
export class Decisions<Message> {
  private unheard: ReturnType<typeof setTimeout> | undefined;
  /** True once a decision has waited for too long, until the host says something again. */
  isHostSilent = false;

  constructor(
    private readonly post: (message: Message) => void,
    private readonly onSilence: () => void,
  ) {}

  send(message: Message): void {
    this.post(message);
    this.unheard ??= setTimeout(() => {
      this.isHostSilent = true;
      this.onSilence();
    }, patience);
  }

  /** Whatever the host says, it is there. */
  heard(): void {
    clearTimeout(this.unheard);
    this.unheard = undefined;
    this.isHostSilent = false;
  }
}
