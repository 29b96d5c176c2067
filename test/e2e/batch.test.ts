// Several images edited in the same way: one request each, one that fails alone, and a review by keys.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  answer,
  closeTabs,
  fingerprint,
  keepEvidence,
  newFiles,
  press,
  quickInputTitled,
  startTrip,
  tab,
  tidy,
  type Trip,
} from './trip';

const model = 'openai/gpt-image-2';
const broken = 'broken.png';
const names = ['banner.webp', 'photo.jpg', 'logo.png', 'portrait.jpg', broken];

describe('a batch', function () {
  this.timeout(240_000);
  let trip: Trip;
  let sentBefore: number;
  before(async () => {
    // In a window of its own: files that come later are seen whenever the system says so.
    trip = await startTrip({
      files: { [broken]: Buffer.from('no picture') },
      settings: { 'explorer.autoReveal': false },
    });
  });
  beforeEach(() => {
    sentBefore = trip.gateway.requests.length;
  });
  keepEvidence(() => trip);
  afterEach(async () => {
    trip.gateway.delayMs = 0;
    await tidy(trip);
  });
  after(() => trip.close());

  const sent = () =>
    trip.gateway.requests.slice(sentBefore).filter(({ method }) => method === 'POST');
  const panel = () => trip.workbench.webview();
  const button = (name: string) => panel().getByRole('button', { name, exact: true });
  const status = (text: string | RegExp) =>
    panel().getByRole('status').filter({ hasText: text }).waitFor();

  /** From the selection to the dialog that says what it costs. */
  async function select(instruction: string): Promise<void> {
    const { workbench } = trip;
    const [first = '', ...others] = names;
    await workbench.explorerItem(first).click();
    await tab(workbench, first).waitFor();
    for (const name of others) await workbench.explorerItem(name).click({ modifiers: ['Control'] });
    await workbench.rightClick(broken);
    await workbench.contextMenu(
      'Edit Image with AI…',
      quickInputTitled(workbench, 'Edit 5 images'),
    );
    await workbench.quickPickRow('Edit each').click();
    await workbench.quickInput().getByPlaceholder('Describe the edit').waitFor();
    assert.equal(await workbench.quickPickRow('Mark Region…').count(), 0);
    await answer(trip, instruction, model);
  }

  const dialog = () => trip.workbench.page.locator('.monaco-dialog-box');
  const confirm = (name: string) => dialog().getByRole('button', { name, exact: true }).click();

  /** Reviews the one that is shown, by a key alone, once it can be seen. */
  async function decide(key: 'Enter' | 'Backspace', position: string): Promise<void> {
    await status(new RegExp(`^${position} · Edited`));
    await panel().getByRole('img', { name: 'Edited' }).waitFor();
    // Where VS Code shows no toast, the list is opened, and has the focus of whoever answers in it.
    await trip.workbench.hideNotificationList();
    const frame = await trip.workbench.webviewFrame();
    await frame.waitForFunction('document.hasFocus()');
    await trip.workbench.page.keyboard.press(key);
  }

  it('edits each with one request, tries the failed again, and is reviewed by keys in one tab', async () => {
    const { workbench, workspace } = trip;
    await select('paint it blue');
    await dialog()
      .getByText(/Edit 5 images with openai\/gpt-image-2\?/)
      .waitFor();
    await dialog()
      .getByText(/(Cost unknown|The last such edit cost \$)/)
      .waitFor();
    assert.deepEqual(sent(), []);
    await confirm('Edit 5 images');
    await tab(workbench, 'Edit 5 images').waitFor();
    await status('4 of 5 done, 1 failed');
    await panel()
      .getByRole('listitem')
      .filter({ hasText: `${broken} Failed It is no picture` })
      .waitFor();
    assert.equal(sent().length, 4);

    await writeFile(join(workspace, broken), await readFile(join(workspace, 'screenshot.png')));
    const before_ = await fingerprint(workspace);
    await button('Retry Failed').click();
    await status('5 of 5 done');
    assert.equal(sent().length, 5);

    await button('Review').click();
    await decide('Enter', '1 of 5');
    await workbench.notification('Saved banner.edited').waitFor();
    await decide('Backspace', '2 of 5');
    await decide('Enter', '3 of 5');
    await workbench.notification('Saved logo.edited').waitFor();
    await status('4 of 5');
    assert.equal(await tab(workbench, /^Compare: /).count(), 1);
    await workbench.page.keyboard.press('Control+Alt+w');
    await press(workbench.notification('2 edits of 5 images are not reviewed yet.'), 'Review');
    await decide('Enter', '1 of 2');
    await decide('Enter', '2 of 2');
    const saved = workbench.notification('Saved broken.edited');
    await saved.waitFor();
    await tab(workbench, /^Compare: /).waitFor({ state: 'detached' });
    assert.deepEqual(
      (await newFiles(workspace, before_)).map((name) => name.replace(/\.\w+$/, '')),
      ['banner.edited', 'broken.edited', 'logo.edited', 'portrait.edited'],
    );

    await press(saved, 'Undo');
    await tab(workbench, `Compare: ${broken}`).waitFor();
    await panel().getByRole('img', { name: 'Edited' }).waitFor();
    assert.equal((await newFiles(workspace, before_)).length, 3);
    assert.equal(sent().length, 5);
  });

  it('sends nothing where the user does not confirm', async () => {
    await select('never mind');
    await confirm('Cancel');
    await dialog().waitFor({ state: 'detached' });
    assert.deepEqual(sent(), []);
    assert.equal(await tab(trip.workbench, 'Edit 5 images').count(), 0);
  });

  it('goes on without its panel, and the rest can be cancelled', async () => {
    const { workbench, workspace, gateway } = trip;
    const before_ = await fingerprint(workspace);
    gateway.delayMs = 120_000;
    await select('paint it slowly');
    await confirm('Edit 5 images');
    await status('0 of 5 done');
    while (sent().length < 3) await delay(20);
    await closeTabs(trip);
    await press(workbench.notification('Editing 5 images goes on in the background.'), 'Show');
    await button('Pause').click();
    // What the click tells goes with the page where that is closed before it is told.
    await button('Resume').waitFor();
    await closeTabs(trip);
    await workbench.notification('Editing 5 images is paused.').waitFor();
    await workbench.page.keyboard.press('Control+Alt+n');
    // Nothing but the status bar has it now.
    const item = workbench.page.getByRole('button', { name: 'Retouch, 5 images: 0 of 5 edited' });
    await item.click();
    await button('Resume').click();
    await button('Cancel the Rest').click();
    await status('0 of 5 done, 5 cancelled');
    await item.waitFor({ state: 'detached' });
    assert.equal(sent().length, 3);
    assert.deepEqual(await newFiles(workspace, before_), []);
  });

  it('offers after a reload what had not begun, and sends nothing without being told to', async () => {
    const { workbench, workspace, gateway } = trip;
    await writeFile(join(workspace, broken), await readFile(join(workspace, 'screenshot.png')));
    gateway.delayMs = 120_000;
    await select('paint it later');
    await confirm('Edit 5 images');
    while (sent().length < 3) await delay(20);
    await workbench.reload();
    gateway.delayMs = 0;
    await workbench.notification('3 edits were sent and never answered').waitFor();
    const offer = workbench.notification('Editing 5 images was interrupted: 2 had not begun.');
    await offer.waitFor();
    assert.equal(sent().length, 3);
    await press(offer, 'Edit Them…');
    await quickInputTitled(workbench, 'Edit 2 images').waitFor();
    const input = workbench.quickInput().getByPlaceholder('Describe the edit');
    assert.equal(await input.inputValue(), 'paint it later');
    await answer(trip, 'paint it later', model);
    await confirm('Edit 2 images');
    await status('2 of 2 done');
    assert.equal(sent().length, 5);
    const [, , , fourth, fifth] = names;
    for (const name of [fourth, fifth])
      await panel()
        .getByRole('listitem')
        .filter({ hasText: `${name} Done` })
        .waitFor();
    // Asked once: the next window has nothing to offer.
    await workbench.reload();
    await workbench.notification(/\d+ finished edits were not reviewed\./).waitFor();
    assert.equal(await offer.count(), 0);
  });
});
