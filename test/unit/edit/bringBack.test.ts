// A window has gone: what the next one finds of its edits, for each state that they can be in, and what it writes there.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bringBack, recoverKept, type BroughtBack } from '../../../src/edit/bringBack';
import { recordEdit } from '../../../src/edit/recordEdit';
import { EditError } from '../../../src/gateway/errors';
import { requestEdit } from '../../../src/gateway/requestEdit';
import { nodeDisk } from '../../../src/journal/disk';
import type { JobFiles, KeptJob } from '../../../src/journal/jobFiles';
import type { Journal } from '../../../src/journal/journal';
import { isAddress } from '../../../src/journal/records';
import { temporaryPaths } from '../../../src/save/saveLocally';
import { startGateway, type LocalGateway } from '../../gateway/server';
import {
  apiKey,
  journalOfGoneWindow,
  journalOfNewWindow,
  newJob,
  original,
  temporaryFolder,
} from './support/keptJobs';

const picture = readFileSync('test/samples/workspace/photo.jpg');
const withPicture = { data: [{ b64_json: picture.toString('base64') }] };
const neverAnswered = {
  reason: 'interrupted',
  charge: 'unknown',
  message: 'It was sent and never answered: the window was reloaded or closed, or VS Code ended.',
};

/** As the gateway's answer came: where it was `cut`, so many bytes of its end are missing. */
async function answer(job: JobFiles, status: number, body: unknown, cut?: number): Promise<void> {
  const record = job.openAnswer(0, { status, headers: {} }, (error) => {
    throw error;
  });
  const bytes = Buffer.from(JSON.stringify(body));
  await record.write(bytes.subarray(0, bytes.byteLength - (cut ?? 0)));
  await record.end(cut === undefined);
}

describe('what is brought back after a window has gone', () => {
  const folder = temporaryFolder();
  let gone: Journal;
  let here: Journal;
  beforeEach(() => {
    gone = journalOfGoneWindow(folder.path);
    here = journalOfNewWindow(folder.path);
  });

  it('names what a save has left that was not on this machine', async () => {
    const job = await prepare();
    await job.mark('discarded');
    const address = 'vscode-remote://ssh-remote+host/home/me/logo.png';
    await job.markSaving(address, '0a1b2c3d');
    await job.markSaving(folder.path, '1a1b2c3d');
    const named: string[][] = [];
    const removeAt = (...where: string[]) => Promise.resolve(void named.push(where));
    await bringBack(here, unread, undefined, removeAt);
    assert.deepEqual(named, [[address, '0a1b2c3d']]);
    assert.equal(isAddress('C:\\Users\\me'), false);
  });

  const prepare = (journal = gone) => journal.prepare(newJob, original, apiKey);
  const unread = (job: KeptJob, error: unknown) => assert.fail(`${job.files.id}: ${String(error)}`);

  /** Which of the three lists each job is in, by id. */
  function placesOf(back: BroughtBack): Record<string, string> {
    const lists = Object.entries(back) as [string, readonly KeptJob[]][];
    return Object.fromEntries(
      lists.flatMap(([place, jobs]) => jobs.map(({ files }) => [files.id, place])),
    );
  }

  async function read(id: string): Promise<KeptJob | undefined> {
    return (await here.list()).jobs.find(({ files }) => files.id === id);
  }

  /** What was done until the window went, where that is found, and what the journal says then. */
  const rows: [
    string,
    (job: JobFiles) => Promise<void>,
    keyof BroughtBack | undefined,
    Partial<Pick<KeptJob, 'state' | 'isRead' | 'failure'>> | 'removed',
  ][] = [
    ['that was never sent is forgotten', () => Promise.resolve(), undefined, 'removed'],
    [
      'that was sent and never answered is said to be so',
      () => Promise.resolve(),
      'unanswered',
      { state: 'sent', failure: neverAnswered as NonNullable<KeptJob['failure']> },
    ],
    [
      'whose answer broke off is said to be unanswered',
      (job) => answer(job, 200, withPicture, 1000),
      'unanswered',
      { state: 'sent', failure: neverAnswered as NonNullable<KeptJob['failure']> },
    ],
    [
      'that was turned away is unanswered: it may have been sent again',
      (job) => answer(job, 429, { error: { message: 'Busy.' } }),
      'unanswered',
      { state: 'sent', failure: neverAnswered as NonNullable<KeptJob['failure']> },
    ],
    [
      'whose answer is whole is finished',
      (job) => answer(job, 200, withPicture),
      'finished',
      { state: 'received', isRead: true, failure: undefined },
    ],
    [
      'whose answer broke off after all that counts is finished',
      (job) => answer(job, 200, withPicture, 0),
      'finished',
      { state: 'received', isRead: true, failure: undefined },
    ],
    [
      'whose picture is behind a link is finished',
      (job) => answer(job, 200, { data: [{ url: 'https://gateway.example/media/1' }] }),
      'finished',
      { state: 'received', isRead: true, failure: undefined },
    ],
    [
      'that was sent again after it was turned away is finished',
      async (job) => {
        await answer(job, 429, { error: { message: 'Busy.' } });
        await answer(job, 200, withPicture);
      },
      'finished',
      { state: 'received', isRead: true, failure: undefined },
    ],
    [
      'whose pictures had been read is finished',
      async (job) => {
        await answer(job, 200, withPicture);
        await job.mark('received');
      },
      'finished',
      { state: 'received', isRead: true },
    ],
    [
      'whose answer has no picture has failed',
      (job) => answer(job, 200, { data: [] }),
      'failed',
      {
        // It may be looked at in the list: the answer was whole.
        failure: {
          reason: 'noPicture',
          charge: 'charged',
          message:
            'openai/gpt-image-2 sent no picture and no reason. Say more plainly what to change, or choose another model.',
        },
      },
    ],
    ['that was saved is over', (job) => job.mark('saved'), undefined, { state: 'saved' }],
    [
      'that was discarded is over',
      (job) => job.mark('discarded'),
      undefined,
      { state: 'discarded' },
    ],
    [
      'that the user knows to have failed is over',
      (job) => job.markFailed({ reason: 'timeout', charge: 'unknown', message: 'No answer.' }),
      undefined,
      {
        state: 'sent',
        failure: { reason: 'timeout', charge: 'unknown', message: 'No answer.' },
      },
    ],
    [
      'that the user has put aside is not told again',
      async (job) => {
        await answer(job, 200, withPicture);
        await job.mark('received');
        await job.markSeen();
      },
      undefined,
      { state: 'received' },
    ],
  ];
  for (const [at, [what, until, place, expected]] of rows.entries()) {
    it(`an edit ${what}`, async () => {
      const job = await prepare();
      if (at > 0) await job.markSent();
      await until(job);
      const back = await bringBack(here, unread);
      assert.deepEqual(placesOf(back), place ? { [job.id]: place } : {});
      const kept = await read(job.id);
      if (expected === 'removed') assert.equal(kept, undefined);
      else
        for (const [name, value] of Object.entries(expected))
          assert.deepEqual(kept?.[name as keyof KeptJob], value, name);
      // This window has it, or it is over: nobody is told a second time of what never came.
      const again = await bringBack(journalOfNewWindow(folder.path), unread);
      assert.deepEqual(placesOf(again), {});
    });
  }

  it('is nothing where there is no journal yet', async () => {
    const back = await bringBack(journalOfNewWindow(join(folder.path, 'none')), unread);
    assert.deepEqual(back, { finished: [], unanswered: [], failed: [] });
  });

  it('is nothing of a window that lives', async () => {
    const job = await prepare(journalOfNewWindow(folder.path));
    await job.markSent();
    assert.deepEqual(placesOf(await bringBack(here, unread)), {});
    assert.equal((await read(job.id))?.failure, undefined);
  });

  it('is told to one of several windows that look at the same time', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 4; count++) {
      const job = await prepare();
      await job.markSent();
      await answer(job, 200, withPicture);
      ids.push(job.id);
    }
    const windows = [here, journalOfNewWindow(folder.path), journalOfNewWindow(folder.path)];
    const backs = await Promise.all(windows.map((journal) => bringBack(journal, unread)));
    const told = backs.flatMap(({ finished }) => finished.map(({ files }) => files.id));
    assert.deepEqual(told.sort(), ids.sort());
  });

  it('is everything that can be read, where one job cannot: that one waits', async () => {
    const [spoilt, fine] = [await prepare(), await prepare()];
    for (const job of [spoilt, fine]) {
      await job.markSent();
      await answer(job, 200, withPicture);
    }
    const error = Object.assign(new Error('EIO: no luck'), { code: 'EIO' });
    const path = join(folder.path, spoilt.id, 'answer-1');
    let isBroken = true;
    const journal = journalOfNewWindow(folder.path, {
      ...nodeDisk,
      open: (opened, flags, mode) =>
        isBroken && opened === path ? Promise.reject(error) : nodeDisk.open(opened, flags, mode),
    });
    const heard: [string, unknown][] = [];
    const back = await bringBack(journal, ({ files }, why) => heard.push([files.id, why]));
    assert.deepEqual(placesOf(back), { [fine.id]: 'finished' });
    assert.deepEqual(heard, [[spoilt.id, error]]);
    // Nothing was written that a later look would have to take back.
    const kept = await read(spoilt.id);
    assert.deepEqual([kept?.state, kept?.isRead, kept?.failure], ['received', false, undefined]);
    isBroken = false;
    assert.equal((await recoverKept(kept!)).pictures.length, 1);
  });

  describe('with what a save left that was cut short', () => {
    let saves: { temporary: string; kept: string }[];
    let saved: string;

    /** One that was saved once, and was being saved again when the window went. */
    async function leave(token: string): Promise<JobFiles> {
      const job = await prepare();
      await job.markSent();
      await answer(job, 200, withPicture);
      await job.markSaving(folder.path, token);
      const paths = temporaryPaths(folder.path, token);
      for (const path of [paths.temporary, paths.kept]) writeFileSync(path, 'a part');
      saves.push(paths);
      return job;
    }
    beforeEach(() => {
      saves = [];
      saved = join(folder.path, 'photo-edited.png');
      writeFileSync(saved, picture);
      gone = journalOfGoneWindow(join(folder.path, 'journal'));
      here = journalOfNewWindow(join(folder.path, 'journal'));
    });

    const left = () => saves.flatMap(({ temporary, kept }) => [temporary, kept]).filter(existsSync);

    it('is without it, and what was saved stays', async () => {
      const waiting = await leave('0a1b2c3d');
      const over = await leave('4e5f6a7b');
      await over.mark('saved');
      assert.equal(left().length, 4);
      const back = await bringBack(here, unread);
      assert.deepEqual(placesOf(back), { [waiting.id]: 'finished' });
      assert.deepEqual(left(), []);
      assert.deepEqual(readFileSync(saved), picture);
    });

    it('has nothing removed that a window which lives is saving', async () => {
      gone = journalOfNewWindow(join(folder.path, 'journal'));
      await leave('0a1b2c3d');
      await bringBack(here, unread);
      assert.equal(left().length, 2);
    });

    // What was taken over before the disk failed was told to nobody.
    it('is all told the next time where the disk fails before anything was taken over', async () => {
      const job = await leave('0a1b2c3d');
      const journal = journalOfNewWindow(join(folder.path, 'journal'));
      const failing = Object.assign(Object.create(journal) as Journal, {
        listLeft: () => Promise.reject(new Error('EIO')),
      });
      await assert.rejects(bringBack(failing, unread), /EIO/);
      assert.deepEqual(placesOf(await bringBack(here, unread)), { [job.id]: 'finished' });
    });
  });
});

function inBase64(pictures: readonly Uint8Array[]): string[] {
  return pictures.map((bytes) => Buffer.from(bytes).toString('base64'));
}

describe('the pictures of a kept edit', () => {
  const folder = temporaryFolder();
  let gateway: LocalGateway;
  beforeEach(async () => (gateway = await startGateway({ apiKey })));
  afterEach(() => gateway.close());

  /** As the extension sends it, up to the moment in which its window goes. */
  async function edit(): Promise<{ pictures: readonly Uint8Array[]; job: KeptJob }> {
    const journal = journalOfGoneWindow(folder.path);
    const baseUrl = gateway.url;
    const files = await journal.prepare({ ...newJob, baseUrl }, original, apiKey);
    const recorder = recordEdit(files, (error) => {
      throw error;
    });
    const { pictures } = await requestEdit(
      {
        ...{ model: newJob.model, instruction: newJob.instruction },
        pictures: [{ bytes: original, mime: 'image/png', extension: 'png' }],
      },
      { baseUrl, apiKey, timeout: 20_000 },
      {
        upload: { setting: 'multipart', remembered: undefined, remember: () => undefined },
        signal: new AbortController().signal,
        recorder,
      },
    );
    const { finished } = await bringBack(journalOfNewWindow(folder.path), () => assert.fail());
    assert.equal(finished.length, 1);
    return { pictures, job: finished[0]! };
  }

  for (const answerWith of ['b64_json', 'url'] as const) {
    it(`are those that came, from the disk alone, where the answer is ${answerWith}`, async () => {
      gateway.answerWith = answerWith;
      const { pictures, job } = await edit();
      const before = gateway.requests.length;
      const recovered = await recoverKept(job);
      assert.deepEqual(inBase64(recovered.pictures), inBase64(pictures));
      assert.equal(gateway.requests.length, before);
    });
  }

  it('are fetched from their links where these were not kept, if there is a way to them', async () => {
    gateway.answerWith = 'url';
    const { pictures, job } = await edit();
    const without: KeptJob = {
      ...job,
      answers: job.answers.map((one) => ({
        ...one,
        readPicture: () => Promise.resolve(undefined),
      })),
    };
    await assert.rejects(
      recoverKept(without),
      (error) => error instanceof EditError && error.reason === 'download',
    );
    const recovered = await recoverKept(without, { network: {} });
    assert.deepEqual(inBase64(recovered.pictures), inBase64(pictures));
    // Links need no key, and get none.
    assert.equal(gateway.requests.at(-1)?.authorized, false);
    await assert.rejects(recoverKept(job, undefined, AbortSignal.abort(new Error('cancelled'))), {
      message: 'cancelled',
    });
  });
});
