// A version that could not be saved goes in; the user is told why, and saves it elsewhere or has the original back.
import { window } from 'vscode';
import type { Session } from './edit';
import { readJob } from './readSession';
import type { Way } from './saveVersion';
import { errorInWords } from './showName';
import { undoReplace } from './undoReplace';
import type { Version } from './versions';

/** The panel goes on meanwhile. */
export async function offerElsewhere(
  session: Session,
  version: Version,
  way: Way,
  error: unknown,
): Promise<void> {
  const { services, fileName, subject } = session;
  const { kept } = version.round;
  services.log.error(`${fileName}: not saved: ${errorInWords(error)}`);
  const [elsewhere, bringBack] = ['Save As…', 'Bring Back the Original'];
  // Nobody knows what is in its place now.
  const mayBeGone = way === 'replace' && kept.hasReplaced;
  const chosen = await window.showErrorMessage(
    `The edit of ${fileName} could not be saved: ${errorInWords(error)}. It is still in the compare panel.`,
    ...(mayBeGone ? [bringBack, elsewhere] : [elsewhere]),
  );
  if (chosen === bringBack) {
    const job = kept.id === undefined ? undefined : await readJob(services, kept.id);
    if (job && (await undoReplace(services, job))) await kept.endReplacing(subject.uri);
  }
  if (chosen !== elsewhere) return;
  const shown = session.versions.indexOf(version);
  session.panel?.update({ shown });
  session.comparing?.show(shown);
  session.panel?.decide('saveAs');
}
