// Takes a command, runs it from the repository's root with its output shown, and gives its exit code.
import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The repository's root, absolute. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What ends a task from outside. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const currentStep = new AsyncLocalStorage();

/**
 * Runs `work`; the processes that `run` starts in it are counted as the step's.
 * @param step its name, and the ProcessorTime that counts them
 */
export function inStep(step, work) {
  return currentStep.run(step, work);
}

/** A failure that is told in words, without a stack: the reader can do something about it. */
export class ExpectedError extends Error {
  expected = true;
}

/**
 * Runs a command to its end and gives its exit code, 1 where a signal ended it.
 * `env` is added to this process's own environment. `label` goes before each line of output, for
 * commands that run at the same time.
 */
export function run(command, args, { env = {}, label } = {}) {
  return new Promise((settle, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: label ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    const step = currentStep.getStore();
    if (child.pid !== undefined) step?.time.add(child.pid, step.name);
    for (const input of label ? [child.stdout, child.stderr] : []) {
      createInterface({ input }).on('line', (line) => console.log(`${label} │ ${line}`));
    }
    // The child cleans up after itself at Ctrl+C; leaving before it has would orphan its servers.
    const forward = (signal) => child.kill(signal);
    for (const signal of endingSignals) process.on(signal, forward);
    const done = () => {
      for (const signal of endingSignals) process.off(signal, forward);
    };
    child.once('error', (error) => {
      done();
      fail(error);
    });
    child.once('close', (code) => {
      done();
      settle(code ?? 1);
    });
  });
}

/** Runs a script under the Node that runs this one. */
export function runNode(script, args = [], options = {}) {
  return run(process.execPath, ['--enable-source-maps', script, ...args], options);
}

/** Runs npm: the one that started us where there is one, so that both read the same settings. */
export function runNpm(args, options = {}) {
  const cli = process.env['npm_execpath'];
  if (cli && /npm-cli\.c?js$/.test(cli)) return run(process.execPath, [cli, ...args], options);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
}
