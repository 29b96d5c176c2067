// The two questions before an edit: what can be escaped, and which models are offered.
import assert from 'node:assert/strict';
import { until } from '../support/until';
import { smallPng } from './support/pictures';
import { HostTrip } from './support/hostTrip';
import type { Question } from './support/user';

const minute = 60_000;

describe('the question before an edit', () => {
  let trip: HostTrip;
  beforeEach(async () => {
    trip = await HostTrip.start();
    await trip.place('small.png', await smallPng());
  });
  afterEach(() => trip.end());

  const labels = (question: Question) => question.rows().map(({ label }) => label);

  /** From the command to the list of models. */
  async function askForModel(instruction: string): Promise<Question> {
    void trip.begin('small.png');
    const question = await trip.user.asked('Edit small.png');
    await question.type(instruction);
    await question.enter();
    return trip.user.asked('Choose a model');
  }

  it('ends with nothing sent when Escape is pressed at the instruction', async () => {
    const ended = trip.begin('small.png');
    const question = await trip.user.asked('Edit small.png');
    assert.equal(question.placeholder, 'Describe the edit');
    await question.type('escape me');
    await question.escape();
    await ended;
    assert.deepEqual(trip.sent, []);
    assert.deepEqual(trip.pages.all, []);
    assert.equal(trip.user.isAsked, false);
  });

  it('ends with nothing sent when Escape is pressed at the model, and has the words the next time', async () => {
    await (await askForModel('escape me')).escape();
    await until('end of the question', () => !trip.user.isAsked);
    assert.deepEqual(trip.sent, []);
    assert.deepEqual(trip.pages.all, []);

    // What was typed comes back as the first recent instruction.
    void trip.begin('small.png');
    const again = await trip.user.asked('Edit small.png');
    assert.equal(again.value(), '');
    assert.equal(labels(again)[0], 'escape me');
    assert.deepEqual(trip.sent, []);
  });

  it('offers what the gateway offers, the last used model first in line', async () => {
    const question = await askForModel('look at the models');
    const offered = 'openai/gpt-image-1.5';
    const row = () => question.rows().find(({ label }) => label === offered);
    await until(`row ${offered}`, row, () => labels(question));
    assert.equal(row()?.description, 'images/edits');
    assert.ok(!labels(question).includes('openai/gpt-5.5'), String(labels(question)));
    assert.equal(question.active(), 'openai/gpt-image-2');
    trip.gateway.delayMs = minute;
    await question.choose(offered);
    await trip.untilSent();
    (await trip.user.sees('Editing small.png')).cancel();

    const again = await askForModel('again');
    await until(
      `active row ${offered}`,
      () => again.active() === offered,
      () => again.active(),
    );
    await again.enter();
    assert.equal((await trip.untilSent(2)).path, '/v1/images/edits');
    await until('its model', () => trip.sent[1]?.model);
    assert.equal(trip.sent[1]?.model, offered);
  });

  it('asks once which route an unknown model speaks', async () => {
    const unknown = 'acme/painter';
    await trip.set('model', unknown);
    const question = await askForModel('paint it');
    const row = question.rows().find(({ label }) => label === unknown);
    assert.equal(row?.description, 'route not known yet: asks which');
    await question.choose(unknown);
    const route = await trip.user.asked(`Which route does ${unknown} speak?`);
    assert.deepEqual(labels(route), ['images/edits', 'chat/completions']);
    await route.choose('chat/completions');
    // The local gateway has no such model, and says so.
    (await trip.user.told('small.png:')).press('Try Again');
    const again = await trip.user.asked('Edit small.png');
    assert.equal(again.value(), 'paint it');
    await again.enter();
    const models = await trip.user.asked('Choose a model');
    const known = models.rows().find(({ label }) => label === unknown);
    assert.equal(known?.description, 'chat/completions');
    await models.choose(unknown);
    await trip.user.told('small.png:');
    assert.deepEqual(
      trip.sent.map(({ path, model }) => [path, model]),
      Array(2).fill(['/v1/chat/completions', unknown]),
    );
  });

  it('ends with nothing sent when Escape is pressed at the route', async () => {
    await trip.set('model', 'acme/painter');
    await (await askForModel('paint it')).choose('acme/painter');
    await (await trip.user.asked('Which route does acme/painter speak?')).escape();
    await until('end of the question', () => !trip.user.isAsked);
    assert.deepEqual(trip.sent, []);
    assert.deepEqual(trip.pages.all, []);
  });
});
