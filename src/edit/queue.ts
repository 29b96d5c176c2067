// Names and the work that each of them stands for go in; the work is done, a few at a time, and how each stands comes out.
// Holds words and numbers alone: what the work reads and makes is gone when it ends.

/** What came of one; a sentence says why, where not all of it is a picture. */
export type Outcome =
  | {
      readonly state: 'done';
      readonly id: string | undefined;
      readonly dollars?: number;
      /** What of its pictures is lacking. */
      readonly sentence?: string;
    }
  | { readonly state: 'failed' | 'cancelled'; readonly sentence: string };

export interface Item {
  readonly name: string;
  readonly state: 'waiting' | 'editing' | Outcome['state'];
  /** Why it failed, what of it is lacking, or what its cancelling may have cost. */
  readonly sentence?: string;
  /** What the work called it, once it is done. */
  readonly id?: string | undefined;
  /** US dollars, where they are known. */
  readonly dollars?: number;
}

/** Does the work of one, by its number from 0. What it throws becomes a sentence. */
export type Work = (at: number, cancelled: AbortSignal) => Promise<Outcome>;

export class Queue {
  private all: Item[];
  private readonly running = new Map<number, AbortController>();
  private readonly listeners = new Set<() => void>();
  private paused = false;

  /** @param atOnce how many are worked on at the same time, at least 1 */
  constructor(
    names: readonly string[],
    private readonly atOnce: number,
    private readonly work: Work,
  ) {
    this.all = names.map((name) => ({ name, state: 'waiting' }));
  }

  /** In the order of their names, as they are now. */
  get items(): readonly Item[] {
    return this.all;
  }

  /** Those under way go on; no other begins. */
  get isPaused(): boolean {
    return this.paused;
  }

  /** How many have ended, in whatever way. */
  get over(): number {
    return this.all.filter(({ state }) => state !== 'waiting' && state !== 'editing').length;
  }

  /** Nothing is under way, and nothing waits for its turn. */
  get isOver(): boolean {
    return this.over === this.all.length;
  }

  /** Hears of each change; what it gives ends that. */
  onDidChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    this.fill();
  }

  pause(): void {
    if (this.isOver) return;
    this.paused = true;
    this.tell();
  }

  resume(): void {
    this.paused = false;
    this.tell();
    this.fill();
  }

  /** Those that have not begun never do; those under way are told to stop. */
  cancelRest(): void {
    this.paused = false;
    this.all = this.all.map((item) =>
      item.state === 'waiting'
        ? { name: item.name, state: 'cancelled', sentence: 'Nothing was sent.' }
        : item,
    );
    for (const controller of this.running.values()) controller.abort();
    this.tell();
  }

  /** Only what failed: what was cancelled stays so. */
  retryFailed(): void {
    this.all = this.all.map((item) =>
      item.state === 'failed' ? { name: item.name, state: 'waiting' } : item,
    );
    this.tell();
    this.fill();
  }

  /** Ends when all are over. */
  async ended(): Promise<void> {
    if (this.isOver) return;
    await new Promise<void>((resolve) => {
      const stop = this.onDidChange(() => {
        if (!this.isOver) return;
        stop();
        resolve();
      });
    });
  }

  private fill(): void {
    while (!this.paused && this.running.size < this.atOnce) {
      const at = this.all.findIndex(({ state }) => state === 'waiting');
      if (at < 0) return;
      void this.run(at);
    }
  }

  private async run(at: number): Promise<void> {
    const cancelled = new AbortController();
    this.running.set(at, cancelled);
    const { name } = this.all[at]!;
    this.set(at, { name, state: 'editing' });
    let outcome: Outcome;
    try {
      outcome = await this.work(at, cancelled.signal);
    } catch (error) {
      // One that fails in a way nobody expected is no reason to stop the others.
      const sentence = error instanceof Error ? error.message : String(error);
      outcome = { state: 'failed', sentence };
    }
    this.running.delete(at);
    this.set(at, { name, ...outcome });
    if (this.isOver) this.paused = false;
    this.fill();
  }

  private set(at: number, item: Item): void {
    this.all = this.all.with(at, item);
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
