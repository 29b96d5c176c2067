// Where the key comes from, and where it may go.
import assert from 'node:assert/strict';
import { ConfigurationTarget, workspace } from 'vscode';
import { ApiKeys } from '../../src/edit/apiKeys';
import { temporaryServices } from './support/temporaryServices';

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
    const elsewhere = new ApiKeys(services.context.secrets);
    await services.context.secrets.store(`retouch.apiKey:${one}`, 'sk-other');
    assert.equal((await keys.get(one)).key, 'sk-other');
    await elsewhere.remove(one);
    assert.equal((await keys.get(one)).key, undefined);
    elsewhere.dispose();
  });

  it('comes from the environment where there is no stored one', async () => {
    process.env['AIGATE_API_KEY'] = ' sk-environment ';
    assert.deepEqual(await keys.get(one), { key: 'sk-environment', source: 'environment' });
    await services.context.secrets.store(`retouch.apiKey:${one}`, 'sk-one');
    assert.deepEqual(await keys.get(one), { key: 'sk-one', source: 'stored' });
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
    const unlucky = new ApiKeys(broken);
    assert.deepEqual(await unlucky.get(one), { key: undefined, source: 'none' });
    unlucky.dispose();
  });
});
