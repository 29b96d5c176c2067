// Holds the local gateway to the contract, with the official OpenAI client and with bare HTTP.
import assert from 'node:assert/strict';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI, { APIError, toFile } from 'openai';
import type { Stream } from 'openai/streaming';
import sharp from 'sharp';
import { startGateway, type LocalGateway } from '../../gateway/server';

const apiKey = 'sk-local-test';
const gptImage = 'openai/gpt-image-2';
const gemini = 'google/gemini-3.1-flash-image-preview';

/** The fields of both endpoints' answers that these tests read. */
interface Answer {
  data?: { b64_json?: string; url?: string }[] | undefined;
  choices?: {
    message: { content: string | null; images?: { image_url: { url: string } }[] };
    finish_reason: string;
  }[];
  usage?: Record<string, unknown>;
}

interface ErrorAnswer {
  error: { message: string; type: string; param: string | null; code: string; status: number };
}

/** Red on the left half, blue on the right: 60 x 40 pixels. */
function twoColours() {
  const pixels = Buffer.alloc(60 * 40 * 3);
  for (let pixel = 0; pixel < 60 * 40; pixel++) {
    pixels.set(pixel % 60 < 30 ? [0xd0, 0x20, 0x20] : [0x20, 0x30, 0xd0], pixel * 3);
  }
  return sharp(pixels, { raw: { width: 60, height: 40, channels: 3 } });
}

const dataUrl = (bytes: Uint8Array, mimeType = 'image/png') =>
  `data:${mimeType};base64,${Buffer.from(bytes).toString('base64')}`;

const bytesOfUrl = (url: string) => Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');

/** The colour at a place given as shares of width and height, 0 to 1. */
async function colourAt(bytes: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const column = Math.min(info.width - 1, Math.floor(x * info.width));
  const row = Math.min(info.height - 1, Math.floor(y * info.height));
  const start = (row * info.width + column) * info.channels;
  return [...data.subarray(start, start + info.channels)];
}

const isRed = ([r = 0, g = 0, b = 0]: number[]) => r > 150 && g < 100 && b < 100;
const isBlue = ([r = 0, g = 0, b = 0]: number[]) => b > 150 && r < 100 && g < 100;

describe('The local gateway', () => {
  let gateway: LocalGateway;
  let client: OpenAI;
  let png: Buffer;
  let jpeg: Buffer;

  before(async () => {
    gateway = await startGateway({ apiKey });
    client = new OpenAI({ apiKey, baseURL: gateway.url, maxRetries: 0 });
    png = await twoColours().png().toBuffer();
    jpeg = await twoColours().jpeg({ quality: 95 }).toBuffer();
  });

  after(() => gateway.close());

  beforeEach(() => {
    gateway.delayMs = 0;
    gateway.answerWith = 'b64_json';
    gateway.pictureCount = undefined;
    gateway.unaskedPartials = undefined;
    gateway.busySeconds = undefined;
    gateway.tellsCost = true;
    gateway.hasBalance = true;
  });

  const last = () => {
    const record = gateway.requests.at(-1);
    assert.ok(record);
    return record;
  };

  /** One edit in JSON, as the contract's curl example sends it. */
  const edit = (prompt: string, bytes: Uint8Array = png, more: object = {}) =>
    client.post<Answer>('/images/edits', {
      body: { model: gptImage, prompt, images: [{ image_url: dataUrl(bytes) }], ...more },
    });

  const chat = (text: string, url: string, more: object = {}) =>
    client.post<Answer>('/chat/completions', {
      body: {
        model: gemini,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text },
              { type: 'image_url', image_url: { url } },
            ],
          },
        ],
        modalities: ['image', 'text'],
        ...more,
      },
    });

  const pictureOf = (answer: Pick<Answer, 'data'>) => {
    const encoded = answer.data?.[0]?.b64_json;
    assert.ok(encoded);
    return Buffer.from(encoded, 'base64');
  };

  const post = (path: string, body: string | FormData, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${apiKey}`, ...headers },
      body,
    });

  describe('with the official OpenAI client', () => {
    it('edits a multipart picture', async () => {
      const answer = await client.images.edit({
        model: gptImage,
        prompt: 'Make it black and white',
        image: await toFile(jpeg, 'photo.jpg', { type: 'image/jpeg' }),
      });
      const bytes = pictureOf(answer);
      const { format, width, height } = await sharp(bytes).metadata();
      assert.deepEqual([format, width, height], ['png', 1536, 1024]);
      const [r, g, b] = await colourAt(bytes, 0.2, 0.5);
      assert.ok(r === g && g === b, `${r} ${g} ${b} is not grey`);
      assert.equal(answer.usage?.total_tokens, answer.usage!.input_tokens + 1372);
      const { form, fileNames, mimeTypes, status, billed, authorized } = last();
      assert.deepEqual(
        { form, fileNames, mimeTypes, status, billed, authorized },
        {
          form: 'multipart',
          fileNames: ['photo.jpg'],
          mimeTypes: ['image/jpeg'],
          status: 200,
          billed: true,
          authorized: true,
        },
      );
    });

    it('edits several multipart pictures, and gives as many as asked', async () => {
      const answer = await client.images.edit({
        model: gptImage,
        prompt: 'invert',
        image: [
          await toFile(png, 'one.png', { type: 'image/png' }),
          await toFile(jpeg, 'two.jpg', { type: 'image/jpeg' }),
        ],
        n: 2,
        size: '1024x1024',
        output_format: 'webp',
      });
      assert.equal(answer.data?.length, 2);
      assert.notEqual(answer.data[0]?.b64_json, answer.data[1]?.b64_json);
      const { format, width, height } = await sharp(pictureOf(answer)).metadata();
      assert.deepEqual([format, width, height], ['webp', 1024, 1024]);
      assert.equal(last().pictures, 2);
    });

    it('edits a JSON picture', async () => {
      const bytes = pictureOf(await edit('Rotate it'));
      const { width, height } = await sharp(bytes).metadata();
      assert.deepEqual([width, height], [1024, 1536]);
      assert.ok(isRed(await colourAt(bytes, 0.5, 0.2)), 'left has become top');
      assert.ok(isBlue(await colourAt(bytes, 0.5, 0.8)), 'right has become bottom');
      assert.equal(last().form, 'json');
      assert.ok(JSON.stringify(last().body).length < 400, 'data URLs are shortened');
    });

    for (const form of ['multipart', 'json'] as const) {
      it(`streams partial pictures, then the picture, in ${form}`, async () => {
        const events = await (form === 'multipart'
          ? client.images.edit({
              model: gptImage,
              prompt: 'invert',
              image: await toFile(jpeg, 'photo.jpg', { type: 'image/jpeg' }),
              stream: true,
              partial_images: 2,
            })
          : client.post<Stream<OpenAI.ImageEditStreamEvent>>('/images/edits', {
              body: {
                model: gptImage,
                prompt: 'invert',
                images: [{ image_url: dataUrl(jpeg, 'image/jpeg') }],
                stream: true,
                partial_images: 2,
              },
              stream: true,
            }));
        const seen: [string, number | undefined][] = [];
        const pictures: string[] = [];
        let tokens = 0;
        for await (const event of events) {
          const partial = event.type === 'image_edit.partial_image';
          seen.push([event.type, partial ? event.partial_image_index : undefined]);
          pictures.push(event.b64_json);
          if (!partial) tokens = event.usage.total_tokens;
          const { format, width, height } = await sharp(
            Buffer.from(event.b64_json, 'base64'),
          ).metadata();
          assert.deepEqual([format, `${width}x${height}`], ['png', event.size]);
        }
        assert.deepEqual(seen, [
          ['image_edit.partial_image', 0],
          ['image_edit.partial_image', 1],
          ['image_edit.completed', undefined],
        ]);
        assert.equal(new Set(pictures).size, 3);
        assert.ok(tokens > 1372);
        assert.deepEqual([last().form, last().billed, last().status], [form, true, 200]);
      });
    }

    it('edits a picture in a chat with Gemini', async () => {
      const answer = await chat('Edit this image: make it darker', dataUrl(jpeg, 'image/jpeg'));
      const choice = answer.choices?.[0];
      assert.equal(choice?.message.content, null);
      assert.equal(choice.finish_reason, 'stop');
      const url = choice.message.images?.[0]?.image_url.url ?? '';
      assert.match(url, /^data:image\/png;base64,/);
      const bytes = bytesOfUrl(url);
      const { width, height } = await sharp(bytes).metadata();
      assert.deepEqual([width, height], [1248, 832]);
      const [r = 255] = await colourAt(bytes, 0.2, 0.5);
      assert.ok(r > 60 && r < 170, `red is ${r}`);
      assert.equal(answer.usage?.['cost_usd'], 0.00902);
    });

    it('lists models, without a key too', async () => {
      const ids: string[] = [];
      for await (const model of client.models.list()) ids.push(model.id);
      assert.ok(ids.includes(gptImage) && ids.includes(gemini) && ids.includes('openai/gpt-5.5'));
      assert.equal((await fetch(`${gateway.url}/models`)).status, 200);
      assert.equal(last().authorized, false);
    });

    it('reports errors as the client understands them', async () => {
      await assert.rejects(edit('please refuse this'), (error) => {
        assert.ok(error instanceof APIError);
        assert.equal(error.status, 400);
        assert.equal(error.code, 'moderation_blocked');
        assert.equal(error.type, 'image_generation_user_error');
        assert.match(error.message, /rejected by the safety system.*\(request id: \d{14}\w+\)/);
        return true;
      });
      assert.equal(last().billed, false);
    });
  });

  describe('paints', () => {
    it('inverted', async () => {
      const [r = 0, g = 0, b = 0] = await colourAt(pictureOf(await edit('Invert it')), 0.2, 0.5);
      assert.ok(Math.abs(r - (255 - 0xd0)) < 3 && Math.abs(g - 0xdf) < 3 && Math.abs(b - 0xdf) < 3);
    });

    it('blurred', async () => {
      const [r = 0, , b = 0] = await colourAt(pictureOf(await edit('blur')), 0.5, 0.5);
      assert.ok(r > 50 && b > 50, 'the edge between red and blue is soft');
    });

    it('brighter', async () => {
      const [r = 0] = await colourAt(pictureOf(await edit('a bit brighter')), 0.2, 0.5);
      assert.ok(r > 0xd0 + 10);
    });

    it('a cat where it was asked for, and nothing else', async () => {
      const plain = await sharp({
        create: { width: 300, height: 200, channels: 3, background: '#406080' },
      })
        .png()
        .toBuffer();
      const bytes = pictureOf(
        await edit('Add a small orange cat sitting on the table. Keep the lighting.', plain),
      );
      const [r = 0, g = 0, b = 0] = await colourAt(bytes, 0.4, 0.87);
      assert.ok(r > g && g > b, `fur is ${r} ${g} ${b}`);
      assert.deepEqual(await colourAt(bytes, 0.9, 0.2), [0x40, 0x60, 0x80]);
    });

    it('a ribbon with hostile words', async () => {
      const words = '</text><script>&"\'\u0000\ud800 50% off';
      const bytes = pictureOf(await edit(words));
      assert.deepEqual(await colourAt(bytes, 0.01, 0.9), [0xff, 0x7a, 0x45]);
      assert.ok(isRed(await colourAt(bytes, 0.2, 0.4)), 'the rest is as it was');
    });

    it('a grey picture as well as a coloured one', async () => {
      const grey = await twoColours().greyscale().png().toBuffer();
      const [r = 0, g, b] = await colourAt(pictureOf(await edit('invert', grey)), 0.2, 0.5);
      assert.ok(r > 100 && r === g && g === b, `${r} ${g} ${b}`);
    });

    it('alpha as it was', async () => {
      const clear = await sharp({
        create: {
          width: 50,
          height: 50,
          channels: 4,
          background: { r: 200, g: 0, b: 0, alpha: 0.5 },
        },
      })
        .png()
        .toBuffer();
      const [r, g, b, alpha = 0] = await colourAt(
        pictureOf(await edit('greyscale', clear)),
        0.5,
        0.5,
      );
      assert.ok(r === g && g === b);
      assert.ok(Math.abs(alpha - 128) < 2);
    });

    it('the way up that EXIF says', async () => {
      const lying = await twoColours().jpeg().withMetadata({ orientation: 6 }).toBuffer();
      const bytes = pictureOf(
        await edit('brighten it', png, {
          images: [{ image_url: dataUrl(lying, 'image/jpeg') }],
        }),
      );
      const { width, height, orientation } = await sharp(bytes).metadata();
      assert.deepEqual([width, height, orientation], [1024, 1536, undefined]);
      assert.ok(isBlue(await colourAt(bytes, 0.5, 0.8)));
    });

    it('only where the mask is transparent', async () => {
      const mask = await sharp({
        create: { width: 60, height: 40, channels: 4, background: '#000000ff' },
      })
        .composite([
          {
            input: { create: { width: 30, height: 40, channels: 4, background: '#ffffffff' } },
            left: 0,
            top: 0,
            blend: 'dest-out',
          },
        ])
        .png()
        .toBuffer();
      const answer = await edit('black and white', png, { mask: { image_url: dataUrl(mask) } });
      const bytes = pictureOf(answer);
      const [r, g, b] = await colourAt(bytes, 0.2, 0.5);
      assert.ok(r === g && g === b);
      assert.ok(isBlue(await colourAt(bytes, 0.8, 0.5)));
    });
  });

  describe('refuses', () => {
    const image = () => ({ image_url: dataUrl(png) });
    const user = (...parts: object[]) => [
      { role: 'user', content: [{ type: 'text', text: 'blur' }, ...parts] },
    ];
    const part = () => ({ type: 'image_url', image_url: { url: dataUrl(png) } });
    const good = () => ({ model: gptImage, prompt: 'blur', images: [image()] as unknown });
    const goodChat = () => ({
      model: gemini,
      messages: user(part()) as unknown,
      modalities: ['image', 'text'],
    });

    interface Case {
      what: string;
      path?: string;
      body: () => unknown;
      status: number;
      type?: string;
      code: string;
      param?: string | null;
    }
    const edits = '/images/edits';
    const chats = '/chat/completions';
    const cases: Case[] = [
      {
        what: 'a wrong route',
        path: '/images/edit',
        body: good,
        status: 404,
        type: 'not_found',
        code: 'invalid_url',
      },
      {
        what: 'an unknown model',
        body: () => ({ ...good(), model: 'openai/unknown-model' }),
        status: 503,
        type: 'api_error',
        code: 'model_not_found',
      },
      {
        what: 'a Gemini model on images/edits',
        body: () => ({ ...good(), model: gemini }),
        status: 400,
        code: 'unsupported_endpoint',
        param: 'model',
      },
      {
        what: 'GPT Image in a chat',
        path: chats,
        body: () => ({ ...goodChat(), model: gptImage }),
        status: 400,
        code: 'unsupported_endpoint',
        param: 'model',
      },
      {
        what: 'a text model on images/edits',
        body: () => ({ ...good(), model: 'openai/gpt-5.5' }),
        status: 400,
        code: 'unsupported_endpoint',
        param: 'model',
      },
      {
        what: 'a text model asked for an image',
        path: chats,
        body: () => ({ ...goodChat(), model: 'google/gemini-3-pro' }),
        status: 400,
        code: 'unsupported_modality',
        param: 'modalities',
      },
      ...['model', 'prompt', 'images'].map((field) => ({
        what: `no ${field}`,
        body: () => ({ ...good(), [field]: undefined }),
        status: 400,
        code: 'missing_required_parameter',
        param: field,
      })),
      {
        what: 'no messages',
        path: chats,
        body: () => ({ ...goodChat(), messages: [] }),
        status: 400,
        code: 'missing_required_parameter',
        param: 'messages',
      },
      {
        what: 'no image in the array',
        body: () => ({ ...good(), images: [] }),
        status: 400,
        code: 'missing_required_parameter',
        param: 'images',
      },
      {
        what: 'a prompt that is not text',
        body: () => ({ ...good(), prompt: 7 }),
        status: 400,
        code: 'invalid_type',
        param: 'prompt',
      },
      {
        what: 'images that are not an array',
        body: () => ({ ...good(), images: dataUrl(png) }),
        status: 400,
        code: 'invalid_type',
        param: 'images',
      },
      {
        what: 'n as text in JSON',
        body: () => ({ ...good(), n: '1' }),
        status: 400,
        code: 'invalid_type',
        param: 'n',
      },
      {
        what: 'n too large',
        body: () => ({ ...good(), n: 11 }),
        status: 400,
        code: 'invalid_value',
        param: 'n',
      },
      {
        what: 'partial_images too many',
        body: () => ({ ...good(), stream: true, partial_images: 4 }),
        status: 400,
        code: 'invalid_value',
        param: 'partial_images',
      },
      {
        what: 'partial_images without stream',
        body: () => ({ ...good(), partial_images: 2 }),
        status: 400,
        code: 'invalid_value',
        param: 'partial_images',
      },
      {
        what: 'stream as text in JSON',
        body: () => ({ ...good(), stream: 'true' }),
        status: 400,
        code: 'invalid_type',
        param: 'stream',
      },
      {
        what: 'a size with ×',
        body: () => ({ ...good(), size: '1024×1024' }),
        status: 400,
        code: 'invalid_value',
        param: 'size',
      },
      {
        what: 'a size that is no multiple of 16',
        body: () => ({ ...good(), size: '1000x1000' }),
        status: 400,
        code: 'invalid_value',
        param: 'size',
      },
      {
        what: 'an unknown field',
        body: () => ({ ...good(), response_format: 'b64_json' }),
        status: 400,
        code: 'unknown_parameter',
        param: 'response_format',
      },
      {
        what: 'an unknown field in a chat',
        path: chats,
        body: () => ({ ...goodChat(), response_format: { type: 'json_object' } }),
        status: 400,
        code: 'unknown_parameter',
        param: 'response_format',
      },
      {
        what: 'input_fidelity for gpt-image-2',
        body: () => ({ ...good(), input_fidelity: 'high' }),
        status: 400,
        code: 'unsupported_parameter',
        param: 'input_fidelity',
      },
      {
        what: 'an image_url that is text in a chat',
        path: chats,
        body: () => ({
          ...goodChat(),
          messages: user({ type: 'image_url', image_url: dataUrl(png) }),
        }),
        status: 400,
        code: 'invalid_type',
        param: 'messages[0].content[1].image_url',
      },
      {
        what: 'a chat with the picture before the text',
        path: chats,
        body: () => ({ ...goodChat(), messages: [{ role: 'user', content: [part()] }] }),
        status: 400,
        code: 'invalid_value',
        param: 'messages[0].content[0]',
      },
      {
        what: "an assistant's picture in a chat",
        path: chats,
        body: () => ({
          ...goodChat(),
          messages: [{ role: 'assistant', content: '', images: [part()] }, ...user(part())],
        }),
        status: 400,
        code: 'invalid_request',
        param: 'messages[0]',
      },
      {
        what: 'a picture that does not decode',
        body: () => ({ ...good(), images: [{ image_url: dataUrl(Buffer.from('not a picture')) }] }),
        status: 400,
        code: 'invalid_image_file',
        param: 'images[0].image_url',
      },
      {
        what: 'a picture that is cut short',
        body: () => ({
          ...good(),
          images: [{ image_url: dataUrl(png.subarray(0, png.length - 40)) }],
        }),
        status: 400,
        code: 'invalid_image_file',
        param: 'images[0].image_url',
      },
      {
        what: 'a data URL whose type is wrong',
        body: () => ({ ...good(), images: [{ image_url: dataUrl(jpeg, 'image/png') }] }),
        status: 400,
        code: 'unsupported_file_mimetype',
        param: 'images[0].image_url',
      },
      {
        what: 'image/jpg, which is no type',
        body: () => ({ ...good(), images: [{ image_url: dataUrl(jpeg, 'image/jpg') }] }),
        status: 400,
        code: 'unsupported_file_mimetype',
        param: 'images[0].image_url',
      },
      {
        what: 'a data URL that is too long',
        body: () => ({
          ...good(),
          images: [{ image_url: `data:image/png;base64,${'A'.repeat(20_971_520)}` }],
        }),
        status: 413,
        type: 'context_length_exceeded',
        code: 'string_above_max_length',
        param: 'images[0].image_url',
      },
      ...['http://example.com/a.png', 'file:///etc/passwd', 'ftp://localhost/a.png', 'a.png'].map(
        (url) => ({
          what: `the link ${url}`,
          body: () => ({ ...good(), images: [{ image_url: url }] }),
          status: 400,
          code: 'invalid_image_url',
          param: 'images[0].image_url',
        }),
      ),
      {
        what: 'a mask without alpha',
        body: () => ({ ...good(), mask: image() }),
        status: 400,
        code: 'invalid_image_file',
        param: 'mask',
      },
    ];
    for (const { what, path = edits, body, status, type, code, param = null } of cases) {
      it(what, async () => {
        const response = await post(path, JSON.stringify(body()), {
          'Content-Type': 'application/json',
        });
        const { error } = (await response.json()) as ErrorAnswer;
        const { message, ...rest } = error;
        const expected = { type: type ?? 'invalid_request_error', param, code, status };
        assert.deepEqual(
          { httpStatus: response.status, ...rest },
          { httpStatus: status, ...expected },
        );
        const requestId = response.headers.get('x-oneapi-request-id') ?? 'none';
        assert.ok(message.endsWith(`(request id: ${requestId})`), message);
        assert.equal(last().billed, false);
      });
    }

    for (const [what, headers] of [
      ['no key', {}],
      ['a wrong key', { Authorization: 'Bearer sk-other' }],
      ['a key without Bearer', { Authorization: apiKey }],
    ] as const) {
      it(what, async () => {
        const response = await fetch(`${gateway.url}/images/edits`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify(good()),
        });
        const { error } = (await response.json()) as ErrorAnswer;
        assert.deepEqual([response.status, error.type], [401, 'authentication_error']);
        assert.equal((await fetch(`${gateway.url}/balance`, { headers })).status, 401);
      });
    }

    const form = (bytes: Uint8Array, fileName: string, mimeType: string, field = 'image[]') => {
      const data = new FormData();
      data.set('model', gptImage);
      data.set('prompt', 'blur');
      data.append(field, new Blob([bytes], { type: mimeType }), fileName);
      return data;
    };
    const forms: [what: string, form: () => FormData, code: string, param: string][] = [
      [
        'application/octet-stream',
        () => form(png, 'a.png', 'application/octet-stream'),
        'unsupported_file_mimetype',
        'image[]',
      ],
      [
        'a JPEG part called image/png',
        () => form(jpeg, 'a.png', 'image/png'),
        'unsupported_file_mimetype',
        'image[]',
      ],
      [
        'a JPEG part whose name ends in .png',
        () => form(jpeg, 'a.png', 'image/jpeg'),
        'unsupported_file_mimetype',
        'image[]',
      ],
      [
        'an unknown file part',
        () => form(png, 'a.png', 'image/png', 'images'),
        'unknown_parameter',
        'images',
      ],
      [
        'image twice',
        () => {
          const data = form(png, 'a.png', 'image/png', 'image');
          data.append('image', new Blob([png], { type: 'image/png' }), 'b.png');
          return data;
        },
        'duplicate_parameter',
        'image',
      ],
      [
        'a form without a picture',
        () => {
          const data = form(png, 'a.png', 'image/png');
          data.delete('image[]');
          return data;
        },
        'missing_required_parameter',
        'image',
      ],
    ];
    for (const [what, data, code, param] of forms) {
      it(what, async () => {
        const response = await post('/images/edits', data());
        const { error } = (await response.json()) as ErrorAnswer;
        assert.deepEqual([response.status, error.code, error.param], [400, code, param]);
      });
    }

    it('bodies that are not what they say', async () => {
      for (const [type, code] of [
        ['application/json', 'invalid_json'],
        ['multipart/form-data', 'invalid_multipart'],
        ['multipart/form-data; boundary=x', 'invalid_multipart'],
        ['text/plain', 'unsupported_content_type'],
      ] as const) {
        const response = await post('/images/edits', 'nonsense', { 'Content-Type': type });
        const { error } = (await response.json()) as ErrorAnswer;
        assert.deepEqual([response.status, error.code], [400, code], type);
      }
    });

    it('a body above 128 MB', async () => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const request = httpRequest(`${gateway.url}/images/edits`, {
          method: 'POST',
          headers: {
            Authorization: `Bearer ${apiKey}`,
            'Content-Type': 'application/json',
            'Content-Length': 129 * 1024 * 1024,
          },
        });
        request.on('response', (response) => {
          resolve(response.statusCode);
          request.destroy();
        });
        request.on('error', reject);
        request.write('{');
      });
      assert.equal(status, 413);
    });

    it('another method', async () => {
      assert.equal((await fetch(`${gateway.url}/images/edits`)).status, 404);
      assert.equal((await fetch(gateway.url.replace('/v1', '/models'))).status, 404);
    });
  });

  describe('with links', () => {
    let pictures: Server;
    let address: string;

    before(async () => {
      pictures = createServer((request, response) => {
        if (request.url === '/moved') response.writeHead(302, { Location: '/photo' }).end();
        else if (request.url === '/away') {
          response.writeHead(302, { Location: 'http://192.0.2.1/photo' }).end();
        } else if (request.url === '/photo') response.end(jpeg);
        else response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => pictures.listen(0, '127.0.0.1', resolve));
      address = `http://127.0.0.1:${(pictures.address() as AddressInfo).port}`;
    });

    after(() => {
      pictures.closeAllConnections();
      pictures.close();
    });

    it('downloads the picture, after a redirect too', async () => {
      for (const path of ['/photo', '/moved']) {
        const answer = await chat('black and white', address + path);
        assert.ok(answer.choices?.[0]?.message.images?.[0]);
        assert.equal(last().pictures, 1);
      }
    });

    it('refuses what is not there, and redirects to other machines', async () => {
      for (const path of ['/nothing', '/away']) {
        await assert.rejects(chat('blur', address + path), {
          status: 400,
          code: 'invalid_image_url',
        });
      }
    });

    it('answers with links that need no key', async () => {
      gateway.answerWith = 'url';
      const { data } = await edit('invert');
      assert.equal(data?.[0]?.b64_json, undefined);
      const url = data?.[0]?.url ?? '';
      const response = await fetch(url);
      assert.equal(response.headers.get('content-type'), 'image/png');
      const { width } = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
      assert.equal(width, 1536);
      const answer = await chat('invert', dataUrl(png));
      const link = answer.choices?.[0]?.message.images?.[0]?.image_url.url ?? '';
      assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/media\//);
      const whole = await fetch(link);
      assert.equal(whole.status, 200);
      // Left unread, it would trip over https://github.com/nodejs/undici/issues/5360
      await whole.arrayBuffer();
      assert.equal((await fetch(`${link}0`)).status, 404);
    });
  });

  it('only talks where no image is asked for', async () => {
    const { choices } = await chat('blur', dataUrl(png), { modalities: undefined });
    assert.equal(typeof choices?.[0]?.message.content, 'string');
    assert.equal(choices?.[0]?.message.images, undefined);
  });

  it('answers another number of pictures, and streams unasked, where it is told to', async () => {
    gateway.pictureCount = 2;
    const { data = [] } = await edit('invert');
    assert.equal(new Set(data.map(({ b64_json }) => b64_json)).size, 2);

    gateway.unaskedPartials = 1;
    const response = await post(
      '/images/edits',
      JSON.stringify({ model: gptImage, prompt: 'invert', images: [{ image_url: dataUrl(png) }] }),
      { 'Content-Type': 'application/json' },
    );
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    const text = await response.text();
    const pair = ['image_edit.partial_image', 'image_edit.completed'];
    assert.deepEqual(
      [...text.matchAll(/^event: (.+)$/gm)].map(([, type]) => type),
      [...pair, ...pair],
    );
    assert.ok(text.endsWith('\n\ndata: [DONE]\n\n'));
    const whole = [...text.matchAll(/^data: (\{.+)$/gm)]
      .map(([, event = '']) => JSON.parse(event) as { type: string; b64_json: string })
      .filter(({ type }) => type === 'image_edit.completed');
    assert.deepEqual(
      whole.map(({ b64_json }) => b64_json),
      data.map(({ b64_json }) => b64_json),
    );
  });

  it('turns edits away while it is busy, and says for how long', async () => {
    gateway.busySeconds = 12;
    await assert.rejects(edit('invert'), (error) => {
      assert.ok(error instanceof APIError);
      assert.equal(error.status, 429);
      assert.equal(error.code, 'rate_limit_exceeded');
      assert.equal(error.type, 'rate_limit_error');
      assert.equal((error.headers as Headers).get('retry-after'), '12');
      return true;
    });
    assert.equal(last().billed, false);
    gateway.busySeconds = undefined;
    await edit('invert');
  });

  it('remembers a client that went away, and charges it', async () => {
    gateway.delayMs = 5000;
    const abort = new AbortController();
    const count = gateway.requests.length;
    const answer = client.post('/images/edits', {
      body: { model: gptImage, prompt: 'blur', images: [{ image_url: dataUrl(png) }] },
      signal: abort.signal,
    });
    const gone = assert.rejects(answer);
    while (!gateway.requests[count]?.billed) await sleep(5);
    abort.abort();
    await gone;
    while (!last().aborted) await sleep(5);
    assert.deepEqual([last().status, last().billed, last().aborted], [0, true, true]);
  });

  it('counts what is used', async () => {
    const used = async () => {
      const balance = await client.get<{ currency: string; token: { used: number } }>('/balance');
      assert.equal(balance.currency, 'USD');
      return balance.token.used;
    };
    const before = await used();
    await edit('blur');
    assert.equal(Number(((await used()) - before).toFixed(6)), 0.012);
    await chat('Edit this image: blur', dataUrl(png));
    assert.equal(Number(((await used()) - before).toFixed(6)), 0.02102);
  });

  it('says what an edit costs, unless it was told not to', async () => {
    const costs = async () => {
      const [images, completion] = [
        await edit('blur', png, { n: 2 }),
        await chat('blur', dataUrl(png)),
      ];
      return [images.usage?.['cost_usd'], completion.usage?.['cost_usd']];
    };
    assert.deepEqual(await costs(), [0.024, 0.00902]);
    gateway.tellsCost = false;
    assert.deepEqual(await costs(), [undefined, undefined]);
  });

  it('has no balance when it was told so', async () => {
    gateway.hasBalance = false;
    await assert.rejects(client.get('/balance'), (error) => {
      assert.ok(error instanceof APIError);
      assert.deepEqual([error.status, error.code], [404, 'invalid_url']);
      return true;
    });
  });

  it('closes at once, though an answer is due', async () => {
    const other = await startGateway({ apiKey, delayMs: 60_000 });
    const answer = fetch(`${other.url}/images/edits`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        model: gptImage,
        prompt: 'blur',
        images: [{ image_url: dataUrl(png) }],
      }),
    });
    const gone = assert.rejects(answer);
    while (!other.requests[0]?.billed) await sleep(5);
    await other.close();
    await gone;
  });
});
