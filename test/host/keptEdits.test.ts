// What the user does with an edit in the compare panel, and what the journal says of it then.
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Uri, commands, workspace } from 'vscode';
import type { ComparePanel } from '../../src/compare/comparePanel';
import { journalFolder } from '../../src/edit/journalFolder';
import type { Edit, Session } from '../../src/edit/edit';
import { EditCost } from '../../src/edit/editCost';
import { keepEdit } from '../../src/edit/keepEdit';
import { lookAfterEdits } from '../../src/edit/lookAfterEdits';
import { panelOf, rememberPanel } from '../../src/edit/openPanels';
import { reopenEdit } from '../../src/edit/reopenEdit';
import { openPanel } from '../../src/edit/panelOfEdit';
import { review } from '../../src/edit/review';
import { sendEdit } from '../../src/edit/sendEdit';
import type { Services } from '../../src/edit/services';
import { readSettings } from '../../src/edit/settings';
import { undoReplace } from '../../src/edit/undoReplace';
import { newVersions, readEdited } from '../../src/edit/versions';
import { EditError } from '../../src/gateway/errors';
import type { Model } from '../../src/gateway/models';
import { nodeDisk } from '../../src/journal/disk';
import { Journal } from '../../src/journal/journal';
import type { KeptJob } from '../../src/journal/jobFiles';
import { identifyProcess, Owner } from '../../src/journal/owner';
import { identifyPicture } from '../../src/picture/identify';
import { startFaultServer } from '../support/faultServer';
import { temporaryServices } from './support/temporaryServices';
import { answerMessages } from './support/userAnswers';

describe('an edit in the journal', () => {
  let services: Services;
  let folder: string;
  let edit: Edit;
  // What came is compared byte by byte with what was saved.
  const matchOriginal = (value: boolean | undefined) =>
    workspace.getConfiguration('retouch').update('matchOriginal', value, true);
  before(async () => {
    services = temporaryServices();
    await matchOriginal(false);
  });
  after(async () => {
    await matchOriginal(undefined);
    services.keys.dispose();
    services.log.dispose();
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retouch-kept-'));
    const uri = Uri.file(join(folder, 'logo.png'));
    const bytes = await readSample('logo.png');
    await writeFile(uri.fsPath, bytes);
    const info = identifyPicture(bytes)!;
    edit = {
      services,
      subject: { uri },
      fileName: 'logo.png',
      original: { bytes, info },
      references: [],
      uploads: [{ bytes, mime: info.mime, extension: info.extension }],
      display: { bytes, mime: info.mime },
      asked: {
        instruction: 'make it black and white',
        model: { id: 'openai/gpt-image-2', route: 'images/edits' },
      },
      settings: readSettings(uri),
    };
  });
  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await commands.executeCommand('notifications.clearAll');
    await rm(folder, { recursive: true });
    await rm(services.context.globalStorageUri.fsPath, { recursive: true, force: true });
  });

  const readSample = (name: string) =>
    readFile(join(__dirname, '..', '..', '..', 'test', 'samples', 'workspace', name));
  const connection = { baseUrl: 'https://gateway.example/v1', apiKey: 'sk-host', timeout: 1000 };

  async function begin(names = ['screenshot.png', 'portrait.jpg']): Promise<Session> {
    const [first, ...others] = await Promise.all(names.map(readSample));
    const kept = await keepEdit(edit, connection);
    const panel = openPanel(edit, { phase: 'editing', startedAt: Date.now(), rounds: [] });
    const edited = readEdited({ pictures: [first!, ...others] });
    kept.receive();
    const cost = Promise.resolve(undefined);
    const { asked } = edit;
    const round = { asked, references: [], startedAt: 0, elapsed: 0, usage: {}, cost, kept };
    const versions = newVersions(edited, round);
    return { ...edit, id: kept.id, region: undefined, panel, versions };
  }

  /** Once it is as expected: what is written there is not waited for by the flow. */
  async function until(expected: (job: KeptJob) => boolean): Promise<KeptJob> {
    const journal = new Journal(journalFolder(services.context.globalStorageUri));
    for (const deadline = Date.now() + 10_000; ;) {
      const { jobs } = await journal.list();
      const [job] = jobs;
      if (job && expected(job)) return job;
      assert.ok(Date.now() < deadline, JSON.stringify(jobs));
      await delay(20);
    }
  }

  /** Gives the log once it says of a save that it was undone. */
  async function untilUndone(): Promise<string> {
    for (const deadline = Date.now() + 10_000; ;) {
      const log = await readLog();
      if (/"saved":\{.*"undone":\{.*"state":"received"/s.test(log)) return log;
      assert.ok(Date.now() < deadline, log);
      await delay(20);
    }
  }

  async function readLog(): Promise<string> {
    const root = journalFolder(services.context.globalStorageUri);
    const [job = ''] = await readdir(root);
    return readFile(join(root, job, 'log.jsonl'), 'utf8');
  }

  async function untilOpen({ files }: KeptJob): Promise<ComparePanel> {
    for (const deadline = Date.now() + 10_000; ;) {
      const panel = panelOf(files.id);
      // Once it shows the pictures: before, it takes no decision.
      if (panel?.isOpen) return panel;
      assert.ok(Date.now() < deadline, 'no panel');
      await delay(20);
    }
  }

  it('is received until all its pictures are saved, and says where they are', async () => {
    const work = await begin();
    void review(work);
    await until(({ state }) => state === 'received');
    work.panel!.decide('accept');
    const half = await until(({ saved }) => saved.length === 1);
    assert.equal(half.state, 'received');
    while (work.panel!.shown !== 1) await delay(10);
    work.panel!.decide('accept');
    const { saved } = await until(({ state }) => state === 'saved');
    assert.deepEqual(saved, [
      { version: 0, uri: Uri.file(join(folder, 'logo.edited.png')).toString() },
      { version: 1, uri: Uri.file(join(folder, 'logo.edited.jpg')).toString() },
    ]);
  });

  it('is discarded when the user discards it', async () => {
    const work = await begin();
    void review(work);
    work.panel!.decide('discard');
    await until(({ state }) => state === 'discarded');
  });

  it('is saved when the user discards the rest of it', async () => {
    const work = await begin();
    void review(work);
    work.panel!.decide('accept');
    await until(({ saved }) => saved.length === 1);
    while (work.panel!.shown !== 1) await delay(10);
    work.panel!.decide('discard');
    await until(({ state }) => state === 'saved');
  });

  it('stays received when the panel is closed', async () => {
    const work = await begin();
    const reviewed = review(work);
    work.panel!.dispose();
    await until(({ state }) => state === 'received');
    await Promise.race([reviewed, delay(200)]);
    await until(({ state }) => state === 'received');
  });

  it('is received again when the save is undone', async () => {
    const answers = answerMessages((message) => (message.startsWith('Saved') ? 'Undo' : undefined));
    try {
      const work = await begin(['screenshot.png']);
      void review(work);
      work.panel!.decide('accept');
      await untilUndone();
      const { saved } = await until(({ state }) => state === 'received');
      assert.deepEqual(saved, []);
    } finally {
      answers.restore();
    }
  });

  describe('that replaces its original', () => {
    const replacing = (message: string) =>
      message.startsWith('Replace ') ? 'Replace Original' : undefined;
    const path = () => join(folder, 'logo.png');

    it('keeps every byte of it, and Undo brings them back', async () => {
      const before = await readFile(path());
      await chmod(path(), 0o640);
      const answers = answerMessages((message) =>
        message.startsWith('Replaced') ? 'Undo' : replacing(message),
      );
      try {
        const work = await begin(['screenshot.png']);
        void review(work);
        work.panel!.decide('replace');
        const log = await untilUndone();
        assert.match(log, /"replaced":\{"uri":"[^"]*","sha256":"[0-9a-f]{64}"\}/);
        assert.deepEqual(await readFile(path()), before);
        assert.equal((await stat(path())).mode & 0o777, 0o640);
        assert.deepEqual(await readdir(folder), ['logo.png']);
        assert.equal((await until(() => true)).replaced, undefined);
      } finally {
        answers.restore();
      }
    });

    it('can bring it back from the journal alone, once, and not over what somebody wrote since', async () => {
      const before = await readFile(path());
      const answers = answerMessages(replacing);
      try {
        const work = await begin(['screenshot.png']);
        void review(work);
        work.panel!.decide('replace');
        const job = await until(({ state }) => state === 'saved');
        assert.ok(job.replaced);
        assert.deepEqual(await readFile(path()), await readSample('screenshot.png'));
        await writeFile(path(), 'mine');
        assert.equal(await undoReplace(services, job), false);
        assert.equal(await readFile(path(), 'utf8'), 'mine');
        await writeFile(path(), await readSample('screenshot.png'));
        assert.equal(await undoReplace(services, job), true);
        assert.deepEqual(await readFile(path()), before);
        const back = await until(({ state }) => state === 'received');
        // What was paid for is in no file any more: it is not saved.
        assert.deepEqual([back.replaced, back.saved], [undefined, []]);
        assert.deepEqual(answers.said.slice(-2), [
          'logo.png has been changed since it was replaced: it stays. Its original is still kept with the edit.',
          'Brought back logo.png.',
        ]);
      } finally {
        answers.restore();
      }
    });

    it('keeps the way back where it is to be replaced twice, and is never cleaned up', async () => {
      const before = await readFile(path());
      const answers = answerMessages(replacing);
      try {
        const work = await begin(['screenshot.png', 'logo.png']);
        void review(work);
        work.panel!.decide('replace');
        const { replaced } = await until(({ saved }) => saved.length === 1);
        while (work.panel!.shown !== 1) await delay(10);
        work.panel!.decide('replace');
        for (const deadline = Date.now() + 10_000; ;) {
          if (answers.said.some((message) => /has been changed meanwhile/.test(message))) break;
          assert.ok(Date.now() < deadline, answers.said.join('\n'));
          await delay(20);
        }
        work.panel!.decide('discard');
        const job = await until(({ state }) => state === 'saved');
        assert.deepEqual(job.replaced, replaced);
        const journal = new Journal(journalFolder(services.context.globalStorageUri));
        const { removed } = await journal.cleanUp(0, 0, Date.now() + 1e12);
        assert.deepEqual(removed, []);
        assert.equal(await undoReplace(services, job), true);
        assert.deepEqual(await readFile(path()), before);
      } finally {
        answers.restore();
      }
    });

    for (const [what, prepare, names, problem] of [
      [
        'that was changed meanwhile',
        () => writeFile(path(), 'mine'),
        ['screenshot.png'],
        /logo\.png has been changed meanwhile/,
      ],
      [
        'that is not kept as a whole',
        async () => {
          const root = journalFolder(services.context.globalStorageUri);
          const [job = ''] = await readdir(root);
          await writeFile(join(root, job, 'original'), 'cut');
        },
        ['screenshot.png'],
        /its original is not kept/,
      ],
      [
        'whose format is another',
        () => Promise.resolve(),
        ['portrait.jpg'],
        /it is JPEG, and logo\.png would no longer be what its name says/,
      ],
    ] as const) {
      it(`refuses one ${what}`, async () => {
        const answers = answerMessages(replacing);
        try {
          const work = await begin([...names]);
          void review(work);
          await prepare();
          const before = await readFile(path());
          work.panel!.decide('replace');
          for (const deadline = Date.now() + 10_000; ;) {
            if (answers.said.some((message) => problem.test(message))) break;
            assert.ok(Date.now() < deadline, answers.said.join('\n'));
            await delay(20);
          }
          assert.deepEqual(await readFile(path()), before);
          assert.deepEqual(await readdir(folder), ['logo.png']);
          const { replaced } = await until(() => true);
          assert.equal(replaced, undefined);
        } finally {
          answers.restore();
        }
      });
    }
  });

  it('that could not be kept on disk is opened from memory as long as it waits', async () => {
    const answers = answerMessages(() => undefined);
    try {
      const work = await begin(['screenshot.png']);
      const { kept } = work.versions[0]!.round;
      const root = journalFolder(services.context.globalStorageUri);
      // Nothing of the answer can be written where a folder has its name.
      await mkdir(join(root, work.id!, 'answer-1'), { recursive: true });
      const record = kept.recorder!.openAnswer(0, { status: 200, headers: {} });
      await record.write(Buffer.from('{}'));
      await record.end(true);
      assert.ok(kept.isLost);
      const reviewed = review(work);
      work.panel!.dispose();
      await Promise.race([reviewed, delay(200)]);
      const [job] = (await new Journal(root).list()).jobs;
      void reopenEdit(services, job!);
      const panel = await untilOpen(job!);
      assert.deepEqual(
        answers.said.filter((message) => /cannot be read|no longer/.test(message)),
        [],
      );
      panel.decide('accept');
      for (const deadline = Date.now() + 10_000; ;) {
        if ((await readdir(folder)).includes('logo.edited.png')) break;
        assert.ok(Date.now() < deadline, answers.said.join());
        await delay(20);
      }
    } finally {
      answers.restore();
    }
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
      const several: Edit = { ...edit, asked: { ...edit.asked, model, options: { n: 2 } } };
      const way = { ...connection, baseUrl: server.baseUrl };
      const kept = await keepEdit(several, way);
      const cost = new EditCost(services, several.settings);
      const cancelled = new AbortController();
      const sending = { connection: way, cost, kept, cancelled: cancelled.signal };
      const sent = sendEdit(several, { ...sending, onWait: () => undefined });
      await until(({ answers }) => answers.some(({ whole }) => whole));
      cancelled.abort();
      const outcome = await sent;
      assert.ok(Array.isArray(outcome), 'what had come is not shown');
      assert.deepEqual(
        outcome.map(({ bytes }) => picture.equals(bytes)),
        [true],
      );
      const { failure } = await until(({ state }) => state === 'received');
      assert.equal(failure, undefined);
    } finally {
      await server.close();
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
      const work = await begin(['screenshot.png', 'portrait.jpg']);
      void review(work);
      work.panel!.decide('accept');
      await until(({ saved }) => saved.length === 1);
      while (work.panel!.shown !== 1) await delay(10);
      work.panel!.decide({ type: 'delete', version: 0 });
      await until(({ deleted }) => deleted.includes(0));
      press!('Undo');
      for (const deadline = Date.now() + 10_000; ;) {
        if (answers.said.includes('The edit in logo.edited.png is kept nowhere else: it stays.'))
          break;
        assert.ok(Date.now() < deadline, answers.said.join());
        await delay(20);
      }
      assert.ok((await readdir(folder)).includes('logo.edited.png'));
    } finally {
      answers.restore();
    }
  });

  it('says so where it was deleted before it is opened', async () => {
    const answers = answerMessages(() => undefined);
    try {
      const work = await begin(['screenshot.png']);
      work.panel!.dispose();
      const job = await until(({ state }) => state === 'received');
      await job.files.remove();
      await reopenEdit(services, job);
      assert.deepEqual(answers.said, ['The edit of logo.png is no longer kept.']);
    } finally {
      answers.restore();
    }
  });

  describe('with a second round', () => {
    /** As when something else was asked for, and has come. */
    async function beginTwo(): Promise<Session> {
      const work = await begin(['screenshot.png']);
      const kept = await keepEdit(edit, connection, work.id);
      kept.receive();
      const [first] = work.versions;
      const edited = readEdited({ pictures: [await readSample('logo.png')] });
      work.versions.push(...newVersions(edited, { ...first!.round, kept }));
      return work;
    }

    const jobs = async () =>
      (await new Journal(journalFolder(services.context.globalStorageUri)).list()).jobs;

    /** Of the first round, once it is as expected; undefined where it is gone. */
    async function firstJob(
      { id }: Session,
      expected: (job: KeptJob | undefined) => boolean,
    ): Promise<KeptJob | undefined> {
      for (const deadline = Date.now() + 10_000; ;) {
        const job = (await jobs()).find(({ files }) => files.id === id);
        if (expected(job)) return job;
        assert.ok(Date.now() < deadline, JSON.stringify(job));
        await delay(20);
      }
    }

    it('loses the first with its only version', async () => {
      const work = await beginTwo();
      void review(work);
      work.panel!.decide('accept');
      await firstJob(work, (job) => job?.saved.length === 1);
      while (work.panel!.shown !== 1) await delay(10);
      work.panel!.decide({ type: 'delete', version: 0 });
      await firstJob(work, (job) => job === undefined);
      assert.equal((await jobs()).length, 1);
    });

    it('keeps the way back to an original that a deleted version has replaced', async () => {
      const path = join(folder, 'logo.png');
      const before = await readFile(path);
      const answers = answerMessages((message) =>
        message.startsWith('Replace ') ? 'Replace Original' : undefined,
      );
      try {
        const work = await beginTwo();
        void review(work);
        work.panel!.decide('replace');
        await firstJob(work, (job) => job?.replaced !== undefined && job.saved.length === 1);
        while (work.panel!.shown !== 1) await delay(10);
        work.panel!.decide({ type: 'delete', version: 0 });
        const job = await firstJob(work, (now) => now?.deleted.includes(0) === true);
        assert.equal(await undoReplace(services, job!), true);
        assert.deepEqual(await readFile(path), before);
      } finally {
        answers.restore();
      }
    });
  });

  it('says at once that an answer could not be kept on disk, and goes on', async () => {
    const answers = answerMessages(() => undefined);
    try {
      const kept = await keepEdit(edit, connection);
      const { recorder } = kept;
      assert.ok(recorder);
      await recorder.beforeSending();
      // Its folder has gone: nothing of the answer can be kept.
      await rm(journalFolder(services.context.globalStorageUri), { recursive: true });
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
    const log = Object.create(services.log, {
      warn: { value: (message: string) => void warned.push(message) },
    }) as Services['log'];
    const elsewhere = { ...services.context, globalStorageUri: Uri.parse('memory:/storage') };
    const without = { ...services, log, context: elsewhere };
    await keepEdit({ ...edit, services: without }, connection);
    await keepEdit({ ...edit, services: without }, connection);
    assert.deepEqual(warned, [
      'Edits are not kept on disk until they are saved: memory: is no place on this machine',
    ]);
  });

  it('comes back from the journal in the compare panel, with what was saved of it', async () => {
    const kept = await keepEdit(edit, connection);
    await kept.recorder!.beforeSending();
    const pictures = [await readSample('screenshot.png'), await readSample('portrait.jpg')];
    const record = kept.recorder!.openAnswer(0, { status: 200, headers: {} });
    const data = pictures.map((bytes) => ({ b64_json: bytes.toString('base64') }));
    await record.write(Buffer.from(JSON.stringify({ data, usage: { total_tokens: 7 } })));
    await record.end(true);
    kept.receive();
    kept.spend(0.0125);
    kept.save(0, Uri.file(join(folder, 'logo.edited.png')));
    const job = await until(({ saved, cost }) => saved.length === 1 && cost !== undefined);
    void reopenEdit(services, job);
    const open = await untilOpen(job);
    assert.equal(open.shown, 1, 'the one that is not saved');
    open.decide('accept');
    const { saved } = await until(({ state }) => state === 'saved');
    assert.deepEqual(saved[1], {
      version: 1,
      uri: Uri.file(join(folder, 'logo.edited.jpg')).toString(),
    });
    assert.ok((await readFile(join(folder, 'logo.edited.jpg'))).equals(pictures[1]!));
  });

  it('says what came back, and what it may have cost', async () => {
    const answers = answerMessages((message) =>
      message.includes('not reviewed') ? 'Review' : undefined,
    );
    try {
      const journal = new Journal(
        journalFolder(services.context.globalStorageUri),
        nodeDisk,
        // A window that has gone: no process has such a number.
        new Owner({ ...identifyProcess(), pid: 2 ** 30 }),
      );
      const prepare = async () =>
        journal.prepare(
          {
            original: {
              uri: edit.subject.uri.toString(),
              fileName: 'logo.png',
              mime: 'image/png',
            },
            references: [],
            instruction: 'make it black and white',
            model: { id: 'openai/gpt-image-2', route: 'images/edits' },
            options: {},
            baseUrl: connection.baseUrl,
          },
          edit.original.bytes,
          '',
        );
      const finished = await prepare();
      await finished.markSent();
      const record = finished.openAnswer(0, { status: 200, headers: {} }, assert.ifError);
      const b64_json = (await readSample('screenshot.png')).toString('base64');
      await record.write(Buffer.from(JSON.stringify({ data: [{ b64_json }] })));
      await record.end(true);
      await (await prepare()).markSent();
      await prepare();
      await lookAfterEdits(services);
      assert.deepEqual(answers.said, [
        '1 finished edit was not reviewed. 1 edit was sent and never answered: it may have been charged, and is not sent again by itself.',
      ]);
      const { jobs } = await new Journal(journalFolder(services.context.globalStorageUri)).list();
      assert.deepEqual(jobs.map(({ state, failure }) => [state, failure?.charge]).sort(), [
        ['received', undefined],
        ['sent', 'unknown'],
      ]);
      const open = await untilOpen(jobs.find(({ state }) => state === 'received')!);
      open.dispose();
      await lookAfterEdits(services);
      assert.equal(answers.said.filter((message) => message.includes('never answered')).length, 1);
    } finally {
      answers.restore();
    }
  });

  it('that is old and was never saved goes when the user says so, unless it was touched since', async () => {
    const root = journalFolder(services.context.globalStorageUri);
    const made: string[] = [];
    for (let count = 0; count < 3; count++) {
      const work = await begin(['screenshot.png']);
      await work.versions[0]!.round.kept.written();
      if (count < 2) work.panel!.dispose();
      else rememberPanel(work.id, work.panel!);
      made.push(work.id!);
      const path = join(root, work.id!, 'log.jsonl');
      const log = await readFile(path, 'utf8');
      assert.match(log, /"at":\d+/);
      await writeFile(path, log.replaceAll(/"at":\d+/g, '"at":1'));
    }
    const [gone = '', saved = '', open = ''] = made;
    const job = async (id: string) =>
      (await new Journal(root).list()).jobs.find(({ files }) => files.id === id);
    let press: ((label: string) => void) | undefined;
    const answers = answerMessages(
      () => undefined,
      (message) =>
        message === '3 edits were never saved and are older than 30 days.'
          ? new Promise((resolve) => {
              press = resolve;
            })
          : undefined,
    );
    try {
      await lookAfterEdits(services);
      assert.ok(press, answers.said.join());
      await (await job(saved))!.files.mark('saved');
      press('Delete');
      for (const deadline = Date.now() + 10_000; await job(gone);) {
        assert.ok(Date.now() < deadline, 'it is not deleted');
        await delay(20);
      }
      assert.ok(await job(saved));
      assert.ok(await job(open));
    } finally {
      answers.restore();
    }
  });

  it('goes on without, where there is no place for a journal', async () => {
    const elsewhere = { ...services.context, globalStorageUri: Uri.parse('memory:/storage') };
    const kept = await keepEdit(
      { ...edit, services: { ...services, context: elsewhere } },
      connection,
    );
    assert.equal(kept.recorder, undefined);
    const { fsPath } = services.context.globalStorageUri;
    await writeFile(fsPath, 'a file in its place');
    assert.equal((await keepEdit(edit, connection)).recorder, undefined);
    // Nothing of it fails.
    kept.receive();
    kept.save(0, edit.subject.uri);
    kept.undoSave(0, edit.subject.uri);
    kept.conclude(false);
    kept.reopen();
    kept.fail(new EditError('No.', { reason: 'gateway', charge: 'unknown' }));
  });
});
