// One edit, from click to file: the right-clicked image goes in, a saved picture beside it comes out.
import { basename } from 'node:path';
import { ProgressLocation, window, workspace, type Uri } from 'vscode';
import { ComparePanel } from '../compare/comparePanel';
import type { Connection } from '../gateway/connection';
import { EditError } from '../gateway/errors';
import type { UploadForm } from '../gateway/imagesEdits';
import { requestEdit, type EditResult, type UploadChoice } from '../gateway/requestEdit';
import { identifyPicture } from '../picture/identify';
import { ask, type Asked } from './ask';
import { listModels, refreshOfferedWhenOld } from './catalogue';
import { connect } from './connect';
import { readOriginal, type Picture } from './readOriginal';
import { report } from './report';
import { facts, review, usageInWords, type Review } from './review';
import type { Services } from './services';
import { readSettings, type Settings } from './settings';
import { showName } from './showName';

/** @param previous what was asked before, filled in to be tried again */
export async function editImage(services: Services, uri: Uri, previous?: Asked): Promise<void> {
  const fileName = showName(basename(uri.path));
  let asked = previous;
  let edited: Review | undefined;
  try {
    if (!(await acceptReadOnly(uri, fileName))) return;
    const settings = readSettings(uri);
    const original = await readOriginal(uri);
    asked = await askFor(services, settings, fileName, previous);
    if (!asked) return;
    const connection = await connect(services, settings);
    if (!connection) return;

    const edit = { services, uri, fileName, original, asked, settings };
    edited = await sendEdit(edit, connection);
    if (!edited) {
      await sayCancelled(edit);
      return;
    }
  } catch (error) {
    return report(services, fileName, error, () => editImage(services, uri, asked));
  }
  // Outside: what goes wrong from here on is no reason to pay for another edit.
  await review(edited);
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

interface Edit {
  readonly services: Services;
  readonly uri: Uri;
  /** As shown to people. */
  readonly fileName: string;
  readonly original: Picture;
  readonly asked: Asked;
  readonly settings: Settings;
}

async function askFor(
  services: Services,
  settings: Settings,
  fileName: string,
  previous: Asked | undefined,
): Promise<Asked | undefined> {
  const { baseUrl, timeout } = settings;
  // Asked while the user types; without a key as well, which the gateway may allow.
  const refreshed = services.keys
    .get(new URL(baseUrl).origin)
    .then(({ key = '' }) => refreshOfferedWhenOld(services, { baseUrl, apiKey: key, timeout }));
  return ask(services, {
    fileName,
    models: () => listModels(services, settings),
    refreshed,
    defaultModel: settings.model,
    previous,
  });
}

/** Undefined when the user cancels. The panel is open from the first moment, and the edit outlives it. */
async function sendEdit(edit: Edit, connection: Connection): Promise<Review | undefined> {
  const { services, fileName, original, asked } = edit;
  const { log, context } = services;
  const cancelled = new AbortController();
  const startedAt = Date.now();
  const panel = new ComparePanel(
    context.extensionUri,
    {
      fileName,
      instruction: asked.instruction,
      model: asked.model.id,
      phase: 'editing',
      startedAt,
      original: facts(original),
    },
    { bytes: original.bytes, mime: original.info.mime },
    (side) => log.warn(`${fileName}: the panel cannot show the ${side} picture`),
  );
  const listener = panel.onDidDecide((decision) => {
    if (decision === 'cancel') cancelled.abort();
  });
  log.info(`${fileName}: sending to ${asked.model.id} through ${asked.model.route}`);
  try {
    const result = await window.withProgress(
      {
        location: ProgressLocation.Notification,
        title: `Editing ${fileName} with ${asked.model.id}`,
        cancellable: true,
      },
      (_progress, token) => {
        token.onCancellationRequested(() => cancelled.abort());
        return requestEdit(
          {
            model: asked.model,
            instruction: asked.instruction,
            pictures: [
              {
                bytes: original.bytes,
                mime: original.info.mime,
                extension: original.info.extension,
              },
            ],
          },
          connection,
          uploadChoice(edit, connection),
          cancelled.signal,
        );
      },
    );
    const elapsed = Date.now() - startedAt;
    const edited = firstPicture(result);
    log.info(
      `${fileName}: edited in ${elapsed} ms, ${edited.info.format} ${edited.info.width} × ${edited.info.height}`,
    );
    return { ...edit, panel, startedAt, elapsed, edited, usage: usageInWords(result.usage) };
  } catch (error) {
    panel.dispose();
    if (cancelled.signal.aborted) return undefined;
    throw error;
  } finally {
    listener.dispose();
  }
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

function firstPicture({ pictures: [bytes] }: EditResult): Picture {
  const info = identifyPicture(bytes);
  if (info) return { bytes, info };
  throw new EditError('What the gateway sent as a picture is none.', {
    reason: 'badPicture',
    charge: 'charged',
  });
}

async function sayCancelled({ services, uri, fileName, asked }: Edit): Promise<void> {
  services.log.info(`${fileName}: cancelled`);
  const tryAgain = 'Try Again';
  const chosen = await window.showInformationMessage(
    `Cancelled the edit of ${fileName}. The gateway may charge for it all the same.`,
    tryAgain,
  );
  if (chosen === tryAgain) await editImage(services, uri, asked);
}
