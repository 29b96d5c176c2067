// An edit that takes its original’s place, and every way back.
import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { review } from '../../src/edit/review';
import { undoReplace } from '../../src/edit/undoReplace';
import { KeptSession, readSample, untilShown } from './support/keptSession';
import { answerMessages, untilSaid } from './support/userAnswers';

describe('an edit that replaces its original', () => {
  let test: KeptSession;
  beforeEach(async () => {
    test = await KeptSession.start();
  });
  afterEach(() => test.end());

  const replacing = (message: string) =>
    message.startsWith('Replace ') ? 'Replace Original' : undefined;
  const path = () => join(test.folder, 'logo.png');

  it('keeps every byte of it, and Undo brings them back', async () => {
    const before = await readFile(path());
    await chmod(path(), 0o640);
    const answers = answerMessages((message) =>
      message.startsWith('Replaced') ? 'Undo' : replacing(message),
    );
    try {
      const work = await test.begin(['screenshot.png']);
      void review(work);
      work.panel!.decide('replace');
      const log = await test.untilUndone();
      assert.match(log, /"replaced":\{"uri":"[^"]*","sha256":"[0-9a-f]{64}"\}/);
      assert.deepEqual(await readFile(path()), before);
      assert.equal((await stat(path())).mode & 0o777, 0o640);
      assert.deepEqual(await readdir(test.folder), ['logo.png']);
      assert.equal((await test.untilJob(() => true)).replaced, undefined);
    } finally {
      answers.restore();
    }
  });

  it('can bring it back from the journal alone, once, and not over what somebody wrote since', async () => {
    const before = await readFile(path());
    const answers = answerMessages(replacing);
    try {
      const work = await test.begin(['screenshot.png']);
      void review(work);
      work.panel!.decide('replace');
      const job = await test.untilJob(({ state }) => state === 'saved');
      assert.ok(job.replaced);
      assert.deepEqual(await readFile(path()), await readSample('screenshot.png'));
      await writeFile(path(), 'mine');
      assert.equal(await undoReplace(test.services, job), false);
      assert.equal(await readFile(path(), 'utf8'), 'mine');
      await writeFile(path(), await readSample('screenshot.png'));
      assert.equal(await undoReplace(test.services, job), true);
      assert.deepEqual(await readFile(path()), before);
      const back = await test.untilJob(({ state }) => state === 'received');
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
      const work = await test.begin(['screenshot.png', 'logo.png']);
      void review(work);
      work.panel!.decide('replace');
      const { replaced } = await test.untilJob(({ saved }) => saved.length === 1);
      await untilShown(work, 1);
      work.panel!.decide('replace');
      await untilSaid(answers, /has been changed meanwhile/);
      work.panel!.decide('discard');
      const job = await test.untilJob(({ state }) => state === 'saved');
      assert.deepEqual(job.replaced, replaced);
      const journal = test.journal;
      const { removed } = await journal.cleanUp(0, 0, Date.now() + 1e12);
      assert.deepEqual(removed, []);
      assert.equal(await undoReplace(test.services, job), true);
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
        const { root } = test;
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
        const work = await test.begin([...names]);
        void review(work);
        await prepare();
        const before = await readFile(path());
        work.panel!.decide('replace');
        await untilSaid(answers, problem);
        assert.deepEqual(await readFile(path()), before);
        assert.deepEqual(await readdir(test.folder), ['logo.png']);
        const { replaced } = await test.untilJob(() => true);
        assert.equal(replaced, undefined);
      } finally {
        answers.restore();
      }
    });
  }
});
