// Takes how a batch stands; gives it in words.
import type { BatchRow, BatchState, FoundNow } from '../compare/batchProtocol';
import { foundInWords } from '../compare/foundInWords';

const states: Readonly<Record<BatchRow['state'], string>> = {
  waiting: 'Waiting',
  editing: 'Editing…',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  saved: 'Saved',
  discarded: 'Discarded',
};

export function rowStateInWords(state: BatchRow['state']): string {
  return states[state];
}

/** The extension host has ended, or Retouch has been disabled in it. What was sent is in the journal by then. */
export const batchSilence =
  'Retouch does not answer. What was sent is kept: once it runs again, Show Edits… has it.';

/** `Paused · 5 of 12 done, 1 failed · $0.0600`. */
export function batchInWords({ rows, isPaused, cost }: BatchState): string {
  const count = (...wanted: BatchRow['state'][]) =>
    rows.filter(({ state }) => wanted.includes(state)).length;
  const [failed, cancelled] = [count('failed'), count('cancelled')];
  const done = [
    `${count('done', 'saved', 'discarded')} of ${rows.length} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
  ].join(', ');
  return [...(isPaused ? ['Paused'] : []), done, ...(cost === undefined ? [] : [cost])].join(' · ');
}

/** What changed, as the row says it; nothing while it waits to be compared. */
export function rowFoundInWords(found: FoundNow | undefined): string {
  if (found === undefined) return '';
  if (found === 'comparing') return 'comparing…';
  return found === 'failed' ? 'could not be compared' : foundInWords(found);
}

/** Whether there is no more to be known of it. */
export function isCompared(found: FoundNow | undefined): boolean {
  return found !== undefined && found !== 'comparing';
}

/** Of all that were compared, in the order in which they are named. */
const kinds = {
  changed: 'changed',
  coloured: 'with another overall colour only',
  minor: 'with minor differences only',
  redrawn: 'redrawn as a whole',
  same: 'with no change',
  failed: 'could not be compared',
} as const;

type Kind = keyof typeof kinds;

function kindOf({ found }: BatchRow): Kind | undefined {
  if (found === undefined || found === 'comparing') return undefined;
  if (found === 'failed') return 'failed';
  if (found.redrawn) return 'redrawn';
  if (found.listed > 0) return 'changed';
  if (found.overall !== undefined) return 'coloured';
  return found.minor > 0 ? 'minor' : 'same';
}

function countKinds(rows: readonly BatchRow[]): Map<Kind, number> {
  const counts = new Map<Kind, number>();
  for (const kind of rows.map(kindOf)) {
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** `36 changed, 2 redrawn as a whole, 2 with no change`; nothing while none is compared. */
export function foundOfAllInWords({ rows }: BatchState): string {
  const counts = countKinds(rows);
  return (Object.keys(kinds) as Kind[])
    .flatMap((kind) => (counts.has(kind) ? [`${counts.get(kind)} ${kinds[kind]}`] : []))
    .join(', ');
}

/** The numbers of the rows that came out otherwise than most: of those that are worth a look first. */
export function unlikeMost({ rows }: BatchState): ReadonlySet<number> {
  const counts = countKinds(rows);
  const compared = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const [most] = [...counts].find(([, count]) => 2 * count > compared) ?? [];
  // Of two there is no crowd to be unlike.
  if (most === undefined || compared < 3) return new Set();
  return new Set(
    rows.flatMap((row, at) => {
      const kind = kindOf(row);
      return kind === undefined || kind === most ? [] : [at];
    }),
  );
}
