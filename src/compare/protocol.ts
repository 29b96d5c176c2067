// The messages between the compare panel's two sides: the extension host and the webview. Imports nothing.

/** What is known of a picture without showing it. */
export interface PictureFacts {
  /** As people write it: `PNG`, `JPEG`, `WebP`, `GIF`, `AVIF`. */
  readonly format: string;
  /** Width in pixels, after the EXIF orientation. */
  readonly width: number;
  /** Height in pixels, after the EXIF orientation. */
  readonly height: number;
  /** Size of the encoded picture in bytes. */
  readonly byteLength: number;
}

/** What was asked once. */
export interface RoundFacts {
  readonly instruction: string;
  readonly model: string;
  /** Names of the pictures that went along. */
  readonly references: readonly string[];
  /** How many edited pictures were asked for. */
  readonly askedFor: number;
  /** Why pictures are missing, in the gateway's own words. */
  readonly why?: string | undefined;
  /** Of `versions`, the one that it started from, from 0, or one that is gone; absent where it was the original. */
  readonly startedFrom?: number | 'deleted' | undefined;
  /** How long it took in milliseconds; absent while it is under way. */
  readonly elapsed?: number | undefined;
  /** Tokens and cost in words, `2,084 tokens · $0.0120`; while it is under way what such an edit cost last. */
  readonly usage?: string | undefined;
}

/** One edited picture. */
export interface VersionFacts extends PictureFacts {
  /** The same after a reload, and no other's. */
  readonly id: string;
  /** Of `rounds`, the one that it came with, from 0. */
  readonly round: number;
  readonly saved: boolean;
  /** Its place stays, so that the numbers of the others do. */
  readonly deleted?: boolean;
}

/** A picture that the gateway sent while it was still at work: never a result. */
export interface PartialFacts extends PictureFacts {
  /** Counted from 1. */
  readonly number: number;
  /** How many were asked for, where they were: there may be fewer. */
  readonly askedFor?: number | undefined;
}

/** The gateway took no request so far, and another one follows. */
export interface Wait {
  /** Such as `The gateway is busy`. */
  readonly why: string;
  /** When the next one is sent, in milliseconds since the epoch, by the host's clock. */
  readonly until: number;
}

/** One connected place where the edited picture differs from the original. */
export interface ChangeFacts {
  /** In the original's pixels. */
  readonly box: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  /** How much of the picture's area it is, from 0 to 1. */
  readonly share: number;
  /** Whether it is small beside the others. All such changes are one entry of the list, after the others. */
  readonly minor: boolean;
  /** Whether the edited picture is kept there; else the original is put back. */
  readonly kept: boolean;
}

/** All colours and tones of the edited picture beside the original's: a change of its own, before all others. */
export interface OverallFacts {
  /** Such as `Overall: warmer, a little darker`. */
  readonly words: string;
  /** Whether the edited picture's colours are kept; else the original's are put back. */
  readonly kept: boolean;
  /** Why it cannot be rejected, as a sentence; absent where it can. */
  readonly fixed?: string | undefined;
}

/** How an edited picture lies in the original where their shapes differ. */
export type Fit = 'fit' | 'crop' | 'stretch';

/** What the user marked in a picture: where it may change. */
export interface MarkedRegion {
  /** In pixels; as the original, or smaller in the same shape. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** How many pixels in turn are outside and inside, row by row from the top left; outside first, which may be 0. */
  readonly runs: readonly number[];
}

/** @param isInside is asked of each pixel, row by row from the top left */
export function markRegion(
  width: number,
  height: number,
  isInside: (place: number) => boolean,
): MarkedRegion {
  const runs: number[] = [];
  let begun = 0;
  for (let place = 0; place < width * height; place++) {
    // Every second run is inside.
    if (isInside(place) === (runs.length % 2 === 1)) continue;
    runs.push(place - begun);
    begun = place;
  }
  runs.push(width * height - begun);
  return { width, height, runs };
}

/** Whether anybody could have marked it. Whatever came from elsewhere is asked. */
export function isMarkedRegion(value: unknown): value is MarkedRegion {
  if (typeof value !== 'object' || value === null) return false;
  if (!('width' in value && 'height' in value && 'runs' in value)) return false;
  const { width, height, runs } = value;
  if (!isCount(width) || !isCount(height) || width * height === 0 || !Array.isArray(runs))
    return false;
  let sum = 0;
  for (const run of runs as unknown[]) {
    if (!isCount(run)) return false;
    sum += run;
  }
  return sum === width * height;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** How much of the picture it is, from 0 to 1. */
export function shareMarked({ width, height, runs }: MarkedRegion): number {
  let inside = 0;
  for (let at = 1; at < runs.length; at += 2) inside += runs[at]!;
  return inside / (width * height);
}

/** What the host found when it compared the shown version with the original. */
export interface Comparison {
  /** Of `versions`, from 0. */
  readonly version: number;
  /** Whether it is being computed: what is here is of before, or empty. */
  readonly busy: boolean;
  /** Why it cannot be compared, as a sentence. */
  readonly problem?: string | undefined;
  /** How different a pixel must be to count, from 0 (any difference) to 1. */
  readonly threshold: number;
  /** Absent where the overall colour is the original's. */
  readonly overall?: OverallFacts | undefined;
  /** The model has painted everything anew: single changes cannot be told apart, and none is listed. */
  readonly redrawn?: boolean | undefined;
  /** The most salient first, minor ones after all others. */
  readonly changes: readonly ChangeFacts[];
  /** How much of the picture is changed, from 0 to 1. */
  readonly changedShare: number;
  /** How much of the picture is changed outside the region that was marked, from 0 to 1, before it is put back. */
  readonly outsideShare?: number | undefined;
  readonly alignment: {
    readonly on: boolean;
    /** Such as `moved 2.4 px right and 0.8 px up, scaled to 99.4 %`, or why it was not; absent where it lies exactly. */
    readonly words?: string | undefined;
  };
}

/** Saving in the original's size and format. */
export interface Matching {
  readonly on: boolean;
  /** Only where the shapes differ. */
  readonly fit?: Fit | undefined;
  /** Whether the user has said so. */
  readonly chosen?: boolean;
}

/**
 * The whole state of the panel. The host sends it again on every `ready`, so a webview that was
 * hidden, moved or reloaded loses nothing.
 */
export interface PanelState {
  /** Name of the original, as shown in the title (control characters already escaped). */
  readonly fileName: string;
  /** In the order in which they were asked; while `editing` the last one is under way. */
  readonly rounds: readonly RoundFacts[];
  /**
   * `marking`: the region is being marked, nothing is asked yet; `editing`: the gateway is at work; `review`: the edited
   * pictures are here; `saving`: Accept was pressed.
   */
  readonly phase: 'marking' | 'editing' | 'review' | 'saving';
  /** When the edit was sent, in milliseconds since the epoch, by the host's clock. */
  readonly startedAt: number;
  /** The host's clock when this message was sent: the webview's clock may differ. */
  readonly now: number;
  /** Only while `editing`. */
  readonly wait?: Wait | undefined;
  /** Only while `editing`: the last one that came. */
  readonly partial?: PartialFacts | undefined;
  readonly original: PictureFacts;
  /** Every edited picture that has come. */
  readonly versions: readonly VersionFacts[];
  /** Which of `versions` is shown as the edited picture, from 0. */
  readonly shown: number;
  /** Only in `review`, and absent until there is something to say. */
  readonly comparison?: Comparison | undefined;
  /** Only in `review`. */
  readonly matching?: Matching | undefined;
  /** What Accept saves, such as `Saves JPEG, 1200 × 800`; only in `review`. */
  readonly saves?: string | undefined;
  /** What the file that Accept saves cannot have of the original, in whole sentences; only in `review`. */
  readonly losses?: readonly string[] | undefined;
  /** Whether a PNG would keep pixels that Accept does not; only in `review`. */
  readonly offersPng?: boolean | undefined;
  /** Of which version the picture `preview` is: shown in its place, with what is put back and how it lies. */
  readonly previewOf?: number | undefined;
  /** Whether the original is a file that can be replaced. */
  readonly replaceable?: boolean;
  /** Nothing can be saved or changed: two files that exist are compared. Names of the two, such as `HEAD`. */
  readonly readOnly?: { readonly original: string; readonly edited: string } | undefined;
  /** What the host needs to bring the panel back after a reload; the webview keeps it with its own state. */
  readonly restore?: string | undefined;
  /** Several edits are reviewed one after the other: which of them this is, from 1. */
  readonly queue?: { readonly position: number; readonly count: number } | undefined;
  /** Where the picture can be edited again: with which models. */
  readonly models?: readonly ModelFacts[] | undefined;
}

export interface ModelFacts {
  readonly id: string;
  /** What such an edit cost last, `$0.0120`, where one has. */
  readonly lastCost?: string | undefined;
}

/** A number is a version's, from 0. */
export type PictureName = 'original' | 'partial' | 'preview' | number;

export type ToWebview =
  /** The answer to all that comes from the webview: whatever else follows may take a while. */
  | { readonly type: 'heard' }
  | { readonly type: 'state'; readonly state: PanelState }
  | {
      readonly type: 'picture';
      readonly name: PictureName;
      /** From the magic bytes, such as `image/png`. */
      readonly mime: string;
      readonly bytes: ArrayBuffer;
    }
  | {
      /** How different the pixels are, for the mode Difference. */
      readonly type: 'heat';
      readonly version: number;
      /** Whether nothing is measured out: neither overall colour nor what redrawing moved. Such a one was asked for. */
      readonly raw: boolean;
      readonly width: number;
      readonly height: number;
      /** Row by row from the top, a byte each: 0 the same, 255 as different as can be. */
      readonly values: ArrayBuffer;
    }
  /** What was asked to be copied, encoded; or why it cannot be. */
  | {
      readonly type: 'copy';
      readonly picture?: { readonly mime: string; readonly bytes: ArrayBuffer } | undefined;
      readonly problem?: string | undefined;
    }
  /** Only while `marking`: what is marked already. */
  | { readonly type: 'region'; readonly region: MarkedRegion | undefined };

/** What the user did. `version` is the one they saw; `ready` asks for the state and the pictures. */
export type FromWebview =
  /** `markRegion`: the original is to be edited once more, with a region. */
  | { readonly type: 'ready' | 'discard' | 'cancel' | 'markRegion' }
  | {
      readonly type: 'accept' | 'savePng' | 'saveAs' | 'replace' | 'copy' | 'show' | 'delete';
      readonly version: number;
    }
  /** Another round, which starts from the version or, without one, from the original. */
  | {
      readonly type: 'again';
      readonly instruction: string;
      readonly model: string;
      readonly version?: number | undefined;
    }
  /** Changes are kept or rejected: their numbers in `changes`, from 0. */
  | {
      readonly type: 'keep';
      readonly version: number;
      readonly changes: readonly number[];
      readonly kept: boolean;
    }
  | { readonly type: 'keepOverall'; readonly version: number; readonly kept: boolean }
  /** What is marked now; nothing, where all of the picture may change. `done` ends it. */
  | {
      readonly type: 'region';
      readonly region: MarkedRegion | undefined;
      readonly done: boolean;
    }
  | { readonly type: 'threshold'; readonly threshold: number }
  /** The raw map of how different the pixels are is wanted, once. */
  | { readonly type: 'rawHeat'; readonly version: number }
  | { readonly type: 'align'; readonly on: boolean }
  | { readonly type: 'match'; readonly on: boolean; readonly fit?: Fit | undefined }
  /** The browser could not draw it. */
  | { readonly type: 'unshown'; readonly name: PictureName };

/** What the webview keeps for the time after a reload; VS Code hands it to the host. Else it is the webview's own. */
export interface KeptByWebview {
  readonly restore?: string;
  /** The id of the version that is shown. */
  readonly shown?: string;
  readonly threshold?: number;
  readonly aligned?: boolean;
  readonly matching?: Matching;
  /** Numbers of the changes that are not kept. */
  readonly rejected?: readonly number[];
  /** Whether the overall colour is kept; absent where it is the original's. */
  readonly overall?: boolean;
}
