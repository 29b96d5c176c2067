// Saving while the file system fails, one call after the other: whole or absent, and never over anything.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceLocally, saveAtLocally, saveNewLocally } from '../../../src/save/saveLocally';
import { FailingDisk, type Call } from '../../support/failingDisk';

const bytes = randomBytes(300_000);
const names = ['photo.edited.png', 'photo.edited-2.png', 'photo.edited-3.png'];
const before = { 'photo.jpg': 'original', 'photo.edited.png': 'mine' };
const savedNew = { ...before, 'photo.edited-2.png': bytes.toString('latin1') };
const replaced = { ...before, 'photo.edited.png': bytes.toString('latin1') };

describe('with a failing file system', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retouch-save-'));
    await fill();
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function fill(): Promise<void> {
    for (const name of await readdir(folder)) await rm(join(folder, name));
    for (const [name, content] of Object.entries(before))
      await writeFile(join(folder, name), content);
  }

  async function contents(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const name of await readdir(folder))
      found[name] = await readFile(join(folder, name), 'latin1');
    return found;
  }

  const noLinks = ({ name }: Call) => (name === 'link' ? 'EPERM' : undefined);
  const saveNew = (disk: FailingDisk) => saveNewLocally(folder, names, bytes, disk);
  const replace = (disk: FailingDisk) =>
    replaceLocally(folder, 'photo.edited.png', bytes, () => Promise.resolve(), disk);
  const saveAt = (name: string) => (disk: FailingDisk) =>
    saveAtLocally(join(folder, name), bytes, join(folder, 'photo.jpg'), disk);

  interface Case {
    title: string;
    save: (disk: FailingDisk) => Promise<unknown>;
    always?: (call: Call) => string | undefined;
    after: Record<string, string>;
    /** Where there is no way back from a rename. */
    orAfter?: boolean;
  }
  const cases: Case[] = [
    { title: 'a new file', save: saveNew, after: savedNew },
    { title: 'a new file without hard links', save: saveNew, always: noLinks, after: savedNew },
    { title: 'over a file', save: replace, after: replaced },
    {
      title: 'over a file without hard links',
      save: replace,
      always: noLinks,
      after: replaced,
      orAfter: true,
    },
    { title: 'at a free name', save: saveAt('photo.edited-2.png'), after: savedNew },
    { title: 'at a taken name', save: saveAt('photo.edited.png'), after: replaced },
  ];
  for (const { title, save, always, after, orAfter } of cases) {
    for (const code of ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES']) {
      it(`saves ${title} or leaves all as it was, whichever call says ${code}`, async () => {
        let failures = 0;
        for (let failing = 1; ; failing++) {
          await fill();
          const disk = new FailingDisk((call) => {
            return call.number === failing ? code : always?.(call);
          });
          const error = await save(disk).then(
            () => undefined,
            (reason: unknown) => reason as NodeJS.ErrnoException,
          );
          const failed = disk.calls[failing - 1];
          const hint = `${String(failing)}: ${failed?.name ?? 'none'}`;
          const found = await contents();
          if (error) {
            failures++;
            assert.equal(error.code, code, hint);
            const isFolder = failed?.path === folder;
            assert.deepEqual(found, orAfter && isFolder ? after : before, hint);
          } else {
            assert.deepEqual(found, after, hint);
            // Nothing but cleaning up may fail unheard, and what the system is known not to have.
            const heard = failed && !['unlink', 'stat'].includes(failed.name);
            const excused =
              code === 'EACCES' && (failed?.name === 'link' || failed?.path === folder);
            assert.ok(!heard || excused, hint);
          }
          if (failed) continue;
          assert.equal(error, undefined);
          break;
        }
        assert.ok(failures > 0);
      });
    }

    it(`never changes another file, saving ${title}, when the disk dies for good`, async () => {
      for (let failing = 1; ; failing++) {
        await fill();
        const disk = new FailingDisk((call) => (call.number >= failing ? 'EIO' : always?.(call)));
        const error = await save(disk).then(
          () => undefined,
          (reason: unknown) => reason as NodeJS.ErrnoException,
        );
        const found = await contents();
        assert.equal(found['photo.jpg'], 'original');
        const taken = found['photo.edited.png'];
        assert.ok(taken === 'mine' || taken === after['photo.edited.png']);
        if (!always)
          assert.ok([undefined, bytes.toString('latin1')].includes(found['photo.edited-2.png']));
        if (!error) assert.deepEqual({ ...found, ...after }, found);
        if (disk.calls.length < failing) break;
        if (error) assert.equal(error.code, 'EIO');
      }
    });
  }

  for (const code of ['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP', 'EISDIR', 'EBADF']) {
    it(`is content with a folder that cannot be synced: ${code}`, async () => {
      for (const name of ['open', 'sync', 'close']) {
        await fill();
        await saveNew(
          new FailingDisk((call) =>
            call.path === folder && call.name === name ? code : undefined,
          ),
        );
        assert.deepEqual(await contents(), savedNew);
      }
    });
  }

  for (const { title, damage } of [
    { title: 'half of the bytes', damage: (given: Uint8Array) => given.subarray(0, 150_000) },
    {
      title: 'as many bytes, one of them another',
      damage: (given: Uint8Array) => given.with(200_000, given[200_000]! ^ 1),
    },
  ]) {
    for (const { title: kind, save, always } of cases) {
      it(`leaves all as it was, saving ${kind}, where the disk keeps ${title} and says nothing`, async () => {
        const disk = new FailingDisk((call) => always?.(call));
        const open = disk.open.bind(disk);
        disk.open = async (...where) => {
          const file = await open(...where);
          return { ...file, writeFile: (given) => file.writeFile(damage(given)) };
        };
        await assert.rejects(save(disk), /the disk kept \d+ of 300000 bytes, or other ones/);
        assert.deepEqual(await contents(), before);
      });
    }
  }

  it('takes back no file that somebody has put in place of the new one', async () => {
    const path = join(folder, 'photo.edited-2.png');
    const disk = new FailingDisk((call) =>
      call.name === 'sync' && call.path === folder ? 'EIO' : undefined,
    );
    const link = disk.link.bind(disk);
    disk.link = async (existing, name) => {
      await link(existing, name);
      await rm(name);
      await writeFile(name, 'another');
    };
    await assert.rejects(saveNew(disk), { code: 'EIO' });
    assert.equal(await readFile(path, 'utf8'), 'another');
  });

  it('says why it failed, not that it could not clean up', async () => {
    const disk = new FailingDisk(({ name }) =>
      name === 'writeFile' ? 'ENOSPC' : name === 'unlink' || name === 'close' ? 'EIO' : undefined,
    );
    await assert.rejects(saveNew(disk), { code: 'ENOSPC' });
  });

  it('has saved even if the temporary file cannot be removed', async () => {
    const disk = new FailingDisk(({ name }) => (name === 'unlink' ? 'EBUSY' : undefined));
    assert.equal(await saveNew(disk), 'photo.edited-2.png');
    assert.equal(Object.keys(await contents()).length, 4);
    assert.ok(disk.paused > 0 && disk.paused < 1000, String(disk.paused));
  });

  it('waits for a locked file', async () => {
    let locked = 5;
    const disk = new FailingDisk(({ name }) =>
      name === 'rename' && locked-- > 0 ? 'EBUSY' : undefined,
    );
    await replace(disk);
    assert.deepEqual(await contents(), replaced);
  });

  it('waits no longer than five seconds for a locked file', async () => {
    const disk = new FailingDisk(({ name }) => (name === 'rename' ? 'EBUSY' : undefined));
    await assert.rejects(replace(disk), { code: 'EBUSY' });
    assert.equal(disk.paused, 5000);
    assert.deepEqual(await contents(), before);
  });
});
