// What comes back beside one picture: several of them, partial ones on the way, and a gateway that is busy.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axe from 'axe-core';
import type { FrameLocator } from 'playwright-core';
import {
  answer,
  edit,
  keepEvidence,
  press,
  rightClickEdit,
  sharedTrip,
  tab,
  themes,
  tidy,
  watchTests,
  type Trip,
} from './trip';

const model = 'openai/gpt-image-2';
const partialName = 'Partial picture, not the result';

describe('what comes back', function () {
  // Four themes take a busy machine a while.
  this.timeout(240_000);
  let trip: Trip;
  const policyViolations: string[] = [];
  before(async () => {
    trip = await sharedTrip();
    // What came is compared byte by byte with what was saved.
    await trip.workbench.setSetting('retouch.matchOriginal', false);
    trip.workbench.page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) policyViolations.push(message.text());
    });
  });
  const { sent, made } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(async () => {
    const { gateway } = trip;
    gateway.delayMs = 0;
    gateway.pictureCount = gateway.unaskedPartials = gateway.busySeconds = undefined;
    await tidy(trip);
  });

  after(() => trip.workbench.setSetting('retouch.matchOriginal', undefined));

  const status = (panel: FrameLocator, text: RegExp) =>
    panel.getByRole('status').filter({ hasText: text });

  const version = (panel: FrameLocator, number: number) =>
    panel.getByRole('list', { name: 'Versions' }).getByRole('radio', { name: `${number} of 3` });

  const shownUrl = (panel: FrameLocator) =>
    panel.getByRole('img', { name: 'Edited' }).getAttribute('src');

  const thumbnailUrl = (panel: FrameLocator, number: number) =>
    panel
      .locator('#versions img')
      .nth(number - 1)
      .getAttribute('src');

  const hashOf = async (file: string) => hash(await readFile(join(trip.workspace, file)));

  async function assertAccessible(): Promise<void> {
    for (const theme of themes) {
      await trip.workbench.setTheme(theme);
      const frame = await trip.workbench.webviewFrame();
      await frame.evaluate(axe.source);
      const { violations } = await frame.evaluate<axe.AxeResults>('axe.run()');
      const found = violations.map(
        ({ id, nodes }) => `${theme}, ${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
      assert.deepEqual(found, []);
    }
  }

  it('shows all of several pictures, saves the chosen ones, and keeps the others within reach', async () => {
    const { workbench, gateway } = trip;
    const { page } = workbench;
    gateway.pictureCount = 3;
    const panel = await edit(trip, 'photo.jpg', 'invert it', model);
    await status(panel, /1 of 3 pictures · asked for 1, got 3/).waitFor();
    const [{ answered } = { answered: [] }] = sent();
    assert.equal(new Set(answered.map(hash)).size, 3);

    // By the keys, in both modes.
    await version(panel, 1).focus();
    await page.keyboard.press('ArrowRight');
    await status(panel, /2 of 3 pictures/).waitFor();
    await page.keyboard.press('ArrowRight');
    await status(panel, /3 of 3 pictures/).waitFor();
    await panel.locator('#versions li:nth-child(3) input:focus').waitFor();
    await page.keyboard.press('m');
    assert.ok(await panel.getByRole('radio', { name: 'Swipe' }).isChecked());
    await version(panel, 3).focus();
    await page.keyboard.press('ArrowLeft');
    await status(panel, /2 of 3 pictures/).waitFor();
    assert.equal(await shownUrl(panel), await thumbnailUrl(panel, 2));
    await panel.getByRole('radio', { name: 'Side by Side' }).check({ force: true });

    // Hidden and back, it is the same.
    await workbench.explorerItem('banner.webp').click();
    await tab(workbench, 'banner.webp').waitFor();
    await tab(workbench, 'Compare: photo.jpg').click();
    await status(panel, /2 of 3 pictures/).waitFor();
    assert.ok(await version(panel, 2).isChecked());
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    assert.equal(await shownUrl(panel), await thumbnailUrl(panel, 2));

    // Each saved one is marked, and the next unsaved one is shown.
    await panel.getByRole('button', { name: 'Accept' }).click();
    const first = workbench.notification('Saved photo.edited.png');
    await first.waitFor();
    await panel.getByRole('radio', { name: '2 of 3 · Saved' }).waitFor();
    await status(panel, /3 of 3 pictures/).waitFor();
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    await panel.locator('main').focus();
    await page.keyboard.press('Enter');
    const second = workbench.notification('Saved photo.edited-2.png');
    await second.waitFor();
    await status(panel, /1 of 3 pictures/).waitFor();
    assert.deepEqual(await made(), ['photo.edited-2.png', 'photo.edited.png']);
    assert.deepEqual(
      [await hashOf('photo.edited.png'), await hashOf('photo.edited-2.png')],
      [hash(answered[1]), hash(answered[2])],
    );
    await version(panel, 2).check({ force: true });
    await status(panel, /2 of 3 pictures · asked for 1, got 3 · saved/).waitFor();
    assert.ok(await panel.getByRole('button', { name: 'Accept' }).isDisabled());

    // What is not saved can be brought back.
    await panel.getByRole('button', { name: 'Discard' }).click();
    await press(
      workbench.notification('Discarded 1 of the 3 pictures of the edit of photo.jpg.'),
      'Undo',
    );
    await status(panel, /1 of 3 pictures/).waitFor();
    assert.equal(await panel.getByRole('radio', { name: 'Saved' }).count(), 2);

    // Undo of a save makes it unsaved again, and shows it.
    await press(second, 'Undo');
    await status(panel, /3 of 3 pictures/).waitFor();
    assert.equal(await panel.getByRole('radio', { name: 'Saved' }).count(), 1);
    assert.deepEqual(await made(), ['photo.edited.png']);

    // The last one takes the panel with it.
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    await panel.getByRole('button', { name: 'Accept' }).click();
    await status(panel, /1 of 3 pictures/).waitFor();
    await panel.getByRole('button', { name: 'Accept' }).click();
    await tab(workbench, 'Compare: photo.jpg').waitFor({ state: 'detached' });
    assert.deepEqual(
      [
        await hashOf('photo.edited.png'),
        await hashOf('photo.edited-2.png'),
        await hashOf('photo.edited-3.png'),
      ],
      [hash(answered[1]), hash(answered[2]), hash(answered[0])],
    );
    assert.equal(sent().length, 1);
  });

  it('has a strip that everybody can use, in every theme and at 320 pixels', async () => {
    const { workbench, gateway } = trip;
    const { page } = workbench;
    gateway.pictureCount = 10;
    const panel = await edit(trip, 'logo.png', 'make it brighter', model);
    await status(panel, /1 of 10 pictures/).waitFor();
    await assertAccessible();

    await page.setViewportSize({ width: 700, height: 800 });
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    await page.setViewportSize({ width: 368, height: 800 });
    const frame = await workbench.webviewFrame();
    const [width, scrollWidth] = await frame.evaluate<[number, number]>(
      '[document.documentElement.clientWidth, document.documentElement.scrollWidth]',
    );
    assert.ok(width <= 320 && scrollWidth <= width, `${scrollWidth} px in ${width} px`);
    // The strip scrolls along with the choice.
    await panel.getByRole('radio', { name: '1 of 10' }).focus();
    await page.keyboard.press('ArrowLeft');
    await status(panel, /10 of 10 pictures/).waitFor();
    const box = await panel.locator('.version').last().boundingBox();
    assert.ok(box && box.x + box.width <= 370, `${box?.x} + ${box?.width}`);
    await page.setViewportSize({ width: 1280, height: 800 });
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  });

  it('has partial pictures that everybody can tell, in every theme', async () => {
    const { workbench, gateway } = trip;
    gateway.unaskedPartials = 1;
    // Longer than four themes take a busy machine; it is cancelled in the end.
    gateway.delayMs = 200_000;
    await rightClickEdit(trip, 'logo.png');
    await answer(trip, 'make it brighter', model);
    const panel = workbench.webview();
    await panel.getByRole('img', { name: partialName }).waitFor();
    await assertAccessible();

    // Hidden and back, it is the same.
    await workbench.explorerItem('banner.webp').click();
    await tab(workbench, 'banner.webp').waitFor();
    await tab(workbench, 'Compare: logo.png').click();
    await panel.getByRole('img', { name: partialName }).waitFor();
    await status(panel, /Editing with .*Partial 1/).waitFor();
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await workbench.notification('Cancelled the edit of logo.png.').waitFor();
  });

  it('shows partial pictures marked as such, and saves none of them', async () => {
    const { workbench, gateway } = trip;
    gateway.unaskedPartials = 2;
    gateway.delayMs = 60_000;
    await rightClickEdit(trip, 'photo.jpg');
    await answer(trip, 'make it brighter', model);
    const panel = workbench.webview();
    await panel.getByRole('img', { name: partialName }).waitFor();
    await panel.locator('.mark', { hasText: 'Partial' }).waitFor();
    await status(panel, /Editing with .*Partial 1/).waitFor();
    assert.match(await panel.locator('#editedFacts').innerText(), /^Partial 1 · PNG · 1536 × 1024/);
    for (const name of ['Accept', 'Save As…', 'Discard'])
      assert.equal(await panel.getByRole('button', { name }).count(), 0, name);
    assert.equal(await panel.getByRole('img', { name: 'Edited' }).count(), 0);
    await panel.locator('main').focus();
    await workbench.page.keyboard.press('Enter');
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await workbench
      .notification('Cancelled the edit of photo.jpg. The gateway may charge for it all the same.')
      .waitFor();
    assert.deepEqual(await made(), []);
    assert.equal(await tab(workbench, 'Compare: photo.jpg').count(), 0);

    await rightClickEdit(trip, 'photo.jpg');
    await answer(trip, 'make it brighter', model);
    await panel.getByRole('img', { name: partialName }).waitFor();
    gateway.delayMs = 0;
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    assert.equal(await panel.locator('.mark:visible').count(), 0);
    assert.equal(await panel.getByRole('list', { name: 'Versions' }).count(), 0);
    await panel.getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved photo.edited').waitFor();
    const [saved = ''] = await made();
    assert.equal(await hashOf(saved), hash(sent()[1]?.answered[0]));
    assert.equal(sent().length, 2);
  });

  it('counts down while the gateway is busy, and a cancelled wait costs nothing', async () => {
    const { workbench, gateway } = trip;
    gateway.busySeconds = 120;
    await rightClickEdit(trip, 'photo.jpg');
    await answer(trip, 'make it brighter', model);
    const panel = workbench.webview();
    const waiting = status(panel, /^The gateway is busy: trying again\s*in [12] min \d+ s$/);
    await waiting.waitFor();
    const said = await waiting.innerText();
    const progress = workbench.notification('The gateway is busy: trying again in ');
    const notified = await progress.innerText();
    const clock = panel.locator('#clock');
    const first = await clock.innerText();
    assert.match(first, /^in [12] min \d+ s$/);
    while ((await clock.innerText()) === first) await delay(50);
    while ((await progress.innerText()) === notified) await delay(50);
    // Read aloud once: what runs is beside it.
    assert.equal(await waiting.innerText(), said);
    await panel.getByRole('button', { name: 'Cancel' }).click();
    const notification = workbench.notification(
      'Cancelled the edit of photo.jpg. Nothing was charged.',
    );
    await notification.waitFor();
    assert.deepEqual(
      sent().map(({ status, billed }) => [status, billed]),
      [[429, false]],
    );

    gateway.busySeconds = 3;
    await rightClickEdit(trip, 'photo.jpg');
    await answer(trip, 'make it brighter', model);
    while (sent()[1]?.status !== 429) await delay(20);
    gateway.busySeconds = undefined;
    gateway.delayMs = 60_000;
    while (!sent()[2]?.billed) await delay(20);
    // With what such an edit cost last, where one is known.
    await status(panel, new RegExp(`^Editing with ${model}…( · last edit \\$[\\d.]+)?$`)).waitFor();
    assert.match(await clock.innerText(), /^0:\d\d$/);
    await workbench
      .notification(`Editing photo.jpg with ${model}`)
      .filter({ hasNotText: 'busy' })
      .waitFor();
    gateway.delayMs = 0;
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    assert.deepEqual(
      sent().map(({ status, billed }) => [status, billed]),
      [
        [429, false],
        [429, false],
        [200, true],
      ],
    );
  });

  it('violated no content security policy', () => {
    assert.deepEqual(policyViolations, []);
  });
});

function hash(bytes: Uint8Array | undefined): string {
  assert.ok(bytes);
  return createHash('sha256').update(bytes).digest('hex');
}
