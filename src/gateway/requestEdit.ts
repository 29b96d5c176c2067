// One edit goes in, the edited pictures come out: the service layer's front door, for both routes.
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { openPictureLink, readBase64 } from './answer';
import { answerLimits, type AnswerLimits } from './answerLimits';
import { AnswerReader, type Decoded } from './answerReader';
import { blamesForm } from './blamesForm';
import type { InputPicture, RequestBody, SentPicture } from './body';
import { checkEdit, type EditOptions } from './capabilities';
import { chatCompletionsBody } from './chatCompletions';
import { authorization, type Connection } from './connection';
import { EditError } from './errors';
import { fitsJson, fitsMultipart, imagesEditsBody, type UploadForm } from './imagesEdits';
import { isRecord } from './json';
import { checkRoute, type Model } from './models';
import {
  countCalls,
  joinResults,
  readReply,
  readResult,
  type Reply as ReadReply,
} from './readResult';
import type { AnswerRecord, Recorder } from './recorder';
import { chargeAfter, exchange, type HttpHead } from './transport';
import { bodyLength, headOnceUnpacked, unpack, type Unpacker } from './unpack';

export interface EditRequest {
  readonly model: Model;
  readonly instruction: string;
  /** The original first. */
  readonly pictures: readonly [SentPicture, ...SentPicture[]];
  /** A PNG of the original's size, transparent where the edit may happen. Not for `chat/completions`. */
  readonly mask?: InputPicture | undefined;
  /** What the user set, and nothing else. */
  readonly options?: EditOptions | undefined;
}

export interface EditResult {
  /** At least one; each encoded exactly as the gateway sent it, not yet looked at. */
  readonly pictures: readonly [Uint8Array, ...Uint8Array[]];
  /** How many pictures there should be beside these: answers that failed, links that led nowhere. */
  readonly missing: number;
  /** How many of the missing ones a download may still bring, which costs nothing; absent where it is none. */
  readonly awaited?: number;
  /** Why they are missing, in the gateway's own words where it has some. */
  readonly why?: string;
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
  readonly remember: (form: UploadForm) => void;
}

export interface EditContext {
  readonly upload: UploadChoice;
  /** Closes the socket, also while it waits to try again. */
  readonly signal: AbortSignal;
  /** Is given each partial picture of an `images/edits` stream, encoded. It is never a result. */
  readonly onPartial?: ((picture: Uint8Array) => void) | undefined;
  /** Keeps what is paid for. */
  readonly recorder?: Recorder | undefined;
  /** A request goes out, the first or another; several at once where a model makes one picture for each. */
  readonly onTry?: (() => void) | undefined;
  /** Such a request has ended without being processed: a wait begins before the next try. */
  readonly onWait?: ((milliseconds: number, why: EditError) => void) | undefined;
  /** The product's own where there are none. */
  readonly limits?: AnswerLimits | undefined;
}

/** More than the calls and downloads of one edit that are under way at the same time. */
const maxListeners = 64;

/** Milliseconds before the second and the third try, where the gateway names no time. */
const waits = [1000, 4000];

/**
 * Sends one edit that its model can do, and reads the answer. Only one request can be billed for each picture asked of
 * `chat/completions`, and one for all of `images/edits`: another is sent only after a refusal that costs
 * nothing, or where none arrived.
 * @throws EditError, or the signal's reason once it is aborted
 */
export async function requestEdit(
  edit: EditRequest,
  connection: Connection,
  context: EditContext,
): Promise<EditResult> {
  checkRoute(edit.model);
  const { model, options = {}, pictures } = edit;
  checkEdit(
    model,
    options,
    pictures.flatMap((picture) =>
      'bytes' in picture ? [{ byteLength: picture.bytes.byteLength, mime: picture.mime }] : [],
    ),
    pictures.length,
  );
  // Each call and each download listens to it.
  setMaxListeners(maxListeners, context.signal);
  const job: Job = { edit, connection, startedAt: Date.now(), context };
  if (model.route === 'images/edits') {
    return readAndKeep(await postImagesEdits(job), job);
  }
  const body = chatCompletionsBody(edit);
  const results = await Promise.allSettled(
    Array.from({ length: countCalls(edit) }, async (_, call) =>
      readAndKeep(await post(body, { ...job, call }), job),
    ),
  );
  context.signal.throwIfAborted();
  return joinResults(results);
}

interface Job {
  readonly edit: EditRequest;
  readonly connection: Connection;
  /** Milliseconds since the epoch: the time limit covers all that belongs to the edit. */
  readonly startedAt: number;
  readonly context: EditContext;
  /** Which of the edit's calls it is, from 0, where there are several. */
  readonly call?: number;
}

interface Reply extends ReadReply {
  readonly record: AnswerRecord | undefined;
}

async function readAndKeep(
  { record, ...reply }: Reply,
  { edit, connection, context: { signal, limits } }: Job,
): Promise<EditResult> {
  return readResult(reply, edit, connection, signal, async (link, index) => {
    const bytes = await openPictureLink(link, { connection, signal, limits });
    // Links expire: what is behind them is kept like the answer itself.
    await record?.keepPicture(index, bytes);
    return bytes;
  });
}

async function postImagesEdits(job: Job): Promise<Reply> {
  const { edit, context } = job;
  const { setting, remembered, remember } = context.upload;
  const fits = { json: fitsJson(edit), multipart: fitsMultipart(edit) };
  const wanted = setting === 'auto' ? (remembered ?? 'json') : setting;
  // A link goes in JSON alone, whatever is set; a large picture is refused in it, unless the user insists.
  const chosen: UploadForm =
    !fits.multipart || (wanted === 'json' && (fits.json || setting === 'json'))
      ? 'json'
      : 'multipart';
  const reply = await postStreamed(chosen, job);
  if (setting !== 'auto' || !isForForm(chosen, reply, job)) return reply;

  const other: UploadForm = chosen === 'json' ? 'multipart' : 'json';
  if (!fits[other]) return reply;
  const second = await postStreamed(other, job);
  if (!second.refusal) remember(other);
  // Where neither form is taken, the form was not the reason: the first answer says more.
  return isForForm(other, second, job) ? reply : second;
}

/** Asks for partial pictures where the user wants them, and goes on without where the gateway cannot. */
async function postStreamed(form: UploadForm, job: Job): Promise<Reply> {
  const { edit, context } = job;
  const partials = context.onPartial ? Number(edit.options?.partial_images ?? 0) : 0;
  if (partials > 0) {
    const reply = await post(imagesEditsBody(edit, form, partials), job);
    if (
      !isForForm(form, reply, job) ||
      !/\bstream(ing)?\b|partial/i.test(reply.refusal?.message ?? '')
    )
      return reply;
  }
  return post(imagesEditsBody(edit, form), job);
}

/** A refusal that may be about JSON, multipart or a field that only one of them has, and surely cost nothing. */
function isForForm(form: UploadForm, { head, refusal, told }: Reply, { edit }: Job): boolean {
  return (
    refusal?.charge === 'none' &&
    (refusal.reason === 'badRequest' || refusal.reason === 'tooLarge') &&
    blamesForm(head.status, told, { form, size: edit.options?.size })
  );
}

/** Sends it again, twice at most, where it surely was not processed and the time allows it. */
async function post(body: RequestBody, job: Job): Promise<Reply> {
  const { connection, startedAt, context } = job;
  for (let attempt = 0; ; attempt++) {
    context.onTry?.();
    const reply = await postOnce(body, job).catch((error: unknown) => {
      if (error instanceof EditError && error.reason === 'unreachable') return error;
      throw error;
    });
    const failure = reply instanceof EditError ? reply : reply.refusal;
    const wait = failure?.retryAfterMs ?? waits[attempt];
    const again =
      (failure?.reason === 'unreachable' || failure?.reason === 'rateLimit') &&
      attempt < waits.length &&
      wait !== undefined &&
      Date.now() + wait < startedAt + connection.timeout;
    if (!again) {
      if (reply instanceof EditError) throw reply;
      return reply;
    }
    context.onWait?.(wait, failure);
    await delay(wait, undefined, { signal: context.signal }).catch(() =>
      context.signal.throwIfAborted(),
    );
  }
}

async function postOnce(
  body: RequestBody,
  { edit, connection, startedAt, context, call = 0 }: Job,
): Promise<Reply> {
  const { onPartial, recorder, limits = answerLimits } = context;
  const { host } = new URL(connection.baseUrl);
  const onEvent =
    onPartial &&
    ((event: unknown, decoded: Decoded) => {
      const partial = readPartial(event, decoded);
      if (partial) onPartial(partial);
    });
  let reader = new AnswerReader(host, 0, onEvent);
  let unpacker: Unpacker | undefined;
  let begun: HttpHead | undefined;
  let record: AnswerRecord | undefined;
  const close = async (whole: boolean) => {
    try {
      await unpacker?.end();
    } finally {
      await record?.end(whole);
    }
  };
  const read = (head: HttpHead): Reply => ({
    ...readReply(head, reader.end(), connection),
    record,
  });
  try {
    await recorder?.beforeSending();
    const head = await exchange(
      {
        method: 'POST',
        url: new URL(`${connection.baseUrl}/${edit.model.route}`),
        headers: { ...authorization(connection), accept: 'application/json' },
        body,
        timeout: connection.timeout,
        network: connection.network,
        startedAt,
        billable: true,
        limit: limits.answer,
        signal: context.signal,
      },
      (head) => {
        begun = head;
        record = recorder?.openAnswer(call, headOnceUnpacked(head));
        const charge = chargeAfter(head.status, true);
        reader = new AnswerReader(host, bodyLength(head), onEvent, charge, limits.text);
        const { answer: limit } = limits;
        const opened = (unpacker = unpack(head, keepFirst(record, reader), {
          limit,
          host,
          charge,
        }));
        return (chunk) => opened.write(chunk);
      },
    );
    await close(true);
    return read(head);
  } catch (error) {
    const isClosed = await close(false).then(
      () => true,
      () => false,
    );
    // A stream that breaks off after the picture has brought what was paid for.
    if (!begun || context.signal.aborted || !isClosed) throw error;
    const reply = read(begun);
    if (reply.found.length === 0) throw error;
    return reply;
  }
}

/**
 * What was paid for is on the disk before anyone parses it. Unpacked: the disk must not have the key, where a gateway gives
 * it back, in whatever form.
 */
function keepFirst(record: AnswerRecord | undefined, reader: AnswerReader) {
  return async (chunk: Buffer) => {
    await record?.write(chunk);
    reader.write(chunk);
  };
}

function readPartial(event: unknown, decoded: Decoded): Uint8Array | undefined {
  if (!isRecord(event) || typeof event['type'] !== 'string') return undefined;
  const { type, b64_json } = event;
  if (!type.endsWith('.partial_image') || typeof b64_json !== 'string') return undefined;
  try {
    return readBase64(b64_json, decoded);
  } catch {
    // Only a glimpse is lost.
    return undefined;
  }
}
