// A process that edits pictures as the extension does, from the journal to the saved file, and is killed at any moment: by
// its parent, or by itself at a moment that it was told. It says how far it has come before it goes on.
import { readFileSync, writeSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { recordEdit, settleJob } from '../../../../src/edit/recordEdit';
import { readEdited } from '../../../../src/edit/versions';
import { builtInModels } from '../../../../src/gateway/models';
import { requestEdit } from '../../../../src/gateway/requestEdit';
import { Journal } from '../../../../src/journal/journal';
import { namesBeside } from '../../../../src/save/names';
import { newToken, saveNewLocally } from '../../../../src/save/saveLocally';
import { apiKey, newJob } from './sampleJob';

const [root = '', folder = '', gateway = '', moment = '', ...names] = process.argv.slice(2);

function say(what: string): void {
  writeSync(1, `${what}\n`);
  if (what.startsWith(`${moment} `)) process.kill(process.pid, 'SIGKILL');
}

/** @param name of the edit: of the folder that holds its original, and in the gateway's address */
async function edit(name: string): Promise<void> {
  const path = join(folder, name, 'logo.png');
  const baseUrl = `${gateway}/${name}/v1`;
  const original = readFileSync(path);
  const model = builtInModels[0]!;
  const journal = new Journal(root);
  const job = await journal.prepare(
    {
      ...{ ...newJob, model, options: {}, baseUrl },
      original: { ...newJob.original, uri: name },
    },
    original,
    apiKey,
  );
  const recorder = recordEdit(job, (error) => {
    throw error;
  });
  const result = await requestEdit(
    {
      model,
      instruction: newJob.instruction,
      pictures: [{ bytes: original, mime: 'image/png', extension: extname(path).slice(1) }],
    },
    { baseUrl, apiKey, timeout: 20_000 },
    {
      upload: { setting: 'auto', remembered: undefined, remember: () => undefined },
      signal: new AbortController().signal,
      recorder,
    },
  );
  const { pictures } = await readEdited(result, () => Promise.resolve(true));
  const [{ bytes, info }] = pictures;
  say(`shown ${name}`);
  await settleJob(job);
  const token = newToken();
  await job.markSaving(dirname(path), token);
  const names = namesBeside(basename(path), info.extension, '${name}.edited');
  await saveNewLocally(dirname(path), names, bytes, undefined, token);
  say(`saved ${name}`);
  await job.markSaved(0, path);
  await job.mark('saved');
  say(`ended ${name}`);
}

say('ready');
// Loaded and waiting: what is killed is an edit, not the start of a process.
process.stdin.once('data', () => {
  process.stdin.destroy();
  names.forEach((name, index) => {
    // One after the other is begun, so that they are at different points.
    setTimeout(() => void edit(name), index * 4);
  });
});
