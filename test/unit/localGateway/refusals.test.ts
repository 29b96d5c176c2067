// What the local gateway refuses, with the status, code and field that the contract names.
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import {
  apiKey,
  dataUrl,
  gemini,
  gptImage,
  last,
  post,
  useGateway,
  type ErrorAnswer,
} from './support/gatewayInUse';

describe('The local gateway', () => {
  const local = useGateway();

  describe('refuses', () => {
    const image = () => ({ image_url: dataUrl(local.png) });
    const user = (...parts: object[]) => [
      { role: 'user', content: [{ type: 'text', text: 'blur' }, ...parts] },
    ];
    const part = () => ({ type: 'image_url', image_url: { url: dataUrl(local.png) } });
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
        body: () => ({ ...good(), images: dataUrl(local.png) }),
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
          messages: user({ type: 'image_url', image_url: dataUrl(local.png) }),
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
          images: [{ image_url: dataUrl(local.png.subarray(0, local.png.length - 40)) }],
        }),
        status: 400,
        code: 'invalid_image_file',
        param: 'images[0].image_url',
      },
      {
        what: 'a data URL whose type is wrong',
        body: () => ({ ...good(), images: [{ image_url: dataUrl(local.jpeg, 'image/png') }] }),
        status: 400,
        code: 'unsupported_file_mimetype',
        param: 'images[0].image_url',
      },
      {
        what: 'image/jpg, which is no type',
        body: () => ({ ...good(), images: [{ image_url: dataUrl(local.jpeg, 'image/jpg') }] }),
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
        const response = await post(local, path, JSON.stringify(body()), {
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
        assert.equal(last(local).billed, false);
      });
    }

    for (const [what, headers] of [
      ['no key', {}],
      ['a wrong key', { Authorization: 'Bearer sk-other' }],
      ['a key without Bearer', { Authorization: apiKey }],
    ] as const) {
      it(what, async () => {
        const response = await fetch(`${local.gateway.url}/images/edits`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify(good()),
        });
        const { error } = (await response.json()) as ErrorAnswer;
        assert.deepEqual([response.status, error.type], [401, 'authentication_error']);
        assert.equal((await fetch(`${local.gateway.url}/balance`, { headers })).status, 401);
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
        () => form(local.png, 'a.png', 'application/octet-stream'),
        'unsupported_file_mimetype',
        'image[]',
      ],
      [
        'a JPEG part called image/png',
        () => form(local.jpeg, 'a.png', 'image/png'),
        'unsupported_file_mimetype',
        'image[]',
      ],
      [
        'a JPEG part whose name ends in .png',
        () => form(local.jpeg, 'a.png', 'image/jpeg'),
        'unsupported_file_mimetype',
        'image[]',
      ],
      [
        'an unknown file part',
        () => form(local.png, 'a.png', 'image/png', 'images'),
        'unknown_parameter',
        'images',
      ],
      [
        'image twice',
        () => {
          const data = form(local.png, 'a.png', 'image/png', 'image');
          data.append('image', new Blob([local.png], { type: 'image/png' }), 'b.png');
          return data;
        },
        'duplicate_parameter',
        'image',
      ],
      [
        'a form without a picture',
        () => {
          const data = form(local.png, 'a.png', 'image/png');
          data.delete('image[]');
          return data;
        },
        'missing_required_parameter',
        'image',
      ],
    ];
    for (const [what, data, code, param] of forms) {
      it(what, async () => {
        const response = await post(local, '/images/edits', data());
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
        const response = await post(local, '/images/edits', 'nonsense', { 'Content-Type': type });
        const { error } = (await response.json()) as ErrorAnswer;
        assert.deepEqual([response.status, error.code], [400, code], type);
      }
    });

    it('a body above 128 MB', async () => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const request = httpRequest(`${local.gateway.url}/images/edits`, {
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
      assert.equal((await fetch(`${local.gateway.url}/images/edits`)).status, 404);
      assert.equal((await fetch(local.gateway.url.replace('/v1', '/models'))).status, 404);
    });
  });
});
