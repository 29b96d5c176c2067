// An edited picture goes in; it stays in the compare panel until the user has accepted, saved or discarded it.
import { basename } from 'node:path';
import { commands, window, type Uri } from 'vscode';
import { ComparePanel } from '../compare/comparePanel';
import type { PictureFacts } from '../compare/protocol';
import type { Usage } from '../gateway/requestEdit';
import { isSameFile, proposeBeside, saveAt, saveBeside, undoSave, type Saved } from '../save/save';
import type { Asked } from './ask';
import type { Picture } from './readOriginal';
import type { Services } from './services';
import type { Settings } from './settings';
import { showName } from './showName';

export interface Review {
  readonly services: Services;
  /** The original's. */
  readonly uri: Uri;
  /** The original's, as shown to people. */
  readonly fileName: string;
  readonly original: Picture;
  readonly edited: Picture;
  readonly asked: Asked;
  readonly settings: Settings;
  readonly panel: ComparePanel;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly elapsed: number;
  readonly usage: string;
}

/** Ends once the picture is saved or given up; both can be undone. */
export async function review(work: Review): Promise<void> {
  const { panel, original, edited, elapsed, usage } = work;
  if (!panel.isOpen)
    return offerAgain(work, `The edit of ${work.fileName} is ready and not saved yet.`, 'Compare');
  const reviewing = {
    phase: 'review' as const,
    elapsed,
    usage,
    original: facts(original),
    edited: facts(edited),
  };
  panel.showEdited({ bytes: edited.bytes, mime: edited.info.mime }, reviewing);

  for (;;) {
    const decision = await panel.nextDecision();
    if (decision === 'closed') {
      return offerAgain(work, `The edit of ${work.fileName} is not saved yet.`, 'Compare');
    }
    if (decision === 'discard') {
      panel.dispose();
      return offerAgain(work, `Discarded the edit of ${work.fileName}.`, 'Undo');
    }
    if (decision === 'cancel') continue;
    panel.update({ phase: 'saving' });
    const saved = await (decision === 'accept' ? accept(work) : saveAs(work)).catch(
      (error: unknown) => {
        // The panel goes on meanwhile, so nothing is lost.
        void offerElsewhere(work, error);
        return undefined;
      },
    );
    if (saved) {
      panel.dispose();
      return saySaved(work, saved);
    }
    panel.update({ phase: 'review' });
  }
}

async function accept({ uri, edited, settings }: Review): Promise<Saved> {
  const saved = await saveBeside(uri, edited.info.extension, settings.saveName, edited.bytes);
  return { uri: saved, replaced: false };
}

/** Undefined when the user escapes. */
async function saveAs(work: Review): Promise<Saved | undefined> {
  const { uri, edited, settings } = work;
  const { extension, format } = edited.info;
  for (;;) {
    const target = await window.showSaveDialog({
      title: 'Save the Edited Picture As',
      defaultUri: await proposeBeside(uri, extension, settings.saveName),
      filters: { [format]: format === 'JPEG' ? ['jpg', 'jpeg'] : [extension] },
    });
    if (!target) return undefined;
    const problem = await refuseTarget(target, work);
    if (!problem) return saveAt(target, edited.bytes, uri);
    const another = 'Choose Another Name';
    if ((await window.showWarningMessage(problem, { modal: true }, another)) !== another)
      return undefined;
  }
}

/** Why the edited picture must not be saved there, or undefined where it may. */
async function refuseTarget(target: Uri, { uri, edited }: Review): Promise<string | undefined> {
  const name = showName(basename(target.path));
  if (await isSameFile(target, uri))
    return `${name} is the original, which Retouch never writes over.`;
  const { format, extension } = edited.info;
  const fits = format === 'JPEG' ? /\.jpe?g$/i : new RegExp(`\\.${extension}$`, 'i');
  return fits.test(target.path)
    ? undefined
    : `The edited picture is ${format}: ${name} should end in .${extension}.`;
}

async function offerElsewhere(
  { services, fileName, panel }: Review,
  error: unknown,
): Promise<void> {
  services.log.error(`${fileName}: not saved: ${inWords(error)}`);
  const elsewhere = 'Save As…';
  const chosen = await window.showErrorMessage(
    `The edit of ${fileName} could not be saved: ${inWords(error)}. It is still in the compare panel.`,
    elsewhere,
  );
  if (chosen === elsewhere) panel.decide('saveAs');
}

async function saySaved(work: Review, { uri: saved, replaced }: Saved): Promise<void> {
  const name = showName(basename(saved.path));
  work.services.log.info(`${work.fileName}: saved as ${name}`);
  // What Save As… has replaced cannot be brought back: no Undo is better than half of one.
  const steps = replaced ? ['Open'] : ['Open', 'Undo'];
  const chosen = await window.showInformationMessage(`Saved ${name}`, ...steps);
  try {
    if (chosen === 'Open') await commands.executeCommand('vscode.open', saved);
    if (chosen !== 'Undo') return;
    if ((await undoSave(saved, work.edited.bytes)) === 'changed') {
      void window.showWarningMessage(`${name} has been changed since it was saved: it stays.`);
      return;
    }
  } catch (error) {
    const what = chosen === 'Open' ? 'opened' : 'removed';
    void window.showErrorMessage(`${name} could not be ${what}: ${inWords(error)}`);
    return;
  }
  await reviewAgain(work);
}

function inWords(error: unknown): string {
  return showName(error instanceof Error ? error.message : String(error));
}

/** The picture was paid for: one click brings it back. */
async function offerAgain(work: Review, message: string, label: string): Promise<void> {
  if ((await window.showInformationMessage(message, label)) === label) await reviewAgain(work);
}

async function reviewAgain(work: Review): Promise<void> {
  const { services, fileName, original, asked, startedAt, elapsed } = work;
  const panel = new ComparePanel(
    services.context.extensionUri,
    {
      fileName,
      instruction: asked.instruction,
      model: asked.model.id,
      phase: 'review',
      startedAt,
      elapsed,
      original: facts(original),
    },
    { bytes: original.bytes, mime: original.info.mime },
    (side) => services.log.warn(`${fileName}: the panel cannot show the ${side} picture`),
  );
  await review({ ...work, panel });
}

export function facts({ bytes, info }: Picture): PictureFacts {
  return {
    format: info.format,
    width: info.width,
    height: info.height,
    byteLength: bytes.byteLength,
  };
}

/** `2,084 tokens · $0.0120`; never a guess. */
export function usageInWords({ totalTokens, cost }: Usage): string {
  const words: string[] = [];
  if (totalTokens !== undefined) words.push(`${totalTokens.toLocaleString('en-US')} tokens`);
  words.push(cost === undefined ? 'cost unknown' : `$${cost.toFixed(4)}`);
  return words.join(' · ');
}
