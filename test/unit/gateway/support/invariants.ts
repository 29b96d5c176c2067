// One fault goes in: an edit of a real file runs into it, and all that must hold whatever goes wrong is asserted.
// What the edit came to comes out, with the server's own count of the requests that cost money.
//
// I1 the original is unchanged · I2 one billable request at most · I3 what was paid for is on disk before anyone parses
// it, and can be recovered · I4 the key reaches its own origin alone · I5 one clear message · I6 nothing is left.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { answerLimits, type AnswerLimits } from '../../../../src/gateway/answerLimits';
import { recordEdit } from '../../../../src/edit/recordEdit';
import type { Connection } from '../../../../src/gateway/connection';
import { chargeInWords, EditError, type Charge, type Reason } from '../../../../src/gateway/errors';
import type { EditOptions } from '../../../../src/gateway/capabilities';
import type { UploadForm } from '../../../../src/gateway/imagesEdits';
import { builtInModels, type Model } from '../../../../src/gateway/models';
import type { Recorder } from '../../../../src/gateway/recorder';
import {
  requestEdit,
  type EditContext,
  type EditRequest,
  type EditResult,
} from '../../../../src/gateway/requestEdit';
import { Journal } from '../../../../src/journal/journal';
import { assertKept, isSentInJournal } from './answersOnDisk';
import { longOr } from '../../../support/long';
import { proxyAuthorization, proxyUser } from '../../../support/proxy';
import {
  startFaultServer,
  type Fault,
  type FaultServer,
  type ServerOptions,
} from '../../../support/faultServer';

/** Marked, so that it is found wherever it gets to. It could be part of a host's name. */
export const apiKey = 'sk-marked-7f3a9c51d2e84b06';

export const gptImage = builtInModels[0]!;
export const gemini = builtInModels[1]!;

/** The system's own: a row puts another in its place while it runs. */
const temporaryFolder = tmpdir();

/** Milliseconds for edits whose fault is not about time: nothing of it is used up but on a machine that is very busy. */
const ample = 30_000;

/** Milliseconds beyond its time limit that an edit may take to end, on a machine that is busy with other things. */
const patience = 10_000;

/** Milliseconds that sockets and timers may take to go once the edit has ended. */
const cleaningTime = 15_000;

const megabyte = 1024 * 1024;

/** What a row without an end is read up to: the product's own limits in the long form, else small ones. */
export const endlessLimits = longOr<AnswerLimits>(answerLimits, {
  answer: 8 * megabyte,
  text: megabyte,
  picture: 2 * megabyte,
  links: answerLimits.links,
});

/** Three tries for what is behind a link, as good as at once. */
export const quickLinks: AnswerLimits = {
  ...answerLimits,
  links: { timeout: ample, waits: [10, 10] },
};

export interface Places {
  readonly gateway: FaultServer;
  /** Where neither the key nor anything else belongs: it keeps all that it gets. */
  readonly elsewhere: FaultServer;
  /** On the way to the gateway, where the row has one: it keeps all that passes. */
  readonly proxy: FaultServer | undefined;
  /** Settles when the edit has ended. */
  readonly ended: Promise<void>;
  /** Settles when so many bytes of the answers have reached the recorder: only then a reset cannot take them back. */
  readonly arrived: (byteLength: number) => Promise<void>;
}

export interface FaultRow {
  /** The section of the list of faults, and the row of it, in its own words. */
  readonly section: 'Network' | 'HTTP errors' | 'Success bodies' | 'URLs' | 'Settings' | 'Secrets';
  readonly row: string;
  /** Which kind of it this is. */
  readonly what: string;
  readonly fault: (places: Places) => Fault;
  readonly server?: () => ServerOptions;
  /** Where it is sent to, when not to the server of the fault. */
  readonly baseUrl?: (places: Places) => string | Promise<string>;
  readonly connection?: (places: Places) => Partial<Connection>;
  /** What a proxy on the way does: there is none where nothing is said. */
  readonly proxy?: Fault;
  readonly proxyServer?: () => ServerOptions;
  readonly model?: Model;
  readonly options?: EditOptions;
  readonly setting?: 'auto' | UploadForm;
  /** Large ones do not fit into the buffers of a socket: their upload can be cut. */
  readonly original?: 'small' | 'large';
  /** Milliseconds. */
  readonly timeout?: number;
  /** The product's own where nothing is said. */
  readonly limits?: AnswerLimits;
  readonly ends: Refused | Edited;
  /** By the server's own count. */
  readonly billable: 0 | 1;
  /** The answer is given up at its head: none of its body is read, and so none kept. */
  readonly unread?: boolean;
  /** The gateway goes on until the edit hangs up: its last two pieces may be on their way then. */
  readonly goesOn?: boolean;
  /** Something between the gateway and the edit cuts the answer. */
  readonly cutOnTheWay?: boolean;
  /** Edits that began to arrive, whole or not: 1 where nothing is said. */
  readonly requests?: number;
  /** What this fault leaves to be seen besides. */
  readonly check?: (outcome: Outcome, places: Places) => unknown;
}

export interface Refused {
  readonly reason: Reason;
  readonly charge: Charge;
  /** What the message says of the cause or the next step. */
  readonly says: RegExp;
}

export interface Edited {
  readonly pictures: readonly Uint8Array[];
  readonly missing?: number;
}

export interface Outcome {
  readonly result?: EditResult;
  readonly error?: EditError;
  readonly partials: readonly Uint8Array[];
  readonly waits: readonly number[];
  readonly billable: number;
}

/**
 * Runs one row. Fails where the row or one of the invariants does not hold.
 * @param count is told the billable requests that the server counted, also where the row fails
 * @param spoil puts another recorder in the place of the journal's: one that loses something must not get through
 */
export async function runRow(
  row: FaultRow,
  count: (billable: number) => void = () => undefined,
  spoil: (recorder: Recorder) => Recorder = (recorder) => recorder,
): Promise<Outcome> {
  const journalRoot = await mkdtemp(join(temporaryFolder, 'retouch-journal-'));
  let early = false;
  const elsewhere = await startFaultServer((exchange) => exchange.answer(200, 'elsewhere'));
  const gateway: FaultServer = await startFaultServer((exchange) => {
    if (exchange.method === 'POST' && !isSentInJournal(journalRoot)) early = true;
    return row.fault(places)(exchange);
  }, row.server?.());
  const proxy = row.proxy && (await startFaultServer(row.proxy, row.proxyServer?.()));
  const arrivals = countArrivals();
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const places: Places = { gateway, elsewhere, proxy, ended, arrived: arrivals.arrived };
  try {
    const outcome = await holdInvariants(
      row,
      places,
      journalRoot,
      (recorder) => arrivals.watch(spoil(recorder)),
      end,
    );
    assert.ok(!early, 'I3: the first byte had left before that was on disk');
    assertEnd(row, outcome);
    const { exchanges } = gateway;
    const posts = exchanges.filter(({ method }) => method === 'POST');
    assert.equal(outcome.billable, row.billable, 'billable requests by the count of the server');
    assert.equal(posts.length, row.requests ?? 1, 'edits that reached the server');
    await row.check?.(outcome, places);
    return outcome;
  } finally {
    count(gateway.billable());
    await gateway.close();
    await elsewhere.close();
    await proxy?.close();
    await rm(journalRoot, { recursive: true });
  }
}

/** Counts the bytes of answers that a recorder has been given. */
function countArrivals() {
  let count = 0;
  let told = () => {};
  return {
    watch: (recorder: Recorder): Recorder => ({
      beforeSending: () => recorder.beforeSending(),
      openAnswer: (call, head) => {
        const record = recorder.openAnswer(call, head);
        return {
          write: async (chunk) => {
            await record.write(chunk);
            count += chunk.byteLength;
            told();
          },
          end: (whole) => record.end(whole),
          keepPicture: (index, bytes) => record.keepPicture(index, bytes),
        };
      },
    }),
    /** Without a time limit of its own: the edit has one, and ends with another reason than the row wants. */
    arrived: (byteLength: number) =>
      new Promise<void>((resolve) => {
        told = () => {
          if (count >= byteLength) resolve();
        };
        told();
      }),
  };
}

async function holdInvariants(
  row: FaultRow,
  places: Places,
  journalRoot: string,
  spoil: (recorder: Recorder) => Recorder,
  end: () => void,
): Promise<Outcome> {
  const { gateway, elsewhere } = places;
  const folder = await mkdtemp(join(temporaryFolder, 'retouch-faults-'));
  const before = { temporary: process.env['TMPDIR'], resources: [] as string[] };
  const surprises: unknown[] = [];
  const surprise = (error: unknown) => void surprises.push(error);
  for (const event of surprising) process.on(event, surprise);
  try {
    const original = await placeOriginal(folder, row.original ?? 'small');
    process.env['TMPDIR'] = join(folder, 'temporary');
    const partials: Uint8Array[] = [];
    const waits: number[] = [];
    const timeout = row.timeout ?? ample;
    const model = row.model ?? gptImage;
    const instruction = 'make it black and white';
    const journal = new Journal(journalRoot);
    const job = await journal.prepare(
      {
        original: { uri: 'file:///original.png', fileName: 'original.png', mime: 'image/png' },
        references: [],
        instruction,
        model,
        options: { ...row.options },
        baseUrl: gateway.baseUrl,
      },
      original.bytes,
      apiKey,
    );
    const lost: unknown[] = [];
    before.resources = process.getActiveResourcesInfo();
    const started = Date.now();
    const outcome = await sendEdit(
      {
        model,
        instruction,
        pictures: [{ bytes: original.bytes, mime: 'image/png', extension: 'png' }],
        ...(row.options && { options: row.options }),
      },
      {
        baseUrl: (await row.baseUrl?.(places)) ?? gateway.baseUrl,
        apiKey,
        timeout,
        ...row.connection?.(places),
      },
      {
        upload: {
          setting: row.setting ?? 'auto',
          remembered: undefined,
          remember: () => undefined,
        },
        signal: new AbortController().signal,
        recorder: spoil(recordEdit(job, (error) => void lost.push(error))),
        onPartial: (picture) => void partials.push(picture),
        onWait: (milliseconds) => void waits.push(milliseconds),
        limits: row.limits ?? quickLinks,
      },
    ).finally(end);
    const elapsed = Date.now() - started;
    assert.ok(elapsed < timeout + patience, `it took ${elapsed} ms of ${timeout}`);

    assert.deepEqual(lost, [], 'I3: not kept');
    await assertKept(row, gateway, outcome, journalRoot, original.bytes);
    await assertNothingLeft(places, before.resources);
    const billable = gateway.billable();
    assert.ok(billable <= 1, `I2: ${billable} billable requests for one click`);
    assertKeyStayedHome(row, places);
    if (outcome.error) assertClear(outcome.error, original.bytes);
    assert.deepEqual(surprises, [], 'I5: what went wrong was told more than once');
    await original.assertUnchanged();
    assert.equal(elsewhere.received().length, 0, 'I4: nothing belongs there');
    return { ...outcome, partials, waits, billable };
  } finally {
    for (const event of surprising) process.off(event, surprise);
    if (before.temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before.temporary;
    await rm(folder, { recursive: true });
  }
}

/** Errors that nobody caught, and warnings of leaks. */
const surprising = ['unhandledRejection', 'uncaughtExceptionMonitor', 'warning'] as const;

/** The front door of the service layer: the only place here that knows how it is called. */
async function sendEdit(
  edit: EditRequest,
  connection: Connection,
  context: EditContext,
): Promise<{ result?: EditResult; error?: EditError }> {
  try {
    return { result: await requestEdit(edit, connection, context) };
  } catch (error) {
    assert.ok(error instanceof EditError, `I5: not an EditError but ${inspect(error)}`);
    return { error };
  }
}

function assertEnd({ ends }: FaultRow, { result, error }: Outcome): void {
  if ('pictures' in ends) {
    assert.ifError(error);
    assert.deepEqual(result?.pictures.map(hash), ends.pictures.map(hash), 'the pictures');
    assert.equal(result.missing, ends.missing ?? 0, 'pictures that are missing');
    return;
  }
  assert.ok(error, 'the edit went through');
  const { reason, charge, message } = error;
  assert.deepEqual({ reason, charge }, { reason: ends.reason, charge: ends.charge }, message);
  assert.match(message, ends.says);
}

/** I1. Where no file appears that was not there, there is none to be left behind either: I6. */
async function placeOriginal(folder: string, size: 'small' | 'large') {
  const file = join(folder, 'work', 'original.png');
  await mkdir(join(folder, 'work'));
  await mkdir(join(folder, 'temporary'));
  const sample = await readFile('test/samples/workspace/logo.png');
  await writeFile(file, size === 'small' ? sample : Buffer.concat([sample, randomBytes(12 << 20)]));
  const { mtimeMs } = await stat(file);
  const files = await listAll(folder);
  const bytes = await readFile(file);
  const before = hash(bytes);
  return {
    bytes,
    assertUnchanged: async () => {
      assert.equal(hash(bytes), before, 'I1: the original in memory');
      assert.equal(hash(await readFile(file)), before, 'I1: the original on disk');
      assert.equal((await stat(file)).mtimeMs, mtimeMs, 'I1: written again');
      assert.deepEqual(await listAll(folder), files, 'I6: files were left');
    },
  };
}

async function listAll(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

export const proxySecrets = [
  proxyUser.password,
  encodeURIComponent(proxyUser.password),
  proxyAuthorization.slice('Basic '.length),
];

/** I4: in the header that is for it, once for each edit that arrived, and nowhere else. */
function assertKeyStayedHome({ baseUrl }: FaultRow, { gateway, elsewhere, proxy }: Places): void {
  const received = gateway.received().toString('latin1');
  const edits = gateway.exchanges.filter(({ method }) => method === 'POST');
  assert.equal(received.split(apiKey).length - 1, edits.length, 'I4: the key, once for each edit');
  for (const { headers } of edits) assert.equal(headers['authorization'], `Bearer ${apiKey}`);
  for (const place of baseUrl ? [gateway, elsewhere] : [elsewhere]) {
    assert.ok(!place.received().includes(apiKey), 'I4: the key at another origin');
  }
  assert.ok(!proxy?.received().includes(apiKey), 'I4: the key at the proxy');
  for (const secret of proxySecrets) {
    assert.ok(!received.includes(secret), 'I4: the password of the proxy at the gateway');
  }
}

/** I6: no sockets at the servers, and nothing that keeps the process waiting. */
async function assertNothingLeft(
  { gateway, elsewhere, proxy }: Places,
  resourcesBefore: readonly string[],
): Promise<void> {
  const left = () => {
    const resources = [...process.getActiveResourcesInfo()];
    for (const resource of resourcesBefore) {
      const at = resources.indexOf(resource);
      if (at >= 0) resources.splice(at, 1);
    }
    const servers = [gateway, elsewhere, ...(proxy ? [proxy] : [])];
    const sockets = servers.reduce((sum, { connections }) => sum + connections.open, 0);
    return { sockets, resources };
  };
  const started = Date.now();
  for (;;) {
    const { sockets, resources } = left();
    if (sockets === 0 && resources.length === 0) return;
    if (Date.now() - started > cleaningTime) {
      assert.fail(`I6: left behind: ${sockets} sockets; ${resources.join(', ')}`);
    }
    await delay(5);
  }
}

/** I5, and I4 for whoever reads the error: a log, a panel, a report. */
export function assertClear(error: EditError, original: Uint8Array): void {
  const { message, charge, retryAfterMs, requestId } = error;
  const shown = `${message} ${chargeInWords(charge)}`;
  assert.match(message, /^\S.*[.!?)…]$/su, 'I5: a sentence');
  assert.ok(shown.length < 600, `I5: too long: ${shown}`);
  assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, 'I5: invisible characters');
  // VS Code's messages draw these as links, whatever they do, and nothing else as markup.
  assert.doesNotMatch(shown, /\]\(/, 'I5: a link');
  assert.ok(retryAfterMs === undefined || retryAfterMs > 0);
  assert.ok(requestId === undefined || requestId.length < 300);
  const allowed = 'cause charge message name reason requestId retryAfterMs stack'.split(' ');
  const own = Reflect.ownKeys(error).map(String);
  assert.deepEqual(
    own.filter((name) => !allowed.includes(name)),
    [],
    'I5: more than is allowed',
  );

  const picture = Buffer.from(original).toString('base64', 0, 48);
  for (const [where, text] of everythingIn(error)) {
    assert.ok(!text.includes(apiKey), `I4: the key is in ${where}: ${text.slice(0, 300)}`);
    assert.ok(!text.includes(picture), `I5: the picture is in ${where}`);
    for (const secret of proxySecrets) {
      assert.ok(!text.includes(secret), `I4: the password of the proxy is in ${where}`);
    }
  }
}

/** Every text that can be got out of an error by any way there is. */
function everythingIn(error: Error): [where: string, text: string][] {
  const texts: [string, string][] = [
    ['String()', String(error)],
    ['JSON.stringify', JSON.stringify(error)],
    ['util.inspect', inspect(error, { depth: Infinity, showHidden: true, maxArrayLength: null })],
  ];
  const seen = new Set<unknown>();
  const walk = (where: string, value: unknown) => {
    if (typeof value === 'string') texts.push([where, value]);
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
    if (seen.has(value) || seen.size > 100_000) return;
    seen.add(value);
    if (value instanceof Uint8Array) {
      texts.push([where, Buffer.from(value).toString('latin1')]);
      texts.push([where, Buffer.from(value).toString('base64')]);
      return;
    }
    if (value instanceof Map || value instanceof Set) walk(`${where} (entries)`, [...value]);
    for (const key of Reflect.ownKeys(value)) {
      const property = Reflect.getOwnPropertyDescriptor(value, key);
      texts.push([`a name in ${where}`, String(key)]);
      if (property && 'value' in property) walk(`${where}.${String(key)}`, property.value);
    }
  };
  walk('error', error);
  return texts;
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
