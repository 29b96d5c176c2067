// What goes over the wire for each thing that can be asked, and how often.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InputPicture } from '../../../src/gateway/body';
import type { Connection } from '../../../src/gateway/connection';
import { EditError } from '../../../src/gateway/errors';
import { builtInModels } from '../../../src/gateway/models';
import { requestEdit, type EditContext, type EditRequest } from '../../../src/gateway/requestEdit';

const gptImage = builtInModels[0]!;
const gemini = builtInModels[1]!;

const picture = (name: string): InputPicture => ({
  bytes: Buffer.from(name),
  mime: 'image/png',
  extension: 'png',
});
const dataUrl = (name: string) => `data:image/png;base64,${Buffer.from(name).toString('base64')}`;
const base64 = Buffer.from('edited').toString('base64');
const picked = { data: [{ b64_json: base64 }] };

describe('requestEdit', () => {
  let server: Server;
  let connection: Connection;
  /** Each request's body: JSON, or the entries of a form. */
  let bodies: unknown[];
  let answer: (response: ServerResponse, count: number) => void;

  beforeEach(async () => {
    bodies = [];
    answer = (response) => response.end(JSON.stringify(picked));
    server = createServer((request, response) => {
      void readBody(request).then((body) => {
        bodies.push(body);
        answer(response, bodies.length);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    connection = { baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'sk-test', timeout: 15_000 };
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function send(
    edit: Partial<EditRequest>,
    context: Partial<EditContext> & { form?: 'json' | 'multipart' } = {},
  ) {
    const { form = 'auto', ...others } = context;
    return requestEdit(
      { model: gptImage, instruction: 'do it', pictures: [picture('one')], ...edit },
      connection,
      {
        upload: { setting: form, remembered: undefined, remember: () => undefined },
        signal: new AbortController().signal,
        ...others,
      },
    );
  }

  function reply(status: number, body: unknown, headers: Record<string, string> = {}) {
    return (response: ServerResponse) =>
      response.writeHead(status, headers).end(JSON.stringify(body));
  }

  describe('sends', () => {
    it('nothing that was not asked for', async () => {
      await send({});
      await send({ model: gemini }).catch(() => undefined);
      assert.deepEqual(bodies, [
        { model: gptImage.id, prompt: 'do it', images: [{ image_url: dataUrl('one') }] },
        {
          model: gemini.id,
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: 'Edit this image: do it\n\nReturn the edited image.' },
                { type: 'image_url', image_url: { url: dataUrl('one') } },
              ],
            },
          ],
          modalities: ['image', 'text'],
        },
      ]);
    });

    const options = { n: 2, quality: 'high', output_format: 'webp', output_compression: 80 };
    it('options as JSON, with several pictures and a mask', async () => {
      await send({
        options,
        pictures: [picture('one'), picture('two'), { url: 'https://example.com/3.png' }],
        mask: picture('mask'),
      });
      assert.deepEqual(bodies, [
        {
          model: gptImage.id,
          prompt: 'do it',
          ...options,
          images: [
            { image_url: dataUrl('one') },
            { image_url: dataUrl('two') },
            { image_url: 'https://example.com/3.png' },
          ],
          mask: { image_url: dataUrl('mask') },
        },
      ]);
    });

    it('options as multipart, with several pictures and a mask', async () => {
      const edit = { options, pictures: [picture('one'), picture('two')] as const };
      await send({ ...edit, mask: picture('mask') }, { form: 'multipart' });
      assert.deepEqual(bodies, [
        [
          ['model', gptImage.id],
          ['prompt', 'do it'],
          ['n', '2'],
          ['quality', 'high'],
          ['output_format', 'webp'],
          ['output_compression', '80'],
          ['image[]', 'image-1.png image/png one'],
          ['image[]', 'image-2.png image/png two'],
          ['mask', 'image-3.png image/png mask'],
        ],
      ]);
    });

    it('a link as JSON, whatever form is set', async () => {
      await send({ pictures: [{ url: 'https://example.com/1.png' }] }, { form: 'multipart' });
      assert.deepEqual(bodies, [
        {
          model: gptImage.id,
          prompt: 'do it',
          images: [{ image_url: 'https://example.com/1.png' }],
        },
      ]);
    });

    it('shape and size to Gemini, and a call for each picture', async () => {
      const { pictures, usage, missing } = await send({
        model: gemini,
        options: { n: 3, aspect_ratio: '16:9', image_size: '2K' },
      });
      assert.equal(bodies.length, 3);
      for (const body of bodies) {
        const { image_config, n } = body as Record<string, unknown>;
        assert.deepEqual(image_config, { aspect_ratio: '16:9', image_size: '2K' });
        assert.equal(n, undefined);
      }
      assert.deepEqual([pictures.length, missing, usage], [3, 0, {}]);
    });
  });

  describe('of several calls', () => {
    it('keeps what came, and adds up what they used only where it is known', async () => {
      answer = (response, count) =>
        count === 2
          ? reply(500, {})(response)
          : reply(200, { ...picked, usage: { total_tokens: 5, cost_usd: 0.25 } })(response);
      const some = await send({ model: gemini, options: { n: 3 } });
      assert.deepEqual(
        [some.pictures.length, some.missing, some.usage],
        [2, 1, { totalTokens: 10 }],
      );
      answer = reply(200, { ...picked, usage: { total_tokens: 5, cost_usd: 0.25 } });
      const all = await send({ model: gemini, options: { n: 2 } });
      assert.deepEqual([all.missing, all.usage], [0, { totalTokens: 10, cost: 0.5 }]);
    });

    it('tells the failure that may have cost most', async () => {
      answer = (response, count) => reply(count === 2 ? 500 : 400, {})(response);
      const error = await failure(send({ model: gemini, options: { n: 3 } }));
      assert.deepEqual([error.reason, error.charge], ['gateway', 'unknown']);
    });
  });

  describe('waits', () => {
    it('as long as a busy gateway says, twice at most', async () => {
      const waited: number[] = [];
      const onWait = (milliseconds: number) => waited.push(milliseconds);
      answer = (response, count) =>
        count < 3
          ? reply(count === 1 ? 429 : 503, {}, { 'retry-after-ms': String(count * 10) })(response)
          : reply(200, picked)(response);
      await send({}, { onWait });
      assert.deepEqual([waited, bodies.length], [[10, 20], 3]);

      bodies = [];
      waited.length = 0;
      answer = reply(429, {}, { 'retry-after-ms': '10' });
      const error = await failure(send({}, { onWait }));
      assert.deepEqual([error.reason, error.charge], ['rateLimit', 'none']);
      assert.deepEqual([waited, bodies.length], [[10, 10], 3]);
    });

    it('no longer than the time limit', async () => {
      answer = reply(429, {}, { 'retry-after': '16' });
      const error = await failure(send({}, { onWait: () => assert.fail('waits') }));
      assert.match(error.message, /Try again in 16 seconds/);
      assert.equal(bodies.length, 1);
    });

    it('not for what may have been charged', async () => {
      for (const status of [408, 500, 502, 503, 504, 524]) {
        bodies = [];
        answer = reply(status, {}, status === 503 ? {} : { 'retry-after-ms': '1' });
        const error = await failure(send({}));
        assert.deepEqual([error.charge, bodies.length], ['unknown', 1], String(status));
      }
    });

    it('until it is cancelled', async () => {
      answer = reply(429, {}, { 'retry-after': '5' });
      const cancelled = new AbortController();
      const sending = send(
        {},
        { signal: cancelled.signal, onWait: () => setTimeout(() => cancelled.abort(), 10) },
      );
      await assert.rejects(sending, { name: 'AbortError' });
      assert.equal(bodies.length, 1);
    });
  });

  describe('partial pictures', () => {
    const events = (...values: unknown[]) =>
      values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join('');
    const partial = { type: 'image_edit.partial_image', b64_json: 'UFBQ' };
    const completed = { type: 'image_edit.completed', b64_json: base64 };
    const options = { partial_images: 2 };

    it('are shown as they come, and are never the result', async () => {
      const shown: string[] = [];
      let show = () => {};
      const firstShown = new Promise<void>((resolve) => (show = resolve));
      answer = (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(events(partial));
        // The answer has no end before the partial picture was shown: then the edit would end at its time limit.
        void firstShown.then(() => response.end(`${events(completed)}data: [DONE]\n\n`));
      };
      const onPartial = (bytes: Uint8Array) => {
        shown.push(Buffer.from(bytes).toString());
        show();
      };
      const { pictures } = await send({ options }, { onPartial });
      assert.deepEqual(shown, ['PPP']);
      assert.deepEqual(pictures.map(String), [String(Buffer.from('edited'))]);
      const { stream, partial_images } = bodies[0] as Record<string, unknown>;
      assert.deepEqual([stream, partial_images], [true, 2]);
    });

    it('are not asked for where nobody shows them', async () => {
      await send({ options });
      assert.deepEqual(Object.keys(bodies[0] as object), ['model', 'prompt', 'images']);
    });

    it('are done without where the gateway cannot', async () => {
      const refused = { error: { message: "Unknown parameter: 'stream'.", param: 'stream' } };
      answer = (response, count) =>
        reply(count === 1 ? 400 : 200, count === 1 ? refused : picked)(response);
      const { pictures } = await send({ options }, { onPartial: () => assert.fail('partial') });
      assert.equal(pictures.length, 1);
      assert.deepEqual(
        bodies.map((body) => 'stream' in (body as object)),
        [true, false],
      );
    });

    it('without the last one are an error that says so', async () => {
      answer = (response) => response.end(events(partial));
      const error = await failure(send({ options }, { onPartial: () => undefined }));
      assert.deepEqual([error.reason, error.charge], ['interrupted', 'charged']);
      assert.match(error.message, /only a part came/);
    });

    it('keep the picture of a stream that breaks off after it', async () => {
      answer = (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        // What the system has taken arrives, also where the connection is closed then.
        response.write(events(partial, completed), () => response.destroy());
      };
      const { pictures } = await send({ options }, { onPartial: () => undefined });
      assert.equal(Buffer.from(pictures[0]).toString(), 'edited');
    });
  });
});

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const contentType = request.headers['content-type'] ?? '';
  if (contentType === 'application/json') return JSON.parse(bytes.toString());
  const response = new Response(bytes, { headers: { 'content-type': contentType } });
  // oxlint-disable-next-line typescript/no-deprecated -- meant for servers that strangers reach
  const entries = [...(await response.formData()).entries()];
  return Promise.all(
    entries.map(async ([name, value]) => [
      name,
      typeof value === 'string' ? value : `${value.name} ${value.type} ${await value.text()}`,
    ]),
  );
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
