// What windows that have gone have left in the journal: what is said of it, and what is cleaned up.
import assert from 'node:assert/strict';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lookAfterEdits } from '../../src/edit/lookAfterEdits';
import { rememberPanel } from '../../src/edit/openPanels';
import { review } from '../../src/edit/review';
import { nodeDisk } from '../../src/journal/disk';
import { Journal } from '../../src/journal/journal';
import type { JobFiles } from '../../src/journal/jobFiles';
import { identifyProcess, Owner, type ProcessIdentity } from '../../src/journal/owner';
import { until } from '../support/until';
import { connection, KeptSession, readSample } from './support/keptSession';
import { answerMessages } from './support/userAnswers';

describe('looking after edits', () => {
  let test: KeptSession;
  beforeEach(async () => {
    test = await KeptSession.start();
  });
  afterEach(() => test.end());

  function identifyThis(): ProcessIdentity {
    const [, machine = ''] = /^owner-([0-9a-f]+)-/.exec(test.journal.windowName) ?? [];
    return { ...identifyProcess(), machine };
  }

  function prepare(identity: ProcessIdentity): Promise<JobFiles> {
    return new Journal(test.root, nodeDisk, new Owner(identity)).prepare(
      {
        original: {
          uri: test.edit.subject.uri.toString(),
          fileName: 'logo.png',
          mime: 'image/png',
        },
        references: [],
        instruction: 'make it black and white',
        model: { id: 'openai/gpt-image-2', route: 'images/edits' },
        options: {},
        baseUrl: connection.baseUrl,
      },
      test.edit.original.bytes,
      '',
    );
  }

  async function finish(files: JobFiles): Promise<void> {
    await files.markSent();
    const record = files.openAnswer(0, { status: 200, headers: {} }, assert.ifError);
    const b64_json = (await readSample('screenshot.png')).toString('base64');
    await record.write(Buffer.from(JSON.stringify({ data: [{ b64_json }] })));
    await record.end(true);
  }

  it('says what is another machine’s, once, and takes nothing of it', async () => {
    const answers = answerMessages(() => undefined);
    try {
      await finish(await prepare({ ...identifyThis(), machine: '00000000', pid: 2 ** 30 }));
      await lookAfterEdits(test.services);
      await lookAfterEdits(test.services);
      assert.deepEqual(answers.said, [
        '1 edit belongs to another machine, which may still be at work on it. It comes back here after a day without a sign of that machine.',
      ]);
      const [job] = await test.jobs();
      assert.equal(test.journal.whose(job!), 'elsewhere');
    } finally {
      answers.restore();
    }
  });

  it('says what came back, and what it may have cost', async () => {
    const answers = answerMessages((message) =>
      message.includes('not reviewed') ? 'Review' : undefined,
    );
    try {
      // A window that has gone: no process has such a number.
      const gone = { ...identifyThis(), pid: 2 ** 30 };
      await finish(await prepare(gone));
      await (await prepare(gone)).markSent();
      await prepare(gone);
      await lookAfterEdits(test.services);
      assert.deepEqual(answers.said, [
        '1 finished edit was not reviewed. 1 edit was sent and never answered: it may have been charged, and is not sent again by itself.',
      ]);
      const { jobs } = await test.journal.list();
      assert.deepEqual(jobs.map(({ state, failure }) => [state, failure?.charge]).sort(), [
        ['received', undefined],
        ['sent', 'unknown'],
      ]);
      const open = await test.untilOpen(jobs.find(({ state }) => state === 'received')!);
      open.dispose();
      await lookAfterEdits(test.services);
      assert.equal(answers.said.filter((message) => message.includes('never answered')).length, 1);
    } finally {
      answers.restore();
    }
  });

  it('that is old and was never saved goes when the user says so, unless it was touched since', async () => {
    const { root } = test;
    const made: string[] = [];
    for (let count = 0; count < 3; count++) {
      const work = await test.begin(['screenshot.png']);
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
      (await test.journal.list()).jobs.find(({ files }) => files.id === id);
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
      await lookAfterEdits(test.services);
      assert.ok(press, answers.said.join());
      await (await job(saved))!.files.mark('saved');
      press('Delete');
      await until('end of the edit', async () => !(await job(gone)));
      assert.ok(await job(saved));
      assert.ok(await job(open));
    } finally {
      answers.restore();
    }
  });

  describe('that have replaced their originals', () => {
    const day = 24 * 60 * 60 * 1000;

    /** @returns the id of the job, which is so old */
    async function replaceOld(age: number): Promise<string> {
      const replacing = answerMessages((message) =>
        message.startsWith('Replace ') ? 'Replace Original' : undefined,
      );
      try {
        const work = await test.begin(['screenshot.png']);
        void review(work);
        work.panel!.decide('replace');
        await test.untilJob(({ state }) => state === 'saved');
        await work.versions[0]!.round.kept.written();
        const path = join(test.root, work.id!, 'log.jsonl');
        const log = await readFile(path, 'utf8');
        await writeFile(path, log.replaceAll(/"at":\d+/g, `"at":${Date.now() - age}`));
        return work.id!;
      } finally {
        replacing.restore();
      }
    }
    const question =
      '1 edit has replaced its original more than 30 days ago, and has the only copy of it.';

    it('go when they are old and the user says so', async () => {
      const id = await replaceOld(31 * day);
      const answers = answerMessages((message) => (message === question ? 'Delete' : undefined));
      try {
        await lookAfterEdits(test.services);
        await until(
          'end of the edit',
          async () => (await test.jobs()).length === 0,
          () => id,
        );
        assert.deepEqual(answers.said, [question]);
      } finally {
        answers.restore();
      }
    });

    it('are over where the original is back by itself', async () => {
      await replaceOld(31 * day);
      await writeFile(test.edit.subject.uri.fsPath, test.edit.original.bytes);
      const answers = answerMessages(() => undefined);
      try {
        await lookAfterEdits(test.services);
        await test.untilJob(({ replaced }) => replaced === undefined);
        assert.deepEqual(answers.said, []);
      } finally {
        answers.restore();
      }
    });

    it('are named where they take too much room, once', async () => {
      const id = await replaceOld(0);
      // Without a byte of it on the disk.
      await truncate(await newFile(join(test.root, id, 'answer-9')), 2.5 * 1024 ** 3);
      const answers = answerMessages(() => undefined);
      try {
        await lookAfterEdits(test.services);
        await lookAfterEdits(test.services);
        assert.deepEqual(answers.said, [
          'The edits that Retouch keeps take 2.5 GB, more than 2 GB: 2.5 GB in 1 that replaced an original.',
        ]);
        assert.equal((await test.jobs()).length, 1);
      } finally {
        answers.restore();
      }
    });
  });
});

async function newFile(path: string): Promise<string> {
  await writeFile(path, '');
  return path;
}
