// What is written of a job as JSON: text goes in from the disk, whatever it is, and checked records come out.
import * as v from 'valibot';
import type { Charge, Reason } from '../gateway/errors';
import type { Route } from '../gateway/models';

/** In the order in which a job goes through them; a job that was `saved` or `discarded` can be `received` again. */
export const states = ['prepared', 'sent', 'received', 'saved', 'discarded'] as const;

export type State = (typeof states)[number];

/** The files of a job. Beside them `answer-1`, `answer-2`… and, of links in these, `answer-1-picture-0`… */
export const fileNames = {
  job: 'job.json',
  original: 'original',
  log: 'log.jsonl',
  thumbnail: 'thumbnail',
} as const;

/** A folder of this name and a job's is being deleted, or was when that was cut short. */
export const removedPrefix = 'removed-';

export function answerName(number: number): string {
  return `answer-${number}`;
}

/** Whether that is an address and no path: drives of Windows have one letter. */
export function isAddress(folder: string): boolean {
  return /^[a-z][a-z\d+.-]+:/i.test(folder);
}

/** @param index of the answer's pictures, from 0 */
export function pictureName(number: number, index: number): string {
  return `${answerName(number)}-picture-${index}`;
}

/** Headers of an answer that are kept: what it needs to be read again, and what a gateway's support asks for. */
const keptHeaders = [
  'content-type',
  'content-length',
  'content-encoding',
  'date',
  'retry-after',
  'retry-after-ms',
  'x-request-id',
  'x-oneapi-request-id',
  'x-litellm-response-cost',
];

/** @param headers names in lower case */
export function keptHeadersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => keptHeaders.includes(name)));
}

const Text = v.pipe(v.string(), v.maxLength(1_000_000));
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const JobRecord = v.object({
  format: v.literal(1),
  /** Milliseconds since the epoch. */
  createdAt: Count,
  original: v.object({
    /** Where it lies, or would lie where it is a link; whatever VS Code calls it. */
    uri: Text,
    /** As shown to people. */
    fileName: Text,
    /** `image/png`, from its bytes. */
    mime: Text,
    byteLength: Count,
    /** In hexadecimal. */
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    link: v.optional(Text),
    hasNoFolder: v.optional(v.boolean()),
  }),
  /** Where the pictures lie that went along. */
  references: v.array(Text),
  instruction: Text,
  model: v.object({ id: Text, route: v.picklist(['images/edits', 'chat/completions']) }),
  /** What the user set, under the names of the wire. */
  options: v.record(v.string(), v.union([v.string(), v.number()])),
  /** Where the edit may happen, as it was marked. */
  region: v.optional(v.object({ width: Count, height: Count, runs: v.array(Count) })),
  baseUrl: Text,
  /** The id of the job that its session began with; absent where that is this one. */
  session: v.optional(Text),
  /** The picture that it started from, where that was not the original. */
  parent: v.optional(v.object({ job: Text, version: Count })),
});

/** A job as it was asked: written once, before anything is sent. It has no key in it. */
export interface JobRecord extends v.InferOutput<typeof JobRecord> {
  readonly model: { readonly id: string; readonly route: Route };
}

export interface Failure {
  readonly reason: Reason | 'cancelled' | 'unexpected';
  readonly charge: Charge;
  /** As the user has seen it. */
  readonly message: string;
}

const Found = v.object({
  listed: Count,
  share: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  minor: Count,
  overall: v.optional(Text),
  redrawn: v.boolean(),
  pictures: Count,
});

/** What was found where its first picture was compared with the original. */
export type Found = v.InferOutput<typeof Found>;

const Lacking = v.object({
  /** Behind links that may still bring them: a download costs nothing. */
  links: Count,
  /** Here, and no pictures that can be shown: they can be saved as they were received. */
  damaged: Count,
});

/** How many pictures of an edit cannot be shown. */
export type Lacking = v.InferOutput<typeof Lacking>;

const LogEntry = v.looseObject({
  /** Milliseconds since the epoch. */
  at: Count,
  state: v.optional(v.picklist(states)),
  /** An answer begins, or has ended. */
  answer: v.optional(
    v.object({
      number: Count,
      call: v.optional(Count),
      status: v.optional(Count),
      headers: v.optional(v.record(v.string(), v.string())),
      byteLength: v.optional(Count),
      whole: v.optional(v.boolean()),
    }),
  ),
  /** The picture behind a link is here, whole. */
  picture: v.optional(v.object({ number: Count, index: Count, byteLength: Count })),
  /** A picture is about to be saved in a folder of this machine, or at an address elsewhere. */
  saving: v.optional(
    v.object({ folder: Text, token: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)) }),
  ),
  /** Of the pictures that are pictures, from 0, one has been saved, or that was undone. */
  saved: v.optional(v.object({ version: Count, uri: Text })),
  undone: v.optional(v.object({ version: Count, uri: Text })),
  /** One that nobody wants any more. */
  deleted: v.optional(v.object({ version: Count })),
  /** The original is about to be replaced, or has been brought back where there is no hash of the new bytes. */
  replaced: v.optional(
    v.object({ uri: Text, sha256: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))) }),
  ),
  /** How its first picture differs from the original. */
  found: v.optional(Found),
  lacking: v.optional(Lacking),
  /** What all of it cost, in US dollars. */
  cost: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))),
  /** The user has been told that it came back, and has put that aside. */
  seen: v.optional(v.boolean()),
  failure: v.optional(
    v.object({
      reason: Text,
      charge: v.picklist(['none', 'unknown', 'charged']),
      message: Text,
    }),
  ),
});

export type LogEntry = v.InferInput<typeof LogEntry>;

/** @throws where it is no job of this format */
export function readJobRecord(text: string): JobRecord {
  return v.parse(JobRecord, JSON.parse(text));
}

/** Whether a later version of Retouch, which may run in another window, has written it. */
export function isOfLaterFormat(text: string): boolean {
  try {
    const record: unknown = JSON.parse(text);
    return (
      typeof record === 'object' &&
      record !== null &&
      'format' in record &&
      typeof record.format === 'number' &&
      record.format > 1
    );
  } catch {
    return false;
  }
}

/** Each entry begins a line, so that one that was cut spoils no other. Entries of a later version are left out. */
export function readLog(text: string): v.InferOutput<typeof LogEntry>[] {
  return text.split('\n').flatMap((line) => {
    try {
      const { success, output } = v.safeParse(LogEntry, JSON.parse(line));
      return success ? [output] : [];
    } catch {
      return [];
    }
  });
}
