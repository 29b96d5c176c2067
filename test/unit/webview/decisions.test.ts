// What the user decides in the panel: each button and key tells the host once, where the phase offers it.
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { panelPage, samplePictures } from './support/panelPage';
import { review } from './support/samplePictures';

describe('the panel’s page: the decisions', () => {
  const panel = panelPage();

  it('copies as PNG what the host gives, and says why where it gives nothing', async () => {
    const { edited } = await samplePictures();
    const permissions = ['clipboard-read', 'clipboard-write'];
    await panel.show(review, { permissions });
    // Tabs with options of their own are used once, so that a clock may stand still in them.
    await panel.stopClock();
    const copied = () =>
      panel.page.evaluate<string>(`(async () => {
        const [item] = await navigator.clipboard.read();
        const bitmap = await createImageBitmap(await item.getType('image/png'));
        return item.types.join() + ' ' + bitmap.width + ' × ' + bitmap.height;
      })()`);
    for (const [format, width] of [
      ['png', 300],
      ['jpeg', 240],
    ] as const) {
      const before = (await panel.messages('copy')).length;
      await panel.button('Copy').click();
      assert.deepEqual((await panel.messages('copy')).slice(before), [
        { type: 'copy', version: 0 },
      ]);
      const picture = sharp(edited).resize(width, 200, { fit: 'fill' });
      await panel.copy(`image/${format}`, await picture.toFormat(format).toBuffer());
      await panel.page.locator('#spoken', { hasText: 'Copied' }).waitFor({ state: 'attached' });
      assert.equal(await copied(), `image/png ${width} × 200`);
      // Until it is asked for again.
      await panel.page.evaluate(`document.getElementById('spoken').textContent = ''`);
      assert.ok(await panel.button('Copied').isVisible());
      await panel.page.clock.runFor(3000);
      assert.ok(await panel.button('Copy').isVisible());
    }
    await panel.button('Copy').click();
    await panel.refuseCopy('It could not be copied: the disk is full');
    await panel.page
      .locator('#spoken', { hasText: 'the disk is full' })
      .waitFor({ state: 'attached' });
    assert.equal(await copied(), 'image/png 240 × 200');
  });

  it('offers to replace only an original that can be', async () => {
    await panel.show();
    assert.equal(await panel.button('Replace Original').isVisible(), false);
    await panel.state({ ...review, replaceable: true });
    await panel.button('Replace Original').click();
    assert.deepEqual(await panel.messages('replace'), [{ type: 'replace', version: 0 }]);
    await panel.state({ ...review, replaceable: true, phase: 'saving' });
    // The page hears of it a moment later.
    await panel.page.locator('#replace:disabled').waitFor();
  });

  it('accepts the version that is shown with Enter, once it can be seen', async () => {
    await panel.open();
    await panel.state(review);
    const { original, edited } = await samplePictures();
    await panel.picture('original', 'image/png', original);
    await panel.focusPanel();
    await panel.key('Enter');
    assert.deepEqual(await panel.sent(), [], 'it is not drawn yet');
    await panel.picture(0, 'image/png', edited);
    await panel.page.getByRole('img', { name: 'Edited' }).waitFor();
    await panel.key('Enter');
    await panel.button('Accept').click();
    await panel.button('Save As…').click();
    await panel.button('Discard').click();
    assert.deepEqual(await panel.sent(), [
      { type: 'accept', version: 0 },
      { type: 'accept', version: 0 },
      { type: 'saveAs', version: 0 },
      { type: 'discard' },
    ]);
  });

  it('offers a PNG where that keeps more than Accept does, and says what is lost', async () => {
    await panel.show();
    assert.equal(await panel.button('Save as PNG').count(), 0);
    const losses = ['It is saved as a still picture.', 'JPEG changes pixels a little.'];
    await panel.state({ ...review, losses, offersPng: true });
    await panel.button('Save as PNG').click();
    assert.deepEqual(await panel.sent(), [{ type: 'savePng', version: 0 }]);
    const accept = panel.button('Accept');
    assert.equal(await accept.getAttribute('aria-describedby'), 'saves losses');
    assert.equal(await panel.page.locator('#losses').innerText(), losses.join(' '));
  });

  it('accepts nothing while it is saved, and what is saved not again', async () => {
    await panel.show();
    await panel.state({ ...review, phase: 'saving' });
    for (const name of ['Accept', 'Save As…', 'Discard'])
      assert.ok(await panel.button(name).isDisabled(), name);
    await panel.focusPanel();
    await panel.key('Enter');
    await panel.key('Escape');
    // It could not be saved.
    await panel.state(review);
    assert.ok(await panel.button('Accept').isEnabled());
    const [version] = review.versions;
    const versions = [{ ...version!, saved: true }, version!];
    await panel.state({ ...review, versions });
    assert.ok(await panel.button('Accept').isDisabled());
    await panel.key('Enter');
    assert.deepEqual(await panel.sent(), []);
    for (const name of ['Save As…', 'Discard'])
      assert.ok(await panel.button(name).isEnabled(), name);
    assert.match(await panel.status(), /1 of 2 pictures · asked for 1, got 2 · saved/);
    const [round] = review.rounds;
    await panel.state({
      ...review,
      rounds: [{ ...round!, askedFor: 2, why: 'Stopped by a filter' }],
    });
    assert.match(await panel.status(), /asked for 2, got 1: Stopped by a filter ·/);
  });

  it('chooses how the picture is saved, in words beside Accept', async () => {
    await panel.show({ ...review, matching: { on: true, fit: 'crop' } });
    const match = panel.page.getByRole('checkbox', { name: 'Match Original' });
    assert.ok(await match.isChecked());
    assert.ok(await panel.radio('Crop').isChecked());
    await panel.radio('Stretch').check({ force: true });
    await match.uncheck();
    assert.deepEqual(await panel.messages('match'), [
      { type: 'match', on: true, fit: 'stretch' },
      { type: 'match', on: false, fit: undefined },
    ]);
    const described = await panel.page.evaluate<string>(
      "accept.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join('|')",
    );
    assert.equal(described, 'Saves JPEG, 1200 × 800|');
    await panel.state({ ...review, matching: { on: false } });
    assert.equal(await panel.radio('Crop').count(), 0);
  });

  it('changes nothing of two files that exist', async () => {
    await panel.show({
      ...review,
      matching: undefined,
      saves: undefined,
      readOnly: { original: 'HEAD', edited: 'Working Tree' },
    });
    for (const name of ['Accept', 'Save As…', 'Discard', 'Keep All'])
      assert.equal(await panel.button(name).count(), 0, name);
    assert.ok(!(await panel.page.locator('#instruction').isVisible()));
    assert.equal(await panel.page.locator('#originalName').innerText(), 'HEAD');
    assert.equal(await panel.page.locator('#editedName').innerText(), 'Working Tree');
    assert.match(await panel.status(), /^HEAD and Working Tree · /);
    await panel.button('Change 2, right, 6.9 % of the picture').click();
    await panel.focusPanel();
    await panel.key('Enter');
    await panel.key('Escape');
    assert.deepEqual(await panel.sent(), []);
  });

  it('lists all keys at ?, and gives the focus back', async () => {
    await panel.show();
    await panel.change(2).focus();
    await panel.key('?');
    const help = panel.page.getByRole('dialog', { name: 'Keyboard Shortcuts' });
    await help.waitFor();
    await panel.key('m');
    await panel.key('Enter');
    await help.waitFor({ state: 'hidden' });
    await panel.key('?');
    await help.waitFor();
    await panel.key('Escape');
    await help.waitFor({ state: 'hidden' });
    assert.match(await panel.focused(), /^Change 2, /);
    assert.ok(await panel.radio('Side by Side').isChecked());
    assert.deepEqual(await panel.sent(), []);
    await panel.focusPanel();
    await panel.key('Escape');
    assert.deepEqual(await panel.sent(), [{ type: 'discard' }]);
  });

  it('discards with Backspace where another one follows, once it can be seen, and nowhere else', async () => {
    await panel.show();
    await panel.focusPanel();
    await panel.key('Backspace');
    assert.deepEqual(await panel.sent(), []);
    await panel.state({ ...review, queue: { position: 3, count: 12 } });
    assert.match(await panel.status(), /^3 of 12 · Edited/);
    await panel.key('Backspace');
    assert.deepEqual(await panel.sent(), [{ type: 'discard' }]);
    await panel.reload();
    await panel.state({ ...review, queue: { position: 4, count: 12 } });
    await panel.focusPanel();
    await panel.key('Backspace');
    await panel.key('Enter');
    assert.deepEqual(await panel.sent(), [], 'nobody has seen it yet');
  });

  it('says so when the host does not answer a decision, until it does', async () => {
    await panel.open({ stillClock: true });
    await panel.state({ ...review, restore: 'job' });
    const { original, edited } = await samplePictures();
    await panel.picture('original', 'image/png', original);
    await panel.picture(0, 'image/png', edited);
    const status = () => panel.status();
    const usual = await status();
    await panel.button('Accept').click();
    await panel.receive({ type: 'heard' });
    await panel.page.clock.runFor(10_000);
    assert.equal(await status(), usual);
    await panel.button('Accept').click();
    await panel.page.clock.runFor(4900);
    assert.equal(await status(), usual);
    await panel.page.clock.runFor(200);
    assert.match(await status(), /^Retouch does not answer\. The edit is kept: .*Show Edits…/);
    await panel.receive({ type: 'heard' });
    assert.equal(await status(), usual);
    // What only moves the pictures is no question.
    await panel.mode('Swipe');
    await panel.page.clock.runFor(10_000);
    assert.equal(await status(), usual);
  });
});
