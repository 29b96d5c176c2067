// An edit that the journal keeps goes in; the session comes out that it belongs to, with all its pictures.
import { basename } from 'node:path';
import { window, Uri } from 'vscode';
import { isMarkedRegion } from '../compare/protocol';
import { EditError } from '../gateway/errors';
import type { EditResult } from '../gateway/requestEdit';
import { sessionOf, type KeptJob } from '../journal/jobFiles';
import { identifyPicture } from '../picture/identify';
import type { Asked } from './ask';
import { recoverKept } from './bringBack';
import type { Subject } from './chooseImage';
import { damagedOf, savable, whyDamaged, type Damaged } from './damaged';
import type { Session } from './edit';
import { KeptEdit, openJournal } from './keepEdit';
import { readNetwork } from './network';
import { pictureWorker } from './pictureWorker';
import { readOriginal, type Picture } from './readOriginal';
import { readReceived } from './readReceived';
import { showable } from './readyUploads';
import { report } from './report';
import type { Services } from './services';
import { readSaveSettings } from './settings';
import { showName } from './showName';
import { isUnderWay } from './underWay';
import { newVersions, type Version } from './versions';

/** What the journal has of the job `id` now; undefined where that is no whole job. */
export async function readJob(services: Services, id: string): Promise<KeptJob | undefined> {
  return openJournal(services)
    ?.read(id)
    .catch(() => undefined);
}

/** Whether the journal has the job `id`, though it may not be readable now. */
export async function isKept(services: Services, id: string): Promise<boolean> {
  const { jobs = [], unreadable = [] } = (await openJournal(services)?.list()) ?? {};
  return unreadable.includes(id) || jobs.some(({ files }) => files.id === id);
}

/** Undefined where its pictures are not here, or cannot be read: the user has been told then. */
export async function readSession(services: Services, job: KeptJob): Promise<Session | undefined> {
  const { record, state } = job;
  const { fileName } = record.original;
  if (state === 'prepared' || state === 'sent' || isUnderWay(sessionOf(job))) {
    void window.showInformationMessage(`The edit of ${fileName} is still under way.`);
    return undefined;
  }
  try {
    return await readPictures(services, job);
  } catch (error) {
    await report(services, fileName, error, { original: readSubject(job).uri });
    return undefined;
  }
}

/** All that belongs to the session of `job`. @throws EditError, PictureError or the file system's own error */
async function readPictures(services: Services, job: KeptJob): Promise<Session> {
  const id = sessionOf(job);
  const journal = openJournal(services);
  const { jobs = [] } = (await journal?.list()) ?? {};
  const rounds = jobs.filter((other) => sessionOf(other) === id && isHere(other));
  const [first = job] = rounds.sort((a, b) => a.record.createdAt - b.record.createdAt);
  for (const round of rounds) {
    try {
      await journal?.adopt(round);
      if (round.isSeen) await round.files.markSeen(false);
    } catch (error) {
      services.log.warn(`${job.record.original.fileName}: not taken over: ${String(error)}`);
    }
  }
  const versions: Version[] = [];
  for (const round of rounds) {
    try {
      versions.push(...(await readRound(services, round, versions)));
    } catch (error) {
      // Another round that cannot be read is no reason to withhold this one.
      if (round.files.id === job.files.id) throw error;
      services.log.warn(
        `${job.record.original.fileName}: a round cannot be read: ${String(error)}`,
      );
    }
  }
  const subject = readSubject(first);
  const original = await readKeptOriginal(services, first, versions[0]!);
  const display = await showable(original, undefined, (work) => pictureWorker(services).run(work));
  const { fileName } = first.record.original;
  return {
    ...{ services, subject, fileName, original, display, id, versions },
    region: readAsked(first).region,
    settings: readSaveSettings(subject.uri),
    panel: undefined,
  };
}

/** @param before the versions of the rounds before it */
export async function readRound(
  services: Services,
  job: KeptJob,
  before: readonly Version[],
): Promise<Version[]> {
  const { record, files, saved, deleted, state, elapsed = 0 } = job;
  const result = await readAnswers(job);
  const { pictures, damaged } = await readReceived(services, result);
  const { awaited = 0 } = result;
  const lacking = {
    // From the disk alone nobody knows which links are dead.
    links: Math.min(awaited, job.lacking?.links ?? awaited),
    damaged: savable(damaged).length,
  };
  // Of one that came back after a crash nobody has said so yet.
  if (!job.lacking && lacking.links + lacking.damaged > 0) {
    await files.markLacking(lacking).catch((error: unknown) => {
      services.log.warn(`${record.original.fileName}: the journal: ${String(error)}`);
    });
  }
  const dollars = job.cost ?? result.usage.cost;
  const parent = before.find(
    ({ round, number }) =>
      round.kept.id === record.parent?.job && number === record.parent?.version,
  );
  const versions = newVersions(
    pictures,
    {
      asked: readAsked(job),
      references: record.references.map((uri) => showName(basename(Uri.parse(uri).path))),
      ...(record.parent && !parent && { isParentGone: true }),
      startedAt: record.createdAt,
      elapsed,
      usage: result.usage,
      why: result.why ?? whyDamaged(damaged),
      ...{ lacking, damaged },
      cost: Promise.resolve(dollars),
      settled: { dollars },
      kept: new KeptEdit(
        services,
        record.original.fileName,
        files,
        state,
        job.replaced !== undefined,
      ),
    },
    parent,
  );
  for (const { version, uri } of saved) {
    const there = versions.find(({ number }) => number === version);
    if (there) there.savedAs = [...there.savedAs, Uri.parse(uri, true)];
  }
  for (const version of versions) version.isDeleted = deleted.includes(version.number);
  return versions;
}

/** Whether its pictures have come. */
export function isHere({ failure, state }: KeptJob): boolean {
  return !failure && state !== 'prepared' && state !== 'sent';
}

/** What came of it and cannot be shown, from the disk alone; nothing where that cannot be read. */
export async function readDamaged(services: Services, job: KeptJob): Promise<readonly Damaged[]> {
  try {
    return savable((await readReceived(services, await recoverKept(job))).damaged);
  } catch (error) {
    return damagedOf(error);
  }
}

/** Links are opened only where nothing else is there: the numbers of the versions stay what they were. */
async function readAnswers(job: KeptJob): Promise<EditResult> {
  try {
    return await recoverKept(job);
  } catch (error) {
    if (!(error instanceof EditError && error.reason === 'download')) throw error;
    return recoverKept(job, { network: await readNetwork() });
  }
}

/** An original that is damaged or gone is no reason to withhold what was paid for. */
async function readKeptOriginal(
  { log }: Services,
  { files, record }: KeptJob,
  first: Picture,
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

export function readSubject({ record: { original, references } }: KeptJob): Subject {
  const { uri, link, hasNoFolder } = original;
  return {
    uri: Uri.parse(uri, true),
    ...(references.length > 0 && { references: references.map((one) => Uri.parse(one, true)) }),
    ...(link !== undefined && { link }),
    ...(hasNoFolder !== undefined && { hasNoFolder }),
  };
}

export function readAsked({ record }: KeptJob): Asked {
  const { instruction, model, options, region } = record;
  return {
    instruction,
    model,
    ...(Object.keys(options).length > 0 && { options }),
    ...(isMarkedRegion(region) && { region }),
  };
}
