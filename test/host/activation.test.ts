// Takes the extension as VS Code loaded it; it must be there, start, and bring its commands.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('activation', () => {
  it('finds and activates the extension', async () => {
    const extension = vscode.extensions.getExtension('retouch.retouch');
    assert.ok(extension, 'retouch.retouch is not installed');
    await extension.activate();
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
});
