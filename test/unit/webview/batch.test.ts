// The page of a batch's panel: how each image stands, in words, and the buttons that say what the user wants.
import assert from 'node:assert/strict';
import type { BatchRow, BatchState, Found } from '../../../src/compare/batchProtocol';
import { foundInWords } from '../../../src/compare/foundInWords';
import { batchInWords, foundOfAllInWords, unlikeMost } from '../../../src/webview/batchWords';
import { panelPage } from './support/panelPage';
import { batch, found, hostileName, manyRows } from './support/sampleStates';

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

  it('says what changed in each as soon as that is known, and which are unlike most', async () => {
    const of = (at: number, known: BatchRow['found']): BatchRow => ({
      ...{ name: `${at}.png`, state: 'done', found: known },
    });
    const all = panel.page.locator('#found');
    const differences = async () =>
      (await panel.page.locator('.row .difference').allInnerTexts()).map((text) => text.trim());
    await open({ ...batch, rows: [of(0, undefined), of(1, 'comparing'), of(2, undefined)] });
    assert.deepEqual(await differences(), ['', 'comparing…', '']);
    assert.ok(await all.isHidden());
    await show({ ...batch, rows: [of(0, found), of(1, 'comparing'), of(2, undefined)] });
    assert.equal(await all.getAttribute('aria-live'), 'off');
    const redrawn = { ...found, redrawn: true };
    await show({ ...batch, rows: [of(0, found), of(1, found), of(2, redrawn), of(3, 'failed')] });
    assert.deepEqual(await differences(), [
      ...Array<string>(2).fill('1 main change, 8.2 %'),
      ...['redrawn as a whole', 'could not be compared'],
    ]);
    assert.equal(await all.innerText(), '2 changed, 1 redrawn as a whole, 1 could not be compared');
    assert.equal(await all.getAttribute('aria-live'), 'polite', 'all of it is known');
    await show({ ...batch, rows: [of(0, found), of(1, found), of(2, redrawn), of(3, found)] });
    assert.deepEqual((await differences())[2], 'Unlike most: redrawn as a whole');
    const row = panel.page.getByRole('listitem').filter({ hasText: 'redrawn' });
    assert.match(await panel.computed('.row.unlike', 'boxShadow'), /inset/);
    // A row that is read aloud has all of it, in the order of the page.
    assert.equal(
      (await row.innerText()).replaceAll(/\s+/g, ' '),
      '2.png Done Unlike most: redrawn as a whole',
    );
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

describe('what changed in a batch in words', () => {
  for (const [what, words] of [
    [{}, '1 main change, 8.2 %'],
    [{ listed: 3, share: 0.12 }, '3 changes, 12 %'],
    [{ overall: 'Overall: warmer' }, '1 main change, 8.2 % · Overall: warmer'],
    [{ listed: 0, share: 0, overall: 'Overall: warmer' }, 'Overall: warmer'],
    [{ listed: 0, share: 0 }, '3 minor differences'],
    [{ listed: 0, share: 0, minor: 1 }, '1 minor difference'],
    [{ listed: 0, share: 0, minor: 0 }, 'no change'],
    [{ redrawn: true, share: 1, overall: 'Overall: warmer' }, 'redrawn as a whole'],
    [{ pictures: 3 }, '1 of 3: 1 main change, 8.2 %'],
    [{ share: 0.0004 }, '1 main change, less than 0.1 %'],
  ] satisfies [Partial<Found>, string][])
    it(words, () => assert.equal(foundInWords({ ...found, ...what }), words));

  it('counts each kind, and finds those that are unlike most', () => {
    assert.equal(
      foundOfAllInWords(manyRows),
      '34 changed, 1 redrawn as a whole, 1 with no change, 1 could not be compared',
    );
    assert.deepEqual([...unlikeMost(manyRows)], [5, 9, 36]);
    const same = { ...found, listed: 0, share: 0, minor: 0 };
    const coloured = { ...same, overall: 'Overall: warmer' };
    const of = (...all: BatchRow['found'][]): BatchState => ({
      ...batch,
      rows: all.map((one) => ({ name: '', state: 'done', found: one })),
    });
    assert.equal(foundOfAllInWords(of(undefined, 'comparing')), '');
    assert.equal(
      foundOfAllInWords(of(coloured, { ...same, minor: 2 }, same)),
      '1 with another overall colour only, 1 with minor differences only, 1 with no change',
    );
    // Where no kind has more than half of them, none is unlike most; nor of two.
    assert.deepEqual([...unlikeMost(of(found, found, same, coloured))], []);
    assert.deepEqual([...unlikeMost(of(found, same))], []);
    assert.deepEqual([...unlikeMost(of(coloured, found, coloured, undefined))], [1]);
  });
});
