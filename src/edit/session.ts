// A session goes in; which of its versions still wait for the user comes out, and the journal is told.
import type { Session } from './edit';
import type { Version } from './versions';

/**
 * Whether it is neither saved nor deleted, and nothing was made from it: what leads to another version is a step on
 * the way, which nobody has to save.
 */
export function isPending({ versions }: Pick<Session, 'versions'>, version: Version): boolean {
  if (version.isDeleted || version.savedAs.length > 0) return false;
  // A child that is in memory alone is none to rely on.
  return !versions.some(
    ({ parent, isDeleted, round }) => parent === version && !isDeleted && !round.kept.isLost,
  );
}

/** The one after `version`, round the end, or the first of all; undefined where none waits. */
export function nextPending(
  session: Pick<Session, 'versions'>,
  version?: Version,
): Version | undefined {
  const { versions } = session;
  const start = version ? versions.indexOf(version) : 0;
  return [...versions.slice(start), ...versions.slice(0, start)].find((one) =>
    isPending(session, one),
  );
}

export function countPending(session: Pick<Session, 'versions'>): number {
  return session.versions.filter((version) => isPending(session, version)).length;
}

/** Each round is over in the journal where nothing of it is waited for. */
export function settleRounds(session: Pick<Session, 'versions'>): void {
  const { versions } = session;
  for (const round of new Set(versions.map((version) => version.round))) {
    const its = versions.filter((version) => version.round === round);
    if (its.some((version) => isPending(session, version))) round.kept.reopen();
    else concludeRound(its);
  }
}

/** The user wants no more of it: nothing waits for them any longer. */
export function discard({ versions }: Pick<Session, 'versions'>): void {
  for (const round of new Set(versions.map((version) => version.round)))
    concludeRound(versions.filter((version) => version.round === round));
}

function concludeRound(versions: readonly Version[]): void {
  const someSaved = versions.some(({ savedAs }) => savedAs.length > 0);
  // Of one that was deleted as a whole the journal has nothing any more.
  if (versions.some(({ isDeleted }) => !isDeleted)) versions[0]?.round.kept.conclude(someSaved);
}
