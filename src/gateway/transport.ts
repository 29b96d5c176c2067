// One HTTP request goes out through undici, its answer comes back chunk by chunk. The only file that imports undici:
// its fetch, FormData and Agent must never be mixed with Node's own, which look alike and fail silently.
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Client, type Dispatcher } from 'undici';
import { EditError, type Charge } from './errors';
import type { RequestBody } from './body';
import { proxyFor, type Network } from './network';
import { errorCode, openSocket } from './openSocket';
import { tooMuch, unpack, type Unpacker } from './unpack';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** Milliseconds until the last byte of the answer must be here. */
  readonly timeout: number;
  /** When the milliseconds begin, since the epoch, where that was before now. */
  readonly startedAt?: number;
  /** Whether the request can cost money. */
  readonly billable: boolean;
  /** Bytes that the answer may have at most. */
  readonly limit: number;
  /** Closes the socket. What `send` throws then is the signal's own reason, not an EditError. */
  readonly signal?: AbortSignal | undefined;
  /** How to get there; straight where it is not given. */
  readonly network?: Network | undefined;
  /** Refuse hosts whose address is private, such as a cloud's metadata service. */
  readonly publicOnly?: boolean;
}

export interface HttpHead {
  readonly status: number;
  /** Names in lower case; of a repeated header, the first. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether the status says that all went well. */
export function isAccepted({ status }: Pick<HttpHead, 'status'>): boolean {
  return status >= 200 && status < 300;
}

export interface HttpResponse extends HttpHead {
  readonly body: Uint8Array;
}

/**
 * What becomes of an answer's bytes, each chunk as it comes. May throw or reject with an EditError: then reading ends.
 * It gets the next chunk when its promise has settled, and the socket is not read on while much is waiting for that.
 */
export type Receiver = (chunk: Buffer) => void | Promise<void>;

/** Milliseconds to reach the gateway, within the whole time. */
const defaultConnectTimeout = 30_000;

// Some gateways stand behind a filter that turns away what does not look like a browser.
const userAgent = 'Mozilla/5.0 (compatible; Retouch for VS Code)';

/** As `exchange`, with the answer's body as a whole. */
export async function send(options: HttpRequest): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let unpacker: Unpacker | undefined;
  const { limit, billable, url } = options;
  const head = await exchange(options, (begun) => {
    const { host } = url;
    const charge = billable ? chargeAfter(begun.status, true) : 'none';
    unpacker = unpack(begun, (chunk) => void chunks.push(chunk), { limit, host, charge });
    return (chunk) => unpacker?.write(chunk);
  });
  await unpacker?.end();
  return { ...head, body: Buffer.concat(chunks) };
}

/**
 * Never follows a redirect and never retries: one call, at most one request.
 * @param open is called once, when the answer begins
 * @throws EditError when no whole answer came, saying whether it may have been charged
 */
export async function exchange(
  options: HttpRequest,
  open: (head: HttpHead) => Receiver,
): Promise<HttpHead> {
  const { url, signal, body } = options;
  signal?.throwIfAborted();
  const { timeout, startedAt = Date.now() } = options;
  const remaining = Math.max(0, startedAt + timeout - Date.now());
  const proxy = proxyFor(url, options.network);
  const connecting = new AbortController();
  let connected = false;
  const arrivals = new Arrivals();
  const deadline = new AbortController();
  // undici's own limits of 300 s would end edits that are merely slow: the deadline alone rules.
  const client = new Client(url.origin, {
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_options, callback) => {
      const way = { url, proxy, network: options.network, publicOnly: options.publicOnly ?? false };
      openSocket(way, connecting.signal).then(
        (socket) => callback(null, readInTurns(socket, arrivals)),
        (error: unknown) => callback(asError(error), null),
      );
    },
  });
  const stop = () => {
    connecting.abort();
    void client.destroy();
  };
  const timer = setTimeout(() => {
    deadline.abort();
    // Whoever is on the way to the gateway says best how far it came.
    if (connected) stop();
    else connecting.abort();
  }, remaining);
  const { connectTimeout = defaultConnectTimeout } = options.network ?? {};
  const connectTimer = setTimeout(() => connected || connecting.abort(), connectTimeout);
  signal?.addEventListener('abort', stop, { once: true });
  let uploaded = body === undefined;
  let head: HttpHead | undefined;
  try {
    return await new Promise<HttpHead>((resolve, reject) => {
      let byteLength = 0;
      let receive: Receiver | undefined;
      let failed = false;
      const fail = (controller: Dispatcher.DispatchController, error: unknown) => {
        failed = true;
        // What is here already still goes where it belongs.
        void arrivals.settled.finally(() => reject(asError(error)));
        controller.abort(asError(error));
      };
      const answer = (controller: Dispatcher.DispatchController, work: () => void) => {
        try {
          work();
        } catch (error) {
          fail(controller, error);
        }
      };
      client.dispatch(
        {
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: options.method,
          headers: {
            'user-agent': userAgent,
            // Pictures do not get smaller: packed answers cost time alone.
            'accept-encoding': 'identity',
            ...options.headers,
            ...(body && {
              'content-type': body.contentType,
              'content-length': String(body.byteLength),
            }),
          },
          // undici takes iterables, which its types leave out.
          body: (body ? pace(body.chunks(), () => (uploaded = true)) : null) as null,
        },
        {
          // Whoever asked has gone before there was a connection.
          onRequestStart: (controller) => {
            connected = true;
            if (signal?.aborted) controller.abort(asError(signal.reason));
          },
          onResponseStart: (controller, status, headers) => {
            // Only says that an answer will come.
            if (status < 200) return;
            answer(controller, () => {
              head = { status, headers: firstValues(headers) };
              checkLength(options, Number(head.headers['content-length'] ?? 0));
              receive = open(head);
            });
          },
          onResponseData: (controller, chunk) => {
            answer(controller, () => {
              byteLength += chunk.byteLength;
              checkLength(options, byteLength);
              arrivals
                .add(chunk.byteLength, () => receive?.(chunk))
                .catch((error: unknown) => {
                  fail(controller, error);
                });
            });
          },
          // The last bytes may be what its receiver refuses.
          onResponseEnd: () => void arrivals.settled.then(() => head && !failed && resolve(head)),
          onResponseError: (_controller, error) =>
            void arrivals.settled.finally(() => reject(error)),
        },
      );
    });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof EditError) throw error;
    const charge = options.billable ? chargeAfter(head?.status, uploaded) : 'none';
    throw deadline.signal.aborted
      ? tooLate(options, charge, error)
      : broken(options, charge, error);
  } finally {
    clearTimeout(timer);
    clearTimeout(connectTimer);
    signal?.removeEventListener('abort', stop);
    // Nothing is kept alive between edits, so nothing can be left behind.
    stop();
  }
}

function checkLength({ url, limit, billable }: HttpRequest, byteLength: number): void {
  if (byteLength <= limit) return;
  throw tooMuch({ host: url.host, limit, charge: billable ? 'charged' : 'none' });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** What can be known of the money when no whole answer came. */
export function chargeAfter(status: number | undefined, uploaded: boolean): Charge {
  if (status !== undefined && status < 300) return 'charged';
  return uploaded ? 'unknown' : 'none';
}

/** Bytes that may wait for their receiver before the socket has to wait as well. */
const waitingLimit = 256 * 1024;

/** The chunks of an answer, one after the other to a receiver that takes its time. */
class Arrivals {
  /** Settles when all that came by now has been received. Never rejects. */
  settled: Promise<void> = Promise.resolve();
  private waiting = 0;
  private failed = false;

  /** Rejects where the receiver does; what comes after that is not received any more. */
  add(byteLength: number, receive: () => void | Promise<void>): Promise<void> {
    this.waiting += byteLength;
    const received = this.settled.then(async () => {
      try {
        if (!this.failed) await receive();
      } catch (error) {
        this.failed = true;
        throw error;
      } finally {
        this.waiting -= byteLength;
      }
    });
    this.settled = received.catch(() => undefined);
    return received;
  }

  /** Settles when there is room for more. */
  async hasRoom(): Promise<void> {
    while (this.waiting > waitingLimit) await this.settled;
  }
}

/**
 * Lets everything else have its turn after each piece that a socket reads: a fast network brings megabytes at once.
 * Nor is more read than its receiver, which may wait for a disk, gets done. Holding back undici 7 instead is no way: a
 * socket that ends meanwhile is an assertion that nothing can catch, https://github.com/nodejs/undici/issues/5360.
 */
function readInTurns(socket: Socket, arrivals: Arrivals): Socket {
  const push = socket.push.bind(socket);
  // Node reads on by itself until it is told that this was enough, which small pieces never are.
  socket.push = (chunk, encoding) => {
    push(chunk, encoding);
    return false;
  };
  const read = socket._read.bind(socket);
  socket._read = (size) =>
    void nextTurn()
      .then(() => arrivals.hasRoom())
      .then(() => socket.destroyed || read(size));
  return socket;
}

/** Lets everything else have its turn between two chunks: a fast network would take them all at once. */
async function* pace(chunks: Iterable<Uint8Array>, ended: () => void): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) {
    yield chunk;
    await nextTurn();
  }
  ended();
}

function firstValues(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) values[name] = first;
  }
  return values;
}

function tooLate({ url, timeout, billable }: HttpRequest, charge: Charge, cause: unknown) {
  const hint = billable ? ' Slow models need more: see retouch.timeoutSeconds.' : '';
  const seconds = Math.round(timeout / 1000);
  return new EditError(`${url.host} did not answer within ${seconds} seconds.${hint}`, {
    reason: 'timeout',
    charge,
    cause,
  });
}

function broken({ url }: HttpRequest, charge: Charge, cause: unknown): EditError {
  // What could not be read may hold anything, and an error may be shown anywhere.
  if (cause instanceof Error && 'data' in cause) delete cause.data;
  return new EditError(`The connection to ${url.host} broke (${errorCode(cause)}).`, {
    reason: 'interrupted',
    charge,
    cause,
  });
}
