// Takes the extension as VS Code loaded it; it must be there, start, and bring its commands.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('activation', () => {
  it('finds and activates the extension', async () => {
    const extension = vscode.extensions.getExtension('retouch.retouch');
    assert.ok(extension, 'retouch.retouch is not installed');
    const started = performance.now();
    await extension.activate();
    console.log(`[test] activation took ${(performance.now() - started).toFixed(1)} ms`);
    assert.equal(extension.isActive, true);
  });

  it('registers every command that the manifest promises', async () => {
    const extension = vscode.extensions.getExtension('retouch.retouch');
    const manifest = extension?.packageJSON as {
      contributes?: { commands?: { command: string }[] };
    };
    const promised = (manifest.contributes?.commands ?? []).map(({ command }) => command);
    assert.notEqual(promised.length, 0, 'the manifest names no commands');
    const registered = await vscode.commands.getCommands(true);
    assert.deepEqual(
      promised.filter((command) => !registered.includes(command)),
      [],
    );
  });

  it('loads the HTTP and picture code only with the first command', () => {
    const dist = `${vscode.extensions.getExtension('retouch.retouch')?.extensionPath}/dist/`;
    const loaded = Object.keys(require.cache).filter((path) => path.startsWith(dist));
    assert.deepEqual(loaded, [`${dist}extension.js`]);
  });

  it('shows every setting of the manifest with its default', () => {
    const settings = vscode.workspace.getConfiguration('retouch');
    const defaults = [
      'baseUrl',
      'model',
      'models',
      'upload',
      'timeoutSeconds',
      'saveName',
      'balanceInStatusBar',
      'removeMetadata',
      'keepDays',
    ].map((name) => settings.inspect(name)?.defaultValue);
    assert.deepEqual(defaults, [
      'https://api.aigate.shop/v1',
      'openai/gpt-image-2',
      [],
      'auto',
      600,
      '${name}.edited',
      false,
      true,
      30,
    ]);
  });

  it('takes no endpoint from a workspace', async () => {
    const settings = vscode.workspace.getConfiguration('retouch');
    await assert.rejects(
      Promise.resolve(
        settings.update('baseUrl', 'https://evil.example/v1', vscode.ConfigurationTarget.Workspace),
      ),
    );
  });
});
