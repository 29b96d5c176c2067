// An address and the way to it go in; a socket that leads to the gateway comes out, through its proxy where there is
// one. Nothing of a request has been sent then: whatever fails here costs nothing, and the key has not left.
import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { EditError } from './errors';
import { secureContext, type Network, type Proxy } from './network';
import { lookupPublic, privateAddressCode } from './privateAddress';

export interface Way {
  readonly url: URL;
  /** Straight where there is none. */
  readonly proxy: Proxy | undefined;
  readonly network: Network | undefined;
  /** Refuse hosts whose address is private. */
  readonly publicOnly: boolean;
}

/** Bytes that are read at once, as undici's own connections have it. Node's types leave the option out. */
const tcpBuffers = { highWaterMark: 64 * 1024 };
const tlsBuffers = { highWaterMark: 16 * 1024 };

/** Bytes of the answer with which a proxy opens a tunnel. */
const tunnelLimit = 64 * 1024;

/**
 * @param signal ends it, at any step: then no socket is left
 * @throws EditError (nothing charged) saying who could not be reached, or why not
 */
export async function openSocket(way: Way, signal: AbortSignal): Promise<Socket> {
  const { url, proxy, network, publicOnly } = way;
  const startedAt = Date.now();
  // Who is being waited for.
  let target: 'proxy' | 'gateway' = proxy ? 'proxy' : 'gateway';
  let socket: Socket | undefined;
  // A socket below TLS takes the one above with it.
  const stop = () => socket?.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const context = await secureContext(network);
    signal.throwIfAborted();
    const first = proxy?.url ?? url;
    // Names are resolved by the proxy: what it lets through is its owner's decision. Addresses were checked.
    const restricted = publicOnly && !proxy;
    socket = connectTcp({
      host: bareHost(first),
      port: portOf(first),
      ...tcpBuffers,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      ...(restricted && { lookup: lookupPublic }),
    });
    await ready(socket, 'connect');
    let top = socket;
    if (proxy) {
      if (proxy.url.protocol === 'https:') {
        top = await secure(top, proxy.url, context, proxy.check);
      }
      await openTunnel(top, url, proxy);
      target = 'gateway';
    }
    if (url.protocol === 'https:') top = await secure(top, url, context, true);
    signal.throwIfAborted();
    return top;
  } catch (error) {
    socket?.destroy();
    if (error instanceof EditError) throw error;
    const seconds = Math.max(1, Math.round((Date.now() - startedAt) / 1000));
    const why = signal.aborted ? `no answer within ${seconds} s` : undefined;
    throw proxy && target === 'proxy'
      ? proxyFailed(proxy, why, error)
      : gatewayFailed(way, why, error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Settles with the event, or with what ended the socket before. */
async function ready(socket: Socket, event: string): Promise<void> {
  const settled = new AbortController();
  const closed = once(socket, 'close', { signal: settled.signal }).then(() => {
    throw closedEarly();
  });
  // Whichever is second has nobody who waits for it.
  closed.catch(() => undefined);
  try {
    await Promise.race([once(socket, event), closed]);
  } finally {
    settled.abort();
  }
}

function closedEarly(): Error {
  return Object.assign(new Error('The connection was closed.'), { code: 'connection closed' });
}

async function secure(
  socket: Socket,
  url: URL,
  context: Awaited<ReturnType<typeof secureContext>>,
  check: boolean,
): Promise<TLSSocket> {
  const host = bareHost(url);
  const secured = connectTls({
    socket,
    host,
    // A name only: an address is not one.
    ...(isIP(host) === 0 && { servername: host }),
    ...(context && { secureContext: context }),
    ALPNProtocols: ['http/1.1'],
    ...tlsBuffers,
    rejectUnauthorized: check,
  });
  // Node says it of the socket below as well, where nobody would listen.
  socket.on('error', (error) => secured.destroy(error));
  await ready(secured, 'secureConnect');
  return secured;
}

/** Asks a proxy for a way through to the gateway, of which it sees no more than the name. */
async function openTunnel(socket: Socket, { hostname, port, protocol }: URL, proxy: Proxy) {
  const authority = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
  const authorization = proxy.authorization;
  if (authorization !== undefined && !/^[\x20-\x7e]+$/.test(authorization)) {
    throw refused(proxy, 'cannot get the name and password that are set: they hold odd characters');
  }
  socket.write(
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n` +
      (authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`) +
      '\r\n',
  );
  const head = await readHead(socket, proxy);
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(head)?.[1]);
  if (status >= 200 && status < 300) return;
  if (status === 407) {
    const kinds = [...head.matchAll(/^proxy-authenticate: *([\w-]+)/gim)].map(([, kind]) => kind!);
    const basic = kinds.length === 0 || kinds.some((kind) => /^basic$/i.test(kind));
    const wanted =
      authorization === undefined ? 'a name and password' : 'another name and password';
    throw refused(
      proxy,
      basic
        ? `wants ${wanted} (HTTP 407). Put them into ${proxy.source}, as http://name:password@host:port`
        : `wants a way to sign in that Retouch does not know (${kinds.join(', ')})`,
    );
  }
  throw refused(
    proxy,
    status > 0
      ? `does not let Retouch through to ${hostname} (HTTP ${status})`
      : `does not answer as an HTTP proxy does. Check ${proxy.source}`,
  );
}

/** What comes before the tunnel begins. The gateway says nothing in it before it is asked. */
async function readHead(socket: Socket, proxy: Proxy): Promise<string> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const chunk = socket.read() as Buffer | null;
    if (!chunk) {
      await ready(socket, 'readable');
      // At the end there is nothing to read, for ever.
      if (socket.readableEnded || socket.readableLength === 0) {
        throw closedEarly();
      }
      continue;
    }
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end >= 0 && (end === bytes.byteLength - 4 || !isTunnel(bytes))) {
      return bytes.toString('latin1', 0, end);
    }
    if (end >= 0 || bytes.byteLength > tunnelLimit) {
      throw refused(proxy, `does not answer as an HTTP proxy does. Check ${proxy.source}`);
    }
  }
}

function isTunnel(head: Buffer): boolean {
  return head.toString('latin1', 9, 10) === '2';
}

function refused(proxy: Proxy, why: string): EditError {
  return new EditError(`The proxy ${proxy.url.host} ${why}.`, { reason: 'proxy', charge: 'none' });
}

function proxyFailed(proxy: Proxy, why: string | undefined, cause: unknown): EditError {
  const { host } = proxy.url;
  const code = errorCode(cause);
  return new EditError(
    isDistrust(code)
      ? `The certificate of the proxy ${host} cannot be trusted (${code}). Check ${proxy.source}.`
      : `Can't reach the proxy ${host} (${why ?? code}). Check your connection and ${proxy.source}.`,
    { reason: 'proxy', charge: 'none', cause },
  );
}

function gatewayFailed({ url }: Way, why: string | undefined, cause: unknown): EditError {
  const code = errorCode(cause);
  if (code === privateAddressCode) {
    return new EditError(`${url.host} is a private address: not opened.`, {
      reason: 'link',
      charge: 'none',
      cause,
    });
  }
  if (isDistrust(code)) {
    return new EditError(
      `The certificate of ${url.host} cannot be trusted (${code}). The key was not sent.`,
      { reason: 'certificate', charge: 'none', cause },
    );
  }
  if (/^(ERR_SSL_|EPROTO$)/.test(code)) {
    const plain = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code);
    return new EditError(
      `No secure connection to ${url.host}${plain ? ', which does not speak https:' : ''} (${code}). The key was not sent. Check retouch.baseUrl.`,
      { reason: 'certificate', charge: 'none', cause },
    );
  }
  return new EditError(
    `Can't reach ${url.host} (${why ?? code}). Check your connection and retouch.baseUrl.`,
    { reason: why ? 'connectTimeout' : 'unreachable', charge: 'none', cause },
  );
}

function isDistrust(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)_/.test(code);
}

/** What Node calls a failure: `ECONNREFUSED`. */
export function errorCode(error: unknown): string {
  // With several addresses tried, the error is an AggregateError whose own code is that of the first.
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.name : 'unknown error';
}

/** As sockets take it: IPv6 without brackets. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}
