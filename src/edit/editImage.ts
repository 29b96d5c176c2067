// One edit, from click to file: the right-clicked image goes in, a saved picture beside it comes out.
import { basename } from 'node:path';
import { window, type Uri } from 'vscode';
import { canSaveBeside } from '../save/save';
import { ask, type Asked, type AskedBefore } from './ask';
import { listModels, refreshOfferedWhenOld } from './catalogue';
import type { Subject } from './chooseImage';
import { connect, connectSilently } from './connect';
import type { Edit, Session } from './edit';
import { EditCost } from './editCost';
import { keepEdit, type KeptEdit } from './keepEdit';
import { Marking } from './marking';
import { readNetwork } from './network';
import { offerLacking } from './offerLacking';
import { rememberPanel } from './openPanels';
import { pendingRound } from './panelFacts';
import { openPanel } from './panelOfEdit';
import { openLink, readOriginal, readReferences } from './readOriginal';
import { checkAhead, readyUploads } from './readyUploads';
import { report, sayCancelled } from './report';
import { restoreKey } from './restoreKey';
import { review, reviewAgain } from './review';
import { sendInPanel } from './sendEdit';
import type { Services } from './services';
import { readSettings, type Settings } from './settings';
import { showDownloaded } from './showDownloaded';
import { showName } from './showName';

/** @param previous what was asked before, filled in to be tried again */
export async function editImage(
  services: Services,
  subject: Subject,
  previous?: AskedBefore,
): Promise<void> {
  const { uri } = subject;
  const fileName = showName(basename(uri.path));
  let asked: Asked | undefined;
  let session: Session | undefined;
  let cost: EditCost | undefined;
  let kept: KeptEdit | undefined;
  try {
    if (!(await acceptReadOnly(uri, fileName))) return;
    const settings = readSettings(uri);
    const pictures = await readPictures(services, settings, subject, fileName);
    if (!pictures) return;
    const count = 1 + pictures.references.length;
    cost = new EditCost(services, settings, count);
    const { original } = pictures;
    checkAhead(services, original, settings);
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

    const edit: Edit = { ...chosen, ...ready };
    kept = await keepEdit(edit, connection);
    // The panel is open from the first moment.
    const panel = openPanel(edit, {
      phase: 'editing',
      startedAt: Date.now(),
      rounds: [pendingRound(edit, [], cost.last(edit.asked.model, edit.asked.options))],
      restore: restoreKey(services, kept.id),
    });
    rememberPanel(kept.id, panel);
    const outcome = await sendInPanel(edit, panel, { connection, cost, kept }).catch(
      (error: unknown) => {
        panel.dispose();
        throw error;
      },
    );
    if (typeof outcome === 'string') {
      panel.dispose();
      if (await sayCancelled(services, fileName, outcome))
        await editImage(services, subject, asked);
      return;
    }
    session = {
      ...{ services, subject, fileName, original, settings, panel },
      display: edit.display,
      id: kept.id,
      region: edit.asked.region,
      versions: outcome,
    };
  } catch (error) {
    cost?.giveUp(error);
    const jobId = kept?.isLost ? undefined : kept?.id;
    await kept?.written();
    return report(services, fileName, error, {
      tryAgain: () => editImage(services, subject, asked ?? previous),
      download:
        jobId === undefined ? undefined : () => showDownloaded(services, jobId, reviewAgain),
      original: uri,
    });
  }
  void offerLacking(session, session.versions[0]?.round, reviewAgain);
  // Outside: what goes wrong from here on is no reason to pay for another edit.
  await review(session);
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
  return original && { original, references: await readReferences(references) };
}

/** Where nothing can be saved beside the original, that is said before anything is paid. */
export async function acceptReadOnly(uri: Uri, fileName: string): Promise<boolean> {
  if (await canSaveBeside(uri)) return true;
  const goOn = 'Go On';
  const chosen = await window.showWarningMessage(
    `${fileName} lies where nothing can be written. The edited picture can only be saved elsewhere, with Save As….`,
    goOn,
  );
  return chosen === goOn;
}

/** @param marking undefined where it is about several originals */
export async function askFor(
  services: Services,
  settings: Settings,
  fileName: string,
  pictures: number,
  previous: AskedBefore | undefined,
  cost: EditCost,
  marking?: Marking,
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
    onModel: () => cost.lookAhead(connectSilently(services, settings)),
    lastCost: (model, options) => cost.last(model, options),
    marking,
    previous,
  });
}
