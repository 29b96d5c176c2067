// An edit that takes its original’s place, and every way back.
import assert from 'node:assert/strict';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { Uri, window } from 'vscode';
import { review } from '../../src/edit/review';
import { undoReplace } from '../../src/edit/undoReplace';
import { until } from '../support/until';
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

  for (const [what, take] of [
    ['deleted', () => rm(path())],
    ['moved', () => rename(path(), join(test.folder, 'elsewhere.png'))],
  ] as const) {
    it(`can bring it back where it was ${what} afterwards: by Undo, and from the journal alone`, async () => {
      const before = await readFile(path());
      const undo = { isWanted: true };
      const answers = answerMessages(replacing, (message) =>
        undo.isWanted && message.startsWith('Replaced') ? take().then(() => 'Undo') : undefined,
      );
      try {
        const work = await test.begin(['screenshot.png']);
        void review(work);
        work.panel!.decide('replace');
        await test.untilUndone();
        assert.deepEqual(await readFile(path()), before);
        await test.untilJob(({ replaced, state }) => !replaced && state === 'received');

        undo.isWanted = false;
        await until('panel', () => work.panel?.isOpen);
        work.panel!.decide('replace');
        const job = await test.untilJob(({ state }) => state === 'saved');
        await take();
        assert.equal(await undoReplace(test.services, job), true);
        assert.deepEqual(await readFile(path()), before);
        assert.equal(answers.said.at(-1), 'Brought back logo.png.');
        const back = await test.untilJob(({ state }) => state === 'received');
        assert.deepEqual([back.replaced, back.saved], [undefined, []]);
      } finally {
        answers.restore();
      }
    });
  }

  it('offers another place for it where its folder has gone', async () => {
    const before = await readFile(path());
    const elsewhere = `${test.folder}-elsewhere`;
    const target = join(elsewhere, 'back.png');
    const answers = answerMessages((message) =>
      message.includes('its folder is gone') ? 'Save As…' : replacing(message),
    );
    const { showSaveDialog } = window;
    window.showSaveDialog = () => Promise.resolve(Uri.file(target));
    try {
      const work = await test.begin(['screenshot.png']);
      void review(work);
      work.panel!.decide('replace');
      const job = await test.untilJob(({ state }) => state === 'saved');
      await rename(test.folder, elsewhere);
      assert.equal(await undoReplace(test.services, job), true);
      assert.deepEqual(await readFile(target), before);
      assert.deepEqual(await readdir(elsewhere), ['back.png', 'logo.png']);
      assert.equal(answers.said.at(-1), 'Saved back.png.');
      assert.equal((await test.untilJob(() => true)).replaced, undefined);
    } finally {
      window.showSaveDialog = showSaveDialog;
      answers.restore();
      await rename(elsewhere, test.folder);
    }
  });

  it('goes through a link, also where what it leads to was deleted, and names that folder for what a crash leaves', async () => {
    const before = await readFile(path());
    const real = join(test.folder, 'real');
    await mkdir(real);
    await rename(path(), join(real, 'picture.png'));
    await symlink(join('real', 'picture.png'), path());
    const answers = answerMessages(replacing);
    try {
      const work = await test.begin(['screenshot.png']);
      void review(work);
      work.panel!.decide('replace');
      const job = await test.untilJob(({ state }) => state === 'saved');
      assert.deepEqual(
        job.saving.map(({ folder }) => folder),
        [await realpath(real)],
      );
      await rm(join(real, 'picture.png'));
      assert.equal(await undoReplace(test.services, job), true);
      assert.deepEqual(await readFile(join(real, 'picture.png')), before);
      assert.ok((await lstat(path())).isSymbolicLink());
      const { saving } = await test.untilJob(({ state }) => state === 'received');
      assert.deepEqual(
        saving.map(({ folder }) => folder),
        [await realpath(real), await realpath(real)],
      );
    } finally {
      answers.restore();
    }
  });

  it('keeps the way back where it is to be replaced twice, and is cleaned up when the user says so alone', async () => {
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
      const { removed, replaced: asked } = await journal.cleanUp(0, 0, Date.now() + 1e12);
      assert.deepEqual([removed, asked.length], [[], 1]);
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
