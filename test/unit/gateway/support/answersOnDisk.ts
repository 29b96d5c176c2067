// I3. What a server sent and what an edit came to go in, with the journal of the edit; asserted is that the bytes were on
// disk and are still, as they came but for the key, and that what can be read from them is what the edit came to.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import zlib from 'node:zlib';
import { settleJob } from '../../../../src/edit/recordEdit';
import { EditError } from '../../../../src/gateway/errors';
import type { EditResult } from '../../../../src/gateway/requestEdit';
import { recoverEdit } from '../../../../src/gateway/recoverEdit';
import type { KeptJob } from '../../../../src/journal/jobFiles';
import { Journal } from '../../../../src/journal/journal';
import { apiKey, proxySecrets, type FaultRow, type Outcome } from './invariants';
import type { Exchange, FaultServer } from '../../../support/faultServer';

/** Bytes: texts that are larger hold no key and no chunks. */
const smallBody = 64 * 1024 * 1024;

/** Bytes: what is longer is read by nobody as the head of an answer. */
const longestHead = 1024 * 1024;

/** Bytes: what unpacks to more is a bomb, of which an edit keeps what it likes. */
const largestUnpacked = 4 * 1024 * 1024;

/** Whether the only job is on disk, and that it is being sent: asked by a server that has just got its first byte. */
export function isSentInJournal(root: string): boolean {
  const [job = ''] = readdirSync(root);
  return /"state":"sent"/.test(readFileSync(join(root, job, 'log.jsonl'), 'utf8'));
}

export async function assertKept(
  row: FaultRow,
  gateway: FaultServer,
  outcome: Pick<Outcome, 'result' | 'error'>,
  root: string,
  original: Uint8Array,
): Promise<void> {
  const { jobs, unreadable } = await new Journal(root).list();
  assert.deepEqual(unreadable, [], 'I3: a job cannot be read');
  assert.equal(jobs.length, 1, 'I3: jobs');
  const job = jobs[0]!;
  assert.ok((await job.files.readOriginal(job.record)).equals(original), 'I3: the original');
  const edits = gateway.exchanges.filter(({ method }) => method === 'POST');
  if (edits.length > 0) assert.notEqual(job.state, 'prepared', 'I3: the state');

  const bodies = edits.map((exchange) => ({
    body: readBody(exchange),
    codings: codingsOf(exchange),
    cut: exchange.cut || row.cutOnTheWay === true,
    onTheWay: row.goesOn === true ? byteLengthOf(exchange.sent.slice(-2)) : 0,
  }));
  const begun = bodies.filter(({ body }) => body !== undefined);
  const sent = row.unread === true ? [] : begun;
  assert.equal(job.answers.length, sent.length, 'I3: answers that were kept');
  for (const [index, answer] of job.answers.entries()) {
    const { body, codings, cut, onTheWay } = sent[index]!;
    // What is unpacked is masked: of a packed answer the disk has that.
    const unpacked = unpackAll(body!, codings);
    if (unpacked) await assertSameBytes(answer.read(), unpacked, cut, onTheWay);
  }
  // Where the last request got no answer, what is wrong is not on the disk.
  if (outcome.result || sent.length === edits.length) await assertRecovered(job, outcome);
  await assertOnlyWhatBelongs(root);
  await settleJob(job.files, outcome.error);
  await assertSettled(root, outcome);
}

/** What is said of it afterwards: nothing, where it cost nothing. */
async function assertSettled(root: string, { error }: Pick<Outcome, 'error'>): Promise<void> {
  const {
    jobs: [job, ...others],
    unreadable,
  } = await new Journal(root).list();
  assert.deepEqual([others, unreadable], [[], []]);
  if (error?.charge === 'none') assert.equal(job, undefined, 'I6: a job that cost nothing');
  else if (!error) assert.equal(job?.state, 'received', 'I3: the state');
  else assert.deepEqual(job?.failure?.charge, error.charge, 'I3: the failure');
  await assertOnlyWhatBelongs(root);
}

/** The pieces of an answer's body as its reader should see them; undefined where no answer began. */
function readBody({ sent }: Exchange): readonly Buffer[] | undefined {
  let start = Buffer.alloc(0);
  let pieces = 0;
  let end = -1;
  while (end < 0 && pieces < sent.length && start.byteLength < longestHead) {
    start = Buffer.concat([start, sent[pieces++]!]);
    // Some statuses only say that an answer will come.
    while (/^HTTP\/1\.1 1\d\d /.test(start.toString('latin1', 0, 20)) && start.includes('\r\n\r\n'))
      start = start.subarray(start.indexOf('\r\n\r\n') + 4);
    end = start.indexOf('\r\n\r\n');
  }
  const head = start.toString('latin1', 0, end);
  if (end < 0 || !/^HTTP\/1\.[01] \d{3}/.test(head)) return undefined;
  const body = [start.subarray(end + 4), ...sent.slice(pieces)];
  if (/^transfer-encoding: *chunked/im.test(head)) return [readChunks(Buffer.concat(body))];
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  return length === undefined || byteLengthOf(body) <= Number(length)
    ? body
    : [Buffer.concat(body).subarray(0, Number(length))];
}

/** The codings that the head of an answer names, the last one first; at the end gzip, which is not always named. */
function codingsOf({ sent }: Exchange): string[] {
  const head = Buffer.concat(sent.slice(0, 1)).toString('latin1').split('\r\n\r\n')[0] ?? '';
  const named = /^content-encoding: *(.*)$/im.exec(head)?.[1]?.toLowerCase() ?? '';
  return [...named.split(/[ ,]+/).reverse(), 'gzip'];
}

/** As far as it is packed, and not cut. Undefined where that is a bomb. */
function unpackAll(
  pieces: readonly Buffer[],
  codings: readonly string[],
): readonly Buffer[] | undefined {
  if (byteLengthOf(pieces) > smallBody) return pieces;
  let bytes = Buffer.concat(pieces);
  for (const coding of codings) {
    if (coding.endsWith('gzip') && bytes[0] !== 0x1f) continue;
    const unpackers = {
      gzip: [zlib.gunzipSync],
      'x-gzip': [zlib.gunzipSync],
      deflate: [zlib.inflateSync, zlib.inflateRawSync],
      br: [zlib.brotliDecompressSync],
    }[coding];
    for (const unpackOne of unpackers ?? []) {
      try {
        const finishFlush = coding === 'br' ? undefined : zlib.constants.Z_SYNC_FLUSH;
        const options = { maxOutputLength: largestUnpacked, ...(finishFlush && { finishFlush }) };
        bytes = unpackOne(bytes, options);
        break;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
          return undefined;
      }
    }
  }
  return [bytes];
}

/** As far as they are chunks. */
function readChunks(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const length = /^[\da-f]+$/i.exec(bytes.toString('latin1', at, Math.max(at, lineEnd)))?.[0];
    if (length === undefined) return Buffer.concat(chunks);
    at = lineEnd + 2;
    chunks.push(bytes.subarray(at, at + Number.parseInt(length, 16)));
    at += Number.parseInt(length, 16) + 2;
  }
}

function byteLengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
}

/**
 * @param cut whether the end may be lacking
 * @param onTheWay bytes that may be lacking at the end
 */
async function assertSameBytes(
  kept: AsyncIterable<Buffer>,
  sent: readonly Buffer[],
  cut: boolean,
  onTheWay = 0,
): Promise<void> {
  const keptHash = createHash('sha256');
  let byteLength = 0;
  for await (const piece of kept) {
    keptHash.update(piece);
    byteLength += piece.byteLength;
  }
  const sentLength = byteLengthOf(sent);
  if (cut) {
    assert.ok(byteLength <= sentLength, `I3: kept ${byteLength} of ${sentLength} bytes`);
    assert.ok(byteLength > 0 || sentLength === 0, 'I3: kept nothing');
  } else if (onTheWay > 0) {
    assert.ok(byteLength <= sentLength, `I3: kept ${byteLength} of ${sentLength} bytes`);
    assert.ok(byteLength >= sentLength - onTheWay, `I3: kept ${byteLength} of ${sentLength} bytes`);
  } else assert.equal(byteLength, sentLength, 'I3: bytes that were kept');
  const pieces = sentLength > smallBody ? sent : [withoutKey(Buffer.concat(sent))];
  const sentHash = createHash('sha256');
  let rest = byteLength;
  for (const piece of pieces) {
    sentHash.update(piece.subarray(0, rest));
    rest -= Math.min(rest, piece.byteLength);
  }
  assert.equal(keptHash.digest('hex'), sentHash.digest('hex'), 'I3: other bytes were kept');
}

/** The key is nobody's answer: that it is not kept is I4. */
function withoutKey(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  return text.includes(apiKey)
    ? Buffer.from(text.replaceAll(apiKey, '*'.repeat(apiKey.length)), 'latin1')
    : bytes;
}

/** What is on the disk comes to the same as what came over the network, without any network. */
async function assertRecovered(
  { record, answers }: KeptJob,
  { result, error }: Pick<Outcome, 'result' | 'error'>,
): Promise<void> {
  const recovered = await recoverEdit(record, answers, {
    connection: { baseUrl: record.baseUrl, apiKey: '', timeout: 1000 },
    signal: new AbortController().signal,
    openLinks: false,
  }).catch((error: unknown) => {
    assert.ok(error instanceof EditError, 'I3: reading it again failed otherwise');
    return error;
  });
  if (result) {
    assert.ok(!(recovered instanceof EditError), `I3: not recovered: ${inspect(recovered)}`);
    // Why a picture is missing, and whether it may come, is told by who tried to get it.
    const facts = ({ pictures, missing, usage }: EditResult) => ({ pictures, missing, usage });
    assert.deepEqual(facts(recovered), facts(result), 'I3: recovered');
    return;
  }
  // Where the answer came to its end, what is wrong with it is the same again.
  if (!answers.at(-1)?.whole) return;
  assert.ok(recovered instanceof EditError, 'I3: the disk has a picture, and nobody got it');
  // Without the network nobody knows that a link is dead.
  const reasons = recovered.reason === 'download' ? ['link', 'download'] : [recovered.reason];
  assert.ok(error && reasons.includes(error.reason), `I3: wrong with it: ${recovered.reason}`);
}

/** I4: the key is in no file. I6: there is no file too many, and none is open. */
async function assertOnlyWhatBelongs(root: string): Promise<void> {
  for (const name of await readdir(root, { recursive: true })) {
    const path = join(root, name);
    const { size, mode } = await stat(path);
    assert.equal(mode & 0o077, 0, `I4: others can read ${name}`);
    if (!name.includes('/')) continue;
    assert.match(
      name,
      /\/(job\.json|original|log\.jsonl|owner-[\da-f-]+|answer-\d+(-picture-\d+)?)$/,
      'I6',
    );
    if (size > smallBody) continue;
    const bytes = await readFile(path);
    for (const secret of [apiKey, ...proxySecrets]) {
      assert.ok(!bytes.includes(secret), `I4: a secret is in ${name}`);
    }
  }
  if (process.platform !== 'linux') return;
  const open = readdirSync('/proc/self/fd').flatMap((file) => {
    try {
      return [readlinkSync(`/proc/self/fd/${file}`)];
    } catch {
      return [];
    }
  });
  assert.deepEqual(
    open.filter((path) => path.startsWith(root)),
    [],
    'I6: files are open',
  );
}
