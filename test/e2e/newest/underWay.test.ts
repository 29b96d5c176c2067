// An edit that is under way, seen in the workbench: its clock, its progress, partial pictures, and the two ways to end it.
import assert from 'node:assert/strict';
import { until } from '../../support/until';
import {
  answer,
  keepEvidence,
  press,
  rightClickEdit,
  sharedTrip,
  tab,
  tidy,
  watchTests,
  type Trip,
} from '../support/trip';

const model = 'openai/gpt-image-2';

describe('an edit under way', () => {
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
  });
  const { sent, made, untilBilled } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(async () => {
    trip.gateway.delayMs = 0;
    trip.gateway.unaskedPartials = undefined;
    await tidy(trip);
  });

  async function begin(file: string, instruction: string): Promise<void> {
    trip.gateway.delayMs = 120_000;
    await rightClickEdit(trip, file);
    await answer(trip, instruction, model);
    await untilBilled();
  }

  const untilAborted = () =>
    until(
      'closed socket',
      () => sent()[0]?.aborted,
      () => sent().map(({ status, aborted }) => ({ status, aborted })),
    );

  it('shows the original, a clock and partial pictures, also after it was hidden, and is cancelled in its panel', async () => {
    const { workbench } = trip;
    trip.gateway.unaskedPartials = 1;
    await begin('photo.jpg', 'add a cat');
    const panel = workbench.webview();
    await workbench.notification(`Editing photo.jpg with ${model}`).waitFor();
    const partial = panel.getByRole('img', { name: 'Partial picture, not the result' });
    await partial.waitFor();
    await panel.getByRole('img', { name: 'Original' }).waitFor();
    const clock = panel.locator('#clock');
    const first = await clock.innerText();
    await until(`clock after ${first}`, async () => (await clock.innerText()) !== first);
    await workbench.explorerItem('banner.webp').click();
    await tab(workbench, 'banner.webp').waitFor();
    await tab(workbench, 'Compare: photo.jpg').click();
    await partial.waitFor();
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await workbench.notification('Cancelled the edit of photo.jpg').waitFor();
    await untilAborted();
    assert.equal(await tab(workbench, 'Compare: photo.jpg').count(), 0);
    assert.deepEqual(await made(), []);
  });

  it('is cancelled in its progress, and Try Again asks with what was typed', async () => {
    const { workbench } = trip;
    await begin('photo.jpg', 'add a cat');
    await press(workbench.notification(`Editing photo.jpg with ${model}`), 'Cancel');
    const notification = workbench.notification('Cancelled the edit of photo.jpg');
    await notification.waitFor();
    await untilAborted();
    await press(notification, 'Try Again');
    await workbench.quickPickRow('add a cat').first().waitFor();
    const input = workbench.quickInput().getByPlaceholder('Describe the edit');
    assert.equal(await input.inputValue(), 'add a cat');
    assert.equal(sent().length, 1);
  });
});
