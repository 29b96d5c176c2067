// Takes `--gateway URL`, `--port N` and `--server`; gives a VS Code with the extension, sample
// pictures and a gateway to try it with, until Ctrl+C.
import { spawn } from 'node:child_process';
import { accessSync, constants, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startGateway } from './gateway/server';
import { cacheFolder, root, supportedVersions } from './vscode/install';
import { installVsix, startServer } from './vscode/server';
import { quietSettings } from './vscode/settings';
import { writeSettings } from './vscode/userFolder';

/** The key that the local gateway asks for, like a real one; it opens nothing else. */
const localKey = 'local-key';

const usualPort = 8100;

interface Gateway {
  url: string;
  key: string;
  /** For the first line that is printed. */
  description: string;
  close(): Promise<void>;
}

/** Something to stop at Ctrl+C, and a promise for when it ended by itself. */
interface Running {
  stop(): Promise<void>;
  ended?: Promise<void>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      gateway: { type: 'string' },
      port: { type: 'string' },
      server: { type: 'boolean', default: false },
    },
  });
  const gateway = await openGateway(values.gateway);
  const workspace = join(cacheFolder, 'start', 'workspace');
  rmSync(workspace, { recursive: true, force: true });
  cpSync(join(root, 'test', 'samples', 'workspace'), workspace, { recursive: true });

  const desktop = values.server || values.port ? undefined : findDesktop();
  const interrupted = new Promise<void>((settle) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => settle());
  });
  let running: Running | undefined;
  try {
    running = desktop
      ? openDesktop(desktop, workspace, gateway)
      : await openServer(workspace, gateway, values.port);
    console.log(
      [
        '  1. Right-click photo.jpg in the Explorer and choose “Edit Image with AI…”.',
        '  2. Type “make it black and white”, press Enter, choose a model.',
        '  3. Compare original and edited, press Accept: the result lies beside photo.jpg.',
        '',
        `The pictures are in ${workspace} (copied afresh at each start).`,
        'Ctrl+C stops everything.',
      ].join('\n'),
    );
    await Promise.race([interrupted, ...(running.ended ? [running.ended] : [])]);
    console.log('\nStopping…');
  } finally {
    await running?.stop();
    await gateway.close();
  }
}

/** The gateway to use: a real one when named, else one that runs here. */
async function openGateway(address: string | undefined): Promise<Gateway> {
  const key = process.env['AIGATE_API_KEY'];
  if (address === undefined) {
    const local = await startGateway({ apiKey: localKey, redraws: true });
    const description = `a local gateway at ${local.url}: no account, nothing leaves this machine`;
    return { url: local.url, key: localKey, description, close: () => local.close() };
  }
  if (!URL.canParse(address)) throw new Error(`--gateway ${address} is not an address.`);
  if (!key) {
    throw new Error(
      `--gateway ${address} needs a key: start again with AIGATE_API_KEY set in the environment.`,
    );
  }
  const description = `the gateway at ${address}: each edit may cost money`;
  return { url: address, key, description, close: () => Promise.resolve() };
}

/** VS Code's server, to be opened in a browser. */
async function openServer(
  workspace: string,
  gateway: Gateway,
  port: string | undefined,
): Promise<Running> {
  const vsix = process.env['RETOUCH_VSIX'];
  if (!vsix) throw new Error('Start with `npm start`: it packages the extension first.');
  const version = supportedVersions.at(-1)!;
  const userDataDir = join(cacheFolder, 'start', 'user-data');
  const folders = { userDataDir, extensionsDir: join(userDataDir, 'extensions') };
  writeStartSettings(userDataDir, gateway);
  await installVsix(version, vsix, folders);
  const options = {
    ...{ version, ...folders, defaultFolder: workspace },
    env: { AIGATE_API_KEY: gateway.key },
  };
  const server =
    port === undefined
      ? await startServer({ ...options, port: usualPort }).catch(() => startServer(options))
      : await startServer({ ...options, port: Number(port) });
  console.log(`\nRetouch in VS Code ${version} with ${gateway.description}.\n`);
  console.log(`  Open  ${server.url}/\n`);
  return { stop: () => server.stop() };
}

/** The desktop VS Code of this machine, with settings and state of its own. */
function openDesktop(code: string, workspace: string, gateway: Gateway): Running {
  const userDataDir = join(cacheFolder, 'start', 'desktop');
  writeStartSettings(userDataDir, gateway);
  const args = [
    ...[`--extensionDevelopmentPath=${root}`, `--user-data-dir=${userDataDir}`],
    ...[`--extensions-dir=${join(userDataDir, 'extensions')}`, '--disable-workspace-trust'],
    ...['--new-window', '--wait', workspace],
  ];
  const windows = process.platform === 'win32';
  const quoted = (text: string): string => (windows ? `"${text}"` : text);
  const child = spawn(quoted(code), args.map(quoted), {
    env: { ...process.env, AIGATE_API_KEY: gateway.key },
    stdio: 'ignore',
    shell: windows,
  });
  const ended = new Promise<void>((settle, fail) => {
    child.once('close', () => settle());
    child.once('error', fail);
  });
  console.log(`\nRetouch in this machine's VS Code with ${gateway.description}.\n`);
  const stop = async (): Promise<void> => {
    child.kill();
    await ended.catch(() => undefined);
  };
  return { stop, ended };
}

function writeStartSettings(userDataDir: string, gateway: Gateway): void {
  mkdirSync(userDataDir, { recursive: true });
  writeSettings(userDataDir, {
    ...quietSettings,
    // What the person changed in an earlier start stays, such as the theme.
    ...earlierSettings(userDataDir),
    'retouch.baseUrl': gateway.url,
  });
}

function earlierSettings(userDataDir: string): Record<string, unknown> {
  try {
    const text = readFileSync(join(userDataDir, 'User', 'settings.json'), 'utf8');
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The `code` command of a desktop VS Code that has a screen to open on. */
function findDesktop(): string | undefined {
  const { platform, env } = process;
  const hasScreen = platform !== 'linux' || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
  // In the terminal of a remote window `code` talks to that window, and cannot start another.
  if (!hasScreen || env['VSCODE_IPC_HOOK_CLI'] || env['SSH_CONNECTION']) return undefined;
  const name = platform === 'win32' ? 'code.cmd' : 'code';
  const candidates = (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  if (platform === 'darwin') {
    candidates.push('/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code');
  }
  if (platform === 'win32' && env['LOCALAPPDATA']) {
    candidates.push(join(env['LOCALAPPDATA'], 'Programs', 'Microsoft VS Code', 'bin', name));
  }
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
