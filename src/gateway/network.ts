// How to reach a gateway from a company's network: settings, environment and system store go in; a proxy and
// certificates come out.
import { readdir, readFile } from 'node:fs/promises';
import { BlockList, isIP } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as tls from 'node:tls';
import { Worker } from 'node:worker_threads';
import { isLoopback } from './connection';
import { EditError } from './errors';

export interface Network {
  /** `http://name:password@host:port` as VS Code's `http.proxy` has it. Goes before the environment's. */
  readonly proxy?: string | undefined;
  /** What to send as `Proxy-Authorization` in place of the proxy's name and password. */
  readonly proxyAuthorization?: string | undefined;
  /** False lets an `https:` proxy have any certificate. The gateway's own is always checked. */
  readonly checkProxy?: boolean | undefined;
  /** Hosts to reach without a proxy, as VS Code's `http.noProxy` has them. Goes before the environment's. */
  readonly noProxy?: readonly string[] | undefined;
  /** Where `HTTPS_PROXY` and its like are looked up; absent where no proxy of the environment may be used. */
  readonly environment?: Environment | undefined;
  /** PEM certificates of authorities to trust on top of Node's own. */
  readonly certificates?: readonly string[] | undefined;
  /** Milliseconds to reach the gateway, through its proxy where there is one. Default 30 seconds. */
  readonly connectTimeout?: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface Proxy {
  /** Without name and password. */
  readonly url: URL;
  /** The `Proxy-Authorization` that it gets. A secret: never shown. */
  readonly authorization: string | undefined;
  /** False lets it have any certificate, where it is `https:`. */
  readonly check: boolean;
  /** Who named it, in words: `the setting http.proxy`. */
  readonly source: string;
}

/**
 * The proxy for an address; undefined where none is to be used, as for this machine's own gateways.
 * @throws EditError (`proxy`, nothing charged) when the proxy is none that Retouch can use
 */
export function proxyFor(url: URL, network: Network = {}): Proxy | undefined {
  // As VS Code itself: a proxy elsewhere cannot reach this machine by that name.
  if (isLoopback(url.hostname)) return undefined;
  const variable = (name: string) =>
    network.environment?.[name.toLowerCase()] || network.environment?.[name.toUpperCase()];
  // The rest as VS Code too: its settings hide the environment's, and HTTP_PROXY serves for https: as well.
  const noProxy =
    network.noProxy && network.noProxy.length > 0
      ? network.noProxy
      : (variable('no_proxy') ?? '').split(/[\s,]+/);
  if (noProxy.some((entry) => covers(entry.trim(), url))) return undefined;
  if (network.proxy?.trim()) return parseProxy(network.proxy, 'the setting http.proxy', network);
  for (const name of [
    ...(url.protocol === 'https:' ? ['https_proxy'] : []),
    'http_proxy',
    'all_proxy',
  ]) {
    const value = variable(name)?.trim();
    if (value) return parseProxy(value, `the environment variable ${name.toUpperCase()}`, network);
  }
  return undefined;
}

/** Whether an entry of a no-proxy list means this address: a host and all below it, an address, a range. */
function covers(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  if (entry === '') return false;
  const host = bare(url.hostname);
  const [, range, bits] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (range !== undefined) return isInRange(host, bare(range), Number(bits));
  if (isIP(bare(entry)) !== 0) return bare(entry) === host;
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80')))
    return false;
  const wanted = bare(name).replace(/^\*?\./, '');
  return wanted !== '' && (host === wanted || host.endsWith(`.${wanted}`));
}

function isInRange(host: string, range: string, bits: number): boolean {
  const family = isIP(host);
  if (family === 0 || family !== isIP(range) || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(range, bits, kind);
  return list.check(host, kind);
}

function bare(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[|\]$/g, '');
}

function parseProxy(text: string, source: string, network: Network): Proxy {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text.trim())
    ? text.trim()
    : `http://${text.trim()}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // Never quoted: a password may be in it.
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const kind = url?.protocol.startsWith('socks')
      ? 'a SOCKS proxy'
      : 'no address of an HTTP proxy';
    throw new EditError(
      `A proxy must be used, but ${source} names ${kind}. Retouch needs one such as http://proxy:8080.`,
      { reason: 'proxy', charge: 'none' },
    );
  }
  const { username, password } = url;
  const secret = Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64');
  return {
    url: new URL(url.origin),
    authorization:
      network.proxyAuthorization?.trim() || (username || password ? `Basic ${secret}` : undefined),
    check: network.checkProxy ?? true,
    source,
  };
}

/** A `%` in a password that nobody encoded stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where Linux distributions keep the certificates that the whole system trusts. */
const bundlePaths = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The certificates of authorities that the system trusts, as PEM: a company's own are among them. What cannot be
 * read is left out. On Linux they are files; elsewhere Node is asked, which the VS Code of 1.101 and later can.
 * @param environment may name other files, as it does for OpenSSL and Node: `SSL_CERT_FILE`, `SSL_CERT_DIR`,
 * `NODE_EXTRA_CA_CERTS`
 */
export async function systemCertificates(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): Promise<readonly string[]> {
  const { SSL_CERT_FILE, SSL_CERT_DIR, NODE_EXTRA_CA_CERTS } = environment;
  const files = [NODE_EXTRA_CA_CERTS, SSL_CERT_FILE].filter((file) => file !== undefined);
  for (const folder of SSL_CERT_DIR?.split(':') ?? []) {
    const names = await readdir(folder).catch(() => []);
    files.push(...names.map((name) => join(folder, name)));
  }
  if (platform === 'linux' && !SSL_CERT_FILE) files.push(...bundlePaths);
  const asked = platform === 'linux' ? [] : await askSystem();
  const read = await Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')));
  const pems = read.flatMap(
    (text) => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [],
  );
  return [...new Set([...asked, ...pems])];
}

/** In a thread of its own, as VS Code does it: macOS takes seconds to say whom it trusts. */
function askSystem(): Promise<readonly string[]> {
  const question = `
    const { parentPort } = require('node:worker_threads');
    parentPort.postMessage(require('node:tls').getCACertificates?.('system') ?? []);`;
  return new Promise((resolve) => {
    const worker = new Worker(question, { eval: true });
    worker.once('message', resolve);
    worker.once('error', () => resolve([]));
    worker.once('exit', () => resolve([]));
  });
}

const contexts = new WeakMap<readonly string[], Promise<tls.SecureContext>>();

/** What checks certificates. Made once for each list of them. */
export async function secureContext({ certificates }: Network = {}): Promise<
  tls.SecureContext | undefined
> {
  if (!certificates || certificates.length === 0) return undefined;
  let context = contexts.get(certificates);
  if (!context) {
    context = makeContext(certificates);
    contexts.set(certificates, context);
  }
  return context;
}

/**
 * One certificate after the other is added to Node's own list, as VS Code does it as well. All at once, as the option
 * `ca`, were a stall of 70 to 130 ms, measured with the 144 of Debian.
 */
async function makeContext(certificates: readonly string[]): Promise<tls.SecureContext> {
  const context = tls.createSecureContext();
  const { addCACert } = context.context as { addCACert: (pem: string) => void };
  for (const certificate of certificates) {
    try {
      addCACert.call(context.context, certificate);
    } catch {
      // One that cannot be read costs none of the others.
    }
    await nextTurn();
  }
  return context;
}
