// Edits with the journal below them: what is on the disk when, what comes back from it, and what a bad disk does to an edit.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EditError } from '../../../src/gateway/errors';
import { builtInModels } from '../../../src/gateway/models';
import type { Recorder } from '../../../src/gateway/recorder';
import {
  base64,
  chatPicture,
  events,
  imagesAnswer,
  otherPicture,
  picture,
} from '../../support/gatewayAnswers';
import type { Fault } from '../../support/faultServer';
import { FailingDisk, type Call } from '../../support/failingDisk';
import { editOnce, readJob, recover } from './support/editOnce';

const gemini = builtInModels[1]!;
const succeed: Fault = (exchange) => exchange.answer(200, imagesAnswer(picture));

describe('an edit with the journal', () => {
  let root: string;
  beforeEach(async () => {
    root = join(await mkdtemp(join(tmpdir(), 'retouch-journal-')), 'journal');
  });
  afterEach(() => rm(join(root, '..'), { recursive: true }));

  const hashes = (pictures: readonly Uint8Array[] = []) => pictures.map((bytes) => base64(bytes));

  it('parses nothing that the disk does not have', async () => {
    const written: number[] = [];
    let partials = 0;
    const partial = { type: 'image_edit.partial_image', b64_json: base64(otherPicture) };
    const completed = { type: 'image_edit.completed', b64_json: base64(picture) };
    const body = events(partial, completed);
    const wrap = (recorder: Recorder): Recorder => ({
      ...recorder,
      openAnswer: (call, head) => {
        const record = recorder.openAnswer(call, head);
        return {
          end: (whole) => record.end(whole),
          keepPicture: (index, bytes) => record.keepPicture(index, bytes),
          write: async (chunk) => {
            const before = partials;
            // A slow disk: whoever does not wait for it is seen.
            for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
            assert.equal(partials, before, 'parsed while the disk was still writing');
            await record.write(chunk);
            const [job = ''] = await readdir(root);
            written.push((await readFile(join(root, job, 'answer-1'))).byteLength);
          },
        };
      },
    });
    let lengthAtPartial: number | undefined;
    const { result } = await editOnce({
      root,
      fault: (exchange) => exchange.answer(200, body, { 'content-type': 'text/event-stream' }),
      options: { partial_images: 1 },
      wrap,
      onPartial: () => {
        partials++;
        lengthAtPartial = written.at(-1);
      },
    });
    assert.deepEqual(hashes(result?.pictures), hashes([picture]));
    assert.equal(partials, 1);
    assert.ok((lengthAtPartial ?? 0) >= events(partial).length, 'shown before it was on the disk');
    assert.equal(written.at(-1), Buffer.byteLength(body));
  });

  it('has every answer of several calls on the disk, and the same result', async () => {
    const { result, requests } = await editOnce({
      root,
      model: gemini,
      options: { n: 3 },
      fault: (exchange) =>
        exchange.number === 2
          ? exchange.answer(500, { error: { message: 'No.' } })
          : exchange.answer(200, chatPicture(exchange.number === 1 ? picture : otherPicture)),
    });
    assert.equal(requests, 3);
    assert.equal(result?.missing, 1);
    assert.equal((await readJob(root)).answers.length, 3);
    assert.deepEqual({ ...(await recover(root)), why: '' }, { ...result, why: '' });
  });

  it('has pictures behind links on the disk: the server has gone', async () => {
    const { result } = await editOnce({
      root,
      fault: (exchange) =>
        exchange.method === 'POST'
          ? exchange.answer(200, {
              data: ['1.png', 'none', '2.png'].map((name) => ({
                url: `http://${exchange.headers['host'] ?? ''}/${name}`,
              })),
            })
          : exchange.answer(
              exchange.path === '/none' ? 404 : 200,
              exchange.path === '/1.png' ? picture : otherPicture,
            ),
    });
    assert.deepEqual(hashes(result?.pictures), hashes([picture, otherPicture]));
    assert.equal(result?.missing, 1);
    // From the disk alone nobody knows that a link is dead.
    const { awaited, ...recovered } = await recover(root);
    assert.equal(awaited, 1);
    assert.deepEqual({ ...recovered, why: '' }, { ...result, why: '' });
  });

  it('counts a call once that was made again', async () => {
    const { result, requests } = await editOnce({
      root,
      fault: (exchange) =>
        exchange.number === 1
          ? exchange.answer(429, { error: { message: 'Busy.' } }, { 'retry-after-ms': '20' })
          : succeed(exchange),
    });
    assert.equal(requests, 2);
    assert.deepEqual(
      (await readJob(root)).answers.map(({ status }) => status),
      [429, 200],
    );
    assert.deepEqual({ ...(await recover(root)), why: '' }, { ...result, why: '' });
  });

  it('has what came before it was cancelled', async () => {
    const cancel = new AbortController();
    const partial = events({ type: 'image_edit.partial_image', b64_json: base64(picture) });
    const { error } = await editOnce({
      root,
      options: { partial_images: 1 },
      signal: cancel.signal,
      onPartial: () => cancel.abort(),
      fault: async (exchange) => {
        await exchange.whole;
        exchange.open(200, { 'content-type': 'text/event-stream' });
        exchange.write(partial);
      },
    });
    assert.equal(error, cancel.signal.reason);
    const { state, answers } = await readJob(root);
    assert.deepEqual([state, answers[0]?.whole], ['sent', false]);
    const pieces = [];
    for await (const piece of answers[0]!.read()) pieces.push(piece);
    assert.equal(Buffer.concat(pieces).toString(), partial);
    await assert.rejects(recover(root), /only a part came/);
  });

  it('whichever call to the disk fails: is not sent, or brings its picture; says so once', async () => {
    const ends = new Map<string, number>();
    let number = 0;
    for (let failed = true; failed;) {
      number++;
      let hit: Call | undefined;
      const disk = new FailingDisk((call) => {
        if (call.number !== number) return undefined;
        hit = call;
        return 'ENOSPC';
      });
      const { result, error, lost, requests } = await editOnce({ root, fault: succeed, disk });
      failed = hit !== undefined;
      const where = `call ${number}: ${hit?.name ?? ''} ${hit?.path ?? ''}`;
      let end: string;
      if (result) {
        assert.deepEqual(hashes(result.pictures), hashes([picture]), where);
        assert.equal(requests, 1, where);
        assert.ok(lost.length <= 1, where);
        // What nobody was told of is there.
        if (lost.length === 0) assert.deepEqual(await recover(root), result, where);
        end = lost.length === 0 ? 'kept' : 'in memory alone';
      } else {
        assert.ok(error instanceof EditError, where);
        assert.deepEqual([error.reason, error.charge], ['journal', 'none'], where);
        assert.match(error.message, /disk .*is full.*Free some space and try again\.$/, where);
        assert.equal(requests, 0, where);
        end = 'not sent';
      }
      ends.set(end, (ends.get(end) ?? 0) + 1);
      await rm(root, { recursive: true, force: true });
    }
    assert.ok((ends.get('not sent') ?? 0) > 15, JSON.stringify([...ends]));
    assert.ok((ends.get('in memory alone') ?? 0) > 5, JSON.stringify([...ends]));
    assert.ok((ends.get('kept') ?? 0) >= 1, JSON.stringify([...ends]));
  });

  describe('on a full disk', () => {
    /** @param size of the disk, as `mount` takes it */
    async function editOn(size: string): Promise<unknown> {
      const { stdout } = await promisify(execFile)('unshare', [
        '-rm',
        'sh',
        '-c',
        'mount -t tmpfs -o size="$1" none "$2" && exec "$0" "$3" "$2"',
        process.execPath,
        size,
        join(root, '..'),
        join(__dirname, 'support', 'editOnFullDisk.js'),
      ]);
      return JSON.parse(stdout);
    }

    // It takes Linux and user namespaces.
    const onLinux = process.platform === 'linux' ? it : () => undefined;
    onLinux('that has no room for the job, is not sent', async () => {
      assert.deepEqual(await editOn('8k'), {
        error: ['journal', 'none'],
        lost: [],
        requests: 0,
        left: 0,
      });
    });

    onLinux(
      'that has no room for the answer, brings its picture and says that it is not kept',
      async () => {
        const { left, ...ended } = (await editOn('64k')) as { left: number };
        assert.ok(left > 0);
        assert.deepEqual(ended, { picture: [true], lost: ['ENOSPC'], requests: 1 });
      },
    );
  });
});
