// What a server does with each request goes in; a server on 127.0.0.1 comes out that speaks raw bytes, and so can
// break the protocol anywhere. It keeps its own books: what it received, and for what it would ask money.
import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** What becomes of a request. It is called as soon as the request's head is here. */
export type Fault = (exchange: Exchange) => unknown;

export type Headers = Readonly<Record<string, string>>;

/** Statuses with which a gateway turns a request away before it has worked on it. */
const refusals = new Set([
  300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 413, 414, 415, 422, 425, 429,
  431,
]);

/** One request as it came in, and the means to answer it well or badly. */
export class Exchange {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Headers;
  /** Settles when the last byte of the request is here: never, where the upload was cut. */
  readonly whole: Promise<void>;
  complete = false;
  /** Told its sender, before the work, that it will not be worked on. */
  refused = false;
  /** Bytes of the body that are here. */
  byteLength = 0;
  /** All that was written to its sender, in pieces. */
  readonly sent: Buffer[] = [];
  /** It may not have got all of that. */
  cut = false;
  private settle!: () => void;

  constructor(
    readonly socket: Socket,
    head: string,
    /** 1 for the first request that this server got. */
    readonly number: number,
    /** What is below TLS; the same as `socket` without. */
    private readonly raw: Socket = socket,
  ) {
    const [start = '', ...lines] = head.split('\r\n');
    [this.method = '', this.path = ''] = start.split(' ');
    this.headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    this.whole = new Promise((resolve) => (this.settle = resolve));
    this.keepSent();
  }

  /** What a gateway asks money for: an edit that is here whole and was not turned away. */
  get billable(): boolean {
    return this.method === 'POST' && this.complete && !this.refused;
  }

  receive(byteLength: number): void {
    this.byteLength += byteLength;
    if (this.byteLength < Number(this.headers['content-length'] ?? 0) || this.complete) return;
    this.complete = true;
    this.settle();
  }

  /** A whole answer, once the whole request is here, and the end of the connection. */
  async answer(status: number, body: unknown, headers: Headers = {}): Promise<void> {
    await this.whole;
    this.begin(status, body, headers);
    this.socket.end(bytesOf(body));
  }

  /** As `answer`, at once, whatever has come of the request. */
  interrupt(status: number, body: unknown, headers: Headers = {}): void {
    this.begin(status, body, headers);
    this.socket.end(bytesOf(body));
  }

  /** The head of an answer whose body is still to be written: whatever comes until the connection ends. */
  open(status = 200, headers: Headers = {}): void {
    this.refused ||= isRefusal(status, headers, '');
    this.write(headOf(status, headers));
  }

  write(bytes: string | Uint8Array): boolean {
    return !this.socket.destroyed && this.socket.write(bytes);
  }

  /** The connection ends with a reset, not with a goodbye: TLS knows none, so the socket below it does that. */
  reset(): void {
    this.cut = true;
    this.raw.resetAndDestroy();
  }

  /** Writes the same again and again, as fast as it is read, until the reader goes. */
  async flood(bytes: Uint8Array): Promise<void> {
    this.cut = true;
    while (!this.socket.destroyed) {
      if (!this.write(bytes)) await drained(this.socket);
    }
  }

  /** Faults write to the socket by themselves as well. */
  private keepSent(): void {
    const { socket, sent } = this;
    for (const name of ['write', 'end'] as const) {
      const original = socket[name].bind(socket) as (...args: unknown[]) => never;
      socket[name] = (...args: unknown[]): never => {
        const [bytes] = args;
        if (typeof bytes === 'string') sent.push(Buffer.from(bytes));
        // Not a copy: a flood is the same piece again and again.
        if (bytes instanceof Uint8Array)
          sent.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
        return original(...args);
      };
    }
  }

  private begin(status: number, body: unknown, headers: Headers): void {
    this.refused ||= isRefusal(status, headers, String(bytesOf(body)));
    this.write(headOf(status, { 'content-length': String(bytesOf(body).byteLength), ...headers }));
  }
}

export interface FaultServer {
  readonly host: string;
  /** `http://127.0.0.1:PORT`, `https:` with TLS, or with its name. */
  readonly origin: string;
  /** What `retouch.baseUrl` would be. */
  readonly baseUrl: string;
  readonly exchanges: readonly Exchange[];
  /** Connections that were ever made, and those that are open. */
  readonly connections: { total: number; open: number; mostAtOnce: number };
  /** Every byte that ever came in, over all connections. */
  received(): Buffer;
  /** Its own count of the requests that it would ask money for. */
  billable(): number;
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Certificate and key: then it speaks TLS. */
  readonly tls?: TlsOptions;
  /** In place of reading HTTP at all. */
  readonly onConnection?: (socket: Socket) => void;
  /** 0 or nothing for any. */
  readonly port?: number;
  /** What it is called by those who reach it through a proxy: nobody else knows the name. */
  readonly name?: string;
}

/** @param fault for every request; may change between requests by `exchange.number` */
export async function startFaultServer(
  fault: Fault,
  { tls, onConnection, port = 0, name = '127.0.0.1' }: ServerOptions = {},
): Promise<FaultServer> {
  const exchanges: Exchange[] = [];
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const connections = { total: 0, open: 0, mostAtOnce: 0 };

  const accept = (socket: Socket) => {
    socket.setNoDelay();
    // Resets are what this server is for.
    socket.on('error', () => undefined);
    if (onConnection) {
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      onConnection(socket);
      return;
    }
    let exchange: Exchange | undefined;
    let head: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (exchange) {
        exchange.receive(chunk.byteLength);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const below = [...sockets].find(({ remotePort }) => remotePort === socket.remotePort);
      const number = exchanges.length + 1;
      exchange = new Exchange(socket, head.toString('latin1', 0, end), number, below);
      exchanges.push(exchange);
      exchange.receive(head.byteLength - end - 4);
      fault(exchange);
    });
  };
  const server: Server = tls ? createTlsServer(tls, accept) : createServer(accept);
  // TLS connections count from their first byte, however their handshake ends.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    connections.total++;
    connections.mostAtOnce = Math.max(connections.mostAtOnce, ++connections.open);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      connections.open--;
    });
  });
  server.on('tlsClientError', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const host = `${name}:${(server.address() as AddressInfo).port}`;
  const origin = `${tls ? 'https' : 'http'}://${host}`;
  return {
    host,
    origin,
    baseUrl: `${origin}/v1`,
    exchanges,
    connections,
    received: () => Buffer.concat(chunks),
    billable: () => exchanges.filter(({ billable }) => billable).length,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port of 127.0.0.1 where nobody listens. */
export async function findClosedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The head of an answer, which ends with its connection. */
export function headOf(status: number, headers: Headers = {}): string {
  const lines = Object.entries({ connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Odd'}\r\n${lines.join('')}\r\n`;
}

/** One piece of a body in HTTP's chunked form: however the network cuts it, its reader sees this piece. */
export function httpChunk(bytes: Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from(`${bytes.byteLength.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ]);
}

/** A value that is neither text nor bytes is sent as JSON. */
export function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A gateway that is only too busy says when to come back; one that has no such model never began. */
function isRefusal(status: number, headers: Headers, body: string): boolean {
  if (refusals.has(status)) return true;
  if (status !== 503) return false;
  return (
    Object.keys(headers).some((name) => /^retry-after/i.test(name)) ||
    /model_not_found|get_channel_failed/.test(body)
  );
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      socket.off('drain', end);
      socket.off('close', end);
      resolve();
    };
    socket.once('drain', end);
    socket.once('close', end);
  });
}
