// Edited, and edited again: versions make a tree, which a reload keeps, and what fails or is cancelled costs nobody a word.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FrameLocator } from 'playwright-core';
import sharp from 'sharp';
import {
  answer,
  closeTabs,
  edit,
  keepEvidence,
  press,
  rightClickEdit,
  sharedTrip,
  tab,
  tidy,
  watchTests,
  type Trip,
} from './trip';

const gptImage = 'openai/gpt-image-2';
const gemini = 'google/gemini-3-pro-image';

describe('editing again', function () {
  this.timeout(240_000);
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
    // What came is compared byte by byte with what was saved.
    await trip.workbench.setSetting('retouch.matchOriginal', false);
  });
  after(() => trip.workbench.setSetting('retouch.matchOriginal', undefined));
  const { sent, made } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(async () => {
    trip.gateway.delayMs = 0;
    await tidy(trip);
  });

  const status = (panel: FrameLocator, text: RegExp) =>
    panel.getByRole('status').filter({ hasText: text });
  const version = (panel: FrameLocator, name: RegExp) =>
    panel.getByRole('list', { name: 'Versions' }).getByRole('radio', { name });
  const instruction = (panel: FrameLocator) => panel.getByRole('textbox', { name: 'Instruction' });

  async function editAgain(
    panel: FrameLocator,
    words: string,
    { model, from }: { model?: string; from?: string } = {},
  ): Promise<void> {
    await instruction(panel).fill(words);
    if (model !== undefined)
      await panel.getByRole('combobox', { name: 'Model' }).selectOption({ value: model });
    if (from !== undefined)
      await panel.getByRole('combobox', { name: 'Start from' }).selectOption(from);
    await panel.getByRole('button', { name: 'Edit Again' }).click();
  }

  it('makes a tree of versions, each from what the user saw, and keeps it over a reload', async () => {
    const { workbench, workspace } = trip;
    const panel = await edit(trip, 'photo.jpg', 'make it black and white', gptImage);
    await editAgain(panel, 'add a cat', { model: gemini });
    await status(panel, /version 2 .*/).waitFor();
    assert.equal(await instruction(panel).inputValue(), '');
    await version(panel, /^Version 2, from 1 add a cat .*gemini-3-pro-image/).waitFor();
    const [first, second] = sent();
    assert.match(second!.path, /chat\/completions$/);
    assert.ok(!(await isColourful(second!.inputs[0]!)), 'the version was sent');
    assert.ok(!(await isColourful(first!.answered[0]!)));

    await editAgain(panel, 'blur it', { model: gptImage, from: 'From the original' });
    await version(panel, /^Version 3, from original blur it/).waitFor();
    const third = sent()[2];
    assert.match(third!.path, /images\/edits$/);
    assert.ok(await isColourful(third!.inputs[0]!), 'the original was sent');
    assert.equal(sent().length, 3);

    // Back to one of before, and a branch from there.
    await version(panel, /^Version 1/).check({ force: true });
    await editAgain(panel, 'make it brighter', { from: 'From this version' });
    await version(panel, /^Version 4, from 1 make it brighter/).waitFor();
    await workbench.screenshot('.cache/editAgain.png');
    await panel.getByRole('combobox', { name: 'Compare with' }).selectOption('Version 2');
    await panel.getByRole('img', { name: 'Version 2' }).waitFor();
    await panel.getByRole('combobox', { name: 'Compare with' }).selectOption('Original');

    await panel.getByRole('button', { name: 'Delete Version 1' }).click({ force: true });
    await workbench.page
      .locator('.monaco-dialog-box')
      .getByRole('button', { name: 'Delete', exact: true })
      .click();
    await version(panel, /^Version 4, from a deleted one/).waitFor();
    assert.equal(await version(panel, /^Version 1/).count(), 0);

    await version(panel, /^Version 2/).check({ force: true });
    await status(panel, /version 2 /).waitFor();
    await workbench.reload();
    await tab(workbench, 'Compare: photo.jpg').waitFor();
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    // Numbers close up; the one that was shown still is.
    assert.ok(await version(panel, /^Version 1, from a deleted one add a cat/).isChecked());
    await version(panel, /^Version 2, from original blur it/).waitFor();
    await version(panel, /^Version 3, from a deleted one make it brighter/).waitFor();
    assert.equal(await version(panel, /./).count(), 3);

    await closeTabs(trip);
    await workbench.runCommand('Retouch: Show Edits…');
    await workbench.quickPickRow('add a cat').first().click();
    await version(panel, /^Version 1, from a deleted one add a cat/).waitFor();
    await version(panel, /^Version 1/).check({ force: true });
    await status(panel, /version 1 /).waitFor();
    await panel.getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved photo.edited').waitFor();
    const [saved = ''] = await made();
    assert.deepEqual(await readFile(join(workspace, saved)), Buffer.from(second!.answered[0]!));
    assert.equal(sent().length, 4, 'nothing was sent again');
  });

  it('ends with what was made last: the steps on the way need no decision', async () => {
    const { workbench, workspace } = trip;
    const panel = await edit(trip, 'logo.png', 'invert it', gptImage);
    await editAgain(panel, 'make it brighter');
    await version(panel, /^Version 2, from 1/).waitFor();
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    await panel.getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved logo.edited').waitFor();
    await tab(workbench, 'Compare: logo.png').waitFor({ state: 'detached' });
    const [saved = '', ...others] = await made();
    assert.deepEqual(others, []);
    assert.deepEqual(await readFile(join(workspace, saved)), Buffer.from(sent()[1]!.answered[0]!));
  });

  it('is refused or cancelled, and the instruction is still there', async () => {
    const { workbench, gateway } = trip;
    const panel = await edit(trip, 'logo.png', 'invert it', gptImage);
    await editAgain(panel, 'refuse this');
    const refused = workbench.notification(/logo\.png: .*safety/);
    await refused.waitFor();
    assert.equal(await instruction(panel).inputValue(), 'refuse this');
    assert.equal(sent().length, 2);
    await press(refused, 'Try Again');
    while (sent().length < 3) await delay(20);
    await refused.waitFor();
    // VS Code shows three at a time.
    await refused.hover();
    await refused.getByRole('button', { name: /^Clear Notification/ }).click();
    await refused.waitFor({ state: 'detached' });

    gateway.delayMs = 120_000;
    await editAgain(panel, 'wait for it');
    await status(panel, /Editing with/).waitFor();
    while (!sent()[3]?.billed) await delay(20);
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await workbench.notification('Cancelled the edit of logo.png.').waitFor();
    assert.equal(await instruction(panel).inputValue(), 'wait for it');
    await panel.getByRole('button', { name: 'Accept' }).waitFor();
    assert.equal(sent().length, 4);
  });

  it('goes on when the panel is closed meanwhile, and comes back with what came', async () => {
    const { workbench, gateway } = trip;
    const panel = await edit(trip, 'portrait.jpg', 'invert it', gptImage);
    gateway.delayMs = 2000;
    await editAgain(panel, 'make it brighter');
    await status(panel, /Editing with/).waitFor();
    await closeTabs(trip);
    await press(workbench.notification('The edit of portrait.jpg is not saved yet.'), 'Compare');
    await version(panel, /^Version 2, from 1 make it brighter/).waitFor();
    assert.equal(sent().length, 2);
  });

  it('is an edit with all that belongs to one: a region holds in every version', async () => {
    const { workbench, workspace } = trip;
    await rightClickEdit(trip, 'screenshot.png');
    await workbench.quickPickRow('Mark Region…').click();
    const panel = workbench.webview();
    await panel.getByText('Mark where the edit may change the picture').waitFor();
    const box = (await panel.locator('#original').boundingBox())!;
    const { mouse } = workbench.page;
    await mouse.move(box.x + box.width / 2, box.y + 2);
    await mouse.down();
    await mouse.move(box.x + box.width - 2, box.y + box.height - 2, { steps: 4 });
    await mouse.up();
    await panel.getByRole('button', { name: 'Continue' }).click();
    await answer(trip, 'make it black and white', gptImage);
    await panel.getByRole('button', { name: 'Accept' }).waitFor();
    await editAgain(panel, 'invert it', { model: gemini });
    await version(panel, /^Version 2, from 1 invert it/).waitFor();
    await status(panel, /changed outside the region: .* %/).waitFor();
    await panel.getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved screenshot.edited').waitFor();
    const [saved = ''] = await made();
    const left = async (name: string) => {
      const { width, height } = await sharp(join(workspace, name)).metadata();
      return sharp(join(workspace, name))
        .extract({ left: 0, top: 0, width: Math.floor(width / 2) - 8, height })
        .ensureAlpha()
        .raw()
        .toBuffer();
    };
    assert.ok((await left(saved)).equals(await left('screenshot.png')));
  });
});

async function isColourful(picture: Uint8Array): Promise<boolean> {
  const { data, info } = await sharp(picture)
    .resize(64, 64, { fit: 'fill' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  let most = 0;
  for (let at = 0; at < data.length; at += info.channels) {
    const pixel = [data[at]!, data[at + 1]!, data[at + 2]!];
    most = Math.max(most, Math.max(...pixel) - Math.min(...pixel));
  }
  return most > 40;
}
