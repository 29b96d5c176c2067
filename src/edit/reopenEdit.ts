// An edit that the journal keeps goes in; it is shown in the compare panel again, or what became of it is said.
import { window, Uri, type WebviewPanel } from 'vscode';
import { isMarkedRegion, type KeptByWebview } from '../compare/protocol';
import { chargeInWords, EditError } from '../gateway/errors';
import type { EditResult } from '../gateway/requestEdit';
import type { KeptJob } from '../journal/jobFiles';
import { identifyPicture } from '../picture/identify';
import { recoverKept } from './bringBack';
import type { Subject } from './chooseImage';
import { editImage } from './editImage';
import { KeptEdit } from './keepEdit';
import { readNetwork } from './network';
import { panelOf } from './openPanels';
import { pictureWorker } from './pictureWorker';
import { readOriginal, type Picture } from './readOriginal';
import { showable } from './readyUploads';
import { report } from './report';
import { restoreReview, reviewAgain, saveUnsaved, type Compared, type Review } from './review';
import type { Services } from './services';
import { readSaveSettings } from './settings';
import { readVersions, type Version, type Versions } from './versions';

/** Ends when the user has done with it. */
export async function reopenEdit(services: Services, job: KeptJob): Promise<void> {
  const panel = panelOf(job.files.id);
  if (panel) {
    panel.reveal();
    return;
  }
  const work = await readWork(services, job);
  if (work) await reviewAgain(work);
}

/** In a tab that VS Code has brought back. Ends when it is filled, or closed. */
export async function restoreEdit(
  services: Services,
  job: KeptJob,
  restored: WebviewPanel,
  before: KeptByWebview,
  isGone: () => boolean,
): Promise<void> {
  // What came of those that failed has been said in a message.
  const isHere = !job.failure && job.state !== 'prepared' && job.state !== 'sent';
  const work = isHere ? await readWork(services, job) : undefined;
  // It may have been opened by another way meanwhile.
  const other = panelOf(job.files.id);
  if (work && !other) {
    restoreReview(work, restored, before, isGone);
    return;
  }
  if (!isGone()) restored.dispose();
  other?.reveal();
}

/** Saves what of it is not saved yet, without the panel. */
export async function saveEdit(services: Services, job: KeptJob): Promise<void> {
  const work = await readWork(services, job);
  if (work) await saveUnsaved(work);
}

/** Undefined where there is no picture: the user has been told then. */
async function readWork(services: Services, job: KeptJob): Promise<Review | undefined> {
  const { record, state, failure } = job;
  const { fileName } = record.original;
  if (state === 'sent' && failure) {
    const tryAgain = 'Try Again';
    const charge = failure.charge === 'none' ? '' : ` ${chargeInWords(failure.charge)}`;
    const message = `${fileName}: ${failure.message}${charge}`;
    const chosen = await window.showWarningMessage(message, tryAgain);
    if (chosen === tryAgain) await editImage(services, readSubject(job), readAsked(job));
    return undefined;
  }
  if (state === 'prepared' || state === 'sent') {
    void window.showInformationMessage(`The edit of ${fileName} is still under way.`);
    return undefined;
  }
  try {
    return await readReview(services, job);
  } catch (error) {
    await report(services, fileName, error);
    return undefined;
  }
}

/** @throws EditError, PictureError or the file system's own error */
async function readReview(services: Services, job: KeptJob): Promise<Review> {
  const { record, files, saved, state, cost } = job;
  const result = await readAnswers(job);
  const versions = readVersions(result);
  for (const { version, uri } of saved) {
    const there: Version | undefined = versions[version];
    if (there) there.savedAs = [...there.savedAs, Uri.parse(uri, true)];
  }
  const subject = readSubject(job);
  const original = await readKeptOriginal(services, job, versions);
  const display = await showable(original, undefined, (work) => pictureWorker(services).run(work));
  const { fileName } = record.original;
  const compared: Compared = {
    ...{ services, subject, fileName, original, display },
    asked: readAsked(job),
  };
  const dollars = cost ?? result.usage.cost;
  return {
    ...compared,
    settings: readSaveSettings(subject.uri),
    versions,
    panel: undefined,
    startedAt: record.createdAt,
    elapsed: job.elapsed ?? 0,
    usage: { ...result.usage, ...(dollars !== undefined && { cost: dollars }) },
    cost: Promise.resolve(dollars),
    kept: new KeptEdit(services, fileName, files, state),
  };
}

/** Links are opened only where nothing else is there: the numbers of the versions stay what they were. */
async function readAnswers(job: KeptJob): Promise<EditResult> {
  try {
    return await recoverKept(job);
  } catch (error) {
    if (!(error instanceof EditError && error.reason === 'link')) throw error;
    return recoverKept(job, { network: await readNetwork() });
  }
}

/** An original that is damaged or gone is no reason to withhold what was paid for. */
async function readKeptOriginal(
  { log }: Services,
  { files, record }: KeptJob,
  [first]: Versions,
): Promise<Picture> {
  const { fileName, uri } = record.original;
  try {
    const bytes = await files.readOriginal(record);
    const info = identifyPicture(bytes);
    if (info) return { bytes, info };
  } catch (error) {
    log.warn(`${fileName}: its original in the journal cannot be read: ${String(error)}`);
  }
  return readOriginal(Uri.parse(uri, true)).catch(() => first);
}

function readSubject({ record: { original, references } }: KeptJob): Subject {
  const { uri, link, hasNoFolder } = original;
  return {
    uri: Uri.parse(uri, true),
    ...(references.length > 0 && { references: references.map((one) => Uri.parse(one, true)) }),
    ...(link !== undefined && { link }),
    ...(hasNoFolder !== undefined && { hasNoFolder }),
  };
}

function readAsked({ record }: KeptJob): Compared['asked'] {
  const { instruction, model, options, region } = record;
  return {
    instruction,
    model,
    ...(Object.keys(options).length > 0 && { options }),
    ...(isMarkedRegion(region) && { region }),
  };
}
