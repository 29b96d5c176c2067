// The balance in the status bar: when the gateway is asked for it, and when it is not.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { Disposable, commands, window, workspace } from 'vscode';
import { BalanceItem } from '../../src/edit/balanceItem';
import { runShowBalance } from '../../src/edit/commands';
import type { Services } from '../../src/edit/services';
import { activate } from '../../src/extension';
import { startGateway, type LocalGateway } from '../gateway/server';
import { until } from '../support/until';
import { smallPng } from './support/pictures';
import { temporaryServices } from './support/temporaryServices';
import { HostTrip } from './support/hostTrip';

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
    const paths = () => gateway.requests.map(({ path }) => path);
    await until(`question ${times}`, () => gateway.requests.length >= times, paths);
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

describe('the item of the balance', () => {
  let trip: HostTrip;
  beforeEach(async () => {
    trip = await HostTrip.start();
  });
  afterEach(() => trip.end());

  const items = () => trip.items.all;
  const states = () => items().map(({ state }) => state);
  const seen = () => items().map(({ item, state }) => `${item.text} ${state}`);
  const asked = () => trip.gateway.requests.filter(({ path }) => path === '/v1/balance').length;

  /** In VS Code's words. */
  const words = (left: string, used: string) =>
    `Balance at ${new URL(trip.gateway.url).host}: ${left}, ${used} used so far. This key may spend ${left} more.`;

  it('says what is left, moves with each edit, and asks once more when it is clicked', async () => {
    const item = new BalanceItem(trip.services);
    try {
      await until('$15.00', () => seen().includes('$(credit-card) $15.00 shown'), seen);
      const shown = items()[0]?.item;
      const label = () => shown?.accessibilityInformation?.label;
      assert.equal(shown?.name, 'Retouch: Balance');
      assert.equal(label(), `Retouch: ${words('$15.00', '$0.00')}`);
      await trip.place('small.png', await smallPng());
      // Nobody looks at the picture, so that nothing has to compare it.
      trip.gateway.delayMs = 60_000;
      void trip.begin('small.png');
      await trip.answer('small.png', 'invert it', 'openai/gpt-image-2');
      (await trip.pages.titled('Compare: small.png')).close();
      trip.gateway.delayMs = 0;
      await until('$14.99', () => seen().includes('$(credit-card) $14.99 shown'), seen);
      assert.equal(label(), `Retouch: ${words('$14.99', '$0.01')}`);
      await trip.user.told('The edit of small.png is ready and not saved yet.');
      assert.equal(shown.command, 'retouch.showBalance');
      void trip.run(() => runShowBalance(trip.services));
      await trip.user.told(words('$14.99', '$0.01'));
      assert.equal(items().length, 1);
    } finally {
      item.dispose();
    }
    assert.deepEqual(states(), ['gone']);
  });

  it('comes and goes with its setting', async () => {
    await trip.set('balanceInStatusBar', true);
    await until('item', () => items().length === 1, seen);
    await trip.set('balanceInStatusBar', false);
    await until('end of the item', () => items()[0]?.state === 'gone', seen);
    assert.equal(items().length, 1);
  });

  for (const on of [true, false]) {
    it(`is ${on ? '' : 'not '}there from the start where its setting is ${on ? 'on' : 'off'}`, async () => {
      await trip.set('balanceInStatusBar', on);
      // The extension that is installed here has one as well then.
      const own = on ? 1 : 0;
      await until('item of the other', () => items().length === own, seen);
      const { context } = trip.services;
      const { createOutputChannel, registerWebviewPanelSerializer } = window;
      const { registerCommand } = commands;
      const nothing = () => new Disposable(() => undefined);
      // What is there once in a VS Code is the other's.
      Object.assign(window, {
        createOutputChannel: () => trip.services.log,
        registerWebviewPanelSerializer: nothing,
      });
      Object.assign(commands, { registerCommand: nothing });
      try {
        activate(context);
      } finally {
        Object.assign(window, { createOutputChannel, registerWebviewPanelSerializer });
        Object.assign(commands, { registerCommand });
      }
      try {
        if (on) {
          await until('$15.00', () => seen().includes('$(credit-card) $15.00 shown'), seen);
          assert.equal(items().length, 2);
        }
        assert.equal(asked(), own);
      } finally {
        Disposable.from(...context.subscriptions).dispose();
      }
      await until(
        'end of the item',
        () =>
          items()
            .slice(own)
            .every(({ state }) => state === 'gone'),
        seen,
      );
      assert.equal(items().length, 2 * own);
    });
  }
});
