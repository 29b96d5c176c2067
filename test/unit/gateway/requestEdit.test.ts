// The service layer against real servers: the strict local gateway for both routes, and small ones that fail.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { fetchBalance } from '../../../src/gateway/balance';
import type { InputPicture } from '../../../src/gateway/body';
import type { Connection } from '../../../src/gateway/connection';
import { EditError, type EditErrorDetails } from '../../../src/gateway/errors';
import type { UploadForm } from '../../../src/gateway/imagesEdits';
import { builtInModels, fetchOfferedModels, type Model } from '../../../src/gateway/models';
import { requestEdit, type EditResult, type UploadChoice } from '../../../src/gateway/requestEdit';
import { startGateway, type LocalGateway } from '../../gateway/server';
import { until } from '../../support/until';

const gptImage = builtInModels[0]!;
const gemini = builtInModels[1]!;
const apiKey = 'sk-marked-key-1234';

/** Milliseconds that an edit may take whose time limit is less than a second, on a machine that is busy. */
const busyPatience = 10_000;

let jpeg: InputPicture;
before(async () => {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 };
  const bytes = await sharp({
    create: { width: 300, height: 200, channels: 3, background: 'red', noise },
  })
    .composite([
      {
        input: { create: { width: 150, height: 200, channels: 3, background: 'orange' } },
        left: 0,
        top: 0,
      },
    ])
    .jpeg()
    .toBuffer();
  jpeg = { bytes, mime: 'image/jpeg', extension: 'jpg' };
});

interface Sent {
  readonly model?: Model;
  readonly instruction?: string;
  readonly setting?: UploadChoice['setting'];
  readonly remembered?: UploadForm;
  readonly worked?: UploadForm[];
  readonly signal?: AbortSignal;
  readonly picture?: InputPicture;
}

function edit(connection: Connection, sent: Sent = {}): Promise<EditResult> {
  return requestEdit(
    {
      model: sent.model ?? gptImage,
      instruction: sent.instruction ?? 'make it black and white',
      pictures: [sent.picture ?? jpeg],
    },
    connection,
    {
      upload: {
        setting: sent.setting ?? 'auto',
        remembered: sent.remembered,
        remember: (form) => sent.worked?.push(form),
      },
      signal: sent.signal ?? new AbortController().signal,
    },
  );
}

/** True where every pixel is grey. */
async function isGrey(bytes: Uint8Array): Promise<boolean> {
  const { channels } = await sharp(bytes).removeAlpha().stats();
  const [red, green, blue] = channels.map(({ sum }) => sum);
  return red === green && green === blue;
}

describe('requestEdit through the local gateway', () => {
  let gateway: LocalGateway;
  let connection: Connection;
  beforeEach(async () => {
    gateway = await startGateway({ apiKey });
    connection = { baseUrl: gateway.url, apiKey, timeout: 20_000 };
  });
  afterEach(() => gateway.close());

  for (const form of ['json', 'multipart'] as const) {
    it(`edits through images/edits as ${form}`, async () => {
      const { pictures, usage } = await edit(connection, { setting: form });
      assert.equal(pictures.length, 1);
      assert.equal((await sharp(pictures[0]).metadata()).format, 'png');
      assert.ok(await isGrey(pictures[0]));
      assert.ok((usage.totalTokens ?? 0) > 0);
      const request = gateway.requests[0];
      assert.equal(gateway.requests.length, 1);
      assert.equal(request?.path, '/v1/images/edits');
      assert.equal(request.form, form);
      assert.deepEqual(
        [request.model, request.instruction],
        [gptImage.id, 'make it black and white'],
      );
      if (form === 'multipart') {
        assert.deepEqual(request.fileNames, ['image-1.jpg']);
        assert.deepEqual(request.mimeTypes, ['image/jpeg']);
      }
    });
  }

  it('edits through chat/completions', async () => {
    const { pictures, usage } = await edit(connection, { model: gemini });
    assert.ok(await isGrey(pictures[0]));
    assert.ok((usage.cost ?? 0) > 0);
    const request = gateway.requests[0];
    assert.equal(gateway.requests.length, 1);
    assert.equal(request?.path, '/v1/chat/completions');
    assert.deepEqual((request.body as { modalities: unknown }).modalities, ['image', 'text']);
  });

  for (const model of [gptImage, gemini]) {
    it(`downloads the picture where ${model.route} answers with a link, without the key`, async () => {
      gateway.answerWith = 'url';
      const { pictures } = await edit(connection, { model });
      assert.ok(await isGrey(pictures[0]));
      const downloads = gateway.requests.filter(({ path }) => path.includes('/media/'));
      assert.deepEqual(
        downloads.map(({ authorized }) => authorized),
        [false],
      );
    });
  }

  it('closes the socket within 250 ms when it is cancelled', async () => {
    gateway.delayMs = 60_000;
    const cancelled = new AbortController();
    const editing = edit(connection, { signal: cancelled.signal });
    editing.catch(() => undefined);
    await until('edit that the gateway has begun', () => gateway.requests[0]?.billed);
    cancelled.abort();
    await assert.rejects(editing, { name: 'AbortError' });
    // Counted in looks 5 ms apart at least, not by the clock: a machine that is busy takes longer for each.
    for (let looks = 0; !gateway.requests[0]!.aborted; looks++) {
      assert.ok(looks < 250 / 5, 'the gateway did not see the socket close');
      await delay(5);
    }
    assert.equal(gateway.requests.length, 1);
  });

  it('sends nothing when it is cancelled before', async () => {
    await assert.rejects(edit(connection, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.deepEqual(gateway.requests, []);
  });

  it('says that the key was rejected', async () => {
    const wrong = 'sk-wrong-key';
    const error = await failure(edit({ ...connection, apiKey: wrong }));
    assertError(error, { reason: 'key', charge: 'none' });
    assert.ok(!error.message.includes(wrong));
    assert.ok(error.requestId);
  });

  it('says plainly that the instruction was refused, and sends it once', async () => {
    const error = await failure(edit(connection, { instruction: 'refuse this' }));
    assertError(error, { reason: 'moderation', charge: 'none' });
    assert.equal(gateway.requests.length, 1);
  });

  it('asks for the models and the balance', async () => {
    const offered = await fetchOfferedModels(connection);
    for (const { id } of builtInModels) assert.ok(offered.includes(id), id);
    assert.ok(!offered.includes('openai/gpt-5.5'));
    const { balance, used, currency } = await fetchBalance(connection);
    assert.equal(typeof balance, 'number');
    assert.equal(typeof used, 'number');
    assert.equal(currency, 'USD');
  });
});

describe('requestEdit through gateways that fail', () => {
  let server: Server;
  let connection: Connection;
  let requests: string[];
  let answer: (request: IncomingMessage, response: ServerResponse) => unknown;
  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      requests.push(
        `${request.method} ${request.url} ${request.headers['content-type']?.split(';')[0]}`,
      );
      void answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    connection = {
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
      apiKey,
      timeout: 20_000,
    };
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Answers once the whole request is here, as a gateway does. */
  function reply(status: number, body: unknown, headers: Record<string, string> = {}) {
    answer = async (request, response) => {
      await received(request);
      response.writeHead(status, headers);
      response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    };
  }

  const told = (message: string, code: string | null = null, type = 'api_error') => ({
    error: { message, type, param: null, code },
  });

  const refusals: [string, number, unknown, EditErrorDetails][] = [
    ['402', 402, told('no money', 'insufficient_quota'), { reason: 'quota', charge: 'none' }],
    ['403', 403, told('no access'), { reason: 'permission', charge: 'none' }],
    [
      '404',
      404,
      told('Invalid URL (POST /v1/images/edits)'),
      { reason: 'notFound', charge: 'none' },
    ],
    [
      '429 of a used-up quota',
      429,
      told('billing', 'insufficient_quota'),
      { reason: 'quota', charge: 'none' },
    ],
    ['500', 500, told('boom'), { reason: 'gateway', charge: 'unknown' }],
    [
      '503 without a channel',
      503,
      told('No available channel', 'model_not_found'),
      { reason: 'notFound', charge: 'none' },
    ],
    [
      '524 with a page',
      524,
      '<html><h1>A timeout occurred</h1></html>',
      { reason: 'gateway', charge: 'unknown' },
    ],
    ['307', 307, '', { reason: 'redirected', charge: 'none' }],
    ['200 with an error', 200, told('upstream failed'), { reason: 'gateway', charge: 'unknown' }],
    [
      '200 with success: false',
      200,
      { success: false, message: 'upstream failed' },
      { reason: 'gateway', charge: 'unknown' },
    ],
    [
      '200 with an empty list',
      200,
      { created: 1, data: [] },
      { reason: 'noPicture', charge: 'charged' },
    ],
    ['200 with data: null', 200, { data: null }, { reason: 'noPicture', charge: 'charged' }],
    [
      '200 that is cut off',
      200,
      '{"data":[{"b64_json":"iVBOR',
      { reason: 'badAnswer', charge: 'charged' },
    ],
    ['200 with a page', 200, '<html></html>', { reason: 'badAnswer', charge: 'charged' }],
    [
      '200 with junk for base64',
      200,
      { data: [{ b64_json: '<html>not base64</html>' }] },
      { reason: 'badPicture', charge: 'charged' },
    ],
    [
      '200 with a link into the network',
      200,
      { data: [{ url: 'https://169.254.169.254/latest' }] },
      { reason: 'link', charge: 'charged' },
    ],
    [
      '200 with a link to this machine',
      200,
      { data: [{ url: 'http://127.0.0.1:1/x.png' }] },
      { reason: 'link', charge: 'charged' },
    ],
    [
      '200 with a file: link',
      200,
      { data: [{ url: 'file:///etc/passwd' }] },
      { reason: 'link', charge: 'charged' },
    ],
  ];
  for (const [what, status, body, expected] of refusals) {
    it(`${what}: ${expected.reason}, ${expected.charge}, sent once`, async () => {
      reply(status, body, { location: 'https://elsewhere.example/v1/images/edits' });
      const error = await failure(edit(connection));
      assertError(error, expected);
      assert.ok(!/[<>]/.test(error.message), error.message);
      assert.equal(requests.length, 1);
    });
  }

  it('tells how long to wait', async () => {
    reply(429, told('slow down', 'rate_limit_exceeded'), { 'retry-after': '70' });
    const error = await failure(edit(connection));
    assertError(error, { reason: 'rateLimit', charge: 'none' });
    assert.equal(error.retryAfterMs, 70_000);
  });

  it('never repeats the key, even where the gateway does', async () => {
    reply(401, told(`Incorrect API key provided: ${apiKey}`));
    const error = await failure(edit(connection));
    assert.ok(!JSON.stringify([error.message, error.stack, error]).includes(apiKey));
    assert.match(error.message, /Incorrect API key provided: \(key\)/);
  });

  it('changes from JSON to multipart after a 400, and says which one worked', async () => {
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    answer = async (request, response) => {
      await received(request);
      const json = request.headers['content-type'] === 'application/json';
      response.writeHead(json ? 400 : 200);
      response.end(
        JSON.stringify(
          json ? told('image is required') : { data: [{ b64_json: png.toString('base64') }] },
        ),
      );
    };
    const worked: UploadForm[] = [];
    const { pictures } = await edit(connection, { worked });
    assert.deepEqual(Buffer.from(pictures[0]), png);
    assert.deepEqual(worked, ['multipart']);
    assert.deepEqual(requests, [
      'POST /v1/images/edits application/json',
      'POST /v1/images/edits multipart/form-data',
    ]);
  });

  it('starts with the form that worked before', async () => {
    reply(200, { data: [{ b64_json: 'AAAA' }] });
    await edit(connection, { remembered: 'multipart' });
    assert.deepEqual(requests, ['POST /v1/images/edits multipart/form-data']);
  });

  it('keeps to the form that the user set', async () => {
    reply(400, told('image is required'));
    assertError(await failure(edit(connection, { setting: 'json' })), {
      reason: 'badRequest',
      charge: 'none',
    });
    assert.equal(requests.length, 1);
  });

  it('keeps every picture, more or fewer than asked', async () => {
    reply(200, {
      data: [{ b64_json: 'AAAA' }, { b64_json: 'BBBB' }, { url: `data:image/png;base64,CCCC` }],
    });
    const { pictures } = await edit(connection);
    assert.deepEqual(
      pictures.map((bytes) => Buffer.from(bytes).toString('base64')),
      ['AAAA', 'BBBB', 'CCCC'],
    );
  });

  it('keeps what can be read where another picture cannot', async () => {
    reply(200, { data: [{ b64_json: '<html>' }, { b64_json: 'AAAA' }] });
    const { pictures } = await edit(connection);
    assert.equal(pictures.length, 1);
  });

  it('sends a large picture as multipart, whatever worked before', async () => {
    reply(200, { data: [{ b64_json: 'AAAA' }] });
    const large = { ...jpeg, bytes: new Uint8Array(16 * 1024 * 1024) };
    await edit(connection, { remembered: 'json', picture: large });
    assert.deepEqual(requests, ['POST /v1/images/edits multipart/form-data']);
  });

  it('counts the time once, whatever belongs to the edit', async () => {
    answer = async (request, response) => {
      await received(request);
      await delay(1600);
      response.writeHead(400);
      response.end(JSON.stringify(told('image is required')));
    };
    const started = Date.now();
    const error = await failure(edit({ ...connection, timeout: 3000 }));
    assert.ok(Date.now() - started < busyPatience);
    // With a limit of its own, the second request would have come to its answer.
    assertError(error, { reason: 'timeout', charge: 'unknown' });
  });

  it('follows no redirect of a link to nowhere', async () => {
    const base = connection.baseUrl.replace('/v1', '');
    answer = async (request, response) => {
      await received(request);
      if (request.method === 'GET') response.writeHead(302, { location: 'http://[' }).end();
      else response.end(JSON.stringify({ data: [{ url: `${base}/picture` }] }));
    };
    assertError(await failure(edit(connection)), { reason: 'link', charge: 'charged' });
  });

  it('reads large answers of servers that close at once, without tripping', async () => {
    // See https://github.com/nodejs/undici/issues/5360: an assertion that ended the process.
    const large = { data: [{ b64_json: 'A'.repeat(4_000_000) }] };
    reply(200, large, { connection: 'close' });
    for (let round = 0; round < 5; round++) {
      const { pictures } = await edit(connection);
      assert.equal(pictures[0].byteLength, 3_000_000);
    }
  });

  it('speaks of no money where none can be spent', async () => {
    reply(502, '<html></html>');
    assertError(await failure(fetchBalance(connection)), { reason: 'gateway', charge: 'none' });
    reply(200, { data: 'none' });
    assertError(await failure(fetchOfferedModels(connection)), {
      reason: 'badAnswer',
      charge: 'none',
    });
    reply(200, { balance: 3, currency: 'credits' });
    assert.deepEqual(await fetchBalance(connection), { balance: 3, currency: 'USD' });
    reply(200, { data: [{ name: 'odd' }, null, { id: gemini.id }] });
    assert.deepEqual(await fetchOfferedModels(connection), [gemini.id]);
  });

  it('says the next step after a long message too', async () => {
    reply(401, told('x'.repeat(5000)));
    const { message } = await failure(edit(connection));
    assert.match(message, /x… \(HTTP 401\) The key was rejected: set another one\.$/);
  });

  it('shows nothing of a model that could be clicked, hidden or taken for the key', async () => {
    const words = `[Fix](command:evil)\u202e${apiKey}\n\nnow`;
    reply(200, { choices: [{ message: { content: words } }] });
    const { message } = await failure(edit(connection, { model: gemini }));
    assert.match(message, /It says: \[Fix\] \(command:evil\)\(key\) now\.$/);
    reply(400, told(words));
    const refused = await failure(edit(connection, { model: gemini }));
    assert.match(refused.message, /says: \[Fix\] \(command:evil\)\(key\) now \(HTTP 400\)$/);
  });

  it('says what the model said instead of a picture', async () => {
    reply(200, { choices: [{ message: { content: 'I only see a cat.' }, finish_reason: 'stop' }] });
    const error = await failure(edit(connection, { model: gemini }));
    assertError(error, { reason: 'noPicture', charge: 'charged' });
    assert.match(error.message, /I only see a cat\./);
  });

  it('ends at the time limit when no answer comes', async () => {
    answer = () => undefined;
    const started = Date.now();
    const error = await failure(edit({ ...connection, timeout: 3000 }));
    assertError(error, { reason: 'timeout', charge: 'unknown' });
    assert.ok(Date.now() - started < busyPatience);
    assert.equal(requests.length, 1);
  });

  it('ends at the time limit when the answer stalls', async () => {
    answer = (_request, response) => response.writeHead(200).write('{"data":[');
    assertError(await failure(edit({ ...connection, timeout: 3000 })), {
      reason: 'timeout',
      charge: 'charged',
    });
  });

  it('sends once when the connection is reset after the upload', async () => {
    answer = async (request) => {
      await received(request);
      request.socket.resetAndDestroy();
    };
    assertError(await failure(edit(connection)), { reason: 'interrupted', charge: 'unknown' });
    assert.equal(requests.length, 1);
  });

  it('knows that a gateway that refuses the connection charges nothing', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    // Too short for the wait of 4 s before a third try.
    const error = await failure(edit({ ...connection, timeout: 4900 }));
    assertError(error, { reason: 'unreachable', charge: 'none' });
    assert.match(error.message, new RegExp(`Can't reach 127\\.0\\.0\\.1:${port}`));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
});

/** The whole request is here. */
async function received(request: IncomingMessage): Promise<void> {
  request.resume();
  await once(request, 'end');
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

function assertError({ reason, charge, message }: EditError, expected: EditErrorDetails): void {
  assert.deepEqual(
    { reason, charge },
    { reason: expected.reason, charge: expected.charge },
    message,
  );
}
