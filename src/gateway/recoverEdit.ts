// The raw bytes of an edit's answers, as they were kept on disk, go in; the result that its caller got, or would have
// got, comes out. Nothing is sent to the gateway.
import { openPictureLink } from './answer';
import { answerLimits } from './answerLimits';
import { AnswerReader } from './answerReader';
import type { Connection } from './connection';
import { checkLink } from './download';
import { EditError } from './errors';
import { countCalls, joinResults, readReply, readResult } from './readResult';
import type { EditRequest, EditResult } from './requestEdit';
import type { HttpHead } from './transport';
import { bodyLength, unpack } from './unpack';

/** One answer that was kept. */
export interface KeptAnswer extends HttpHead {
  /** Which of the edit's calls it answers, from 0. */
  readonly call: number;
  /** The body as it came, from its beginning. */
  readonly read: () => AsyncIterable<Buffer>;
  /** What was behind the link of the picture of this number, from 0; undefined where that was not kept. */
  readonly readPicture: (index: number) => Promise<Uint8Array | undefined>;
  /** Keeps what was behind that link, now that it has come. */
  readonly keepPicture: (index: number, bytes: Uint8Array) => Promise<void>;
  /**
   * How many pictures of the edit, this one included, have come by now after the first of them were read; 0 where it came
   * with these. Those that are known keep their numbers by that.
   */
  readonly arrival: (index: number) => number;
}

export interface RecoveryContext {
  /** As the edit was sent: messages name its gateway. */
  readonly connection: Connection;
  readonly signal: AbortSignal;
  /** Whether links are opened whose pictures were not kept. */
  readonly openLinks: boolean;
}

/**
 * @param answers in the order in which they began
 * @throws EditError as `requestEdit` would, the file system's own error, or the signal's reason
 */
export async function recoverEdit(
  edit: Pick<EditRequest, 'model' | 'options'>,
  answers: readonly KeptAnswer[],
  context: RecoveryContext,
): Promise<EditResult> {
  const calls = Array.from({ length: countCalls(edit) }, (_, call) =>
    // What came before was a refusal, and the call was made again.
    answers.findLast((answer) => answer.call === call),
  );
  const arrivals = new Map<Uint8Array, number>();
  const results = await Promise.allSettled(
    calls.map((answer) => recoverCall(edit, answer, context, arrivals)),
  );
  context.signal.throwIfAborted();
  const result = joinResults(results);
  const [first, ...others] = result.pictures.toSorted(
    (one, other) => (arrivals.get(one) ?? 0) - (arrivals.get(other) ?? 0),
  );
  return { ...result, pictures: [first!, ...others] };
}

async function recoverCall(
  edit: Pick<EditRequest, 'model'>,
  answer: KeptAnswer | undefined,
  { connection, signal, openLinks }: RecoveryContext,
  arrivals: Map<Uint8Array, number>,
): Promise<EditResult> {
  const { host } = new URL(connection.baseUrl);
  if (!answer) {
    throw new EditError(`No answer of ${host} was kept.`, {
      reason: 'interrupted',
      charge: 'unknown',
    });
  }
  const { status, headers } = answer;
  const head = { status, headers };
  const reader = new AnswerReader(host, bodyLength(head));
  const unpacker = unpack(head, (chunk) => reader.write(chunk), {
    limit: answerLimits.answer,
    host,
    charge: 'charged',
  });
  for await (const chunk of answer.read()) {
    signal.throwIfAborted();
    await unpacker.write(chunk);
  }
  await unpacker.end();
  const reply = readReply(head, reader.end(), connection);
  return readResult(reply, edit, connection, signal, async (link, index) => {
    const kept = await answer.readPicture(index);
    const bytes = kept ?? (openLinks && (await openPictureLink(link, { connection, signal })));
    if (bytes) {
      if (!kept) await answer.keepPicture(index, bytes);
      arrivals.set(bytes, answer.arrival(index));
      return bytes;
    }
    checkLink(link, { connection, what: 'The edited picture', charge: 'charged' });
    throw new EditError('The edited picture is behind a link and was not kept.', {
      reason: 'download',
      charge: 'charged',
    });
  });
}
