// Sessions of which something could not be kept on disk: what is in memory is all that there is of it, and it stays here until
// nothing of it waits for the user.
import type { Session } from './edit';
import { countPending } from './session';

const sessions = new Map<string, Session>();

/** Where all of it is on disk nothing happens. */
export function keepLost(session: Session): void {
  const { id, versions } = session;
  if (id !== undefined && versions.some(({ round }) => round.kept.isLost))
    sessions.set(id, session);
}

/** @param id of the session; undefined where it is on disk, or over */
export function lostSession(id: string): Session | undefined {
  const session = sessions.get(id);
  if (session && countPending(session) === 0) sessions.delete(id);
  return sessions.get(id);
}
