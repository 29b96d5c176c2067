// One edit, from click to file: the right-clicked image goes in, a saved picture beside it comes out.
import { basename } from 'node:path';
import { ProgressLocation, window, workspace, type Uri } from 'vscode';
import type { Connection } from '../gateway/connection';
import type { ComparePanel } from '../compare/comparePanel';
import { chargeInWords, EditError, type Charge } from '../gateway/errors';
import type { UploadForm } from '../gateway/imagesEdits';
import { requestEdit, type EditContext, type UploadChoice } from '../gateway/requestEdit';
import { identifyPicture } from '../picture/identify';
import { ask, type Asked } from './ask';
import { costInWords } from './balanceInWords';
import { listModels, refreshOfferedWhenOld } from './catalogue';
import type { Subject } from './chooseImage';
import { connect } from './connect';
import { EditCost } from './editCost';
import { keepEdit, type KeptEdit } from './keepEdit';
import { Marking } from './marking';
import { readNetwork } from './network';
import { rememberPanel } from './openPanels';
import { openLink, readOriginal, type Picture } from './readOriginal';
import { readyUploads } from './readyUploads';
import { report } from './report';
import { facts, openPanel, review, type Edit, type Review } from './review';
import type { Services } from './services';
import { readSettings, type Settings } from './settings';
import { showName } from './showName';
import { readVersions } from './versions';
import { Waits } from './waits';

/** @param previous what was asked before, filled in to be tried again */
export async function editImage(
  services: Services,
  subject: Subject,
  previous?: Asked,
): Promise<void> {
  const { uri } = subject;
  const fileName = showName(basename(uri.path));
  let asked = previous;
  let edited: Review | undefined;
  let cost: EditCost | undefined;
  try {
    if (!(await acceptReadOnly(uri, fileName))) return;
    const settings = readSettings(uri);
    const pictures = await readPictures(services, settings, subject, fileName);
    if (!pictures) return;
    const count = 1 + pictures.references.length;
    cost = new EditCost(services, settings, count);
    const { original } = pictures;
    const marking = new Marking({ services, subject, fileName, original }, previous?.region);
    try {
      asked = await askFor(services, settings, fileName, count, previous, cost, marking);
    } finally {
      marking.close();
    }
    const connection = asked && (await connect(services, settings));
    const chosen = asked && { services, subject, fileName, ...pictures, asked, settings };
    const ready = chosen && connection && (await readyUploads(chosen));
    if (!connection || !ready) {
      cost.giveUp();
      return;
    }

    const edit = { ...chosen, ...ready };
    const kept = await keepEdit(edit, connection);
    const outcome = await sendEdit(edit, connection, cost, kept);
    if (typeof outcome === 'string') {
      await sayCancelled(edit, outcome);
      return;
    }
    edited = outcome;
  } catch (error) {
    cost?.giveUp(error);
    return report(services, fileName, error, () => editImage(services, subject, asked));
  }
  // Outside: what goes wrong from here on is no reason to pay for another edit.
  await review(edited);
}

/** Undefined when the user cancels a download. */
async function readPictures(
  services: Services,
  settings: Settings,
  { uri, link, references = [] }: Subject,
  fileName: string,
): Promise<Pick<Edit, 'original' | 'references'> | undefined> {
  const original = link
    ? await openLink(services, settings, link, fileName)
    : await readOriginal(uri);
  return original && { original, references: await Promise.all(references.map(readReference)) };
}

/** As `readOriginal`; its error says which of the pictures it is about. */
async function readReference(uri: Uri): Promise<Picture> {
  return readOriginal(uri).catch((error: unknown) => {
    if (!(error instanceof EditError)) throw error;
    const { reason, charge, cause } = error;
    const name = showName(basename(uri.path));
    throw new EditError(`The reference ${name}: ${error.message}`, { reason, charge, cause });
  });
}

/** Where nothing can be saved beside the original, that is said before anything is paid. */
async function acceptReadOnly(uri: Uri, fileName: string): Promise<boolean> {
  if (workspace.fs.isWritableFileSystem(uri.scheme) !== false) return true;
  const goOn = 'Go On';
  const chosen = await window.showWarningMessage(
    `${fileName} lies where nothing can be written. The edited picture can only be saved elsewhere, with Save As….`,
    goOn,
  );
  return chosen === goOn;
}

async function askFor(
  services: Services,
  settings: Settings,
  fileName: string,
  pictures: number,
  previous: Asked | undefined,
  cost: EditCost,
  marking: Marking,
): Promise<Asked | undefined> {
  const { baseUrl, timeout } = settings;
  // Asked while the user types; without a key as well, which the gateway may allow.
  const refreshed = Promise.all([services.keys.get(new URL(baseUrl).origin), readNetwork()]).then(
    ([{ key = '' }, network]) =>
      refreshOfferedWhenOld(services, { baseUrl, apiKey: key, timeout, network }),
  );
  return ask(services, {
    fileName,
    pictures,
    models: () => listModels(services, settings),
    refreshed,
    defaultModel: settings.model,
    onModel: () => cost.lookAhead(),
    lastCost: (model, options) => cost.last(model, options),
    marking,
    previous,
  });
}

/**
 * The panel is open from the first moment, and the edit outlives it.
 * @returns where the user cancels, what that may have cost
 */
async function sendEdit(
  edit: Edit,
  connection: Connection,
  cost: EditCost,
  kept: KeptEdit,
): Promise<Review | Charge> {
  const { services, fileName, uploads, mask, asked } = edit;
  const { log } = services;
  const cancelled = new AbortController();
  const startedAt = Date.now();
  const last = cost.last(asked.model, asked.options);
  const panel = openPanel(edit, {
    phase: 'editing',
    startedAt,
    restore: kept.id,
    ...(last !== undefined && { usage: `last edit ${costInWords(last)}` }),
  });
  rememberPanel(kept.id, panel);
  const listener = panel.onDidDecide((decision) => {
    if (decision === 'cancel') cancelled.abort();
  });
  log.info(`${fileName}: sending to ${asked.model.id} through ${asked.model.route}`);
  let waits: Waits | undefined;
  try {
    const result = await window.withProgress(
      {
        location: ProgressLocation.Notification,
        title: `Editing ${fileName} with ${asked.model.id}`,
        cancellable: true,
      },
      (progress, token) => {
        token.onCancellationRequested(() => cancelled.abort());
        waits = new Waits(panel, progress);
        cost.begin(connection);
        return requestEdit(
          {
            model: asked.model,
            instruction: asked.instruction,
            pictures: uploads,
            mask,
            options: asked.options,
          },
          connection,
          context(edit, connection, panel, waits, kept, cancelled.signal),
        );
      },
    );
    const elapsed = Date.now() - startedAt;
    // Known a moment after the pictures, which do not wait for it.
    const costs = cost.settle(result, asked);
    const versions = readVersions(result);
    kept.receive();
    void costs.then((dollars) => {
      if (dollars !== undefined) kept.spend(dollars);
    });
    for (const { info } of versions)
      log.info(
        `${fileName}: edited in ${elapsed} ms, ${info.format} ${info.width} × ${info.height}`,
      );
    const unread = result.missing + result.pictures.length - versions.length;
    if (unread > 0) log.warn(`${fileName}: of the answer's pictures, ${unread} could not be read`);
    const { usage } = result;
    return { ...edit, panel, startedAt, elapsed, versions, usage, cost: costs, kept };
  } catch (error) {
    panel.dispose();
    if (!cancelled.signal.aborted) {
      kept.fail(error);
      throw error;
    }
    cost.giveUp();
    const charge = waits?.charge ?? 'none';
    kept.cancel(charge);
    return charge;
  } finally {
    waits?.dispose();
    listener.dispose();
  }
}

function context(
  edit: Edit,
  connection: Connection,
  panel: ComparePanel,
  waits: Waits,
  kept: KeptEdit,
  signal: AbortSignal,
): EditContext {
  const { services, fileName, asked } = edit;
  const { n = 1, partial_images: partials } = asked.options ?? {};
  let number = 0;
  return {
    upload: uploadChoice(edit, connection),
    signal,
    recorder: kept.recorder,
    onTry: () => waits.endOne(),
    onWait: (milliseconds, why) => {
      services.log.info(`${fileName}: waiting ${Math.ceil(milliseconds)} ms: ${why.message}`);
      waits.beginOne(milliseconds, why);
    },
    onPartial: (bytes) => {
      const info = identifyPicture(bytes);
      if (!info) return;
      number++;
      const askedFor = partials === undefined ? undefined : Number(partials) * Number(n);
      panel.showPartial(
        { bytes, mime: info.mime },
        { ...facts({ bytes, info }), number, askedFor },
      );
    },
  };
}

function uploadChoice({ services, asked, settings }: Edit, { baseUrl }: Connection): UploadChoice {
  const { globalState } = services.context;
  const forms = globalState.get<Record<string, UploadForm>>('uploadForms', {});
  const name = `${baseUrl} ${asked.model.id}`;
  const remembered = forms[name];
  return {
    setting: settings.upload,
    remembered: remembered === 'json' || remembered === 'multipart' ? remembered : undefined,
    remember: (form) => void globalState.update('uploadForms', { ...forms, [name]: form }),
  };
}

async function sayCancelled(
  { services, subject, fileName, asked }: Edit,
  charge: Charge,
): Promise<void> {
  services.log.info(`${fileName}: cancelled`);
  const tryAgain = 'Try Again';
  const chosen = await window.showInformationMessage(
    `Cancelled the edit of ${fileName}. ${
      charge === 'none' ? chargeInWords(charge) : 'The gateway may charge for it all the same.'
    }`,
    tryAgain,
  );
  if (chosen === tryAgain) await editImage(services, subject, asked);
}
