// Takes a VS Code version; gives the folder of its server and the Node that runs it, installed from
// npm into the cache where they are not there yet.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The VS Code versions that the tests run on: the oldest supported and the newest known. */
export const supportedVersions = ['1.100.3', '1.139.1'];

/** The repository's root. This file is built into several bundles, at several depths of out. */
export const root = findRoot(__dirname);

/** Where everything lies that is installed or made for tests, and can be deleted at any time. */
export const cacheFolder = resolve(process.env['RETOUCH_CACHE'] ?? join(root, '.cache'));

const installFolder = join(cacheFolder, 'vscode');

/**
 * Built-in extensions with code that tests meet. The others, such as language servers and chat, are left out: every window
 * would start them.
 */
const keptExtensions = ['git', 'git-base', 'media-preview'];

/** The npm package and the Node behind each VS Code version. */
const servers: Readonly<Record<string, { codeServer: string; node: string }>> = {
  '1.100.3': { codeServer: '4.100.3', node: '20.20.2' },
  '1.139.1': { codeServer: '4.139.1', node: '24.21.0' },
};

/** A VS Code server on disk: `main` is the script to run with `node`. All absolute. */
export interface InstalledVscode {
  version: string;
  main: string;
  node: string;
}

/** Where a version lies, whether or not it is there yet. */
export function locateVscode(version: string): InstalledVscode {
  return {
    version,
    main: join(installFolder, folderOf(version), 'out', 'server-main.js'),
    node: locateNode(packagesFor(version).node),
  };
}

/** Installs a VS Code server where it is missing. Needs npm and `tar`. */
export async function ensureVscode(version: string): Promise<InstalledVscode> {
  await mkdir(installFolder, { recursive: true });
  await removeLeftovers();
  const { codeServer, node } = packagesFor(version);
  await Promise.all([installServer(version, codeServer), installNode(node)]);
  return locateVscode(version);
}

/** An install by an earlier state of this file, in a folder of another name, is not taken for one of these. */
function folderOf(version: string): string {
  return `${version}-few-extensions`;
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'test', 'prepare.mjs'))) return folder;
  if (dirname(folder) === folder) throw new Error(`${__dirname} is not in the repository`);
  return findRoot(dirname(folder));
}

function packagesFor(version: string): { codeServer: string; node: string } {
  const packages = servers[version];
  if (!packages) {
    throw new Error(`VS Code ${version} is not among ${Object.keys(servers).join(', ')}`);
  }
  return packages;
}

/** The machine's own Node where it has the right major version, else one from npm. */
function locateNode(version: string): string {
  const major = (text: string): string => text.split('.')[0] ?? '';
  if (major(process.versions.node) === major(version)) return process.execPath;
  const windows = process.platform === 'win32';
  return join(installFolder, `node-${version}`, windows ? 'node.exe' : 'node');
}

async function installServer(version: string, codeServer: string): Promise<void> {
  await installOnce(folderOf(version), `VS Code ${version}`, async (folder) => {
    const unpacked = await unpackNpmPackage(`code-server@${codeServer}`, folder, 'lib/vscode');
    // Without scripts nothing is compiled: Kerberos proxies go missing, and the writer of log files,
    // which a plain one replaces so that `Show Log` works and failed tests leave logs.
    // Not `npm ci`: the package's own lock file is out of step with its manifest.
    await npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], unpacked);
    await copyFile(
      join(root, 'test', 'vscode', 'spdlog.cjs'),
      join(unpacked, 'node_modules', '@vscode', 'spdlog', 'index.js'),
    );
    await installSearch(unpacked);
    await removeExtensions(join(unpacked, 'extensions'));
    return unpacked;
  });
}

async function removeExtensions(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const manifest = await readFile(join(folder, name, 'package.json'), 'utf8').catch(() => '{}');
    const { main, browser } = JSON.parse(manifest) as { main?: string; browser?: string };
    if ((main === undefined && browser === undefined) || keptExtensions.includes(name)) continue;
    await rm(join(folder, name), { recursive: true });
  }
}

/** The program behind file search: the older package would download it in a script. */
async function installSearch(server: string): Promise<void> {
  const target = join(server, 'node_modules', '@vscode', 'ripgrep');
  if (!existsSync(target) || existsSync(join(target, 'bin'))) return;
  const folder = await mkdtemp(join(server, '.ripgrep-'));
  const name = `@vscode/ripgrep-${process.platform}-${process.arch}@1.18.0`;
  await rename(await unpackNpmPackage(name, folder, 'bin'), join(target, 'bin'));
  await rm(folder, { recursive: true });
}

async function installNode(version: string): Promise<void> {
  if (locateNode(version) === process.execPath) return;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  // macOS on Apple's processors has its Node under another name than everything else.
  const prefix = system === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${system}-${process.arch}`;
  await installOnce(`node-${version}`, `Node ${version}`, async (folder) =>
    unpackNpmPackage(`${name}@${version}`, folder, 'bin'),
  );
}

/**
 * Makes `installFolder/name` by filling a folder beside it first, so that an install that was
 * interrupted leaves nothing that looks complete.
 */
async function installOnce(
  name: string,
  label: string,
  fill: (folder: string) => Promise<string>,
): Promise<void> {
  const target = join(installFolder, name);
  if (existsSync(target)) return;
  const started = Date.now();
  process.stdout.write(`${label}: installing from npm…\n`);
  const folder = await mkdtemp(join(installFolder, '.installing-'));
  try {
    const filled = await fill(folder);
    await rename(filled, target).catch((error: unknown) => {
      // Someone else's install of the same version may have been faster.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${label}: installed in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

/** Unpacks one folder of an npm package and gives its path. */
async function unpackNpmPackage(spec: string, folder: string, inside: string): Promise<string> {
  await npm(['pack', spec, '--silent', '--pack-destination', folder], folder);
  const archive = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (!archive) throw new Error(`npm pack ${spec} left no archive`);
  await execute('tar', ['-xzf', archive, `package/${inside}`], { cwd: folder });
  return join(folder, 'package', inside);
}

/** Runs npm quietly; its output is in the error where it fails. */
async function npm(args: string[], cwd: string): Promise<void> {
  // What npm tells its scripts about the package they belong to must not reach another package.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle|config_local_prefix|config_global_prefix)/.test(name),
    ),
  );
  const cli = process.env['npm_execpath'];
  // Packages may look for `node` on the path: let it be the one that runs us.
  env['PATH'] = [dirname(process.execPath), env['PATH']].filter(Boolean).join(delimiter);
  const options = { cwd, env, maxBuffer: 64 * 1024 * 1024 };
  try {
    if (cli && /npm-cli\.c?js$/.test(cli)) await execute(process.execPath, [cli, ...args], options);
    else await execute('npm', args, { ...options, shell: process.platform === 'win32' });
  } catch (error) {
    throw new Error(`npm ${args.join(' ')} failed in ${cwd}`, { cause: error });
  }
}

/** Folders of installs that were killed; a running one is younger than an hour. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(installFolder)) {
    if (!name.startsWith('.installing-')) continue;
    const folder = join(installFolder, name);
    const found = await stat(folder).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > 3_600_000)
      await rm(folder, { recursive: true, force: true });
  }
}
