// What a key has spent before and after an edit goes in; what the edit cost comes out, where that is sure.
import type { Spent } from './balance';
import type { Connection } from './connection';
import type { Charge } from './errors';
import type { EditResult } from './requestEdit';

/** `fetchSpent`, handed in: activation builds the meter, and loads no HTTP code for it. */
export type AskSpent = (connection: Connection, signal: AbortSignal) => Promise<Spent | undefined>;

/**
 * Milliseconds for which an edit without a result may still be charged: gateways were seen to go on for so long.
 * @see https://github.com/QuantumNous/new-api/issues/7231
 */
const lateCharge = 20 * 60 * 1000;

/** Milliseconds after which what the key had spent is too old: others may use the key as well. */
const maximumAge = 2 * 60 * 1000;

/** One for each window, since it must know of every edit that the window sends. */
export class CostMeter {
  /** Base URLs without a balance, or whose balance says nothing of the key. */
  private readonly without = new Set<string>();
  /** Base URLs whose last answer told the cost: nothing has to be asked. */
  private readonly telling = new Set<string>();
  private underWay = 0;
  /** How often an edit has begun or ended. */
  private changes = 0;
  /** Until when an edit without a result may be charged, in milliseconds since the epoch. */
  private unsettledUntil = 0;

  /** @param now milliseconds since the epoch */
  constructor(private readonly now: () => number = Date.now) {}

  /**
   * Asks in the background what the key has spent so far. Called a moment before the edit is sent: an answer that
   * comes later may have some of the edit in it, and is of no use.
   * @param askSpent undefined where it is too late for that
   */
  look(connection: Connection, askSpent: AskSpent | undefined): CostOfEdit {
    const cancelled = new AbortController();
    const ask = () => this.ask(connection, askSpent, cancelled.signal);
    const askedAt = this.now();
    const changes = this.changes;
    const quiet = this.underWay === 0 && askedAt >= this.unsettledUntil;
    let before: Spent | undefined;
    let state: 'looking' | 'sent' | 'over' = 'looking';
    let begun = 0;
    if (quiet && !this.telling.has(connection.baseUrl)) {
      void ask().then((token) => {
        if (state === 'looking') before = token;
      });
    }
    const end = () => {
      if (state === 'sent') {
        this.underWay--;
        this.changes++;
      }
      state = 'over';
    };
    return {
      begin: () => {
        state = 'sent';
        this.underWay++;
        begun = ++this.changes;
        if (begun !== changes + 1 || this.now() - askedAt > maximumAge) before = undefined;
      },
      settle: async ({ usage, missing }) => {
        try {
          if (usage.cost !== undefined) {
            this.telling.add(connection.baseUrl);
            return usage.cost;
          }
          this.telling.delete(connection.baseUrl);
          // What the calls cost that failed may be charged later.
          if (missing > 0) this.unsettledUntil = this.now() + lateCharge;
          if (before === undefined || missing > 0) return undefined;
          const after = await ask();
          return this.changes === begun ? difference(before, after) : undefined;
        } finally {
          cancelled.abort();
          end();
        }
      },
      giveUp: (charge) => {
        cancelled.abort();
        if (state === 'sent' && charge !== 'none') this.unsettledUntil = this.now() + lateCharge;
        end();
      },
    };
  }

  /** Undefined where the balance cannot be had; remembered where it never will. Never rejects. */
  private async ask(
    connection: Connection,
    askSpent: AskSpent | undefined,
    signal: AbortSignal,
  ): Promise<Spent | undefined> {
    if (!askSpent || this.without.has(connection.baseUrl)) return undefined;
    try {
      const spent = await askSpent(connection, signal);
      if (!spent) this.without.add(connection.baseUrl);
      return spent;
    } catch {
      return undefined;
    }
  }
}

/** The cost of one edit, from the moment before it is sent. `settle` or `giveUp` ends it. */
export interface CostOfEdit {
  /** The edit is sent now. */
  begin(): void;
  /**
   * The answer is here: what the gateway says it cost, else what the key has spent meanwhile, where nothing
   * else can be in it. Never rejects.
   * @returns US dollars for all that was asked; undefined where it is not sure
   */
  settle(result: Pick<EditResult, 'usage' | 'missing'>): Promise<number | undefined>;
  /** There will be no result: what is being asked is cancelled. */
  giveUp(charge: Charge): void;
}

function difference(before: Spent, after: Spent | undefined): number | undefined {
  if (!after || before.id !== after.id) return undefined;
  // Floating point adds dust far below the gateway's own unit, which is $0.000002.
  const dollars = Number((after.usedDollars - before.usedDollars).toFixed(6));
  return dollars > 0 ? dollars : undefined;
}
