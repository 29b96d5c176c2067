// Takes how a batch stands; gives it in words.
import type { BatchRow, BatchState } from '../compare/batchProtocol';

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
