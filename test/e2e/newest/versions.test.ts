// Edited again in the panel: versions make a tree, of which one is deleted, and which a reload and Show Edits… bring back.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import {
  closeTabs,
  edit,
  keepEvidence,
  sharedTrip,
  tab,
  tidy,
  watchTests,
  type Trip,
} from '../support/trip';

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
  afterEach(() => tidy(trip));

  const version = (panel: FrameLocator, name: RegExp) =>
    panel.getByRole('list', { name: 'Versions' }).getByRole('radio', { name });

  it('makes a tree of versions, and keeps it over a reload', async () => {
    const { workbench, workspace } = trip;
    const panel = await edit(trip, 'photo.jpg', 'make it black and white', gptImage);
    await panel.getByRole('textbox', { name: 'Instruction' }).fill('add a cat');
    await panel.getByRole('combobox', { name: 'Model' }).selectOption({ value: gemini });
    await panel.getByRole('button', { name: 'Edit Again' }).click();
    await version(panel, /^Version 2, from 1 add a cat .*gemini-3-pro-image/).waitFor();
    await panel.getByRole('textbox', { name: 'Instruction' }).fill('blur it');
    await panel.getByRole('combobox', { name: 'Start from' }).selectOption('From the original');
    await panel.getByRole('button', { name: 'Edit Again' }).click();
    await version(panel, /^Version 3, from original blur it/).waitFor();
    await workbench.screenshot('.cache/editAgain.png');

    await panel.getByRole('button', { name: 'Delete Version 1' }).click({ force: true });
    await workbench.page
      .locator('.monaco-dialog-box')
      .getByRole('button', { name: 'Delete', exact: true })
      .click();
    await version(panel, /^Version 2, from a deleted one/).waitFor();
    assert.equal(await version(panel, /^Version 1/).count(), 0);

    await version(panel, /^Version 2/).check({ force: true });
    await panel.getByRole('status').filter({ hasText: 'version 2 ' }).waitFor();
    await workbench.reload();
    await tab(workbench, 'Compare: photo.jpg').waitFor();
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    // Numbers close up; the one that was shown still is.
    assert.ok(await version(panel, /^Version 1, from a deleted one add a cat/).isChecked());
    await version(panel, /^Version 2, from original blur it/).waitFor();
    assert.equal(await version(panel, /./).count(), 2);

    await closeTabs(trip);
    await workbench.runCommand('Retouch: Show Edits…');
    await workbench.quickPickRow('add a cat').first().click();
    await version(panel, /^Version 1, from a deleted one add a cat/).waitFor();
    await version(panel, /^Version 1/).check({ force: true });
    await panel.getByRole('status').filter({ hasText: 'version 1 ' }).waitFor();
    await panel.getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved photo.edited').waitFor();
    const [saved = ''] = await made();
    const [, second] = sent();
    assert.deepEqual(await readFile(join(workspace, saved)), Buffer.from(second!.answered[0]!));
    assert.equal(sent().length, 3, 'nothing was sent again');
  });
});
