// Takes package-lock.json and node_modules as they are; leaves node_modules as the lock file has it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExpectedError, root, runNpm } from './run.mjs';

/** Installs the npm packages where some are missing or of another version, else does nothing. */
export async function installPackages() {
  const why = staleBecause();
  if (!why) return;
  console.log(`Installing npm packages (${why})…`);
  const started = Date.now();
  const code = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) throw new ExpectedError('npm ci failed: see above. Nothing was built or tested.');
  console.log(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

/** What npm has to do, in words, or nothing. Contents decide: git and npm both reset file times. */
function staleBecause() {
  const locked = readJson(join(root, 'package-lock.json'))?.packages ?? {};
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!installed) return 'there are none yet';
  for (const [path, { version, optional, peer }] of Object.entries(locked)) {
    if (path === '') continue;
    const found = installed[path];
    // Packages for another platform are in the lock file and rightly not here.
    if (!found && (optional || peer)) continue;
    if (!found) return `${path} is missing`;
    if (found.version !== version) return `${path} is ${found.version}, not ${version}`;
  }
  return undefined;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
