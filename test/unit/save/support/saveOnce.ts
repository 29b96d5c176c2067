// A folder and one way of saving go in; the same picture is saved there in that way, on a disk that stops at a call.
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { replaceLocally, saveAtLocally, saveNewLocally } from '../../../../src/save/saveLocally';
import { FailingDisk } from '../../../support/failingDisk';

export const saveKinds = [
  'new',
  'new without links',
  'over',
  'at a free name',
  'at a taken name',
] as const;

export type SaveKind = (typeof saveKinds)[number];

export const token = 'killed00';
export const bytes = Buffer.alloc(300_000, 'edited');
const names = ['photo.edited.png', 'photo.edited-2.png'];

/**
 * @param stopAt the number of the call that is never made, or made by half where it is a write
 * @param stop ends everything, or never comes back
 */
export async function saveOnce(
  folder: string,
  kind: SaveKind,
  stopAt: number,
  stop: (disk: FailingDisk) => Promise<never>,
): Promise<void> {
  const disk: FailingDisk = new FailingDisk((call) => {
    if (call.number === stopAt) {
      if (call.name === 'writeFile') writeFileSync(call.path, bytes.subarray(0, 150_000));
      return stop(disk);
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
