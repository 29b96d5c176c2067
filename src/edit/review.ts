// The edited pictures of an answer go in; they stay in the compare panel until the user has accepted, saved or
// discarded them.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { commands, window, type Uri, type WebviewPanel } from 'vscode';
import { ComparePanel, type PanelPicture } from '../compare/comparePanel';
import type { KeptByWebview, PanelState, PictureFacts, VersionFacts } from '../compare/protocol';
import type { InputPicture, SentPicture } from '../gateway/body';
import type { PictureInfo } from '../picture/identify';
import type { Usage } from '../gateway/requestEdit';
import {
  ChangedError,
  checkFile,
  isSameFile,
  proposeBeside,
  replaceFile,
  saveAt,
  saveBeside,
  undoSave,
  type Saved,
} from '../save/save';
import type { Asked } from './ask';
import { costInWords } from './balanceInWords';
import type { Subject } from './chooseImage';
import { Comparing, type Ready } from './comparing';
import type { KeptEdit } from './keepEdit';
import { panelOf, rememberPanel } from './openPanels';
import { pictureWorker } from './pictureWorker';
import type { Picture } from './readOriginal';
import type { Services } from './services';
import type { SaveSettings, Settings } from './settings';
import { showName } from './showName';
import type { Version, Versions } from './versions';

/** One edit: what was asked of which picture. */
export interface Edit {
  readonly services: Services;
  readonly subject: Subject;
  /** The original's, as shown to people. */
  readonly fileName: string;
  readonly original: Picture;
  /** Pictures that went along. */
  readonly references: readonly Picture[];
  /** What is sent: of the original, or its link, then of the references. See `readyUploads`. */
  readonly uploads: readonly [SentPicture, ...SentPicture[]];
  /** Where the picture that is sent may change, as the route takes it. */
  readonly mask?: InputPicture | undefined;
  /** The original as the panel can show it. */
  readonly display: PanelPicture;
  readonly asked: Asked;
  readonly settings: Settings;
}

/** What the compare panel needs of an edit. */
export type Compared = Pick<
  Edit,
  'services' | 'subject' | 'fileName' | 'original' | 'display' | 'asked'
>;

/** An edit whose answer is here. */
export interface Review extends Compared {
  readonly settings: SaveSettings;
  readonly versions: Versions;
  /** A new one each time that it is brought back; undefined where it never was in one. */
  panel: ComparePanel | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly elapsed: number;
  readonly usage: Usage;
  /** US dollars, known a moment after the picture; undefined where it is not sure. */
  readonly cost: Promise<number | undefined>;
  /** It in the journal. */
  readonly kept: KeptEdit;
  /** What the user wants of its pictures, from the first look on. */
  comparing?: Comparing;
}

/** Opens the compare panel of an edit, with the original in it; nothing is asked yet where the region is being marked. */
export function openPanel(
  {
    services,
    subject,
    fileName,
    original,
    display,
    asked,
  }: Omit<Compared, 'asked'> & Partial<Pick<Compared, 'asked'>>,
  state: Pick<PanelState, 'phase' | 'startedAt' | 'elapsed' | 'usage' | 'restore'>,
  restored?: WebviewPanel,
): ComparePanel {
  return new ComparePanel(
    services.context.extensionUri,
    {
      fileName,
      instruction: asked?.instruction ?? '',
      model: asked?.model.id ?? '',
      references: (subject.references ?? []).map(({ path }) => showName(basename(path))),
      askedFor: Number(asked?.options?.n ?? 1),
      original: facts(original),
      versions: [],
      shown: 0,
      replaceable: subject.link === undefined && subject.hasNoFolder !== true,
      ...state,
    },
    display,
    (name) =>
      services.log.warn(
        `${fileName}: the panel cannot show the ${typeof name === 'number' ? 'edited' : name} picture`,
      ),
    restored,
  );
}

/**
 * Ends once every picture is saved or given up; both can be undone.
 * @param shown at first, from 0
 */
export async function review(work: Review, shown = nextUnsaved(work) ?? 0): Promise<void> {
  const { panel, versions, elapsed, usage, cost } = work;
  if (!panel?.isOpen) return offerAgain(work, readyInWords(work), 'Compare');
  panel.showVersions(versions.map(forPanel), {
    phase: 'review',
    elapsed,
    usage: usageInWords(usage, true),
    versions: versionFacts(work),
    shown,
  });
  void cost.then((dollars) => {
    // Of the panel that is there then: it may have been brought back meanwhile.
    work.panel?.update({
      usage: usageInWords({ ...usage, ...(dollars !== undefined && { cost: dollars }) }),
    });
  });

  const comparing = (work.comparing ??= startComparing(work));
  const listeners = [
    panel.onDidAdjust((adjustment) => comparing.adjust(adjustment)),
    panel.onDidAskCopy((version) => void copy(panel, comparing, version)),
  ];
  comparing.show(shown);
  try {
    await decide(work, panel, comparing);
  } finally {
    for (const listener of listeners) listener.dispose();
    comparing.rest();
  }
}

/** What Accept would save: the page puts it into the clipboard. */
async function copy(panel: ComparePanel, comparing: Comparing, version: number): Promise<void> {
  try {
    panel.answerCopy(forPanel(await comparing.finish(version)));
  } catch (error) {
    panel.answerCopy(`It could not be copied: ${inWords(error)}`);
  }
}

/** Until every picture is saved or given up, or the panel is closed. */
async function decide(work: Review, panel: ComparePanel, comparing: Comparing): Promise<void> {
  const { versions } = work;
  for (;;) {
    const decision = await panel.nextDecision();
    const isOver = nextUnsaved(work) === undefined;
    // One that was saved long ago, and only looked at.
    if (isOver && (decision === 'closed' || decision === 'discard')) {
      panel.dispose();
      return;
    }
    if (decision === 'closed') return offerAgain(work, unsavedInWords(work), 'Compare');
    if (decision === 'discard') {
      panel.dispose();
      work.kept.discard(countUnsaved(work) < versions.length);
      return offerAgain(work, discardedInWords(work), 'Undo');
    }
    const version = versions[panel.shown];
    if (decision === 'cancel' || decision === 'marked' || !version) continue;
    // Pressed twice before the panel could say so.
    if (decision === 'accept' && version.savedAs.length > 0) continue;
    panel.update({ phase: 'saving' });
    // Where there is no folder beside the original, Accept has to ask where to.
    const way = decision === 'accept' && work.subject.hasNoFolder ? 'saveAs' : decision;
    const saved = await save(work, comparing, panel.shown, way).catch((error: unknown) => {
      // The panel goes on meanwhile, so nothing is lost.
      void offerElsewhere(work, version, error);
      return undefined;
    });
    if (!saved) {
      panel.update({ phase: 'review' });
      continue;
    }
    const next = markSaved(work, version, saved.uri);
    if (next === undefined) {
      panel.dispose();
      return saySaved(work, version, saved);
    }
    void saySaved(work, version, saved);
    panel.update({ phase: 'review', versions: versionFacts(work), shown: next });
    comparing.show(next);
  }
}

function startComparing(work: Review, restored?: KeptByWebview): Comparing {
  const { services, fileName, original, versions, asked, settings, startedAt, elapsed } = work;
  const { version } = services.context.extension.packageJSON as { version: string };
  return new Comparing({
    original,
    versions,
    worker: pictureWorker(services),
    panel: () => work.panel,
    log: (problem) => services.log.warn(`${fileName}: not compared: ${problem}`),
    matchOriginal: settings.matchOriginal,
    region: asked.region,
    restored: restored?.shown === undefined ? undefined : { ...restored, shown: restored.shown },
    provenance: settings.provenance
      ? {
          model: asked.model.id,
          time: new Date(startedAt + elapsed),
          program: `Retouch ${version}`,
          ...(settings.provenanceInstruction && { instruction: asked.instruction }),
        }
      : undefined,
  });
}

/** A file, and what is in it. */
interface SavedPicture extends Saved, Ready {
  /** The file is the original. */
  readonly isOriginal?: true;
}

/** Undefined when the user escapes. */
async function save(
  work: Review,
  comparing: Comparing,
  version: number,
  way: 'accept' | 'saveAs' | 'replace',
): Promise<SavedPicture | undefined> {
  const ready = await comparing.finish(version);
  const ways = { accept, saveAs, replace };
  const saved = await ways[way](work, ready);
  return saved && { ...ready, ...saved };
}

/** Saves each that is not saved yet, as Accept does. */
export async function saveUnsaved(work: Review): Promise<void> {
  const comparing = (work.comparing ??= startComparing(work));
  for (;;) {
    const version = work.versions[nextUnsaved(work) ?? -1];
    if (!version) return;
    const compare = 'Compare';
    try {
      const index = work.versions.indexOf(version);
      const way = work.subject.hasNoFolder ? 'saveAs' : 'accept';
      const saved = await save(work, comparing, index, way);
      if (!saved) return;
      markSaved(work, version, saved.uri);
      void saySaved(work, version, saved);
    } catch (error) {
      work.services.log.error(`${work.fileName}: not saved: ${inWords(error)}`);
      const message = `The edit of ${work.fileName} could not be saved: ${inWords(error)}. It is still kept.`;
      if ((await window.showErrorMessage(message, compare)) === compare)
        await reviewAgain(work, version);
      return;
    }
  }
}

/** @returns the next one to save */
function markSaved(work: Review, version: Version, saved: Uri): number | undefined {
  version.savedAs = [...version.savedAs, saved];
  const next = nextUnsaved(work, version);
  work.kept.save(work.versions.indexOf(version), saved, next === undefined);
  return next;
}

/** The one after `version`, round the end, or the first of all; undefined where all are saved. */
function nextUnsaved({ versions }: Review, version?: Version): number | undefined {
  const start = version ? versions.indexOf(version) : 0;
  const order = versions.map((_version, index) => (start + index) % versions.length);
  return order.find((index) => versions[index]?.savedAs.length === 0);
}

async function accept(
  { subject: { uri }, settings, kept }: Review,
  { bytes, info }: Picture,
): Promise<Saved> {
  const token = await kept.beginSaving(uri);
  const saved = await saveBeside(uri, info.extension, settings.saveName, bytes, token);
  return { uri: saved, replaced: false };
}

/**
 * In place of the original, which the journal has: it can be brought back.
 * @returns undefined when the user escapes
 */
async function replace(
  { subject: { uri }, fileName, original, kept }: Review,
  { bytes, info }: Picture,
): Promise<(Saved & { isOriginal: true }) | undefined> {
  if (info.format !== original.info.format) {
    throw new Error(
      `it is ${info.format}, and ${fileName} would no longer be what its name says. Turn on Match Original to replace it`,
    );
  }
  const answer = 'Replace Original';
  const chosen = await window.showWarningMessage(
    `Replace ${fileName} with the edited picture?`,
    { modal: true, detail: 'What is there now is kept with the edit, and Undo brings it back.' },
    answer,
  );
  if (chosen !== answer) return undefined;
  const isOriginal = (now: Uint8Array) => Buffer.compare(now, original.bytes) === 0;
  // Else what the journal says of an earlier replacement would be lost.
  await checkFile(uri, isOriginal);
  await kept.beginReplacing(uri, original.bytes, sha256Of(bytes));
  const token = await kept.beginSaving(uri);
  try {
    await replaceFile(uri, bytes, isOriginal, token);
  } catch (error) {
    // Surely nothing was written; after anything else, what is there says it.
    if (error instanceof ChangedError) await kept.endReplacing(uri);
    throw error;
  }
  return { uri, replaced: false, isOriginal: true };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Undefined when the user escapes. */
async function saveAs(
  { subject: { uri }, settings, kept }: Review,
  { bytes, info }: Picture,
): Promise<Saved | undefined> {
  const { extension, format } = info;
  for (;;) {
    const target = await window.showSaveDialog({
      title: 'Save the Edited Picture As',
      defaultUri: await proposeBeside(uri, extension, settings.saveName),
      filters: { [format]: format === 'JPEG' ? ['jpg', 'jpeg'] : [extension] },
    });
    if (!target) return undefined;
    const problem = await refuseTarget(target, uri, info);
    if (!problem) return saveAt(target, bytes, uri, await kept.beginSaving(target));
    const another = 'Choose Another Name';
    if ((await window.showWarningMessage(problem, { modal: true }, another)) !== another)
      return undefined;
  }
}

/** Why the edited picture must not be saved there, or undefined where it may. */
async function refuseTarget(
  target: Uri,
  original: Uri,
  { format, extension }: PictureInfo,
): Promise<string | undefined> {
  const name = showName(basename(target.path));
  if (await isSameFile(target, original))
    return `${name} is the original, which Retouch never writes over.`;
  const fits = format === 'JPEG' ? /\.jpe?g$/i : new RegExp(`\\.${extension}$`, 'i');
  return fits.test(target.path)
    ? undefined
    : `The edited picture is ${format}: ${name} should end in .${extension}.`;
}

async function offerElsewhere(work: Review, version: Version, error: unknown): Promise<void> {
  const { services, fileName } = work;
  services.log.error(`${fileName}: not saved: ${inWords(error)}`);
  const elsewhere = 'Save As…';
  const chosen = await window.showErrorMessage(
    `The edit of ${fileName} could not be saved: ${inWords(error)}. It is still in the compare panel.`,
    elsewhere,
  );
  if (chosen !== elsewhere) return;
  work.panel?.update({ shown: work.versions.indexOf(version) });
  work.panel?.decide('saveAs');
}

async function saySaved(
  work: Review,
  version: Version,
  { uri: saved, replaced, isOriginal, bytes, said }: SavedPicture,
): Promise<void> {
  const name = showName(basename(saved.path));
  work.services.log.info(
    isOriginal ? `${work.fileName}: replaced` : `${work.fileName}: saved as ${name}`,
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
    if (isOriginal) {
      await replaceFile(saved, work.original.bytes, (now) => Buffer.compare(now, bytes) === 0);
      await work.kept.endReplacing(saved);
    } else if ((await undoSave(saved, bytes)) === 'changed') {
      void window.showWarningMessage(`${name} has been changed since it was saved: it stays.`);
      return;
    }
  } catch (error) {
    const what = chosen === 'Open' ? 'opened' : isOriginal ? 'brought back' : 'removed';
    void window.showErrorMessage(`${name} could not be ${what}: ${inWords(error)}.`);
    return;
  }
  version.savedAs = version.savedAs.filter((uri) => uri !== saved);
  work.kept.undoSave(work.versions.indexOf(version), saved);
  await reviewAgain(work, version);
}

function inWords(error: unknown): string {
  return showName(error instanceof Error ? error.message : String(error));
}

function readyInWords({ fileName, versions }: Review): string {
  return versions.length === 1
    ? `The edit of ${fileName} is ready and not saved yet.`
    : `The edit of ${fileName} is ready: ${versions.length} pictures, not saved yet.`;
}

function unsavedInWords(work: Review): string {
  const { fileName, versions } = work;
  const unsaved = countUnsaved(work);
  return versions.length === 1
    ? `The edit of ${fileName} is not saved yet.`
    : `${unsaved} of the ${versions.length} pictures of the edit of ${fileName} ${unsaved === 1 ? 'is' : 'are'} not saved yet.`;
}

function discardedInWords(work: Review): string {
  const { fileName, versions } = work;
  return versions.length === 1
    ? `Discarded the edit of ${fileName}.`
    : `Discarded ${countUnsaved(work)} of the ${versions.length} pictures of the edit of ${fileName}.`;
}

function countUnsaved({ versions }: Review): number {
  return versions.filter(({ savedAs }) => savedAs.length === 0).length;
}

/** The pictures were paid for: one click brings them back. */
async function offerAgain(work: Review, message: string, label: string): Promise<void> {
  if ((await window.showInformationMessage(message, label)) === label) await reviewAgain(work);
}

/** Shows `version`, or the first that is not saved. */
export async function reviewAgain(work: Review, version?: Version): Promise<void> {
  const { startedAt, elapsed, versions } = work;
  const shown = version ? versions.indexOf(version) : nextUnsaved(work);
  if (nextUnsaved(work) !== undefined) work.kept.reopen();
  const other = panelOf(work.kept.id);
  if (other && other !== work.panel) {
    other.reveal();
    return;
  }
  if (work.panel?.isOpen) {
    // Something else has brought it back, or it never went.
    work.panel.update({ versions: versionFacts(work), ...(shown !== undefined && { shown }) });
    work.panel.reveal();
    return;
  }
  work.panel = openPanel(work, { phase: 'review', startedAt, elapsed, restore: work.kept.id });
  rememberPanel(work.kept.id, work.panel);
  await review(work, shown);
}

/** In a tab that VS Code has brought back, as it was in it. VS Code shows nothing of it before this has ended. */
export function restoreReview(
  work: Review,
  restored: WebviewPanel,
  before: KeptByWebview,
  isGone: () => boolean,
): void {
  const { startedAt, elapsed, versions, kept } = work;
  if (isGone()) {
    // Closed before it was filled: what was paid for is offered once more.
    void review(work);
    return;
  }
  const state = { phase: 'review', startedAt, elapsed, restore: kept.id } as const;
  work.panel = openPanel(work, state, restored);
  rememberPanel(kept.id, work.panel);
  work.comparing = startComparing(work, before);
  const shown = before.shown !== undefined && versions[before.shown] ? before.shown : 0;
  void review(work, shown).catch((error: unknown) => {
    work.services.log.error(`${work.fileName}: ${inWords(error)}`);
  });
}

function versionFacts({ versions }: Review): VersionFacts[] {
  return versions.map((version) => ({ ...facts(version), saved: version.savedAs.length > 0 }));
}

function forPanel({ bytes, info }: Picture): PanelPicture {
  return { bytes, mime: info.mime };
}

export function facts({ bytes, info }: Picture): PictureFacts {
  return {
    format: info.format,
    width: info.width,
    height: info.height,
    byteLength: bytes.byteLength,
  };
}

/**
 * `2,084 tokens · $0.0120`; never a guess.
 * @param asking whether the cost may still become known: nothing is said of it then
 */
export function usageInWords({ totalTokens, cost }: Usage, asking = false): string {
  const words: string[] = [];
  if (totalTokens !== undefined) words.push(`${totalTokens.toLocaleString('en-US')} tokens`);
  if (cost !== undefined) words.push(costInWords(cost));
  else if (!asking) words.push('cost unknown');
  return words.join(' · ');
}
