// Takes RETOUCH_VSCODE and mocha's `--grep`; runs the host suite in that VS Code on a copy of the
// sample workspace, through @vscode/test-electron, and exits as the suite does.
import { runTests } from '@vscode/test-electron';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './install';

async function runHostTests(): Promise<number> {
  const workspace = mkdtempSync(join(tmpdir(), 'retouch-workspace-'));
  const samples = join(root, 'test', 'samples', 'workspace');
  if (existsSync(samples)) cpSync(samples, workspace, { recursive: true });
  else writeFileSync(join(workspace, 'empty.txt'), '');
  // A desktop VS Code is started by its path, so what stands in for it has to be executable.
  const launcher = join(__dirname, 'launcher.js');
  chmodSync(launcher, 0o755);
  const grepAt = process.argv.indexOf('--grep');
  try {
    return await runTests({
      vscodeExecutablePath: launcher,
      extensionDevelopmentPath: process.env['RETOUCH_EXTENSION'] ?? root,
      extensionTestsPath: join(root, 'out', 'test', 'host', 'index.js'),
      extensionTestsEnv: { RETOUCH_GREP: grepAt < 0 ? undefined : process.argv[grepAt + 1] },
      launchArgs: [workspace],
    });
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    return 1;
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

void runHostTests().then((code) => {
  process.exitCode = code;
});
