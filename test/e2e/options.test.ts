// Options behind the gear, what an edit cost last, and the balance in the status bar, as a user meets them.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import {
  apiKey,
  edit,
  keepEvidence,
  quickInputTitled,
  rightClickEdit,
  sharedTrip,
  tidy,
  type Trip,
} from './trip';

const gptImage = 'openai/gpt-image-2';
const gemini = 'google/gemini-3.1-flash-image-preview';

describe('options and costs', () => {
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
  });
  beforeEach(() => {
    Object.assign(trip.gateway, { tellsCost: true, hasBalance: true });
  });
  keepEvidence(() => trip);
  afterEach(async () => {
    await tidy(trip);
  });
  after(() => {
    Object.assign(trip.gateway, { tellsCost: true, hasBalance: true });
  });

  const titled = (title: string) => quickInputTitled(trip.workbench, title).waitFor();
  const row = (label: string) => trip.workbench.quickPickRow(label);
  /** Rows show theirs under the pointer. */
  const gear = (of: Locator) => of.getByRole('button', { name: 'Options…' });
  const description = (of: Locator) => of.locator('.label-description').innerText();

  /** The last edit that was sent, without what every edit has. */
  const sentOptions = (): Record<string, unknown> => {
    const { body } = trip.gateway.requests.findLast(({ method }) => method === 'POST') ?? {};
    return Object.fromEntries(
      Object.entries(body as object).filter(
        ([name]) => !['model', 'prompt', 'images', 'messages', 'modalities'].includes(name),
      ),
    );
  };

  /** From the right click to the list of models. */
  async function askForModel(instruction: string): Promise<void> {
    const { workbench } = trip;
    await rightClickEdit(trip, 'photo.jpg');
    await workbench.quickInput().getByPlaceholder('Describe the edit').fill(instruction);
    await workbench.quickPickRow(instruction).first().waitFor();
    await workbench.page.keyboard.press('Enter');
    await titled('Choose a model');
  }

  async function send(model: string): Promise<string> {
    await row(model).click();
    const panel = trip.workbench.webview();
    const discard = panel.getByRole('button', { name: 'Discard' });
    await discard.waitFor();
    const status = panel.getByRole('status').filter({ hasText: /\$|unknown/ });
    const words = await status.innerText();
    await discard.click();
    return words;
  }

  it('are set through the gear and sent as they were set, until they are reset', async () => {
    const { workbench } = trip;
    await askForModel('make it brighter');
    await row(gptImage).hover();
    await gear(row(gptImage)).click();
    await titled(`Options of ${gptImage}`);
    assert.equal(await description(row('Quality (quality)')), 'not sent');
    await row('Quality (quality)').click();
    await titled(`Quality of ${gptImage}`);
    await row('high').click();
    await titled(`Options of ${gptImage}`);
    assert.equal(await description(row('Quality (quality)')), 'high');

    // A free size is typed, and refused until it is one.
    await row('Size (size)').click();
    await row('Type a value…').click();
    // What is typed before it is there would filter the list that makes way for it.
    await workbench.quickInput().getByText('WIDTHxHEIGHT').waitFor();
    const box = workbench.quickInput().getByRole('textbox');
    // VS Code may set the box's own value once more after it has drawn it: that is faster than a person types.
    do {
      await box.fill('1000x1000');
      await delay(200);
    } while ((await box.inputValue()) !== '1000x1000');
    await workbench.page.keyboard.press('Enter');
    await workbench
      .quickInput()
      .getByText(/multiples of 16, not “1000x1000”/)
      .waitFor();
    await box.fill('1536x864');
    await workbench.page.keyboard.press('Enter');
    await titled(`Options of ${gptImage}`);
    // What does not go with the others says so, and cannot be chosen.
    await row('Compression quality (output_compression)').click();
    const typed = row('Type a value…');
    assert.match(await description(typed), /needs output_format jpeg or webp/);
    await typed.click();
    await titled(`Compression quality of ${gptImage}`);
    await workbench.quickInput().getByRole('button', { name: 'Back' }).click();
    await row('Number of pictures (n)').waitFor();
    await row('Done').click();
    await titled('Choose a model');
    assert.match(await row(gptImage).innerText(), /size 1536x864 · quality high/);
    assert.equal(await description(row(gptImage)), 'images/edits');
    await send(gptImage);
    assert.deepEqual(sentOptions(), { size: '1536x864', quality: 'high' });

    // Another model has its own.
    await askForModel('make it darker');
    await send(gemini);
    assert.deepEqual(sentOptions(), {});

    // What the last such edit cost is said before the next one.
    const { keyboard } = workbench.page;
    await askForModel('blur it');
    assert.match(await row(gptImage).innerText(), /quality high · last edit \$0\.0120/);
    await keyboard.press('Escape');
    await workbench.quickInput().waitFor({ state: 'hidden' });

    // With the keyboard alone.
    await workbench.runCommand('Retouch: Model Options…');
    await titled('Model Options');
    await workbench.quickInput().getByRole('textbox').fill('gpt-image-2');
    await row(gptImage).and(workbench.page.locator('.focused')).waitFor();
    assert.match(await row(gptImage).innerText(), /size 1536x864 · quality high/);
    await keyboard.press('Enter');
    await titled(`Options of ${gptImage}`);
    await workbench.quickInput().getByRole('textbox').fill('Reset');
    await row('Reset').and(workbench.page.locator('.focused')).waitFor();
    await keyboard.press('Enter');
    await row('Reset').waitFor({ state: 'detached' });
    assert.equal(await description(row('Quality (quality)')), 'not sent');
    await workbench.quickInput().getByRole('textbox').fill('Done');
    await row('Done').and(workbench.page.locator('.focused')).waitFor();
    await keyboard.press('Enter');
    await titled('Model Options');
    await keyboard.press('Escape');
    await workbench.quickInput().waitFor({ state: 'hidden' });

    await askForModel('blur it');
    await send(gptImage);
    assert.deepEqual(sentOptions(), {});
  });

  it('escape ends the question at every level with nothing sent', async () => {
    const { workbench, gateway } = trip;
    const before = gateway.requests.filter(({ method }) => method === 'POST').length;
    for (const open of ['Quality (quality)', 'Size (size)', undefined]) {
      await askForModel('escape me');
      await row(gemini).hover();
      await row(gptImage).hover();
      await gear(row(gptImage)).click();
      await titled(`Options of ${gptImage}`);
      if (open !== undefined) await row(open).click();
      // A key that comes while one step makes way for the next belongs to neither.
      if (open !== undefined) await titled(open.replace(/ \(.*/, ` of ${gptImage}`));
      if (open === 'Size (size)') {
        await row('Type a value…').click();
        await workbench.quickInput().getByText('WIDTHxHEIGHT').waitFor();
      }
      await workbench.escapeQuickInput();
    }
    assert.equal(gateway.requests.filter(({ method }) => method === 'POST').length, before);
  });

  it('what an edit cost is what the gateway says, or what the key has spent, or unknown', async () => {
    const { gateway } = trip;
    const asked = () => gateway.requests.filter(({ path }) => path === '/v1/balance').length;
    const cost = async (model: string) => {
      await askForModel('invert it');
      return send(model);
    };
    assert.match(await cost(gptImage), /tokens · \$0\.0120$/);
    const before = asked();
    gateway.tellsCost = false;
    // The gateway told its costs until now, so nobody asked before this edit what the key had spent.
    assert.match(await cost(gemini), /tokens · cost unknown$/);
    assert.equal(asked(), before);
    assert.match(await cost(gemini), /tokens · \$0\.0090$/);
    assert.equal(asked(), before + 2);
    gateway.hasBalance = false;
    assert.match(await cost(gptImage), /tokens · cost unknown$/);
    assert.match(await cost(gptImage), /tokens · cost unknown$/);
    assert.equal(asked(), before + 3);

    // While it runs, the panel says what the last one cost.
    gateway.delayMs = 60_000;
    await askForModel('blur it');
    await row(gemini).click();
    const panel = trip.workbench.webview();
    await panel
      .getByRole('status')
      .filter({ hasText: `Editing with ${gemini}… · last edit $0.0090` })
      .waitFor();
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await trip.workbench.notification('Cancelled the edit of photo.jpg').waitFor();
    gateway.delayMs = 0;
  });
});

describe('the balance in the status bar', () => {
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
    await trip.workbench.setSetting('retouch.balanceInStatusBar', true);
    await trip.workbench.reload();
  });
  keepEvidence(() => trip);
  afterEach(async () => {
    await tidy(trip);
  });

  /** What the gateway says, in VS Code's words. */
  async function balance(): Promise<{ left: string; used: string }> {
    const answer = await fetch(`${trip.gateway.url}/balance`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    const { balance, used } = (await answer.json()) as { balance: number; used: number };
    const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
    return { left: money.format(balance), used: money.format(used) };
  }

  it('is there from the start, moves with each edit, and is gone when it is turned off', async () => {
    const { workbench, gateway } = trip;
    const item = workbench.page.locator('.statusbar-item', { hasText: /\$\d+\.\d\d/ });
    const { left, used } = await balance();
    await item.filter({ hasText: left }).waitFor();
    assert.ok(
      (await item.locator('a').getAttribute('aria-label'))?.includes(
        `: ${left}, ${used} used so far`,
      ),
    );
    const panel = await edit(trip, 'photo.jpg', 'invert it', gptImage);
    const after = await balance();
    assert.notEqual(after.left, left);
    await item.filter({ hasText: after.left }).waitFor();
    await panel.getByRole('button', { name: 'Discard' }).click();
    await item.click();
    await workbench
      .notification(
        `: ${after.left}, ${after.used} used so far. This key may spend ${after.left} more.`,
      )
      .waitFor();
    const asked = () => gateway.requests.filter(({ path }) => path === '/v1/balance').length;
    await workbench.setSetting('retouch.balanceInStatusBar', false);
    await workbench.reload();
    await edit(trip, 'photo.jpg', 'invert it', gptImage);
    assert.equal(await item.count(), 0);
    assert.ok(asked() > 0);
  });
});
