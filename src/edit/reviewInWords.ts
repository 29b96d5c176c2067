// A session goes in; what the user is told of its pictures once its panel is gone comes out.
import type { Session } from './edit';
import { countPending } from './session';

type Reviewed = Pick<Session, 'fileName' | 'versions'>;

/** Its panel was closed meanwhile. */
export function readyInWords(session: Reviewed): string {
  const { fileName } = session;
  const count = countPending(session);
  return count < 2
    ? `The edit of ${fileName} is ready and not saved yet.`
    : `The edit of ${fileName} is ready: ${count} pictures, not saved yet.`;
}

/** Its panel was closed before all was decided. */
export function unsavedInWords(session: Reviewed): string {
  const { fileName, versions } = session;
  const unsaved = countPending(session);
  return isOne(session)
    ? `The edit of ${fileName} is not saved yet.`
    : `${unsaved} of the ${versions.length} pictures of the edit of ${fileName} ${unsaved === 1 ? 'is' : 'are'} not saved yet.`;
}

/** What still waited was discarded. */
export function discardedInWords(session: Reviewed): string {
  const { fileName, versions } = session;
  return isOne(session)
    ? `Discarded the edit of ${fileName}.`
    : `Discarded ${countPending(session)} of the ${versions.length} pictures of the edit of ${fileName}.`;
}

/** Whether people see one edit: steps on the way to the last version are none. */
function isOne(session: Reviewed): boolean {
  const { versions } = session;
  const isTree = versions.some(({ round }) => round !== versions[0]?.round);
  return versions.length === 1 || (isTree && countPending(session) === 1);
}
