// A region is marked with the pointer, from the question and back to it, before anything is sent.
import assert from 'node:assert/strict';
import {
  answer,
  keepEvidence,
  quickInputTitled,
  rightClickEdit,
  sharedTrip,
  tab,
  tidy,
  watchTests,
  type Trip,
} from '../support/trip';

describe('a region', () => {
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
  });
  const { sent } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(() => tidy(trip));

  it('is marked in the panel, is said in the question, and goes along as a mask', async () => {
    const { workbench } = trip;
    await rightClickEdit(trip, 'screenshot.png');
    const instruction = workbench.quickInput().getByPlaceholder('Describe the edit');
    await instruction.fill('make it black and white');
    await workbench.quickPickRow('make it black and white').first().waitFor();
    await workbench.quickPickRow('Mark Region…').click();
    const panel = workbench.webview();
    const picture = panel.getByRole('img', { name: 'Original' });
    await picture.waitFor();
    await panel.getByRole('status').filter({ hasText: 'Mark where' }).waitFor();
    const box = (await picture.boundingBox())!;
    const { mouse } = workbench.page;
    await mouse.move(box.x + box.width / 2, box.y + 1);
    await mouse.down();
    // Beyond its corner, which is what a person does who means all of it.
    await mouse.move(box.x + box.width + 30, box.y + box.height + 30, { steps: 5 });
    await mouse.up();
    await panel
      .getByRole('status')
      .filter({ hasText: /(49|50|51).* % marked/ })
      .waitFor();
    await workbench.screenshot('.cache/marking.png');
    await panel.getByRole('button', { name: 'Continue' }).click();
    // Nothing that was typed is lost, and what is marked is said.
    await quickInputTitled(workbench, 'Edit screenshot.png').waitFor();
    assert.equal(await instruction.inputValue(), 'make it black and white');
    await workbench
      .quickPickRow('Change Region…')
      .filter({ hasText: /(49|50|51) % of the picture may change/ })
      .waitFor();
    assert.deepEqual(sent(), []);
    await answer(trip, 'make it black and white', 'openai/gpt-image-2');
    await panel
      .getByRole('status')
      .filter({ hasText: /changed outside the region: .* %/ })
      .waitFor();
    await tab(workbench, 'Compare: screenshot.png').waitFor();
    assert.equal(await tab(workbench, 'Mark Region: screenshot.png').count(), 0);
    const [request, ...more] = sent();
    assert.deepEqual(more, []);
    assert.ok('mask' in (request!.body as object));
  });
});
