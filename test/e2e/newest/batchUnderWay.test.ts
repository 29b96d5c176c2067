// A batch without its panel, in the status bar alone, and a window that is reloaded in the midst of one.
import assert from 'node:assert/strict';
import { until } from '../../support/until';
import { BatchMoves, batchModel } from '../support/batchMoves';
import {
  answer,
  closeTabs,
  keepEvidence,
  press,
  quickInputTitled,
  sharedTrip,
  tidy,
  watchTests,
  type Trip,
} from '../support/trip';

const names = ['banner.webp', 'photo.jpg', 'logo.png', 'portrait.jpg', 'screenshot.png'];

describe('a batch under way', function () {
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
    trip.gateway.delayMs = 0;
    await trip.workbench.deselectFiles();
    await tidy(trip);
  });
  const batch = new BatchMoves(() => trip);

  const untilSent = (count: number) =>
    until(
      `${count} edits that were sent`,
      () => sent().length >= count,
      () => sent().length,
    );

  it('goes on without its panel, and the rest can be cancelled', async () => {
    const { workbench } = trip;
    trip.gateway.delayMs = 120_000;
    await batch.select(names, 'paint it slowly');
    await batch.confirm('Edit 5 images');
    await batch.untilStatus('0 of 5 done');
    await untilSent(3);
    await closeTabs(trip);
    await press(workbench.notification('Editing 5 images goes on in the background.'), 'Show');
    await batch.button('Pause').click();
    // What the click tells goes with the page where that is closed before it is told.
    await batch.button('Resume').waitFor();
    await closeTabs(trip);
    await workbench.notification('Editing 5 images is paused.').waitFor();
    await workbench.page.keyboard.press('Control+Alt+n');
    // Only the status bar has it now.
    const item = workbench.page.getByRole('button', { name: 'Retouch, 5 images: 0 of 5 edited' });
    await item.click();
    await batch.button('Resume').click();
    await batch.button('Cancel the Rest').click();
    await batch.untilStatus('0 of 5 done, 5 cancelled');
    await item.waitFor({ state: 'detached' });
    assert.equal(sent().length, 3);
    assert.deepEqual(await made(), []);
  });

  it('offers after a reload what had not begun, and sends nothing without being told to', async () => {
    const { workbench, gateway } = trip;
    gateway.delayMs = 120_000;
    await batch.select(names, 'paint it later');
    await batch.confirm('Edit 5 images');
    await untilSent(3);
    await workbench.reload();
    gateway.delayMs = 0;
    await workbench.notification('3 edits were sent and never answered').waitFor();
    const offer = workbench.notification('Editing 5 images was interrupted: 2 had not begun.');
    await offer.waitFor();
    assert.equal(sent().length, 3);
    await press(offer, 'Edit Them…');
    await quickInputTitled(workbench, 'Edit 2 images').waitFor();
    const input = workbench.quickInput().getByPlaceholder('Describe the edit');
    assert.equal(await input.inputValue(), 'paint it later');
    await answer(trip, 'paint it later', batchModel);
    await batch.confirm('Edit 2 images');
    await batch.untilStatus('2 of 2 done');
    assert.equal(sent().length, 5);
    for (const name of names.slice(3))
      await batch
        .panel()
        .getByRole('listitem')
        .filter({ hasText: `${name} Done` })
        .waitFor();
  });
});
