// The page of a batch's panel: how each image stands, in words, and the buttons that say what the user wants.
import assert from 'node:assert/strict';
import type { BatchRow, BatchState } from '../../../src/compare/batchProtocol';
import { batchInWords } from '../../../src/webview/batchWords';
import { panelPage } from './support/panelPage';
import { batch, hostileName } from './support/sampleStates';

describe('the page of a batch', () => {
  const panel = panelPage('/batch');

  async function open(state: BatchState): Promise<void> {
    await panel.open();
    await show(state);
  }

  const show = (state: BatchState) => panel.receive({ type: 'batch', state });
  const rows = () => panel.page.getByRole('listitem').allInnerTexts();
  const sent = async () => (await panel.sent()).map(({ type }) => type as string);

  it('says how each image stands, and all of them, in text that is only text', async () => {
    await open(batch);
    const [first, second, third] = (await rows()).map((text) => text.replaceAll(/\s+/g, ' '));
    assert.equal(first, `${hostileName} Done`);
    assert.equal(second, 'photo.jpg Failed It cannot be read. Nothing was charged.');
    assert.match(third!, /Editing…$/);
    assert.equal(await panel.status(), '1 of 3 done, 1 failed · $0.0120');
    assert.equal(await panel.page.locator('#instruction').innerText(), batch.instruction);
    assert.equal(await panel.page.locator('#model').innerText(), batch.model);
    assert.equal(await panel.page.getByRole('progressbar').getAttribute('value'), '2');
    assert.equal(await panel.page.locator('img, b').count(), 0);
    await show({ ...batch, rows: batch.rows.map(({ name }) => ({ name, state: 'saved' })) });
    assert.equal((await rows()).length, 3);
    assert.equal(await panel.status(), '3 of 3 done · $0.0120');
    assert.doesNotMatch((await rows()).join(), /cannot be read/);
  });

  it('offers what can be done, and tells what the user wants', async () => {
    await open(batch);
    await panel.button('Pause').click();
    await show({ ...batch, isPaused: true });
    assert.match(await panel.status(), /^Paused · /);
    await panel.button('Resume').click();
    await panel.button('Cancel the Rest').click();
    await panel.button('Retry Failed').dblclick();
    await panel.button('Review').click();
    assert.deepEqual(await sent(), ['pause', 'resume', 'cancelRest', 'retryFailed', 'review']);
    await show({ ...batch, toReview: 0, rows: [{ name: 'a.png', state: 'discarded' }] });
    for (const name of ['Pause', 'Cancel the Rest', 'Retry Failed', 'Review'])
      assert.ok(await panel.button(name).isDisabled(), name);
  });

  it('says so when the host does not answer, until it does', async () => {
    await panel.open({ stillClock: true });
    await show(batch);
    const usual = await panel.status();
    await panel.button('Pause').click();
    await panel.receive({ type: 'heard' });
    await panel.page.clock.runFor(10_000);
    assert.equal(await panel.status(), usual);
    await panel.button('Pause').click();
    await panel.page.clock.runFor(5100);
    assert.match(await panel.status(), /^Retouch does not answer\. .*Show Edits…/);
    await panel.receive({ type: 'heard' });
    assert.equal(await panel.status(), usual);
  });

  it('can be used by keys alone', async () => {
    await open(batch);
    await panel.page.keyboard.press('Tab');
    await panel.page.keyboard.press('Enter');
    await panel.page.keyboard.press('Tab');
    await panel.page.keyboard.press('Space');
    assert.deepEqual(await sent(), ['review', 'pause']);
  });
});

describe('a batch in words', () => {
  const of = (...states: BatchRow['state'][]): BatchState => ({
    ...batch,
    cost: undefined,
    rows: states.map((state) => ({ name: '', state })),
  });
  for (const [state, words] of [
    [of('waiting', 'editing'), '0 of 2 done'],
    [of('done', 'saved', 'discarded', 'cancelled'), '3 of 4 done, 1 cancelled'],
    [{ ...of('failed', 'waiting'), isPaused: true }, 'Paused · 0 of 2 done, 1 failed'],
    [{ ...of('done'), cost: 'cost unknown' }, '1 of 1 done · cost unknown'],
  ] as const)
    it(words, () => assert.equal(batchInWords(state), words));
});
