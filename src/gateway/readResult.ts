// One whole answer goes in; the edited pictures in it come out, or the reason why there are none. Whether it has just come
// or was kept on disk makes no difference.
import { looseObject, nullish, number, safeParse } from 'valibot';
import { readPicture, type OpenLink } from './answer';
import type { Answer } from './answerReader';
import { readChatAnswer, readChatWords } from './chatCompletions';
import type { Connection } from './connection';
import { EditError, type Charge } from './errors';
import { readImagesAnswer } from './imagesEdits';
import { isRecord } from './json';
import { readRefusal } from './refusal';
import type { EditRequest, EditResult, Usage } from './requestEdit';
import type { HttpHead } from './transport';
import { asSentence, quoteWords } from './words';

/** An answer with its head, and the refusal where it is one. */
export interface Reply {
  readonly head: HttpHead;
  readonly answer: Answer;
  readonly refusal: EditError | undefined;
}

export function readReply(head: HttpHead, answer: Answer, connection: Connection): Reply {
  return { head, answer, refusal: readRefusal(head, answer, connection, true) };
}

/** How many calls an edit takes: models of `chat/completions` make one picture for each. */
export function countCalls({ model, options }: Pick<EditRequest, 'model' | 'options'>): number {
  return model.route === 'chat/completions' ? Number(options?.n ?? 1) : 1;
}

/** @throws EditError, or the signal's reason once it is aborted */
export async function readResult(
  { answer, refusal }: Reply,
  { model }: Pick<EditRequest, 'model'>,
  connection: Connection,
  signal: AbortSignal,
  openLink: OpenLink,
): Promise<EditResult> {
  if (refusal) throw refusal;
  const found =
    model.route === 'chat/completions'
      ? readChatAnswer(answer.json)
      : readImagesAnswer(answer.json);
  if (found.length === 0) throw noPicture(answer, model.id, connection);
  const read = await settleAll(found, (picture, index) =>
    readPicture(picture, index, answer.decoded, openLink),
  );
  signal.throwIfAborted();
  const [first, ...others] = read.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  // One that cannot be read costs none of the others.
  if (!first) throw read.find((result) => result.status === 'rejected')?.reason;
  const pictures = [first, ...others] as const;
  return { pictures, missing: read.length - pictures.length, usage: readUsage(answer.json) };
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
    const rank = (error: unknown) => (error instanceof EditError ? ranks[error.charge] : 3);
    throw errors.reduce((worst, error) => (rank(error) > rank(worst) ? error : worst));
  }
  const failed = settled.length - results.length;
  return {
    pictures: [first, ...others],
    missing: results.reduce((sum, { missing }) => sum + missing, failed),
    usage: {
      ...sum('totalTokens', results),
      // What the failed ones cost is not known.
      ...(failed === 0 && sum('cost', results)),
    },
  };
}

const ranks: Readonly<Record<Charge, number>> = { none: 0, unknown: 1, charged: 2 };

/** Only where every one of the calls says it. */
function sum(name: keyof Usage, results: readonly EditResult[]): Usage {
  const numbers = results.map(({ usage }) => usage[name]);
  if (numbers.includes(undefined)) return {};
  return { [name]: numbers.reduce<number>((total, number) => total + (number ?? 0), 0) };
}

function noPicture(
  { json, decoded }: Answer,
  modelId: string,
  { baseUrl, apiKey }: Connection,
): EditError {
  const { host } = new URL(baseUrl);
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
  const words = quoteWords(decoded.withoutMarks(readChatWords(json)), apiKey);
  return new EditError(
    words
      ? asSentence(`${modelId} sent no picture. It says: ${words}`)
      : `${modelId} sent no picture and no reason. Say more plainly what to change, or choose another model.`,
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
