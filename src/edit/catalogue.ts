// Which models to offer: the built-in ones, the user's, and those the gateway was last seen to have.
import type { Connection } from '../gateway/connection';
import {
  catalogue,
  familyRoute,
  fetchOfferedModels,
  type Model,
  type Route,
} from '../gateway/models';
import type { Services } from './services';
import type { Settings } from './settings';

/** Milliseconds after which the gateway is asked again, in the background. */
const maximumAge = 24 * 60 * 60 * 1000;

/** A model in the list; without a route until the user has been asked for it. */
export interface ListedModel {
  readonly id: string;
  readonly route: Route | undefined;
  /** See `Model`. */
  readonly capabilities?: Model['capabilities'];
}

interface Offered {
  readonly ids: readonly string[];
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
}

/** Every model that can be chosen now, without asking anyone. */
export function listModels({ context }: Services, settings: Settings): readonly ListedModel[] {
  const told = context.globalState.get<Record<string, Route>>('routes', {});
  const offered =
    readOffered(context.globalState.get('offeredModels'), settings.baseUrl)?.ids ?? [];
  const models: ListedModel[] = [...catalogue(settings.models, offered)];
  if (settings.model !== '' && !models.some(({ id }) => id === settings.model)) {
    const route = familyRoute(settings.model) ?? told[settings.model];
    models.unshift({ id: settings.model, route });
  }
  return models;
}

/** Keeps what the user said about a model whose route nobody knows. */
export async function rememberRoute({ context }: Services, { id, route }: Model): Promise<void> {
  const told = context.globalState.get<Record<string, Route>>('routes', {});
  if (familyRoute(id) === undefined)
    await context.globalState.update('routes', { ...told, [id]: route });
}

/**
 * Asks the gateway and keeps the answer.
 * @returns how many of its models can edit images
 * @throws EditError when the gateway cannot be asked
 */
export async function refreshOffered(services: Services, connection: Connection): Promise<number> {
  const ids = await fetchOfferedModels(connection);
  const { globalState } = services.context;
  const all = globalState.get<Record<string, Offered>>('offeredModels', {});
  await globalState.update('offeredModels', {
    ...all,
    [connection.baseUrl]: { ids, askedAt: Date.now() },
  });
  return ids.length;
}

/** As `refreshOffered`, once a day and in silence: a gateway that cannot be asked never blocks an edit. */
export async function refreshOfferedWhenOld(
  services: Services,
  connection: Connection,
): Promise<void> {
  const known = readOffered(services.context.globalState.get('offeredModels'), connection.baseUrl);
  if (known && Date.now() - known.askedAt < maximumAge) return;
  try {
    const count = await refreshOffered(services, connection);
    services.log.info(`${connection.baseUrl}/models: ${count} models can edit images`);
  } catch (error) {
    services.log.info(`${connection.baseUrl}/models could not be asked: ${String(error)}`);
  }
}

/** What an older or newer Retouch kept may look different. */
function readOffered(kept: unknown, baseUrl: string): Offered | undefined {
  const offered = (kept as Record<string, Partial<Offered>> | undefined)?.[baseUrl];
  return Array.isArray(offered?.ids) && typeof offered.askedAt === 'number'
    ? { ids: offered.ids.filter((id) => typeof id === 'string'), askedAt: offered.askedAt }
    : undefined;
}
