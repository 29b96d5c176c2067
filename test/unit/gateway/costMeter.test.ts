// The rule of costs: what the gateway says, else what the key has spent where nothing else can be in it, else unknown.
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Connection } from '../../../src/gateway/connection';
import { CostMeter, type AskSpent, type CostOfEdit } from '../../../src/gateway/costMeter';

const connection: Connection = {
  baseUrl: 'https://gateway.example/v1',
  apiKey: 'sk-test',
  timeout: 20_000,
};
type Result = Parameters<CostOfEdit['settle']>[0];

const silent: Result = { usage: { totalTokens: 5 }, missing: 0 };
const telling: Result = { usage: { cost: 0.25 }, missing: 0 };

describe('the cost of an edit', () => {
  let meter: CostMeter;
  let now: number;
  let spent: number;
  let id: string;
  let asked: number;
  beforeEach(() => {
    now = 1_000_000;
    meter = new CostMeter(() => now);
    spent = 1;
    id = 'one';
    asked = 0;
  });

  const ask: AskSpent = () => {
    asked++;
    return Promise.resolve({ id, usedDollars: spent });
  };
  /** One edit that costs 12 thousandths of a dollar, with what happens on the way. */
  const edit = async ({
    result = silent,
    question = ask,
    before = () => {},
    during = () => {},
  } = {}) => {
    const cost = meter.look(connection, question);
    await turn();
    before();
    cost.begin();
    spent += 0.012;
    during();
    return cost.settle(result);
  };

  it('is what the gateway says, and then nothing is asked the next time', async () => {
    assert.equal(await edit({ result: telling }), 0.25);
    assert.equal(asked, 1);
    assert.equal(await edit({ result: telling }), 0.25);
    assert.equal(asked, 1);
    // It stops to say so: unknown once, then measured again.
    assert.equal(await edit(), undefined);
    assert.equal(await edit(), 0.012);
    assert.equal(asked, 3);
  });

  it('is else the difference of what the key has spent', async () => {
    assert.equal(await edit(), 0.012);
    assert.equal(await edit(), 0.012);
    assert.equal(asked, 4);
  });

  const unknown: [string, Parameters<typeof edit>[0]][] = [
    ['nothing was spent', { during: () => (spent = 1) }],
    ['less was spent than before', { during: () => (spent = 0.5) }],
    ['another key answers', { during: () => (id = 'two') }],
    ['another edit was sent between the look and the edit', { before: () => sent() }],
    ['another edit is sent while it runs', { during: () => sent() }],
    ['another edit was sent and ended while it runs', { during: () => sent().giveUp('none') }],
    ['some of its calls failed', { result: { ...silent, missing: 1 } }],
    ['what the key had spent is too long ago', { before: () => (now += 121_000) }],
    ['the balance cannot be asked', { question: () => Promise.reject(new Error('offline')) }],
    ['the balance says nothing of the key', { question: () => Promise.resolve(undefined) }],
  ];
  const sent = () => {
    const other = meter.look(connection, ask);
    other.begin();
    return other;
  };
  for (const [why, way] of unknown) {
    it(`is unknown where ${why}`, async () => assert.equal(await edit(way), undefined));
  }

  it('is unknown where another edit is under way already, and known again after it', async () => {
    const other = sent();
    assert.equal(await edit(), undefined);
    other.giveUp('none');
    assert.equal(await edit(), 0.012);
  });

  it('is unknown where the edit was sent before the balance answered', async () => {
    const cost = meter.look(connection, ask);
    cost.begin();
    spent += 0.012;
    assert.equal(await cost.settle(silent), undefined);
  });

  it('is unknown where another edit is sent while the balance is asked again', async () => {
    let other: ReturnType<typeof sent> | undefined;
    const question: AskSpent = (...of) => {
      if (asked === 1) other = sent();
      return ask(...of);
    };
    assert.equal(await edit({ question }), undefined);
    assert.ok(other);
  });

  it('is unknown as long as an edit without a result may still be charged', async () => {
    for (const charge of ['unknown', 'charged'] as const) {
      sent().giveUp(charge);
      assert.equal(await edit(), undefined);
      now += 20 * 60_000 - 1;
      assert.equal(await edit(), undefined);
      now += 1;
      assert.equal(await edit(), 0.012);
    }
    // What was never sent is not charged.
    meter.look(connection, ask).giveUp('unknown');
    assert.equal(await edit(), 0.012);
  });

  it('asks no more where a gateway does not say what the key has spent', async () => {
    const question = () => {
      asked++;
      return Promise.resolve(undefined);
    };
    for (let round = 0; round < 3; round++) assert.equal(await edit({ question }), undefined);
    assert.equal(asked, 1);
    // Another gateway has nothing to do with it.
    meter.look({ ...connection, baseUrl: 'https://other.example/v1' }, question).giveUp('none');
    assert.equal(asked, 2);
  });

  it('asks again where the gateway could not be reached', async () => {
    const question = () => Promise.reject(new Error('offline'));
    assert.equal(await edit({ question }), undefined);
    assert.equal(await edit(), 0.012);
  });

  it('cancels what it asks when there will be no result', () => {
    const signals: AbortSignal[] = [];
    const cost = meter.look(connection, (_connection, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    cost.begin();
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [false],
    );
    cost.giveUp('unknown');
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true],
    );
  });
});
