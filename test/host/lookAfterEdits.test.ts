// What windows that have gone have left in the journal: what is said of it, and what is cleaned up.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lookAfterEdits } from '../../src/edit/lookAfterEdits';
import { rememberPanel } from '../../src/edit/openPanels';
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
});
