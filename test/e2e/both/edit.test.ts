// From the right click to the saved file, with the moves that only a workbench has: menus, palette, preview, dialogs, keys.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import sharp from 'sharp';
import {
  edit,
  keepEvidence,
  press,
  quickInputTitled,
  rightClickEdit,
  saveAs,
  sharedTrip,
  tab,
  tidy,
  watchTests,
  type Trip,
} from '../support/trip';

const gptImage = 'openai/gpt-image-2';
const gemini = 'google/gemini-3.1-flash-image-preview';
const hostile = '50% off #1 "final".png';

describe('Edit Image with AI…', () => {
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
  });
  const { sent, made } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(() => tidy(trip));

  for (const { model, path, file, saved, accept } of [
    {
      ...{ model: gptImage, path: '/v1/images/edits' },
      ...{ file: 'photo.jpg', saved: 'photo.edited.jpg', accept: 'click' },
    },
    {
      ...{ model: gemini, path: '/v1/chat/completions' },
      ...{ file: hostile, saved: '50% off #1 "final".edited.png', accept: 'Enter' },
    },
  ]) {
    it(`takes ${file} through ${path} to ${saved}, accepted by ${accept}`, async () => {
      const { workbench, workspace } = trip;
      const panel = await edit(trip, file, 'make it black and white', model);
      await tab(workbench, `Compare: ${file}`).waitFor();
      await panel.getByRole('img', { name: 'Original' }).waitFor();
      await panel.getByRole('img', { name: 'Edited' }).waitFor();
      if (accept === 'click') await panel.getByRole('button', { name: 'Accept' }).click();
      else {
        await panel.locator('main').focus();
        await workbench.page.keyboard.press('Enter');
      }
      const notification = workbench.notification(`Saved ${saved}`);
      await notification.waitFor();
      assert.deepEqual(await made(), [saved]);
      const { format, width, height } = await sharp(join(workspace, saved)).metadata();
      const original = await sharp(join(workspace, file)).metadata();
      assert.deepEqual(
        [format, width, height],
        [original.format, original.autoOrient.width, original.autoOrient.height],
      );
      const requests = sent().map((request) => [request.path, request.model]);
      assert.deepEqual(requests, [[path, model]]);

      await press(notification, 'Open');
      await tab(workbench, saved).waitFor();
      assert.equal(await tab(workbench, `Compare: ${file}`).count(), 0);
    });
  }

  it('is in the menu of images only, in the title of their preview, and in the palette', async () => {
    const { workbench } = trip;
    // VS Code knows its image preview, as it does our menu entry, only once it has looked at all extensions: before, no menu
    // has it.
    await rightClickEdit(trip, 'photo.jpg');
    await workbench.escapeQuickInput();
    await workbench.rightClick('README.md');
    assert.ok(!(await workbench.contextMenuLabels()).includes('Edit Image with AI…'));
    await workbench.closeContextMenu();
    await workbench.runCommand('Retouch: Edit Image with AI…');
    await quickInputTitled(workbench, 'Edit Image with AI').waitFor();
    await workbench.quickPickRow('banner.webp').waitFor();
    await workbench.escapeQuickInput();

    await workbench.explorerItem('photo.jpg').dblclick();
    await tab(workbench, 'photo.jpg').waitFor();
    await workbench.page
      .locator('.editor-actions')
      .getByRole('button', { name: 'Edit Image with AI…' })
      .click();
    await quickInputTitled(workbench, 'Edit photo.jpg').waitFor();
    await workbench.escapeQuickInput();
    await workbench.runCommand('Retouch: Edit Image with AI…');
    await quickInputTitled(workbench, 'Edit photo.jpg').waitFor();
    assert.deepEqual(sent(), []);
  });

  it('is saved elsewhere with Save As…, but never over the original', async () => {
    const { workbench, workspace } = trip;
    const panel = await edit(trip, 'logo.png', 'rotate it', gptImage);
    await panel.getByRole('button', { name: 'Save As…' }).click();
    await saveAs(trip, join(workspace, 'logo.png'));
    // VS Code asks in a quick input of its own whether to replace the file; then it is the original.
    await quickInputTitled(workbench, 'logo.png already exists').waitFor();
    await workbench
      .quickInput()
      .getByRole('button', { name: /^(OK|Yes)$/ })
      .click();
    await workbench.page
      .getByText('logo.png is the original, which Retouch never writes over.')
      .waitFor();
    await workbench.page.getByRole('button', { name: 'Choose Another Name' }).click();
    await saveAs(trip, join(workspace, 'rotated.png'));
    await workbench.notification('Saved rotated.png').waitFor();
    assert.deepEqual(await made(), ['rotated.png']);
  });
});
