// The compare panel as people see and use it: modes, keys, themes, widths, and what it says to assistive technology.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { FrameLocator } from 'playwright-core';
import { edit, startTrip, tab, type Trip } from './trip';

const themes = [
  'Default Dark Modern',
  'Default Light Modern',
  'Default High Contrast',
  'Default High Contrast Light',
];

describe('the compare panel', () => {
  let trip: Trip;
  let panel: FrameLocator;
  const violations: string[] = [];
  before(async () => {
    trip = await startTrip();
    trip.workbench.page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
    });
    panel = await edit(trip, 'logo.png', 'make it brighter', 'openai/gpt-image-2');
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(`Evidence: ${await trip.workbench.leaveEvidence(this.currentTest.title)}`);
    }
  });
  after(() => trip.close());

  const mode = (name: string) => panel.getByRole('radio', { name });

  for (const theme of themes) {
    for (const name of ['Side by Side', 'Swipe']) {
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
    const [shown, natural] = await panel.getByRole('img', { name: 'Edited' }).evaluate((image) => {
      const { clientWidth, naturalWidth } = image as unknown as {
        clientWidth: number;
        naturalWidth: number;
      };
      return [clientWidth, naturalWidth];
    });
    assert.equal(shown, natural);
    await panel.getByRole('button', { name: 'Zoom to Fit' }).click();
  });

  it('is as it was after being hidden', async () => {
    await mode('Swipe').check({ force: true });
    const position = panel.getByRole('slider', { name: 'Swipe position' });
    await position.fill('70');
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
    for (const name of ['Accept', 'Save As…', 'Discard']) {
      const box = await panel.getByRole('button', { name }).boundingBox();
      assert.ok(box && box.x + box.width <= 370, name);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
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
    await trip.workbench.notification('Saved logo.edited.png').waitFor();
  });

  it('violated no content security policy', () => {
    assert.deepEqual(violations, []);
  });
});
