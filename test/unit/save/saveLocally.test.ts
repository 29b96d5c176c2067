// Saving on a real disk: whole or absent, and never over anything.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  link,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeDisk, type Disk } from '../../../src/save/disk';
import { namesBeside } from '../../../src/save/names';
import {
  isSameLocalFile,
  replaceLocally,
  saveAtLocally,
  saveNewLocally,
} from '../../../src/save/saveLocally';

describe('saveNewLocally', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retouch-save-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const names = () => namesBeside('photo.jpg', 'png', '${name}.edited');

  it('writes the bytes under the first name and leaves nothing else', async () => {
    const bytes = randomBytes(600_000);
    assert.equal(await saveNewLocally(folder, names(), bytes), 'photo.edited.png');
    assert.deepEqual(await readFile(join(folder, 'photo.edited.png')), bytes);
    assert.deepEqual(await readdir(folder), ['photo.edited.png']);
    assert.equal((await stat(join(folder, 'photo.edited.png'))).nlink, 1);
  });

  it('never touches what has the name already, be it a file, a folder or a dangling link', async () => {
    await writeFile(join(folder, 'photo.edited.png'), 'mine');
    await symlink('nowhere', join(folder, 'photo.edited-2.png'));
    assert.equal(await saveNewLocally(folder, names(), Buffer.from('new')), 'photo.edited-3.png');
    assert.equal(await readFile(join(folder, 'photo.edited.png'), 'utf8'), 'mine');
    assert.deepEqual((await readdir(folder)).sort(), [
      'photo.edited-2.png',
      'photo.edited-3.png',
      'photo.edited.png',
    ]);
  });

  it('keeps every file when fifty saves race for one name', async () => {
    const pictures = Array.from({ length: 50 }, () => randomBytes(5000));
    const saved = await Promise.all(
      pictures.map((bytes) => saveNewLocally(folder, names(), bytes)),
    );
    assert.equal(new Set(saved).size, 50);
    for (const [index, name] of saved.entries()) {
      assert.deepEqual(await readFile(join(folder, name)), pictures[index]);
    }
    assert.equal((await readdir(folder)).length, 50);
  });

  it('leaves nothing where the folder is gone', async () => {
    await assert.rejects(saveNewLocally(join(folder, 'gone'), names(), Buffer.from('new')), {
      code: 'ENOENT',
    });
    assert.deepEqual(await readdir(folder), []);
  });

  it('says so when every name is taken, and leaves no temporary file', async () => {
    await writeFile(join(folder, 'only.png'), 'mine');
    await assert.rejects(saveNewLocally(folder, ['only.png'], Buffer.from('new')), /every name/);
    assert.deepEqual(await readdir(folder), ['only.png']);
  });

  // A real one: 64 KB of memory mounted for one process alone, which takes Linux and user namespaces.
  const onLinux = process.platform === 'linux' ? it : () => undefined;
  onLinux('leaves no partial file on a full disk', async () => {
    const script = `
      const { saveNewLocally } = require(process.argv[1]);
      const { readdirSync } = require('node:fs');
      saveNewLocally(process.argv[2], ['a.png'], Buffer.alloc(200_000, 7)).then(
        () => console.log('saved'),
        (error) => console.log(error.code, JSON.stringify(readdirSync(process.argv[2]))),
      );`;
    const module = join(__dirname, 'support', 'saveLocallyAlone.js');
    const { stdout } = await promisify(execFile)('unshare', [
      '-rm',
      'sh',
      '-c',
      'mount -t tmpfs -o size=64k none "$3" && exec "$0" -e "$1" "$2" "$3"',
      process.execPath,
      script,
      module,
      folder,
    ]);
    assert.equal(stdout, 'ENOSPC []\n');
  });
});

describe('replaceLocally', () => {
  it('puts the whole file in place of the old one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'retouch-save-'));
    try {
      await writeFile(join(folder, 'old.png'), 'old');
      await replaceLocally(folder, 'old.png', Buffer.from('new'), () => Promise.resolve());
      assert.equal(await readFile(join(folder, 'old.png'), 'utf8'), 'new');
      assert.deepEqual(await readdir(folder), ['old.png']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('saveAtLocally', () => {
  let folder: string;
  let original: string;
  const bytes = Buffer.from('new');
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retouch-save-'));
    await mkdir(join(folder, 'pictures'));
    original = join(folder, 'pictures', 'photo.png');
    await writeFile(original, 'original');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const aliases: [string, () => Promise<string>][] = [
    ['its own name', () => Promise.resolve(original)],
    [
      'a linked folder',
      async () => {
        await symlink('pictures', join(folder, 'linked'));
        return join(folder, 'linked', 'photo.png');
      },
    ],
    [
      'a symbolic link',
      async () => {
        await symlink(original, join(folder, 'linked.png'));
        return join(folder, 'linked.png');
      },
    ],
    [
      'a hard link',
      async () => {
        await link(original, join(folder, 'linked.png'));
        return join(folder, 'linked.png');
      },
    ],
  ];
  for (const [title, alias] of aliases) {
    it(`never writes over the original, by ${title}`, async () => {
      const target = await alias();
      const before = (await readdir(folder, { recursive: true })).sort();
      assert.equal(await isSameLocalFile(target, original), true);
      await assert.rejects(saveAtLocally(target, bytes, original), /is the original/);
      assert.equal(await readFile(original, 'utf8'), 'original');
      assert.equal(await readFile(target, 'utf8'), 'original');
      assert.deepEqual((await readdir(folder, { recursive: true })).sort(), before);
    });
  }

  it('never writes over an original that takes the name at the last moment', async () => {
    const target = join(folder, 'other.png');
    await writeFile(target, 'other');
    const disk: Disk = {
      ...nodeDisk,
      open: async (path, ...how) => {
        if (path.endsWith('.tmp')) {
          await rm(target);
          await link(original, target);
        }
        return nodeDisk.open(path, ...how);
      },
    };
    await assert.rejects(saveAtLocally(target, bytes, original, disk), /is the original/);
    assert.equal(await readFile(target, 'utf8'), 'original');
  });

  it('says whether a file was there before', async () => {
    const target = join(folder, 'other.png');
    assert.equal(await saveAtLocally(target, bytes, original), false);
    assert.equal(await saveAtLocally(target, Buffer.from('newer'), original), true);
    assert.equal(await readFile(target, 'utf8'), 'newer');
    assert.equal(await readFile(original, 'utf8'), 'original');
    assert.deepEqual((await readdir(folder)).sort(), ['other.png', 'pictures']);
  });

  it('replaces nothing that took a free name in the meantime', async () => {
    const target = join(folder, 'other.png');
    const disk: Disk = {
      ...nodeDisk,
      link: async (from, to) => {
        await writeFile(to, 'mine');
        await nodeDisk.link(from, to);
      },
    };
    await assert.rejects(saveAtLocally(target, bytes, original, disk), /taken/);
    assert.equal(await readFile(target, 'utf8'), 'mine');
    assert.deepEqual((await readdir(folder)).sort(), ['other.png', 'pictures']);
  });

  it('tells files apart, and from missing ones', async () => {
    await writeFile(join(folder, 'same.png'), 'original');
    assert.equal(await isSameLocalFile(original, join(folder, 'same.png')), false);
    assert.equal(await isSameLocalFile(original, join(folder, 'gone.png')), false);
    assert.equal(await isSameLocalFile(join(folder, 'gone.png'), join(folder, 'gone.png')), false);
    assert.equal(await isSameLocalFile(join(original, 'under'), original), false);
  });
});
