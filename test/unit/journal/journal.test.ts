// The journal on a real disk: what is written of a job, and what is found again whatever else lies there.
import assert from 'node:assert/strict';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptJob } from '../../../src/journal/jobFiles';
import { Journal, NoJournalError } from '../../../src/journal/journal';
import { nodeDisk } from '../../../src/journal/disk';
import { identifyProcess, Owner } from '../../../src/journal/owner';
import type { State } from '../../../src/journal/records';
import { FailingDisk } from '../../support/failingDisk';
import { apiKey, newJob, original } from './support/sampleJob';

describe('the journal', () => {
  let folder: string;
  let root: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retouch-journal-'));
    root = join(folder, 'storage', 'journal');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const prepare = (journal = new Journal(root)) => journal.prepare(newJob, original, apiKey);
  const list = async () => (await new Journal(root).list()).jobs;
  const read = async () => {
    const [job, ...others] = await list();
    assert.ok(job);
    assert.deepEqual(others, []);
    return job;
  };

  it('has nothing where nothing was kept', async () => {
    assert.deepEqual(await new Journal(root).list(), { jobs: [], unreadable: [] });
  });

  it('writes a job with its original, and makes its own folder', async () => {
    const begun = Date.now();
    const files = await prepare();
    const names = (await readdir(join(root, files.id))).sort();
    assert.deepEqual(names.toSpliced(3), ['job.json', 'log.jsonl', 'original']);
    assert.match(names[3] ?? '', /^owner-/);
    const { record, state, answers, saved, failure } = await read();
    const { createdAt, format, original: kept, ...asked } = record;
    assert.equal(format, 1);
    assert.ok(createdAt >= begun && createdAt <= Date.now());
    const { byteLength, sha256, ...place } = kept;
    assert.deepEqual({ ...asked, original: place }, newJob);
    assert.equal(byteLength, original.byteLength);
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.ok((await files.readOriginal(record)).equals(original));
    assert.deepEqual(
      { state, answers, saved, failure },
      {
        state: 'prepared',
        answers: [],
        saved: [],
        failure: undefined,
      },
    );
  });

  it('syncs every file, and every folder that has a new name in it', async () => {
    const disk = new FailingDisk(() => undefined);
    const { id } = await prepare(new Journal(root, disk));
    const job = join(root, id);
    const synced = disk.calls.filter(({ name }) => name === 'sync').map(({ path }) => path);
    assert.deepEqual(synced, [
      join(job, 'original'),
      join(job, 'log.jsonl'),
      join(job, 'job.json.tmp'),
      job,
      root,
      join(folder, 'storage'),
      folder,
    ]);
    const renamed = disk.calls.findIndex(({ name }) => name === 'rename');
    const syncedFolder = disk.calls.findIndex((call) => call.name === 'sync' && call.path === job);
    assert.ok(renamed < syncedFolder);
  });

  it('leaves nothing of a job that cannot be written, whichever call fails', async () => {
    await mkdir(root, { recursive: true });
    let number = 0;
    for (let failed = true; failed;) {
      number++;
      const disk = new FailingDisk((call) => (call.number === number ? 'ENOSPC' : undefined));
      failed = await prepare(new Journal(root, disk)).then(
        () => false,
        (error: unknown) => /ENOSPC/.test(String(error)) && !(error instanceof NoJournalError),
      );
      assert.deepEqual((await list()).length, failed ? 0 : 1, `call ${number}`);
      assert.equal((await readdir(root)).length, failed ? 0 : 1, `call ${number}`);
    }
    assert.ok(number > 15, `only ${number} calls`);
  });

  it('says so where there is no place for it', async () => {
    await writeFile(join(folder, 'storage'), 'a file');
    await assert.rejects(prepare(), NoJournalError);
    const disk = new FailingDisk(({ name }) => (name === 'mkdir' ? 'EROFS' : undefined));
    await assert.rejects(prepare(new Journal(root, disk)), NoJournalError);
  });

  it('never writes the key, wherever the user or the gateway put it', async () => {
    const files = await new Journal(root).prepare(
      { ...newJob, instruction: `my key is ${apiKey}` },
      original,
      apiKey,
    );
    await files.markFailed({ reason: 'gateway', charge: 'unknown', message: `so: ${apiKey}` });
    const head = { status: 200, headers: { 'x-request-id': apiKey, 'set-cookie': 'mine' } };
    const answer = files.openAnswer(0, head, assert.ifError);
    await answer.write(Buffer.from(apiKey.slice(0, 9)));
    await answer.write(Buffer.from(apiKey.slice(9)));
    await answer.end(true);
    for (const name of await readdir(join(root, files.id))) {
      const bytes = await readFile(join(root, files.id, name));
      assert.ok(!bytes.includes(apiKey), name);
      assert.ok(!bytes.includes('mine'), name);
    }
    const { record, answers } = await read();
    assert.match(record.instruction, /^my key is \*+$/);
    assert.equal(answers[0]?.headers['x-request-id'], '*'.repeat(apiKey.length));
  });

  it('goes through the states, and back', async () => {
    const files = await prepare();
    await Promise.all([files.markSent(), files.markSent()]);
    assert.equal((await read()).state, 'sent');
    for (const state of ['received', 'saved', 'received', 'discarded'] as const) {
      await files.mark(state);
      assert.equal((await read()).state, state);
    }
    await files.markSaved(0, 'file:///a.png');
    await files.markSaved(1, 'file:///b.png');
    await files.markSaved(0, 'file:///c.png');
    await files.markUndone(0, 'file:///a.png');
    assert.deepEqual((await read()).saved, [
      { version: 1, uri: 'file:///b.png' },
      { version: 0, uri: 'file:///c.png' },
    ]);
    const failure = { reason: 'noPicture', charge: 'charged', message: 'It says: no.' } as const;
    await files.markFailed(failure);
    assert.deepEqual((await read()).failure, failure);
    const log = await readFile(join(root, files.id, 'log.jsonl'), 'utf8');
    assert.equal(log.split('"sent"').length, 2, 'sent is written once');
    await files.remove();
    assert.deepEqual(await list(), []);
    assert.deepEqual(await readdir(root), []);
  });

  it('keeps answers as they come, and counts a whole one as received although nobody said so', async () => {
    const files = await prepare();
    await files.markSent();
    const head = { status: 200, headers: { 'content-length': '9', date: 'today', server: 'x' } };
    const first = files.openAnswer(1, head, assert.ifError);
    await first.write(Buffer.from('hello '));
    const path = join(root, files.id, 'answer-1');
    assert.equal(await readFile(path, 'utf8'), 'hello ', 'not there at once');
    const cut = await read();
    assert.equal(cut.state, 'sent');
    assert.equal(cut.answers[0]?.whole, false);
    const second = files.openAnswer(0, { ...head, status: 503 }, assert.ifError);
    await second.end(true);
    assert.equal((await read()).state, 'sent', 'a refusal is no result');
    await first.write(Buffer.from('you'));
    await first.keepPicture(3, Buffer.from('picture'));
    await first.end(true);
    await first.end(false);
    const { state, answers } = await read();
    assert.equal(state, 'received');
    assert.deepEqual(
      answers.map(({ number, call, status, headers, whole }) => ({
        ...{ number, call, status, headers, whole },
      })),
      [
        {
          ...{ number: 1, call: 1, status: 200, whole: true },
          headers: { 'content-length': '9', date: 'today' },
        },
        {
          ...{ number: 2, call: 0, status: 503, whole: true },
          headers: { 'content-length': '9', date: 'today' },
        },
      ],
    );
    const pieces = [];
    for await (const piece of answers[0]!.read()) pieces.push(piece);
    assert.equal(Buffer.concat(pieces).toString(), 'hello you');
    assert.equal((await answers[0]!.readPicture(3))?.toString(), 'picture');
    assert.equal(await answers[0]!.readPicture(0), undefined);
  });

  it('takes back that it was never answered where the answer comes after all', async () => {
    const files = await prepare();
    await files.markSent();
    const head = { status: 200, headers: {} };
    const answer = files.openAnswer(0, head, assert.ifError);
    const never = { reason: 'interrupted', charge: 'unknown', message: 'Never.' } as const;
    await files.markFailed(never);
    assert.equal((await read()).failure?.message, 'Never.');
    await answer.write(Buffer.from('hello'));
    await answer.end(true);
    const { state, failure } = await read();
    assert.deepEqual([state, failure], ['received', undefined]);

    // What is wrong with an answer is known from the answer, and stays.
    await files.markFailed({ ...never, reason: 'noPicture' });
    assert.deepEqual((await read()).failure?.reason, 'noPicture');
    await files.mark('received');
    assert.equal((await read()).failure, undefined, 'its pictures have come since');
  });

  it('keeps what was behind a link, in the place of what was cut', async () => {
    const files = await prepare();
    await files.markSent();
    const answer = files.openAnswer(0, { status: 200, headers: {} }, assert.ifError);
    await answer.end(true);
    await writeFile(join(root, files.id, 'answer-1-picture-0'), 'cut');
    assert.equal(await (await read()).answers[0]!.readPicture(0), undefined);
    await (await read()).answers[0]!.keepPicture(0, Buffer.from('whole'));
    assert.equal((await (await read()).answers[0]!.readPicture(0))?.toString(), 'whole');
  });

  it('does not take a picture for whole whose writing was cut', async () => {
    const files = await prepare();
    const answer = files.openAnswer(0, { status: 200, headers: {} }, assert.ifError);
    await answer.end(true);
    await writeFile(join(root, files.id, 'answer-1-picture-0'), 'half a pic');
    assert.equal(await (await read()).answers[0]!.readPicture(0), undefined);
  });

  it('lists the newest first', async () => {
    const ids = [];
    for (let count = 0; count < 3; count++) {
      const before = Date.now();
      ids.unshift((await prepare()).id);
      while (Date.now() === before) await new Promise(setImmediate);
    }
    assert.deepEqual(
      (await list()).map(({ files }) => files.id),
      ids,
    );
  });

  it('notices an original that is another', async () => {
    const files = await prepare();
    await appendFile(join(root, files.id, 'original'), 'x');
    const { record } = await read();
    await assert.rejects(files.readOriginal(record), /has been changed/);
  });

  it('is not stopped by what is corrupt, foreign or cut', async () => {
    const good = await prepare();
    const bad: Record<string, (job: string) => Promise<void>> = {
      '20200101T000000001Z-00000001': (job) => writeFile(join(job, 'job.json'), ''),
      '20200101T000000002Z-00000002': (job) => truncate(join(job, 'job.json'), 40),
      '20200101T000000003Z-00000003': (job) => rm(join(job, 'job.json')),
      '20200101T000000004Z-00000004': (job) => writeFile(join(job, 'job.json'), '{"format":2}'),
      '20200101T000000005Z-00000005': async (job) => {
        await rm(join(job, 'job.json'));
        await mkdir(join(job, 'job.json'));
      },
      '20200101T000000006Z-00000006': (job) => rm(join(job, 'log.jsonl')),
      '20200101T000000007Z-00000007': (job) => writeFile(join(job, 'job.json'), '[[[[[['),
      '20200101T000000008Z-00000008': async (job) => {
        await rm(job, { recursive: true });
        await writeFile(job, 'a file');
      },
    };
    for (const [name, spoil] of Object.entries(bad)) {
      await mkdir(join(root, name));
      for (const file of ['job.json', 'log.jsonl', 'original'])
        await writeFile(join(root, name, file), await readFile(join(root, good.id, file)));
      await spoil(join(root, name));
    }
    await mkdir(join(root, 'foreign'));
    await writeFile(join(root, '.DS_Store'), 'x');
    const { jobs, unreadable } = await new Journal(root).list();
    assert.deepEqual(
      jobs.map(({ files }) => files.id),
      [good.id],
    );
    assert.deepEqual(unreadable.sort(), Object.keys(bad).sort());
    // And nothing has been taken away.
    assert.equal((await readdir(root)).length, 1 + Object.keys(bad).length + 2);

    // An EIO may be gone tomorrow: that is no reason to move anything.
    const broken = new FailingDisk(({ name }) => (name === 'readFile' ? 'EIO' : undefined));
    const files = [...(await readdir(root, { recursive: true }))].sort();
    await new Journal(root, broken).tidy();
    const inPlace = (await readdir(root, { recursive: true })).filter(
      (name) => !name.startsWith('set-aside') && !name.startsWith('foreign'),
    );
    const isFile = (name: string) => name === '20200101T000000008Z-00000008';
    assert.deepEqual(
      inPlace.filter((name) => !isFile(name)).sort(),
      files.filter((name) => !name.startsWith('foreign') && !isFile(name)),
    );

    const aside = await new Journal(root).tidy();
    const later = '20200101T000000004Z-00000004';
    assert.deepEqual(
      (await readdir(root)).sort(),
      ['.DS_Store', good.id, later, 'set-aside'].sort(),
      'a later version may read what this one cannot',
    );
    const moved = (await readdir(join(root, 'set-aside'))).sort();
    assert.deepEqual(moved, [...unreadable.filter((name) => name !== later), 'foreign'].sort());
    assert.ok(aside.every((name) => moved.includes(name)));
    assert.equal(
      (await readdir(join(root, 'set-aside', '20200101T000000006Z-00000006'))).length,
      2,
    );
    assert.equal(await new Journal(root).isEmpty(), false);
    assert.deepEqual((await list()).length, 1);

    // Nothing is replaced there.
    await writeFile(join(root, 'foreign'), 'another');
    assert.deepEqual(await new Journal(root).tidy(), ['foreign']);
    assert.equal((await readdir(join(root, 'set-aside'))).length, moved.length + 1);
  });

  describe('clean-up', () => {
    const day = 24 * 60 * 60 * 1000;
    const room = 1024 ** 3;
    const inDays = (days: number) => Date.now() + days * day;
    const make = async (...states: readonly State[]) => {
      const files = await prepare();
      for (const state of ['sent', ...states] as const) await files.mark(state);
      return files;
    };
    const left = async () => (await list()).map(({ files }) => files.id).sort();

    it('removes what is over and old, and names what was never saved', async () => {
      const journal = new Journal(root);
      const saved = await make('received', 'saved');
      const discarded = await make('received', 'discarded');
      const failed = await make();
      await failed.markFailed({ reason: 'noPicture', charge: 'charged', message: 'It says: no.' });
      const received = await make('received');
      const again = await make('received', 'discarded', 'received');
      const sent = await make();
      assert.deepEqual(await journal.cleanUp(30 * day, room), {
        removed: [],
        unsaved: [],
        replaced: [],
        full: undefined,
      });
      assert.equal((await left()).length, 6);
      const { removed, unsaved } = await journal.cleanUp(30 * day, room, inDays(31));
      assert.deepEqual(removed.sort(), [saved.id, discarded.id, failed.id].sort());
      assert.deepEqual(unsaved.map(({ files }) => files.id).sort(), [received.id, again.id].sort());
      assert.deepEqual(await left(), [received.id, again.id, sent.id].sort());
      assert.deepEqual((await readdir(root)).sort(), await left());
    });

    it('removes the oldest that are over where there is too little room', async () => {
      const journal = new Journal(root);
      const received = await make('received');
      const first = await make('received', 'saved');
      await new Promise((resolve) => setTimeout(resolve, 5));
      const second = await make('received', 'saved');
      const [job] = await list();
      const size = await job!.files.measure();
      assert.ok(size > original.byteLength);
      // What somebody has just discarded stays for a day, however little room there is.
      const early = await journal.cleanUp(1, 0, inDays(0.9));
      assert.deepEqual([early.removed, early.unsaved], [[], []]);
      const { removed, unsaved } = await journal.cleanUp(30 * day, 2.5 * size, inDays(2));
      assert.deepEqual([removed, unsaved], [[first.id], []]);
      const less = await journal.cleanUp(30 * day, 0.5 * size, inDays(2));
      assert.deepEqual(less.removed, [second.id]);
      assert.deepEqual(
        less.unsaved.map(({ files }) => files.id),
        [received.id],
      );
      assert.deepEqual(await left(), [received.id]);
    });

    it('names those that only wait for the way back, when they are old', async () => {
      const journal = new Journal(root);
      const both = await make('received', 'saved');
      await both.markReplaced('file:///work/photo.png', '0'.repeat(64));
      const unsaved = await make('received');
      await unsaved.markReplaced('file:///work/other.png', '0'.repeat(64));
      assert.deepEqual((await journal.cleanUp(30 * day, room, inDays(29))).replaced, []);
      const old = await journal.cleanUp(30 * day, room, inDays(31));
      assert.deepEqual([old.removed, old.unsaved], [[], []]);
      const idsOf = (jobs: readonly KeptJob[]) => jobs.map(({ files }) => files.id);
      assert.deepEqual(idsOf(old.replaced), [both.id]);
      // Where there is too little room as well, but for a day.
      assert.deepEqual(idsOf((await journal.cleanUp(30 * day, 0, inDays(0.9))).replaced), []);
      assert.deepEqual(idsOf((await journal.cleanUp(30 * day, 0, inDays(2))).replaced), [both.id]);
      // And as every other once the original is back.
      await both.markReplaced('file:///work/photo.png', undefined);
      assert.deepEqual((await journal.cleanUp(30 * day, room, inDays(31))).removed, [both.id]);
    });

    it('says what takes the room where nothing more may go', async () => {
      const journal = new Journal(root);
      for (let count = 0; count < 2; count++) await make('received');
      const replaced = await make('received', 'saved');
      await replaced.markReplaced('file:///work/photo.png', '0'.repeat(64));
      await make('received', 'discarded');
      await make();
      const { full } = await journal.cleanUp(30 * day, 1);
      assert.deepEqual(full?.map(({ why, count }) => [why, count]).sort(), [
        ['recent', 2],
        ['replaced', 1],
        ['unsaved', 2],
      ]);
      const bytes = full.map((taker) => taker.bytes);
      assert.deepEqual(
        bytes,
        [...bytes].sort((one, other) => other - one),
      );
      const all = bytes.reduce((sum, one) => sum + one, 0);
      assert.equal((await journal.cleanUp(30 * day, all)).full, undefined);
      assert.notEqual((await journal.cleanUp(30 * day, all - 1)).full, undefined);
    });

    it('keeps what led to a picture that still waits', async () => {
      const step = await make('received', 'discarded');
      const journal = new Journal(root);
      const child = await journal.prepare(
        { ...newJob, session: step.id, parent: { job: step.id, version: 0 } },
        original,
        apiKey,
      );
      await child.markSent();
      await child.mark('received');
      assert.deepEqual((await journal.cleanUp(30 * day, room, inDays(31))).removed, []);
      await child.mark('saved');
      const { removed } = await journal.cleanUp(30 * day, room, inDays(31));
      assert.deepEqual(removed.sort(), [step.id, child.id].sort());
    });

    it('leaves an edit alone that another window has open', async () => {
      const other = new Owner({ ...identifyProcess(), machine: '00000000' });
      const files = await prepare(new Journal(root, nodeDisk, other));
      await files.mark('received');
      const { removed, unsaved } = await new Journal(root).cleanUp(0, 0, inDays(1));
      assert.deepEqual([removed, unsaved], [[], []]);
    });
  });

  it('knows what an edit cost, how long it took, what it changed, and that the user has put it aside', async () => {
    const files = await prepare();
    await files.markSent();
    const answer = files.openAnswer(0, { status: 200, headers: {} }, assert.ifError);
    await answer.end(true);
    const { isRead, elapsed, cost, isSeen } = await read();
    assert.deepEqual([isRead, cost, isSeen], [false, undefined, false]);
    assert.ok(elapsed !== undefined && elapsed >= 0);
    await files.mark('received');
    await files.markCost(0.0123);
    await files.markSeen();
    const found = { listed: 2, share: 0.1, minor: 0, redrawn: false, pictures: 1 };
    await files.markFound(found);
    const { isRead: isReadNow, cost: costNow, found: foundNow, isSeen: isSeenNow } = await read();
    assert.deepEqual([isReadNow, costNow, foundNow, isSeenNow], [true, 0.0123, found, true]);
    assert.deepEqual((await new Journal(root).read(files.id)).found, found);
    await assert.rejects(new Journal(root).read('another'), /ENOENT/);
    const journal = new Journal(
      root,
      nodeDisk,
      new Owner({ ...identifyProcess(), boot: 'another' }),
    );
    assert.deepEqual(await journal.takeOver(), [], 'the user knows of it');
    await files.mark('received');
    assert.equal((await read()).isSeen, false);
  });

  it('reads a log that was cut, and goes on with it', async () => {
    const files = await prepare();
    await files.markSent();
    const log = join(root, files.id, 'log.jsonl');
    await appendFile(log, '\n{"at":1,"state":"sav');
    assert.equal((await read()).state, 'sent');
    await files.mark('received');
    assert.equal((await read()).state, 'received');
    await appendFile(log, '\n{"at":1,"state":"eaten"}\nnull\n7\n{}\n\0\0\0\0');
    assert.equal((await read()).state, 'received');
  });
});
