// Takes every *.test.js beside it; runs them in the extension host, prints the results and adds
// their counts to the file RETOUCH_COUNTS. VS Code calls `run`.
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';

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
  for (const file of readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.test.js')) mocha.addFile(join(__dirname, file));
  }
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((settle) => {
    const runner = mocha.run(settle);
    runner.once('end', () => {
      const counts = process.env['RETOUCH_COUNTS'];
      const { passes = 0, failures: failed = 0, pending = 0 } = runner.stats ?? {};
      if (!counts) return;
      appendFileSync(counts, `${JSON.stringify({ passed: passes, failed, pending })}\n`);
    });
  });
  if (failures > 0) throw new Error(`${failures} host tests failed`);
}
