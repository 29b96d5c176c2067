// Editing and saving where there is no disk, through VS Code's file systems alone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FileSystemError, Uri, commands, window, workspace, type Disposable } from 'vscode';
import { editImage } from '../../src/edit/editImage';
import { journalFolder } from '../../src/edit/journalFolder';
import { openJournal } from '../../src/edit/keepEdit';
import { lookAfterEdits } from '../../src/edit/lookAfterEdits';
import { review } from '../../src/edit/review';
import type { Services } from '../../src/edit/services';
import { undoReplace } from '../../src/edit/undoReplace';
import { recoverEdit } from '../../src/gateway/recoverEdit';
import type { KeptJob } from '../../src/journal/jobFiles';
import { Journal } from '../../src/journal/journal';
import { identifyProcess, Owner } from '../../src/journal/owner';
import { identifyPicture } from '../../src/picture/identify';
import { isSameFile, saveAt, saveBeside, undoSave } from '../../src/save/save';
import { removeLeftBeside } from '../../src/save/saveVirtually';
import { startGateway, type LocalGateway } from '../gateway/server';
import { until } from '../support/until';
import { temporaryServices } from './support/temporaryServices';
import { KeptSession, readSample } from './support/keptSession';
import { MemoryFileSystem } from './support/memoryFileSystem';
import { answerMessages, untilSaid, type UserAnswers } from './support/userAnswers';

describe('on a virtual file system', () => {
  const files = new MemoryFileSystem();
  const original = Uri.parse('memory:/photo.jpg');
  const edited = Buffer.from('edited');
  let registration: Disposable;
  before(() => {
    registration = workspace.registerFileSystemProvider('memory', files, { isCaseSensitive: true });
  });
  beforeEach(() => {
    files.files.clear();
    files.truncateAt = Infinity;
    files.fail = () => undefined;
    files.files.set('/photo.jpg', Buffer.from('original'));
  });
  after(() => {
    registration.dispose();
  });

  const names = () => [...files.files.keys()].sort();

  it('saves beside the original, never over anything', async () => {
    const first = await saveBeside(original, 'png', '${name}.edited', edited);
    const second = await saveBeside(original, 'png', '${name}.edited', Buffer.from('other'));
    assert.deepEqual([first.path, second.path], ['/photo.edited.png', '/photo.edited-2.png']);
    assert.deepEqual(names(), ['/photo.edited-2.png', '/photo.edited.png', '/photo.jpg']);
    assert.equal(Buffer.from(files.files.get('/photo.jpg')!).toString(), 'original');
    assert.equal(Buffer.from(files.files.get('/photo.edited.png')!).toString(), 'edited');
  });

  it('leaves nothing when not every byte was kept', async () => {
    files.truncateAt = 3;
    await assert.rejects(saveBeside(original, 'png', '${name}.edited', edited), /other bytes/);
    assert.deepEqual(names(), ['/photo.jpg']);
  });

  it('takes a saved file away again, where there is no trash, unless it has changed', async () => {
    const saved = await saveBeside(original, 'png', '${name}.edited', edited);
    files.files.set(saved.path, Buffer.from('changed'));
    assert.equal(await undoSave(saved, edited), 'changed');
    files.files.set(saved.path, edited);
    assert.equal(await undoSave(saved, edited), 'removed');
    assert.deepEqual(names(), ['/photo.jpg']);
  });

  it('saves where the user said, but never over the original, by whatever spelling', async () => {
    const target = Uri.parse('memory:/chosen.png');
    assert.deepEqual(await saveAt(target, edited, original), { uri: target, replaced: false });
    const other = Buffer.from('other');
    assert.deepEqual(await saveAt(target, other, original), { uri: target, replaced: true });
    assert.equal(Buffer.from(files.files.get('/chosen.png')!).toString(), 'other');
    files.files.set('/PHOTO.JPG', Buffer.from('original'));
    for (const path of ['/photo.jpg', '/PHOTO.JPG']) {
      await assert.rejects(saveAt(original.with({ path }), edited, original), /is the original/);
      assert.equal(Buffer.from(files.files.get(path)!).toString(), 'original');
    }
    assert.deepEqual(names(), ['/PHOTO.JPG', '/chosen.png', '/photo.jpg']);
    assert.equal(await isSameFile(original, original.with({ path: '/folder/../photo.jpg' })), true);
    assert.equal(await isSameFile(original, Uri.file('/photo.jpg')), false);
  });

  describe('over a file that VS Code takes away before it moves the new one', () => {
    const target = Uri.parse('memory:/chosen.png');
    const textOf = (path: string) => Buffer.from(files.files.get(path) ?? []).toString();
    beforeEach(() => {
      files.files.set('/chosen.png', Buffer.from('old'));
    });

    it('goes on where the connection comes back', async () => {
      const broken = breakMove(files, target.path, 1);
      assert.deepEqual(await saveAt(target, edited, original), { uri: target, replaced: true });
      assert.equal(broken.times, 1);
      assert.equal(textOf('/chosen.png'), 'edited');
      assert.deepEqual(names(), ['/chosen.png', '/photo.jpg']);
    });

    it('has the old one back where the new one cannot be moved there', async () => {
      const broken = breakMove(files, target.path, 2);
      await assert.rejects(saveAt(target, edited, original), /the connection was lost/);
      assert.equal(broken.times, 2);
      assert.equal(textOf('/chosen.png'), 'old');
      assert.deepEqual(names(), ['/chosen.png', '/photo.jpg']);
    });

    it('leaves a whole copy of both, and says where, when the connection is lost for good', async () => {
      breakMove(files, target.path, Infinity);
      let message = '';
      await assert.rejects(saveAt(target, edited, original), (error) => {
        message = (error as Error).message;
        return true;
      });
      const [, oldName = '', newName = ''] =
        /What chosen\.png was is kept beside it as (\S+), the edited picture as (\S+)$/.exec(
          message,
        ) ?? [];
      assert.deepEqual(names(), [`/${newName}`, `/${oldName}`, '/photo.jpg'].sort(), message);
      assert.deepEqual([textOf(`/${oldName}`), textOf(`/${newName}`)], ['old', 'edited']);
    });
  });

  describe('what a save has left that was cut short', () => {
    const target = Uri.parse('memory:/chosen.png');
    const [fresh, old] = ['/.retouch-0a1b2c3d.tmp', '/.retouch-0a1b2c3d-old.tmp'];
    for (const [what, there, left] of [
      ['goes before it was moved', { '/chosen.png': 'old', [fresh]: 'new', [old]: 'old' }, []],
      ['goes after it was moved', { '/chosen.png': 'new', [old]: 'old' }, []],
      ['goes where it had only begun', { '/chosen.png': 'old', [fresh]: 'n' }, []],
      ['stays where nothing is in its place', { [fresh]: 'new', [old]: 'old' }, [old, fresh]],
      [
        'stays where something else is in its place',
        { '/chosen.png': 'half', [fresh]: 'new', [old]: 'old' },
        [old, fresh],
      ],
    ] as const) {
      it(what, async () => {
        for (const [path, text] of Object.entries(there)) files.files.set(path, Buffer.from(text));
        await removeLeftBeside(target, '0a1b2c3d');
        assert.deepEqual(
          names().filter((name) => name.startsWith('/.')),
          left,
        );
      });
    }

    it('is looked for when the next window comes', async () => {
      const services = temporaryServices();
      try {
        const root = journalFolder(services.context.globalStorageUri);
        const [, machine = ''] =
          /^owner-([0-9a-f]+)-/.exec(openJournal(services)!.windowName) ?? [];
        // No process has such a number.
        const gone = new Owner({ ...identifyProcess(), machine, pid: 2 ** 30 });
        const job = await new Journal(root, undefined, gone).prepare(
          {
            original: { uri: 'memory:/photo.jpg', fileName: 'photo.jpg', mime: 'image/jpeg' },
            references: [],
            instruction: 'make it black and white',
            model: { id: 'openai/gpt-image-2', route: 'images/edits' },
            options: {},
            baseUrl: 'https://gateway.example/v1',
          },
          Buffer.from('original'),
          '',
        );
        await job.mark('discarded');
        await job.markSaving(target.toString(), '0a1b2c3d');
        files.files.set(target.path, Buffer.from('old'));
        files.files.set(fresh, Buffer.from('n'));
        await lookAfterEdits(services);
        assert.deepEqual(names(), [target.path, '/photo.jpg']);
      } finally {
        services.keys.dispose();
        services.log.dispose();
      }
    });
  });

  describe('an edit that replaces its original', () => {
    const target = Uri.parse('memory:/logo.png');
    let test: KeptSession;
    let answers: UserAnswers;
    let before: Buffer;
    beforeEach(async () => {
      before = await readSample('logo.png');
      files.files.clear();
      files.files.set(target.path, before);
      test = await KeptSession.start(target);
      answers = answerMessages((message) =>
        message.startsWith('Replace ') ? 'Replace Original' : undefined,
      );
    });
    afterEach(async () => {
      answers.restore();
      await test.end();
    });

    const isOriginal = () => before.equals(files.files.get(target.path) ?? Buffer.of());

    async function replace(): Promise<void> {
      const work = await test.begin(['screenshot.png']);
      void review(work);
      work.panel!.decide('replace');
    }

    it('can be brought back where the connection was lost for good in between', async () => {
      breakMove(files, target.path, Infinity);
      await replace();
      await untilSaid(
        answers,
        /^The edit of logo\.png could not be saved: .*the connection was lost.*\. What logo\.png was is kept beside it as \.retouch-\w+-old\.tmp, the edited picture as \.retouch-\w+\.tmp\. It is still in the compare panel\.$/,
      );
      files.fail = () => undefined;
      assert.equal(files.files.has(target.path), false);
      const job = await test.untilJob(({ replaced }) => replaced !== undefined);
      assert.equal(await undoReplace(test.services, job), true);
      assert.ok(isOriginal());
      assert.equal(answers.said.at(-1), 'Brought back logo.png.');
      assert.equal((await test.untilJob(() => true)).replaced, undefined);
      assert.deepEqual(names(), [target.path]);
    });

    it('can be brought back from the message that says so', async () => {
      breakMove(files, target.path, Infinity);
      answers.restore();
      answers = answerMessages(
        (message) => (message.startsWith('Replace ') ? 'Replace Original' : undefined),
        (message) => {
          if (!message.includes('could not be saved')) return undefined;
          files.fail = () => undefined;
          return Promise.resolve('Bring Back the Original');
        },
      );
      await replace();
      await untilSaid(answers, /^Brought back logo\.png\.$/);
      assert.ok(isOriginal());
      await test.untilJob(({ replaced, state }) => !replaced && state === 'received');
    });

    it('has replaced nothing where that failed before anything was written', async () => {
      files.fail = (call) => {
        if (call === 'write') throw FileSystemError.NoPermissions('read-only');
      };
      await replace();
      await untilSaid(answers, /could not be saved/);
      assert.ok(isOriginal());
      assert.equal((await test.untilJob(() => true)).replaced, undefined);
      assert.deepEqual(names(), [target.path]);
    });
  });

  describe('edits', () => {
    let gateway: LocalGateway;
    let services: Services;
    before(async () => {
      gateway = await startGateway({ apiKey: 'sk-host-test' });
      services = temporaryServices();
      await services.context.secrets.store(
        `retouch.apiKey:${new URL(gateway.url).origin}`,
        'sk-host-test',
      );
      await workspace.getConfiguration('retouch').update('baseUrl', gateway.url, true);
    });
    after(async () => {
      await workspace.getConfiguration('retouch').update('baseUrl', undefined, true);
      services.keys.dispose();
      services.log.dispose();
      await gateway.close();
    });

    it('a picture from there, with the options that were set, up to the compare panel', async () => {
      const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
      files.files.set('/photo.jpg', await readFile(join(folder, 'photo.jpg')));
      const editing = editImage(
        services,
        { uri: original },
        {
          instruction: 'make it black and white',
          model: { id: 'openai/gpt-image-2' },
          options: { n: 2, partial_images: 1, output_format: 'jpeg' },
        },
      );
      editing.catch(() => undefined);
      // Both questions are filled in: Enter, as long as there is one to answer.
      for (const deadline = Date.now() + 30_000; !gateway.requests.some(({ billed }) => billed);) {
        assert.ok(Date.now() < deadline, 'nothing was sent');
        await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        await delay(100);
      }
      const tabs = () =>
        window.tabGroups.all.flatMap((group) => group.tabs).map(({ label }) => label);
      await until('tab with the pictures', () => tabs().includes('Compare: photo.jpg'), tabs);
      const sent = gateway.requests.find(({ method }) => method === 'POST');
      assert.deepEqual([sent?.instruction, sent?.pictures], ['make it black and white', 1]);
      const { n, stream, partial_images, output_format } = sent!.body as Record<string, unknown>;
      assert.deepEqual([n, stream, partial_images, output_format], [2, true, 1, 'jpeg']);
      await until(
        'answer with two pictures',
        () => sent?.answered.length === 2,
        () => `${sent?.answered.length} pictures`,
      );
      await commands.executeCommand('workbench.action.closeAllEditors');
      assert.deepEqual(names(), ['/photo.jpg']);

      // Not reviewed: it is on this machine's disk, with the original from there.
      const journal = new Journal(journalFolder(services.context.globalStorageUri));
      const read = async () => (await journal.list()).jobs;
      // The gateway has sent it all: it is on its way here.
      let jobs: readonly KeptJob[] = [];
      const hasReceived = async () => (jobs = await read())[0]?.state === 'received';
      await until('edit that was received', hasReceived, () => jobs.map(({ state }) => state));
      const [job, ...others] = jobs;
      assert.ok(job);
      assert.deepEqual(others, []);
      assert.equal(job.record.original.uri, 'memory:/photo.jpg');
      const bytes = await job.files.readOriginal(job.record);
      assert.ok(bytes.equals(Buffer.from(files.files.get('/photo.jpg')!)));
      const recovered = await recoverEdit(job.record, job.answers, {
        connection: { baseUrl: job.record.baseUrl, apiKey: '', timeout: 1000 },
        signal: new AbortController().signal,
        openLinks: false,
      });
      assert.deepEqual(
        recovered.pictures.map((picture) => identifyPicture(picture)?.format),
        ['JPEG', 'JPEG'],
      );
    });
  });
});

/** The connection is lost `times` once `path` has been taken away; where that is for good, nothing passes any more. */
function breakMove(files: MemoryFileSystem, path: string, times: number): { times: number } {
  const broken = { times: 0 };
  files.fail = (call, where) => {
    const isBetween = call === 'rename' && where === path && !files.files.has(path);
    const isLost = times === Infinity && broken.times > 0;
    if ((!isBetween && !isLost) || broken.times >= times) return;
    broken.times++;
    throw FileSystemError.Unavailable('the connection was lost');
  };
  return broken;
}
