// The service layer's front door, as the extension calls it; with the journal, which writes the picture and the whole answer
// to a disk on the way, or without, since the other contestants write nothing.
import { recordEdit, settleJob } from '../src/edit/recordEdit';
import type { Connection } from '../src/gateway/connection';
import type { UploadForm } from '../src/gateway/imagesEdits';
import type { Route } from '../src/gateway/models';
import { requestEdit, type EditResult } from '../src/gateway/requestEdit';
import type { JobFiles } from '../src/journal/jobFiles';
import { Journal } from '../src/journal/journal';
import type { Contestant } from './measure';

/** @param folder of the journal; without it nothing is written */
export function contestantOf(folder?: string): Contestant {
  const edit = async (
    baseUrl: string,
    picture: Buffer,
    route: Route,
    form: UploadForm,
  ): Promise<EditResult> => {
    const connection: Connection = { baseUrl, apiKey: 'sk-0123456789abcdef', timeout: 60_000 };
    const id = route === 'images/edits' ? 'openai/gpt-image-1' : 'google/gemini-3-pro-image';
    const model = { id, route };
    const job = folder && (await prepare(folder, { model, baseUrl }, picture, connection.apiKey));
    const result = await requestEdit(
      {
        model,
        instruction,
        pictures: [{ bytes: picture, mime: 'image/png', extension: 'png' }],
      },
      connection,
      {
        upload: { setting: form, remembered: undefined, remember: () => undefined },
        signal: new AbortController().signal,
        recorder: job ? recordEdit(job, lost) : undefined,
      },
    );
    if (job) await settleJob(job);
    return result;
  };
  return {
    uploadJson: async (baseUrl, picture) =>
      counted(await edit(baseUrl, picture, 'images/edits', 'json')),
    uploadMultipart: async (baseUrl, picture) =>
      counted(await edit(baseUrl, picture, 'images/edits', 'multipart')),
    answerImages: async (baseUrl, picture) =>
      edited(await edit(baseUrl, picture, 'images/edits', 'multipart')),
    answerChat: async (baseUrl, picture) =>
      edited(await edit(baseUrl, picture, 'chat/completions', 'json')),
  };
}

const instruction = 'make it black and white';

function prepare(
  folder: string,
  job: { model: { id: string; route: Route }; baseUrl: string },
  picture: Buffer,
  apiKey: string,
): Promise<JobFiles> {
  const original = { uri: 'file:///photo.png', fileName: 'photo.png', mime: 'image/png' };
  return new Journal(folder).prepare(
    { ...job, original, references: [], instruction, options: {} },
    picture,
    apiKey,
  );
}

function lost(error: unknown): never {
  throw error;
}

const counted = ({ usage }: EditResult) => usage.totalTokens ?? 0;
const edited = ({ pictures }: EditResult) => pictures[0];
