// A newcomer without a key, and a workspace that is not trusted.
import assert from 'node:assert/strict';
import {
  answer,
  apiKey,
  newFiles,
  fingerprint,
  press,
  rightClickEdit,
  startTrip,
  type Trip,
} from './trip';

describe('without an API key', () => {
  let trip: Trip;
  before(async () => {
    trip = await startTrip({ withoutKey: true });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(`Evidence: ${await trip.workbench.leaveEvidence(this.currentTest.title)}`);
    }
  });
  after(() => trip.close());

  it('says so, takes one, and goes on where it was', async () => {
    const { workbench, gateway, workspace } = trip;
    const before_ = await fingerprint(workspace);
    await rightClickEdit(trip, 'photo.jpg');
    await answer(trip, 'make it black and white', 'openai/gpt-image-2');
    const notification = workbench.notification(/Retouch has no API key for 127\.0\.0\.1:\d+ yet/);
    await notification.waitFor();
    assert.equal(gateway.requests.filter(({ method }) => method === 'POST').length, 0);

    await press(notification, 'Set API Key…');
    const input = workbench.quickInput().getByPlaceholder('sk-…');
    await input.waitFor();
    assert.equal(await input.getAttribute('type'), 'password');
    await input.fill(apiKey);
    await workbench.page.keyboard.press('Enter');
    await workbench.webview().getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved photo.edited.png').waitFor();
    assert.deepEqual(await newFiles(workspace, before_), ['photo.edited.png']);
  });

  it('keeps it, and removes it when told to', async () => {
    const { workbench, gateway } = trip;
    const sent = gateway.requests.length;
    await workbench.runCommand('Retouch: Show Balance');
    await workbench.notification(/Balance at/).waitFor();
    assert.ok(gateway.requests.slice(sent).every(({ authorized }) => authorized));

    await workbench.runCommand('Retouch: Remove API Key');
    await workbench.notification(/The API key for 127\.0\.0\.1:\d+ is removed\./).waitFor();
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.runCommand('Retouch: Show Balance');
    await workbench.notification(/Retouch has no API key/).waitFor();
  });
});

describe('in Restricted Mode', () => {
  let trip: Trip;
  before(async () => {
    trip = await startTrip({
      trust: true,
      keybindings: [{ key: 'ctrl+alt+e', command: 'retouch.editImage' }],
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      console.log(`Evidence: ${await trip.workbench.leaveEvidence(this.currentTest.title)}`);
    }
  });
  after(() => trip.close());

  it('is in no menu and not in the palette', async () => {
    const { workbench } = trip;
    await workbench.page.getByText('Restricted Mode', { exact: true }).first().waitFor();
    await workbench.rightClick('photo.jpg');
    const labels = await workbench.contextMenuLabels();
    assert.ok(labels.length > 5);
    assert.ok(!labels.includes('Edit Image with AI…'));
    await workbench.closeContextMenu();
    await workbench.page.keyboard.press('F1');
    await workbench.quickInput().getByRole('textbox').fill('>Retouch: ');
    await workbench.quickInput().getByText('No matching commands').waitFor();
  });

  it('does nothing where its command is called all the same', async () => {
    const { workbench, gateway } = trip;
    await workbench.page.keyboard.press('Escape');
    await workbench.explorerItem('photo.jpg').click();
    await workbench.page.keyboard.press('Control+Alt+e');
    await workbench.notification('Retouch is off until you trust this workspace.').waitFor();
    assert.equal(await workbench.quickInput().count(), 0);
    assert.deepEqual(gateway.requests, []);
  });
});
