// Edits whose window is reloaded, in the less usual places: two columns, a closed tab, no answer yet, a replaced original.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  answer,
  closeTabs,
  edit,
  keepEvidence,
  press,
  rightClickEdit,
  sharedTrip,
  tab,
  tidy,
  untilKept,
  watchTests,
  type Trip,
} from '../support/trip';

const model = 'openai/gpt-image-2';

describe('an edit after a reload', function () {
  this.timeout(240_000);
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
    // What came is compared byte by byte with what was saved.
    await trip.workbench.setSetting('retouch.matchOriginal', false);
  });
  after(() => trip.workbench.setSetting('retouch.matchOriginal', undefined));
  const { sent, made, untilBilled } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(async () => {
    trip.gateway.delayMs = 0;
    await tidy(trip);
  });

  it('is in its column, and its tab is not taken for one that a crash has left', async () => {
    const { workbench } = trip;
    const { page } = workbench;
    const names = ['logo.png', 'portrait.jpg'];
    const pages = page.locator('iframe.webview.ready:visible');
    const edited = (at: number) =>
      pages
        .nth(at)
        .contentFrame()
        .locator('iframe#active-frame')
        .contentFrame()
        .getByRole('img', { name: 'Edited' });
    await edit(trip, 'logo.png', 'invert it on the left', model);
    await rightClickEdit(trip, 'portrait.jpg');
    await answer(trip, 'invert it on the right', model);
    // Before, it is the other one that is seen.
    await tab(workbench, 'Compare: portrait.jpg')
      .and(page.locator('[aria-selected="true"]'))
      .waitFor();
    await workbench.webview().getByText('invert it on the right').waitFor();
    await edited(0).waitFor();
    await workbench.runCommand('View: Move Editor into Right Group');
    for (const at of [0, 1]) await edited(at).waitFor();
    await untilKept(trip);
    await workbench.reload();
    for (const at of [0, 1]) await edited(at).waitFor();
    // Longer than one that is dead is left open: there is nothing to be seen of a tab that stays.
    await delay(8000);
    for (const at of [0, 1]) await edited(at).waitFor();
    for (const name of names) assert.equal(await tab(workbench, `Compare: ${name}`).count(), 1);
  });

  it('is offered where its tab was closed before', async () => {
    const { workbench, workspace } = trip;
    await edit(trip, 'logo.png', 'invert what comes back', model);
    await closeTabs(trip);
    await workbench.reload();
    await press(workbench.notification(/\d+ finished edits? (was|were) not reviewed\./), 'Review');
    const panel = workbench.webview();
    // Tests before may have left some as well: the newest is the first of them.
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    await tab(workbench, 'Compare: logo.png').waitFor();
    await panel.getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved logo.edited').waitFor();
    const [saved = ''] = await made();
    const [first] = sent();
    assert.deepEqual(await readFile(join(workspace, saved)), Buffer.from(first!.answered[0]!));
    assert.equal(sent().length, 1);
  });

  it('is said to have been sent and never answered, also in Show Edits…', async () => {
    const { workbench, gateway } = trip;
    gateway.delayMs = 120_000;
    await rightClickEdit(trip, 'logo.png');
    await answer(trip, 'wait for it', model);
    await untilBilled();
    await workbench.reload();
    const notice = workbench.notification(
      /1 edit was sent and never answered: it may have been charged, and is not sent again/,
    );
    await notice.waitFor();
    assert.equal(sent().length, 1);
    assert.deepEqual(await made(), []);
    await workbench.runCommand('Retouch: Show Edits…');
    const row = workbench.quickPickRow('wait for it').first();
    await row.waitFor();
    assert.match(await row.innerText(), /No picture, may have been charged/);
    await row.click();
    await workbench
      .notification(/logo\.png: It was sent and never answered.* It may have been charged\./)
      .waitFor();
  });

  it('gives back the original that it has replaced', async () => {
    const { workbench, workspace } = trip;
    const { page } = workbench;
    const path = join(workspace, 'logo.png');
    const [original, names] = [await readFile(path), await readdir(workspace)];
    const panel = await edit(trip, 'logo.png', 'replace with this', model);
    await panel.getByRole('button', { name: 'Replace Original' }).click();
    await page
      .locator('.monaco-dialog-box')
      .getByRole('button', { name: 'Replace Original', exact: true })
      .click();
    await workbench.notification('Replaced logo.png').waitFor();
    const [first] = sent();
    assert.deepEqual(await readFile(path), Buffer.from(first!.answered[0]!));
    assert.deepEqual(await readdir(workspace), names);
    await workbench.reload();
    await workbench.runCommand('Retouch: Show Edits…');
    const row = workbench.quickPickRow('replace with this').first();
    await row.waitFor();
    assert.match(await row.innerText(), /Replaced the original · /);
    await row.locator('.quick-input-list-icon[style*="data:image/png"]').waitFor();
    await row.hover();
    await row.getByRole('button', { name: 'Bring Back the Original' }).click();
    await workbench.notification('Brought back logo.png.').waitFor();
    assert.deepEqual(await readFile(path), original);
    assert.equal(sent().length, 1);
  });
});
