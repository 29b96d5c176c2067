// The options of a model: set through the gear or the command, sent as they were set, and said beside what edits cost.
import assert from 'node:assert/strict';
import { until } from '../support/until';
import { runModelOptions } from '../../src/edit/commands';
import { smallPng } from './support/pictures';
import { HostTrip } from './support/hostTrip';
import type { Question } from './support/user';

const gptImage = 'openai/gpt-image-2';
const gemini = 'google/gemini-3.1-flash-image-preview';
const minute = 60_000;

let trip: HostTrip;

async function start(): Promise<void> {
  trip = await HostTrip.start();
  await trip.place('small.png', await smallPng());
}

/** The row with this label; undefined where there is none. */
const row = (question: Question, label: string) =>
  question.rows().find((one) => one.label === label);

/** From the command to the list of models. */
async function askForModel(instruction: string): Promise<Question> {
  void trip.begin('small.png');
  const question = await trip.user.asked('Edit small.png');
  await question.type(instruction);
  await question.enter();
  return trip.user.asked('Choose a model');
}

/** From the list of models to the end of the edit. @returns what the panel says of its cost */
async function send(models: Question, model: string): Promise<string> {
  await models.choose(model);
  const page = await trip.pages.titled('Compare: small.png');
  const { rounds } = await page.untilState(
    'that knows what it cost',
    ({ phase, rounds: [round] }) => phase === 'review' && /\$|unknown/.test(round?.usage ?? ''),
  );
  page.send({ type: 'discard' });
  await page.untilClosed();
  return rounds[0]?.usage ?? '';
}

describe('options', () => {
  beforeEach(start);
  afterEach(() => trip.end());

  /** The last edit that was sent, without what every edit has. */
  const sentOptions = (): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(trip.sent.at(-1)?.body as object).filter(
        ([name]) => !['model', 'prompt', 'images', 'messages', 'modalities'].includes(name),
      ),
    );

  it('are set through the gear and sent as they were set; another model has its own', async () => {
    const models = await askForModel('make it brighter');
    assert.equal(row(models, gptImage)?.detail, undefined);
    await models.press('Options…', gptImage);
    let options = await trip.user.asked(`Options of ${gptImage}`);
    assert.equal(row(options, 'Quality (quality)')?.description, 'not sent');
    assert.equal(row(options, 'Reset'), undefined);
    await options.choose('Quality (quality)');
    await (await trip.user.asked(`Quality of ${gptImage}`)).choose('high');
    options = await trip.user.asked(`Options of ${gptImage}`);
    assert.equal(row(options, 'Quality (quality)')?.description, 'high');
    await options.choose('Done');
    const again = await trip.user.asked('Choose a model');
    assert.equal(again.active(), gptImage);
    assert.equal(row(again, gptImage)?.detail, 'quality high');
    assert.equal(row(again, gptImage)?.description, 'images/edits');
    await send(again, gptImage);
    assert.deepEqual(sentOptions(), { quality: 'high' });

    await send(await askForModel('make it darker'), gemini);
    assert.deepEqual(sentOptions(), {});
    // What the last such edit cost is said before the next one.
    const third = await askForModel('blur it');
    assert.equal(row(third, gptImage)?.detail, 'quality high · last edit $0.0120');
  });

  it('that are typed are refused until they are what the model takes, and sent with the others', async () => {
    await trip.services.context.globalState.update('options', { [gptImage]: { quality: 'high' } });
    const models = await askForModel('make it brighter');
    await models.press('Options…', gptImage);
    await (await trip.user.asked(`Options of ${gptImage}`)).choose('Size (size)');
    const sizes = await trip.user.asked(`Size of ${gptImage}`);
    const range = row(sizes, 'Type a value…')?.description;
    assert.equal(range, 'WIDTHxHEIGHT in multiples of 16, such as 2048x1152');
    await sizes.choose('Type a value…');
    const box = await trip.user.asked(`Size of ${gptImage}`);
    assert.deepEqual(box.rows(), []);
    await box.type('1000x1000');
    await box.enter();
    await until(
      'refusal',
      () => /multiples of 16, not “1000x1000”/.test(box.problem() ?? ''),
      () => box.problem(),
    );
    await box.type('1536x864');
    assert.equal(box.problem(), undefined);
    await box.enter();
    const options = await trip.user.asked(`Options of ${gptImage}`);
    assert.equal(row(options, 'Size (size)')?.description, '1536x864');
    await options.choose('Done');
    const again = await trip.user.asked('Choose a model');
    assert.equal(row(again, gptImage)?.detail, 'size 1536x864 · quality high');
    trip.gateway.delayMs = minute;
    await again.choose(gptImage);
    const request = await trip.untilSent();
    await until('work on it', () => request.billed);
    assert.deepEqual(sentOptions(), { size: '1536x864', quality: 'high' });
  });

  it('that do not go with the others say so, and cannot be chosen', async () => {
    const models = await askForModel('make it brighter');
    // The button of the list is for the active row: rows have no key for their own.
    assert.equal(models.active(), gptImage);
    await models.press('Options…');
    const options = await trip.user.asked(`Options of ${gptImage}`);
    await options.choose('Compression quality (output_compression)');
    const values = await trip.user.asked(`Compression quality of ${gptImage}`);
    assert.match(
      row(values, 'Type a value…')?.description ?? '',
      /needs output_format jpeg or webp/,
    );
    await values.choose('Type a value…');
    // It is the same question still.
    assert.equal(await trip.user.asked(`Compression quality of ${gptImage}`), values);
    await values.press('Back');
    const back = await trip.user.asked(`Options of ${gptImage}`);
    assert.ok(row(back, 'Number of pictures (n)'));
    assert.equal(row(back, 'Compression quality (output_compression)')?.description, 'not sent');
    await back.press('Back');
    await trip.user.asked('Choose a model');
    assert.deepEqual(trip.sent, []);
  });

  it('are set and reset by a command alone', async () => {
    await trip.services.context.globalState.update('options', {
      [gptImage]: { size: '1536x864', quality: 'high' },
    });
    const ended = trip.run(() => runModelOptions(trip.services));
    const models = await trip.user.asked('Model Options');
    assert.equal(row(models, gptImage)?.detail, 'size 1536x864 · quality high');
    assert.equal(row(models, gemini)?.detail, undefined);
    await models.choose(gptImage);
    const options = await trip.user.asked(`Options of ${gptImage}`);
    assert.equal(row(options, 'Size (size)')?.description, '1536x864');
    await options.choose('Reset');
    const reset = await trip.user.asked(`Options of ${gptImage}`);
    assert.equal(row(reset, 'Reset'), undefined);
    assert.equal(row(reset, 'Quality (quality)')?.description, 'not sent');
    await reset.choose('Done');
    const after = await trip.user.asked('Model Options');
    assert.equal(row(after, gptImage)?.detail, undefined);
    await after.escape();
    await ended;

    await send(await askForModel('blur it'), gptImage);
    assert.deepEqual(sentOptions(), {});
  });

  for (const open of ['Quality (quality)', 'Size (size)', undefined]) {
    it(`are left with Escape ${open === undefined ? 'in their list' : `at ${open}`}, and nothing is sent`, async () => {
      const models = await askForModel('escape me');
      await models.press('Options…', gptImage);
      let question = await trip.user.asked(`Options of ${gptImage}`);
      if (open !== undefined) {
        await question.choose(open);
        question = await trip.user.asked(open.replace(/ \(.*/, ` of ${gptImage}`));
      }
      if (open === 'Size (size)') {
        await question.choose('Type a value…');
        question = await trip.user.asked(`Size of ${gptImage}`);
        assert.deepEqual(question.rows(), []);
      }
      await question.escape();
      await until('end of what was begun', () => !trip.isUnderWay);
      assert.equal(trip.user.isAsked, false);
      assert.deepEqual(trip.sent, []);
      assert.deepEqual(trip.pages.all, []);
    });
  }
});

describe('what an edit cost', () => {
  beforeEach(start);
  afterEach(() => trip.end());

  const asked = () => trip.gateway.requests.filter(({ path }) => path === '/v1/balance').length;
  const cost = async (model: string) => send(await askForModel('invert it'), model);
  /** The same, sent once the gateway has said what the key has spent so far: later that is of no use. */
  const costOfUntold = async (model: string) => {
    const models = await askForModel('invert it');
    const answer = () => trip.gateway.requests.find(({ path }) => path === '/v1/balance');
    await until('answer to what was spent', () => answer()?.sentAt, answer);
    return send(models, model);
  };

  it('is what the gateway says', async () => {
    assert.match(await cost(gptImage), /tokens · \$0\.0120$/);
    const before = asked();
    // As long as the gateway tells, it is not asked what the key has spent.
    trip.gateway.tellsCost = false;
    assert.match(await cost(gemini), /tokens · cost unknown$/);
    assert.equal(asked(), before);
  });

  it('is what the key has spent, where the gateway does not say', async () => {
    trip.gateway.tellsCost = false;
    assert.match(await costOfUntold(gemini), /tokens · \$0\.0090$/);
    assert.equal(asked(), 2);

    // While the next one runs, the panel says what this one cost.
    trip.gateway.delayMs = minute;
    await (await askForModel('blur it')).choose(gemini);
    const page = await trip.pages.titled('Compare: small.png');
    const state = await page.untilState('that edits', ({ phase }) => phase === 'editing');
    assert.equal(state.rounds[0]?.usage, 'last edit $0.0090');
    page.send({ type: 'cancel' });
    await trip.user.told('Cancelled the edit of small.png');
  });

  it('is unknown where there is no balance, which is asked for once', async () => {
    Object.assign(trip.gateway, { tellsCost: false, hasBalance: false });
    assert.match(await costOfUntold(gptImage), /tokens · cost unknown$/);
    assert.match(await cost(gptImage), /tokens · cost unknown$/);
    assert.equal(asked(), 1);
  });
});
