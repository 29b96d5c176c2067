// The pictures of an edit go in; as the model takes them they come out, once the user knows what is sent.
import { basename } from 'node:path';
import { ProgressLocation, window } from 'vscode';
import type { MarkedRegion } from '../compare/protocol';
import type { InputPicture, SentPicture } from '../gateway/body';
import { capabilitiesOf } from '../gateway/capabilities';
import { EditError } from '../gateway/errors';
import type { PictureInfo } from '../picture/identify';
import { readOrientation } from '../picture/metadata/metadata';
import type { Checked, CheckJob, RenderJob, Rendered } from '../picture/jobs';
import { refuseTooManyPixels } from '../picture/limits';
import { PictureError } from '../picture/pictureError';
import type { Urgency } from '../picture/pictureWorker';
import { checkPicture, prepareUpload, type Upload } from '../picture/prepareUpload';
import { encoded } from './comparePair';
import { pictureWorker } from './pictureWorker';
import type { Picture } from './readOriginal';
import type { Edit } from './edit';
import type { Services } from './services';
import type { Settings } from './settings';
import { showName } from './showName';

/** Bytes, by the documentation of `images/edits`. */
const maskLimit = 4 * 1024 * 1024;

/** Milliseconds that the status bar says what was done to a picture without asking. */
const statusTime = 10_000;

/**
 * What the model does not take is converted, what is too large made smaller, and metadata removed. Asks first
 * where what is sent shows less than the original.
 * @param isWanted asks that, in these words
 * @returns undefined when the user cancels
 * @throws EditError (`original`, nothing charged)
 */
export async function readyUploads(
  edit: Omit<Edit, 'uploads' | 'mask' | 'display'>,
  isWanted: (words: string) => PromiseLike<boolean> = askPlainly,
): Promise<Pick<Edit, 'uploads' | 'mask' | 'display'> | undefined> {
  const { services, subject, fileName, original, start, references, asked, settings } = edit;
  const cancelled = new AbortController();
  const limits = capabilitiesOf(asked.model);
  const region = limits.mask ? asked.region : undefined;
  const rules = {
    model: asked.model.id,
    limits,
    removeMetadata: settings.removeMetadata,
    check: (job: CheckJob) => checkQuietly(services, job, fileName),
    render: (job: RenderJob) => renderVisibly(services, job, fileName, cancelled),
  };
  const names = (subject.references ?? []).map(({ path }) => showName(basename(path)));
  try {
    // A mask lies on the stored pixels, and nobody can say which way up a gateway looks at those.
    const source = start?.picture ?? original;
    if (subject.link && !start) {
      refuseTooManyPixels(original.info);
      await rules.check({ type: 'check', encoded: encoded(original) });
    }
    const sent =
      subject.link && !start
        ? undefined
        : await prepareUpload(source, { ...rules, upright: region !== undefined });
    const display = await showable(original, start ? undefined : sent, rules.render);
    const along: Upload[] = [];
    for (const [index, reference] of references.entries()) {
      along.push(
        await prepareUpload(reference, rules).catch((error: unknown) => {
          if (!(error instanceof PictureError)) throw error;
          throw new PictureError(`The reference ${names[index] ?? ''}: ${error.message}`);
        }),
      );
    }
    const named = [
      ...(sent ? [{ name: fileName, upload: sent }] : []),
      ...along.map((upload, index) => ({ name: names[index] ?? '', upload })),
    ];
    if (!(await agree(services, named, isWanted))) return undefined;
    const first = sent ? toSend(sent) : { url: subject.link ?? '' };
    // Nor which pixels of a link it looks at: the region is held all the same.
    const isTurnedLink = !sent && readOrientation(original.bytes) !== 1;
    const mask =
      region && !isTurnedLink
        ? await makeMask(services, region, sent?.info ?? original.info)
        : undefined;
    return { uploads: [first, ...along.map(toSend)], mask, display };
  } catch (error) {
    if (cancelled.signal.aborted) return undefined;
    if (!(error instanceof PictureError)) throw error;
    throw new EditError(error.message, { reason: 'original', charge: 'none', cause: error });
  }
}

/** As large as the picture that is sent. @throws PictureError */
async function makeMask(
  services: Services,
  region: MarkedRegion,
  { width, height }: PictureInfo,
): Promise<InputPicture> {
  const size = { width, height };
  const { bytes } = await pictureWorker(services).run({ type: 'mask', region, size });
  if (bytes.byteLength > maskLimit) {
    throw new PictureError(
      'The region has so many edges that its mask is larger than 4 MB. Mark it more simply.',
    );
  }
  return { bytes, mime: 'image/png', extension: 'png' };
}

/** Of pictures whose check has begun, by their bytes: those that are checked with and without metadata. */
const checks = new WeakMap<Uint8Array, Map<boolean, Promise<Checked>>>();

/** While the user still says what to do: what is found out later, when it is sent, is known by then. */
export function checkAhead(services: Services, picture: Picture, settings: Settings): void {
  // What cannot be decoded is said when it is to be sent.
  checkPicture(picture, settings, (job) => check(services, job, 'later')).catch(() => undefined);
}

/** Once for each picture. */
function check(services: Services, job: CheckJob, urgency: Urgency = 'now'): Promise<Checked> {
  const of = checks.get(job.encoded.bytes) ?? new Map<boolean, Promise<Checked>>();
  checks.set(job.encoded.bytes, of);
  const takesOut = job.bare !== undefined;
  const begun = of.get(takesOut) ?? pictureWorker(services).run(job, undefined, urgency);
  of.set(takesOut, begun);
  // Another time it may go well.
  begun.catch(() => of.delete(takesOut));
  return begun;
}

/** It takes a moment only, and nobody has asked for it. */
function checkQuietly(services: Services, job: CheckJob, fileName: string): Promise<Checked> {
  const progress = { location: ProgressLocation.Window, title: `Looking at ${fileName}` };
  return Promise.resolve(window.withProgress(progress, () => check(services, job)));
}

async function renderVisibly(
  services: Services,
  job: RenderJob,
  fileName: string,
  cancelled: AbortController,
): Promise<Rendered> {
  return window.withProgress(
    { location: ProgressLocation.Notification, title: `Preparing ${fileName}`, cancellable: true },
    (_progress, token) => {
      token.onCancellationRequested(() => cancelled.abort());
      return pictureWorker(services).run(job, cancelled.signal);
    },
  );
}

/**
 * The original, or its PNG where the panel's browser cannot draw the format.
 * @param sent what there may be of it already
 * @throws PictureError where it cannot be rendered
 */
export async function showable(
  { bytes, info }: Picture,
  sent: Upload | undefined,
  render: (job: RenderJob) => Promise<Rendered>,
): Promise<Edit['display']> {
  if (info.format !== 'TIFF') return { bytes, mime: info.mime };
  const isWhole = sent?.info.width === info.width && sent.info.height === info.height;
  if (isWhole) return { bytes: sent.bytes, mime: sent.info.mime };
  refuseTooManyPixels(info);
  const rendered = await render({ type: 'render', bytes, format: info.format, formats: ['PNG'] });
  return { bytes: rendered.bytes, mime: 'image/png' };
}

/** False when the user does not want them sent like that. */
async function agree(
  { log }: Services,
  pictures: readonly { readonly name: string; readonly upload: Upload }[],
  isWanted: (words: string) => PromiseLike<boolean>,
): Promise<boolean> {
  const said = pictures
    .filter(({ upload }) => upload.said.length > 0)
    .map(({ name, upload }) => `${name}: ${upload.said.join(' ')}`);
  if (said.length === 0) return true;
  for (const sentence of said) log.info(sentence);
  const words = said.join(' ');
  if (!pictures.some(({ upload }) => upload.showsLess)) {
    window.setStatusBarMessage(words, statusTime);
    return true;
  }
  return isWanted(words);
}

const send = 'Send';

async function askPlainly(words: string): Promise<boolean> {
  return (await window.showWarningMessage(words, send)) === send;
}

/** Where a message that is overlooked would keep others waiting. */
export async function askUrgently(words: string): Promise<boolean> {
  return (await window.showWarningMessage(words, { modal: true }, send)) === send;
}

function toSend({ bytes, info: { mime, extension } }: Upload): SentPicture {
  return { bytes, mime, extension };
}
