// A region is marked before anything is sent; whatever comes back, the saved file is the original outside of it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
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
} from './trip';

const gptImage = 'openai/gpt-image-2';
const gemini = 'google/gemini-3.1-flash-image-preview';

describe('a region', () => {
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
  });
  const { sent, made } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(() => tidy(trip));

  /** Marks the right half with the pointer, from the quick input and back to it. */
  async function markRightHalf({ workbench }: Trip, row: string) {
    await workbench.quickPickRow(row).click();
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
  }

  for (const { model, hasMask } of [
    { model: gptImage, hasMask: true },
    { model: gemini, hasMask: false },
  ]) {
    it(`is held with ${model}, which gets ${hasMask ? 'a' : 'no'} mask`, async () => {
      const { workbench, workspace } = trip;
      const original = await readFile(join(workspace, 'screenshot.png'));
      await rightClickEdit(trip, 'screenshot.png');
      const instruction = workbench.quickInput().getByPlaceholder('Describe the edit');
      await instruction.fill('make it black and white');
      await workbench.quickPickRow('make it black and white').first().waitFor();
      await markRightHalf(trip, 'Mark Region…');
      await workbench.screenshot(`.cache/marking.png`);
      await workbench.webview().getByRole('button', { name: 'Continue' }).click();
      // Nothing that was typed is lost, and what is marked is said.
      await quickInputTitled(workbench, 'Edit screenshot.png').waitFor();
      assert.equal(await instruction.inputValue(), 'make it black and white');
      await workbench
        .quickPickRow('Change Region…')
        .filter({ hasText: /(49|50|51) % of the picture may change/ })
        .waitFor();
      assert.deepEqual(sent(), []);
      await answer(trip, 'make it black and white', model);
      const panel = workbench.webview();
      await panel
        .getByRole('status')
        .filter({ hasText: /changed outside the region: .* %/ })
        .waitFor();
      await tab(workbench, 'Compare: screenshot.png').waitFor();
      assert.equal(await tab(workbench, 'Mark Region: screenshot.png').count(), 0);
      const outside = /changed outside the region: ([\d.]+|less than 0\.1) %/.exec(
        await panel.getByRole('status').innerText(),
      )?.[1];
      assert.ok(hasMask ? Number(outside) < 1 : Number(outside) > 1, `${outside} % outside`);
      await panel.getByRole('button', { name: 'Accept' }).click();
      await workbench.notification('Saved screenshot.edited').waitFor();

      const [file, ...others] = await made();
      assert.deepEqual(others, []);
      const saved = await readFile(join(workspace, file!));
      const { data: pixels, info } = await sharp(saved)
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const before = await sharp(original).ensureAlpha().raw().toBuffer();
      assert.equal(pixels.length, before.length);
      const middle = Math.floor(info.width / 2);
      let changed = 0;
      for (let at = 0; at < pixels.length; at++) {
        if (pixels[at] === before[at]) continue;
        const x = Math.floor(at / 4) % info.width;
        // A pixel of the panel is more than one of the picture.
        assert.ok(x >= middle - 4, `changed at ${x} of ${info.width}`);
        changed++;
      }
      assert.ok(changed > 1000);

      const [request, ...more] = sent();
      assert.deepEqual(more, []);
      assert.equal('mask' in (request?.body as object), hasMask);
    });
  }

  it('stays with the instruction that is tried again, and goes where it is cancelled', async () => {
    const { workbench } = trip;
    await rightClickEdit(trip, 'logo.png');
    await markRightHalf(trip, 'Mark Region…');
    await workbench.page.keyboard.press('Enter');
    await quickInputTitled(workbench, 'Edit logo.png').waitFor();
    // Begun anew, and given up: what was marked before stays.
    await workbench.quickPickRow('Change Region…').click();
    await workbench.webview().getByRole('button', { name: 'Clear' }).click();
    await workbench.webview().getByRole('button', { name: 'Cancel' }).click();
    await workbench
      .quickPickRow('Change Region…')
      .filter({ hasText: /% of the picture may change/ })
      .waitFor();
    await workbench.page.keyboard.press('Escape');
    assert.equal(await tab(workbench, 'Mark Region: logo.png').count(), 0);
    assert.deepEqual(sent(), []);
  });
});
