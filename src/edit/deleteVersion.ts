// A version that nobody wants any more goes in; it is gone from its session, and from the journal with the last of its
// round.
import { window } from 'vscode';
import type { Session } from './edit';
import { settleRounds } from './session';
import type { Version } from './versions';

/** Asks where it lies nowhere else. @returns whether it is gone */
export async function deleteVersion(session: Session, version: Version): Promise<boolean> {
  const { versions, fileName } = session;
  const left = versions.filter((one) => !one.isDeleted && one !== version);
  // The last one is discarded, which can be undone.
  if (version.isDeleted || left.length === 0) return false;
  if (version.savedAs.length === 0) {
    const remove = 'Delete';
    const chosen = await window.showWarningMessage(
      `Delete version ${versions.indexOf(version) + 1} of the edit of ${fileName}? It was never saved.`,
      { modal: true, detail: 'It cannot be brought back. What was made from it stays.' },
      remove,
    );
    if (chosen !== remove) return false;
  }
  version.isDeleted = true;
  const { round } = version;
  round.kept.delete(version.number);
  const its = versions.filter((one) => one.round === round);
  if (its.every(({ isDeleted }) => isDeleted) && !round.kept.hasReplaced) round.kept.remove();
  settleRounds(session);
  return true;
}
