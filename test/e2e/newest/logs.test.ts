// What an edit leaves in VS Code's logs.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiKey, edit, keepEvidence, sharedTrip, tidy, type Trip } from '../support/trip';

describe('the log', () => {
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
  });
  keepEvidence(() => trip);
  after(() => tidy(trip));

  it('says what was saved, and leaves the key and the instructions out of every log', async () => {
    const { workbench } = trip;
    const panel = await edit(trip, 'logo.png', 'paint over the secret', 'openai/gpt-image-2');
    await panel.getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved logo.edited').waitFor();
    const folder = await workbench.keepLogs('logs');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.log'));
    const logs = await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
    );
    // A window that was reloaded has two of them.
    const ours = logs.filter(([name]) => name.includes('Retouch')).map(([, text]) => text);
    assert.match(ours.join(), /logo\.png: saved as logo\.edited/);
    // Those of the tests before it in this window as well.
    const instructions = new Set(trip.gateway.requests.map(({ instruction }) => instruction));
    assert.ok(instructions.has('paint over the secret'));
    for (const [name, text] of logs) {
      assert.ok(!text.includes(apiKey), name);
      for (const instruction of instructions)
        assert.ok(instruction === undefined || !text.includes(instruction), name);
    }
  });
});
