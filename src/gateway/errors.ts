// What can go wrong with an edit, as one type: why, whether money was spent, and what the gateway calls it.

/** Whether the gateway may have taken money: `none` surely not, `unknown` perhaps, `charged` surely. */
export type Charge = 'none' | 'unknown' | 'charged';

export type Reason =
  | 'unreachable' // no connection to the gateway
  | 'connectTimeout' // no answer to the attempt to connect
  | 'certificate' // its certificate cannot be trusted
  | 'proxy' // a proxy on the way that cannot be used or refuses
  | 'timeout' // no answer within `retouch.timeoutSeconds`
  | 'interrupted' // the connection broke
  | 'redirected' // it points elsewhere, where the key must not go
  | 'key' // the key was rejected
  | 'permission' // the key may not do this
  | 'notFound' // no such model or endpoint
  | 'quota' // the balance is used up
  | 'rateLimit' // too many requests
  | 'tooLarge' // the request is too large
  | 'moderation' // the instruction or picture was refused
  | 'badRequest' // the gateway does not understand a field
  | 'gateway' // the gateway failed
  | 'noPicture' // an answer without a picture
  | 'badPicture' // an answer whose picture is none
  | 'badAnswer' // an answer that makes no sense
  | 'link' // an answer's link that must not be opened, or leads to nothing any more
  | 'download' // what is behind an answer's link did not come, and may come later
  | 'options' // something that the model cannot do
  | 'model' // a model and a route that do not belong together
  | 'original' // a picture on disk that cannot be sent
  | 'settings' // a setting that cannot be used
  | 'journal' // an edit that cannot be kept on disk before it is sent
  | 'save'; // a picture that could not be written

export interface EditErrorDetails {
  readonly reason: Reason;
  readonly charge: Charge;
  /** How long the gateway asks to wait before trying again, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The gateway's own number for the request, for its support. */
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The one error of an edit. Its message is one or two sentences for people: the cause and the next step,
 * without the charge (see `chargeInWords`). It never holds a request's body, a picture or the key.
 */
export class EditError extends Error {
  override readonly name = 'EditError';
  readonly reason: Reason;
  readonly charge: Charge;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;

  constructor(message: string, details: EditErrorDetails) {
    super(message, { cause: details.cause });
    this.reason = details.reason;
    this.charge = details.charge;
    this.retryAfterMs = details.retryAfterMs;
    this.requestId = details.requestId;
  }
}

/** The sentence about money that follows every error's message. */
export function chargeInWords(charge: Charge): string {
  switch (charge) {
    case 'none':
      return 'Nothing was charged.';
    case 'unknown':
      return 'It may have been charged.';
    case 'charged':
      return 'The gateway has probably charged for it.';
  }
}
