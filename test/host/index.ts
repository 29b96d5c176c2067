// Takes the tests of this folder, which the build puts into one file; runs them in the extension host, prints the results and
// writes them to the file RETOUCH_RESULTS. VS Code calls `run`.
import { join } from 'node:path';
import { format } from 'node:util';
import { window } from 'vscode';
import { writeResults } from '../support/testResults';

/** Starts each line of results; test/vscode/launcher.ts prints those lines alone. */
const testLineMark = '[test] ';

/** Runs the suite; rejects when a test failed, which is what VS Code's exit code says. */
export async function run(): Promise<void> {
  // Mocha 12 is an ES module and this file is not.
  const { default: Mocha } = await import('mocha');
  // The console of an extension host is full of VS Code's own lines: mark ours, for the launcher.
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => {
    for (const line of format(...args).split('\n')) console.log(`${testLineMark}${line}`);
  };
  const grep = process.env['RETOUCH_GREP'];
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: 'spec',
    color: false,
    timeout: 60_000,
    ...(grep ? { grep } : {}),
  });
  mocha.addFile(join(__dirname, 'tests.js'));
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((settle) => {
    const runner = mocha.run(settle);
    writeResults(runner);
    runner.on('fail', () => {
      const tabs = window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
      Mocha.reporters.Base.consoleLog(`Tabs that were open: ${tabs.join(', ') || 'none'}`);
    });
  });
  if (failures > 0) throw new Error(`${failures} host tests failed`);
}
