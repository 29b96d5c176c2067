// The messages between the two sides of a batch's panel: the extension host and the webview. Imports nothing.

/** How an edited picture differs from its original, as it came. */
export interface Found {
  /** How many changes are listed, and how much of the picture they are together, from 0 to 1. */
  readonly listed: number;
  readonly share: number;
  /** How many differences are small beside them, and not listed. */
  readonly minor: number;
  /** Such as `Overall: warmer`; absent where the overall colour is the original's. */
  readonly overall?: string | undefined;
  /** Everything was painted anew: none of the others says anything. */
  readonly redrawn: boolean;
  /** How many pictures came, of which this is the first. */
  readonly pictures: number;
}

/** One image of the batch. */
export interface BatchRow {
  /** As shown to people. */
  readonly name: string;
  readonly state: 'waiting' | 'editing' | 'done' | 'failed' | 'cancelled' | 'saved' | 'discarded';
  /** Why it failed, or what its cancelling may have cost. */
  readonly sentence?: string | undefined;
  /** What changed, once that is known, or that it cannot be. */
  readonly found?: FoundNow | undefined;
}

export type FoundNow = Found | 'comparing' | 'failed';

/** All that the panel shows. The host sends it again on every `ready`, and after each change. */
export interface BatchState {
  /** `Edit 12 images`. */
  readonly title: string;
  readonly instruction: string;
  readonly model: string;
  readonly rows: readonly BatchRow[];
  readonly isPaused: boolean;
  /** What it cost so far, in words; absent where nothing is known yet. */
  readonly cost?: string | undefined;
  /** How many finished edits wait to be reviewed. */
  readonly toReview: number;
}

/** `heard` answers whatever the page says: a page that hears nothing says that nobody is there. */
export type ToBatch =
  { readonly type: 'batch'; readonly state: BatchState } | { readonly type: 'heard' };

/** What the user did; `ready` asks for the state. */
export interface FromBatch {
  readonly type: 'ready' | BatchWish;
}

export type BatchWish = 'pause' | 'resume' | 'cancelRest' | 'retryFailed' | 'review';

export const batchWishes: readonly BatchWish[] = [
  'pause',
  'resume',
  'cancelRest',
  'retryFailed',
  'review',
];
