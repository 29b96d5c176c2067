// The edited pictures of a session go in; they stay in the compare panel until the user has accepted, saved or discarded
// them.
import { basename } from 'node:path';
import { commands, window, type WebviewPanel } from 'vscode';
import type { Again, ComparePanel } from '../compare/comparePanel';
import type { KeptByWebview } from '../compare/protocol';
import { placeOf, restoreFile, undoSave } from '../save/save';
import { Comparing } from './comparing';
import { deleteVersion } from './deleteVersion';
import type { Session } from './edit';
import { editAgain, modelFacts } from './editAgain';
import { offerElsewhere } from './offerElsewhere';
import { panelOf, rememberPanel } from './openPanels';
import { keepLost } from './lostSessions';
import { rememberSession } from './openSessions';
import { factsOf, forPanel } from './panelFacts';
import { openPanel } from './panelOfEdit';
import { pictureWorker } from './pictureWorker';
import { discardedInWords, readyInWords, unsavedInWords } from './reviewInWords';
import { stateToReview } from './restoreKey';
import { saveVersion, type SavedPicture } from './saveVersion';
import { discard, nextPending, settleRounds } from './session';
import { errorInWords, showName } from './showName';
import type { Version } from './versions';

/**
 * Ends once every picture is saved or given up; both can be undone.
 * @param first to be shown; else one that waits
 */
export async function review(session: Session, first?: Version): Promise<void> {
  const { panel } = session;
  keepLost(session);
  if (!panel?.isOpen) {
    settleRounds(session);
    return offerAgain(session, readyInWords(session), 'Compare');
  }
  const ending = await reviewInPanel(
    session,
    panel,
    (version, saved) => void saySaved(session, version, saved),
    first,
  );
  if (ending === 'closed') return offerAgain(session, unsavedInWords(session), 'Compare');
  panel.dispose();
  if (ending === 'discarded') return offerAgain(session, discardedInWords(session), 'Undo');
  if (ending !== 'seen') return saySaved(session, ending.version, ending.saved);
}

/** How a review ended: with the last picture that waited saved, or because nothing waited from the first. */
export type Ending =
  'seen' | 'closed' | 'discarded' | { readonly version: Version; readonly saved: SavedPicture };

/**
 * In a panel that is open, and stays so unless the user closes it.
 * @param say is told of each picture that is saved while others wait
 */
export async function reviewInPanel(
  session: Session,
  panel: ComparePanel,
  say: (version: Version, saved: SavedPicture) => void,
  first?: Version,
): Promise<Ending> {
  const { versions } = session;
  settleRounds(session);
  const shown = versions.indexOf(first ?? firstOf(session));
  panel.showVersions(versions.map(forPanel), {
    phase: 'review',
    ...factsOf(versions),
    shown,
    models: modelFacts(session),
  });
  tellCosts(session);

  const comparing = (session.comparing ??= startComparing(session));
  const listeners = [
    panel.onDidAdjust((adjustment) => comparing.adjust(adjustment)),
    panel.onDidAskCopy((version) => void copy(panel, comparing, version)),
    rememberSession(session),
  ];
  comparing.show(shown);
  try {
    return await decide(session, panel, comparing, say);
  } finally {
    for (const listener of listeners) listener.dispose();
    comparing.rest();
  }
}

/** Becomes known a moment after the pictures. */
function tellCosts(session: Session): void {
  for (const round of new Set(session.versions.map((version) => version.round))) {
    // Of the panel that is there then: it may have been brought back meanwhile.
    void round.cost.then(() => session.panel?.update({ rounds: factsOf(session.versions).rounds }));
  }
}

/** One that waits, else the last one that there is. */
function firstOf(session: Session): Version {
  const { versions } = session;
  return nextPending(session) ?? versions.findLast((one) => !one.isDeleted) ?? versions[0]!;
}

/** What Accept would save: the page puts it into the clipboard. */
async function copy(panel: ComparePanel, comparing: Comparing, version: number): Promise<void> {
  try {
    panel.answerCopy(forPanel(await comparing.finish(version)));
  } catch (error) {
    panel.answerCopy(`It could not be copied: ${errorInWords(error)}`);
  }
}

/** Until every picture is saved or given up, or the panel is closed. */
async function decide(
  session: Session,
  panel: ComparePanel,
  comparing: Comparing,
  say: (version: Version, saved: SavedPicture) => void,
): Promise<Ending> {
  const { versions } = session;
  for (;;) {
    const decision = await panel.nextDecision();
    const isOver = nextPending(session) === undefined;
    // One that was saved long ago, and only looked at.
    if (isOver && (decision === 'closed' || decision === 'discard')) return 'seen';
    if (decision === 'closed') return 'closed';
    if (decision === 'discard') {
      discard(session);
      return 'discarded';
    }
    if (decision === 'markRegion') {
      // An edit of its own: a region holds for all versions of one. The instruction of this one is on top of the list.
      void commands.executeCommand('retouch.editImage', session.subject.uri);
      continue;
    }
    const version = versions[panel.shown];
    if (decision === 'cancel' || decision === 'marked' || !version) continue;
    if (typeof decision === 'object') {
      await (decision.type === 'again'
        ? goOn(session, panel, comparing, decision)
        : forget(session, panel, comparing, versions[decision.version]));
      continue;
    }
    // Pressed twice before the panel could say so.
    const isFirst = decision === 'accept' || decision === 'savePng';
    if (isFirst && version.savedAs.length > 0) continue;
    panel.update({ phase: 'saving' });
    const saved = await saveVersion(session, comparing, version, decision).catch(
      (error: unknown) => {
        // The panel goes on meanwhile, so nothing is lost.
        void offerElsewhere(session, version, decision, error);
        return undefined;
      },
    );
    if (!saved) {
      panel.update({ phase: 'review' });
      continue;
    }
    const next = markSaved(session, version, saved);
    if (!next) return { version, saved };
    say(version, saved);
    const shown = versions.indexOf(next);
    panel.update({ phase: 'review', ...factsOf(versions), shown });
    comparing.show(shown);
  }
}

/** One round more. */
async function goOn(
  session: Session,
  panel: ComparePanel,
  comparing: Comparing,
  again: Again,
): Promise<void> {
  const tryAgain = () => {
    const reviewed = reviewAgain(session, versionOf(session, again));
    session.panel?.decide(again);
    return reviewed;
  };
  await editAgain(session, panel, comparing, again, { tryAgain, show: reviewAgain });
  tellCosts(session);
  panel.update({ models: modelFacts(session) });
}

function versionOf({ versions }: Session, { version }: Again): Version | undefined {
  return version === undefined ? undefined : versions[version];
}

async function forget(
  session: Session,
  panel: ComparePanel,
  comparing: Comparing,
  version: Version | undefined,
): Promise<void> {
  if (!version || !(await deleteVersion(session, version))) return;
  const { versions } = session;
  // What it was made from is nearest.
  const { parent } = version;
  const next = versions[panel.shown]?.isDeleted
    ? parent && !parent.isDeleted
      ? parent
      : firstOf(session)
    : versions[panel.shown];
  const shown = next ? versions.indexOf(next) : 0;
  panel.update({ ...factsOf(versions), shown });
  comparing.show(shown);
}

function startComparing(session: Session, restored?: KeptByWebview): Comparing {
  const { services, fileName, original, versions, region, settings } = session;
  const { version: program } = services.context.extension.packageJSON as { version: string };
  const shown = restored && indexOf(session, restored);
  return new Comparing({
    original,
    versions,
    worker: pictureWorker(services),
    panel: () => session.panel,
    log: (problem) => services.log.warn(`${fileName}: not compared: ${problem}`),
    matchOriginal: settings.matchOriginal,
    region,
    beforehand: session.beforehand,
    restored: shown === undefined ? undefined : { ...restored, shown },
    provenance: settings.provenance
      ? (version) => {
          const { asked, startedAt, elapsed } = versions[version]!.round;
          return {
            model: asked.model.id,
            time: new Date(startedAt + elapsed),
            program: `Retouch ${program}`,
            ...(settings.provenanceInstruction && { instruction: asked.instruction }),
          };
        }
      : undefined,
  });
}

/** Of the version that was shown before the window was reloaded; undefined where it is gone. */
function indexOf({ versions }: Session, { shown }: KeptByWebview): number | undefined {
  const at = factsOf(versions).versions.findIndex(({ id }) => id === shown);
  return at < 0 || versions[at]?.isDeleted ? undefined : at;
}

/** Saves, of the job `id` of the journal, what waits of it, as Accept does. */
export async function saveUnsaved(session: Session, id: string): Promise<void> {
  const comparing = (session.comparing ??= startComparing(session));
  const unsaved = session.versions.filter(
    ({ round, savedAs, isDeleted }) => round.kept.id === id && savedAs.length === 0 && !isDeleted,
  );
  for (const version of unsaved) {
    const compare = 'Compare';
    try {
      const saved = await saveVersion(session, comparing, version, 'accept');
      if (!saved) return;
      markSaved(session, version, saved);
      void saySaved(session, version, saved);
    } catch (error) {
      session.services.log.error(`${session.fileName}: not saved: ${errorInWords(error)}`);
      const message = `The edit of ${session.fileName} could not be saved: ${errorInWords(error)}. It is still kept.`;
      if ((await window.showErrorMessage(message, compare)) === compare)
        await reviewAgain(session, version);
      return;
    }
  }
}

/** @returns the next one that waits */
function markSaved(session: Session, version: Version, { uri }: SavedPicture): Version | undefined {
  version.savedAs = [...version.savedAs, uri];
  version.round.kept.save(version.number, uri);
  settleRounds(session);
  return nextPending(session, version);
}

async function saySaved(
  session: Session,
  version: Version,
  { uri: saved, replaced, isOriginal, bytes, said }: SavedPicture,
): Promise<void> {
  const name = showName(basename(saved.path));
  const { kept } = version.round;
  session.services.log.info(
    isOriginal ? `${session.fileName}: replaced` : `${session.fileName}: saved as ${name}`,
  );
  // What Save As… has replaced cannot be brought back: no Undo is better than half of one.
  const steps = replaced ? ['Open'] : ['Open', 'Undo'];
  const chosen = await window.showInformationMessage(
    [isOriginal ? `Replaced ${name}` : `Saved ${name}`, ...said].join('. '),
    ...steps,
  );
  try {
    if (chosen === 'Open') await commands.executeCommand('vscode.open', saved);
    if (chosen !== 'Undo') return;
    if (version.isDeleted && !isOriginal) {
      saySoleCopy(saved.path);
      return;
    }
    if (isOriginal) {
      const token = await kept.beginSaving(await placeOf(saved));
      const isEdited = (now: Uint8Array) => Buffer.compare(now, bytes) === 0;
      await restoreFile(saved, session.original.bytes, isEdited, token);
      await kept.endReplacing(saved);
    } else if ((await undoSave(saved, bytes)) === 'changed') {
      void window.showWarningMessage(`${name} has been changed since it was saved: it stays.`);
      return;
    }
  } catch (error) {
    const what = chosen === 'Open' ? 'opened' : isOriginal ? 'brought back' : 'removed';
    void window.showErrorMessage(`${name} could not be ${what}: ${errorInWords(error)}.`);
    return;
  }
  version.savedAs = version.savedAs.filter((uri) => uri !== saved);
  kept.undoSave(version.number, saved);
  await reviewAgain(session, version);
}

/** What was paid for would be gone with it. */
export function saySoleCopy(path: string): void {
  const name = showName(basename(path));
  void window.showWarningMessage(`The edit in ${name} is kept nowhere else: it stays.`);
}

/** The pictures were paid for: one click brings them back. */
async function offerAgain(session: Session, message: string, label: string): Promise<void> {
  if ((await window.showInformationMessage(message, label)) === label) await reviewAgain(session);
}

/** Shows `version`, or one that waits. */
export async function reviewAgain(session: Session, version?: Version): Promise<void> {
  const { versions, id } = session;
  settleRounds(session);
  if (session.isUnderWay) {
    // What comes of it is shown, or offered, when it ends.
    if (session.panel?.isOpen) session.panel.reveal();
    else void window.showInformationMessage(`The edit of ${session.fileName} is still under way.`);
    return;
  }
  const other = panelOf(id);
  if (other && other !== session.panel) {
    other.reveal();
    return;
  }
  if (session.panel?.isOpen) {
    // Something else has brought it back, or it never went.
    const shown = version ?? nextPending(session);
    session.panel.update({
      ...factsOf(versions),
      ...(shown && { shown: versions.indexOf(shown) }),
    });
    if (shown) session.comparing?.show(versions.indexOf(shown));
    session.panel.reveal();
    return;
  }
  session.panel = openPanel(session, stateToReview(session));
  rememberPanel(id, session.panel);
  await review(session, version);
}

/** In a tab that VS Code has brought back, as it was in it. VS Code shows nothing of it before this has ended. */
export function restoreReview(
  session: Session,
  restored: WebviewPanel,
  before: KeptByWebview,
  isGone: () => boolean,
): void {
  const { versions, id } = session;
  if (isGone()) {
    // Closed before it was filled: what was paid for is offered once more.
    void review(session);
    return;
  }
  session.panel = openPanel(session, stateToReview(session), restored);
  rememberPanel(id, session.panel);
  session.comparing = startComparing(session, before);
  const shown = indexOf(session, before);
  void review(session, shown === undefined ? undefined : versions[shown]).catch(
    (error: unknown) => {
      session.services.log.error(`${session.fileName}: ${errorInWords(error)}`);
    },
  );
}
