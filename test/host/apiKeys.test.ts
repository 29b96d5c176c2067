// Where the key comes from, and where it may go.
import assert from 'node:assert/strict';
import { ConfigurationTarget, commands, workspace } from 'vscode';
import { ApiKeys } from '../../src/edit/apiKeys';
import { answerMessages } from './support/userAnswers';
import { smallPng } from './support/pictures';
import { temporaryServices } from './support/temporaryServices';
import { HostTrip, apiKey } from './support/hostTrip';

describe('the API key', () => {
  const one = 'https://one.example';
  const two = 'https://two.example';
  let keys: ApiKeys;
  let services: ReturnType<typeof temporaryServices>;
  beforeEach(() => {
    services = temporaryServices();
    keys = services.keys;
  });
  afterEach(() => {
    delete process.env['AIGATE_API_KEY'];
    services.log.dispose();
    keys.dispose();
  });

  it('is kept for the origin that it was entered for, and for no other', async () => {
    await services.context.secrets.store(`retouch.apiKey:${one}`, 'sk-one');
    assert.deepEqual(await keys.get(one), { key: 'sk-one', source: 'stored' });
    assert.deepEqual(await keys.get(two), { key: undefined, source: 'none' });
    assert.equal(await keys.remove(two), false);
    assert.equal(await keys.remove(one), true);
    assert.deepEqual(await keys.get(one), { key: undefined, source: 'none' });
  });

  it('is the one that was stored last, also by another window, and none once it was removed there', async () => {
    await services.context.secrets.store(`retouch.apiKey:${one}`, 'sk-one');
    assert.equal((await keys.get(one)).key, 'sk-one');
    const elsewhere = new ApiKeys(services.context.secrets, services.context.globalState);
    await services.context.secrets.store(`retouch.apiKey:${one}`, 'sk-other');
    assert.equal((await keys.get(one)).key, 'sk-other');
    await elsewhere.remove(one);
    assert.equal((await keys.get(one)).key, undefined);
    elsewhere.dispose();
  });

  it('comes from the environment where there is no stored one, for the default gateway alone', async () => {
    process.env['AIGATE_API_KEY'] = ' sk-environment ';
    const theDefault = 'https://api.aigate.shop';
    assert.deepEqual(await keys.get(theDefault), { key: 'sk-environment', source: 'environment' });
    assert.deepEqual(await keys.get(one), { key: undefined, source: 'unconfirmed environment' });
    await services.context.secrets.store(`retouch.apiKey:${one}`, 'sk-one');
    assert.deepEqual(await keys.get(one), { key: 'sk-one', source: 'stored' });
  });

  it('of the environment goes to another gateway when the user has said so for that, until it is removed', async () => {
    process.env['AIGATE_API_KEY'] = 'sk-environment';
    const said: string[] = [];
    for (const [label, mayHave, source] of [
      ['Send It', true, 'environment'],
      ['Use Another Key…', false, 'none'],
      [undefined, undefined, 'unconfirmed environment'],
    ] as const) {
      const answers = answerMessages(
        () => undefined,
        (message) => {
          said.push(message);
          return Promise.resolve(label) as Promise<string>;
        },
      );
      try {
        assert.equal(await keys.confirmEnvironment(one), mayHave);
      } finally {
        answers.restore();
      }
      const key = mayHave ? 'sk-environment' : undefined;
      assert.deepEqual(await keys.get(one), { key, source });
      // It is remembered, for that one.
      const later = new ApiKeys(services.context.secrets, services.context.globalState);
      assert.deepEqual(await later.get(one), { key, source });
      assert.equal((await later.get(two)).source, 'unconfirmed environment');
      later.dispose();
      await keys.remove(one);
      assert.equal((await keys.get(one)).source, 'unconfirmed environment');
    }
    assert.deepEqual(said, Array(3).fill('Send the API key in AIGATE_API_KEY to one.example?'));
  });

  it('moves out of the settings when it was pasted there, for the gateway of the user alone', async () => {
    const settings = () => workspace.getConfiguration('retouch');
    await settings().update('apiKey', ' sk-pasted ', ConfigurationTarget.Global);
    await keys.moveFromSettings(one);
    assert.equal(settings().inspect('apiKey')?.globalValue, undefined);
    assert.deepEqual(await keys.get(one), { key: 'sk-pasted', source: 'stored' });
    assert.deepEqual(await keys.get(two), { key: undefined, source: 'none' });

    await settings().update('apiKey', 'no key at all', ConfigurationTarget.Global);
    await keys.moveFromSettings(one);
    assert.equal(settings().inspect('apiKey')?.globalValue, undefined);
    assert.deepEqual(await keys.get(one), { key: 'sk-pasted', source: 'stored' });
  });

  it('may be asked for even where the keyring is broken', async () => {
    const broken = { ...services.context.secrets, get: () => Promise.reject(new Error('locked')) };
    const unlucky = new ApiKeys(broken, services.context.globalState);
    assert.deepEqual(await unlucky.get(one), { key: undefined, source: 'none' });
    unlucky.dispose();
  });
});

describe('somebody without an API key', () => {
  let trip: HostTrip;
  let origin: string;
  let host: string;
  beforeEach(async () => {
    trip = await HostTrip.start();
    ({ origin, host } = new URL(trip.gateway.url));
    await trip.place('small.png', await smallPng());
    await trip.services.keys.remove(origin);
  });
  afterEach(() => trip.end());

  const noKey = () => `Retouch has no API key for ${host} yet. Nothing was sent.`;

  it('is asked for one before an edit, and goes on where it was', async () => {
    void trip.begin('small.png');
    await trip.answer('small.png', 'make it black and white', 'openai/gpt-image-2');
    const message = await trip.user.told(noKey());
    assert.deepEqual(trip.sent, []);
    assert.deepEqual(trip.pages.all, []);
    message.press('Set API Key…');
    const question = await trip.user.asked('Set API Key');
    assert.equal(question.placeholder, 'sk-…');
    assert.equal(question.isPassword, true);
    await question.type(apiKey);
    await question.enter();
    const page = await trip.pages.titled('Compare: small.png');
    await page.untilReview();
    page.send({ type: 'accept', version: 0 });
    await trip.user.told('Saved small.edited.png');
    assert.deepEqual(await trip.made(), ['small.edited.png']);
    assert.deepEqual(
      trip.sent.map(({ authorized }) => authorized),
      [true],
    );
    assert.deepEqual(await trip.services.keys.get(origin), { key: apiKey, source: 'stored' });
  });

  describe('but one in the environment', () => {
    beforeEach(() => (process.env['AIGATE_API_KEY'] = apiKey));
    afterEach(() => delete process.env['AIGATE_API_KEY']);

    const question = () => trip.user.told(`Send the API key in AIGATE_API_KEY to ${host}?`);
    const begin = async () => {
      const ended = trip.begin('small.png');
      await trip.answer('small.png', 'make it black and white', 'openai/gpt-image-2');
      return { ended, dialog: await question() };
    };
    /** Whatever the question had to know of the gateway came without it. */
    const assertUnsent = () => {
      assert.ok(trip.gateway.requests.every(({ authorized }) => !authorized));
      assert.deepEqual([trip.sent, trip.pages.all], [[], []]);
    };

    it('is asked before that goes to another gateway than the default one, once', async () => {
      const { dialog } = await begin();
      assertUnsent();
      assert.deepEqual(dialog.buttons, ['Send It', 'Use Another Key…']);
      assert.match(dialog.detail, new RegExp(`names ${origin}`));
      dialog.press('Send It');
      const page = await trip.pages.titled('Compare: small.png');
      await page.untilReview();
      assert.deepEqual(
        trip.sent.map(({ authorized }) => authorized),
        [true],
      );
      page.send({ type: 'accept', version: 0 });
      await trip.user.told('Saved small.edited.png');
      await trip.edit('small.png', 'invert it', 'openai/gpt-image-2');
      assert.equal(trip.user.said.filter((text) => text.startsWith('Send the API key')).length, 1);
    });

    it('sends another one when they want that', async () => {
      const { dialog } = await begin();
      dialog.press('Use Another Key…');
      const input = await trip.user.asked('Set API Key');
      assertUnsent();
      process.env['AIGATE_API_KEY'] = 'sk-of-another-gateway';
      await input.type(apiKey);
      await input.enter();
      await (await trip.pages.titled('Compare: small.png')).untilReview();
      assert.deepEqual(await trip.services.keys.get(origin), { key: apiKey, source: 'stored' });
    });

    it('sends nothing where they escape, and is asked again then', async () => {
      const { ended, dialog } = await begin();
      dialog.dismiss();
      await ended;
      assertUnsent();
      assert.deepEqual(trip.user.said.length, 1);
      (await begin()).dialog.dismiss();
      assertUnsent();
    });
  });

  it('sends nothing where none is given', async () => {
    const ended = trip.begin('small.png');
    await trip.answer('small.png', 'make it black and white', 'openai/gpt-image-2');
    (await trip.user.told(noKey())).dismiss();
    await ended;
    assert.deepEqual(trip.sent, []);
    assert.deepEqual(trip.pages.all, []);
    assert.deepEqual(trip.user.said, [noKey()]);
  });

  it('sets one with a command, which is kept, and removes it when it is no more wanted', async () => {
    // The extension's own commands, and VS Code's own store.
    const run = (command: string) =>
      void trip.run(() => commands.executeCommand(`retouch.${command}`));
    const asked = () => trip.gateway.requests.map(({ path, authorized }) => [path, authorized]);
    run('setApiKey');
    const question = await trip.user.asked('Set API Key');
    await question.type(apiKey);
    await question.enter();
    await trip.user.told(`The API key for ${host} is set.`);
    run('showBalance');
    await trip.user.told(`Balance at ${host}: $`);
    assert.deepEqual(asked(), [['/v1/balance', true]]);

    run('removeApiKey');
    await trip.user.told(`The API key for ${host} is removed.`);
    run('showBalance');
    await trip.user.told(noKey());
    assert.deepEqual(asked(), [['/v1/balance', true]]);
    run('removeApiKey');
    await trip.user.told(`There is no stored API key for ${host}.`);
  });
});
