// Edits whose window is reloaded, or whose extension host crashes: they are in their tab again, or said to be there.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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

describe('an edit that comes back', function () {
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
  afterEach(() => tidy(trip));

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

  it('is in its tab after a reload, as it was, and nothing is sent again', async () => {
    const { workbench, workspace } = trip;
    const panel = await edit(trip, 'screenshot.png', 'add a cat', model);
    const change = panel.getByRole('list', { name: 'Changes' }).getByRole('checkbox').first();
    await change.uncheck();
    const mode = panel.getByRole('radio', { name: 'Swipe' });
    await mode.check({ force: true });
    await panel.getByRole('button', { name: 'Actual Size' }).click();
    const zoom = panel.getByRole('group', { name: 'Zoom' }).getByText('100 %');
    await zoom.waitFor();
    await panel.getByText('1 rejected').waitFor();
    await untilKept(trip);
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

  it('is offered after its extension host has crashed: its tabs, which have no host any more, are closed', async () => {
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
    await until(
      'extension host that has started again',
      async () => (await activations()) > before_,
    );
    // Longer than one that is seen is left open: there is nothing to be seen of a tab that stays.
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
});
