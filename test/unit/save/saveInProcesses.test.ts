// Saving by real processes: killed at each call to the disk, racing for names, and on a disk that is read-only.
import assert from 'node:assert/strict';
import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryPaths } from '../../../src/save/saveLocally';
import type { FailingDisk } from '../../support/failingDisk';
import { longOr } from '../../support/long';
import { seededRandom } from '../../support/seeded';
import { bytes, saveOnce, token, type SaveKind } from './support/saveOnce';
import type { Order } from './support/saver';

const before: Readonly<Record<string, string>> = {
  'photo.jpg': 'original',
  'photo.edited.png': 'mine',
};
const beside = { ...before, 'photo.edited-2.png': 'the picture' };
const over = { ...before, 'photo.edited.png': 'the picture' };

/** So that a failure can be read. */
function inShort(content: Buffer): string {
  if (content.equals(bytes)) return 'the picture';
  const isPart = content.length === 0 || content[0] === bytes[0];
  if (isPart && content.equals(bytes.subarray(0, content.length))) return 'a part';
  return content.toString('latin1');
}

describe('saving in a process of its own', function () {
  this.timeout(120_000);
  let folder: string;
  const savers: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retouch-save-'));
  });
  afterEach(async () => {
    for (const saver of savers.splice(0)) saver.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<ChildProcess> {
    const saver = fork(join(__dirname, 'support', 'saver.js'), [folder], { execArgv: [] });
    savers.push(saver);
    await once(saver, 'message');
    return saver;
  }

  async function contents(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const name of await readdir(folder))
      found[name] = inShort(await readFile(join(folder, name)));
    return found;
  }

  const kinds: [kind: SaveKind, after: Record<string, string>][] = [
    ['new', beside],
    ['new without links', beside],
    ['over', over],
    ['at a free name', beside],
    ['at a taken name', over],
  ];
  type End = 'absent' | 'complete' | 'part';

  async function fillAnew(): Promise<void> {
    await rm(folder, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'retouch-save-'));
    for (const [name, content] of Object.entries(before))
      await writeFile(join(folder, name), content);
  }

  /** What there is of the picture where the saving stopped at a call, once the temporary files have gone. */
  async function judge(
    kind: SaveKind,
    after: Record<string, string>,
    stoppedAt: number,
  ): Promise<End> {
    const { temporary, kept } = temporaryPaths(folder, token);
    // What the journal knows the names of, and removes when the window is back.
    for (const path of [temporary, kept]) await rm(path, { force: true });
    const found = await contents();
    const [name = ''] = Object.keys(after).filter((file) => found[file] !== before[file]);
    const isPart = found[name] !== undefined && found[name] !== after[name];
    if (isPart) {
      // Nothing but a link gives a whole file a name that nobody has: without, it grows under its name.
      assert.equal(kind, 'new without links', `${stoppedAt}: ${name}`);
      assert.deepEqual(found, { ...before, [name]: 'a part' });
      return 'part';
    }
    const isComplete = name !== '' && found[name] === after[name];
    assert.deepEqual(found, isComplete ? after : before, `${stoppedAt}`);
    return isComplete ? 'complete' : 'absent';
  }

  /** Stops at the call as a killed process does: nothing of what comes after it is done. */
  async function stopAt(kind: SaveKind, number: number): Promise<'stopped' | 'ended'> {
    return new Promise((resolve, reject) => {
      const stop = async (disk: FailingDisk) => {
        await disk.release();
        resolve('stopped');
        return new Promise<never>(() => undefined);
      };
      saveOnce(folder, kind, number, stop).then(() => resolve('ended'), reject);
    });
  }

  async function killAt(kind: SaveKind, number: number): Promise<'stopped' | 'ended'> {
    const saver = await start();
    const ended = once(saver, 'exit') as Promise<[number | null, string | null]>;
    saver.send({ save: kind, killAt: number } satisfies Order);
    const [code, signal] = await ended;
    assert.ok(code === 0 || signal === 'SIGKILL', `${number}: ${code} ${signal}`);
    return signal === 'SIGKILL' ? 'stopped' : 'ended';
  }

  /** Calls at which a process is killed too, of those at which the saving stops: a seeded share, or all of them. */
  const share = longOr(1, 0.2);

  for (const [index, [kind, after]] of kinds.entries()) {
    it(`killed at every file-system call → absent or complete: ${kind}`, async () => {
      const ends: Record<End, number> = { absent: 0, complete: 0, part: 0 };
      const random = seededRandom(index);
      let killed = 0;
      for (let number = 1, isOver = false; !isOver; number++) {
        await fillAnew();
        isOver = (await stopAt(kind, number)) === 'ended';
        const left = await contents();
        const end = await judge(kind, after, number);
        ends[end]++;
        if (random() >= share) continue;
        killed++;
        await fillAnew();
        assert.equal((await killAt(kind, number)) === 'ended', isOver, `${number}`);
        assert.deepEqual(await contents(), left, `${number}: a real end leaves the same`);
        assert.equal(await judge(kind, after, number), end, `${number}`);
      }
      assert.ok(ends.absent > 5 && ends.complete > 2, JSON.stringify(ends));
      assert.ok(killed > 1, `${killed} processes`);
    });
  }

  it('the name is taken in a race, again and again → every file kept', async () => {
    const racers = await Promise.all([start(), start(), start(), start()]);
    const rounds = longOr(250, 25);
    const answers = racers.map((racer) => once(racer, 'message') as Promise<[string[]]>);
    for (const racer of racers) racer.send({ race: rounds } satisfies Order);
    const saved = (await Promise.all(answers)).map(([names]) => names);
    assert.equal(new Set(saved.flat()).size, racers.length * rounds, 'a name was given twice');
    for (const [index, names] of saved.entries()) {
      for (const [round, name] of names.entries()) {
        const content = await readFile(join(folder, name), 'utf8');
        assert.equal(content, `${racers[index]!.pid} ${round}`, name);
      }
    }
    const expected = Array.from({ length: rounds }, (_, round) =>
      racers.map((_racer, number) => `${round}-${number}.png`),
    );
    assert.deepEqual((await readdir(folder)).sort(), expected.flat().sort());
  });

  // A real one, for one process alone, which takes Linux and user namespaces.
  const onLinux = process.platform === 'linux' ? it : () => undefined;
  onLinux('read-only → an error, and all as it was', async () => {
    for (const [name, content] of Object.entries(before))
      await writeFile(join(folder, name), content);
    const script = `
      const [module, folder] = process.argv.slice(1);
      const { isWritableFolder, saveNewLocally, saveAtLocally, replaceLocally } = require(module);
      const bytes = Buffer.alloc(1000, 7);
      Promise.allSettled([
        saveNewLocally(folder, ['new.png'], bytes),
        saveAtLocally(folder + '/free.png', bytes, folder + '/photo.jpg'),
        saveAtLocally(folder + '/photo.edited.png', bytes, folder + '/photo.jpg'),
        replaceLocally(folder, 'photo.jpg', bytes, async () => undefined),
              // Which is known before anything is paid.
        isWritableFolder(folder),
        isWritableFolder('/tmp'),
      ]).then((ends) => console.log(ends.map(({ reason, value }) => reason?.code ?? value).join(' ')));`;
    const { stdout } = await promisify(execFile)('unshare', [
      '-rm',
      'sh',
      '-c',
      'mount --bind "$3" "$3" && mount -o remount,ro,bind "$3" && exec "$0" -e "$1" "$2" "$3"',
      process.execPath,
      script,
      join(__dirname, 'support', 'saveLocallyAlone.js'),
      folder,
    ]);
    assert.equal(stdout, 'EROFS EROFS EROFS EROFS false true\n');
    assert.deepEqual(await contents(), before);
  });
});
