// What an edit cost, from the look before it to what is remembered of it, with a real gateway that charges.
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventEmitter, LogOutputChannel } from 'vscode';
import type { Asked } from '../../../src/edit/ask';
import { EditCost } from '../../../src/edit/editCost';
import type { Connection } from '../../../src/gateway/connection';
import { CostMeter, type AskSpent, type CostOfEdit } from '../../../src/gateway/costMeter';
import { EditError } from '../../../src/gateway/errors';
import { builtInModels } from '../../../src/gateway/models';
import { requestEdit, type EditResult } from '../../../src/gateway/requestEdit';
import { startGateway, type LocalGateway } from '../../gateway/server';
import { original } from './support/keptJobs';
import { StoredState } from './support/storedState';

const [gptImage] = builtInModels as [Asked['model']];

/** Has the answers to all that it has asked. */
class WatchedMeter extends CostMeter {
  readonly answers: Promise<unknown>[] = [];

  override look(connection: Connection, askSpent: AskSpent | undefined): CostOfEdit {
    const watched: AskSpent | undefined =
      askSpent &&
      ((...question) => {
        const answer = askSpent(...question);
        this.answers.push(answer.catch(() => undefined));
        return answer;
      });
    return super.look(connection, watched);
  }
}

describe('the cost of an edit', () => {
  let gateway: LocalGateway;
  let connection: Connection;
  let state: StoredState;
  let costs: WatchedMeter;
  let ended: number;
  let warnings: string[];
  let services: ConstructorParameters<typeof EditCost>[0];

  const asked: Asked = { instruction: 'make it black and white', model: gptImage };

  beforeEach(async () => {
    gateway = await startGateway({ apiKey: 'sk-test' });
    gateway.tellsCost = false;
    connection = { baseUrl: gateway.url, apiKey: 'sk-test', timeout: 20_000 };
    state = new StoredState();
    costs = new WatchedMeter();
    ended = 0;
    warnings = [];
    services = {
      ...{ context: { globalState: state }, costs },
      didEdit: { fire: () => ended++ } as unknown as EventEmitter<void>,
      log: { warn: (line: string) => warnings.push(line) } as unknown as LogOutputChannel,
    };
  });
  afterEach(() => gateway.close());

  function costOf(pictureCount = 1): EditCost {
    return new EditCost(services, { baseUrl: gateway.url }, pictureCount);
  }

  /** Ends when so many balances have been asked for and answered, and the meter has read them. */
  async function answered(count: number): Promise<void> {
    await nextTurn();
    assert.equal(costs.answers.length, count);
    await Promise.all(costs.answers);
    await nextTurn();
  }

  /** What the gateway makes of it, and charges for. */
  function send(): Promise<EditResult> {
    return requestEdit(
      {
        ...asked,
        pictures: [{ bytes: original, mime: 'image/png', extension: 'png' }],
      },
      connection,
      {
        upload: { setting: 'auto', remembered: undefined, remember: () => undefined },
        signal: new AbortController().signal,
      },
    );
  }

  it('is the difference of what the key has spent before and after', async () => {
    const cost = costOf();
    cost.lookAhead(Promise.resolve(connection));
    await answered(1);
    cost.begin(connection);
    const result = await send();
    const dollars = await cost.settle(result, asked);
    assert.equal(dollars, 0.012);
    assert.equal(costs.answers.length, 2);
    // The next one like it is expected to cost as much; with another picture nobody knows.
    assert.equal(costOf().last(gptImage), 0.012);
    assert.equal(costOf(2).last(gptImage), undefined);
    assert.equal(costOf().last(gptImage, { quality: 'high' }), undefined);
    assert.equal(ended, 1);
  });

  it('is the gateway’s own word first, and then nothing is asked', async () => {
    gateway.tellsCost = true;
    const first = costOf();
    first.begin(connection);
    assert.equal(await first.settle(await send(), asked), 0.012);
    const second = costOf();
    second.lookAhead(Promise.resolve(connection));
    second.begin(connection);
    assert.equal(await second.settle(await send(), asked), 0.012);
    assert.equal(costs.answers.length, 0);
  });

  it('is unknown while another edit runs, and what was known before is still remembered', async () => {
    const cost = costOf();
    cost.lookAhead(Promise.resolve(connection));
    await answered(1);
    const other = costOf();
    cost.begin(connection);
    other.begin(connection);
    const result = await send();
    assert.equal(await cost.settle(result, asked), undefined);
    assert.equal(await other.settle(result, asked), undefined);
    assert.equal(ended, 2);
    assert.deepEqual(state.keys(), []);
  });

  it('is unknown without a look, or without a key to look with', async () => {
    const looks = [
      () => undefined,
      (cost: EditCost) => cost.lookAhead(Promise.resolve(undefined)),
      (cost: EditCost) => cost.lookAhead(Promise.reject(new Error('no settings'))),
    ];
    const result = await send();
    for (const look of looks) {
      const cost = costOf();
      look(cost);
      await nextTurn();
      cost.begin(connection);
      assert.equal(await cost.settle(result, asked), undefined);
    }
    assert.equal(costs.answers.length, 0);
  });

  it('is looked for again when the user has gone back: the first look is forgotten', async () => {
    const cost = costOf();
    let connect: (connection: Connection) => void = () => undefined;
    cost.lookAhead(new Promise((resolve) => (connect = resolve)));
    cost.lookAhead(Promise.resolve(connection));
    await answered(1);
    // Its connection comes late: nothing is asked with it.
    connect(connection);
    await nextTurn();
    cost.lookAhead(Promise.resolve(connection));
    await answered(2);
    assert.equal(costs.answers.length, 2);
    cost.begin(connection);
    assert.equal(await cost.settle(await send(), asked), 0.012);
  });

  it('is not looked for once the edit is sent: some of it might be in the answer', async () => {
    const cost = costOf();
    let connect: (connection: Connection) => void = () => undefined;
    cost.lookAhead(new Promise((resolve) => (connect = resolve)));
    cost.begin(connection);
    connect(connection);
    await nextTurn();
    assert.equal(await cost.settle(await send(), asked), undefined);
    assert.equal(costs.answers.length, 0);
  });

  // What failed without a charge spoiled the cost of those that followed.
  const failures: [string, unknown, number | undefined][] = [
    ['surely cost nothing', new EditError('No.', { reason: 'key', charge: 'none' }), 0.012],
    ['may have cost', new EditError('No.', { reason: 'timeout', charge: 'unknown' }), undefined],
    ['failed in whatever way', new Error('nobody expected this'), undefined],
  ];
  for (const [what, error, dollars] of failures) {
    it(`is ${dollars ?? 'unknown'} after another edit that ${what}`, async () => {
      const failed = costOf();
      failed.begin(connection);
      failed.giveUp(error);
      assert.equal(ended, 1);
      // What is said a second time is known: it must not make of nothing charged a perhaps.
      failed.giveUp();
      assert.equal(ended, 1);
      const cost = costOf();
      cost.lookAhead(Promise.resolve(connection));
      if (dollars !== undefined) await answered(1);
      cost.begin(connection);
      assert.equal(await cost.settle(await send(), asked), dollars);
    });
  }

  it('of an edit that was never sent changes nothing, whether it was looked for or not', async () => {
    const cost = costOf();
    cost.lookAhead(Promise.resolve(connection));
    cost.giveUp();
    await answered(0);
    const looked = costOf();
    looked.lookAhead(Promise.resolve(connection));
    await answered(1);
    looked.giveUp();
    assert.equal(ended, 0);
    const other = costOf();
    other.lookAhead(Promise.resolve(connection));
    await answered(2);
    other.begin(connection);
    assert.equal(await other.settle(await send(), asked), 0.012);
  });

  it('that cannot be remembered is known all the same', async () => {
    gateway.tellsCost = true;
    state.update = () => Promise.reject(new Error('the disk is full'));
    const cost = costOf();
    cost.begin(connection);
    assert.equal(await cost.settle(await send(), asked), 0.012);
    assert.deepEqual(warnings, ['The cost of the edit could not be kept: Error: the disk is full']);
  });
});
