// How much of an answer is read at most, so that no gateway can fill the memory or the disk.

export interface AnswerLimits {
  /** Bytes of one answer. */
  readonly answer: number;
  /** Bytes of an answer beside its pictures. */
  readonly text: number;
  /** Bytes of one linked picture. */
  readonly picture: number;
}

export const answerLimits: AnswerLimits = {
  // A 50 MB picture as base64, a few times over.
  answer: 512 * 1024 * 1024,
  // The longest real ones have some hundred kilobytes.
  text: 16 * 1024 * 1024,
  picture: 128 * 1024 * 1024,
};
