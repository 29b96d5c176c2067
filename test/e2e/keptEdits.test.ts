// Edits that a window leaves behind when it is reloaded: the next one says what came back, and lists them all.
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
  watchTests,
  type Trip,
} from './trip';

const model = 'openai/gpt-image-2';

describe('edits that are kept', function () {
  this.timeout(240_000);
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
    // What came is compared byte by byte with what was saved.
    await trip.workbench.setSetting('retouch.matchOriginal', false);
  });
  after(() => trip.workbench.setSetting('retouch.matchOriginal', undefined));
  const { sent, made } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(async () => {
    trip.gateway.delayMs = 0;
    await tidy(trip);
  });

  /** How often an extension host has started the extension, by VS Code's own logs. */
  async function activations(): Promise<number> {
    const { userDataDir } = trip.workbench;
    const files = await readdir(userDataDir, { recursive: true });
    const logs = await Promise.all(
      files
        .filter((name) => name.endsWith('remoteexthost.log'))
        .map((name) => readFile(join(userDataDir, name), 'utf8')),
    );
    return logs.join('').split('_doActivateExtension retouch.retouch').length - 1;
  }

  it('come back in their tab after a reload, as they were, and nothing is sent again', async () => {
    const { workbench, workspace } = trip;
    await edit(trip, 'screenshot.png', 'add a cat', model);
    const panel = workbench.webview();
    const change = panel.getByRole('list', { name: 'Changes' }).getByRole('checkbox').first();
    await change.uncheck();
    const mode = panel.getByRole('radio', { name: 'Swipe' });
    await mode.check({ force: true });
    await panel.getByRole('button', { name: 'Actual Size' }).click();
    const zoom = panel.getByRole('group', { name: 'Zoom' }).getByText('100 %');
    await zoom.waitFor();
    // The page tells what it keeps a moment later.
    await delay(500);
    await workbench.reload();
    await tab(workbench, 'Compare: screenshot.png').waitFor();
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    await zoom.waitFor();
    assert.ok(await mode.isChecked());
    await panel.getByText('1 rejected').waitFor();
    assert.equal(await change.isChecked(), false);
    await change.check();
    await panel.getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved screenshot.edited').waitFor();
    const [saved = ''] = await made();
    const [first] = sent();
    assert.deepEqual(await readFile(join(workspace, saved)), Buffer.from(first!.answered[0]!));
    assert.equal(sent().length, 1);
    assert.equal(await tab(workbench, 'Compare: screenshot.png').count(), 0);
  });

  it('come back in both columns after a reload, and none of them is taken for dead', async () => {
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
    // By its key: what comes into the panel has the focus, and the palette loses it.
    while ((await page.locator('.editor-group-container').count()) < 2) {
      await workbench.focusWorkbench();
      await page.keyboard.press('Control+Alt+ArrowRight');
      await delay(500);
    }
    for (const at of [0, 1]) await edited(at).waitFor();
    // The page tells what it keeps a moment later.
    await delay(500);
    await workbench.reload();
    for (const at of [0, 1]) await edited(at).waitFor();
    // Longer than one that is dead is left open.
    await delay(8000);
    for (const at of [0, 1]) await edited(at).waitFor();
    for (const name of names) assert.equal(await tab(workbench, `Compare: ${name}`).count(), 1);
  });

  it('are said to be there after a reload where their tab was closed', async () => {
    const { workbench, workspace } = trip;
    await edit(trip, 'logo.png', 'invert what comes back', model);
    await closeTabs(trip);
    await workbench.reload();
    await press(workbench.notification(/\d+ finished edits? (was|were) not reviewed\./), 'Review');
    const panel = workbench.webview();
    const accept = panel.getByRole('button', { name: 'Accept' });
    // Suites before may have left some as well: the newest is the first of them.
    await panel.getByRole('img', { name: 'Edited' }).waitFor();
    await tab(workbench, 'Compare: logo.png').waitFor();
    await accept.click();
    await workbench.notification('Saved logo.edited').waitFor();
    const [saved = ''] = await made();
    const [first] = sent();
    assert.deepEqual(await readFile(join(workspace, saved)), Buffer.from(first!.answered[0]!));
    assert.equal(sent().length, 1);
  });

  it('say after a reload that they were sent and never answered', async () => {
    const { workbench, gateway } = trip;
    gateway.delayMs = 120_000;
    await rightClickEdit(trip, 'logo.png');
    await answer(trip, 'wait for it', model);
    while (!sent()[0]?.billed) await delay(20);
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

  it('come back after their extension host has crashed: its tabs, which nobody answers, are closed', async () => {
    const { workbench, workspace } = trip;
    await edit(trip, 'portrait.jpg', 'invert it, then crash', model);
    const its = tab(workbench, 'Compare: portrait.jpg');
    const notice = workbench.notification(/\d+ finished edits? (was|were) not reviewed\./);
    const comesBack = async (): Promise<void> => {
      await its.waitFor({ state: 'detached' });
      await press(notice, 'Review');
      await its.waitFor();
      await workbench.webview().getByRole('img', { name: 'Edited' }).waitFor();
    };
    // VS Code starts another one by itself, and keeps the tab.
    assert.ok((await workbench.crashExtensionHost()) > 0);
    await comesBack();

    // One in the background may only wait to be seen.
    await workbench.explorerItem('README.md').dblclick();
    await tab(workbench, 'README.md').waitFor();
    await workbench.page.keyboard.press('Control+Alt+n');
    const before_ = await activations();
    assert.ok(before_ > 0);
    assert.ok((await workbench.crashExtensionHost()) > 0);
    while ((await activations()) === before_) await delay(50);
    // Longer than one that is seen is left open.
    await delay(5000);
    assert.equal(await its.count(), 1);
    await its.click();
    await comesBack();
    await workbench.webview().getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved portrait.edited').waitFor();
    const [saved = ''] = await made();
    const [first] = sent();
    assert.deepEqual(await readFile(join(workspace, saved)), Buffer.from(first!.answered[0]!));
    assert.equal(sent().length, 1);
  });

  it('replace the original where they are told to, which comes back after a reload as well', async () => {
    const { workbench, workspace } = trip;
    const { page } = workbench;
    const path = join(workspace, 'logo.png');
    const [original, names] = [await readFile(path), await readdir(workspace)];
    const confirm = (name: string) =>
      page.locator('.monaco-dialog-box').getByRole('button', { name, exact: true }).click();
    const panel = await edit(trip, 'logo.png', 'replace with this', model);
    await panel.getByRole('button', { name: 'Replace Original' }).click();
    await confirm('Cancel');
    assert.deepEqual(await readFile(path), original);
    await panel.getByRole('button', { name: 'Replace Original' }).click();
    await confirm('Replace Original');
    await workbench.notification('Replaced logo.png').waitFor();
    const [first] = sent();
    assert.deepEqual(await readFile(path), Buffer.from(first!.answered[0]!));
    assert.deepEqual(await readdir(workspace), names);
    await workbench.reload();
    await workbench.runCommand('Retouch: Show Edits…');
    const row = workbench.quickPickRow('replace with this').first();
    await row.waitFor();
    assert.match(await row.innerText(), /Replaced the original · /);
    await row.hover();
    await row.getByRole('button', { name: 'Bring Back the Original' }).click();
    await workbench.notification('Brought back logo.png.').waitFor();
    assert.deepEqual(await readFile(path), original);
    assert.equal(sent().length, 1);
  });

  it('are all in a list, with small pictures, to be opened, saved and deleted', async () => {
    const { workbench } = trip;
    const { page } = workbench;
    await edit(trip, 'photo.jpg', 'make a list', model);
    await page.keyboard.press('Escape');
    await tidy(trip);
    await workbench.runCommand('Retouch: Show Edits…');
    const row = workbench.quickPickRow('make a list').first();
    await row.waitFor();
    assert.match(
      await row.innerText(),
      /photo\.jpg · openai\/gpt-image-2[\s\S]*(Not saved yet|Discarded) · \$0\.\d{4} · /,
    );
    await row.locator('.quick-input-list-icon[style*="data:image/png"]').waitFor();
    await workbench.screenshot('.cache/show-edits.png');
    await row.hover();
    await row.getByRole('button', { name: 'Save' }).click();
    await workbench.notification('Saved photo.edited.png').waitFor();
    assert.deepEqual(await made(), ['photo.edited.png']);

    await workbench.runCommand('Retouch: Show Edits…');
    await row.waitFor();
    assert.match(await row.innerText(), /Saved · /);
    await row.click();
    await tab(workbench, 'Compare: photo.jpg').waitFor();
    await workbench.webview().getByRole('img', { name: 'Edited' }).waitFor();
    await tidy(trip);

    await workbench.runCommand('Retouch: Show Edits…');
    await row.hover();
    await row.getByRole('button', { name: 'Delete' }).click();
    await row.waitFor({ state: 'detached' });
    assert.equal(sent().length, 1);
  });
});
