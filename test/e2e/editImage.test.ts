// From right click to saved file, in a real VS Code, for both routes; and every way out on the way.
import assert from 'node:assert/strict';
import { appendFile, cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import type { LocalGateway } from '../gateway/server';
import {
  answer,
  apiKey,
  edit,
  fingerprint,
  newFiles,
  press,
  quickInputTitled,
  rightClickEdit,
  saveAs,
  startTrip,
  tidy,
  tab,
  type Trip,
} from './trip';

const gptImage = 'openai/gpt-image-2';
const gemini = 'google/gemini-3.1-flash-image-preview';
const hostile = '50% off #1 "final".png';

describe('Edit Image with AI…', () => {
  let trip: Trip;
  let before_: Map<string, string>;
  let sentBefore: number;
  before(async () => {
    trip = await startTrip();
  });
  beforeEach(async () => {
    before_ = await fingerprint(trip.workspace);
    sentBefore = edits(trip.gateway).length;
    trip.gateway.delayMs = 0;
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(`Evidence: ${await trip.workbench.leaveEvidence(this.currentTest.title)}`);
    }
    await tidy(trip);
  });

  after(() => trip.close());

  /** The edits sent since this test began. */
  const sent = () => edits(trip.gateway).slice(sentBefore);

  for (const { model, path, file, saved } of [
    { model: gptImage, path: '/v1/images/edits', file: 'photo.jpg', saved: 'photo.edited.png' },
    {
      model: gemini,
      path: '/v1/chat/completions',
      file: hostile,
      saved: '50% off #1 "final".edited.png',
    },
  ]) {
    it(`takes ${file} through ${path} to ${saved}`, async () => {
      const { workbench, workspace } = trip;
      const panel = await edit(trip, file, 'make it black and white', model);
      await tab(workbench, `Compare: ${file}`).waitFor();
      await panel.getByRole('img', { name: 'Original' }).waitFor();
      await panel.getByRole('img', { name: 'Edited' }).waitFor();
      await panel.getByRole('button', { name: 'Accept' }).click();

      const notification = workbench.notification(`Saved ${saved}`);
      await notification.waitFor();
      assert.deepEqual(await newFiles(workspace, before_), [saved]);
      const { channels } = await sharp(join(workspace, saved)).removeAlpha().stats();
      assert.equal(new Set(channels.map(({ sum }) => sum)).size, 1, 'every pixel is grey');
      assert.deepEqual(
        sent().map((request) => [
          request.path,
          request.model,
          request.instruction?.includes('make it black and white'),
        ]),
        [[path, model, true]],
      );

      await press(notification, 'Open');
      await tab(workbench, saved).waitFor();
      assert.equal(await tab(workbench, `Compare: ${file}`).count(), 0);
    });
  }

  it('gives a taken name a number, and Undo takes away just that file', async () => {
    const { workbench, workspace } = trip;
    const panel = await edit(trip, 'photo.jpg', 'invert it', gptImage);
    await panel.getByRole('button', { name: 'Accept' }).click();
    const notification = workbench.notification('Saved photo.edited-2.png');
    await notification.waitFor();
    assert.deepEqual(await newFiles(workspace, before_), ['photo.edited-2.png']);

    await press(notification, 'Undo');
    // What was paid for is on the screen again.
    await panel.getByRole('button', { name: 'Accept' }).waitFor();
    assert.deepEqual(await newFiles(workspace, before_), []);
    await panel.getByRole('button', { name: 'Discard' }).click();
  });

  it('leaves a saved file alone on Undo once it has been changed', async () => {
    const { workbench, workspace } = trip;
    const panel = await edit(trip, 'logo.png', 'make it brighter', gptImage);
    await panel.getByRole('button', { name: 'Accept' }).click();
    const notification = workbench.notification('Saved logo.edited.png');
    await notification.waitFor();
    await appendFile(join(workspace, 'logo.edited.png'), 'changed');
    await press(notification, 'Undo');
    await workbench.notification('has been changed since').waitFor();
    assert.deepEqual(await newFiles(workspace, before_), ['logo.edited.png']);
  });

  it('keeps a discarded or closed edit within reach', async () => {
    const { workbench, workspace } = trip;
    const panel = await edit(trip, 'banner.webp', 'blur it', gptImage);
    const discard = panel.getByRole('button', { name: 'Discard' });
    await discard.click();
    await press(workbench.notification('Discarded the edit of banner.webp.'), 'Undo');
    await discard.waitFor();
    await workbench.runCommand('View: Close Editor');
    await press(workbench.notification('The edit of banner.webp is not saved yet.'), 'Compare');
    await discard.waitFor();
    assert.deepEqual(await newFiles(workspace, before_), []);
    assert.equal(sent().length, 1);
  });

  it('saves elsewhere with Save As…, but never over the original', async () => {
    const { workbench, workspace } = trip;
    const panel = await edit(trip, 'logo.png', 'rotate it', gptImage);
    await panel.getByRole('button', { name: 'Save As…' }).click();
    await saveAs(trip, join(workspace, 'logo.png'));
    // VS Code asks in a quick input of its own whether to replace the file; then it is the original.
    await quickInputTitled(workbench, 'logo.png already exists').waitFor();
    await workbench
      .quickInput()
      .getByRole('button', { name: /^(OK|Yes)$/ })
      .click();
    await workbench.page
      .getByText('logo.png is the original, which Retouch never writes over.')
      .waitFor();
    await workbench.page.getByRole('button', { name: 'Choose Another Name' }).click();
    await saveAs(trip, join(workspace, 'rotated.png'));
    await workbench.notification('Saved rotated.png').waitFor();
    assert.deepEqual(await newFiles(workspace, before_), ['rotated.png']);
  });

  it('keeps the picture when it cannot be saved, and saves it elsewhere', async () => {
    const { workbench, workspace } = trip;
    const folder = join(workspace, 'gone');
    await cp(join(workspace, 'photo.jpg'), join(folder, 'PHOTO.JPG'));
    await workbench.explorerItem('gone').click();
    const panel = await edit(trip, 'PHOTO.JPG', 'invert it', gptImage);
    await rm(folder, { recursive: true });
    await panel.getByRole('button', { name: 'Accept' }).click();
    const notification = workbench.notification('The edit of PHOTO.JPG could not be saved: ENOENT');
    await notification.waitFor();
    await panel.getByRole('button', { name: 'Accept' }).and(panel.locator(':enabled')).waitFor();
    await press(notification, 'Save As…');
    await saveAs(trip, join(workspace, 'elsewhere.png'));
    await workbench.notification('Saved elsewhere.png').waitFor();
    assert.deepEqual(await newFiles(workspace, before_), ['elsewhere.png']);
  });

  for (const { name, content, why } of [
    {
      name: 'animated.gif',
      content: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
      why: /this is GIF\. Save it as PNG first\. Nothing was charged\./,
    },
    { name: 'page.png', content: 'PGh0bWw+', why: /It is no picture, or a damaged one/ },
  ]) {
    it(`refuses ${name} before anything is sent`, async () => {
      const { workbench, workspace } = trip;
      await writeFile(join(workspace, name), Buffer.from(content, 'base64'));
      try {
        await workbench.rightClick(name);
        await workbench.contextMenu('Edit Image with AI…');
        await workbench.notification(why).waitFor();
        assert.deepEqual(sent(), []);
      } finally {
        await rm(join(workspace, name));
      }
    });
  }

  for (const step of ['instruction', 'model'] as const) {
    it(`ends with nothing sent when Escape is pressed at the ${step}`, async () => {
      const { workbench } = trip;
      await rightClickEdit(trip, 'photo.jpg');
      if (step === 'model') {
        await workbench.quickInput().getByPlaceholder('Describe the edit').fill('escape me');
        await workbench.page.keyboard.press('Enter');
        await quickInputTitled(workbench, 'Choose a model').waitFor();
      }
      await workbench.page.keyboard.press('Escape');
      await workbench.quickInput().waitFor({ state: 'hidden' });
      assert.deepEqual(sent(), []);
      assert.equal(await tab(workbench, 'Compare: photo.jpg').count(), 0);

      // What was typed comes back as the first recent instruction.
      if (step === 'model') {
        await rightClickEdit(trip, 'photo.jpg');
        await workbench.quickPickRow('escape me').waitFor();
      }
    });
  }

  it('shows the original and a clock at once, and Cancel closes the socket', async () => {
    const { workbench, gateway } = trip;
    gateway.delayMs = 60_000;
    await rightClickEdit(trip, 'photo.jpg');
    await answer(trip, 'add a cat', gptImage);
    const panel = workbench.webview();
    await panel.getByRole('img', { name: 'Original' }).waitFor();
    await workbench.notification(`Editing photo.jpg with ${gptImage}`).waitFor();
    const clock = panel.locator('#clock');
    await clock.waitFor();
    const first = await clock.innerText();
    while ((await clock.innerText()) === first) await delay(100);
    while (!sent()[0]?.billed) await delay(20);

    await panel.getByRole('button', { name: 'Cancel' }).click();
    const notification = workbench.notification('Cancelled the edit of photo.jpg');
    await notification.waitFor();
    while (!sent()[0]?.aborted) await delay(20);
    assert.equal(sent().length, 1);
    assert.equal(await tab(workbench, 'Compare: photo.jpg').count(), 0);

    gateway.delayMs = 0;
    await press(notification, 'Try Again');
    await workbench.quickPickRow('add a cat').first().waitFor();
    assert.equal(
      await workbench.quickInput().getByPlaceholder('Describe the edit').inputValue(),
      'add a cat',
    );
  });

  it('can be cancelled in the progress notification as well', async () => {
    const { workbench, gateway } = trip;
    gateway.delayMs = 60_000;
    await rightClickEdit(trip, 'photo.jpg');
    await answer(trip, 'add a cat', gemini);
    const progress = workbench.notification(`Editing photo.jpg with ${gemini}`);
    while (!sent()[0]?.billed) await delay(20);
    await press(progress, 'Cancel');
    await workbench.notification('Cancelled the edit of photo.jpg').waitFor();
    while (!sent()[0]?.aborted) await delay(20);
  });

  it('goes on when the panel is closed, and offers the result', async () => {
    const { workbench, gateway } = trip;
    gateway.delayMs = 60_000;
    await rightClickEdit(trip, 'photo.jpg');
    await answer(trip, 'invert it', gptImage);
    await workbench.webview().getByRole('button', { name: 'Cancel' }).waitFor();
    await workbench.runCommand('View: Close Editor');
    await tab(workbench, 'Compare: photo.jpg').waitFor({ state: 'detached' });
    gateway.delayMs = 0;
    await press(
      workbench.notification('The edit of photo.jpg is ready and not saved yet.'),
      'Compare',
    );
    await workbench.webview().getByRole('button', { name: 'Accept' }).waitFor();
    assert.equal(sent().length, 1);
  });

  it('says once what went wrong, and Try Again has the instruction', async () => {
    const { workbench, gateway, workspace } = trip;
    await rightClickEdit(trip, 'photo.jpg');
    await answer(trip, 'refuse this', gptImage);
    const notification = workbench.notification('photo.jpg:');
    await notification.waitFor();
    assert.equal(await notification.count(), 1);
    assert.match(await notification.innerText(), /Nothing was charged\./);
    assert.equal(await tab(workbench, 'Compare: photo.jpg').count(), 0);
    await press(notification, 'Try Again');
    const input = workbench.quickInput().getByPlaceholder('Describe the edit');
    assert.equal(await input.inputValue(), 'refuse this');
    assert.equal(sent().length, 1);
    assert.deepEqual(await newFiles(workspace, before_), []);
    assert.equal(edits(gateway).filter(({ authorized }) => !authorized).length, 0);
  });

  it('starts from the image preview’s title, and from the palette with the image that is open', async () => {
    const { workbench } = trip;
    await workbench.explorerItem('photo.jpg').dblclick();
    await tab(workbench, 'photo.jpg').waitFor();
    await workbench.page
      .locator('.editor-actions')
      .getByRole('button', { name: 'Edit Image with AI…' })
      .click();
    await quickInputTitled(workbench, 'Edit photo.jpg').waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.runCommand('Retouch: Edit Image with AI…');
    await quickInputTitled(workbench, 'Edit photo.jpg').waitFor();
  });

  it('asks from the palette which image when none is open', async () => {
    const { workbench } = trip;
    await workbench.runCommand('Retouch: Edit Image with AI…');
    const input = workbench.quickInput().getByPlaceholder('Choose an image');
    await input.waitFor();
    await workbench.quickPickRow(hostile).waitFor();
    assert.equal(await workbench.quickPickRow('README.md').count(), 0);
    await input.fill('bnr');
    await workbench.quickPickRow('banner.webp').waitFor();
    await workbench.page.keyboard.press('Enter');
    await quickInputTitled(workbench, 'Edit banner.webp').waitFor();
  });

  it('stands in the menu of images only', async () => {
    const { workbench } = trip;
    await workbench.rightClick('photo.jpg');
    assert.ok((await workbench.contextMenuLabels()).includes('Edit Image with AI…'));
    await workbench.closeContextMenu();
    await workbench.rightClick('README.md');
    assert.ok(!(await workbench.contextMenuLabels()).includes('Edit Image with AI…'));
    await workbench.closeContextMenu();
  });

  it('offers what the gateway offers, the last used model first in line', async () => {
    const { workbench } = trip;
    await rightClickEdit(trip, 'photo.jpg');
    await workbench.quickInput().getByPlaceholder('Describe the edit').fill('look at the models');
    await workbench.page.keyboard.press('Enter');
    const row = workbench.quickPickRow('openai/gpt-image-1.5');
    await row.waitFor();
    assert.match(await row.innerText(), /images\/edits/);
    assert.equal(await workbench.quickPickRow('openai/gpt-5.5').count(), 0);
    await row.click();
    await workbench.webview().getByRole('button', { name: 'Discard' }).click();
    await rightClickEdit(trip, 'photo.jpg');
    await workbench.quickInput().getByPlaceholder('Describe the edit').fill('again');
    await workbench.page.keyboard.press('Enter');
    await workbench
      .quickInput()
      .locator('.monaco-list-row.focused', { hasText: 'openai/gpt-image-1.5' })
      .waitFor();
  });

  it('shows the balance and refreshes the models', async () => {
    const { workbench, gateway } = trip;
    await workbench.runCommand('Retouch: Show Balance');
    await workbench.notification(/Balance at 127\.0\.0\.1:\d+: \$\d/).waitFor();
    const asked = gateway.requests.filter(({ path }) => path === '/v1/models').length;
    await workbench.runCommand('Retouch: Refresh Models');
    await workbench.notification(/offers 4 models that can edit images/).waitFor();
    assert.equal(gateway.requests.filter(({ path }) => path === '/v1/models').length, asked + 1);
  });

  it('leaves the key and the instructions out of every log', async () => {
    const folder = await trip.workbench.leaveEvidence('logs');
    const logs = (await readdir(folder)).filter((name) => name.endsWith('.log'));
    assert.ok(logs.some((name) => name.includes('Retouch')));
    for (const name of logs) {
      const text = await readFile(join(folder, name), 'utf8');
      if (name.includes('Retouch')) assert.match(text, /photo\.jpg: saved as photo\.edited\.png/);
      assert.ok(!text.includes(apiKey), name);
      assert.ok(!text.includes('make it black and white'), name);
    }
  });
});

function edits(gateway: LocalGateway) {
  return gateway.requests.filter(({ method }) => method === 'POST');
}
