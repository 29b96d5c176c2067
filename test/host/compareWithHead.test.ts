// An image that has changed since the last commit, beside what it was.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { Uri, ViewColumn, extensions, window, workspace } from 'vscode';
import { runCompareWithHead, runRestorePanel } from '../../src/edit/commands';
import { until } from '../support/until';
import { smallPng } from './support/pictures';
import type { Page } from './support/pages';
import { HostTrip } from './support/hostTrip';

const execute = promisify(execFile);

/** What is needed of VS Code's own Git here. */
interface Git {
  readonly enabled: boolean;
  getAPI(version: 1): { openRepository(root: Uri): Promise<unknown> };
}

/** User settings, which are not VS Code's own here. The second: the folder is in no workspace. */
const names = ['enabled', 'openRepositoryInParentFolders'];

async function setGit(values: Readonly<Record<string, unknown>>): Promise<void> {
  for (const name of names)
    await workspace.getConfiguration('git').update(name, values[name], true);
}

describe('Compare with HEAD', () => {
  const before_ = Object.fromEntries(
    names.map((name) => [name, workspace.getConfiguration('git').inspect(name)?.globalValue]),
  );
  let trip: HostTrip;
  let committed: Buffer;
  beforeEach(async () => {
    trip = await HostTrip.start();
    committed = await smallPng();
    await trip.place('small.png', committed);
    await git('init', '--quiet');
    await git('add', 'small.png');
    const who = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com'];
    await git(...who, 'commit', '--quiet', '--message', 'A picture');
    await setGit({ enabled: true, openRepositoryInParentFolders: 'always' });
    const extension = extensions.getExtension<Git>('vscode.git')!;
    const api = await extension.activate();
    await until('Git', () => api.enabled);
    await api.getAPI(1).openRepository(trip.uri('.'));
  });
  afterEach(async () => {
    await trip.end();
    await setGit(before_);
  });

  const git = (...args: string[]) => execute('git', args, { cwd: trip.folder });

  /** With one dot more. */
  async function change(): Promise<Buffer> {
    const dot = { create: { width: 12, height: 12, channels: 4, background: 'red' } } as const;
    const changed = await sharp(committed)
      .composite([{ input: dot, left: 48, top: 32 }])
      .png()
      .toBuffer();
    await trip.place('small.png', changed);
    return changed;
  }

  async function untilCompared(
    page: Page,
    changed: Buffer,
    names = { original: 'HEAD', edited: 'Working Tree' },
  ): Promise<void> {
    const state = await page.untilCompared();
    assert.equal(state.comparison?.changes.length, 1);
    assert.deepEqual(state.readOnly, names);
    assert.deepEqual(Buffer.from(page.picture('original')!), committed);
    assert.deepEqual(Buffer.from(page.picture(0)!), changed);
  }

  it('opens a changed image in the compare panel, where nothing can be saved', async () => {
    const changed = await change();
    await runCompareWithHead(trip.services, trip.uri('small.png'));
    const page = await trip.pages.titled('Compare: small.png');
    await untilCompared(page, changed);
    // Even if the page asked for it.
    for (const type of ['accept', 'saveAs', 'replace'] as const) page.send({ type, version: 0 });
    page.send({ type: 'discard' });
    page.send({ type: 'threshold', threshold: 1 });
    await page.untilState('without a change', ({ comparison }) => comparison?.threshold === 1);
    assert.ok(page.isOpen);
    assert.equal(page.state?.phase, 'review');
    assert.deepEqual(trip.user.proposed, []);
    assert.deepEqual(trip.user.said, []);
    assert.deepEqual(await trip.made(), []);
    assert.deepEqual(await readFile(join(trip.folder, 'small.png')), changed);

    // After a reload VS Code hands the extension an empty tab, and what the page kept.
    const { restore } = page.state;
    page.close();
    const tab = window.createWebviewPanel('retouch.compare', '', ViewColumn.Active);
    await runRestorePanel(trip.services, tab, { restore });
    const again = await trip.pages.titled('Compare: small.png');
    await untilCompared(again, changed);
  });

  it('compares what a symbolic link leads to, and what has another name now, and names both', async () => {
    const changed = await change();
    await symlink('small.png', join(trip.folder, 'link.png'));
    const who = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com'];
    await git('add', 'link.png');
    await git(...who, 'commit', '--quiet', '--message', 'A link');
    await runCompareWithHead(trip.services, trip.uri('link.png'));
    const linked = await trip.pages.titled('Compare: link.png');
    await untilCompared(linked, changed, {
      original: 'HEAD: small.png',
      edited: 'Working Tree: link.png',
    });
    linked.close();

    // As `git mv` leaves it, which nobody here may take for a sample that was changed.
    await git('update-index', '--force-remove', 'small.png');
    const moved = join(trip.folder, 'moved');
    await mkdir(moved);
    await writeFile(join(moved, 'new.png'), committed);
    await git('add', 'moved/new.png');
    await writeFile(join(moved, 'new.png'), changed);
    await runCompareWithHead(trip.services, Uri.file(join(moved, 'new.png')));
    await untilCompared(await trip.pages.titled('Compare: new.png'), changed, {
      original: 'HEAD: small.png',
      edited: 'Working Tree: new.png',
    });
  });

  it('compares what Git LFS keeps, on either side', async () => {
    const changed = await change();
    const oid = createHash('sha256').update(changed).digest('hex');
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${changed.length}\n`;
    await trip.place('small.png', Buffer.from(pointer));
    const ended = runCompareWithHead(trip.services, trip.uri('small.png'));
    await trip.user.told(
      'small.png: It is a pointer of Git LFS, and its picture is not on this machine: git lfs pull brings it.',
    );
    await ended;
    const folder = join(trip.folder, '.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, oid), changed);
    await runCompareWithHead(trip.services, trip.uri('small.png'));
    await untilCompared(await trip.pages.titled('Compare: small.png'), changed);
  });

  it('says what a file is that has no picture to be compared', async () => {
    const outside = join(tmpdir(), `retouch-outside-${process.pid}.png`);
    await writeFile(outside, committed);
    await mkdir(join(trip.folder, 'folder.png'));
    await symlink('nowhere.png', join(trip.folder, 'dangling.png'));
    const words: [Uri, string][] = [
      [Uri.file(outside), 'It is in no Git repository.'],
      [trip.uri('folder.png'), 'It is a folder, such as that of a submodule, and no image.'],
      [trip.uri('never.png'), 'The last commit does not have it: it is new'],
      [trip.uri('dangling.png'), 'It is a symbolic link to nowhere.png, which is not there'],
    ];
    try {
      for (const [uri, said] of words) {
        const ended = runCompareWithHead(trip.services, uri);
        (await trip.user.told(said)).dismiss();
        await ended;
      }
      await rename(join(trip.folder, 'small.png'), join(trip.folder, 'folder.png', 'small.png'));
      const gone = runCompareWithHead(trip.services, trip.uri('small.png'));
      const deleted =
        'It is not in the working tree any more: it was deleted since the last commit.';
      await trip.user.told(`small.png: ${deleted}`);
      await gone;
      await git('add', '--all');
      const moved = runCompareWithHead(trip.services, trip.uri('small.png'));
      await trip.user.told(
        'small.png: It was renamed to folder.png/small.png: choose Compare with HEAD on that.',
      );
      await moved;
      await rename(join(trip.folder, 'folder.png', 'small.png'), join(trip.folder, 'small.png'));
    } finally {
      await rm(outside);
    }
    assert.deepEqual(trip.pages.all, []);
  });

  it('says that an image is as in the last commit, and opens nothing', async () => {
    const ended = runCompareWithHead(trip.services, trip.uri('small.png'));
    await trip.user.told('small.png is as in the last commit.');
    await ended;
    assert.deepEqual(trip.pages.all, []);
  });

  it('says that the last commit does not have an image, and opens nothing', async () => {
    const ended = runCompareWithHead(trip.services, trip.uri('logo.png'));
    await trip.user.told('logo.png: The last commit does not have it');
    await ended;
    assert.deepEqual(trip.pages.all, []);
  });
});
