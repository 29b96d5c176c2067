// A batch's edits go in, by the ids of their jobs; what changed in each is found by what the journal has of it, and kept there.
import { Uri } from 'vscode';
import { PictureError } from '../picture/pictureError';
import { identifyPicture } from '../picture/identify';
import { BatchComparing, type ToCompare } from './batchComparing';
import { recoverKept } from './bringBack';
import { openJournal } from './keepEdit';
import { pictureWorker } from './pictureWorker';
import type { Services } from './services';
import { readSaveSettings } from './settings';
import { readReceived } from './readReceived';

/** @param changed is called when something was found */
export function compareBatch(services: Services, changed: () => void): BatchComparing {
  return new BatchComparing({
    worker: pictureWorker(services),
    read: (id) => readToCompare(services, id),
    keep: (id, found) => {
      readJob(services, id)
        .then(({ files }) => files.markFound(found))
        .catch((error: unknown) => {
          services.log.warn(`${id}: what changed is not kept: ${String(error)}`);
        });
    },
    changed,
    log: (id, problem) => services.log.warn(`${id}: not compared: ${problem}`),
  });
}

async function readToCompare(services: Services, id: string): Promise<ToCompare> {
  const job = await readJob(services, id);
  const { pictures } = await readReceived(services, await recoverKept(job), 'later');
  const bytes = await job.files.readOriginal(job.record);
  const info = identifyPicture(bytes);
  if (!info) throw new PictureError('Its original is no picture.');
  const { matchOriginal } = readSaveSettings(Uri.parse(job.record.original.uri, true));
  return {
    original: { bytes, info },
    edited: pictures[0],
    pictures: pictures.length,
    matching: matchOriginal,
  };
}

async function readJob(services: Services, id: string) {
  const journal = openJournal(services);
  if (!journal) throw new Error('there is no journal');
  return journal.read(id);
}
