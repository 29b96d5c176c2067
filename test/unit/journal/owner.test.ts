// Windows as processes of their own, with one journal: whose a job is, and who gets it when its window has gone.
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeDisk } from '../../../src/journal/disk';
import { Journal } from '../../../src/journal/journal';
import { identifyProcess, Owner, type ProcessIdentity } from '../../../src/journal/owner';
import { bringBack } from '../../../src/edit/bringBack';
import { newToken, temporaryPaths } from '../../../src/save/saveLocally';
import { apiKey, newJob, original } from './support/sampleJob';
import type { Order } from './support/window';

describe('the window of a job', () => {
  let root: string;
  const windows: ChildProcess[] = [];
  beforeEach(async () => {
    root = join(await mkdtemp(join(tmpdir(), 'retouch-journal-')), 'journal');
  });
  afterEach(async () => {
    await Promise.all(windows.splice(0).map(kill));
    await rm(join(root, '..'), { recursive: true });
  });

  async function openWindow(): Promise<ChildProcess> {
    const window = fork(join(__dirname, 'support', 'window.js'), [root], { execArgv: [] });
    windows.push(window);
    await once(window, 'message');
    return window;
  }

  async function tell(window: ChildProcess, order: Order): Promise<string[]> {
    const answered = once(window, 'message') as Promise<[string[]]>;
    window.send(order);
    return (await answered)[0];
  }

  async function kill(window: ChildProcess): Promise<void> {
    if (window.exitCode !== null || window.signalCode !== null) return;
    const ended = once(window, 'exit');
    window.kill('SIGKILL');
    await ended;
  }

  /** A journal as another window has it. */
  const journalOf = (identity: Partial<ProcessIdentity> = {}) =>
    new Journal(root, nodeDisk, new Owner({ ...identifyProcess(), ...identity }));
  const prepare = async (identity: Partial<ProcessIdentity>) => {
    const files = await journalOf(identity).prepare(newJob, original, apiKey);
    await files.markSent();
    return files;
  };
  /** Beside the journal, by a window that has gone: of an edit that was over and is saved once more. */
  async function leaveCutSave(): Promise<string> {
    const folder = join(root, '..');
    const files = await prepare({ pid: 2 ** 30 });
    await files.mark('discarded');
    const token = newToken();
    await files.markSaving(folder, token);
    const { temporary, kept } = temporaryPaths(folder, token);
    await Promise.all([writeFile(temporary, 'half'), writeFile(kept, 'the old one')]);
    return folder;
  }

  const takeOver = async () => (await journalOf().takeOver()).map(({ files }) => files.id);

  it('keeps it as long as it lives, also while it sleeps', async () => {
    const window = await openWindow();
    const [id = ''] = await tell(window, 'prepare');
    assert.deepEqual(await takeOver(), []);
    window.kill('SIGSTOP');
    await silence(id);
    assert.deepEqual(await takeOver(), [], 'while it slept');
    window.kill('SIGCONT');
    assert.deepEqual(await tell(window, 'take over'), [], 'its own');
  });

  it('gives it to one that opens it when it is over: nobody else tidies up after it then', async () => {
    const folder = await leaveCutSave();
    const [job] = (await journalOf().list()).jobs;
    const mine = journalOf();
    assert.equal(await mine.adopt(job!), true);
    assert.equal(await journalOf().adopt((await mine.list()).jobs[0]!), false);
    // As in the midst of a save.
    await bringBack(journalOf(), assert.ifError);
    assert.equal((await readdir(folder)).length, 3);
  });

  it('leaves nothing of a save that was cut where it was over before', async () => {
    const folder = await leaveCutSave();
    await bringBack(journalOf(), assert.ifError);
    assert.deepEqual(await readdir(folder), ['journal']);
  });

  it('loses it when it is killed, to exactly one of several', async () => {
    const gone = await openWindow();
    const ids: string[] = [];
    for (let count = 0; count < 20; count++) ids.push(...(await tell(gone, 'prepare')));
    const others = await Promise.all([openWindow(), openWindow(), openWindow()]);
    await kill(gone);
    const taken = await Promise.all(others.map((window) => tell(window, 'take over')));
    assert.deepEqual(taken.flat().sort(), ids.sort());
    assert.deepEqual(await takeOver(), [], 'they live');
    await Promise.all(others.map(kill));
    assert.deepEqual((await takeOver()).sort(), ids.sort(), 'a second time');
  });

  it('has gone where another process has its number, or the machine was started anew', async () => {
    const { id } = await prepare({ startedAt: '1' });
    assert.deepEqual(await takeOver(), process.platform === 'linux' ? [id] : []);
    const other = await prepare({ boot: '12345678' });
    assert.deepEqual(
      (await takeOver()).filter((taken) => taken === other.id),
      [other.id],
    );
  });

  it('may be on another machine: then only a day of silence means that it has gone', async () => {
    const { id } = await prepare({ machine: '00000000' });
    assert.deepEqual(await takeOver(), []);
    await silence(id);
    // Its name says when it got the job.
    assert.deepEqual(await takeOver(), []);
    const owner = new Owner({ ...identifyProcess(), machine: '00000000' });
    const day = 24 * 60 * 60 * 1000;
    const name = owner.nameNow().replace(/\d+$/, String(Date.now() - 2 * day));
    const here = new Owner();
    assert.equal(here.whereIs(name, Date.now() - 2 * day), 'gone');
    assert.equal(
      here.whereIs(name, Date.now() - day / 2),
      'elsewhere',
      'it has shown that it lives',
    );
  });

  it('shows that it lives', async () => {
    const journal = journalOf({ machine: '00000000' });
    const { id } = await journal.prepare(newJob, original, apiKey);
    await silence(id);
    const beatAt = async () => (await new Journal(root).list()).jobs[0]?.owner?.beatAt ?? 0;
    assert.ok((await beatAt()) < Date.now() - 1_000_000);
    await journal.beat();
    assert.ok((await beatAt()) > Date.now() - 60_000);
  });

  it('is none where its name is missing: one of several gets the job all the same', async () => {
    const { id } = await prepare({});
    await unlink(join(root, id, await ownerOf(id)));
    const others = await Promise.all([openWindow(), openWindow(), openWindow()]);
    const taken = await Promise.all(others.map((window) => tell(window, 'take over')));
    assert.equal(taken.flat().length, 1, JSON.stringify(taken));
    const { jobs, unreadable } = await new Journal(root).list();
    assert.deepEqual([jobs.length, unreadable], [1, []]);
  });

  it('leaves alone what another one is at work on, and removes what that leaves when it is killed', async () => {
    const window = await openWindow();
    const [id = ''] = await tell(window, 'prepare');
    // As it is before the job is whole.
    const begun = '20261125T084204123Z-1a2b3c4d';
    await mkdir(join(root, begun));
    assert.deepEqual(await journalOf().tidy(Date.parse('2026-11-25T08:42:10Z')), []);
    await writeFile(join(root, begun, await ownerOf(id)), '');
    await writeFile(join(root, begun, 'original'), 'half of i');
    await writeFile(join(root, begun, 'log.jsonl'), '');
    await writeFile(join(root, begun, 'job.json.tmp'), '{"for');
    assert.deepEqual(await journalOf().tidy(), []);
    assert.deepEqual((await readdir(root)).sort(), [begun, id].sort());
    await kill(window);
    assert.deepEqual(await journalOf().tidy(), []);
    assert.deepEqual(await readdir(root), [id]);
    await mkdir(join(root, begun));
    await mkdir(join(root, `removed-${begun}`));
    await writeFile(join(root, `removed-${begun}`, 'job.json'), '{}');
    assert.deepEqual(await journalOf().tidy(), []);
    assert.deepEqual(await readdir(root), [id]);
  });

  async function ownerOf(id: string): Promise<string> {
    return (await readdir(join(root, id))).find((name) => name.startsWith('owner-')) ?? '';
  }

  /** As if it had said nothing for two days. */
  async function silence(id: string): Promise<void> {
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
    await utimes(join(root, id, await ownerOf(id)), twoDaysAgo, twoDaysAgo);
  }
});
