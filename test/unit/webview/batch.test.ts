// The page of a batch's panel: how each image stands, in words, and the buttons that say what the user wants.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { BatchRow, BatchState } from '../../../src/compare/batchProtocol';
import { batchInWords } from '../../../src/webview/batchWords';
import { PanelPages, themeNames, type PanelPage } from './support/panelPage';

const hostile = '<img src=x onerror=alert(1)>.png';

const batch: BatchState = {
  title: 'Edit 3 images',
  instruction: 'make the sky <b>blue</b>',
  model: 'openai/gpt-image-2',
  isPaused: false,
  cost: '$0.0120',
  toReview: 1,
  rows: [
    { name: hostile, state: 'done' },
    { name: 'photo.jpg', state: 'failed', sentence: 'It cannot be read. Nothing was charged.' },
    {
      name: 'screenshots/a-name-that-is-longer-than-the-panel-is-wide-'.repeat(3),
      state: 'editing',
    },
  ],
};

describe('the page of a batch', () => {
  let pages: PanelPages;
  let panel: PanelPage;
  before(async () => (pages = await PanelPages.start()));
  after(() => pages.close());
  afterEach(async () => {
    assert.deepEqual(panel.problems, []);
    await panel.close();
  });

  async function open(state: BatchState): Promise<void> {
    panel = await pages.open({ reducedMotion: 'reduce' }, '/batch');
    await show(state);
  }

  const show = (state: BatchState) => panel.receive({ type: 'batch', state });
  const button = (name: string) => panel.page.getByRole('button', { name, exact: true });
  const rows = () => panel.page.getByRole('listitem').allInnerTexts();
  const status = () => panel.page.getByRole('status').innerText();
  const sent = async () => (await panel.sent()).map(({ type }) => type as string);

  it('says how each image stands, and all of them, in text that is only text', async () => {
    await open(batch);
    const [first, second, third] = (await rows()).map((text) => text.replaceAll(/\s+/g, ' '));
    assert.equal(first, `${hostile} Done`);
    assert.equal(second, 'photo.jpg Failed It cannot be read. Nothing was charged.');
    assert.match(third!, /Editing…$/);
    assert.equal(await status(), '1 of 3 done, 1 failed · $0.0120');
    assert.equal(await panel.page.locator('#instruction').innerText(), batch.instruction);
    assert.equal(await panel.page.locator('#model').innerText(), batch.model);
    assert.equal(await panel.page.getByRole('progressbar').getAttribute('value'), '2');
    assert.equal(await panel.page.locator('img, b').count(), 0);
    await show({ ...batch, rows: batch.rows.map(({ name }) => ({ name, state: 'saved' })) });
    assert.equal((await rows()).length, 3);
    assert.equal(await status(), '3 of 3 done · $0.0120');
    assert.doesNotMatch((await rows()).join(), /cannot be read/);
  });

  it('offers what can be done, and tells what the user wants', async () => {
    await open(batch);
    await button('Pause').click();
    await show({ ...batch, isPaused: true });
    assert.match(await status(), /^Paused · /);
    await button('Resume').click();
    await button('Cancel the Rest').click();
    await button('Retry Failed').dblclick();
    await button('Review').click();
    assert.deepEqual(await sent(), ['pause', 'resume', 'cancelRest', 'retryFailed', 'review']);
    await show({ ...batch, toReview: 0, rows: [{ name: 'a.png', state: 'discarded' }] });
    for (const name of ['Pause', 'Cancel the Rest', 'Retry Failed', 'Review'])
      assert.ok(await button(name).isDisabled(), name);
  });

  it('says so when the host does not answer, until it does', async () => {
    panel = await pages.open({ reducedMotion: 'reduce' }, '/batch');
    // It stands still but where it is told to go: a busy machine may take seconds for a click.
    await panel.page.clock.install({ time: 0 });
    await panel.page.clock.pauseAt(60_000);
    await show(batch);
    const usual = await status();
    await button('Pause').click();
    await panel.receive({ type: 'heard' });
    await panel.page.clock.runFor(10_000);
    assert.equal(await status(), usual);
    await button('Pause').click();
    await panel.page.clock.runFor(5100);
    assert.match(await status(), /^Retouch does not answer\. .*Show Edits…/);
    await panel.receive({ type: 'heard' });
    assert.equal(await status(), usual);
  });

  it('can be used by keys alone', async () => {
    await open(batch);
    await panel.page.keyboard.press('Tab');
    await panel.page.keyboard.press('Enter');
    await panel.page.keyboard.press('Tab');
    await panel.page.keyboard.press('Space');
    assert.deepEqual(await sent(), ['review', 'pause']);
  });

  for (const theme of themeNames) {
    it(`has no accessibility violation in ${theme}, wide and at 320 pixels`, async () => {
      await open(batch);
      await panel.wear(theme);
      await panel.page.evaluate(axe.source);
      for (const width of [960, 320]) {
        await panel.page.setViewportSize({ width, height: 600 });
        const { violations } = await panel.page.evaluate<axe.AxeResults>('axe.run()');
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
          [],
        );
        const wide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
        assert.equal(await panel.page.evaluate(wide), false, `too wide at ${width}`);
      }
    });
  }
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
