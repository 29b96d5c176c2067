// Edits of a batch go in, by the ids of their jobs, as they are done; what changed in each comes out. One is compared at a
// time, and only while nothing else wants the thread that works on pixels. Knows nothing of VS Code.
import type { Found, FoundNow } from '../compare/batchProtocol';
import { defaultThreshold } from '../picture/changes';
import type { Compared } from '../picture/jobs';
import type { PictureWorker } from '../picture/pictureWorker';
import { comparePair, decodeOriginal, type How, type Pair } from './comparePair';
import type { Picture } from './readOriginal';
import { toneInWords } from './toneInWords';

/** What a panel that shows one of the edits takes from here, and tells. */
export interface Beforehand {
  /** What was compared in this way, or is being so; once, since it is a lot of memory. Undefined where it was not. */
  take(version: number, how: How): Promise<Pair | undefined>;
  tell(version: number, how: How, pair: Pair): void;
  /** The panel compares no more. */
  end(): void;
}

/** An edit that is done, read anew: of all that wait nothing is in memory. */
export interface ToCompare {
  readonly original: Picture;
  /** The first of the pictures that came. */
  readonly edited: Picture;
  readonly pictures: number;
  /** See How. */
  readonly matching: boolean;
}

export interface BatchComparingOptions {
  readonly worker: PictureWorker;
  readonly read: (id: string) => Promise<ToCompare>;
  /** Hears of what was found. */
  readonly keep: (id: string, found: Found) => void;
  /** What `foundOf` gives has changed. */
  readonly changed: () => void;
  /** Hears of what cannot be compared. */
  readonly log: (id: string, problem: string) => void;
}

/** Bytes of compared pictures that are kept until they are shown: one of 12 megapixels, or a dozen small ones. */
const mostKept = 128 * 2 ** 20;

/** Milliseconds for which they are: who has not opened one by then does not mind a moment's wait. */
const keptTime = 600_000;

interface Kept {
  readonly how: How;
  readonly pair: Pair;
}

export class BatchComparing {
  private readonly found = new Map<string, Found | 'failed'>();
  /** In the order in which they are compared. */
  private waiting: string[] = [];
  private readonly added = new Set<string>();
  private current:
    | {
        readonly id: string;
        readonly cancelled: AbortController;
        readonly done: Promise<Kept | undefined>;
      }
    | undefined;
  /** A panel shows them, which compares what is not compared yet. */
  private readonly opened = new Set<string>();
  private readonly kept = new Map<string, Kept>();
  private forgetting: NodeJS.Timeout | undefined;
  private isResting = true;

  constructor(
    private readonly options: BatchComparingOptions,
    private readonly keptMs = keptTime,
  ) {}

  /** Undefined where it waits, or is not of the batch. */
  foundOf(id: string): FoundNow | undefined {
    const known = this.found.get(id);
    if (known) return known;
    return this.current?.id === id || this.opened.has(id) ? 'comparing' : undefined;
  }

  /** Those that were added before stay as they are. */
  add(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.added.has(id)) continue;
      this.added.add(id);
      this.waiting.push(id);
    }
    this.next();
  }

  goOn(): void {
    this.isResting = false;
    this.next();
  }

  /** Nobody sees what is found: what is being computed is given up, and the memory given back. */
  rest(): void {
    this.isResting = true;
    this.current?.cancelled.abort();
    this.forget();
  }

  /**
   * A panel is about to show it.
   * @param pictures how many came
   */
  open(id: string, pictures: number): Beforehand {
    this.opened.add(id);
    this.options.changed();
    return {
      take: (version, how) => this.take(id, version, how),
      tell: (version, how, pair) => {
        if (version === 0 && isAtFirst(how)) this.learn(id, foundOf(pair.compared, pictures));
      },
      end: () => {
        if (!this.opened.delete(id)) return;
        const isUnknown = !this.found.has(id) && this.current?.id !== id;
        if (isUnknown && !this.waiting.includes(id)) this.waiting.unshift(id);
        this.options.changed();
        this.next();
      },
    };
  }

  private async take(id: string, version: number, how: How): Promise<Pair | undefined> {
    if (version !== 0) return undefined;
    const kept = this.current?.id === id ? await this.current.done : this.kept.get(id);
    this.kept.delete(id);
    return kept && isSame(kept.how, how) ? kept.pair : undefined;
  }

  private next(): void {
    if (this.isResting || this.current) return;
    const id = this.waiting.find((one) => !this.opened.has(one));
    if (id === undefined) return;
    this.waiting = this.waiting.filter((one) => one !== id);
    const cancelled = new AbortController();
    const done = this.compare(id, cancelled.signal).finally(() => {
      this.current = undefined;
      this.options.changed();
      this.next();
    });
    this.current = { id, cancelled, done };
    this.options.changed();
  }

  /** Undefined where it was given up, or cannot be compared. */
  private async compare(id: string, signal: AbortSignal): Promise<Kept | undefined> {
    try {
      const { original, edited, pictures, matching } = await this.options.read(id);
      const by = { worker: this.options.worker, signal, urgency: 'later' } as const;
      const how = { ...atFirst, matching };
      const decoded = await decodeOriginal(original, by);
      const pair = await comparePair({ original, decoded, edited }, how, by);
      const kept = { how, pair };
      this.learn(id, foundOf(pair.compared, pictures));
      this.remember(id, kept);
      return kept;
    } catch (error) {
      if (signal.aborted) this.waiting.unshift(id);
      else {
        this.found.set(id, 'failed');
        this.options.log(id, error instanceof Error ? error.message : String(error));
      }
      return undefined;
    }
  }

  private learn(id: string, found: Found): void {
    this.waiting = this.waiting.filter((one) => one !== id);
    if (typeof this.found.get(id) === 'object') return;
    this.found.set(id, found);
    this.options.keep(id, found);
    this.options.changed();
  }

  /** The first ones are shown first. */
  private remember(id: string, kept: Kept): void {
    if (this.isResting || this.opened.has(id)) return;
    const all = [...this.kept.values(), kept].reduce((sum, { pair }) => sum + bytesOf(pair), 0);
    if (all <= mostKept) this.kept.set(id, kept);
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => this.forget(), this.keptMs).unref();
  }

  private forget(): void {
    clearTimeout(this.forgetting);
    this.kept.clear();
  }
}

/** Before the user has chosen anything. */
const atFirst = {
  threshold: defaultThreshold,
  aligned: true,
  chosen: undefined,
  region: undefined,
} satisfies Omit<How, 'matching'>;

function isSame(one: How, other: How): boolean {
  return isAtFirst(one) && isAtFirst(other) && one.matching === other.matching;
}

function isAtFirst({ threshold, aligned, chosen, region }: How): boolean {
  return threshold === atFirst.threshold && aligned && chosen === undefined && region === undefined;
}

function foundOf({ changes, tone }: Compared, pictures: number): Found {
  const listed = changes.changes.filter(({ minor }) => !minor);
  return {
    listed: listed.length,
    share: Math.min(
      1,
      listed.reduce((sum, { share }) => sum + share, 0),
    ),
    minor: changes.changes.length - listed.length,
    ...(tone?.shown && { overall: toneInWords(tone) }),
    redrawn: changes.whole,
    pictures,
  };
}

function bytesOf({ original, compared }: Pair): number {
  const { edited, difference, heat } = compared;
  return (
    original.pixels.length + edited.pixels.length + difference.distances.length + heat.values.length
  );
}
