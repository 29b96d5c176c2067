// Retouch is updated, restarted and disabled while an edit is under way.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import JSZip from 'jszip';
import { installVsix } from '../../vscode/server';
import {
  answer,
  keepEvidence,
  press,
  required,
  rightClickEdit,
  startTrip,
  tab,
  tidy,
  watchTests,
  type Trip,
} from '../support/trip';

const model = 'openai/gpt-image-2';

describe('Retouch in mid-edit', function () {
  this.timeout(240_000);
  let trip: Trip;
  before(async () => {
    // What came is compared byte by byte with what was saved.
    trip = await startTrip({ settings: { 'retouch.matchOriginal': false } });
  });
  after(() => trip.close());
  const { sent, made, untilBilled } = watchTests(() => trip);
  keepEvidence(() => trip);
  afterEach(() => tidy(trip));

  /** One that the gateway is at work on, and for which it wants money. */
  async function beginEdit(file: string, instruction: string, delayMs: number): Promise<void> {
    const before = sent().length;
    trip.gateway.delayMs = delayMs;
    await rightClickEdit(trip, file);
    await answer(trip, instruction, model);
    await untilBilled(before + 1);
  }

  async function assertSaved(): Promise<void> {
    const [saved = '', ...others] = await made();
    assert.deepEqual(others, []);
    const [first] = sent();
    const bytes = await readFile(join(trip.workspace, saved));
    assert.deepEqual(bytes, Buffer.from(first!.answered[0]!));
    assert.equal(sent().length, 1);
  }

  /** The packaged extension as a later version of itself. */
  async function laterVsix(folder: string): Promise<string> {
    const zip = await JSZip.loadAsync(await readFile(required('RETOUCH_VSIX')));
    for (const [name, version] of [
      ['extension/package.json', /("version": ")[^"]*/],
      ['extension.vsixmanifest', /(<Identity [^>]*Version=")[^"]*/],
    ] as const) {
      const text = await zip.file(name)!.async('string');
      assert.match(text, version);
      zip.file(name, text.replace(version, '$199.0.0'));
    }
    const path = join(folder, 'later.vsix');
    await writeFile(path, await zip.generateAsync({ type: 'nodebuffer' }));
    return path;
  }

  it('brings the answer when it is updated meanwhile, and says after the restart what was sent', async () => {
    const { workbench } = trip;
    const { userDataDir } = workbench;
    const vsix = await laterVsix(userDataDir);
    await beginEdit('logo.png', 'invert it while an update comes', 120_000);
    const extensionsDir = join(userDataDir, 'extensions');
    await installVsix(required('RETOUCH_VSCODE'), vsix, { userDataDir, extensionsDir });
    assert.equal(sent()[0]!.status, 0);
    trip.gateway.delayMs = 0;
    await workbench.webview().getByRole('button', { name: 'Accept' }).click();
    await workbench.notification('Saved logo.edited').waitFor();
    await assertSaved();

    // Sent before the restart that an update asks for: said after it, and sent no second time.
    await beginEdit('photo.jpg', 'wait for a restart', 120_000);
    await workbench.reload();
    await workbench.notification(/1 edit was sent and never answered: it may have/).waitFor();
    await tab(workbench, 'Compare: photo.jpg').waitFor({ state: 'detached' });
    assert.equal(sent().length, 2);
    assert.ok(sent()[1]!.aborted);
    assert.equal((await made()).length, 1);
    // It is the later version that has taken over.
    await workbench.runCommand('Retouch: Copy Diagnostics');
    await workbench.page.getByText('Retouch 99.0.0').waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('keeps what came when it is disabled, and the panel says that nobody answers', async () => {
    const { workbench } = trip;
    const accept = workbench.webview().getByRole('button', { name: 'Accept' });
    await beginEdit('portrait.jpg', 'invert it, then disable', 0);
    await accept.waitFor();
    await workbench.runCommand('Extensions: Disable All Installed Extensions');
    // Only that restarts the extension host here: the desktop has a command for it.
    assert.ok((await workbench.crashExtensionHost()) > 0);
    await accept.click();
    await workbench.webview().getByText('Retouch does not answer. The edit is kept').waitFor();
    await workbench.runCommand('Extensions: Enable All Extensions');
    await press(workbench.notification('1 finished edit was not reviewed.'), 'Review');
    await workbench.webview().getByRole('img', { name: 'Edited' }).waitFor();
    await accept.click();
    await workbench.notification('Saved portrait.edited').waitFor();
    await assertSaved();
  });
});
