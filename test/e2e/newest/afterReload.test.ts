// Two edits in two columns whose window is reloaded.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import {
  answer,
  edit,
  keepEvidence,
  rightClickEdit,
  sharedTrip,
  tab,
  tidy,
  untilKept,
  type Trip,
} from '../support/trip';

const model = 'openai/gpt-image-2';

describe('an edit after a reload', function () {
  this.timeout(240_000);
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
  });
  keepEvidence(() => trip);
  afterEach(() => tidy(trip));

  it('is in its column, and its tab is not taken for one that a crash has left', async () => {
    const { workbench } = trip;
    const { page } = workbench;
    const names = ['logo.png', 'portrait.jpg'];
    const pages = page.locator('iframe.webview.ready:visible');
    const edited = (at: number) =>
      pages
        .nth(at)
        .contentFrame()
        .locator('iframe#active-frame')
        .contentFrame()
        .getByRole('img', { name: 'Edited' });
    await edit(trip, 'logo.png', 'invert it on the left', model);
    await rightClickEdit(trip, 'portrait.jpg');
    await answer(trip, 'invert it on the right', model);
    // Before, it is the other one that is seen.
    await tab(workbench, 'Compare: portrait.jpg')
      .and(page.locator('[aria-selected="true"]'))
      .waitFor();
    await workbench.webview().getByText('invert it on the right').waitFor();
    await edited(0).waitFor();
    await workbench.runCommand('View: Move Editor into Right Group');
    for (const at of [0, 1]) await edited(at).waitFor();
    await untilKept(trip);
    await workbench.reload();
    for (const at of [0, 1]) await edited(at).waitFor();
    // Longer than one that is dead is left open: there is nothing to be seen of a tab that stays.
    await delay(8000);
    for (const at of [0, 1]) await edited(at).waitFor();
    for (const name of names) assert.equal(await tab(workbench, `Compare: ${name}`).count(), 1);
  });
});
