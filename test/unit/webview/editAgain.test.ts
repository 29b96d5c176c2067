// The panel's page with a tree of versions: the strip that shows it, and the line in which a further edit is asked for.
import assert from 'node:assert/strict';
import { panelPage } from './support/panelPage';
import { review } from './support/samplePictures';
import { gemini, tree } from './support/sampleStates';

const [round] = review.rounds;
const [version] = review.versions;
describe('the panel’s page with a tree of versions', () => {
  const panel = panelPage();

  const instruction = () => panel.page.getByRole('textbox', { name: 'Instruction' });
  const model = () => panel.page.getByRole('combobox', { name: 'Model' });
  const from = () => panel.page.getByRole('combobox', { name: 'Start from' });
  const again = () => panel.page.getByRole('button', { name: 'Edit Again' });
  const radio = (name: string | RegExp) =>
    panel.page.getByRole('list', { name: 'Versions' }).getByRole('radio', { name });

  it('shows of each version what it was made from, the instruction and the model', async () => {
    await panel.show(tree);
    assert.ok(await radio(/^Version 2, from 1 make the sky darker .*gemini/).isChecked());
    assert.ok(await radio(/^Version 3, from original make it a drawing/).isVisible());
    assert.match(await panel.status(), /^Edited in 12 s · version 2 · .* · 9 tokens$/);
    assert.equal(await panel.page.locator('#instruction').innerText(), 'make the sky darker');
    assert.equal(await panel.page.locator('#model').innerText(), gemini);
    await radio(/^Version 1/).check({ force: true });
    assert.deepEqual(await panel.messages('show'), [{ type: 'show', version: 0 }]);
    // Before the host has answered.
    await panel.state({ ...tree, shown: 0 });
    assert.equal(await panel.page.locator('#instruction').innerText(), round!.instruction);
    assert.match(await panel.status(), /version 1 .*\$0\.0120$/);
  });

  it('asks for another edit of the version that is shown, by keys alone', async () => {
    await panel.show(tree);
    assert.ok(await again().isDisabled());
    await panel.focusPanel();
    await panel.key('e');
    // Keys that mean something elsewhere are text here.
    await panel.page.keyboard.type('make it 10 % mellow?');
    assert.equal(await instruction().inputValue(), 'make it 10 % mellow?');
    assert.equal(await model().inputValue(), gemini);
    await panel.key('Enter');
    assert.deepEqual(await panel.sent(), [
      { type: 'again', instruction: 'make it 10 % mellow?', model: gemini, version: 1 },
    ]);
    assert.ok(await again().isDisabled(), 'once is enough');
  });

  it('starts from the original and with another model where the user says so', async () => {
    await panel.show(tree);
    await instruction().fill('once more');
    await model().selectOption('openai/gpt-image-2 · last edit $0.0120');
    await from().selectOption('From the original');
    await again().click();
    assert.deepEqual(await panel.messages('again'), [
      { type: 'again', instruction: 'once more', model: 'openai/gpt-image-2' },
    ]);
  });

  it('keeps what is typed until a picture has come of it, after a reload too', async () => {
    await panel.show(tree);
    await instruction().fill('once more');
    await panel.reload();
    await panel.state(tree);
    assert.equal(await instruction().inputValue(), 'once more');
    await panel.state({ ...tree, phase: 'editing', rounds: [...tree.rounds, round!] });
    assert.ok(await panel.page.locator('#again').isHidden());
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
    await panel.show(tree);
    await instruction().fill('once');
    await panel.key('Escape');
    assert.equal(await instruction().inputValue(), 'once');
    assert.equal(await panel.page.evaluate('document.activeElement.id'), 'panel');
    assert.deepEqual(await panel.sent(), []);
    await panel.key('Escape');
    assert.deepEqual(await panel.messages('discard'), [{ type: 'discard' }]);
  });

  it('deletes a version, whose number no other gets', async () => {
    await panel.show(tree);
    await panel.page.getByRole('button', { name: 'Delete Version 2' }).click();
    assert.deepEqual(await panel.messages('delete'), [{ type: 'delete', version: 1 }]);
    const versions = tree.versions.map((one, at) => (at === 1 ? { ...one, deleted: true } : one));
    await panel.state({ ...tree, versions, shown: 0 });
    assert.equal(await radio(/Version 2/).count(), 0);
    assert.ok(await radio(/^Version 3/).isVisible());
    const choice = panel.page.getByRole('combobox', { name: 'Compare with' });
    assert.deepEqual(await choice.locator('option').allInnerTexts(), [
      'Original',
      'Version 1',
      'Version 3',
    ]);
    await panel.focusPanel();
    await panel.key('PageDown');
    assert.deepEqual(await panel.messages('show'), [{ type: 'show', version: 2 }]);
    // The last one is discarded, not deleted.
    const last = versions.map((one, at) => ({ ...one, deleted: at > 0 }));
    await panel.state({ ...tree, versions: last, shown: 0 });
    assert.ok(await panel.page.locator('#versions').isHidden());
  });

  it('says of a version that what it was made from is gone', async () => {
    const rounds = tree.rounds.map((one) =>
      one.startedFrom === undefined ? one : { ...one, startedFrom: 'deleted' as const },
    );
    const versions = tree.versions.map((one, at) => (at === 0 ? { ...one, deleted: true } : one));
    await panel.show({ ...tree, rounds, versions });
    assert.ok(await radio(/^Version 2, from a deleted one make the sky darker/).isChecked());
    assert.ok(await radio(/^Version 3, from original make it a drawing/).isVisible());
    assert.equal(await radio(/./).count(), 2);
  });

  it('compares any two', async () => {
    await panel.show(tree);
    const choice = panel.page.getByRole('combobox', { name: 'Compare with' });
    await choice.selectOption('Version 1');
    await panel.page.getByRole('img', { name: 'Version 1' }).waitFor();
    await choice.selectOption('Original');
    await panel.page.getByRole('img', { name: 'Original' }).waitFor();
  });
});
