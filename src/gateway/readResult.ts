// One whole answer goes in; the edited pictures in it come out, or the reason why there are none. Whether it has just come
// or was kept on disk makes no difference.
import { readPicture, type AnswerPicture, type OpenLink } from './answer';
import type { Answer } from './answerReader';
import { readChatAnswer, readChatWords, readStopReason } from './chatCompletions';
import type { Connection } from './connection';
import { EditError, type Charge } from './errors';
import { eventsOf } from './eventStream';
import { isRecord } from './json';
import { findPictures, withoutRepeats } from './picturesAnywhere';
import { isFilter, isFiltered, readRefusal, toldInWords, toldOf } from './refusal';
import type { EditRequest, EditResult, Usage } from './requestEdit';
import { readItemErrors, readTold, type Told } from './told';
import { isAccepted, type HttpHead } from './transport';
import { readUsage } from './usage';
import { asSentence, quoteWords } from './words';

/** An answer with its head, and what is in it: pictures, or a refusal, or neither. */
export interface Reply {
  readonly head: HttpHead;
  readonly answer: Answer;
  readonly found: readonly AnswerPicture[];
  readonly refusal: EditError | undefined;
  /** What it says of an error. */
  readonly told: Told | undefined;
}

/** What was made is paid for, whatever went wrong beside it: an error counts where there is no picture. */
export function readReply(head: HttpHead, answer: Answer, connection: Connection): Reply {
  const found = isAccepted(head) ? readPictures(answer) : [];
  const refusal = found.length === 0 ? readRefusal(head, answer, connection, true) : undefined;
  return { head, answer, found, refusal, told: toldOf(answer, isAccepted(head)) };
}

/** Where gateways are known to put them, else wherever they are. */
function readPictures({ json, decoded }: Answer): AnswerPicture[] {
  const known = readChatAnswer(json);
  if (known.length === 0) return findPictures(json, decoded);
  // Streams tell the same picture again at their end.
  return eventsOf(json).length > 0 ? withoutRepeats(known, decoded) : known;
}

/** How many calls an edit takes: models of `chat/completions` make one picture for each. */
export function countCalls({ model, options }: Pick<EditRequest, 'model' | 'options'>): number {
  return model.route === 'chat/completions' ? Number(options?.n ?? 1) : 1;
}

/** @throws EditError, or the signal's reason once it is aborted */
export async function readResult(
  { head, answer, found, refusal, told }: Reply,
  { model }: Pick<EditRequest, 'model'>,
  connection: Connection,
  signal: AbortSignal,
  openLink: OpenLink,
): Promise<EditResult> {
  if (refusal) throw refusal;
  if (found.length === 0) throw noPicture(answer, model.id, connection);
  const read = await settleAll(found, (picture, index) =>
    readPicture(picture, index, answer.decoded, openLink),
  );
  signal.throwIfAborted();
  const [first, ...others] = read.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  // One that cannot be read costs none of the others.
  const unread = read.flatMap((result): unknown[] =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  const awaited = unread.filter(mayCome).length;
  // What a download may still bring counts before what is gone.
  if (!first) throw unread.find(mayCome) ?? unread[0];
  const pictures = [first, ...others] as const;
  // One for each picture that is none, else the one for all of them.
  const items = readItemErrors(answer.json);
  const errors = items.length === 0 && told ? [told] : items;
  const why = [
    ...errors.map((told) => toldInWords(told, answer, connection)),
    ...unread.map((error) => (error instanceof EditError ? error.message : '')),
  ].find((words) => words !== '');
  return {
    pictures,
    missing: unread.length + errors.length,
    ...(awaited > 0 && { awaited }),
    ...(why !== undefined && { why }),
    usage: readUsage(answer.json, head),
  };
}

/** Downloads at the same time. */
const downloadsAtOnce = 4;

/** `Promise.allSettled`, with only a few of them under way at the same time. */
async function settleAll<Input, Output>(
  inputs: readonly Input[],
  work: (input: Input, index: number) => Promise<Output>,
): Promise<PromiseSettledResult<Output>[]> {
  const results: PromiseSettledResult<Output>[] = [];
  const waiting = inputs.entries();
  const workThrough = async () => {
    for (const [index, input] of waiting) {
      const [result] = await Promise.allSettled([work(input, index)]);
      results[index] = result;
    }
  };
  await Promise.all(Array.from({ length: downloadsAtOnce }, workThrough));
  return results;
}

/** What came of several calls: all their pictures, or the failure that cost most. */
export function joinResults(settled: readonly PromiseSettledResult<EditResult>[]): EditResult {
  const results = settled.flatMap((call) => (call.status === 'fulfilled' ? [call.value] : []));
  const [first, ...others] = results.flatMap(({ pictures }) => pictures);
  if (!first) {
    const errors = settled.flatMap((call): unknown[] =>
      call.status === 'rejected' ? [call.reason] : [],
    );
    const rank = (error: unknown) =>
      error instanceof EditError ? ranks[error.charge] + (mayCome(error) ? 0.5 : 0) : 3;
    throw errors.reduce((worst, error) => (rank(error) > rank(worst) ? error : worst));
  }
  const failed = settled.length - results.length;
  const awaited = settled.reduce(
    (sum, call) =>
      sum +
      (call.status === 'fulfilled' ? (call.value.awaited ?? 0) : mayCome(call.reason) ? 1 : 0),
    0,
  );
  const why = settled
    .map((call) =>
      call.status === 'fulfilled'
        ? call.value.why
        : call.reason instanceof EditError
          ? call.reason.message
          : undefined,
    )
    .find((words) => words !== undefined);
  return {
    pictures: [first, ...others],
    missing: results.reduce((sum, { missing }) => sum + missing, failed),
    ...(awaited > 0 && { awaited }),
    ...(why !== undefined && { why }),
    usage: {
      ...sum('totalTokens', results),
      // What the failed ones cost is not known.
      ...(failed === 0 && sum('cost', results)),
    },
  };
}

/** Whether what is behind a link did not come, and may come later. */
function mayCome(error: unknown): boolean {
  return error instanceof EditError && error.reason === 'download';
}

const ranks: Readonly<Record<Charge, number>> = { none: 0, unknown: 1, charged: 2 };

/** Only where every one of the calls says it. */
function sum(name: keyof Usage, results: readonly EditResult[]): Usage {
  const numbers = results.map(({ usage }) => usage[name]);
  if (numbers.includes(undefined)) return {};
  return { [name]: numbers.reduce<number>((total, number) => total + (number ?? 0), 0) };
}

function noPicture(answer: Answer, modelId: string, connection: Connection): EditError {
  const { json, isEmpty, decoded } = answer;
  const { baseUrl, apiKey } = connection;
  const { host } = new URL(baseUrl);
  if (isEmpty) {
    return new EditError(`${host} sent nothing: no picture and no reason. Try again later.`, {
      reason: 'badAnswer',
      charge: 'charged',
    });
  }
  if (json === undefined) {
    return new EditError(`${host} sent an answer that is cut off or no JSON.`, {
      reason: 'badAnswer',
      charge: 'charged',
    });
  }
  if (isRecord(json) && json['partial'] === true) {
    return new EditError(`${host} stopped before the picture was finished: only a part came.`, {
      reason: 'interrupted',
      charge: 'charged',
    });
  }
  // Some say what is wrong where others say that all went well.
  const told = readTold(json, false);
  const words =
    quoteWords(decoded.withoutMarks(readChatWords(json)), apiKey) ||
    (told ? toldInWords(told, answer, connection) : '');
  const stop = readStopReason(json);
  const filter = [stop ?? '', ...(told?.names ?? [])].find(isFilter);
  if (filter !== undefined || (told && isFiltered(told))) {
    const why = filter === undefined ? '' : ` (${quoteWords(filter, apiKey, 60)})`;
    return new EditError(
      [
        `${modelId} sent no picture: a content filter stopped it${why}.`,
        ...(words === '' ? [] : [asSentence(`It says: ${words}`)]),
        'Change the instruction and try again.',
      ].join(' '),
      { reason: 'moderation', charge: 'charged' },
    );
  }
  return new EditError(
    words
      ? asSentence(`${modelId} sent no picture. It says: ${words}`)
      : stop !== undefined
        ? `${modelId} sent no picture. Its reason to stop: ${quoteWords(stop, apiKey, 60)}. Say more plainly what to change, or choose another model.`
        : `${modelId} sent no picture and no reason. Say more plainly what to change, or choose another model.`,
    { reason: 'noPicture', charge: 'charged' },
  );
}
