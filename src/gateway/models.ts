// Which models can edit images and which route each one speaks. Lists of models go in, the catalogue comes out.
import { EditError } from './errors';
import { isRecord } from './json';
import { ask, badAnswer } from './question';
import type { OwnCapabilities } from './capabilities';
import type { Connection } from './connection';

/** The endpoint that a model speaks, below the base URL. */
export type Route = 'images/edits' | 'chat/completions';

export const routes: readonly Route[] = ['images/edits', 'chat/completions'];

export interface Model {
  /** Exactly as the gateway lists it: `openai/gpt-image-2`. */
  readonly id: string;
  readonly route: Route;
  /** What the user says of it, over what `capabilitiesOf` knows. */
  readonly capabilities?: OwnCapabilities | undefined;
}

/** What Retouch knows without asking anyone. The first is the default of `retouch.model`. */
export const builtInModels: readonly Model[] = [
  { id: 'openai/gpt-image-2', route: 'images/edits' },
  { id: 'google/gemini-3.1-flash-image-preview', route: 'chat/completions' },
  { id: 'google/gemini-3-pro-image', route: 'chat/completions' },
];

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
  const add = (id: string, route: Route | undefined, capabilities?: OwnCapabilities) => {
    const known = familyRoute(id) ?? route;
    if (!known || (models.has(id) && !capabilities)) return;
    // What the user says of a built-in model leaves it in its place.
    models.set(id, { id, route: known, ...(capabilities && { capabilities }) });
  };
  for (const { id, route } of builtInModels) add(id, route);
  for (const { id, route, capabilities } of users) add(id, route, capabilities);
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
