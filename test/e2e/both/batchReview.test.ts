// Several images edited in the same way, from the selection in the Explorer to the review by keys in one tab.
import assert from 'node:assert/strict';
import { BatchMoves } from '../support/batchMoves';
import { keepEvidence, press, sharedTrip, tab, tidy, watchTests, type Trip } from '../support/trip';

const names = ['banner.webp', 'photo.jpg', 'logo.png'];

describe('a batch', function () {
  this.timeout(240_000);
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
    // The preview that the first click opens would select its file again, whenever it is ready.
    await trip.workbench.setSetting('explorer.autoReveal', false);
  });
  after(() => trip.workbench.setSetting('explorer.autoReveal', undefined));
  const { sent, made } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(async () => {
    await trip.workbench.deselectFiles();
    await tidy(trip);
  });
  const batch = new BatchMoves(() => trip);

  /** Reviews the one that is shown, by a key alone, once it can be seen. */
  async function decide(key: 'Enter' | 'Backspace', position: string): Promise<void> {
    await batch.untilStatus(new RegExp(`^${position} · Edited`));
    await batch.panel().getByRole('img', { name: 'Edited' }).waitFor();
    // Where VS Code shows no toast, the list is opened, and has the focus of whoever answers in it.
    await trip.workbench.hideNotificationList();
    const frame = await trip.workbench.webviewFrame();
    await frame.waitForFunction('document.hasFocus()');
    await trip.workbench.page.keyboard.press(key);
  }

  it('edits each with one request, and is reviewed by keys in one tab', async () => {
    const { workbench } = trip;
    await batch.select(names, 'paint it blue');
    await batch
      .dialog()
      .getByText(/Edit 3 images with openai\/gpt-image-2\?/)
      .waitFor();
    await batch
      .dialog()
      .getByText(/(Cost unknown|The last such edit cost \$)/)
      .waitFor();
    assert.deepEqual(sent(), []);
    await batch.confirm('Edit 3 images');
    await tab(workbench, 'Edit 3 images').waitFor();
    await batch.untilStatus('3 of 3 done');
    assert.equal(sent().length, 3);
    // In the order of their selection.
    const rows = await batch.panel().getByRole('listitem').allInnerTexts();
    assert.deepEqual(
      rows.map((row) => row.trim().split(/\s/)[0]),
      names,
    );

    await batch.button('Review').click();
    await decide('Enter', '1 of 3');
    await workbench.notification('Saved banner.edited').waitFor();
    await decide('Backspace', '2 of 3');
    await batch.untilStatus('3 of 3');
    assert.equal(await tab(workbench, /^Compare: /).count(), 1);
    await decide('Enter', '3 of 3');
    const saved = workbench.notification('Saved logo.edited');
    await saved.waitFor();
    await tab(workbench, /^Compare: /).waitFor({ state: 'detached' });
    assert.deepEqual(
      (await made()).map((name) => name.replace(/\.\w+$/, '')),
      ['banner.edited', 'logo.edited'],
    );

    await press(saved, 'Undo');
    await tab(workbench, 'Compare: logo.png').waitFor();
    await batch.panel().getByRole('img', { name: 'Edited' }).waitFor();
    assert.equal((await made()).length, 1);
    assert.equal(sent().length, 3);
  });
});
