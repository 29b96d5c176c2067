// Several versions: the strip that shows them, by pointer and by keys, and comparing any with any.
import assert from 'node:assert/strict';
import { panelPage, samplePictures } from './support/panelPage';
import { review } from './support/samplePictures';
import { answer } from './support/sampleStates';

describe('the panel’s page: the versions', () => {
  const panel = panelPage();

  const choice = (name: string) =>
    panel.page.getByRole('list', { name: 'Versions' }).getByRole('radio', { name, exact: true });
  /** The address of what is shown, and of the small pictures in the strip. */
  const shown = () => panel.page.getByRole('img', { name: 'Edited' }).getAttribute('src');
  const small = (number: number) =>
    panel.page
      .locator('#versions img')
      .nth(number - 1)
      .getAttribute('src');

  it('is gone through with the arrow keys, in any mode, and keeps the focus', async () => {
    await panel.show(answer(3));
    assert.match(await panel.status(), /1 of 3 pictures · asked for 1, got 3/);
    assert.equal(new Set([await small(1), await small(2), await small(3)]).size, 3);
    assert.equal(await shown(), await small(1));
    await choice('1 of 3').focus();
    await panel.key('ArrowRight');
    // The host answers with the state that it is in by then.
    await panel.state({ ...answer(3), shown: 1 });
    assert.match(await panel.status(), /2 of 3 pictures/);
    await panel.key('ArrowRight');
    await panel.state({ ...answer(3), shown: 2 });
    assert.match(await panel.status(), /3 of 3 pictures/);
    assert.ok(await choice('3 of 3').isChecked());
    await panel.page.locator('#versions li:nth-child(3) input:focus').waitFor();
    await panel.page.getByRole('img', { name: 'Edited' }).waitFor();
    await panel.key('m');
    assert.ok(await panel.radio('Swipe').isChecked());
    await panel.page.locator('#versions li:nth-child(3) input:focus').waitFor();
    await panel.key('ArrowLeft');
    await panel.state({ ...answer(3), shown: 1 });
    assert.match(await panel.status(), /2 of 3 pictures/);
    assert.equal(await shown(), await small(2));
    assert.deepEqual(await panel.sent(), [
      { type: 'show', version: 1 },
      { type: 'show', version: 2 },
      { type: 'show', version: 1 },
    ]);
  });

  it('marks what is saved, and goes along where the host shows the next one', async () => {
    await panel.show(answer(3));
    await choice('1 of 3').focus();
    await panel.state({ ...answer(3, [0]), shown: 1 });
    assert.ok(await choice('1 of 3 · Saved').isVisible());
    assert.ok(await choice('2 of 3').isChecked());
    await panel.page.locator('#versions li:nth-child(2) input:focus').waitFor();
    assert.equal(await shown(), await small(2));
    assert.ok(await panel.button('Accept').isEnabled());
    await panel.state({ ...answer(3, [0, 1]), shown: 2 });
    assert.equal(await panel.page.getByRole('radio', { name: 'Saved' }).count(), 2);
    // A save that is undone.
    await panel.state({ ...answer(3, [0]), shown: 1 });
    assert.equal(await panel.page.getByRole('radio', { name: 'Saved' }).count(), 1);
    await choice('1 of 3 · Saved').check({ force: true });
    await panel.state({ ...answer(3, [0]), shown: 0 });
    assert.match(await panel.status(), /1 of 3 pictures · asked for 1, got 3 · saved/);
    assert.ok(await panel.button('Accept').isDisabled());
  });

  it('shows after a reload the version that the host says, in its own picture', async () => {
    await panel.show({ ...answer(3), shown: 1 });
    await panel.reload();
    assert.equal((await panel.kept())['shown'], 'job/1');
    await panel.fill({ ...answer(3), shown: 1 });
    assert.match(await panel.status(), /2 of 3 pictures/);
    assert.ok(await choice('2 of 3').isChecked());
    assert.equal(await shown(), await small(2));
  });

  it('scrolls along with the choice where ten have no room', async () => {
    await panel.show(answer(10), { viewport: { width: 320, height: 700 } });
    assert.equal(await panel.page.evaluate('document.documentElement.scrollWidth'), 320);
    const isSeen = async (number: number) => {
      const box = await panel.boxOf(`#versions li:nth-child(${number})`);
      return box.x >= 0 && box.x + box.width <= 320;
    };
    assert.ok((await isSeen(1)) && !(await isSeen(10)));
    // Nothing in it has the focus, which would take it along: the host says which is shown.
    await panel.state({ ...answer(10), shown: 9 });
    assert.match(await panel.status(), /10 of 10 pictures/);
    assert.ok(await choice('10 of 10').isChecked());
    await panel.until('the last one in sight', () => isSeen(10), Boolean);
    assert.ok(!(await isSeen(1)));
    await choice('10 of 10').focus();
    await panel.key('ArrowRight');
    await panel.state({ ...answer(10), shown: 0 });
    assert.ok(await choice('1 of 10').isChecked());
    await panel.until('the first one in sight', () => isSeen(1), Boolean);
    await panel.key('ArrowLeft');
    await panel.state({ ...answer(10), shown: 9 });
    await panel.until('the last one in sight', () => isSeen(10), Boolean);
    assert.deepEqual(await panel.sent(), [
      { type: 'show', version: 0 },
      { type: 'show', version: 9 },
    ]);
  });

  it('is not there for a single picture', async () => {
    await panel.show();
    assert.ok(await panel.page.locator('#versions').isHidden());
    assert.equal(await panel.page.getByRole('list', { name: 'Versions' }).count(), 0);
  });

  it('shows the host’s preview in the edited picture’s place, and of no other version', async () => {
    await panel.show();
    const src = () => panel.page.getByRole('img', { name: 'Edited' }).getAttribute('src');
    const received = await src();
    await panel.picture('preview', 'image/png', (await samplePictures()).original);
    assert.equal(await src(), received);
    await panel.state({ ...review, previewOf: 0 });
    const preview = await src();
    assert.notEqual(preview, received);
    await panel.state({ ...review, previewOf: 1 });
    assert.equal(await src(), received);
  });

  it('compares any version with any other', async () => {
    const [version] = review.versions;
    const three = { ...review, versions: [version!, version!, version!] };
    await panel.show(three);
    await panel.mode('Difference');
    const choice = panel.page.getByRole('combobox', { name: 'Compare with' });
    await choice.selectOption('2 of 3');
    await panel.page.getByRole('img', { name: 'Version 2 of 3' }).waitFor();
    // Changes and differences are those from the original.
    assert.ok(await panel.radio('Side by Side').isChecked());
    assert.ok(await panel.radio('Difference').isDisabled());
    await panel.change(1).focus();
    assert.equal(await panel.page.locator('.box:visible').count(), 0);
    await choice.selectOption('Original');
    assert.ok(await panel.radio('Difference').isChecked());
    await choice.selectOption('3 of 3');
    await panel.state({ ...three, shown: 2 });
    await panel.page.getByRole('img', { name: 'Original' }).waitFor();
    await panel.focusPanel();
    await panel.key('PageUp');
    assert.deepEqual(await panel.messages('show'), [{ type: 'show', version: 1 }]);
  });
});
