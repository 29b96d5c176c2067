// Which route each model speaks, and that no model can reach the other one.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EditError } from '../../../src/gateway/errors';
import {
  builtInModels,
  catalogue,
  familyRoute,
  routes,
  type Model,
} from '../../../src/gateway/models';
import { requestEdit } from '../../../src/gateway/requestEdit';

const families: [string, Model['route'] | undefined][] = [
  ['openai/gpt-image-2', 'images/edits'],
  ['openai/gpt-image-1.5', 'images/edits'],
  ['gpt-image-2.5-sunburst', 'images/edits'],
  ['openai/chatgpt-image-latest', 'images/edits'],
  ['google/gemini-3.1-flash-image-preview', 'chat/completions'],
  ['google/gemini-3-pro-image', 'chat/completions'],
  ['gemini-2.5-flash-image', 'chat/completions'],
  ['azure/my-gpt-image-2', 'images/edits'],
  ['openai.gpt-image-2', 'images/edits'],
  ['google.gemini-3-pro-image', 'chat/completions'],
  ['google/gemini3-pro-image', 'chat/completions'],
  ['google/gemini-3-pro', undefined],
  ['openai/gpt-5.5', undefined],
  ['black-forest-labs/flux-kontext', undefined],
];

describe('models', () => {
  for (const [id, route] of families) {
    it(`${id}: ${route ?? 'no known route'}`, () => assert.equal(familyRoute(id), route));
  }

  it('lists the built-in ones first, each once, and of the offered ones those that can edit', () => {
    const list = catalogue(
      [
        { id: 'acme/painter', route: 'chat/completions' },
        { id: 'openai/gpt-image-2', route: 'images/edits' },
      ],
      ['openai/gpt-5.5', 'openai/gpt-image-1.5', 'google/gemini-3-pro-image'],
    );
    assert.deepEqual(
      list.map(({ id, route }) => `${id} ${route}`),
      [
        ...builtInModels.map(({ id, route }) => `${id} ${route}`),
        'acme/painter chat/completions',
        'openai/gpt-image-1.5 images/edits',
      ],
    );
  });

  it("keeps a family's route against the user's settings", () => {
    const wrong: Model = { id: 'google/gemini-9-image', route: 'images/edits' };
    const [model] = catalogue([wrong], []).filter(({ id }) => id === wrong.id);
    assert.equal(model?.route, 'chat/completions');
  });

  describe('on the wrong route', () => {
    let server: Server;
    let baseUrl: string;
    let requests = 0;
    before(async () => {
      server = createServer((_request, response) => {
        requests++;
        response.end('{}');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    });
    after(() => new Promise((resolve) => server.close(resolve)));

    const known = catalogue(
      [],
      families.map(([id]) => id),
    );
    for (const { id, route } of known) {
      const other = routes.find((candidate) => candidate !== route)!;
      it(`${id} never reaches ${other}`, async () => {
        const edit = requestEdit(
          {
            model: { id, route: other },
            instruction: 'make it black and white',
            pictures: [{ bytes: new Uint8Array(10), mime: 'image/png', extension: 'png' }],
          },
          { baseUrl, apiKey: 'sk-test', timeout: 20_000 },
          {
            upload: {
              setting: 'auto',
              remembered: undefined,
              remember: () => assert.fail('nothing worked'),
            },
            signal: new AbortController().signal,
          },
        );
        await assert.rejects(
          edit,
          (error) =>
            error instanceof EditError && error.reason === 'model' && error.charge === 'none',
        );
        assert.equal(requests, 0);
      });
    }
  });
});
