// The compare panel in a real VS Code: what the page cannot show without one, which is its policy, keys that VS Code has a use
// for as well, and its life when its tab is hidden or moved. What the page does by itself: test/unit/webview.
import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import { until } from '../../support/until';
import {
  edit,
  keepEvidence,
  press,
  sharedTrip,
  tab,
  tidy,
  untilKept,
  watchTests,
  type Trip,
} from '../support/trip';

const model = 'openai/gpt-image-2';

describe('the compare panel', () => {
  let trip: Trip;
  let violationsBefore: number;
  before(async () => {
    trip = await sharedTrip();
    violationsBefore = trip.workbench.policyViolations().length;
  });
  const { sent } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(async () => {
    assert.deepEqual(trip.workbench.policyViolations().slice(violationsBefore), []);
    await tidy(trip);
  });

  const mode = (panel: FrameLocator, name: string) => panel.getByRole('radio', { name });

  async function open(file: string): Promise<FrameLocator> {
    const panel = await edit(trip, file, 'make it brighter', model);
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    return panel;
  }

  it('carries all that it is made of, within its policy, and has both pictures', async () => {
    const panel = await open('logo.png');
    for (const name of ['Original', 'Edited']) {
      const natural = await panel
        .getByRole('img', { name })
        .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
      assert.ok(natural > 0, name);
    }
    // What VS Code would load for the page now and then never comes.
    const frame = await trip.workbench.webviewFrame();
    const loaded = await frame.evaluate<string[]>(
      `performance.getEntriesByType('resource').map(({ name }) => name)`,
    );
    assert.deepEqual(
      loaded.filter((name) => !name.startsWith('blob:')),
      [],
    );
  });

  it('has the keys that VS Code would use as well, discards with Escape and comes back', async () => {
    const { page } = trip.workbench;
    const panel = await open('logo.png');
    await panel.locator('main').focus();
    for (const [key, button] of [
      ['Control+1', 'Actual Size'],
      ['Control+0', 'Zoom to Fit'],
    ] as const) {
      await page.keyboard.press(key);
      await panel.locator(`[aria-label="${button}"][aria-pressed="true"]`).waitFor();
    }
    await page.keyboard.press('m');
    assert.ok(await mode(panel, 'Swipe').isChecked());
    await page.keyboard.press('Escape');
    await press(trip.workbench.notification('Discarded the edit of logo.png.'), 'Undo');
    await panel.getByRole('button', { name: 'Accept' }).waitFor();
    assert.equal(sent().length, 1);
  });

  it('is as it was after being hidden and moved into another column', async () => {
    const { workbench } = trip;
    const panel = await open('logo.png');
    const its = tab(workbench, 'Compare: logo.png');
    await mode(panel, 'Onion Skin').check({ force: true });
    const onion = panel.getByRole('slider', { name: 'Onion Skin' });
    await onion.fill('80');
    const facts = await panel.locator('#editedFacts').innerText();
    await untilKept(trip);
    const isAsItWas = async (when: string) => {
      await panel.getByRole('img', { name: 'Edited' }).waitFor();
      await panel.getByRole('img', { name: 'Original' }).waitFor();
      assert.ok(await mode(panel, 'Onion Skin').isChecked(), when);
      assert.equal(await onion.inputValue(), '80', when);
      assert.equal(await panel.locator('#editedFacts').innerText(), facts, when);
    };
    await workbench.explorerItem('README.md').dblclick();
    await tab(workbench, 'README.md').waitFor();
    await its.click();
    await isAsItWas('hidden');
    for (const command of [
      'View: Move Editor into Next Group',
      'View: Move Editor into Previous Group',
    ]) {
      const { x } = (await its.boundingBox())!;
      await workbench.runCommand(command);
      await until(`tab at another place than ${x}`, async () => {
        const box = await its.boundingBox();
        return box !== null && box.x !== x;
      });
      await isAsItWas(command);
    }
    assert.equal(sent().length, 1);
  });
});
