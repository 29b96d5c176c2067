// A folder and what to save there go in, for a process that may be killed at any call to the disk, or that races others.
import { saveNewLocally } from '../../../../src/save/saveLocally';
import { saveOnce, type SaveKind } from './saveOnce';

export type Order =
  /** Dies at the call of that number, in the midst of it where it is a write. */
  | { readonly save: SaveKind; readonly killAt: number }
  /** Saves once beside each of so many originals. */
  | { readonly race: number };

const [folder = ''] = process.argv.slice(2);

async function race(rounds: number): Promise<string[]> {
  const saved: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const candidates = Array.from({ length: 50 }, (_, number) => `${round}-${number}.png`);
    // Its own bytes, so that each file tells whose it is.
    const mine = Buffer.from(`${process.pid} ${round}`);
    saved.push(await saveNewLocally(folder, candidates, mine));
  }
  return saved;
}

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

process.on('message', (order: Order) => {
  void (async () => {
    if ('race' in order) process.send?.(await race(order.race));
    else await saveOnce(folder, order.save, order.killAt, die);
    process.disconnect();
  })();
});
process.send?.('ready');
