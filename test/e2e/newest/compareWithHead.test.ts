// An image that has changed since the last commit, beside what it was.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { keepEvidence, sharedTrip, tab, tidy, type Trip } from '../support/trip';

const execute = promisify(execFile);

describe('Compare with HEAD', () => {
  let trip: Trip;
  before(async () => {
    trip = await sharedTrip();
  });
  keepEvidence(() => trip);

  it('opens a changed image in the compare panel, where nothing can be saved', async () => {
    const { workbench, workspace } = trip;
    const logo = join(workspace, 'logo.png');
    const committed = await readFile(logo);
    const git = (...args: string[]) => execute('git', args, { cwd: workspace });
    try {
      await git('init', '--quiet');
      await git('add', 'logo.png');
      const who = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com'];
      await git(...who, 'commit', '--quiet', '--message', 'A logo');
      const { width, height } = await sharp(committed).metadata();
      const dot = { create: { width: 40, height: 40, channels: 4, background: 'red' } } as const;
      const changed = await sharp(committed)
        .composite([{ input: dot, left: Math.floor(width / 2), top: Math.floor(height / 2) }])
        .png()
        .toBuffer();
      await writeFile(logo, changed);
      await workbench.setSetting('git.enabled', true);

      await workbench.rightClick('logo.png');
      await workbench.contextMenu('Compare with HEAD', tab(workbench, 'Compare: logo.png'));
      const panel = workbench.webview();
      await panel.getByRole('img', { name: 'Original' }).waitFor();
      await panel.getByRole('img', { name: 'Edited' }).waitFor();
      for (const name of ['Accept', 'Save As…', 'Discard'])
        assert.equal(await panel.getByRole('button', { name }).count(), 0, name);
      await panel.getByRole('status').filter({ hasText: '1 change' }).waitFor();
      assert.deepEqual(await readFile(logo), changed);
      await workbench.reload();
      await panel.getByRole('img', { name: 'Edited' }).waitFor();
      await panel.getByRole('status').filter({ hasText: 'HEAD and Working Tree' }).waitFor();
    } finally {
      await workbench.setSetting('git.enabled', undefined);
      await rm(join(workspace, '.git'), { recursive: true, force: true });
      await writeFile(logo, committed);
      await tidy(trip);
    }
  });
});
