// The balance in the status bar: when the gateway is asked for it, and when it is not.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { workspace } from 'vscode';
import { BalanceItem } from '../../src/edit/balanceItem';
import type { Services } from '../../src/edit/services';
import { startGateway, type LocalGateway } from '../gateway/server';
import { temporaryServices } from './support/temporaryServices';

const apiKey = 'sk-host-test';

describe('the balance in the status bar', () => {
  let gateway: LocalGateway;
  let services: Services;
  before(async () => {
    gateway = await startGateway({ apiKey });
    services = temporaryServices();
    await workspace.getConfiguration('retouch').update('baseUrl', gateway.url, true);
  });
  after(async () => {
    await workspace.getConfiguration('retouch').update('baseUrl', undefined, true);
    services.keys.dispose();
    services.log.dispose();
    await gateway.close();
  });

  const asked = async (times: number) => {
    const deadline = Date.now() + 30_000;
    while (gateway.requests.length < times && Date.now() < deadline) await delay(20);
    // A question too many would come within this time.
    await delay(200);
    assert.deepEqual(
      gateway.requests.map(({ path, authorized }) => [path, authorized]),
      Array(times).fill(['/v1/balance', true]),
    );
  };

  it('is asked with a key alone, again after each edit, and no more once it is gone', async () => {
    const item = new BalanceItem(services);
    await asked(0);
    await services.context.secrets.store(`retouch.apiKey:${new URL(gateway.url).origin}`, apiKey);
    services.didEdit.fire();
    await asked(1);
    services.didEdit.fire();
    await asked(2);
    // It says so, and goes on.
    gateway.hasBalance = false;
    services.didEdit.fire();
    await asked(3);
    item.dispose();
    services.didEdit.fire();
    await asked(3);
  });
});
