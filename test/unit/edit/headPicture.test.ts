// What the last commit has of a file, in real repositories: links, renames, submodules, Git LFS, and what is not there at all.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FileInGit, NoHeadError } from '../../../src/edit/headPicture';

const execute = promisify(execFile);

/** Long enough for Git to see that a renamed file is much the same. */
const before = Buffer.from(Array.from({ length: 100 }, (_, at) => `row ${at}\n`).join(''));
const after = Buffer.concat([before.subarray(0, 600), Buffer.from('another end\n')]);
const oid = createHash('sha256').update(before).digest('hex');
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${before.length}\n`;

/** A repository in a temporary folder. */
interface Repository {
  readonly root: string;
  readonly git: (...args: string[]) => Promise<string>;
  readonly write: (name: string, bytes: string | Uint8Array) => Promise<void>;
  readonly commit: () => Promise<void>;
}

async function repositoryAt(root: string): Promise<Repository> {
  await mkdir(root, { recursive: true });
  const git = async (...args: string[]) => {
    const who = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com'];
    const own = [...who, '-c', 'protocol.file.allow=always', '-c', 'core.symlinks=true'];
    return (await execute('git', [...own, ...args], { cwd: root })).stdout;
  };
  await git('init', '--quiet', '--initial-branch', 'main');
  return {
    root,
    git,
    write: async (name, bytes) => {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), bytes);
    },
    commit: async () => {
      await git('add', '--all');
      await git('commit', '--quiet', '--message', 'Something');
    },
  };
}

/** Puts the object of the pointer where LFS has it. */
async function keepObject(storage: string, bytes: Uint8Array): Promise<void> {
  const folder = join(storage, 'objects', oid.slice(0, 2), oid.slice(2, 4));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, oid), bytes);
}

describe('what the last commit has of a file', () => {
  let folder: string;
  let repository: Repository;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'retouch-head-')));
    repository = await repositoryAt(join(folder, 'repository'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  type Found = readonly [bytes: Uint8Array, otherName?: string];
  const rows: [
    what: string,
    make: (repository: Repository) => Promise<unknown>,
    expected: Found | RegExp,
  ][] = [
    [
      'is what it was before it was changed',
      async ({ write, commit }) => {
        await write('a.png', before);
        await commit();
        await write('a.png', after);
      },
      [before],
    ],
    [
      'is in a folder, under a name with all that names may have',
      async ({ write, commit }) => {
        await write('some folder/*ä:[b]\n.png', before);
        await commit();
        return 'some folder/*ä:[b]\n.png';
      },
      [before],
    ],
    [
      'is where a symbolic link leads',
      async ({ root, write, commit }) => {
        await write('shared/logo.png', before);
        await mkdir(join(root, 'assets'));
        await symlink('../shared/logo.png', join(root, 'assets/logo.png'));
        await commit();
        await write('shared/logo.png', after);
        return 'assets/logo.png';
      },
      [before, 'shared/logo.png'],
    ],
    [
      'is where the link led then, whatever it is now',
      async ({ root, write, commit }) => {
        await write('one.png', before);
        await write('two.png', after);
        await symlink('one.png', join(root, 'a.png'));
        await commit();
        await unlink(join(root, 'a.png'));
        await symlink('two.png', join(root, 'a.png'));
      },
      [before, 'one.png'],
    ],
    [
      'is behind links of links, and of folders',
      async ({ root, write, commit }) => {
        await write('deep/inside/logo.png', before);
        await symlink('deep', join(root, 'short'));
        await symlink('short/inside/logo.png', join(root, 'a.png'));
        await commit();
      },
      [before, 'deep/inside/logo.png'],
    ],
    [
      'is under the name of before where it was renamed',
      async ({ git, write, commit }) => {
        await write('old name.png', before);
        await commit();
        await git('mv', 'old name.png', 'a.png');
        await write('a.png', after);
        await git('add', '--all');
      },
      [before, 'old name.png'],
    ],
    [
      'is under the name of before where it was renamed, and changed beyond recognition later',
      async ({ git, write, commit }) => {
        await write('old.png', before);
        await commit();
        await git('mv', 'old.png', 'a.png');
        await write('a.png', 'something else\n');
      },
      [before, 'old.png'],
    ],
    [
      'is under the name of before where Git is only told that there will be a new one',
      async ({ root, git, write, commit }) => {
        await write('old.png', before);
        await commit();
        await rename(join(root, 'old.png'), join(root, 'a.png'));
        await git('add', '--intent-to-add', 'a.png');
      },
      [before, 'old.png'],
    ],
    [
      'is what Git LFS keeps',
      async ({ root, write, commit }) => {
        await write('a.png', pointer);
        await commit();
        await write('a.png', after);
        await keepObject(join(root, '.git', 'lfs'), before);
      },
      [before],
    ],
    [
      'is what Git LFS keeps elsewhere, seen from another working tree',
      async ({ root, git, write, commit }) => {
        await write('a.png', pointer);
        await commit();
        await git('config', 'lfs.storage', 'kept');
        await keepObject(join(root, '.git', 'kept'), before);
        await git('worktree', 'add', '--quiet', '../tree');
        return '../tree/a.png';
      },
      [before],
    ],
    [
      'is not here where Git LFS has not fetched it, or only a part',
      async ({ root, write, commit }) => {
        await write('a.png', pointer);
        await commit();
        await keepObject(join(root, '.git', 'lfs'), before.subarray(0, 10));
      },
      /^Git LFS keeps it, and .* is not on this machine: git lfs fetch brings it\.$/,
    ],
    [
      'is the submodule’s own word for what is in one',
      async ({ git, commit }) => {
        const inner = await repositoryAt(join(folder, 'inner'));
        await inner.write('a.png', before);
        await inner.commit();
        await git('submodule', '--quiet', 'add', inner.root, 'module');
        await commit();
        return 'module/a.png';
      },
      [before],
    ],
    [
      'is elsewhere where a submodule is not here',
      async ({ root, git, commit }) => {
        const inner = await repositoryAt(join(folder, 'inner'));
        await inner.write('a.png', before);
        await inner.commit();
        await git('submodule', '--quiet', 'add', inner.root, 'module');
        await commit();
        await rm(join(root, 'module'), { recursive: true });
        return 'module/a.png';
      },
      /^It is in the submodule module, a repository of its own that is not here\. git submodule/,
    ],
    [
      'is no image where it is a submodule',
      async ({ git, commit }) => {
        const inner = await repositoryAt(join(folder, 'inner'));
        await inner.write('b.png', before);
        await inner.commit();
        await git('submodule', '--quiet', 'add', inner.root, 'a.png');
        await commit();
      },
      /^In the last commit it is a submodule, a repository of its own, and no image\.$/,
    ],
    [
      'is no image where it is a folder',
      async ({ write, commit }) => {
        await write('a.png/b.png', before);
        await commit();
      },
      /^In the last commit it is a folder, and no image\.$/,
    ],
    [
      'is nothing where it is new, known to Git or not',
      async ({ write, commit }) => {
        await write('b.png', before);
        await commit();
        await write('a.png', 'new\n');
      },
      /^The last commit does not have it: it is new, and there is nothing to compare with\.$/,
    ],
    [
      'is there where the file is gone, with its folder',
      async ({ root, write, commit }) => {
        await write('some/folder/a.png', before);
        await commit();
        await rm(join(root, 'some'), { recursive: true });
        return 'some/folder/a.png';
      },
      [before],
    ],
    [
      'is outside where a link leads out of the repository',
      async ({ root, commit }) => {
        await symlink('../../elsewhere.png', join(root, 'a.png'));
        await commit();
      },
      /^In the last commit it is a symbolic link to \.\.\/\.\.\/elsewhere\.png, outside of the rep/,
    ],
    [
      'is outside where a link leads to another place of the machine',
      async ({ root, commit }) => {
        await symlink('/somewhere/a.png', join(root, 'a.png'));
        await commit();
      },
      /^In the last commit it is a symbolic link to \/somewhere\/a\.png, outside of the repository/,
    ],
    [
      'is nothing where a link leads to what the commit does not have',
      async ({ root, commit }) => {
        await symlink('gone.png', join(root, 'a.png'));
        await commit();
      },
      /^In the last commit it is a symbolic link to gone\.png, which that commit does not have\.$/,
    ],
    [
      'is nothing where a link leads to itself',
      async ({ root, commit }) => {
        await symlink('b.png', join(root, 'a.png'));
        await symlink('a.png', join(root, 'b.png'));
        await commit();
      },
      /^In the last commit it is a symbolic link that leads in a circle\.$/,
    ],
    [
      'is nothing where there is no commit yet',
      async ({ git, write }) => {
        await write('a.png', before);
        await git('add', '--all');
      },
      /^Its repository has no commit yet: there is nothing to compare with\.$/,
    ],
    [
      'is nothing outside of a repository',
      async () => {
        await writeFile(join(folder, 'a.png'), before);
        return '../a.png';
      },
      /^It is in no Git repository\.$/,
    ],
    [
      'is nothing in Git’s own folder',
      () => Promise.resolve('.git/a.png'),
      /^It is a part of Git’s own data\.$/,
    ],
  ];
  for (const [what, make, expected] of rows)
    it(what, async () => {
      const made = await make(repository);
      const name = typeof made === 'string' ? made : 'a.png';
      const read = async () => {
        const file = await FileInGit.open('git', join(repository.root, name));
        return file.readHead();
      };
      if (expected instanceof RegExp) {
        await assert.rejects(read(), (error) => {
          assert.ok(error instanceof NoHeadError, String(error));
          assert.match(error.message, expected);
          return true;
        });
        return;
      }
      const { bytes, otherName } = await read();
      assert.ok(Buffer.from(bytes).equals(expected[0]));
      assert.equal(otherName, expected[1]);
    });

  it('is known under its new name where the old one is asked for', async () => {
    const { git, write, commit, root } = repository;
    await write('old.png', before);
    await commit();
    await git('mv', 'old.png', 'new.png');
    assert.equal(await (await FileInGit.open('git', join(root, 'old.png'))).newName(), 'new.png');
  });

  it('is asked of the repository of the file, whatever the environment names', async () => {
    const { write, commit, root } = repository;
    await write('a.png', before);
    await commit();
    process.env['GIT_DIR'] = folder;
    try {
      const file = await FileInGit.open('git', join(root, 'a.png'));
      assert.ok(Buffer.from((await file.readHead()).bytes).equals(before));
    } finally {
      delete process.env['GIT_DIR'];
    }
  });
});
