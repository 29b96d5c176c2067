// A round whose pictures are not all here goes in; what is lacking is said, with what can be done about it.
import { window } from 'vscode';
import { downloadAgain } from './downloadAgain';
import type { Session } from './edit';
import { lackingInWords } from './lackingInWords';
import { saveAsReceived, saveReceived } from './saveReceived';
import { showDownloaded, type Show } from './showDownloaded';
import type { Round } from './versions';

/** Ends when the user has put it aside. Nothing happens where nothing is lacking. */
export async function offerLacking(
  session: Session,
  round: Round | undefined,
  show: Show,
): Promise<void> {
  const { services, fileName, subject } = session;
  const { lacking, damaged = [], kept, why = '' } = round ?? {};
  if (!lacking || !kept || lacking.links + lacking.damaged === 0) return;
  const { id } = kept;
  // What is offered here is offered in `Show Edits…` by then.
  await kept.written();
  const steps = [
    ...(lacking.links > 0 && id !== undefined && !kept.isLost ? [downloadAgain] : []),
    ...(lacking.damaged > 0 ? [saveAsReceived] : []),
  ];
  const chosen = await window.showWarningMessage(
    `${fileName}: ${lackingInWords(lacking)} ${why}`.trim(),
    ...steps,
  );
  if (chosen === downloadAgain && id !== undefined)
    await showDownloaded(services, id, show, session);
  else if (chosen === saveAsReceived) await saveReceived(services, subject.uri, damaged);
}
