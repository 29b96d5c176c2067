// A folder and what to save there go in, for a process that may be killed at any call to the disk, or that races others.
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { replaceLocally, saveAtLocally, saveNewLocally } from '../../../../src/save/saveLocally';
import { FailingDisk } from './failingDisk';

export type Order =
  /** Dies at the call of that number, in the midst of it where it is a write. */
  | { readonly save: SaveKind; readonly killAt: number }
  /** Saves once beside each of so many originals. */
  | { readonly race: number };

export type SaveKind = 'new' | 'new without links' | 'over' | 'at a free name' | 'at a taken name';

const token = 'killed00';
const bytes = Buffer.alloc(300_000, 'edited');
const names = ['photo.edited.png', 'photo.edited-2.png'];

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

async function saveAndDie(kind: SaveKind, killAt: number): Promise<void> {
  const disk = new FailingDisk((call) => {
    if (call.number === killAt) {
      if (call.name === 'writeFile') writeFileSync(call.path, bytes.subarray(0, 150_000));
      process.kill(process.pid, 'SIGKILL');
    }
    return call.name === 'link' && kind === 'new without links' ? 'EPERM' : undefined;
  });
  const original = join(folder, 'photo.jpg');
  const [taken = '', free = ''] = names.map((name) => join(folder, name));
  const keep = () => Promise.resolve();
  switch (kind) {
    case 'new':
    case 'new without links':
      await saveNewLocally(folder, names, bytes, disk, token);
      break;
    case 'over':
      await replaceLocally(folder, basename(taken), bytes, keep, disk, token);
      break;
    case 'at a free name':
      await saveAtLocally(free, bytes, original, disk, token);
      break;
    case 'at a taken name':
      await saveAtLocally(taken, bytes, original, disk, token);
      break;
  }
}

process.on('message', (order: Order) => {
  void (async () => {
    if ('race' in order) process.send?.(await race(order.race));
    else await saveAndDie(order.save, order.killAt);
    process.disconnect();
  })();
});
process.send?.('ready');
