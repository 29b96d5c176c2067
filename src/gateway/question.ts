// A path below the base URL goes in; the JSON object that the gateway answers with comes out. Costs nothing.
import { readAnswer } from './answerReader';
import { authorization, type Connection } from './connection';
import { EditError } from './errors';
import { isRecord } from './json';
import { readRefusal } from './refusal';
import { send } from './transport';

/** Milliseconds that a list of models or a balance may take: small answers, which nobody waits long for. */
const questionTimeout = 15_000;

/** Bytes of a list of models or a balance: the longest real list is well below 1 MB. */
const questionLimit = 8 * 1024 * 1024;

/** @throws EditError when the gateway cannot be asked, or the signal's reason once it is aborted */
export async function ask(
  path: 'models' | 'balance',
  connection: Connection,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  const response = await send({
    method: 'GET',
    url: new URL(`${connection.baseUrl}/${path}`),
    headers: connection.apiKey ? authorization(connection) : {},
    timeout: questionTimeout,
    network: connection.network,
    billable: false,
    limit: questionLimit,
    signal,
  });
  const answer = readAnswer(response.body);
  const refusal = readRefusal(response, answer, connection, false);
  if (refusal) throw refusal;
  if (!isRecord(answer.json)) throw badAnswer(path, connection);
  return answer.json;
}

export function badAnswer(path: string, { baseUrl }: Connection): EditError {
  return new EditError(
    `${new URL(baseUrl).host} does not answer /${path} as expected. Check retouch.baseUrl.`,
    {
      reason: 'badAnswer',
      charge: 'none',
    },
  );
}
