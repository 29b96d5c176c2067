// What a proxy does with whoever asks it for a tunnel: faults like those of a gateway, for `startFaultServer`.
// Names that end in .test are known to it alone: nobody gets there without it.
import type { LookupAddress, LookupOptions, lookup } from 'node:dns';
import { connect, type Socket } from 'node:net';
import { Server } from 'proxy-chain';
import { headOf, type Exchange, type Fault, type Headers } from './faultServer';

/** A name and password that a proxy wants. Marked, so that the password is found wherever it gets to. */
export const proxyUser = {
  name: 'jane doe',
  password: 'pw:marked/4be1@%',
};

/** `Basic …`, as such a proxy wants it. */
export const proxyAuthorization = `Basic ${Buffer.from(`${proxyUser.name}:${proxyUser.password}`).toString('base64')}`;

/** The same in front of a proxy's host, as a setting has it. */
export const proxyUserinfo = `${encodeURIComponent(proxyUser.name)}:${encodeURIComponent(proxyUser.password)}@`;

/** Opens the tunnel, as a proxy should. */
export const letThrough: Fault = ({ socket, path }) => {
  const [, port] = /^[a-z]+\.test:(\d+)$/.exec(path) ?? [];
  if (!port) {
    socket.end(headOf(502));
    return;
  }
  tunnel(socket, Number(port), () =>
    socket.write('HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n'),
  );
};

/** Opens the tunnel to those who say the name and password. */
export function askPassword(kind = 'Basic realm="Company"'): Fault {
  return (exchange) => {
    if (exchange.headers['proxy-authorization'] === proxyAuthorization) letThrough(exchange);
    else turnAway(407, { 'proxy-authenticate': kind })(exchange);
  };
}

/** Answers with this, and a page that nobody reads. */
export function turnAway(status: number, headers: Headers = {}): Fault {
  return ({ socket }: Exchange) =>
    socket.end(`${headOf(status, { 'content-type': 'text/html', ...headers })}<html>No.</html>`);
}

/** The tunnel ends in the middle, after so many bytes of the gateway's answer or of the upload. */
export function cutTunnel(after: { readonly up: number } | { readonly down: number }): Fault {
  return (exchange) => {
    letThrough(exchange);
    const { socket } = exchange;
    const isCut = () =>
      'up' in after ? socket.bytesRead > after.up : socket.bytesWritten > after.down;
    socket.on('data', () => isCut() && socket.resetAndDestroy());
    const write = socket.write.bind(socket) as (...parameters: unknown[]) => boolean;
    // The gateway's bytes pass here.
    socket.write = (...parameters: unknown[]) => {
      const more = write(...parameters);
      if (isCut()) socket.resetAndDestroy();
      return more;
    };
  };
}

function tunnel(socket: Socket, port: number, opened: () => void): void {
  const upstream = connect(port, '127.0.0.1', () => {
    opened();
    socket.pipe(upstream);
    upstream.pipe(socket);
  });
  // Who goes takes the other along.
  upstream.on('error', () => undefined);
  upstream.on('close', () => socket.destroy());
  socket.on('close', () => upstream.destroy());
}

export interface CompanyProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `host:port` of every tunnel that was opened. */
  readonly tunnels: string[];
  close(): Promise<void>;
}

/** One that others wrote: it wants the name and password, and knows every name as one of this machine. */
export async function startCompanyProxy(): Promise<CompanyProxy> {
  const tunnels: string[] = [];
  const proxy = new Server({
    host: '127.0.0.1',
    port: 0,
    prepareRequestFunction: ({ hostname, port, username, password }) => {
      const isKnown = username === proxyUser.name && password === proxyUser.password;
      if (isKnown) tunnels.push(`${hostname}:${port}`);
      return isKnown ? { dnsLookup: lookupHere } : { requestAuthentication: true };
    },
  });
  await proxy.listen();
  return { host: `127.0.0.1:${proxy.port}`, tunnels, close: () => proxy.close(true) };
}

const lookupHere = ((_name: string, options: LookupOptions, callback: Answer) =>
  options.all
    ? callback(null, [{ address: '127.0.0.1', family: 4 }])
    : callback(null, '127.0.0.1', 4)) as typeof lookup;

type Answer = (error: null, address: string | LookupAddress[], family?: number) => void;
