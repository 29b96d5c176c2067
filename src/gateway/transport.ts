// One HTTP request goes out through undici, its whole answer comes back. The only file that imports undici:
// its fetch, FormData and Agent must never be mixed with Node's own, which look alike and fail silently.
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { EditError, type Charge } from './errors';
import type { RequestBody } from './body';

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
  /** Refuse hosts whose address is private, such as a cloud's metadata service. */
  readonly publicOnly?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; of a repeated header, the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Milliseconds to reach the gateway's host, within the whole time. */
const connectTimeout = 30_000;

// Some gateways stand behind a filter that turns away what does not look like a browser.
const userAgent = 'Mozilla/5.0 (compatible; Retouch for VS Code)';

/**
 * Never follows a redirect and never retries: one call, at most one request.
 * @throws EditError when no whole answer came, saying whether it may have been charged
 */
export async function send(options: HttpRequest): Promise<HttpResponse> {
  const { url, signal, limit } = options;
  signal?.throwIfAborted();
  const deadline = new AbortController();
  const { timeout, startedAt = Date.now() } = options;
  const remaining = Math.max(0, startedAt + timeout - Date.now());
  const timer = setTimeout(() => deadline.abort(), remaining);
  // undici's own limits of 300 s would end edits that are merely slow: the deadline above rules alone.
  const agent = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: {
      timeout: Math.min(connectTimeout, Math.max(1, remaining)),
      ...(options.publicOnly && { lookup: lookupPublic }),
    },
  });
  let uploaded = options.body === undefined;
  let status: number | undefined;
  try {
    const body =
      options.body && Readable.from(markEnd(options.body.chunks(), () => (uploaded = true)));
    const response = await request(url, {
      dispatcher: agent,
      method: options.method,
      headers: {
        'user-agent': userAgent,
        // Nobody unpacks what a proxy may have packed.
        'accept-encoding': 'identity',
        ...options.headers,
        ...(options.body && {
          'content-type': options.body.contentType,
          'content-length': String(options.body.byteLength),
        }),
      },
      body: body ?? null,
      // Read as it comes, since it is kept whole anyway. And a socket that ends while undici 7 holds back
      // for a slow reader is an assertion that nothing can catch: https://github.com/nodejs/undici/issues/5360
      highWaterMark: limit,
      signal: AbortSignal.any([deadline.signal, ...(signal ? [signal] : [])]),
    });
    status = response.statusCode;
    return {
      status,
      headers: firstValues(response.headers),
      body: await readAll(response.body, limit, url),
    };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof EditError) throw error;
    const charge = options.billable ? chargeAfter(status, uploaded) : 'none';
    throw deadline.signal.aborted
      ? timedOut(options, charge, error)
      : broken(options, charge, error);
  } finally {
    clearTimeout(timer);
    // Nothing is kept alive between edits, so nothing can be left behind.
    void agent.destroy();
  }
}

/** What can be known of the money when no whole answer came. */
function chargeAfter(status: number | undefined, uploaded: boolean): Charge {
  if (status !== undefined && status < 300) return 'charged';
  return uploaded ? 'unknown' : 'none';
}

function* markEnd(chunks: Iterable<Uint8Array>, ended: () => void): Iterable<Uint8Array> {
  yield* chunks;
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

async function readAll(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
  url: URL,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of stream) {
    byteLength += chunk.byteLength;
    if (byteLength > limit) {
      throw new EditError(
        `${url.host} sent more than ${Math.round(limit / 1024 / 1024)} MB: stopped reading.`,
        {
          reason: 'badAnswer',
          charge: 'charged',
        },
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, byteLength);
}

function timedOut(
  { url, timeout, billable }: HttpRequest,
  charge: Charge,
  cause: unknown,
): EditError {
  const hint = billable ? ' Slow models need more: see retouch.timeoutSeconds.' : '';
  const seconds = Math.round(timeout / 1000);
  return new EditError(`${url.host} did not answer within ${seconds} seconds.${hint}`, {
    reason: 'timeout',
    charge,
    cause,
  });
}

/** Before a connection there is no charge, whatever was meant to be sent. */
function broken({ url }: HttpRequest, charge: Charge, cause: unknown): EditError {
  const code = errorCode(cause);
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)_/.test(code)) {
    return new EditError(
      `The certificate of ${url.host} cannot be trusted (${code}). The key was not sent.`,
      {
        reason: 'certificate',
        charge: 'none',
        cause,
      },
    );
  }
  if (code === privateAddressCode) {
    return new EditError(`${url.host} is a private address: not opened.`, {
      reason: 'link',
      charge,
      cause,
    });
  }
  if (unreachable.test(code) || isConnectError(cause)) {
    return new EditError(
      `Can't reach ${url.host} (${code}). Check your connection and retouch.baseUrl.`,
      {
        reason: 'unreachable',
        charge: 'none',
        cause,
      },
    );
  }
  return new EditError(`The connection to ${url.host} broke (${code}).`, {
    reason: 'interrupted',
    charge,
    cause,
  });
}

const unreachable =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

function isConnectError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'connect';
}

function errorCode(error: unknown): string {
  // With several addresses tried, the error is an AggregateError whose own code is that of the first.
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.name : 'unknown error';
}

const privateAddressCode = 'PRIVATE_ADDRESS';

const privateRanges = new BlockList();
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  privateRanges.addSubnet(address, bits, 'ipv4');
}
for (const [address, bits] of [
  ['::', 127],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  privateRanges.addSubnet(address, bits, 'ipv6');
}

/** `address` as text, IPv6 with or without brackets. False for what is no address but a name. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  const family = isIP(bare);
  return family !== 0 && privateRanges.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

/** Resolves a name as the socket will, so that a name cannot pass the check and then point elsewhere. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) callback(error, []);
    else if (addresses.some(({ address }) => isPrivateAddress(address))) {
      callback(Object.assign(new Error('private address'), { code: privateAddressCode }), []);
    } else if (options.all) callback(null, addresses);
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 0);
  });
};
