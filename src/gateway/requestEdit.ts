// One edit goes in, the edited pictures come out: the service layer's front door, for both routes.
import { looseObject, nullish, number, safeParse } from 'valibot';
import { answerLimit, readPicture } from './answer';
import type { InputPicture, RequestBody } from './body';
import { chatCompletionsBody, readChatAnswer, readChatWords } from './chatCompletions';
import type { Connection } from './connection';
import { EditError } from './errors';
import { fitsJson, imagesEditsBody, readImagesAnswer, type UploadForm } from './imagesEdits';
import { parseAnswer } from './parseAnswer';
import { checkRoute, type Model } from './models';
import { readRefusal } from './refusal';
import { send, type HttpResponse } from './transport';
import { quoteWords } from './words';

export interface EditRequest {
  readonly model: Model;
  readonly instruction: string;
  /** The original first. */
  readonly pictures: readonly [InputPicture, ...InputPicture[]];
}

export interface EditResult {
  /** At least one; each encoded exactly as the gateway sent it, not yet looked at. */
  readonly pictures: readonly [Uint8Array, ...Uint8Array[]];
  readonly usage: Usage;
}

export interface Usage {
  readonly totalTokens?: number;
  /** In US dollars, where the gateway says it. */
  readonly cost?: number;
}

/** Which form of `images/edits` to use, and what has worked before. */
export interface UploadChoice {
  readonly setting: 'auto' | UploadForm;
  /** The form that this gateway took for this model after it had refused the other. */
  readonly remembered: UploadForm | undefined;
  remember(form: UploadForm): void;
}

/**
 * Sends one edit and reads its answer. Only one request can be billed: the form is changed only after a
 * refusal that costs nothing.
 * @throws EditError, or the signal's reason once it is aborted
 */
export async function requestEdit(
  edit: EditRequest,
  connection: Connection,
  upload: UploadChoice,
  signal: AbortSignal,
): Promise<EditResult> {
  checkRoute(edit.model);
  const job: Job = { edit, connection, startedAt: Date.now(), signal };
  const response =
    edit.model.route === 'chat/completions'
      ? await post(chatCompletionsBody(edit), job)
      : await postImagesEdits(job, upload);
  const refusal = readRefusal(response, connection, true);
  if (refusal) throw refusal;

  const answer = parseAnswer(response.body);
  const found =
    edit.model.route === 'chat/completions' ? readChatAnswer(answer) : readImagesAnswer(answer);
  if (found.length === 0) throw noPicture(answer, edit, connection);
  const read = await Promise.allSettled(
    found.map((picture) => readPicture(picture, connection, job.startedAt, signal)),
  );
  signal.throwIfAborted();
  const [first, ...others] = read.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  // One that cannot be read costs none of the others.
  if (!first) throw read.find((result) => result.status === 'rejected')?.reason;
  return { pictures: [first, ...others], usage: readUsage(answer) };
}

interface Job {
  readonly edit: EditRequest;
  readonly connection: Connection;
  /** Milliseconds since the epoch: the time limit covers all that belongs to the edit. */
  readonly startedAt: number;
  readonly signal: AbortSignal;
}

async function postImagesEdits(job: Job, upload: UploadChoice): Promise<HttpResponse> {
  const { edit, connection } = job;
  const fits = fitsJson(edit.pictures);
  const chosen =
    upload.setting === 'auto'
      ? fits
        ? (upload.remembered ?? 'json')
        : 'multipart'
      : upload.setting;
  const response = await post(imagesEditsBody(edit, chosen), job);
  const refusal = readRefusal(response, connection, true);
  if (upload.setting !== 'auto' || !refusal || !blamesForm(response.status, refusal))
    return response;

  const other: UploadForm = chosen === 'json' ? 'multipart' : 'json';
  if (other === 'json' && !fits) return response;
  const second = await post(imagesEditsBody(edit, other), job);
  const secondRefusal = readRefusal(second, connection, true);
  if (!secondRefusal) upload.remember(other);
  // Where neither form is taken, the form was not the reason: the first answer says more.
  return secondRefusal && blamesForm(second.status, secondRefusal) ? response : second;
}

/** A refusal that may be about JSON or multipart, and surely cost nothing. */
function blamesForm(status: number, { reason, charge }: EditError): boolean {
  return (
    charge === 'none' &&
    [400, 413, 415, 422].includes(status) &&
    (reason === 'badRequest' || reason === 'tooLarge')
  );
}

function post(
  body: RequestBody,
  { edit, connection, startedAt, signal }: Job,
): Promise<HttpResponse> {
  return send({
    method: 'POST',
    url: new URL(`${connection.baseUrl}/${edit.model.route}`),
    headers: { authorization: `Bearer ${connection.apiKey}`, accept: 'application/json' },
    body,
    timeout: connection.timeout,
    startedAt,
    billable: true,
    limit: answerLimit,
    signal,
  });
}

function noPicture(
  answer: unknown,
  { model }: EditRequest,
  { baseUrl, apiKey }: Connection,
): EditError {
  const { host } = new URL(baseUrl);
  if (answer === undefined) {
    return new EditError(`${host} sent an answer that is cut off or no JSON.`, {
      reason: 'badAnswer',
      charge: 'charged',
    });
  }
  const words = quoteWords(readChatWords(answer), apiKey);
  return new EditError(
    words
      ? `${model.id} sent no picture. It says: ${words}`
      : `${model.id} sent no picture and no reason. Say more plainly what to change, or choose another model.`,
    { reason: 'noPicture', charge: 'charged' },
  );
}

const UsageAnswer = looseObject({
  usage: nullish(looseObject({ total_tokens: nullish(number()), cost_usd: nullish(number()) })),
});

function readUsage(answer: unknown): Usage {
  const { success, output } = safeParse(UsageAnswer, answer);
  const usage = success ? output.usage : undefined;
  return {
    ...(typeof usage?.total_tokens === 'number' && { totalTokens: usage.total_tokens }),
    ...(typeof usage?.cost_usd === 'number' && { cost: usage.cost_usd }),
  };
}
