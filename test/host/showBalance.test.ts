// What the gateway is asked by command: the balance, and which models it has.
import assert from 'node:assert/strict';
import { runRefreshModels, runShowBalance } from '../../src/edit/commands';
import { until } from '../support/until';
import { HostTrip } from './support/hostTrip';

describe('a question to the gateway', () => {
  let trip: HostTrip;
  let host: string;
  beforeEach(async () => {
    trip = await HostTrip.start();
    ({ host } = new URL(trip.gateway.url));
  });
  afterEach(() => trip.end());

  const asked = (path: string) =>
    trip.gateway.requests.filter((request) => request.path === path).length;

  it('shows the balance', async () => {
    void trip.run(() => runShowBalance(trip.services));
    const { text } = await trip.user.told(/^Balance at /);
    assert.equal(
      text,
      `Balance at ${host}: $15.00, $0.00 used so far. This key may spend $15.00 more.`,
    );
    assert.equal(asked('/v1/balance'), 1);
  });

  it('says why it has no balance', async () => {
    trip.gateway.hasBalance = false;
    void trip.run(() => runShowBalance(trip.services));
    await trip.user.told(/^Show Balance: .* Nothing was charged\.$/s);
  });

  it('refreshes the models, which are offered from then on', async () => {
    void trip.run(() => runRefreshModels(trip.services));
    const { text } = await trip.user.told(/offers/);
    assert.equal(text, `${host} offers 4 models that can edit images.`);
    assert.equal(asked('/v1/models'), 1);

    void trip.begin('photo.jpg');
    const question = await trip.user.asked('Edit photo.jpg');
    await question.type('make it brighter');
    await question.enter();
    const models = await trip.user.asked('Choose a model');
    const labels = () => models.rows().map(({ label }) => label);
    await until('model', () => labels().includes('openai/gpt-image-1.5'), labels);
    // Today it is not asked again.
    assert.equal(asked('/v1/models'), 1);

    void trip.run(() => runRefreshModels(trip.services));
    await until('question', () => asked('/v1/models') === 2);
  });
});
