// What the journal says of an edit after each thing that the user does with it, and where there is no place for a journal.
import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Uri } from 'vscode';
import type { Edit, Session } from '../../src/edit/edit';
import { EditCost } from '../../src/edit/editCost';
import { keepEdit } from '../../src/edit/keepEdit';
import { review } from '../../src/edit/review';
import { sendEdit } from '../../src/edit/sendEdit';
import type { Services } from '../../src/edit/services';
import { undoReplace } from '../../src/edit/undoReplace';
import { readReceived } from '../../src/edit/readReceived';
import { newVersions } from '../../src/edit/versions';
import { EditError } from '../../src/gateway/errors';
import type { Model } from '../../src/gateway/models';
import type { KeptJob } from '../../src/journal/jobFiles';
import { startFaultServer } from '../support/faultServer';
import { until } from '../support/until';
import { connection, KeptSession, readSample, untilShown } from './support/keptSession';
import { answerMessages, untilSaid } from './support/userAnswers';

describe('an edit in the journal', () => {
  let test: KeptSession;
  beforeEach(async () => {
    test = await KeptSession.start();
  });
  afterEach(() => test.end());

  it('is received until all its pictures are saved, and says where they are', async () => {
    const work = await test.begin();
    void review(work);
    await test.untilJob(({ state }) => state === 'received');
    work.panel!.decide('accept');
    const half = await test.untilJob(({ saved }) => saved.length === 1);
    assert.equal(half.state, 'received');
    await untilShown(work, 1);
    work.panel!.decide('accept');
    const { saved } = await test.untilJob(({ state }) => state === 'saved');
    assert.deepEqual(saved, [
      { version: 0, uri: Uri.file(join(test.folder, 'logo.edited.png')).toString() },
      { version: 1, uri: Uri.file(join(test.folder, 'logo.edited.jpg')).toString() },
    ]);
  });

  it('is discarded when the user discards it', async () => {
    const work = await test.begin();
    void review(work);
    work.panel!.decide('discard');
    await test.untilJob(({ state }) => state === 'discarded');
  });

  it('is saved when the user discards the rest of it', async () => {
    const work = await test.begin();
    void review(work);
    work.panel!.decide('accept');
    await test.untilJob(({ saved }) => saved.length === 1);
    await untilShown(work, 1);
    work.panel!.decide('discard');
    await test.untilJob(({ state }) => state === 'saved');
  });

  it('stays received when the panel is closed', async () => {
    const work = await test.begin();
    const reviewed = review(work);
    work.panel!.dispose();
    await test.untilJob(({ state }) => state === 'received');
    await Promise.race([reviewed, delay(200)]);
    await test.untilJob(({ state }) => state === 'received');
  });

  it('is received again when the save is undone', async () => {
    const answers = answerMessages((message) => (message.startsWith('Saved') ? 'Undo' : undefined));
    try {
      const work = await test.begin(['screenshot.png']);
      void review(work);
      work.panel!.decide('accept');
      await test.untilUndone();
      const { saved } = await test.untilJob(({ state }) => state === 'received');
      assert.deepEqual(saved, []);
    } finally {
      answers.restore();
    }
  });

  it('keeps the saved picture when Undo is pressed after its edit was deleted', async () => {
    let press: ((label: string) => void) | undefined;
    const answers = answerMessages(
      () => undefined,
      (message) =>
        message === 'Saved logo.edited.png'
          ? new Promise((resolve) => {
              press = resolve;
            })
          : undefined,
    );
    try {
      const work = await test.begin(['screenshot.png', 'portrait.jpg']);
      void review(work);
      work.panel!.decide('accept');
      await test.untilJob(({ saved }) => saved.length === 1);
      await untilShown(work, 1);
      work.panel!.decide({ type: 'delete', version: 0 });
      await test.untilJob(({ deleted }) => deleted.includes(0));
      press!('Undo');
      await untilSaid(answers, /^The edit in logo\.edited\.png is kept nowhere else: it stays\.$/);
      assert.ok((await readdir(test.folder)).includes('logo.edited.png'));
    } finally {
      answers.restore();
    }
  });

  describe('with a second round', () => {
    /** As when something else was asked for, and has come. */
    async function beginTwo(): Promise<Session> {
      const work = await test.begin(['screenshot.png']);
      const kept = await keepEdit(test.edit, connection, work.id);
      kept.receive();
      const [first] = work.versions;
      const logo = { pictures: [await readSample('logo.png')] as const };
      const { pictures } = await readReceived(test.services, logo);
      work.versions.push(...newVersions(pictures, { ...first!.round, kept }));
      return work;
    }

    /** Of the first round, once it is as expected; undefined where it is gone. */
    async function firstJob(
      { id }: Session,
      expected: (job: KeptJob | undefined) => boolean,
    ): Promise<KeptJob | undefined> {
      const find = async () => (await test.jobs()).find(({ files }) => files.id === id);
      await until('first round as expected', async () => expected(await find()));
      return find();
    }

    it('loses the first with its only version', async () => {
      const work = await beginTwo();
      void review(work);
      work.panel!.decide('accept');
      await firstJob(work, (job) => job?.saved.length === 1);
      await untilShown(work, 1);
      work.panel!.decide({ type: 'delete', version: 0 });
      await firstJob(work, (job) => job === undefined);
      assert.equal((await test.jobs()).length, 1);
    });

    it('keeps the way back to an original that a deleted version has replaced', async () => {
      const path = join(test.folder, 'logo.png');
      const before = await readFile(path);
      const answers = answerMessages((message) =>
        message.startsWith('Replace ') ? 'Replace Original' : undefined,
      );
      try {
        const work = await beginTwo();
        void review(work);
        work.panel!.decide('replace');
        await firstJob(work, (job) => job?.replaced !== undefined && job.saved.length === 1);
        await untilShown(work, 1);
        work.panel!.decide({ type: 'delete', version: 0 });
        const job = await firstJob(work, (now) => now?.deleted.includes(0) === true);
        assert.equal(await undoReplace(test.services, job!), true);
        assert.deepEqual(await readFile(path), before);
      } finally {
        answers.restore();
      }
    });
  });

  it('shows what had come when it is cancelled before all of it has', async () => {
    const picture = await readSample('screenshot.png');
    const url = `data:image/png;base64,${picture.toString('base64')}`;
    const choices = [
      { message: { role: 'assistant', content: null, images: [{ image_url: { url } }] } },
    ];
    let answered = 0;
    // Its second call is never answered.
    const server = await startFaultServer((exchange) => {
      if (exchange.method === 'POST' && answered++ === 0) return exchange.answer(200, { choices });
      return undefined;
    });
    try {
      const model: Model = { id: 'google/gemini-3-pro-image', route: 'chat/completions' };
      const several: Edit = {
        ...test.edit,
        asked: { ...test.edit.asked, model, options: { n: 2 } },
      };
      const way = { ...connection, baseUrl: server.baseUrl };
      const kept = await keepEdit(several, way);
      const cost = new EditCost(test.services, several.settings);
      const cancelled = new AbortController();
      const sending = { connection: way, cost, kept, cancelled: cancelled.signal };
      const sent = sendEdit(several, { ...sending, onWait: () => undefined });
      await test.untilJob(({ answers }) => answers.some(({ whole }) => whole));
      cancelled.abort();
      const outcome = await sent;
      assert.ok(Array.isArray(outcome), 'what had come is not shown');
      assert.deepEqual(
        outcome.map(({ bytes }) => picture.equals(bytes)),
        [true],
      );
      const { failure } = await test.untilJob(({ state }) => state === 'received');
      assert.equal(failure, undefined);
    } finally {
      await server.close();
    }
  });

  it('says at once that an answer could not be kept on disk, and goes on', async () => {
    const answers = answerMessages(() => undefined);
    try {
      const kept = await keepEdit(test.edit, connection);
      const { recorder } = kept;
      assert.ok(recorder);
      await recorder.beforeSending();
      // Its folder has gone: nothing of the answer can be kept.
      await rm(test.root, { recursive: true });
      const record = recorder.openAnswer(0, { status: 200, headers: {} });
      await record.write(Buffer.from('{}'));
      await record.end(true);
      kept.receive();
      assert.deepEqual(answers.said, [
        'The edit of logo.png is here, but could not be kept on disk (ENOENT). Save it before you close or reload the window.',
      ]);
    } finally {
      answers.restore();
    }
  });

  it('says once that there is no place for a journal', async () => {
    const warned: string[] = [];
    const log = Object.create(test.services.log, {
      warn: { value: (message: string) => void warned.push(message) },
    }) as Services['log'];
    const elsewhere = { ...test.services.context, globalStorageUri: Uri.parse('memory:/storage') };
    const without = { ...test.services, log, context: elsewhere };
    await keepEdit({ ...test.edit, services: without }, connection);
    await keepEdit({ ...test.edit, services: without }, connection);
    assert.deepEqual(warned, [
      'Edits are not kept on disk until they are saved: memory: is no place on this machine',
    ]);
  });

  it('goes on without, where there is no place for a journal', async () => {
    const elsewhere = { ...test.services.context, globalStorageUri: Uri.parse('memory:/storage') };
    const kept = await keepEdit(
      { ...test.edit, services: { ...test.services, context: elsewhere } },
      connection,
    );
    assert.equal(kept.recorder, undefined);
    const { fsPath } = test.services.context.globalStorageUri;
    await rm(fsPath, { recursive: true });
    await writeFile(fsPath, 'a file in its place');
    assert.equal((await keepEdit(test.edit, connection)).recorder, undefined);
    // Nothing of it fails.
    kept.receive();
    kept.save(0, test.edit.subject.uri);
    kept.undoSave(0, test.edit.subject.uri);
    kept.conclude(false);
    kept.reopen();
    kept.fail(new EditError('No.', { reason: 'gateway', charge: 'unknown' }));
  });
});
