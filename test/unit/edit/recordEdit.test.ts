// What the journal holds at each step of an edit that the local gateway answers, and what a failing disk does to it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  diskErrorInWords,
  recordEdit,
  refuseUnkept,
  settleJob,
} from '../../../src/edit/recordEdit';
import { EditError } from '../../../src/gateway/errors';
import type { Recorder } from '../../../src/gateway/recorder';
import { requestEdit, type EditResult } from '../../../src/gateway/requestEdit';
import { nodeDisk, type Disk } from '../../../src/journal/disk';
import type { JobFiles, KeptJob } from '../../../src/journal/jobFiles';
import { startGateway, type LocalGateway } from '../../gateway/server';
import { FailingDisk } from '../../support/failingDisk';
import {
  apiKey,
  journalOfGoneWindow,
  journalOfNewWindow,
  newJob,
  original,
  temporaryFolder,
} from './support/keptJobs';

function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: no luck, write '/home/someone/journal'`), { code });
}

/** The machine's own, until `error` is set: from then on no file of such a name is opened. */
class BreakingDisk {
  error: Error | undefined;
  constructor(private readonly name: RegExp) {}
  readonly disk: Disk = {
    ...nodeDisk,
    open: (path, flags, mode) =>
      this.error && this.name.test(path)
        ? Promise.reject(this.error)
        : nodeDisk.open(path, flags, mode),
  };
}

describe('an edit that is recorded', () => {
  const folder = temporaryFolder();
  let gateway: LocalGateway;
  before(async () => (gateway = await startGateway({ apiKey })));
  after(() => gateway.close());

  const posts = () => gateway.requests.filter(({ method }) => method === 'POST').length;

  function send(recorder: Recorder): Promise<EditResult> {
    return requestEdit(
      {
        model: newJob.model,
        instruction: newJob.instruction,
        pictures: [{ bytes: original, mime: 'image/png', extension: 'png' }],
      },
      { baseUrl: gateway.url, apiKey, timeout: 20_000 },
      {
        upload: { setting: 'multipart', remembered: undefined, remember: () => undefined },
        signal: new AbortController().signal,
        recorder,
      },
    );
  }

  function prepare(disk?: Disk): Promise<JobFiles> {
    const journal = journalOfNewWindow(folder.path, disk);
    return journal.prepare({ ...newJob, baseUrl: gateway.url }, original, apiKey);
  }

  /** As any window finds it. */
  async function jobs(): Promise<readonly KeptJob[]> {
    return (await journalOfNewWindow(folder.path).list()).jobs;
  }
  const states = async () => (await jobs()).map(({ state }) => state);

  it('is prepared, then sent, then answered, and received once that is said', async () => {
    const job = await prepare();
    assert.deepEqual(await states(), ['prepared']);
    const before = posts();
    const steps: string[] = [];
    const recorder = recordEdit(
      job,
      (error) => steps.push(`lost: ${String(error)}`),
      () => {
        const log = readFileSync(join(folder.path, job.id, 'log.jsonl'), 'utf8');
        assert.match(log, /"state":"sent"/, 'told before the journal has it');
        assert.equal(posts(), before, 'told after it left');
        steps.push('sent');
      },
    );
    const result = await send(recorder);
    assert.deepEqual(steps, ['sent']);
    const [answered] = await jobs();
    assert.equal(answered?.state, 'received');
    assert.equal(answered.isRead, false);
    assert.deepEqual(
      answered.answers.map(({ call, status, whole }) => [call, status, whole]),
      [[0, 200, true]],
    );
    await settleJob(job);
    const [read] = await jobs();
    assert.deepEqual([read?.state, read?.isRead], ['received', true]);
    const kept: Buffer[] = [];
    for await (const piece of job.readAnswer(1)) kept.push(piece);
    assert.ok(
      Buffer.concat(kept).includes(Buffer.from(result.pictures[0]).toString('base64')),
      'the answer on disk has the picture',
    );
  });

  it('says before each request that it leaves, and writes that once', async () => {
    const job = await prepare();
    let told = 0;
    const recorder = recordEdit(
      job,
      () => undefined,
      () => told++,
    );
    await recorder.beforeSending();
    await recorder.beforeSending();
    assert.equal(told, 2);
    const log = readFileSync(join(folder.path, job.id, 'log.jsonl'), 'utf8');
    assert.equal(log.match(/"state":"sent"/g)?.length, 1);
  });

  it('is forgotten where it surely cost nothing', async () => {
    const job = await prepare();
    await recordEdit(job, () => undefined).beforeSending();
    await settleJob(job, { reason: 'key', charge: 'none', message: 'The key was rejected.' });
    assert.deepEqual(await jobs(), []);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  it('says that it cost nothing where it cannot be removed: nobody is told later that it may have been charged', async () => {
    const job = await prepare(
      new FailingDisk(({ path }) => (path.includes('removed-') ? 'EPERM' : undefined)),
    );
    await recordEdit(job, () => undefined).beforeSending();
    const failure = { reason: 'key', charge: 'none', message: 'The key was rejected.' } as const;
    await settleJob(job, failure);
    const [failed] = await jobs();
    assert.deepEqual([failed?.state, failed?.failure], ['sent', failure]);
    assert.deepEqual(await journalOfGoneWindow(folder.path).takeOver(), []);
  });

  for (const charge of ['unknown', 'charged'] as const) {
    it(`stays with its failure where money is ${charge}`, async () => {
      const job = await prepare();
      await recordEdit(job, () => undefined).beforeSending();
      const message = 'The connection broke.';
      // With more than what is to be written.
      await settleJob(job, new EditError(message, { reason: 'interrupted', charge }));
      const [failed] = await jobs();
      assert.equal(failed?.state, 'sent');
      assert.deepEqual(failed.failure, { reason: 'interrupted', charge, message });
    });
  }

  it('is never sent where the disk does not take that it is', async () => {
    const breaking = new BreakingDisk(/log\.jsonl$/);
    const job = await prepare(breaking.disk);
    breaking.error = diskError('ENOSPC');
    const before = posts();
    let told = 0;
    await assert.rejects(
      send(
        recordEdit(
          job,
          () => assert.fail('nothing was lost'),
          () => told++,
        ),
      ),
      (error) =>
        error instanceof EditError &&
        error.reason === 'journal' &&
        error.charge === 'none' &&
        error.cause === breaking.error,
    );
    assert.deepEqual([posts(), told], [before, 0]);
    // It can still be forgotten.
    await settleJob(job, { reason: 'journal', charge: 'none', message: '' });
    assert.deepEqual(await jobs(), []);
  });

  it('comes all the same where the disk takes nothing of the answer, and that is told once', async () => {
    const breaking = new BreakingDisk(/answer-\d/);
    const job = await prepare(breaking.disk);
    breaking.error = diskError('EIO');
    const lost: unknown[] = [];
    const recorder = recordEdit(job, (error) => lost.push(error));
    const first = recorder.openAnswer(0, { status: 200, headers: {} });
    await first.write(Buffer.from('{}'));
    await first.keepPicture(0, original);
    await first.end(true);
    const result = await send(recorder);
    assert.equal(result.pictures.length, 1);
    assert.deepEqual(lost, [breaking.error]);
    assert.deepEqual(await states(), ['sent']);
  });

  it('says of what becomes of it that the disk does not take it', async () => {
    const breaking = new BreakingDisk(/log\.jsonl$/);
    const job = await prepare(breaking.disk);
    breaking.error = diskError('EIO');
    await assert.rejects(settleJob(job), breaking.error);
    const failure = { reason: 'timeout', charge: 'unknown', message: '' } as const;
    await assert.rejects(settleJob(job, failure), breaking.error);
  });
});

describe('a failing disk in words', () => {
  const full =
    'It was not sent: the disk that keeps VS Code’s own data is full, and the result might have been lost. Free some space and try again.';
  const broken = (what: string) =>
    `It was not sent: VS Code’s own data cannot be written (${what}), and the result might have been lost. Check that disk and try again.`;
  const rows: [string, unknown, string, string][] = [
    ['a full disk', diskError('ENOSPC'), 'ENOSPC', full],
    ['a used up quota', diskError('EDQUOT'), 'EDQUOT', full],
    ['a broken disk', diskError('EIO'), 'EIO', broken('EIO')],
    ['a disk that nobody may write', diskError('EROFS'), 'EROFS', broken('EROFS')],
    [
      'an error without a code',
      new Error('the disk took none of the bytes'),
      'the disk took none of the bytes',
      broken('the disk took none of the bytes'),
    ],
    [
      'an error whose code is none',
      Object.assign(new Error('odd'), { code: 5 }),
      'odd',
      broken('odd'),
    ],
    ['what is no error', 'odd', 'odd', broken('odd')],
  ];
  for (const [what, error, words, sentence] of rows) {
    it(`${what}: ${words}`, () => {
      assert.equal(diskErrorInWords(error), words);
      const refused = refuseUnkept(error);
      assert.equal(refused.message, sentence);
      assert.deepEqual([refused.reason, refused.charge], ['journal', 'none']);
      // The path says more about the user than about the disk.
      assert.ok(!refused.message.includes('someone'));
    });
  }
});
