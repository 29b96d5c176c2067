// An edit that the journal keeps goes in; a small picture of it comes out, as a list can show it.
import { Uri } from 'vscode';
import type { KeptJob } from '../journal/jobFiles';
import { identifyPicture } from '../picture/identify';
import { recoverKept } from './bringBack';
import { pictureWorker } from './pictureWorker';
import type { Services } from './services';

/** Pixels of the longer side: a row's icon has 16, on screens of up to four pixels for one. */
const side = 64;

/** As it was made once and kept with the job. Undefined where that is still to be done. */
export async function keptThumbnail(job: KeptJob): Promise<Uri | undefined> {
  const kept = await job.files.readThumbnail().catch(() => undefined);
  return kept && asUri(kept);
}

/** Makes it, and keeps it with the job. Undefined where there is no picture that can be drawn. */
export async function makeThumbnail(services: Services, job: KeptJob): Promise<Uri | undefined> {
  try {
    const source = await readSource(job);
    const info = identifyPicture(source);
    if (!info) return undefined;
    const { bytes } = await pictureWorker(services).run({
      ...{ type: 'render', bytes: source, format: info.format },
      ...{ formats: ['PNG'], maxSide: side },
    });
    await job.files.writeThumbnail(bytes);
    return asUri(bytes);
  } catch (error) {
    services.log.debug(`${job.record.original.fileName}: no small picture: ${String(error)}`);
    return undefined;
  }
}

/** The first edited picture, or where there is none the original. */
async function readSource(job: KeptJob): Promise<Uint8Array> {
  if (job.state === 'prepared' || job.state === 'sent') return job.files.readOriginal(job.record);
  const { pictures } = await recoverKept(job);
  return pictures[0];
}

/** Of no place: the windows of a remote VS Code cannot read this machine's files. */
function asUri(bytes: Uint8Array): Uri {
  return Uri.parse(`data:image/png;base64,${Buffer.from(bytes).toString('base64')}`);
}
