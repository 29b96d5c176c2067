// Which changes the user does not want goes in, with what they chose since or with other changes; which ones they do not want
// now comes out.
import type { Adjustment } from '../compare/comparePanel';
import type { Changes } from '../picture/changes';

/** @returns ids of changes */
export function changeRejected(
  rejected: ReadonlySet<number>,
  changes: Changes | undefined,
  { changes: indices, kept }: Extract<Adjustment, { type: 'keep' }>,
): ReadonlySet<number> {
  const now = new Set(rejected);
  for (const index of indices) {
    const change = changes?.changes[index];
    if (!change) continue;
    if (kept) now.delete(change.id);
    else now.add(change.id);
  }
  return now;
}

/** Which of the changes of now lie mostly where those lay that were rejected. Both are of the same original. */
export function carryOver(
  before: Changes,
  rejected: ReadonlySet<number>,
  now: Changes,
): ReadonlySet<number> {
  if (rejected.size === 0) return rejected;
  const votes = new Map<number, number>();
  now.labels.forEach((id, cell) => {
    const was = before.labels[cell]!;
    if (id === 0 || was === 0) return;
    votes.set(id, (votes.get(id) ?? 0) + (rejected.has(was) ? 1 : -1));
  });
  return new Set([...votes].filter(([, vote]) => vote > 0).map(([id]) => id));
}
