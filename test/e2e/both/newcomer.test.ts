// Somebody who opens a folder that is not trusted yet, trusts it, and has no API key.
import assert from 'node:assert/strict';
import {
  answer,
  apiKey,
  keepEvidence,
  newFiles,
  fingerprint,
  press,
  rightClickEdit,
  startTrip,
  tidy,
  type Trip,
} from '../support/trip';

let trip: Trip;

describe('a newcomer', () => {
  before(async () => {
    trip = await startTrip({
      trust: true,
      withoutKey: true,
      keybindings: [{ key: 'ctrl+alt+e', command: 'retouch.editImage' }],
      settings: {
        'security.workspace.trust.startupPrompt': 'never',
        // Not even that is asked before there is trust.
        'retouch.balanceInStatusBar': true,
      },
    });
  });
  after(() => trip.close());

  const restrictedMode = () =>
    trip.workbench.page.getByText('Restricted Mode', { exact: true }).first();

  /** As a person does, unless it is trusted already. */
  async function trustFolder(): Promise<void> {
    if (!(await restrictedMode().isVisible())) return;
    await restrictedMode().click();
    await trip.workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await restrictedMode().waitFor({ state: 'detached' });
    await tidy(trip);
  }

  describe('in Restricted Mode', () => {
    keepEvidence(() => trip);

    it('finds nothing in menu and palette, is told why, and has the menu entry as soon as there is trust', async () => {
      const { workbench, gateway } = trip;
      await restrictedMode().waitFor();
      let labels: string[] = [];
      // While VS Code starts, its own entries are missing as well.
      for (let tries = 0; labels.length <= 5 && tries < 20; tries++) {
        await workbench.rightClick('photo.jpg');
        labels = await workbench.contextMenuLabels();
        if (labels.length <= 5) await workbench.closeContextMenu();
      }
      assert.ok(labels.length > 5, labels.join());
      assert.ok(!labels.includes('Edit Image with AI…'));
      await workbench.closeContextMenu();
      const none = workbench.quickInput().getByText('No matching commands');
      await workbench.searchCommands('Retouch: ', none);
      await workbench.escapeQuickInput();

      await workbench.explorerItem('photo.jpg').click();
      await workbench.page.keyboard.press('Control+Alt+e');
      await workbench.notification('Retouch is off until you trust this workspace.').waitFor();
      assert.equal(await workbench.quickInput().count(), 0);
      assert.deepEqual(gateway.requests, []);

      await trustFolder();
      await rightClickEdit(trip, 'photo.jpg');
      await tidy(trip);
    });
  });

  describe('without an API key', () => {
    keepEvidence(() => trip);

    it('is asked for one, goes on where it was, keeps it, and removes it when told to', async () => {
      const { workbench, gateway, workspace } = trip;
      const before_ = await fingerprint(workspace);
      await trustFolder();
      await rightClickEdit(trip, 'photo.jpg');
      await answer(trip, 'make it black and white', 'openai/gpt-image-2');
      const notification = workbench.notification(
        /Retouch has no API key for 127\.0\.0\.1:\d+ yet/,
      );
      await notification.waitFor();
      assert.equal(gateway.requests.filter(({ method }) => method === 'POST').length, 0);

      await press(notification, 'Set API Key…');
      const input = workbench.quickInput().getByPlaceholder('sk-…');
      await input.waitFor();
      assert.equal(await input.getAttribute('type'), 'password');
      await input.fill(apiKey);
      await workbench.page.keyboard.press('Enter');
      await workbench.webview().getByRole('button', { name: 'Accept' }).click();
      await workbench.notification('Saved photo.edited.jpg').waitFor();
      assert.deepEqual(await newFiles(workspace, before_), ['photo.edited.jpg']);

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
});
