// What a page keeps for its next life: it looks after a reload as it did before.
import assert from 'node:assert/strict';
import type { PanelState } from '../../../src/compare/protocol';
import { panelPage } from './support/panelPage';
import { changes, comparison, review } from './support/samplePictures';

describe('the panel’s page: what the page keeps', () => {
  const panel = panelPage();

  it('is after a reload as it was before', async () => {
    const rejected = changes.map((change, at) => ({ ...change, kept: at !== 1 }));
    const state: PanelState = {
      ...review,
      restore: 'job 7',
      comparison: {
        ...comparison,
        threshold: 0.3,
        changes: rejected,
        overall: { words: 'Overall: warmer', kept: false },
      },
      matching: { on: true, fit: 'crop' },
    };
    await panel.show(state);
    await panel.mode('Onion Skin');
    await panel.page.getByRole('slider', { name: 'Onion Skin' }).fill('70');
    await panel.page.locator('#changesToggle').click();
    await panel.focusPanel();
    await panel.key('1');
    await panel.key('ArrowRight');
    const place = await panel.boxOf('#original');
    await panel.reload();
    const kept = await panel.kept();
    const { restore, shown, threshold, aligned, matching, rejected: numbers, overall } = kept;
    assert.deepEqual(
      { restore, shown, threshold, aligned, matching, numbers, overall },
      {
        restore: 'job 7',
        shown: 'job/0',
        threshold: 0.3,
        aligned: true,
        matching: { on: true, fit: 'crop' },
        numbers: [1],
        overall: false,
      },
    );
    await panel.fill(state);
    assert.ok(await panel.radio('Onion Skin').isChecked());
    assert.equal(await panel.page.getByRole('slider', { name: 'Onion Skin' }).inputValue(), '70');
    assert.equal(await panel.percent(), '100 %');
    assert.deepEqual(await panel.boxOf('#original'), place);
    assert.equal(await panel.page.locator('#changesToggle').getAttribute('aria-expanded'), 'false');
  });

  it('is as it was after being hidden, in another mode', async () => {
    await panel.show();
    await panel.mode('Swipe');
    await panel.page.getByRole('slider', { name: 'Swipe position' }).fill('70');
    const facts = await panel.page.locator('#editedFacts').innerText();
    await panel.reload();
    assert.equal(await panel.page.getByRole('img', { name: 'Edited' }).count(), 0);
    await panel.fill(review);
    assert.ok(await panel.radio('Swipe').isChecked());
    const slider = panel.page.getByRole('slider', { name: 'Swipe position' });
    assert.equal(await slider.inputValue(), '70');
    assert.equal(await panel.page.locator('#editedFacts').innerText(), facts);
    assert.ok(await panel.page.getByRole('img', { name: 'Original' }).isVisible());
    assert.deepEqual(await panel.sent(), []);
  });

  it('is written before the page goes, and soon while it stays', async () => {
    await panel.show();
    await panel.mode('Onion Skin');
    const slider = panel.page.getByRole('slider', { name: 'Onion Skin' });
    for (const percent of ['20', '40', '80']) await slider.fill(percent);
    await panel.until(
      'the last value is kept',
      async () => (await panel.kept())['onion'],
      (onion) => onion === 80,
    );
    await slider.fill('81');
    await panel.reload();
    assert.equal((await panel.kept())['onion'], 81);
  });
});
