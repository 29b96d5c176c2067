// Takes something that can be seen to happen; waits for it, and says what was seen instead where it does not.
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds: a machine with two cores and two busy loops beside the tests needs a third of it at most. */
const patience = 30_000;

/**
 * Looks again and again until there is something to be seen, and gives it.
 * @param what is waited for, as the failure names it: `no ${what}`
 * @param look gives undefined or false while it is not there
 * @param seen says what is there instead
 * @param within milliseconds
 * @throws after them
 */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
  seen: () => unknown = () => 'nothing',
  within = patience,
): Promise<Value> {
  for (const deadline = Date.now() + within; ;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) {
      const instead = seen();
      const words = typeof instead === 'string' ? instead : JSON.stringify(instead);
      throw new Error(`no ${what} within ${within / 1000} s; seen: ${words}`);
    }
    await delay(10);
  }
}
