// An edit that the journal keeps is opened again: from the disk, or from memory where the disk has not all of it.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Uri } from 'vscode';
import { keepEdit } from '../../src/edit/keepEdit';
import { reopenEdit } from '../../src/edit/reopenEdit';
import { review } from '../../src/edit/review';
import { until } from '../support/until';
import { connection, KeptSession, readSample } from './support/keptSession';
import { answerMessages } from './support/userAnswers';

describe('an edit that is opened again', () => {
  let test: KeptSession;
  beforeEach(async () => {
    test = await KeptSession.start();
  });
  afterEach(() => test.end());

  it('comes back from the journal in the compare panel, with what was saved of it', async () => {
    const kept = await keepEdit(test.edit, connection);
    await kept.recorder!.beforeSending();
    const pictures = [await readSample('screenshot.png'), await readSample('portrait.jpg')];
    const record = kept.recorder!.openAnswer(0, { status: 200, headers: {} });
    const data = pictures.map((bytes) => ({ b64_json: bytes.toString('base64') }));
    await record.write(Buffer.from(JSON.stringify({ data, usage: { total_tokens: 7 } })));
    await record.end(true);
    kept.receive();
    kept.spend(0.0125);
    kept.save(0, Uri.file(join(test.folder, 'logo.edited.png')));
    const job = await test.untilJob(({ saved, cost }) => saved.length === 1 && cost !== undefined);
    void reopenEdit(test.services, job);
    const open = await test.untilOpen(job);
    assert.equal(open.shown, 1, 'the one that is not saved');
    open.decide('accept');
    const { saved } = await test.untilJob(({ state }) => state === 'saved');
    assert.deepEqual(saved[1], {
      version: 1,
      uri: Uri.file(join(test.folder, 'logo.edited.jpg')).toString(),
    });
    assert.ok((await readFile(join(test.folder, 'logo.edited.jpg'))).equals(pictures[1]!));
  });

  it('that could not be kept on disk is opened from memory as long as it waits', async () => {
    const answers = answerMessages(() => undefined);
    try {
      const work = await test.begin(['screenshot.png']);
      const { kept } = work.versions[0]!.round;
      const { root } = test;
      // Nothing of the answer can be written where a folder has its name.
      await mkdir(join(root, work.id!, 'answer-1'), { recursive: true });
      const record = kept.recorder!.openAnswer(0, { status: 200, headers: {} });
      await record.write(Buffer.from('{}'));
      await record.end(true);
      assert.ok(kept.isLost);
      const reviewed = review(work);
      work.panel!.dispose();
      await Promise.race([reviewed, delay(200)]);
      const [job] = (await test.journal.list()).jobs;
      void reopenEdit(test.services, job!);
      const panel = await test.untilOpen(job!);
      assert.deepEqual(
        answers.said.filter((message) => /cannot be read|no longer/.test(message)),
        [],
      );
      panel.decide('accept');
      await until(
        'saved picture',
        async () => (await readdir(test.folder)).includes('logo.edited.png'),
        () => answers.said,
      );
    } finally {
      answers.restore();
    }
  });

  it('says so where it was deleted before it is opened', async () => {
    const answers = answerMessages(() => undefined);
    try {
      const work = await test.begin(['screenshot.png']);
      work.panel!.dispose();
      const job = await test.untilJob(({ state }) => state === 'received');
      await job.files.remove();
      await reopenEdit(test.services, job);
      assert.deepEqual(answers.said, ['The edit of logo.png is no longer kept.']);
    } finally {
      answers.restore();
    }
  });
});
