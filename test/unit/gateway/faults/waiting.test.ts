// Faults of time: gateways that are busy and say when to come back, and gateways that are silent for minutes.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../../../../src/gateway/connection';
import { EditError } from '../../../../src/gateway/errors';
import {
  requestEdit,
  type EditContext,
  type EditResult,
} from '../../../../src/gateway/requestEdit';
import { imagesAnswer, picture } from '../../../support/gatewayAnswers';
import { apiKey, gptImage } from '../support/invariants';
import {
  findClosedPort,
  headOf,
  startFaultServer,
  type Fault,
  type FaultServer,
  type Headers,
} from '../../../support/faultServer';

const success = JSON.stringify(imagesAnswer(picture));
const busy = { error: { message: 'Slow down.', type: 'rate_limit_error', code: 'rate_limit' } };

describe('faults of time', () => {
  const servers: FaultServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  async function start(fault: Fault, port = 0): Promise<FaultServer> {
    const server = await startFaultServer(fault, { port });
    servers.push(server);
    return server;
  }

  /** Turns the first `times` requests away, then works. */
  const busyAtFirst = (times: number, status: number, headers: Headers) =>
    start((exchange) =>
      exchange.number <= times
        ? exchange.answer(status, busy, headers)
        : exchange.answer(200, success),
    );

  const waits: [what: string, status: number, headers: () => Headers, from: number, to: number][] =
    [
      ['429 in seconds', 429, () => ({ 'retry-after': '1' }), 1000, 1000],
      ['429 in milliseconds', 429, () => ({ 'retry-after-ms': '250' }), 250, 250],
      [
        '429 in both, which the milliseconds win',
        429,
        () => ({ 'retry-after': '3000', 'retry-after-ms': '250' }),
        250,
        250,
      ],
      ['429 as a date', 429, () => ({ 'retry-after': dateIn(2000) }), 1, 2000],
      ['429 without a time', 429, () => ({}), 1000, 1000],
      ['503 in seconds', 503, () => ({ 'retry-after': '1' }), 1000, 1000],
    ];
  for (const [what, status, headers, from, to] of waits) {
    it(`waits after ${what}, then edits; only that one is billable`, async () => {
      const gateway = await busyAtFirst(1, status, headers());
      const { pictures, waited, elapsed } = await edit(gateway);
      assert.deepEqual(
        pictures.map((bytes) => Buffer.from(bytes)),
        [Buffer.from(picture)],
      );
      assert.equal(waited.length, 1);
      assert.ok(waited[0]! >= from && waited[0]! <= to, `${waited[0]} ms`);
      assert.ok(elapsed >= waited[0]! - 5, `it waited ${elapsed} ms only`);
      assert.equal(gateway.exchanges.length, 2);
      assert.equal(gateway.billable(), 1);
    });
  }

  it('sends it three times at most, then says that the gateway is busy', async () => {
    const gateway = await busyAtFirst(99, 429, { 'retry-after-ms': '30' });
    const waited: number[] = [];
    const error = await failure(edit(gateway, { onWait: (wait) => waited.push(wait) }));
    assertEnd(error, 'rateLimit', 'none');
    assert.match(error.message, /Slow down\..*Try again in 1 seconds?\./);
    assert.equal(error.retryAfterMs, 30);
    assert.deepEqual(waited, [30, 30]);
    assert.equal(gateway.exchanges.length, 3);
    assert.equal(gateway.billable(), 0);
  });

  it('says a wait that is longer than the edit may take, and does not begin it', async () => {
    const gateway = await busyAtFirst(1, 429, { 'retry-after': '40' });
    const waited: number[] = [];
    const error = await failure(
      edit(gateway, { onWait: (wait) => waited.push(wait) }, { timeout: 20_000 }),
    );
    assertEnd(error, 'rateLimit', 'none');
    assert.match(error.message, /Try again in 40 seconds/);
    assert.equal(error.retryAfterMs, 40_000);
    assert.deepEqual(waited, []);
    assert.equal(gateway.exchanges.length, 1);
  });

  for (const value of [
    ...['soon', '-5', '0', '', 'NaN', 'Infinity', '1e400', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ]) {
    it(`takes a wait that is none for not said: "${value}"`, async () => {
      const gateway = await busyAtFirst(1, 429, { 'retry-after': value });
      const cancelled = new AbortController();
      const waited: [number, EditError | undefined][] = [];
      const editing = edit(gateway, {
        signal: cancelled.signal,
        onWait: (wait, failure) => {
          waited.push([wait, failure]);
          // What is asked is known now: the wait itself has tests of its own.
          cancelled.abort();
        },
      });
      await assert.rejects(editing, { name: 'AbortError' });
      assert.equal(waited.length, 1);
      const [[wait, failure]] = waited as [[number, EditError | undefined]];
      assert.equal(wait, 1000);
      assert.ok(failure);
      assertEnd(failure, 'rateLimit', 'none');
      assert.match(failure.message, /Wait a little and try again/);
      assert.equal(failure.retryAfterMs, undefined);
      assert.equal(gateway.exchanges.length, 1);
    });
  }

  it('is cancelled in a wait, at once, and sends no more', async () => {
    const gateway = await busyAtFirst(1, 429, { 'retry-after': '60' });
    const cancelled = new AbortController();
    const started = Date.now();
    const editing = edit(
      gateway,
      {
        signal: cancelled.signal,
        onWait: () => cancelled.abort(),
      },
      { timeout: 600_000 },
    );
    await assert.rejects(editing, { name: 'AbortError' });
    assert.ok(Date.now() - started < 20_000);
    // Whatever was still to be sent would have been by now.
    await delay(100);
    assert.equal(gateway.exchanges.length, 1);
    assert.equal(gateway.connections.open, 0);
    assert.ok(!process.getActiveResourcesInfo().includes('TCPSocketWrap'));
  });

  it('has told of the wait in words', async () => {
    const gateway = await busyAtFirst(1, 429, { 'retry-after-ms': '20' });
    const told: string[] = [];
    await edit(gateway, { onWait: (_wait, why) => void told.push(why.message) });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /Slow down/);
  });

  it('comes back to a gateway that was not there at first', async () => {
    const port = await findClosedPort();
    let gateway: Promise<FaultServer> | undefined;
    const { pictures, waited } = await edit(
      { baseUrl: `http://127.0.0.1:${port}/v1` },
      { onWait: () => void (gateway ??= start((exchange) => exchange.answer(200, success), port)) },
    );
    assert.equal(pictures.length, 1);
    assert.equal(waited.length, 1);
    assert.equal((await gateway)?.billable(), 1);
  });

  it('changes the form after a wait as well: three requests, one of them billable', async () => {
    const gateway = await start((exchange) => {
      if (exchange.number === 1) return exchange.answer(429, busy, { 'retry-after-ms': '20' });
      const json = exchange.headers['content-type'] === 'application/json';
      return json
        ? exchange.answer(400, { error: { message: 'image is required' } })
        : exchange.answer(200, success);
    });
    const { pictures } = await edit(gateway);
    assert.equal(pictures.length, 1);
    assert.equal(gateway.exchanges.length, 3);
    assert.equal(gateway.billable(), 1);
  });

  for (const status of [408, 409, 500, 502, 503, 504, 524]) {
    it(`never comes back by itself after ${status}`, async () => {
      const gateway = await start((exchange) => exchange.answer(status, busy));
      await failure(edit(gateway, { onWait: () => assert.fail('it waits') }));
      assert.equal(gateway.exchanges.length, 1);
    });
  }

  // undici's own limits, 300 s each unless switched off, run on a clock of its own, which can be put forward: six
  // minutes pass in a moment. The control shows that they would have ended the request.
  describe('six silent minutes', () => {
    const silence = 6 * 60_000;

    for (const [where, before] of [
      ['before the answer', ''],
      ['in the middle of the answer', headOf(200) + success.slice(0, 9000)],
    ] as const) {
      const fault: Fault = async (exchange) => {
        await exchange.whole;
        if (before) exchange.write(before);
        await delay(100);
        passTime(silence);
        await delay(100);
        exchange.write(before ? success.slice(9000) : headOf(200) + success);
        exchange.socket.end();
      };

      it(`${where} under a ten-minute limit → succeeds`, async () => {
        const gateway = await start(fault);
        const { pictures } = await edit(gateway, {}, { timeout: 600_000 });
        assert.deepEqual(
          pictures.map((bytes) => Buffer.from(bytes)),
          [Buffer.from(picture)],
        );
      });

      it(`${where} end a request with undici's own limits: the control`, async () => {
        const gateway = await start(fault);
        const dispatcher = new undici.Agent();
        await assert.rejects(
          (async () => {
            const { body } = await dispatcher.request({
              origin: gateway.origin,
              path: '/',
              method: 'GET',
            });
            await body.text();
          })(),
          { code: /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/ },
        );
        await dispatcher.destroy();
      });
    }
  });
});

interface UndiciAgent {
  request(options: Record<string, string>): Promise<{ body: { text(): Promise<string> } }>;
  destroy(): Promise<void>;
}

// Only src/gateway/transport.ts imports undici; the control needs the very same one.
const require = createRequire(__filename);
const undici = require('undici') as { Agent: new () => UndiciAgent };
const clock = require('undici/lib/util/timers.js') as { tick: (milliseconds: number) => void };

/** Puts undici's clock forward, and lets it see what has run out. */
function passTime(milliseconds: number): void {
  clock.tick(0);
  clock.tick(milliseconds);
  clock.tick(0);
}

function dateIn(milliseconds: number): string {
  return new Date(Date.now() + milliseconds).toUTCString();
}

async function edit(
  { baseUrl }: Pick<FaultServer, 'baseUrl'>,
  context: Partial<EditContext> = {},
  connection: Partial<Connection> = {},
): Promise<EditResult & { waited: number[]; elapsed: number }> {
  const waited: number[] = [];
  const started = Date.now();
  const result = await requestEdit(
    {
      model: gptImage,
      instruction: 'make it black and white',
      pictures: [{ bytes: picture, mime: 'image/png', extension: 'png' }],
    },
    { baseUrl, apiKey, timeout: 15_000, ...connection },
    {
      upload: { setting: 'auto', remembered: undefined, remember: () => undefined },
      signal: new AbortController().signal,
      ...context,
      onWait: (milliseconds, why) => {
        waited.push(milliseconds);
        context.onWait?.(milliseconds, why);
      },
    },
  );
  return { ...result, waited, elapsed: Date.now() - started };
}

async function failure(editing: Promise<unknown>): Promise<EditError> {
  try {
    await editing;
  } catch (error) {
    assert.ok(error instanceof EditError, String(error));
    return error;
  }
  return assert.fail('the edit went through');
}

function assertEnd(error: EditError, reason: EditError['reason'], charge: EditError['charge']) {
  assert.deepEqual(
    { reason: error.reason, charge: error.charge },
    { reason, charge },
    error.message,
  );
}
