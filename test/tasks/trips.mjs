// Takes the arguments of `npm start` or `npm run demo`; installs what that needs, and runs it.
import { packageExtension } from './package.mjs';
import { runNode } from './run.mjs';
import { ensureVscodeAndChromium, harness } from './suites.mjs';

/** A VS Code to try the extension in. It needs no Chromium: the person has a browser. */
export async function start(rest) {
  const vsix = await packageExtension();
  return runNode('out/test/start.js', rest, { env: { RETOUCH_VSIX: vsix } });
}

/** The same trip without a person. */
export async function demo(rest) {
  const newest = (await harness()).supportedVersions.at(-1);
  const [vsix] = await Promise.all([packageExtension(), ensureVscodeAndChromium([newest])]);
  return runNode('out/test/demo.js', rest, {
    env: { RETOUCH_VSCODE: process.env['RETOUCH_VSCODE'] ?? newest, RETOUCH_VSIX: vsix },
  });
}
