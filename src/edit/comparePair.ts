// An original and an edited picture go in, and how they are to lie; how they differ comes out.
import type { MarkedRegion } from '../compare/protocol';
import type { Compared, Decoded } from '../picture/jobs';
import type { Encoded } from '../picture/open';
import type { PictureWorker, Urgency } from '../picture/pictureWorker';
import { needsFit, type Fit } from '../picture/placement';
import type { Picture } from './readOriginal';

export interface How {
  /** How different a pixel must be to count, from 0 to 1. */
  readonly threshold: number;
  readonly aligned: boolean;
  /** How another shape lies, where the user has said so. */
  readonly chosen: Fit | undefined;
  /** Whether it is to be saved as the original is: then an opaque picture gets the original's transparency. */
  readonly matching: boolean;
  /** Outside of it nothing changes. */
  readonly region: MarkedRegion | undefined;
}

export interface Pair {
  readonly original: Decoded;
  /** Where the shapes differ. */
  readonly fit: Fit | undefined;
  readonly compared: Compared;
}

/** Who does the work on pixels, and until when it is wanted. */
export interface By {
  readonly worker: PictureWorker;
  readonly signal: AbortSignal;
  readonly urgency?: Urgency;
}

export function decodeOriginal(
  original: Picture,
  { worker, signal, urgency }: By,
): Promise<Decoded> {
  return worker.run({ type: 'decode', encoded: encoded(original) }, signal, urgency);
}

/**
 * @param decoded what `decodeOriginal` gives of the original
 * @throws PictureError where the edited picture cannot be compared
 */
export async function comparePair(
  { original, decoded, edited }: { original: Picture; decoded: Decoded; edited: Picture },
  { threshold, aligned, chosen, matching, region }: How,
  { worker, signal, urgency }: By,
): Promise<Pair> {
  const pictures = { original: encoded(original), edited: encoded(edited) };
  let fit: Fit | undefined;
  if (needsFit(original.info, edited.info)) {
    const job = { type: 'chooseFit', ...pictures } as const;
    fit = chosen ?? (await worker.run(job, signal, urgency)).fit;
  }
  const compared = await worker.run(
    {
      type: 'compare',
      original: decoded,
      edited: pictures.edited,
      // Who says how it is to lie means that.
      align: aligned && chosen === undefined,
      fit: fit ?? 'Stretch',
      transparency: matching ? 'original' : 'edited',
      threshold,
      region,
    },
    signal,
    urgency,
  );
  return { original: decoded, fit, compared };
}

export function encoded({ bytes, info: { format } }: Picture): Encoded {
  return { bytes, format };
}
