// Which models can edit images and which route each one speaks. Lists of models go in, the catalogue comes out.
import { readRefusal } from './refusal';
import { send } from './transport';
import { EditError } from './errors';
import { isRecord } from './json';
import { parseAnswer } from './parseAnswer';
import type { Connection } from './connection';

/** The endpoint that a model speaks, below the base URL. */
export type Route = 'images/edits' | 'chat/completions';

export const routes: readonly Route[] = ['images/edits', 'chat/completions'];

export interface Model {
  /** Exactly as the gateway lists it: `openai/gpt-image-2`. */
  readonly id: string;
  readonly route: Route;
}

/** What Retouch knows without asking anyone. The first is the default of `retouch.model`. */
export const builtInModels: readonly Model[] = [
  { id: 'openai/gpt-image-2', route: 'images/edits' },
  { id: 'google/gemini-3.1-flash-image-preview', route: 'chat/completions' },
  { id: 'google/gemini-3-pro-image', route: 'chat/completions' },
];

/** Milliseconds that a list of models or a balance may take: small answers, which nobody waits long for. */
const questionTimeout = 15_000;

/** Bytes of a list of models or a balance: the longest real list is well below 1 MB. */
const questionLimit = 8 * 1024 * 1024;

/**
 * The route that a model's family fixes, whatever anyone's settings say: GPT Image models never
 * go to chat, Gemini image models never to `images/edits`. Undefined for other families.
 */
export function familyRoute(id: string): Route | undefined {
  if (/gpt-image/i.test(id)) return 'images/edits';
  if (/gemini.*image/i.test(id)) return 'chat/completions';
  return undefined;
}

/** One row for each model: the built-in ones first, then the user's, then what the gateway offers. */
export function catalogue(users: readonly Model[], offered: readonly string[]): readonly Model[] {
  const models = new Map<string, Model>();
  const add = (id: string, route: Route | undefined) => {
    const known = familyRoute(id) ?? route;
    if (known && !models.has(id)) models.set(id, { id, route: known });
  };
  for (const { id, route } of builtInModels) add(id, route);
  for (const { id, route } of users) add(id, route);
  for (const id of offered) add(id, undefined);
  return [...models.values()];
}

/** The last line of defence before anything is sent. @throws EditError (`model`, nothing charged) */
export function checkRoute({ id, route }: Model): void {
  const family = familyRoute(id);
  if (family !== undefined && family !== route) {
    throw new EditError(`${id} cannot be reached through ${route}, only through ${family}.`, {
      reason: 'model',
      charge: 'none',
    });
  }
}

/**
 * Asks the gateway which models it has (`GET {base}/models`).
 * @returns the ids of those whose family can edit images
 * @throws EditError when the gateway cannot be asked or does not answer with a list
 */
export async function fetchOfferedModels(connection: Connection): Promise<string[]> {
  const { data } = await ask('models', connection);
  if (!Array.isArray(data)) throw badAnswer('models', connection);
  return data
    .map((model: unknown) => (isRecord(model) ? model['id'] : undefined))
    .filter((id): id is string => typeof id === 'string' && familyRoute(id) !== undefined);
}

/** What `GET {base}/balance` says, as far as it says it. */
export interface Balance {
  /** In `currency`. */
  readonly balance?: number;
  readonly used?: number;
  /** ISO 4217, usually USD. */
  readonly currency: string;
}

/** Asks the gateway for the account's balance. @throws EditError when it cannot be asked */
export async function fetchBalance(connection: Connection): Promise<Balance> {
  const { balance, used, currency } = await ask('balance', connection);
  return {
    ...(typeof balance === 'number' && { balance }),
    ...(typeof used === 'number' && { used }),
    currency: typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? currency : 'USD',
  };
}

async function ask(path: string, connection: Connection): Promise<Record<string, unknown>> {
  const response = await send({
    method: 'GET',
    url: new URL(`${connection.baseUrl}/${path}`),
    headers: connection.apiKey ? { authorization: `Bearer ${connection.apiKey}` } : {},
    timeout: questionTimeout,
    billable: false,
    limit: questionLimit,
  });
  const refusal = readRefusal(response, connection, false);
  if (refusal) throw refusal;
  const answer = parseAnswer(response.body);
  if (!isRecord(answer)) throw badAnswer(path, connection);
  return answer;
}

function badAnswer(path: string, { baseUrl }: Connection): EditError {
  return new EditError(
    `${new URL(baseUrl).host} does not answer /${path} as expected. Check retouch.baseUrl.`,
    {
      reason: 'badAnswer',
      charge: 'none',
    },
  );
}
