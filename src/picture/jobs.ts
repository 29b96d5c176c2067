// The messages between the extension host and the thread that works on pixels. Only types.
import type { MarkedRegion } from '../compare/protocol';
import type { Alignment } from './align';
import type { Changes } from './changes';
import type { Difference } from './difference';
import type { Encoding } from './encoding';
import type { PictureInfo } from './identify';
import type { Provenance } from './metadata/provenance';
import type { Encoded } from './open';
import type { Fit, Placement, Size } from './placement';
import type { Region } from './region';
import type { Tone } from './tone';

/** Formats that are written for the gateway. */
export type EncodedFormat = 'PNG' | 'JPEG' | 'WebP';

/** Decode a picture, turn it upright, bring it within limits, encode it. */
export interface RenderJob {
  readonly type: 'render';
  readonly bytes: Uint8Array;
  /** What the bytes are. */
  readonly format: PictureInfo['format'];
  /** What may come out. PNG, JPEG and WebP stay what they are where they may. */
  readonly formats: readonly EncodedFormat[];
  readonly maxBytes?: number | undefined;
  /** Width times height. */
  readonly maxPixels?: number | undefined;
  /** Pixels of the longer side. */
  readonly maxSide?: number | undefined;
}

/** Its colour profile is the original's; other metadata it has none. */
export interface Rendered {
  readonly bytes: Uint8Array;
  /** Frames of the animation or pages of the document, of which the first is here. */
  readonly frames: number;
  /** Whether pixels are not what they were: smaller, or encoded with loss. */
  readonly lossy: boolean;
}

/** Decode all of an original that is about to be sent, and of what is sent where metadata was taken out of it. */
export interface CheckJob {
  readonly type: 'check';
  readonly encoded: Encoded;
  /** The same picture without its metadata. */
  readonly bare?: Uint8Array | undefined;
}

export interface Checked {
  /** Whether what is sent has the same size, pixels, colour profile and orientation; true where nothing was taken out. */
  readonly isSame: boolean;
}

/**
 * Decode a picture and turn it upright. Pictures that are compared must be in the same colours: decode the original
 * in its own, and the edited one in those (`colours: original.profile ?? null`). That costs a conversion of the
 * smaller picture only, and leaves the original's numbers exactly as they are in its file.
 */
export interface DecodeJob {
  readonly type: 'decode';
  readonly encoded: Encoded;
  /** The ICC profile that numbers are wanted in; null is sRGB; without it they stay in the picture's own. */
  readonly colours?: Uint8Array | null;
}

/** Read all of a picture, and keep nothing. */
export interface ReadableJob {
  readonly type: 'readable';
  readonly encoded: Encoded;
}

export interface Readable {
  /** False where it is cut, damaged, or of a kind that is not known. */
  readonly isReadable: boolean;
}

export interface Decoded {
  /** In pixels, as shown. */
  readonly width: number;
  /** In pixels, as shown. */
  readonly height: number;
  /**
   * Row by row from the top: red, green, blue and alpha of each, a byte each, not premultiplied. In shared memory:
   * it can be handed to further jobs without a copy.
   */
  readonly pixels: Uint8Array;
  /** The ICC profile that the numbers are in; undefined is sRGB. */
  readonly profile: Uint8Array | undefined;
}

/** Encode pixels. */
export interface EncodeJob {
  readonly type: 'encode';
  readonly picture: Decoded;
  readonly encoding: Encoding;
}

/** An encoded picture, with what it is. */
export interface Written extends Encoded {
  readonly bytes: Uint8Array;
}

/** Give an edited picture the size, format, quality, colours and metadata of its original. */
export interface MatchJob {
  readonly type: 'match';
  /** What `headOf` leaves of it is enough. */
  readonly original: Encoded;
  /** As received, or pixels of the original's size in the colours that `decode` gave the original. */
  readonly edited: Encoded | Decoded;
  /** Where the edited picture lies in the original; without it, over all of it. Pixels lie as they are. */
  readonly placement?: Placement | undefined;
  /**
   * What becomes of an edited picture without transparency where the original has some: the original's is put on it,
   * or it stays opaque. Pixels keep what they have.
   */
  readonly transparency?: 'original' | 'edited';
  /** What to say of how it was made; without it, nothing. */
  readonly provenance?: Provenance | undefined;
  /** In another format than the original's, in which each pixel is kept. */
  readonly format?: 'PNG';
}

export interface Matched extends Written {
  /** Whole sentences on where it is not as the original is; mostly none. */
  readonly said: readonly string[];
  /** Whether the edited picture's compressed pixels are here as they came. */
  readonly reused: boolean;
}

/** Find how the edited picture lies in the original where their shapes differ, by what they show. */
export interface ChooseFitJob {
  readonly type: 'chooseFit';
  readonly original: Encoded;
  readonly edited: Encoded;
}

export interface ChosenFit {
  readonly fit: Fit;
}

/** Lay an edited picture over its original, and find what differs. */
export interface CompareJob {
  readonly type: 'compare';
  readonly original: Decoded;
  readonly edited: Encoded;
  /** Whether it is laid where what both show is at the same place. */
  readonly align: boolean;
  /** Where it is not aligned, or cannot be. */
  readonly fit: Fit;
  /** Whether an edited picture without transparency gets the original's. */
  readonly transparency: 'original' | 'edited';
  /** As for `findChanges`. */
  readonly threshold: number;
  /** Outside of it nothing changes, whatever came. */
  readonly region?: MarkedRegion | undefined;
}

/** How different pixels are, made smaller: row by row from the top, a byte each, 255 is as different as can be. */
export interface HeatMap {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

/** Say how different the pixels are, with nothing measured out. */
export interface RawHeatJob {
  readonly type: 'rawHeat';
  readonly original: Decoded;
  /** As large, and in the same colours. */
  readonly edited: Decoded;
}

/** What was before the region was held. */
export interface Unlocked {
  readonly region: Region;
  readonly difference: Difference;
}

export interface Grouped {
  readonly changes: Changes;
  /** How much of the picture had changed outside of the region, from 0 to 1; undefined without a region. */
  readonly outsideShare: number | undefined;
}

/** Pixels, distances and regions are in shared memory. */
export interface Compared extends Grouped {
  /** As large as the original, in its colours; outside of the region it is the original. */
  readonly edited: Decoded;
  /** Undefined where it was not asked for, or nothing could be found. */
  readonly alignment: Alignment | undefined;
  /** What is left when overall colour, and where things went in redrawing, are measured out. */
  readonly difference: Difference;
  /**
   * What became of the colours as a whole, from the original to what came: it is a change of its own where it is shown.
   * Undefined where they are as they were, and with a region, which holds them.
   */
  readonly tone: Tone | undefined;
  /** Undefined without a region. */
  readonly unlocked: Unlocked | undefined;
  /** Of the pixels, beyond colour and redrawing. */
  readonly heat: HeatMap;
  /** Whether the edited picture was given the original's transparency. */
  readonly hasOriginalsAlpha: boolean;
}

/** Find the changes anew, at another threshold. */
export interface RegroupJob {
  readonly type: 'regroup';
  readonly difference: Difference;
  readonly unlocked: Unlocked | undefined;
  readonly threshold: number;
}

/** Make the mask that goes to a gateway with a picture, as PNG. */
export interface MaskJob {
  readonly type: 'mask';
  readonly region: MarkedRegion;
  /** Of the picture that is sent. */
  readonly size: Size;
}

/** The original with some of the changes: not for all of them, with which the edited picture is what is wanted. */
export interface ComposeJob {
  readonly type: 'compose';
  /**
   * The same for jobs that differ in nothing but `kept`, which share what is the same in them. Never that of others; without
   * it nothing is shared.
   */
  readonly series?: number | undefined;
  /** What stays where nothing is kept. */
  readonly base: Decoded;
  readonly edited: Decoded;
  readonly changes: Changes;
  /** Ids of changes. */
  readonly kept: readonly number[];
  /** The overall colour, where that is a change: kept, what is put back gets it too; else what is kept loses it. */
  readonly overall?: { readonly tone: Tone; readonly kept: boolean } | undefined;
}

export type Job =
  | CheckJob
  | RenderJob
  | DecodeJob
  | ReadableJob
  | EncodeJob
  | MatchJob
  | ChooseFitJob
  | CompareJob
  | RegroupJob
  | RawHeatJob
  | MaskJob
  | ComposeJob;

/** What a job of each type gives. */
export interface Results {
  readonly check: Checked;
  readonly render: Rendered;
  readonly decode: Decoded;
  readonly readable: Readable;
  readonly encode: Written;
  readonly match: Matched;
  readonly chooseFit: ChosenFit;
  readonly compare: Compared;
  readonly regroup: Grouped;
  readonly rawHeat: HeatMap;
  readonly mask: Written;
  readonly compose: Decoded;
}

/** Errors are values here: `problem` is a PictureError's message. */
export type Answer =
  | { readonly id: number; readonly result: Results[Job['type']] }
  | { readonly id: number; readonly problem: string }
  | { readonly id: number; readonly stopped: true };

export interface Question {
  readonly id: number;
  readonly job: Job;
  /** In shared memory: its only number turns to 1 when nobody waits for the answer any more. */
  readonly stop: Int32Array;
}

/** What the thread is started with. */
export interface Equipment {
  /** Whether it is to read and write AVIF. */
  readonly heif: boolean;
}
