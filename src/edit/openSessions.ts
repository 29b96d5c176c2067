// The sessions that this window shows, by their ids: what comes later joins the one that is here.
import type { Session } from './edit';

const sessions = new Map<string, Session>();

/** @returns ends it */
export function rememberSession(session: Session): { dispose(): void } {
  const { id } = session;
  if (id !== undefined) sessions.set(id, session);
  return {
    dispose: () => {
      if (id !== undefined && sessions.get(id) === session) sessions.delete(id);
    },
  };
}

export function openSession(id: string): Session | undefined {
  return sessions.get(id);
}
