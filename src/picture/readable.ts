// The bytes of a picture go in; whether all of its pixels can be read comes out. Few of them are in memory at a time.
import type { Readable, ReadableJob } from './jobs';
import { openPicture } from './open';
import type { Task } from './task';
import { checkWanted } from './wanted';

/** A picture that was cut is drawn grey from there by most programs: here it counts as unreadable. */
export function readable(task: Task, { encoded }: ReadableJob): Readable {
  const { format, bytes } = encoded;
  // libtiff counts what is lacking as an error alone.
  const failOn = format === 'TIFF' ? 'error' : 'truncated';
  const isReadable =
    readAll(task, encoded, failOn) !== undefined ||
    (format === 'JPEG' && lacksItsEndAlone(task, bytes));
  return { isReadable };
}

/** How a JPEG ends, and how its pixels begin. */
const endOfImage = [0xff, 0xd9];
const startOfScan = Uint8Array.of(0xff, 0xda);

/** Bytes that stand for pixels, each time for others. */
const paddings = [0x55, 0xa6];

/**
 * Some programs leave out the two bytes of the end, which nobody misses. Whatever stands in their place is not read then;
 * where pixels are lacking, it is taken for these. Of a picture in several scans nobody can tell whether one is lacking.
 */
function lacksItsEndAlone(task: Task, bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.indexOf(startOfScan) !== file.lastIndexOf(startOfScan)) return false;
  const data = file.at(-1) === endOfImage[0] ? file.subarray(0, -1) : file;
  const [one, other] = paddings.map((padding) => {
    const end = Buffer.from([...Array<number>(256).fill(padding), ...endOfImage]);
    return readAll(task, { bytes: Buffer.concat([data, end]), format: 'JPEG' }, 'none');
  });
  return one !== undefined && one === other;
}

/** The mean of all its numbers; undefined where they cannot be read. */
function readAll(
  task: Task,
  encoded: ReadableJob['encoded'],
  failOn: 'none' | 'truncated' | 'error',
): number | undefined {
  try {
    return task.watch(openPicture(task, encoded, false, failOn)).avg();
  } catch {
    checkWanted();
    return undefined;
  }
}
