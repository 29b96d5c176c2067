// A connection goes in; what the gateway says of the account and of the key comes out.
import type { Connection } from './connection';
import { EditError } from './errors';
import { isRecord } from './json';
import { ask } from './question';

/** What `GET {base}/balance` says, as far as it says it. */
export interface Balance {
  /** In `currency`. */
  readonly balance?: number;
  readonly used?: number;
  /** ISO 4217, usually USD. */
  readonly currency: string;
  /** Of the key that asked. */
  readonly token?: TokenBalance;
}

export interface TokenBalance {
  readonly id?: string;
  /** US dollars that the key has spent so far. */
  readonly usedDollars?: number;
  /** What the key may still spend, in `currency`; absent where it has no limit of its own. */
  readonly remaining?: number;
  /** The models that the key is limited to; absent where it may use all. */
  readonly models?: readonly string[];
  /** Milliseconds since the epoch; absent where the key does not end. */
  readonly expiresAt?: number;
}

/** What a key has spent in its life. */
export interface Spent {
  readonly id: string | undefined;
  readonly usedDollars: number;
}

/** One dollar in the unit that these gateways count in, whatever the currency they show. */
const quotaPerDollar = 500_000;

/**
 * Asks the gateway for the account's balance (`GET {base}/balance`).
 * @throws EditError when it cannot be asked, or the signal's reason once it is aborted
 */
export async function fetchBalance(connection: Connection, signal?: AbortSignal): Promise<Balance> {
  const { balance, used, currency, token } = await ask('balance', connection, signal);
  const known = typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? currency : 'USD';
  return {
    ...(typeof balance === 'number' && { balance }),
    ...(typeof used === 'number' && { used }),
    currency: known,
    ...(isRecord(token) && { token: readToken(token, known) }),
  };
}

/**
 * Asks what the key has spent so far.
 * @returns undefined where the gateway does not say that to anyone
 * @throws EditError when it cannot be asked now, or the signal's reason once it is aborted
 */
export async function fetchSpent(
  connection: Connection,
  signal: AbortSignal,
): Promise<Spent | undefined> {
  try {
    const { token: { id, usedDollars } = {} } = await fetchBalance(connection, signal);
    return usedDollars === undefined ? undefined : { id, usedDollars };
  } catch (error) {
    const never = error instanceof EditError && ['notFound', 'badAnswer'].includes(error.reason);
    if (never) return undefined;
    throw error;
  }
}

function readToken(token: Record<string, unknown>, currency: string): TokenBalance {
  const { id, used, used_quota, remaining, unlimited_quota, expires_at } = token;
  const { model_limits_enabled, model_limits } = token;
  // The quota is whole numbers, and not rounded for people.
  const usedDollars =
    typeof used_quota === 'number'
      ? used_quota / quotaPerDollar
      : currency === 'USD'
        ? used
        : undefined;
  return {
    ...((typeof id === 'string' || typeof id === 'number') && { id: String(id) }),
    ...(typeof usedDollars === 'number' && { usedDollars }),
    ...(typeof remaining === 'number' && unlimited_quota !== true && { remaining }),
    ...(model_limits_enabled === true && { models: readModels(model_limits) }),
    ...(typeof expires_at === 'number' && expires_at > 0 && { expiresAt: expires_at * 1000 }),
  };
}

/** A list of ids, or an object with the ids as its names. */
function readModels(limits: unknown): string[] {
  const ids: unknown[] = Array.isArray(limits)
    ? limits
    : isRecord(limits)
      ? Object.keys(limits).filter((id) => limits[id] !== false)
      : [];
  return ids.filter((id) => typeof id === 'string');
}
