// Options behind the gear of a model's row, by pointer and by keys alone.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import {
  keepEvidence,
  quickInputTitled,
  rightClickEdit,
  sharedTrip,
  tidy,
  watchTests,
  type Trip,
} from '../support/trip';

const gptImage = 'openai/gpt-image-2';

describe('options', () => {
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
  });
  const { sent } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(() => tidy(trip));

  const titled = (title: string) => quickInputTitled(trip.workbench, title).waitFor();
  const row = (label: string) => trip.workbench.quickPickRow(label);
  const description = (of: Locator) => of.locator('.label-description').innerText();

  it('are set through the gear, sent as they were set, and reset by keys alone', async () => {
    const { workbench } = trip;
    const { keyboard } = workbench.page;
    await rightClickEdit(trip, 'photo.jpg');
    await workbench.quickInput().getByPlaceholder('Describe the edit').fill('make it brighter');
    await row('make it brighter').first().waitFor();
    await keyboard.press('Enter');
    await titled('Choose a model');
    // Rows show theirs under the pointer.
    await row(gptImage).hover();
    await row(gptImage).getByRole('button', { name: 'Options…' }).click();
    await titled(`Options of ${gptImage}`);
    await row('Quality (quality)').click();
    await titled(`Quality of ${gptImage}`);
    await row('high').click();
    await titled(`Options of ${gptImage}`);
    assert.equal(await description(row('Quality (quality)')), 'high');
    await row('Done').click();
    await titled('Choose a model');
    assert.match(await row(gptImage).innerText(), /quality high/);
    await row(gptImage).click();
    await workbench.webview().getByRole('button', { name: 'Discard' }).click();
    const [{ body } = { body: undefined }] = sent();
    assert.equal((body as { quality?: string }).quality, 'high');

    await workbench.runCommand('Retouch: Model Options…');
    await titled('Model Options');
    const box = workbench.quickInput().getByRole('textbox');
    const active = workbench.page.locator('.focused');
    await box.fill('gpt-image-2');
    await row(gptImage).and(active).waitFor();
    await keyboard.press('Enter');
    await titled(`Options of ${gptImage}`);
    await box.fill('Reset');
    await row('Reset').and(active).waitFor();
    await keyboard.press('Enter');
    await row('Reset').waitFor({ state: 'detached' });
    assert.equal(await description(row('Quality (quality)')), 'not sent');
    await workbench.escapeQuickInput();
    assert.equal(sent().length, 1);
  });
});
