// What gateways answer to GET /balance, and the sentence that comes of it.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { balanceInWords } from '../../../src/edit/balanceInWords';
import { fetchBalance, fetchSpent } from '../../../src/gateway/balance';
import type { Connection } from '../../../src/gateway/connection';
import { EditError } from '../../../src/gateway/errors';

/** As AIGate documents it. */
const documented = {
  object: 'balance',
  currency: 'USD',
  balance: 12.5,
  used: 3.42,
  total: 15.92,
  balance_quota: 6250000,
  used_quota: 1710000,
  total_quota: 7960000,
  token: {
    id: 7,
    name: 'mine',
    remaining: 4.5,
    used: 0.5,
    total: 5,
    remaining_quota: 2250000,
    used_quota: 250001,
    total_quota: 2500000,
    unlimited_quota: false,
    model_limits_enabled: false,
    model_limits: {},
    expires_at: 0,
  },
};

const { token } = documented;
const december = Date.UTC(2026, 11, 24, 12) / 1000;

describe('the balance', () => {
  let server: Server;
  let connection: Connection;
  let body: unknown;
  let status = 200;
  before(async () => {
    server = createServer((_request, response) => {
      response.writeHead(status).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    connection = { baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'sk-test', timeout: 20_000 };
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  const rows: { what: string; answer: unknown; words: string; usedDollars?: number | undefined }[] =
    [
      {
        what: 'as documented',
        answer: documented,
        words: 'Balance at host: $12.50, $3.42 used so far. This key may spend $4.50 more.',
        // From the quota, which is not rounded.
        usedDollars: 0.500002,
      },
      {
        what: 'of a key without a limit, whose remaining means nothing',
        answer: { ...documented, token: { ...token, unlimited_quota: true, remaining: -3 } },
        words: 'Balance at host: $12.50, $3.42 used so far.',
        usedDollars: 0.500002,
      },
      {
        what: 'of a key for some models and for some time',
        answer: {
          ...documented,
          token: {
            ...token,
            unlimited_quota: true,
            model_limits_enabled: true,
            model_limits: { 'a/one': true, 'b/two': true, 'c/three': false },
            expires_at: december,
          },
        },
        words:
          'Balance at host: $12.50, $3.42 used so far. This key may use a/one and b/two only, and ends on December 24, 2026.',
        usedDollars: 0.500002,
      },
      {
        what: 'of a key with every limit, for many models',
        answer: {
          ...documented,
          token: {
            ...token,
            model_limits_enabled: true,
            model_limits: ['a', 'b', 'c', 'd'],
            expires_at: december,
          },
        },
        words:
          'Balance at host: $12.50, $3.42 used so far. This key may spend $4.50 more, may use 4 models only, and ends on December 24, 2026.',
        usedDollars: 0.500002,
      },
      {
        what: 'in euros, with a quota',
        answer: { ...documented, currency: 'EUR' },
        words: 'Balance at host: €12.50, €3.42 used so far. This key may spend €4.50 more.',
        usedDollars: 0.500002,
      },
      {
        what: 'in euros, without a quota: nobody knows the dollars',
        answer: { balance: 1, currency: 'EUR', token: { used: 3, unlimited_quota: true } },
        words: 'Balance at host: €1.00.',
      },
      {
        what: 'in dollars, without a quota',
        answer: { balance: 1, token: { used: 3 } },
        words: 'Balance at host: $1.00.',
        usedDollars: 3,
      },
      {
        what: 'of fields of other kinds',
        answer: { balance: 1, used: '2', currency: 'credits', token: { used: '3', id: null } },
        words: 'Balance at host: $1.00.',
      },
      { what: 'of nothing', answer: { token: [] }, words: 'host did not say a balance.' },
    ];
  for (const { what, answer, words, usedDollars } of rows) {
    it(what, async () => {
      body = answer;
      const balance = await fetchBalance(connection);
      assert.equal(balanceInWords('host', balance), words);
      assert.equal(balance.token?.usedDollars, usedDollars);
    });
  }

  it('tells what the key has spent, or that nobody is told', async () => {
    const { signal } = new AbortController();
    const spent = (answer: unknown, code = 200) => {
      body = answer;
      status = code;
      return fetchSpent(connection, signal).finally(() => (status = 200));
    };
    assert.deepEqual(await spent(documented), { id: '7', usedDollars: 0.500002 });
    assert.equal(await spent({ balance: 3 }), undefined);
    assert.equal(await spent([]), undefined);
    assert.equal(await spent({ error: { message: 'Invalid URL' } }, 404), undefined);
    for (const code of [401, 429, 500])
      await assert.rejects(spent({ error: { message: 'not now' } }, code), EditError);
  });

  it('is an error where the answer is none, and can be cancelled', async () => {
    body = [1];
    await assert.rejects(fetchBalance(connection), (error) => {
      assert.ok(error instanceof EditError);
      assert.deepEqual([error.reason, error.charge], ['badAnswer', 'none']);
      return true;
    });
    const cancelled = AbortSignal.abort(new Error('no longer wanted'));
    await assert.rejects(fetchBalance(connection, cancelled), /no longer wanted/);
  });
});
