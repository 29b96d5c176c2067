// The models to choose from, with a real gateway that is asked what it has, and what is kept of its answer.
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import {
  listModels,
  refreshOffered,
  refreshOfferedWhenOld,
  rememberRoute,
} from '../../../src/edit/catalogue';
import type { Services } from '../../../src/edit/services';
import type { Settings } from '../../../src/edit/settings';
import type { Connection } from '../../../src/gateway/connection';
import { EditError } from '../../../src/gateway/errors';
import { startGateway, type LocalGateway } from '../../gateway/server';
import { StoredState } from './support/storedState';

const builtIn = [
  'openai/gpt-image-2',
  'google/gemini-3.1-flash-image-preview',
  'google/gemini-3-pro-image',
];

/** What the local gateway has beside these, of all that can edit images. */
const offered = 'openai/gpt-image-1.5';

describe('the catalogue', () => {
  let gateway: LocalGateway;
  let connection: Connection;
  let state: StoredState;
  let said: string[];
  let services: Services;
  let settings: Settings;

  before(async () => {
    gateway = await startGateway({ apiKey: 'sk-test' });
    connection = { baseUrl: gateway.url, apiKey: 'sk-test', timeout: 20_000 };
  });
  after(() => gateway.close());
  beforeEach(() => {
    state = new StoredState();
    said = [];
    services = {
      context: { globalState: state },
      log: { info: (line: string) => said.push(line) },
    } as unknown as Services;
    settings = { baseUrl: gateway.url, model: '', models: [] } as unknown as Settings;
  });

  const ids = (more: Partial<Settings> = {}) =>
    listModels(services, { ...settings, ...more }).map(({ id }) => id);
  const asked = () => gateway.requests.filter(({ path }) => path === '/v1/models').length;

  it('has the built-in models, each with its route, before anyone was asked', () => {
    const before = asked();
    assert.deepEqual(listModels(services, settings), [
      { id: 'openai/gpt-image-2', route: 'images/edits' },
      { id: 'google/gemini-3.1-flash-image-preview', route: 'chat/completions' },
      { id: 'google/gemini-3-pro-image', route: 'chat/completions' },
    ]);
    assert.equal(asked(), before);
  });

  it('has what the gateway offers as well, of what can edit images', async () => {
    // Two of its models cannot.
    assert.equal(await refreshOffered(services, connection), 4);
    assert.deepEqual(ids(), [...builtIn, offered]);
    assert.deepEqual(listModels(services, settings).at(-1), { id: offered, route: 'images/edits' });
  });

  it('has the user’s models between them, with what they can do', async () => {
    await refreshOffered(services, connection);
    const capabilities = { maxPictures: 2 };
    const painter = { id: 'acme/painter', route: 'images/edits', capabilities } as const;
    const models = listModels(services, { ...settings, models: [painter] });
    assert.deepEqual(models[3], painter);
    assert.deepEqual(
      models.map(({ id }) => id),
      [...builtIn, 'acme/painter', offered],
    );
  });

  it('has nothing of what another gateway offers, and keeps both', async () => {
    const other = { baseUrl: 'https://other.example/v1' };
    await state.update('offeredModels', {
      [other.baseUrl]: { ids: ['other/gpt-image-9'], askedAt: 5 },
    });
    await refreshOffered(services, connection);
    assert.deepEqual(ids(), [...builtIn, offered]);
    assert.deepEqual(ids(other), [...builtIn, 'other/gpt-image-9']);
    assert.deepEqual(ids({ baseUrl: 'https://third.example/v1' }), builtIn);
  });

  it('loses what the gateway no longer offers, but for the model that is set', async () => {
    const gone = 'openai/gpt-image-0';
    await state.update('offeredModels', { [gateway.url]: { ids: [gone], askedAt: 0 } });
    assert.deepEqual(ids(), [...builtIn, gone]);
    await refreshOffered(services, connection);
    assert.deepEqual(ids(), [...builtIn, offered]);
    assert.deepEqual(ids({ model: gone }), [gone, ...builtIn, offered]);
  });

  it('begins with a model that is set and that nobody has, whose route is asked for once', async () => {
    const model = 'acme/painter';
    const set = { ...settings, model };
    assert.deepEqual(listModels(services, set)[0], { id: model, route: undefined });
    await rememberRoute(services, { id: 'acme/other', route: 'images/edits' });
    await rememberRoute(services, { id: model, route: 'chat/completions' });
    assert.deepEqual(listModels(services, set)[0], { id: model, route: 'chat/completions' });
    // It is not offered where it is not set.
    assert.deepEqual(ids(), builtIn);
    // One that is in the list stays in its place.
    assert.deepEqual(ids({ model: builtIn[2]! }), builtIn);
  });

  it('remembers no route that a model’s family fixes', async () => {
    await rememberRoute(services, { id: 'x/gpt-image-7', route: 'chat/completions' });
    assert.deepEqual(state.keys(), []);
    const set = { ...settings, model: 'x/gpt-image-7' };
    assert.deepEqual(listModels(services, set)[0], { id: 'x/gpt-image-7', route: 'images/edits' });
  });

  for (const kept of [
    [],
    'text',
    { [0]: 1 },
    (url: string) => ({ [url]: null }),
    (url: string) => ({ [url]: { ids: 'x/gpt-image-1', askedAt: 5 } }),
    (url: string) => ({ [url]: { ids: ['x/gpt-image-1'] } }),
    (url: string) => ({ [url]: { ids: [7, null, {}], askedAt: 5 } }),
  ]) {
    const kind = typeof kept === 'function' ? kept('url') : kept;
    it(`is not spoilt by what another version kept: ${JSON.stringify(kind)}`, async () => {
      await state.update('offeredModels', typeof kept === 'function' ? kept(gateway.url) : kept);
      assert.deepEqual(ids(), builtIn);
    });
  }

  it('asks the gateway once a day', async () => {
    const day = 24 * 60 * 60 * 1000;
    const before = asked();
    mock.timers.enable({ apis: ['Date'], now: 10 * day });
    try {
      await refreshOfferedWhenOld(services, connection);
      assert.equal(asked(), before + 1);
      assert.deepEqual(said, [`${gateway.url}/models: 4 models can edit images`]);
      mock.timers.setTime(11 * day - 1);
      await refreshOfferedWhenOld(services, connection);
      assert.equal(asked(), before + 1);
      mock.timers.setTime(11 * day);
      await refreshOfferedWhenOld(services, connection);
      assert.equal(asked(), before + 2);
      // The clock begins anew with each answer.
      mock.timers.setTime(12 * day - 1);
      await refreshOfferedWhenOld(services, connection);
      assert.equal(asked(), before + 2);
    } finally {
      mock.timers.reset();
    }
  });

  it('keeps what it knows where the gateway cannot be asked, in silence or not', async () => {
    const closed = await startGateway({ apiKey: 'sk-test' });
    const gone = { ...connection, baseUrl: closed.url };
    await closed.close();
    await state.update('offeredModels', { [gone.baseUrl]: { ids: [offered], askedAt: 5 } });
    await refreshOfferedWhenOld(services, gone);
    assert.equal(said.length, 1);
    assert.ok(said[0]?.startsWith(`${gone.baseUrl}/models could not be asked: `), said[0]);
    assert.deepEqual(ids({ baseUrl: gone.baseUrl }), [...builtIn, offered]);
    // Whoever asks for it is told.
    await assert.rejects(
      refreshOffered(services, gone),
      (error) => error instanceof EditError && error.reason === 'unreachable',
    );
    assert.deepEqual(ids({ baseUrl: gone.baseUrl }), [...builtIn, offered]);
  });
});
