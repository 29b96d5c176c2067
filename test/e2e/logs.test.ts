// What the suites before it have left in VS Code's logs.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiKey, sharedTrip } from './trip';

describe('the log', () => {
  it('leaves the key and the instructions out of every log', async () => {
    const { workbench } = await sharedTrip();
    const folder = await workbench.leaveEvidence('logs');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.log'));
    const logs = await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
    );
    // A window that was reloaded has two of them.
    const ours = logs.filter(([name]) => name.includes('Retouch')).map(([, text]) => text);
    assert.match(ours.join(), /photo\.jpg: saved as photo\.edited/);
    for (const [name, text] of logs) {
      assert.ok(!text.includes(apiKey), name);
      assert.ok(!text.includes('make it black and white'), name);
    }
  });
});
