// From right click to saved file, in a real VS Code, for both routes; and every way out on the way.
import assert from 'node:assert/strict';
import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import type { LocalGateway } from '../gateway/server';
import {
  answer,
  edit,
  fingerprint,
  keepEvidence,
  newFiles,
  press,
  quickInputTitled,
  rightClickEdit,
  saveAs,
  sharedTrip,
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
    trip = await sharedTrip();
  });
  beforeEach(async () => {
    before_ = await fingerprint(trip.workspace);
    sentBefore = edits(trip.gateway).length;
    trip.gateway.delayMs = 0;
  });
  keepEvidence(() => trip);
  afterEach(() => tidy(trip));

  /** The edits sent since this test began. */
  const sent = () => edits(trip.gateway).slice(sentBefore);

  /** How the data URLs of their pictures begin. */
  const sentAs = () => JSON.stringify(sent().map(({ body }) => body)).match(/data:[^,"]+/g);

  for (const { model, path, file, saved } of [
    { model: gptImage, path: '/v1/images/edits', file: 'photo.jpg', saved: 'photo.edited.jpg' },
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
      const picture = sharp(join(workspace, saved));
      const { channels } = await picture.clone().removeAlpha().stats();
      const means = channels.map(({ mean }) => mean);
      // What differed too little to be a change is still as it was.
      assert.ok(Math.max(...means) - Math.min(...means) < 1, `not grey: ${means.join(', ')}`);
      const original = await sharp(join(workspace, file)).metadata();
      const { format, width, height } = await picture.metadata();
      assert.deepEqual(
        [format, width, height],
        [original.format, original.autoOrient.width, original.autoOrient.height],
      );
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
    const notification = workbench.notification('Saved photo.edited-2.jpg');
    await notification.waitFor();
    assert.deepEqual(await newFiles(workspace, before_), ['photo.edited-2.jpg']);

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
    await saveAs(trip, join(workspace, 'elsewhere.jpg'));
    await workbench.notification('Saved elsewhere.jpg').waitFor();
    assert.deepEqual(await newFiles(workspace, before_), ['elsewhere.jpg']);
  });

  it('refuses page.png before anything is sent', async () => {
    const { workbench, workspace } = trip;
    await writeFile(join(workspace, 'page.png'), '<html>');
    try {
      await workbench.rightClick('page.png');
      await workbench.contextMenu(
        'Edit Image with AI…',
        workbench.notification('It is no picture, or a damaged one'),
      );
      assert.deepEqual(sent(), []);
    } finally {
      await rm(join(workspace, 'page.png'));
    }
  });

  it('takes an AVIF to a saved file, sent as PNG', async () => {
    const { workbench, workspace } = trip;
    const avif = join(workspace, 'photo.avif');
    await sharp(join(workspace, 'photo.jpg')).resize(300).avif({ effort: 0 }).toFile(avif);
    try {
      const panel = await edit(trip, 'photo.avif', 'invert it', gptImage);
      await panel.getByRole('img', { name: 'Original' }).waitFor();
      await panel.getByRole('button', { name: 'Accept' }).click();
      await workbench.notification('Saved photo.edited').waitFor();
      assert.deepEqual(sentAs(), ['data:image/png;base64']);
    } finally {
      await rm(avif);
    }
  });

  it('asks before it sends one frame of an animated GIF, and sends nothing without an answer', async () => {
    const { workbench, workspace, gateway } = trip;
    const gif = join(workspace, 'animated.gif');
    const frame = sharp({ create: { width: 80, height: 60, channels: 3, background: 'teal' } });
    const frames = await Promise.all(
      [frame, frame.clone().negate()].map((each) => each.png().toBuffer()),
    );
    await sharp(frames, { join: { animated: true } })
      .gif()
      .toFile(gif);
    try {
      await rightClickEdit(trip, 'animated.gif');
      await answer(trip, 'invert it', gptImage);
      const question = workbench.notification('Only the first of its 2 frames is sent.');
      await question.waitFor();
      await workbench.page.keyboard.press('Control+Alt+n');
      await question.waitFor({ state: 'detached' });
      assert.deepEqual(sent(), []);

      await rightClickEdit(trip, 'animated.gif');
      await answer(trip, 'invert it', gptImage);
      await press(question, 'Send');
      await workbench.webview().getByRole('button', { name: 'Accept' }).click();
      await workbench
        .notification('Saved animated.edited.gif. It is saved as a still picture.')
        .waitFor();
      assert.deepEqual(await newFiles(workspace, before_), ['animated.edited.gif', 'animated.gif']);
      assert.deepEqual(sentAs(), ['data:image/png;base64']);
      assert.equal(edits(gateway).length, sentBefore + 1);
    } finally {
      await rm(gif);
    }
  });

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

  it('combines selected images in the order of their selection, where the model takes so many', async () => {
    const { workbench, workspace } = trip;
    await workbench.setSetting('retouch.model', 'google/gemini-2.5-flash-image');
    // The preview that the first click opens would select its file again, whenever it is ready.
    await workbench.setSetting('explorer.autoReveal', false);
    try {
      await workbench.explorerItem('banner.webp').click();
      await tab(workbench, 'banner.webp').waitFor();
      for (const name of ['photo.jpg', 'README.md', 'logo.png', 'portrait.jpg']) {
        await workbench.explorerItem(name).click({ modifiers: ['Control'] });
      }
      await workbench.rightClick('logo.png');
      await workbench.contextMenu(
        'Edit Image with AI…',
        quickInputTitled(workbench, 'Edit 4 images'),
      );
      const row = workbench.quickPickRow('Combine into one');
      assert.match(
        await row.innerText(),
        /Edits banner\.webp; photo\.jpg, logo\.png, portrait\.jpg go along as references/,
      );
      await row.click();
      await quickInputTitled(workbench, 'Edit banner.webp').waitFor();
      await workbench.quickInput().getByPlaceholder('Describe the edit').fill('add a cat');
      await workbench.quickPickRow('add a cat').first().waitFor();
      await workbench.page.keyboard.press('Enter');
      await workbench.quickPickRow('google/gemini-2.5-flash-image').click();
      await workbench.notification(/takes at most 3 pictures: these are 4\./).waitFor();
      assert.deepEqual(sent(), []);

      await workbench.quickPickRow(gptImage).click();
      const panel = workbench.webview();
      await panel.getByRole('button', { name: 'Accept' }).click();
      await workbench.notification('Saved banner.edited').waitFor();
      const [request, ...others] = sent();
      assert.deepEqual(others, []);
      const { images } = request?.body as { images: { image_url: string }[] };
      assert.deepEqual(
        images.map(({ image_url }) => /^data:([^;]+)/.exec(image_url)?.[1]),
        ['image/webp', 'image/jpeg', 'image/png', 'image/jpeg'],
      );
      assert.equal((await newFiles(workspace, before_)).length, 1);
    } finally {
      // Else the next right click would be on all that is selected.
      await workbench.page.keyboard.press('Escape');
      await workbench.explorerItem('README.md').click();
      await workbench.setSetting('explorer.autoReveal', undefined);
      await workbench.setSetting('retouch.model', undefined);
    }
  });

  for (const { model, path } of [
    { model: gptImage, path: '/v1/images/edits' },
    { model: gemini, path: '/v1/chat/completions' },
  ]) {
    it(`edits a picture from a URL through ${path}: the link itself is sent`, async () => {
      const { workbench, workspace } = trip;
      const bytes = await readFile(join(workspace, 'photo.jpg'));
      const server = createServer((_request, response) => {
        response.end(bytes);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const link = `http://127.0.0.1:${(server.address() as AddressInfo).port}/far%20away.jpg?size=2`;
      try {
        await workbench.runCommand('Retouch: Edit Image from URL…');
        const input = workbench.quickInput().getByRole('textbox');
        await input.fill('file:///etc/passwd');
        await workbench.quickInput().getByText('An address begins with https://').waitFor();
        await input.fill(link);
        await workbench.page.keyboard.press('Enter');
        await quickInputTitled(workbench, 'Edit far away.jpg').waitFor();
        await answer(trip, 'invert it', model);
        const panel = workbench.webview();
        await panel.getByRole('img', { name: 'Original' }).waitFor();
        await panel.getByRole('button', { name: 'Accept' }).click();
        await workbench.notification(/Saved far away\.edited(-2)?\.jpg/).waitFor();
        assert.equal((await newFiles(workspace, before_)).length, 1);
        assert.deepEqual(
          sent().map((request) => [request.path, JSON.stringify(request.body).includes(link)]),
          [[path, true]],
        );
      } finally {
        server.close();
        server.closeAllConnections();
      }
    });
  }

  it('starts from the image preview’s title, and from the palette with the image that is open', async () => {
    const { workbench } = trip;
    // VS Code knows its image preview, as it does our menu entry, only once it has looked at all extensions.
    await rightClickEdit(trip, 'photo.jpg');
    await workbench.page.keyboard.press('Escape');
    await workbench.quickInput().waitFor({ state: 'hidden' });
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

  it('asks once which route an unknown model speaks', async () => {
    const { workbench } = trip;
    const unknown = 'acme/painter';
    await workbench.setSetting('retouch.model', unknown);
    try {
      await rightClickEdit(trip, 'photo.jpg');
      await workbench.quickInput().getByPlaceholder('Describe the edit').fill('paint it');
      await workbench.page.keyboard.press('Enter');
      assert.match(await workbench.quickPickRow(unknown).innerText(), /route not known yet/);
      await workbench.quickPickRow(unknown).click();
      await quickInputTitled(workbench, `Which route does ${unknown} speak?`).waitFor();
      await workbench.quickPickRow('chat/completions').click();
      // The local gateway has no such model, and says so.
      await press(workbench.notification('photo.jpg:'), 'Try Again');
      await answer(trip, 'paint it', unknown);
      while (sent().filter(({ status }) => status !== 0).length < 2) await delay(20);
      assert.deepEqual(
        sent().map(({ path, model }) => [path, model]),
        Array(2).fill(['/v1/chat/completions', unknown]),
      );
    } finally {
      await workbench.setSetting('retouch.model', undefined);
    }
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
});

function edits(gateway: LocalGateway) {
  return gateway.requests.filter(({ method }) => method === 'POST');
}
