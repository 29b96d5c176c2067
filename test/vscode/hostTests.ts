// Takes RETOUCH_VSCODE and mocha's `--grep`; runs the host suite in that VS Code on a copy of the
// sample workspace, through @vscode/test-electron, and exits as the suite does.
import { runTests } from '@vscode/test-electron';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../support/certificates';
import { root } from './install';

async function runHostTests(): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), 'retouch-workspace-'));
  // Nobody else writes into the two folders above it: what is there came out of it.
  const workspace = join(home, 'outer', 'workspace');
  mkdirSync(workspace, { recursive: true });
  const samples = join(root, 'test', 'samples', 'workspace');
  if (existsSync(samples)) cpSync(samples, workspace, { recursive: true });
  else writeFileSync(join(workspace, 'empty.txt'), '');
  // A desktop VS Code is started by its path, so what stands in for it has to be executable.
  const launcher = join(__dirname, 'launcher.js');
  chmodSync(launcher, 0o755);
  const certificates = placeCertificates();
  const grepAt = process.argv.indexOf('--grep');
  try {
    return await runTests({
      vscodeExecutablePath: launcher,
      extensionDevelopmentPath: process.env['RETOUCH_EXTENSION'] ?? root,
      extensionTestsPath: join(root, 'out', 'test', 'host', 'index.js'),
      extensionTestsEnv: {
        RETOUCH_GREP: grepAt < 0 ? undefined : process.argv[grepAt + 1],
        RETOUCH_CERTIFICATES: certificates,
        // Where OpenSSL looks for the certificates of the system: what a company's administrator adds is there.
        SSL_CERT_FILE: join(certificates, 'authority.pem'),
      },
      launchArgs: [workspace],
    });
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    return 1;
  } finally {
    rmSync(home, { recursive: true, force: true });
    rmSync(certificates, { recursive: true, force: true });
  }
}

/** The authority of a company, and what it signed for its gateway: before VS Code starts, as on a user's machine. */
function placeCertificates(): string {
  const folder = mkdtempSync(join(tmpdir(), 'retouch-certificates-'));
  const authority = makeCertificate('Company Authority', { authority: true });
  const gateway = makeCertificate('gateway.test', { signedBy: authority, hosts: ['gateway.test'] });
  writeFileSync(join(folder, 'authority.pem'), authority.cert);
  writeFileSync(join(folder, 'gateway.pem'), gateway.cert);
  writeFileSync(join(folder, 'gateway.key'), gateway.key, { mode: 0o600 });
  return folder;
}

void runHostTests().then((code) => {
  process.exitCode = code;
});
