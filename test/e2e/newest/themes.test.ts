// The compare panel in VS Code's own themes: their real colours, where the page's tests wear what was noted of them.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { edit, keepEvidence, sharedTrip, themes, tidy, type Trip } from '../support/trip';

describe('the compare panel, accessible', () => {
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
  });
  keepEvidence(() => trip);
  after(() => tidy(trip));

  it('in every kind of theme', async () => {
    const panel = await edit(trip, 'logo.png', 'make it brighter', 'openai/gpt-image-2');
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    const frame = await trip.workbench.webviewFrame();
    await frame.evaluate(axe.source);
    for (const theme of themes) {
      await trip.workbench.setTheme(theme);
      const { violations } = await frame.evaluate<axe.AxeResults>('axe.run()');
      const found = violations.map(
        ({ id, nodes }) => `${theme}, ${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
      assert.deepEqual(found, []);
    }
  });
});
