// A session's id goes in; what its tab keeps for after a reload comes out, with the window that the tab is in. And back.
import type { Session } from './edit';
import { openJournal } from './keepEdit';
import type { Services } from './services';

/** Undefined where the session is not kept. */
export function restoreKey(services: Services, id: string | undefined): string | undefined {
  return id && `${id}@${openJournal(services)?.windowName ?? ''}`;
}

/** Of a panel that shows the session from the first moment. */
export function stateToReview({ services, id }: Pick<Session, 'services' | 'id'>) {
  const restore = restoreKey(services, id);
  return { phase: 'review', startedAt: Date.now(), rounds: [], restore } as const;
}

/** `window` is undefined where an earlier version of Retouch has kept it. */
export function readRestoreKey(key: string): { id: string; window: string | undefined } {
  const [id = '', window] = key.split('@');
  return { id, window: window === '' ? undefined : window };
}
