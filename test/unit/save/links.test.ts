// Paths through symbolic links, as they lie on a real disk.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followLinks } from '../../../src/save/links';

describe('where a file is written', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'retouch-links-')));
    await mkdir(join(folder, 'real'));
    await writeFile(join(folder, 'real', 'there.png'), '');
    await symlink(join('real', 'there.png'), join(folder, 'link.png'));
    await symlink('link.png', join(folder, 'twice.png'));
    await symlink(join('real', 'gone.png'), join(folder, 'dangling.png'));
    await symlink(join(folder, 'dangling.png'), join(folder, 'twiceDangling.png'));
    await symlink('circle.png', join(folder, 'circle.png'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  for (const [from, to] of [
    ['real/there.png', 'real/there.png'],
    ['real/new.png', 'real/new.png'],
    ['no-folder/new.png', 'no-folder/new.png'],
    ['link.png', 'real/there.png'],
    ['twice.png', 'real/there.png'],
    ['dangling.png', 'real/gone.png'],
    ['twiceDangling.png', 'real/gone.png'],
  ] as const) {
    it(`${from}: ${to}`, async () => {
      assert.equal(await followLinks(join(folder, from)), join(folder, to));
    });
  }

  it('is nowhere where links lead in a circle', async () => {
    await assert.rejects(followLinks(join(folder, 'circle.png')), { code: 'ELOOP' });
  });
});
