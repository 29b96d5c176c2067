// The tries of an edit and the waits between them go in; whoever shows the edit and a progress notification count down.
import type { Disposable, Progress } from 'vscode';
import type { Wait } from '../compare/protocol';
import type { Charge, EditError } from '../gateway/errors';

/** Seconds between two changes of the notification: each of them is read aloud. */
const notificationStep = 5;

export class Waits implements Disposable {
  /** Requests that were sent, less those that surely were not processed. */
  private unsettled = 0;
  private waiting = 0;
  /** Milliseconds since the epoch. */
  private until = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly show: (wait: Wait | undefined) => void,
    private readonly progress: Progress<{ message?: string }> | undefined,
  ) {}

  /** What the edit may have cost so far. */
  get charge(): Charge {
    return this.unsettled > 0 ? 'unknown' : 'none';
  }

  /** A request goes out. */
  endOne(): void {
    this.unsettled++;
    if (this.waiting === 0) return;
    this.waiting--;
    if (this.waiting === 0) this.stop();
  }

  /** @param milliseconds until the next request goes out */
  beginOne(milliseconds: number, { reason }: EditError): void {
    this.unsettled--;
    this.waiting++;
    // Of several that wait at the same time, the last one to be sent counts.
    this.until = Math.max(this.until, Date.now() + milliseconds);
    const why = reason === 'unreachable' ? 'The gateway cannot be reached' : 'The gateway is busy';
    this.show({ why, until: this.until });
    this.countDown(why);
  }

  dispose(): void {
    clearInterval(this.timer);
  }

  private stop(): void {
    clearInterval(this.timer);
    this.until = 0;
    this.show(undefined);
    this.progress?.report({ message: '' });
  }

  private countDown(why: string): void {
    const left = () => Math.max(0, Math.ceil((this.until - Date.now()) / 1000));
    let told = left();
    this.progress?.report({ message: waitInWords(why, told) });
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      const seconds = left();
      if (seconds === told || seconds % notificationStep !== 0) return;
      told = seconds;
      this.progress?.report({ message: waitInWords(why, seconds) });
    }, 250);
  }
}

function waitInWords(why: string, seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${why}: trying again in ${minutes > 0 ? `${minutes} min ` : ''}${seconds % 60} s`;
}
