// The list of changes: what it says of each, where it leads, and what is kept and rejected.
import assert from 'node:assert/strict';
import { modeNames, near, panelPage } from './support/panelPage';
import { changedBoxes, comparison, review, size } from './support/samplePictures';

describe('the panel’s page: the changes', () => {
  const panel = panelPage();

  it('lists the changes, and shows the box of the one that is pointed at, in every mode', async () => {
    await panel.show();
    assert.equal(
      await panel.change(1).getAttribute('aria-label'),
      'Change 1, top left, 4.9 % of the picture',
    );
    assert.deepEqual(await panel.page.locator('.changeWords').allInnerTexts(), [
      'Change 1\ntop left, 4.9 %',
      'Change 2\nright, 6.9 %',
      'Change 3\ntop right, 0.4 %',
    ]);
    assert.match(await panel.status(), / · 3 changes, 12\.1 % of the picture · /);
    for (const name of modeNames) {
      await panel.mode(name);
      assert.equal(await panel.page.locator('.box:visible').count(), 0);
      await panel.page.locator('#changes li').nth(1).hover();
      const apart = name === 'Side by Side';
      assert.equal(await panel.page.locator('.box:visible').count(), apart ? 6 : 3, name);
      const box = (await panel.page.locator('.box.pointed:visible').first().boundingBox())!;
      const picture = await panel.boxOf('#original');
      const scale = picture.width / size.width;
      const { x, y, width } = changedBoxes[1]!;
      near(box, { x: picture.x + x * scale - 3, y: picture.y + y * scale - 3 }, 1.5);
      assert.ok(Math.abs(box.width - 6 - width * scale) < 1.5);
      await panel.page.mouse.move(5, 5);
    }
    await panel.change(3).focus();
    assert.equal(await panel.page.locator('.box.pointed:visible').count(), 1);
  });

  it('goes to a change that is clicked, keeping what was chosen', async () => {
    await panel.show();
    await panel.page.locator('#changes li').nth(1).getByText('Change 2').click();
    const view = await panel.boxOf('#originalView');
    const { x, y, width, height } = changedBoxes[1]!;
    near(await panel.spotAt('#original', view.x + view.width / 2, view.y + view.height / 2), {
      x: x + width / 2,
      y: y + height / 2,
    });
    assert.ok(await panel.change(2).isChecked());
    assert.deepEqual(await panel.sent(), []);
    assert.ok(await panel.page.locator('#navigator').isVisible());
  });

  it('keeps and rejects changes by pointer and keys, at once and before the host answers', async () => {
    await panel.show();
    await panel.change(1).click();
    assert.ok(!(await panel.change(1).isChecked()));
    await panel.focusPanel();
    await panel.key('n');
    assert.match(await panel.focused(), /^Change 1, /);
    await panel.key('n');
    await panel.key('n');
    await panel.key(' ');
    await panel.key('p');
    await panel.key(' ');
    assert.deepEqual(
      await Promise.all([1, 2, 3].map((number) => panel.change(number).isChecked())),
      [false, false, false],
    );
    assert.ok(await panel.button('Reject All').isDisabled());
    // What the host sends may still be of before.
    await panel.state({ ...review, comparison: { ...comparison, busy: true } });
    assert.ok(!(await panel.change(2).isChecked()));
    await panel.button('Keep All').click();
    assert.ok(await panel.change(2).isChecked());
    assert.deepEqual(await panel.messages('keep'), [
      { type: 'keep', version: 0, changes: [0], kept: false },
      { type: 'keep', version: 0, changes: [2], kept: false },
      { type: 'keep', version: 0, changes: [1], kept: false },
      { type: 'keep', version: 0, changes: [0, 1, 2], kept: true },
    ]);
    assert.deepEqual(await panel.messages('accept'), []);
  });

  it('holds five hundred changes', async () => {
    const many = Array.from({ length: 500 }, (_, at) => ({
      box: { x: (at % 25) * 48, y: Math.floor(at / 25) * 40, width: 20, height: 16 },
      share: 0.0003,
      minor: false,
      kept: true,
    }));
    await panel.show({
      ...review,
      comparison: { ...comparison, changes: many, changedShare: 0.15 },
    });
    assert.equal(
      await panel.change(500).getAttribute('aria-label'),
      'Change 500, bottom right, less than 0.1 % of the picture',
    );
    await panel.focusPanel();
    await panel.key('p');
    assert.match(await panel.focused(), /^Change 500, /);
    await panel.key(' ');
    assert.deepEqual(await panel.messages('keep'), [
      { type: 'keep', version: 0, changes: [499], kept: false },
    ]);
    // The Tab key stops once in all of them.
    await panel.key('Tab');
    assert.equal(await panel.page.evaluate<string>('document.activeElement.id'), 'align');
  });

  it('says what is compared, how it was aligned, and why it cannot be', async () => {
    await panel.show({ ...review, comparison: { ...comparison, outsideShare: 0.021 } });
    assert.match(await panel.status(), /changed outside the region: 2\.1 %/);
    assert.match(
      await panel.page.locator('#alignWords').innerText(),
      /^The edited picture was moved 2.4 px right/,
    );
    const before = await panel.boxOf('#changes');
    await panel.state({
      ...review,
      comparison: { ...comparison, outsideShare: 0.021, busy: true },
    });
    await panel.page.locator('#busy').waitFor();
    assert.deepEqual(await panel.boxOf('#changes'), before);
    await panel.page.getByRole('switch', { name: 'Align' }).click();
    assert.deepEqual(await panel.messages('align'), [{ type: 'align', on: false }]);
    const problem = 'The pictures are too large to be compared.';
    await panel.state({ ...review, comparison: { ...comparison, changes: [], problem } });
    await panel.page.getByText(problem).waitFor();
    assert.equal(await panel.page.getByRole('list', { name: 'Changes' }).count(), 0);
  });
});
