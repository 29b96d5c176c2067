// The compare panel as people see and use it: modes, keys, themes, widths, and what it says to assistive technology.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import axe from 'axe-core';
import type { FrameLocator } from 'playwright-core';
import { edit, keepEvidence, sharedTrip, tab, themes, tidy, type Trip } from './trip';

const modeNames = ['Side by Side', 'Swipe', 'Onion Skin', 'Difference', 'Blink'];

describe('the compare panel', () => {
  let trip: Trip;
  let panel: FrameLocator;
  const violations: string[] = [];
  before(async () => {
    trip = await sharedTrip();
    trip.workbench.page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
    });
    panel = await edit(trip, 'logo.png', 'make it brighter', 'openai/gpt-image-2');
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
  });
  keepEvidence(() => trip);

  after(() => tidy(trip));

  const mode = (name: string) => panel.getByRole('radio', { name });

  for (const theme of themes) {
    for (const name of modeNames) {
      it(`has no accessibility violation in ${theme}, ${name}`, async () => {
        await trip.workbench.setTheme(theme);
        await mode(name).check({ force: true });
        const frame = await trip.workbench.webviewFrame();
        await frame.evaluate(axe.source);
        const { violations } = await frame.evaluate<axe.AxeResults>('axe.run()');
        const found = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
        );
        assert.deepEqual(found, []);
      });
    }
  }

  it('carries all that it is made of: what VS Code would load for it now and then never comes', async () => {
    const frame = await trip.workbench.webviewFrame();
    const loaded = await frame.evaluate<string[]>(
      `performance.getEntriesByType('resource').map(({ name }) => name)`,
    );
    assert.deepEqual(
      loaded.filter((name) => !name.startsWith('blob:')),
      [],
    );
  });

  it('has both pictures with format, pixel size and bytes', async () => {
    const text = await panel.locator('main').innerText();
    assert.match(text, /PNG · [\d,]+ × [\d,]+ · [\d.,]+ KB/);
    for (const name of ['Original', 'Edited']) {
      const natural = await panel
        .getByRole('img', { name })
        .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
      assert.ok(natural > 0, name);
    }
    assert.match(await panel.getByRole('status').innerText(), /tokens/);
  });

  it('changes the mode with M and moves the swipe with the arrow keys', async () => {
    await mode('Side by Side').check({ force: true });
    await panel.locator('main').focus();
    await trip.workbench.page.keyboard.press('m');
    assert.ok(await mode('Swipe').isChecked());
    const position = panel.getByRole('slider', { name: 'Swipe position' });
    const start = Number(await position.inputValue());
    await position.focus();
    await trip.workbench.page.keyboard.press('ArrowRight');
    assert.ok(Number(await position.inputValue()) > start);
  });

  it('moves the swipe with the pointer', async () => {
    await mode('Swipe').check({ force: true });
    const position = panel.getByRole('slider', { name: 'Swipe position' });
    const grip = await panel.locator('.grip').boundingBox();
    const frame = await panel.locator('#bothFrame').boundingBox();
    assert.ok(grip && frame);
    const { mouse } = trip.workbench.page;
    await mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
    await mouse.down();
    await mouse.move(frame.x + frame.width / 4, grip.y, { steps: 5 });
    await mouse.up();
    assert.ok(Math.abs(Number(await position.inputValue()) - 25) <= 2);
  });

  it('shows one image pixel as one screen pixel at actual size', async () => {
    await mode('Side by Side').check({ force: true });
    await panel.getByRole('button', { name: 'Actual Size' }).click();
    const [shown, natural] = await panel
      .getByRole('img', { name: 'Original' })
      .evaluate((image) => {
        const shown = image as unknown as {
          naturalWidth: number;
          getBoundingClientRect(): { width: number };
        };
        return [shown.getBoundingClientRect().width, shown.naturalWidth];
      });
    assert.equal(shown, natural);
    await panel.getByRole('button', { name: 'Zoom to Fit' }).click();
  });

  it('zooms with Ctrl and a digit, which VS Code would move its focus with', async () => {
    const { page } = trip.workbench;
    await panel.locator('main').focus();
    for (const [key, button] of [
      ['Control+1', 'Actual Size'],
      ['Control+0', 'Zoom to Fit'],
    ] as const) {
      await page.keyboard.press(key);
      await panel.locator(`[aria-label="${button}"][aria-pressed="true"]`).waitFor();
    }
    await page.keyboard.press('m');
    assert.ok(await mode('Swipe').isChecked());
  });

  it('is as it was after being hidden', async () => {
    await mode('Swipe').check({ force: true });
    const position = panel.getByRole('slider', { name: 'Swipe position' });
    await position.fill('70');
    // VS Code hears of it a moment later.
    await trip.workbench.page.waitForTimeout(500);
    const facts = await panel.locator('#editedFacts').innerText();
    await trip.workbench.explorerItem('photo.jpg').dblclick();
    await tab(trip.workbench, 'photo.jpg').waitFor();
    await tab(trip.workbench, 'Compare: logo.png').click();
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    await panel.getByRole('img', { name: 'Original' }).waitFor();
    assert.ok(await mode('Swipe').isChecked());
    assert.equal(await position.inputValue(), '70');
    assert.equal(await panel.locator('#editedFacts').innerText(), facts);
  });

  it('is as it was after being moved into another column', async () => {
    const { workbench } = trip;
    await mode('Onion Skin').check({ force: true });
    const onion = panel.getByRole('slider', { name: 'Onion Skin' });
    await onion.fill('80');
    // VS Code hears of it a moment later.
    await workbench.page.waitForTimeout(500);
    await workbench.explorerItem('README.md').dblclick();
    await tab(workbench, 'README.md').waitFor();
    await tab(workbench, 'Compare: logo.png').click();
    const requests = trip.gateway.requests.length;
    for (const command of [
      'View: Move Editor into Next Group',
      'View: Move Editor into Previous Group',
    ]) {
      const { x } = (await tab(workbench, 'Compare: logo.png').boundingBox())!;
      await workbench.runCommand(command);
      while ((await tab(workbench, 'Compare: logo.png').boundingBox())?.x === x) await delay(20);
      await panel.getByRole('img', { name: 'Edited' }).waitFor();
      await panel.getByRole('img', { name: 'Original' }).waitFor();
      assert.ok(await mode('Onion Skin').isChecked(), command);
      assert.equal(await onion.inputValue(), '80', command);
    }
    assert.equal(trip.gateway.requests.length, requests);
  });

  it('can be used at 320 pixels', async () => {
    const { page } = trip.workbench;
    await page.setViewportSize({ width: 700, height: 800 });
    await trip.workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    await page.setViewportSize({ width: 368, height: 800 });
    const frame = await trip.workbench.webviewFrame();
    const [width, scrollWidth] = await frame.evaluate<[number, number]>(
      '[document.documentElement.clientWidth, document.documentElement.scrollWidth]',
    );
    assert.ok(width <= 320 && scrollWidth <= width, `${scrollWidth} px in ${width} px`);
    for (const name of ['Accept', 'Save As…', 'Discard', 'Zoom In']) {
      const box = await panel.getByRole('button', { name }).boundingBox();
      assert.ok(box && box.x + box.width <= 370, name);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await trip.workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  });

  it('discards with Escape and accepts with Enter', async () => {
    const { page } = trip.workbench;
    await panel.locator('main').focus();
    await page.keyboard.press('Escape');
    const discarded = trip.workbench.notification('Discarded the edit of logo.png.');
    await discarded.getByRole('button', { name: 'Undo' }).click();
    await panel.getByRole('button', { name: 'Accept' }).waitFor();
    await panel.locator('main').focus();
    await page.keyboard.press('Enter');
    await trip.workbench.notification('Saved logo.edited').waitFor();
  });

  it('violated no content security policy', () => {
    assert.deepEqual(violations, []);
  });
});
