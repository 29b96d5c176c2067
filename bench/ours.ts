// Ours: the service layer's front door, as the extension calls it: with the journal, which writes the picture and the whole
// answer to a disk on the way. The other contestants write nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordEdit, settleJob } from '../src/edit/recordEdit';
import type { Connection } from '../src/gateway/connection';
import type { UploadForm } from '../src/gateway/imagesEdits';
import type { Route } from '../src/gateway/models';
import { requestEdit, type EditResult } from '../src/gateway/requestEdit';
import { Journal } from '../src/journal/journal';
import { compete } from './measure';

const folder = mkdtempSync(join(tmpdir(), 'retouch-bench-journal-'));
process.once('exit', () => rmSync(folder, { recursive: true }));

async function edit(
  baseUrl: string,
  picture: Buffer,
  route: Route,
  form: UploadForm,
): Promise<EditResult> {
  const connection: Connection = { baseUrl, apiKey: 'sk-0123456789abcdef', timeout: 60_000 };
  const id = route === 'images/edits' ? 'openai/gpt-image-1' : 'google/gemini-3-pro-image';
  const instruction = 'make it black and white';
  const model = { id, route };
  const job = await new Journal(folder).prepare(
    {
      original: { uri: 'file:///photo.png', fileName: 'photo.png', mime: 'image/png' },
      references: [],
      instruction,
      model,
      options: {},
      baseUrl,
    },
    picture,
    connection.apiKey,
  );
  const lost = (error: unknown) => {
    throw error;
  };
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
      recorder: recordEdit(job, lost),
    },
  );
  await settleJob(job);
  return result;
}

const counted = ({ usage }: EditResult) => usage.totalTokens ?? 0;
const edited = ({ pictures }: EditResult) => pictures[0];

void compete({
  uploadJson: async (baseUrl, picture) =>
    counted(await edit(baseUrl, picture, 'images/edits', 'json')),
  uploadMultipart: async (baseUrl, picture) =>
    counted(await edit(baseUrl, picture, 'images/edits', 'multipart')),
  answerImages: async (baseUrl, picture) =>
    edited(await edit(baseUrl, picture, 'images/edits', 'multipart')),
  answerChat: async (baseUrl, picture) =>
    edited(await edit(baseUrl, picture, 'chat/completions', 'json')),
});
