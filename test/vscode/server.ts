// Takes a VS Code version and its folders; gives its server, running, with an address to open.
import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ensureVscode } from './install';

const execute = promisify(execFile);

export interface ServerOptions {
  /** One of `supportedVersions`. */
  version: string;
  /** Holds `User/settings.json`, the logs and all state. Made where it is missing. */
  userDataDir: string;
  extensionsDir: string;
  /** Whether workspace trust exists, so that a folder opens in Restricted Mode. Default false. */
  trust?: boolean;
  /** Added to this process's environment; undefined takes a variable away. The extension host has
   * the same environment. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Whether the page's address may name a development extension and its tests. Default false. */
  development?: boolean;
  /** Default: a free one. */
  port?: number;
  /** What the bare address opens: an absolute path. */
  defaultFolder?: string;
}

export interface Server {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** What the server printed. VS Code's own logs are under `userDataDir`. */
  readonly logPath: string;
  /** The extension hosts that are alive: killing one is what a crash is. */
  extensionHostPids(): number[];
  /** Ends the server and everything it started. */
  stop(): Promise<void>;
}

/**
 * What a test must not inherit from the person who runs it: an account, a proxy, the variables of
 * the VS Code whose terminal this may be.
 */
export const isolatedEnvironment: Readonly<Record<string, undefined>> = Object.fromEntries(
  [
    ...['AIGATE_API_KEY', 'NODE_OPTIONS', 'VSCODE_IPC_HOOK_CLI', 'ELECTRON_RUN_AS_NODE'],
    ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
    ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'],
  ].map((name) => [name, undefined]),
);

/** Starts a server and waits until it answers. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { main, node } = await ensureVscode(options.version);
  const { userDataDir, extensionsDir } = options;
  // A user folder that is not there yet makes tests start before the development extension.
  mkdirSync(join(userDataDir, 'User'), { recursive: true });
  mkdirSync(extensionsDir, { recursive: true });
  const args = [
    ...[main, '--host', '127.0.0.1', '--port', String(options.port ?? 0)],
    ...['--without-connection-token', '--accept-server-license-terms', '--disable-telemetry'],
    // Only so does a built workbench honour a development extension in the page's address; but VS
    // Code 1.139 then shows no notifications outside their list.
    ...(options.development ? ['--enable-smoke-test-driver'] : []),
    ...folderArguments(options),
    ...(options.trust ? [] : ['--disable-workspace-trust']),
    ...(options.defaultFolder ? ['--default-folder', options.defaultFolder] : []),
  ];
  const child = spawn(node, args, {
    cwd: userDataDir,
    env: mergedEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that its extension hosts end with it.
    detached: process.platform !== 'win32',
  });
  const logPath = join(userDataDir, 'server.log');
  const log = createWriteStream(logPath, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const killNow = (): void => killTree(child);
  process.once('exit', killNow);
  // A process that a signal ends says no goodbye, unless it is asked to.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(1));
  }
  const exited = new Promise<void>((settle) => child.once('close', () => settle()));
  void exited.then(() => {
    process.off('exit', killNow);
    log.end();
  });

  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await Promise.race([exited, delay(3000, undefined, { ref: false })]);
    // Extension hosts outlive a server for a while, in case the browser comes back.
    killTree(child);
    await exited;
  };

  try {
    const port = await listeningPort(child, logPath);
    const url = `http://127.0.0.1:${port}`;
    await untilAnswering(`${url}/version`, logPath);
    return {
      url,
      port,
      pid: child.pid!,
      logPath,
      extensionHostPids: () => extensionHosts(child.pid!),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Installs a VSIX from disk, without a running server and without a network. */
export async function installVsix(
  version: string,
  vsix: string,
  folders: { userDataDir: string; extensionsDir: string },
): Promise<void> {
  const { main, node } = await ensureVscode(version);
  mkdirSync(join(folders.userDataDir, 'User'), { recursive: true });
  const args = [
    ...[main, ...folderArguments(folders), '--accept-server-license-terms'],
    ...['--install-extension', vsix, '--force'],
  ];
  const { stdout, stderr } = await execute(node, args, { env: mergedEnvironment() });
  // The command says so in words and exits with 0 when it failed.
  if (!stdout.includes('successfully installed')) {
    throw new Error(`${vsix} was not installed:\n${stdout}${stderr}`);
  }
}

function folderArguments(folders: { userDataDir: string; extensionsDir: string }): string[] {
  return [
    ...['--server-data-dir', join(folders.userDataDir, 'server')],
    ...['--user-data-dir', folders.userDataDir],
    ...['--extensions-dir', folders.extensionsDir],
  ];
}

function mergedEnvironment(env: ServerOptions['env'] = {}): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== undefined),
  );
}

/** The port from the server's own words: asking for port 0 is the only way without a race. */
async function listeningPort(child: ChildProcess, logPath: string): Promise<number> {
  return new Promise((settle, fail) => {
    let output = '';
    const late = setTimeout(() => {
      failed('did not start in 60 s');
    }, 60_000);
    const failed = (what: string): void => {
      clearTimeout(late);
      fail(new Error(`VS Code's server ${what}, see ${logPath}:\n${output.slice(-2000)}`));
    };
    const read = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (!port) return;
      clearTimeout(late);
      child.stdout?.off('data', read);
      child.stderr?.off('data', read);
      settle(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => {
      failed(`could not be started (${error.message})`);
    });
    child.once('close', (code) => {
      failed(`ended with code ${code ?? 'none'}`);
    });
  });
}

async function untilAnswering(url: string, logPath: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await delay(50);
  }
  throw new Error(`VS Code's server does not answer at ${url}, see ${logPath}`);
}

function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32')
      spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already, which is what was wanted.
  }
}

function extensionHosts(serverPid: number): number[] {
  return childProcesses(serverPid)
    .filter(({ command }) => command.includes('--type=extensionHost'))
    .map(({ pid }) => pid);
}

/** The direct children of a process. Debian without extras has no `ps`, so Linux reads /proc. */
function childProcesses(parent: number): { pid: number; command: string }[] {
  if (process.platform !== 'linux') {
    const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,command=']).toString('utf8').split('\n');
    return lines
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
      .filter((found) => found !== null && Number(found[2]) === parent)
      .map((found) => ({ pid: Number(found![1]), command: found![3]! }));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The second field is a name in brackets that may itself hold spaces and brackets.
        const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
        const [state, parentPid] = fields;
        if (Number(parentPid) !== parent || state === 'Z') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), command }];
      } catch {
        // It ended between the listing and the reading.
        return [];
      }
    });
}
