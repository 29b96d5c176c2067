// How much of an answer is read at most, so that no gateway can fill the memory or the disk, and how long the pictures
// behind its links are waited for.

export interface AnswerLimits {
  /** Bytes of one answer. */
  readonly answer: number;
  /** Bytes of an answer beside its pictures. */
  readonly text: number;
  /** Bytes of one linked picture. */
  readonly picture: number;
  readonly links: LinkLimits;
}

/** A download costs nothing: it is tried again, and has a time of its own. */
export interface LinkLimits {
  /** Milliseconds for one try. */
  readonly timeout: number;
  /** Milliseconds before each further try. */
  readonly waits: readonly number[];
}

export const answerLimits: AnswerLimits = {
  // A 50 MB picture as base64, a few times over.
  answer: 512 * 1024 * 1024,
  // The longest real ones have some hundred kilobytes.
  text: 16 * 1024 * 1024,
  picture: 128 * 1024 * 1024,
  links: { timeout: 120_000, waits: [300, 1000, 3000] },
};
