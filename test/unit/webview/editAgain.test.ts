// The panel's page with a tree of versions: the strip that shows it, and the line in which a further edit is asked for.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { PanelState } from '../../../src/compare/protocol';
import { PanelPages, themeNames, type PanelPage } from './support/panelPage';
import { paint, review } from './support/samplePictures';

const [round] = review.rounds;
const [version] = review.versions;
const gemini = 'google/gemini-3-pro-image';
const models = [{ id: 'openai/gpt-image-2', lastCost: '$0.0120' }, { id: gemini }];

/** A second version from the first, and a third from the original. */
const tree: PanelState = {
  ...review,
  models,
  rounds: [
    round!,
    {
      ...round!,
      instruction: 'make the sky darker',
      model: gemini,
      startedFrom: 0,
      usage: '9 tokens',
    },
    { ...round!, instruction: 'make it a drawing' },
  ],
  versions: [0, 1, 2].map((at) => ({ ...version!, id: `job-${at}/0`, round: at })),
  shown: 1,
  comparison: undefined,
};

describe('the panel’s page with a tree of versions', () => {
  let pages: PanelPages;
  let original: Uint8Array;
  let edited: Uint8Array;
  let panel: PanelPage;
  before(async () => {
    [pages, original, edited] = await Promise.all([
      PanelPages.start(),
      paint(),
      paint({ width: 1536, height: 1024 }, true),
    ]);
  });
  after(() => pages.close());
  afterEach(async () => {
    assert.deepEqual(panel.problems, []);
    await panel.close();
  });

  async function open(state: PanelState): Promise<void> {
    panel = await pages.open({ reducedMotion: 'reduce' });
    await panel.state(state);
    await panel.picture('original', 'image/png', original);
    for (const at of state.versions.keys()) await panel.picture(at, 'image/png', edited);
    await page().getByRole('img', { name: 'Edited' }).waitFor();
  }

  const page = () => panel.page;
  const instruction = () => page().getByRole('textbox', { name: 'Instruction' });
  const model = () => page().getByRole('combobox', { name: 'Model' });
  const from = () => page().getByRole('combobox', { name: 'Start from' });
  const again = () => page().getByRole('button', { name: 'Edit Again' });
  const radio = (name: string | RegExp) =>
    page().getByRole('list', { name: 'Versions' }).getByRole('radio', { name });
  const messages = async (type: string) =>
    (await panel.sent()).filter((message) => message.type === type);
  const status = () => page().getByRole('status').innerText();

  it('shows of each version what it was made from, the instruction and the model', async () => {
    await open(tree);
    assert.ok(await radio(/^Version 2, from 1 make the sky darker .*gemini/).isChecked());
    assert.ok(await radio(/^Version 3, from original make it a drawing/).isVisible());
    assert.match(await status(), /^Edited in 12 s · version 2 · .* · 9 tokens$/);
    assert.equal(await page().locator('#instruction').innerText(), 'make the sky darker');
    assert.equal(await page().locator('#model').innerText(), gemini);
    await radio(/^Version 1/).check({ force: true });
    assert.deepEqual(await messages('show'), [{ type: 'show', version: 0 }]);
    // Before the host has answered.
    await panel.state({ ...tree, shown: 0 });
    assert.equal(await page().locator('#instruction').innerText(), round!.instruction);
    assert.match(await status(), /version 1 .*\$0\.0120$/);
  });

  it('asks for another edit of the version that is shown, by keys alone', async () => {
    await open(tree);
    assert.ok(await again().isDisabled());
    await page().locator('main').focus();
    await page().keyboard.press('e');
    // Keys that mean something elsewhere are text here.
    await page().keyboard.type('make it 10 % mellow?');
    assert.equal(await instruction().inputValue(), 'make it 10 % mellow?');
    assert.equal(await model().inputValue(), gemini);
    await page().keyboard.press('Enter');
    assert.deepEqual(await panel.sent(), [
      { type: 'again', instruction: 'make it 10 % mellow?', model: gemini, version: 1 },
    ]);
    assert.ok(await again().isDisabled(), 'once is enough');
  });

  it('starts from the original and with another model where the user says so', async () => {
    await open(tree);
    await instruction().fill('once more');
    await model().selectOption('openai/gpt-image-2 · last edit $0.0120');
    await from().selectOption('From the original');
    await again().click();
    assert.deepEqual(await messages('again'), [
      { type: 'again', instruction: 'once more', model: 'openai/gpt-image-2' },
    ]);
  });

  it('keeps what is typed until a picture has come of it, after a reload too', async () => {
    await open(tree);
    await instruction().fill('once more');
    await page().reload();
    await panel.wear('dark');
    await panel.state(tree);
    assert.equal(await instruction().inputValue(), 'once more');
    await panel.state({ ...tree, phase: 'editing', rounds: [...tree.rounds, round!] });
    assert.ok(await page().locator('#again').isHidden());
    // It failed, or was cancelled.
    await panel.state(tree);
    assert.equal(await instruction().inputValue(), 'once more');
    assert.ok(await again().isEnabled());
    await from().selectOption('From the original');
    await panel.state({ ...tree, phase: 'editing', rounds: [...tree.rounds, round!] });
    const fourth = { ...version!, id: 'job-3/0', round: 3 };
    await panel.state({
      ...tree,
      rounds: [...tree.rounds, round!],
      versions: [...tree.versions, fourth],
      shown: 3,
    });
    assert.equal(await instruction().inputValue(), '');
    assert.equal(await from().inputValue(), 'shown');
  });

  it('leaves the field with Escape, and nothing is discarded', async () => {
    await open(tree);
    await instruction().fill('once');
    await page().keyboard.press('Escape');
    assert.equal(await instruction().inputValue(), 'once');
    assert.equal(await page().evaluate('document.activeElement.id'), 'panel');
    assert.deepEqual(await panel.sent(), []);
    await page().keyboard.press('Escape');
    assert.deepEqual(await messages('discard'), [{ type: 'discard' }]);
  });

  it('deletes a version, whose number no other gets', async () => {
    await open(tree);
    await page().getByRole('button', { name: 'Delete Version 2' }).click();
    assert.deepEqual(await messages('delete'), [{ type: 'delete', version: 1 }]);
    const versions = tree.versions.map((one, at) => (at === 1 ? { ...one, deleted: true } : one));
    await panel.state({ ...tree, versions, shown: 0 });
    assert.equal(await radio(/Version 2/).count(), 0);
    assert.ok(await radio(/^Version 3/).isVisible());
    const choice = page().getByRole('combobox', { name: 'Compare with' });
    assert.deepEqual(await choice.locator('option').allInnerTexts(), [
      'Original',
      'Version 1',
      'Version 3',
    ]);
    await page().locator('main').focus();
    await page().keyboard.press('PageDown');
    assert.deepEqual(await messages('show'), [{ type: 'show', version: 2 }]);
    // The last one is discarded, not deleted.
    const last = versions.map((one, at) => ({ ...one, deleted: at > 0 }));
    await panel.state({ ...tree, versions: last, shown: 0 });
    assert.ok(await page().locator('#versions').isHidden());
  });

  it('compares any two', async () => {
    await open(tree);
    const choice = page().getByRole('combobox', { name: 'Compare with' });
    await choice.selectOption('Version 1');
    await page().getByRole('img', { name: 'Version 1' }).waitFor();
  });

  for (const theme of themeNames) {
    it(`has no accessibility violation in ${theme}, wide and at 320 pixels`, async () => {
      await open(tree);
      await panel.wear(theme);
      await instruction().fill('once more');
      await page().evaluate(axe.source);
      for (const width of [960, 320]) {
        await page().setViewportSize({ width, height: 900 });
        const { violations } = await page().evaluate<axe.AxeResults>('axe.run()');
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
          [],
          `${width} pixels`,
        );
        const wide = await page().evaluate<number>('document.documentElement.scrollWidth');
        assert.ok(wide <= width, `${wide} pixels wide`);
        if (process.env['RETOUCH_SHOTS'])
          await page().screenshot({
            path: `${process.env['RETOUCH_SHOTS']}/${theme}-${width}.png`,
          });
      }
    });
  }
});
