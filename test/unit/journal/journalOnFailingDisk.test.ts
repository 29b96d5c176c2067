// The journal while the file system fails, one call after the other: what was paid for stays, what is begun is finished the
// next time, and no job is in the way of another.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeDisk, type Disk } from '../../../src/journal/disk';
import type { JobFiles, KeptJob } from '../../../src/journal/jobFiles';
import { Journal } from '../../../src/journal/journal';
import { identifyProcess, Owner } from '../../../src/journal/owner';
import { longOr } from '../../support/long';
import { FailingDisk, quickFolder, type Call } from '../../support/failingDisk';
import { apiKey, newJob, original } from './support/sampleJob';

const codes = ['EIO', 'ENOSPC', 'EDQUOT', 'EACCES', 'EMFILE'];
const answer = Buffer.from('what was paid for');
const picture = Buffer.from('a picture behind a link');
const day = 24 * 60 * 60 * 1000;
const room = 1024 ** 3;

/** The same job, on another disk. */
function onDisk(files: JobFiles, disk: Disk): JobFiles {
  return Object.create(files, { disk: { value: disk } }) as JobFiles;
}

function isSame(found: Uint8Array | undefined, expected: Buffer): boolean {
  return found !== undefined && expected.equals(found);
}

/** One call alone, or that one and all after it. */
const kinds = ['once', 'for good'] as const;

describe('the journal with a failing file system', function () {
  this.timeout(120_000);
  let root: string;
  /** Failures, over all tests. */
  let made = 0;
  after(() => console.log(`      ${made} failures, of one call each or of it and all after it`));
  beforeEach(async () => {
    root = join(await mkdtemp(join(quickFolder(), 'retouch-journal-')), 'journal');
  });
  afterEach(() => rm(join(root, '..'), { recursive: true }));

  const gone = () => new Owner({ ...identifyProcess(), boot: 'ffffffff' });

  /** A job of a window that has gone, with a whole answer. */
  async function receive(): Promise<JobFiles> {
    const files = await new Journal(root, nodeDisk, gone()).prepare(newJob, original, apiKey);
    await files.markSent();
    const record = files.openAnswer(0, { status: 200, headers: {} }, assert.ifError);
    await record.write(answer);
    await record.keepPicture(0, picture);
    await record.end(true);
    return files;
  }

  async function save(): Promise<JobFiles> {
    const files = await receive();
    await files.mark('received');
    await files.mark('saved');
    return files;
  }

  const list = async () => {
    const { jobs, unreadable } = await new Journal(root).list();
    assert.deepEqual(unreadable, []);
    return jobs;
  };

  async function assertPaid(job: KeptJob | undefined, where: string): Promise<void> {
    assert.ok(job, where);
    const pieces = [];
    for await (const piece of job.answers[0]!.read()) pieces.push(piece);
    assert.ok(Buffer.concat(pieces).equals(answer), where);
    assert.equal(job.answers[0]!.whole, true, where);
    assert.ok(isSame(await job.answers[0]!.readPicture(0), picture), where);
    assert.ok((await job.files.readOriginal(job.record)).equals(original), where);
  }

  /** Prepares once, and copies that for every further try: where what is prepared is on the disk alone. */
  function copied<Prepared>(prepare: () => Promise<Prepared>): () => Promise<Prepared> {
    const copies = new Map<string, Prepared>();
    const options = { recursive: true, preserveTimestamps: true };
    return async () => {
      const copy = join(root, '..', 'copy');
      const found = copies.get(root);
      if (found !== undefined) {
        cpSync(copy, root, options);
        return found;
      }
      const prepared = await prepare();
      cpSync(root, copy, options);
      copies.set(root, prepared);
      return prepared;
    };
  }

  /**
   * For every call, once and for good; the long form makes it fail with every code, `npm test` with one after the other.
   * @param attempt with the failing disk; what it throws must be the made up error
   * @param judge with a disk that is back
   */
  function forEveryCall<Prepared, Result>(
    title: string,
    prepare: () => Promise<Prepared>,
    attempt: (disk: Disk, prepared: Prepared, owner: Owner) => Promise<Result>,
    judge: (
      ended: {
        readonly result: Result | undefined;
        readonly error: unknown;
        /** Undefined where no call has failed. */
        readonly failed: Call | undefined;
        readonly where: string;
        readonly owner: Owner;
      },
      prepared: Prepared,
    ) => Promise<void>,
  ): void {
    for (const kind of kinds) {
      it(`${title}, whichever call fails ${kind}`, async () => {
        for (const only of longOr<(string | undefined)[]>(codes, [undefined])) {
          for (let number = 1; ; number++) {
            const code = only ?? codes[(number + kinds.indexOf(kind)) % codes.length]!;
            await rm(root, { recursive: true, force: true });
            const prepared = await prepare();
            const disk = new FailingDisk((call) =>
              call.number === number || (kind === 'for good' && call.number > number)
                ? code
                : undefined,
            );
            const owner = new Owner();
            let result: Result | undefined;
            let error: unknown;
            try {
              result = await attempt(disk, prepared, owner);
            } catch (reason) {
              error = reason;
            }
            const failed = disk.calls[number - 1];
            const where = `${code} at ${number}: ${failed?.name ?? 'none'} ${failed?.path ?? ''}`;
            if (error !== undefined)
              assert.equal((error as NodeJS.ErrnoException).code, code, where);
            if (!failed) assert.equal(error, undefined, where);
            await judge({ result, error, failed, where, owner }, prepared);
            if (!failed) {
              assert.ok(number > 1, 'it made no call');
              break;
            }
            made++;
          }
        }
      });
    }
  }

  forEveryCall(
    'gives every job of a window that has gone, in this look or the next one',
    copied(async () => {
      const ids = [(await receive()).id, (await receive()).id];
      const ownerless = await receive();
      const inside = await readdir(join(root, ownerless.id));
      await unlink(
        join(
          root,
          ownerless.id,
          inside.find((name) => name.startsWith('owner-'))!,
        ),
      );
      return ids;
    }),
    (disk, _ids, owner) => new Journal(root, disk, owner).takeOver(),
    async ({ result = [], failed, where, owner }, ids) => {
      const later = await new Journal(root, nodeDisk, owner).takeOver();
      if (!failed) assert.deepEqual(later, [], where);
      const taken = [...result, ...later].map(({ files }) => files.id);
      assert.equal(taken.length, 3, where);
      // The third has another name since.
      assert.deepEqual(taken.filter((id) => ids.includes(id)).sort(), [...ids].sort(), where);
      for (const id of taken)
        await assertPaid(
          (await list()).find(({ files }) => files.id === id),
          where,
        );
      assert.deepEqual(await new Journal(root, nodeDisk, owner).takeOver(), [], where);
    },
  );

  for (const [why, kept, space] of [
    ['age', 30 * day, room],
    ['size', 365 * day, 0],
  ] as const) {
    forEveryCall(
      `removes by ${why} what is over and nothing else`,
      copied(async () => ({
        over: [(await save()).id, (await save()).id],
        received: (await receive()).id,
      })),
      (disk) => new Journal(root, disk).cleanUp(kept, space, Date.now() + 31 * day),
      async ({ result, failed, where }, { over, received }) => {
        const found = await list();
        await assertPaid(
          found.find(({ files }) => files.id === received),
          where,
        );
        const left = found.map(({ files }) => files.id);
        for (const id of result?.removed ?? []) assert.ok(!left.includes(id), where);
        if (!failed) assert.deepEqual(left, [received]);
        const { unsaved } = await new Journal(root).cleanUp(kept, space, Date.now() + 31 * day);
        assert.deepEqual(
          unsaved.map(({ files }) => files.id),
          [received],
          where,
        );
        assert.deepEqual(await new Journal(root).tidy(), [], where);
        assert.deepEqual(await readdir(root), [received], `${where}: ${over.join()} left`);
      },
    );
  }

  it('removes the others where one cannot be removed', async () => {
    const stuck = await save();
    const free = [await save(), await save()].map(({ id }) => id);
    const disk = new FailingDisk(({ name, path }) =>
      name === 'rename' && path.includes(stuck.id) ? 'EACCES' : undefined,
    );
    const { removed } = await new Journal(root, disk).cleanUp(day, room, Date.now() + 2 * day);
    assert.deepEqual(removed.sort(), free.sort());
    assert.deepEqual(await readdir(root), [stuck.id]);
  });

  const begun = '20260101T084204123Z-1a2b3c4d';
  const spoilt = '20260101T084204123Z-00000000';
  forEveryCall(
    'tidies, and moves no job that can be read',
    copied(async () => {
      const { id } = await receive();
      const inside = await readdir(join(root, id));
      const owner = inside.find((name) => name.startsWith('owner-'))!;
      for (const name of [begun, spoilt, `removed-${begun}`, 'foreign'])
        await mkdir(join(root, name));
      await writeFile(join(root, begun, owner), '');
      await writeFile(join(root, begun, 'log.jsonl'), '');
      await writeFile(join(root, spoilt, owner), '');
      await writeFile(join(root, spoilt, 'job.json'), 'cut');
      // Its job.json has been lost, but it was sent.
      await writeFile(join(root, spoilt, 'log.jsonl'), '\n{"at":1,"state":"sent"}');
      return id;
    }),
    (disk) => new Journal(root, disk).tidy(),
    async ({ failed, where }, id) => {
      if (failed) {
        await assertPaid(
          (await new Journal(root).list()).jobs.find(({ files }) => files.id === id),
          where,
        );
        await new Journal(root).tidy();
      }
      assert.deepEqual((await readdir(root)).sort(), [id, 'set-aside'].sort(), where);
      const aside = await readdir(join(root, 'set-aside'));
      assert.deepEqual(aside.sort(), [spoilt, 'foreign'].sort(), where);
      assert.equal((await readdir(join(root, 'set-aside', spoilt))).length, 3, where);
    },
  );

  /** The first job there is, by a disk. */
  const firstJob = async (disk: Disk) => (await new Journal(root, disk).list()).jobs[0]!.files;
  /** Counts from where the job has been found. */
  const withJob =
    <Result>(work: (files: JobFiles) => Promise<Result>) =>
    async (disk: Disk, { files }: { files: JobFiles }) => {
      return work(onDisk(files, disk));
    };

  forEveryCall(
    'removes a job as a whole or not at all',
    async () => ({ files: await receive() }),
    withJob((files) => files.remove()),
    async ({ error, where }, { files }) => {
      const [job] = await list();
      if (job) {
        assert.ok(error, where);
        await assertPaid(job, where);
        await files.remove();
      }
      assert.deepEqual(await new Journal(root).tidy(), [], where);
      assert.deepEqual(await readdir(root), [], where);
    },
  );

  forEveryCall(
    'writes a small picture as a whole or not at all',
    async () => ({ files: await receive() }),
    withJob((files) => files.writeThumbnail(picture)),
    async ({ error, failed, where }) => {
      const job = (await list())[0];
      await assertPaid(job, where);
      const thumbnail = await job!.files.readThumbnail();
      assert.ok(error ? thumbnail === undefined : thumbnail?.equals(picture), where);
      const names = await readdir(join(root, job!.files.id));
      // Where nothing works any more, nothing can be removed either.
      if (failed && !error) assert.fail(where);
      await job!.files.writeThumbnail(picture);
      assert.ok((await job!.files.readThumbnail())?.equals(picture), where);
      assert.ok(names.filter((name) => name.endsWith('.tmp')).length <= 1, where);
    },
  );

  const entries: [
    what: string,
    write: (files: JobFiles) => Promise<void>,
    is: (job: KeptJob) => unknown,
  ][] = [
    ['saved', (files) => files.mark('saved'), ({ state }) => state === 'saved'],
    [
      'where it is saved',
      (files) => files.markSaved(0, 'file:///a'),
      ({ saved }) => saved.length > 0,
    ],
    [
      'that it is being saved',
      (files) => files.markSaving('/a', '12345678'),
      ({ saving }) => saving.length > 0,
    ],
    [
      'that its original is replaced',
      (files) => files.markReplaced('file:///a', 'ab'.repeat(32)),
      ({ replaced }) => replaced,
    ],
    ['what it cost', (files) => files.markCost(0.5), ({ cost }) => cost === 0.5],
    [
      'what it changed',
      (files) => files.markFound({ listed: 1, share: 0.1, minor: 0, redrawn: false, pictures: 1 }),
      ({ found }) => found?.listed === 1,
    ],
    ['that it was seen', (files) => files.markSeen(), ({ isSeen }) => isSeen],
    [
      'why it failed',
      (files) => files.markFailed({ reason: 'noPicture', charge: 'charged', message: 'No.' }),
      ({ failure }) => failure,
    ],
  ];
  for (const [what, write, is] of entries) {
    forEveryCall(
      `says ${what}, or that it could not, and goes on`,
      async () => ({ files: await receive() }),
      withJob(write),
      async ({ error, where }, { files }) => {
        const [job] = await list();
        await assertPaid(job, where);
        // It may be there all the same: what nobody may do is say that it is there where it is not.
        if (!error) assert.ok(is(job!), where);
        await write(files);
        const [after] = await list();
        assert.ok(is(after!), where);
        await assertPaid(after, where);
      },
    );
  }

  it('says that an original is back, or that it could not, whichever call fails', async () => {
    const uri = 'file:///a';
    for (let number = 1; ; number++) {
      await rm(root, { recursive: true, force: true });
      const files = await receive();
      await files.markReplaced(uri, 'ab'.repeat(32));
      const disk = new FailingDisk((call) => (call.number === number ? 'EIO' : undefined));
      const job = onDisk(files, disk);
      const error: unknown = await job
        .markReplaced(uri, undefined)
        .catch((reason: unknown) => reason);
      const [found] = await list();
      if (!error) assert.equal(found!.replaced, undefined);
      // Also where that could not be said, the bytes are still there to bring back.
      assert.ok((await found!.files.readOriginal(found!.record)).equals(original));
      if (disk.calls.length < number) break;
    }
  });

  forEveryCall(
    'keeps an answer as a whole, or says that it is lost and calls no half of it whole',
    async () => {
      const files = await new Journal(root, nodeDisk, gone()).prepare(newJob, original, apiKey);
      await files.markSent();
      return { files };
    },
    withJob(async (files) => {
      const lost: unknown[] = [];
      const record = files.openAnswer(0, { status: 200, headers: {} }, (error) => lost.push(error));
      await record.write(answer.subarray(0, 5));
      await record.write(answer.subarray(5));
      await record.keepPicture(0, picture);
      await record.end(true);
      return lost;
    }),
    async ({ result: lost, error, failed, where }) => {
      assert.equal(error, undefined, where);
      const [job] = await list();
      if (lost!.length === 0) await assertPaid(job, where);
      else assert.ok(failed, where);
      const [kept] = job!.answers;
      if (!kept?.whole) return;
      const pieces = [];
      for await (const piece of kept.read()) pieces.push(piece);
      assert.ok(Buffer.concat(pieces).equals(answer), where);
    },
  );

  forEveryCall(
    'reads what is there or throws, and never a part',
    copied(async () => {
      const files = await receive();
      await files.writeThumbnail(picture);
      return { files, job: (await list())[0]! };
    }),
    async (disk) => {
      const files = await firstJob(disk).catch(() => undefined);
      if (!files) return undefined;
      const read = await files.read();
      const pieces = [];
      for await (const piece of read.answers[0]!.read()) pieces.push(piece);
      return {
        bytes: Buffer.concat(pieces),
        original: await files.readOriginal(read.record),
        holds: await files.holdsOriginal(original),
        small: await files.readThumbnail(),
        picture: await read.answers[0]!.readPicture(0),
        size: await files.measure(),
      };
    },
    async ({ result, failed, where }, { job }) => {
      await assertPaid((await list())[0], where);
      if (!result) {
        assert.ok(failed, where);
        return;
      }
      assert.ok(result.bytes.equals(answer), where);
      assert.ok(result.original.equals(original), where);
      assert.equal(result.holds, true, where);
      assert.ok(isSame(result.small, picture) && isSame(result.picture, picture), where);
      assert.equal(result.size, await job.files.measure(), where);
    },
  );

  forEveryCall(
    'says that it lives, and harms nothing where it cannot',
    async () => {
      const me = new Owner();
      await new Journal(root, nodeDisk, me).prepare(newJob, original, apiKey);
      return me;
    },
    (disk, me) => new Journal(root, disk, me).beat(),
    async ({ where }, me) => {
      const [job, ...others] = await list();
      assert.deepEqual(others, [], where);
      assert.equal(new Journal(root, nodeDisk, me).whose(job!), 'mine', where);
    },
  );

  forEveryCall(
    'gives a job to the window that opens it, or leaves it as it was',
    async () => {
      await (await receive()).mark('discarded');
      return (await list())[0]!;
    },
    (disk, job, owner) =>
      new Journal(root, disk, owner).adopt({ ...job, files: onDisk(job.files, disk) }),
    async ({ result, where, owner }) => {
      const [job, ...others] = await list();
      assert.deepEqual(others, [], where);
      await assertPaid(job, where);
      const whose = new Journal(root, nodeDisk, owner).whose(job!);
      assert.equal(whose, result === true ? 'mine' : 'gone', where);
    },
  );

  forEveryCall(
    'names what windows have left, or says that it cannot',
    copied(async () => {
      await (await receive()).mark('discarded');
      return true;
    }),
    (disk) => new Journal(root, disk).listLeft(),
    async ({ result, error, where }) => {
      // One that cannot be read now is looked at the next time.
      assert.ok(error !== undefined || result!.length <= 1, where);
      const left = await new Journal(root).listLeft();
      assert.equal(left.length, 1, where);
      await assertPaid(left[0], where);
    },
  );

  for (const [system, code] of [
    ['linux', 'EBUSY'],
    ['win32', 'EPERM'],
    ['win32', 'EACCES'],
  ] as const) {
    it(`waits for what another program holds: ${code} on ${system}`, async () => {
      const held = new Map<string, number>();
      const calls = ['rename', 'rm'];
      const disk = new FailingDisk(({ name, path }) => {
        // A log is written further; what is new nobody holds yet.
        if (!calls.includes(name) && !(name === 'open' && path.endsWith('log.jsonl'))) return;
        const isNew = name === 'open' && !held.has(path);
        const tries = (held.get(path) ?? 0) + 1;
        held.set(path, isNew ? 0 : tries);
        return isNew || tries > 3 ? undefined : code;
      });
      await onSystem(system, async () => {
        const journal = new Journal(root, disk, gone());
        const files = await journal.prepare(newJob, original, apiKey);
        await files.markSent();
        await files.writeThumbnail(picture);
        const record = files.openAnswer(0, { status: 200, headers: {} }, assert.ifError);
        await record.write(answer);
        await record.keepPicture(0, picture);
        await record.end(true);
        await mkdir(join(root, 'rubbish'));
        const mine = new Journal(root, disk, new Owner());
        assert.deepEqual(await mine.tidy(), ['rubbish']);
        const [job, ...others] = await mine.takeOver();
        assert.deepEqual(others, []);
        await assertPaid(job, code);
        await job!.files.remove();
      });
      assert.deepEqual(await readdir(root), ['set-aside']);
      const renamed = disk.calls.filter(({ name }) => name === 'rename').length;
      assert.ok(disk.paused > 0 && renamed >= 4 * 4, `${disk.paused} ms, ${renamed} renames`);
    });
  }

  it('waits five seconds and no longer, and not at all for what does not pass', async () => {
    const files = await save();
    for (const [code, paused] of [
      ['EBUSY', 5000],
      ['EIO', 0],
    ] as const) {
      const disk = new FailingDisk(({ name }) => (name === 'rename' ? code : undefined));
      const { jobs } = await new Journal(root, disk).list();
      await assert.rejects(jobs[0]!.files.remove(), { code });
      assert.deepEqual([jobs[0]!.files.id, disk.paused], [files.id, paused]);
    }
  });
});

/** As if this process ran there. */
async function onSystem(platform: NodeJS.Platform, action: () => Promise<void>): Promise<void> {
  const before = Object.getOwnPropertyDescriptor(process, 'platform')!;
  Object.defineProperty(process, 'platform', { ...before, value: platform });
  try {
    await action();
  } finally {
    Object.defineProperty(process, 'platform', before);
  }
}
