// An edit that is ready goes in; the versions that the gateway makes of it come out, and the journal has them by then.
import { basename } from 'node:path';
import { ProgressLocation, window, type Progress } from 'vscode';
import type { ComparePanel } from '../compare/comparePanel';
import type { Wait } from '../compare/protocol';
import type { Connection } from '../gateway/connection';
import { EditError, type Charge } from '../gateway/errors';
import type { UploadForm } from '../gateway/imagesEdits';
import {
  requestEdit,
  type EditContext,
  type EditResult,
  type UploadChoice,
} from '../gateway/requestEdit';
import { identifyPicture } from '../picture/identify';
import { savable, whyDamaged, whyNotShown } from './damaged';
import type { Edit } from './edit';
import type { EditCost } from './editCost';
import type { KeptEdit } from './keepEdit';
import { facts } from './panelFacts';
import { readReceived } from './readReceived';
import type { Picture } from './readOriginal';
import { showName } from './showName';
import { newVersions, type Round, type Version } from './versions';
import { Waits } from './waits';

export interface Sending {
  readonly connection: Connection;
  readonly cost: EditCost;
  readonly kept: KeptEdit;
  readonly cancelled: AbortSignal;
  /** Hears of a wait for another try, and of its end. */
  readonly onWait: (wait: Wait | undefined) => void;
  /** Counts down the waits, where there is one. */
  readonly progress?: Progress<{ message?: string }>;
  /** Hears of pictures that the gateway shows while it is still at work; counted from 1. */
  readonly onPartial?: (picture: Picture, number: number) => void;
}

/** In a compare panel that shows the edit already; it outlives the panel. Else as `sendEdit`. */
export async function sendInPanel(
  edit: Edit,
  panel: ComparePanel,
  sending: Pick<Sending, 'connection' | 'cost' | 'kept'>,
): Promise<Version[] | Charge> {
  const { fileName, asked } = edit;
  const cancelled = new AbortController();
  const listener = panel.onDidDecide((decision) => {
    if (decision === 'cancel') cancelled.abort();
  });
  const { n = 1, partial_images: partials } = asked.options ?? {};
  const askedFor = partials === undefined ? undefined : Number(partials) * Number(n);
  const notification = {
    location: ProgressLocation.Notification,
    title: `Editing ${fileName} with ${asked.model.id}`,
    cancellable: true,
  };
  try {
    return await window.withProgress(notification, (progress, token) => {
      token.onCancellationRequested(() => cancelled.abort());
      return sendEdit(edit, {
        ...sending,
        cancelled: cancelled.signal,
        onWait: (wait) => panel.update({ wait }),
        progress,
        onPartial: (picture, number) =>
          panel.showPartial(
            { bytes: picture.bytes, mime: picture.info.mime },
            { ...facts(picture), number, askedFor },
          ),
      });
    });
  } finally {
    listener.dispose();
  }
}

/**
 * @returns what came, also where it was cancelled before all of it had; where nothing had, what that may have cost
 * @throws EditError, or what nobody expected
 */
export async function sendEdit(edit: Edit, sending: Sending): Promise<Version[] | Charge> {
  const { services, fileName, subject, references, uploads, mask, asked, start } = edit;
  const { log } = services;
  const { connection, cost, kept, cancelled, onWait, progress } = sending;
  const startedAt = Date.now();
  const waits = new Waits(onWait, progress);
  log.info(`${fileName}: sending to ${asked.model.id} through ${asked.model.route}`);
  let result: EditResult;
  // Known a moment after the pictures, which do not wait for it.
  let dollars: Promise<number | undefined> = Promise.resolve(undefined);
  try {
    cost.begin(connection);
    const { model, instruction, options } = asked;
    result = await requestEdit(
      { model, instruction, pictures: uploads, mask, options },
      connection,
      context(edit, sending, waits),
    );
    dollars = cost.settle(result, asked);
  } catch (error) {
    if (!cancelled.aborted) {
      cost.giveUp(error);
      kept.fail(error);
      throw error;
    }
    cost.giveUp();
    // Of several answers one may have come, and is paid for.
    const came = await kept.recover();
    if (!came || came instanceof EditError) {
      // What is behind a link was made and paid: it can be downloaded still.
      if (came) kept.fail(came);
      else kept.cancel(waits.charge);
      return waits.charge;
    }
    result = came;
  } finally {
    waits.dispose();
  }
  const { pictures: edited, damaged } = await readReceived(services, result).catch(
    (error: unknown) => {
      kept.fail(error);
      throw error;
    },
  );
  const lacking = { links: result.awaited ?? 0, damaged: savable(damaged).length };
  // First of all: whatever comes next, it is here.
  kept.receive(lacking);
  const elapsed = Date.now() - startedAt;
  const names = (subject.references ?? []).map(({ path }) => showName(basename(path)));
  const round: Round = {
    asked,
    references: names.slice(0, references.length),
    ...{ startedAt, elapsed, kept },
    usage: result.usage,
    why: result.why ?? whyDamaged(damaged),
    ...{ lacking, damaged },
    cost: dollars,
  };
  void dollars.then((settled) => {
    round.settled = { dollars: settled };
    if (settled !== undefined) kept.spend(settled);
  });
  for (const { info } of edited)
    log.info(`${fileName}: edited in ${elapsed} ms, ${info.format} ${info.width} × ${info.height}`);
  const unread = result.missing + result.pictures.length - edited.length;
  if (unread > 0)
    log.warn(`${fileName}: ${unread} of the pictures are missing. ${result.why ?? ''}`.trim());
  return newVersions(edited, round, start?.version);
}

function context(
  edit: Edit,
  { connection, kept, cancelled, onPartial }: Sending,
  waits: Waits,
): EditContext {
  const { services, fileName } = edit;
  let number = 0;
  return {
    upload: uploadChoice(edit, connection),
    signal: cancelled,
    recorder: kept.recorder,
    onTry: () => waits.endOne(),
    onWait: (milliseconds, why) => {
      services.log.info(`${fileName}: waiting ${Math.ceil(milliseconds)} ms: ${why.message}`);
      waits.beginOne(milliseconds, why);
    },
    onPartial: (bytes) => {
      const info = identifyPicture(bytes);
      if (info && whyNotShown(info, bytes.byteLength) === undefined)
        onPartial?.({ bytes, info }, ++number);
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
