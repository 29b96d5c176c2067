// The rows about the network: what the socket does while an edit goes out and its answer comes back.
// Where proxies and certificates are looked for has tests of its own.
import assert from 'node:assert/strict';
import type { Connection } from '../../../../src/gateway/connection';
import type { Network } from '../../../../src/gateway/network';
import { imagesAnswer, picture } from '../../../support/gatewayAnswers';
import { makeCertificate, type Certificate } from '../../../support/certificates';
import { describeRows } from '../support/describeRows';
import type { FaultRow, Places, Refused } from '../support/invariants';
import {
  askPassword,
  cutTunnel,
  letThrough,
  proxyAuthorization,
  proxyUserinfo,
  turnAway,
} from '../../../support/proxy';
import {
  findClosedPort,
  headOf,
  httpChunk,
  type Fault,
  type FaultServer,
  type ServerOptions,
} from '../../../support/faultServer';

const broke = (charge: Refused['charge']): Refused => ({
  reason: 'interrupted',
  charge,
  says: /^The connection to 127\.0\.0\.1:\d+ broke \(\w+\)\./,
});

/**
 * Milliseconds of an edit that must end at its limit, but not before its request or the head of its answer has come
 * through: on a machine that is busy with other things that takes a while.
 */
const untilSeen = 3000;

const late = (charge: Refused['charge']): Refused => ({
  reason: 'timeout',
  charge,
  says: /did not answer within \d+ seconds?\..*retouch\.timeoutSeconds/,
});

const distrusted = (code: string): Refused => ({
  reason: 'certificate',
  charge: 'none',
  says: new RegExp(`^The certificate of 127\\.0\\.0\\.1:\\d+ cannot be trusted \\(${code}\\)`),
});

const edited = { pictures: [picture] };

type Rest = Pick<FaultRow, 'ends' | 'billable'> & Partial<FaultRow>;

const network = (row: string, what: string, fault: Fault, rest: Rest): FaultRow => ({
  section: 'Network',
  row,
  what,
  fault: () => fault,
  ...rest,
});

/** `fault`, once the whole request is here. */
const after =
  (fault: Fault): Fault =>
  async (exchange) => {
    await exchange.whole;
    await fault(exchange);
  };

/** Writes `text` in place of HTTP once the whole request is here, and ends. */
const raw = (text: string): Fault => after(({ socket }) => socket.end(text));

const success = JSON.stringify(imagesAnswer(picture));
const succeed: Fault = (exchange) => exchange.answer(200, success);
const nothing: Fault = () => undefined;
const cutAnswer = success.slice(0, 20_000);

/** Reads no more of the upload until the edit has ended: only a server that reads sees that its sender has gone. */
const stopReading =
  ({ ended }: Places): Fault =>
  ({ socket }) => {
    socket.pause();
    void ended.then(() => socket.resume());
  };

const unreachable: Rest = {
  // Long enough for one more try, which a wait of 1 s precedes, and too short for two: the next wait is 4 s.
  timeout: 4900,
  ends: { reason: 'unreachable', charge: 'none', says: /^Can't reach .*retouch\.baseUrl/ },
  billable: 0,
  requests: 0,
  check: ({ waits }) => assert.deepEqual(waits, [1000]),
};

function withoutConnection(row: string, what: string, baseUrl: () => unknown): FaultRow {
  return network(row, what, nothing, {
    ...unreachable,
    baseUrl: async () => `${String(await baseUrl())}/v1`,
  });
}

let made: ReturnType<typeof makeCertificates> | undefined;

/** Once, and only where a row asks for them: a key takes a while. */
function certificates() {
  return (made ??= makeCertificates());
}

function makeCertificates() {
  const authority = makeCertificate('Private Authority', { authority: true });
  const stranger = makeCertificate('Unknown Authority', { authority: true });
  const hosts = ['127.0.0.1'];
  return {
    authority,
    good: makeCertificate('127.0.0.1', { signedBy: authority, hosts }),
    selfSigned: makeCertificate('127.0.0.1', { hosts }),
    unknown: makeCertificate('127.0.0.1', { signedBy: stranger, hosts }),
    expired: makeCertificate('127.0.0.1', { signedBy: authority, hosts, validDays: [-30, -1] }),
    early: makeCertificate('127.0.0.1', { signedBy: authority, hosts, validDays: [1, 30] }),
    named: makeCertificate('gateway.test', { signedBy: authority, hosts: ['gateway.test'] }),
    otherHost: makeCertificate('gateway.example', { signedBy: authority, hosts: ['127.0.0.2'] }),
  };
}

let trustedOnes: readonly string[] | undefined;

/** Always the same list: what is made of it takes a while. */
function trusted(): readonly string[] {
  return (trustedOnes ??= [certificates().authority.cert]);
}

/** Over TLS; the edit trusts the private authority, and no other. */
function secured(
  row: string,
  what: string,
  choose: (all: ReturnType<typeof makeCertificates>) => Certificate,
  rest: Rest,
  fault = succeed,
): FaultRow {
  return network(row, what, fault, {
    server: () => secureServer(choose(certificates())),
    connection: (): Partial<Connection> => ({ network: { certificates: trusted() } }),
    ...rest,
  });
}

/** Whatever it is told, it does not understand. */
const plainServer = (): ServerOptions => ({
  onConnection: (socket) => socket.once('data', () => socket.end(headOf(400))),
});

const secureServer = ({ cert, key }: Certificate): ServerOptions => ({ tls: { cert, key } });

/** To a gateway over TLS whose name is known to the proxy alone: whoever goes there directly finds nobody. */
function proxied(
  row: string,
  what: string,
  proxy: Fault,
  rest: Rest & { readonly way?: (proxy: FaultServer) => Network; readonly answer?: Fault },
): FaultRow {
  const { way = straight, answer = succeed, ...others } = rest;
  return network(row, what, answer, {
    server: () => ({ name: 'gateway.test', ...secureServer(certificates().named) }),
    proxy,
    connection: (places: Places): Partial<Connection> => ({
      network: { certificates: trusted(), ...way(places.proxy!) },
    }),
    ...others,
  });
}

const straight = ({ origin }: FaultServer): Network => ({ proxy: origin });

/** Far below the time limit of the edit. */
const hurry: Network = { connectTimeout: 700 };
const impatient = ({ origin }: FaultServer): Network => ({ ...hurry, proxy: origin });

/** What a proxy does in place of opening the tunnel: the gateway never hears of it. */
function stoppedByProxy(
  row: string,
  what: string,
  proxy: Fault,
  says: RegExp,
  rest: Partial<Parameters<typeof proxied>[3]> = {},
): FaultRow {
  return proxied(row, what, proxy, {
    ends: { reason: 'proxy', charge: 'none', says },
    billable: 0,
    requests: 0,
    check: ({ waits }, { gateway }) => {
      assert.equal(gateway.connections.total, 0, 'it went to the gateway');
      assert.deepEqual(waits, [], 'it tried again');
    },
    ...rest,
  });
}

const silentProxy =
  /^Can't reach the proxy 127\.0\.0\.1:\d+ \(no answer within 1 s\)\. .* the setting http\.proxy\./;
const notProxy =
  /^The proxy 127\.0\.0\.1:\d+ does not answer as an HTTP proxy does\. Check the setting http\.proxy\./;

const hangTunnel: Fault = ({ socket }) => socket.write('HTTP/1.1 200 OK\r\n\r\n');

const brokeThere = (charge: Refused['charge']): Refused => ({
  ...broke(charge),
  says: /^The connection to gateway\.test:\d+ broke \(\w+\)\./,
});

const distrustedThere: Refused = {
  ...distrusted('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
  says: /^The certificate of gateway\.test:\d+ cannot be trusted .* The key was not sent\./,
};

const badCertificate = 'bad, expired or wrong-host certificate → refused, cause named';
const noName = 'name not found or refused → "Can\'t reach HOST" ¢0';
const cut = 'cut during the upload ¢0';
const resetAfter = 'reset after the full upload ¢?, never sent again by itself';
const stalls = 'a body that stalls → ends at the limit';
const company = 'a company’s CA in the system store → works';
const password = 'proxy asks for a password (407) → works or names the proxy, never goes direct';
const proxyHangs = 'proxy hangs → ¢0 at the connect limit';
const whatever = 'whatever else of its kind can happen must end as well';

describeRows('Network', [
  withoutConnection(noName, 'a name that nobody has', () => 'https://gateway.invalid'),
  withoutConnection(noName, 'a port where nobody listens', async () => {
    return `http://127.0.0.1:${await findClosedPort()}`;
  }),
  withoutConnection(noName, 'a name with several addresses, all refused', async () => {
    return `http://localhost:${await findClosedPort()}`;
  }),

  network(cut, 'by a reset', (exchange) => exchange.reset(), {
    original: 'large',
    ends: broke('none'),
    billable: 0,
  }),
  network(cut, 'by a goodbye', ({ socket }) => socket.destroy(), {
    original: 'large',
    ends: broke('none'),
    billable: 0,
  }),
  network(cut, 'by a gateway that reads no more', nothing, {
    fault: stopReading,
    original: 'large',
    timeout: untilSeen,
    ends: late('none'),
    billable: 0,
  }),
  network(cut, 'before its first byte', nothing, {
    server: () => ({ onConnection: (socket) => socket.destroy() }),
    original: 'large',
    ends: broke('none'),
    billable: 0,
    requests: 0,
    check: (_outcome, { gateway }) => assert.equal(gateway.connections.total, 1),
  }),

  network(
    resetAfter,
    'by a reset',
    after((exchange) => exchange.reset()),
    {
      ends: broke('unknown'),
      billable: 1,
    },
  ),
  network(
    resetAfter,
    'by a reset, of a large picture',
    after((exchange) => exchange.reset()),
    {
      original: 'large',
      ends: broke('unknown'),
      billable: 1,
    },
  ),
  network(
    resetAfter,
    'by a goodbye',
    after(({ socket }) => socket.end()),
    {
      ends: broke('unknown'),
      billable: 1,
    },
  ),
  network(resetAfter, 'in the head of the answer', raw('HTTP/1.1 200 OK\r\ncontent-'), {
    ends: broke('unknown'),
    billable: 1,
  }),
  network(resetAfter, 'in the body of the answer', nothing, {
    fault: ({ arrived }) =>
      after(async (exchange) => {
        exchange.open(200, { 'content-length': String(success.length) });
        exchange.write(cutAnswer);
        await arrived(cutAnswer.length);
        exchange.reset();
      }),
    ends: broke('charged'),
    billable: 1,
  }),

  network(stalls, 'before its first byte', nothing, {
    timeout: untilSeen,
    ends: late('unknown'),
    billable: 1,
  }),
  network(
    stalls,
    'after half of it',
    after((exchange) => {
      exchange.open();
      exchange.write(cutAnswer);
    }),
    { timeout: untilSeen, ends: late('charged'), billable: 1 },
  ),
  network(
    stalls,
    'byte by byte',
    after(async (exchange) => {
      exchange.open();
      for (let at = 0; exchange.write(success.slice(at, at + 1)); at++) await pause();
    }),
    { timeout: untilSeen, ends: late('charged'), billable: 1, goesOn: true },
  ),
  network(
    stalls,
    'of a refusal',
    after((exchange) => {
      exchange.open(400, { 'content-length': '1000' });
      exchange.write('{"error":{');
    }),
    // Nothing was charged, but that can only be guessed from the status.
    { timeout: untilSeen, ends: late('unknown'), billable: 0 },
  ),
  network(
    stalls,
    'with comments of a stream that never says anything',
    after(async (exchange) => {
      exchange.open(200, { 'content-type': 'text/event-stream' });
      while (exchange.write(': ping\n\n')) await pause();
    }),
    { timeout: untilSeen, ends: late('charged'), billable: 1, goesOn: true },
  ),

  secured(badCertificate, 'control: one by the private authority works', ({ good }) => good, {
    ends: edited,
    billable: 1,
  }),
  secured(badCertificate, 'signed by itself', ({ selfSigned }) => selfSigned, {
    ends: distrusted('DEPTH_ZERO_SELF_SIGNED_CERT'),
    billable: 0,
    requests: 0,
  }),
  secured(badCertificate, 'signed by nobody known', ({ unknown }) => unknown, {
    ends: distrusted('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    billable: 0,
    requests: 0,
  }),
  secured(badCertificate, 'expired', ({ expired }) => expired, {
    ends: distrusted('CERT_HAS_EXPIRED'),
    billable: 0,
    requests: 0,
  }),
  secured(badCertificate, 'not valid yet', ({ early }) => early, {
    ends: distrusted('CERT_NOT_YET_VALID'),
    billable: 0,
    requests: 0,
  }),
  secured(badCertificate, 'of another host', ({ otherHost }) => otherHost, {
    ends: distrusted('ERR_TLS_CERT_ALTNAME_INVALID'),
    billable: 0,
    requests: 0,
  }),
  secured(
    resetAfter,
    'by a reset, over TLS',
    ({ good }) => good,
    {
      ends: broke('unknown'),
      billable: 1,
    },
    after((exchange) => exchange.reset()),
  ),
  network(badCertificate, 'none at all: plain HTTP where TLS belongs', nothing, {
    server: plainServer,
    baseUrl: ({ gateway }) => gateway.baseUrl.replace('http:', 'https:'),
    ends: {
      reason: 'certificate',
      charge: 'none',
      says: /^No secure connection to 127\.0\.0\.1:\d+, which does not speak https: \(ERR_SSL_\w+\)\. .*retouch\.baseUrl/,
    },
    billable: 0,
    requests: 0,
  }),
  network(badCertificate, 'none at all: the handshake never ends', nothing, {
    server: () => ({ onConnection: () => undefined }),
    baseUrl: ({ gateway }) => gateway.baseUrl.replace('http:', 'https:'),
    timeout: 1000,
    ends: {
      reason: 'connectTimeout',
      charge: 'none',
      says: /^Can't reach 127\.0\.0\.1:\d+ \(no answer within 1 s\)\. .*retouch\.baseUrl/,
    },
    billable: 0,
    requests: 0,
  }),

  proxied(company, 'through a proxy, which sees no more than the name', letThrough, {
    ends: edited,
    billable: 1,
    check: (_outcome, { proxy, gateway }) => {
      assert.deepEqual(
        proxy!.exchanges.map(({ method, path, headers }) => [method, path, headers['host']]),
        [['CONNECT', gateway.host, gateway.host]],
      );
      assert.ok(!proxy!.received().includes('black and white'));
    },
  }),
  proxied(company, 'not there: nobody known, through a proxy', letThrough, {
    way: ({ origin }) => ({ proxy: origin, certificates: [] }),
    ends: distrustedThere,
    billable: 0,
    requests: 0,
  }),
  proxied(company, 'of the proxy too, which speaks TLS itself', letThrough, {
    proxyServer: () => secureServer(certificates().good),
    ends: edited,
    billable: 1,
  }),
  stoppedByProxy(
    badCertificate,
    'of a proxy',
    letThrough,
    /^The certificate of the proxy 127\.0\.0\.1:\d+ cannot be trusted \(CERT_HAS_EXPIRED\)\. Check the setting http\.proxy\./,
    { proxyServer: () => secureServer(certificates().expired) },
  ),
  proxied(badCertificate, 'of a proxy that need not be checked: the gateway’s is', letThrough, {
    proxyServer: () => secureServer(certificates().expired),
    way: ({ origin }) => ({ proxy: origin, checkProxy: false, certificates: [] }),
    ends: distrustedThere,
    billable: 0,
    requests: 0,
  }),

  proxied(password, 'in the address of the proxy', askPassword(), {
    way: ({ host }) => ({ proxy: `http://${proxyUserinfo}${host}` }),
    ends: edited,
    billable: 1,
  }),
  proxied(password, 'in http.proxyAuthorization', askPassword(), {
    way: ({ origin }) => ({ proxy: origin, proxyAuthorization }),
    ends: edited,
    billable: 1,
  }),
  proxied(password, 'in the environment', askPassword(), {
    way: ({ host }) => ({ environment: { https_proxy: `http://${proxyUserinfo}${host}` } }),
    ends: edited,
    billable: 1,
  }),
  stoppedByProxy(
    password,
    'none',
    askPassword(),
    /^The proxy 127\.0\.0\.1:\d+ wants a name and password \(HTTP 407\)\. Put them into the setting http\.proxy, as http:\/\/name:password@host:port\./,
  ),
  stoppedByProxy(
    password,
    'another',
    askPassword('Digest realm="x"\r\nProxy-Authenticate: Basic realm="x"'),
    /^The proxy 127\.0\.0\.1:\d+ wants another name and password .* environment variable HTTPS_PROXY/,
    {
      way: ({ host }) => ({
        environment: { HTTPS_PROXY: `http://${proxyUserinfo.replace('@', '1@')}${host}` },
      }),
    },
  ),
  stoppedByProxy(
    password,
    'in a way that Retouch does not know',
    askPassword('Negotiate\r\nProxy-Authenticate: NTLM'),
    /^The proxy 127\.0\.0\.1:\d+ wants a way to sign in that Retouch does not know \(Negotiate, NTLM\)\./,
  ),
  stoppedByProxy(
    password,
    'that holds a line break',
    askPassword(),
    /^The proxy 127\.0\.0\.1:\d+ cannot get the name and password that are set/,
    {
      way: ({ origin }) => ({
        proxy: origin,
        proxyAuthorization: `${proxyAuthorization}\r\nX-Evil: 1`,
      }),
    },
  ),

  stoppedByProxy(proxyHangs, 'after the question', nothing, silentProxy, { way: impatient }),
  stoppedByProxy(proxyHangs, 'before it', nothing, silentProxy, {
    proxyServer: () => ({ onConnection: () => undefined }),
    way: impatient,
  }),
  stoppedByProxy(proxyHangs, 'in its TLS', nothing, silentProxy, {
    proxyServer: () => ({ onConnection: () => undefined }),
    way: ({ host }) => ({ ...hurry, proxy: `https://${host}` }),
  }),
  stoppedByProxy(
    proxyHangs,
    'in the head of its answer, byte by byte',
    async (exchange) => {
      exchange.write('HTTP/1.1 200 OK\r\nx-long: ');
      while (exchange.write('x')) await pause();
    },
    silentProxy,
    { way: impatient },
  ),
  proxied(proxyHangs, 'once the tunnel is open, before the gateway is reached', hangTunnel, {
    // The proxy must have answered by then.
    way: ({ origin }) => ({ connectTimeout: untilSeen, proxy: origin }),
    ends: {
      reason: 'connectTimeout',
      charge: 'none',
      says: /^Can't reach gateway\.test:\d+ \(no answer within 3 s\)\./,
    },
    billable: 0,
    requests: 0,
    check: ({ waits }) => assert.deepEqual(waits, []),
  }),

  ...[400, 403, 404, 500, 502, 503, 504].map((status) =>
    stoppedByProxy(
      whatever,
      `a proxy that answers ${status}`,
      turnAway(status, { 'retry-after': '1' }),
      new RegExp(
        `^The proxy 127\\.0\\.0\\.1:\\d+ does not let Retouch through to gateway\\.test \\(HTTP ${status}\\)\\.$`,
      ),
    ),
  ),
  stoppedByProxy(
    whatever,
    'a proxy that closes',
    ({ socket }) => socket.end(),
    /^Can't reach the proxy 127\.0\.0\.1:\d+ \(connection closed\)\. Check your connection and the setting http\.proxy\./,
  ),
  stoppedByProxy(
    whatever,
    'a proxy that resets',
    (exchange) => exchange.reset(),
    /^Can't reach the proxy 127\.0\.0\.1:\d+ \(ECONNRESET\)\./,
  ),
  stoppedByProxy(
    whatever,
    'no proxy but another protocol',
    ({ socket }) => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
    notProxy,
  ),
  stoppedByProxy(
    whatever,
    'no proxy but a page for everybody',
    ({ socket }) =>
      socket.end(`${headOf(200, { 'content-type': 'text/html' })}<html>Hello.</html>`),
    notProxy,
  ),
  stoppedByProxy(
    whatever,
    'a proxy whose answer has no end',
    async (exchange) => {
      exchange.write('HTTP/1.1 200 OK\r\n');
      await exchange.flood(Buffer.from(`x-long: ${'x'.repeat(1000)}\r\n`));
    },
    notProxy,
  ),
  stoppedByProxy(
    whatever,
    'no proxy at its port',
    nothing,
    /^Can't reach the proxy 127\.0\.0\.1:1 \(ECONNREFUSED\)\. .* the setting http\.proxy\./,
    // Nobody but the system itself may listen there.
    { way: () => ({ proxy: 'http://127.0.0.1:1' }) },
  ),
  stoppedByProxy(
    whatever,
    'no proxy of that name',
    nothing,
    /^Can't reach the proxy proxy\.invalid:8080 \((ENOTFOUND|EAI_AGAIN)\)\. .* environment variable ALL_PROXY\./,
    { way: () => ({ environment: { ALL_PROXY: 'proxy.invalid:8080' } }) },
  ),
  stoppedByProxy(
    whatever,
    'a proxy of a kind that Retouch does not speak',
    nothing,
    /^A proxy must be used, but the setting http\.proxy names a SOCKS proxy\./,
    { way: ({ host }) => ({ proxy: `socks5://${proxyUserinfo}${host}` }) },
  ),
  stoppedByProxy(
    whatever,
    'a proxy that is no address, with a password in it',
    nothing,
    /^A proxy must be used, but the setting http\.proxy names no address of an HTTP proxy\./,
    { way: () => ({ proxy: `http://${proxyUserinfo}` }) },
  ),
  stoppedByProxy(
    whatever,
    'a proxy for https: that speaks no TLS',
    letThrough,
    /^Can't reach the proxy 127\.0\.0\.1:\d+ \(ERR_SSL_\w+\)\./,
    { proxyServer: plainServer, way: ({ host }) => ({ proxy: `https://${host}` }) },
  ),
  proxied(cut, 'by a proxy', cutTunnel({ up: 1_000_000 }), {
    original: 'large',
    setting: 'multipart',
    ends: brokeThere('none'),
    billable: 0,
  }),
  proxied(resetAfter, 'by a reset, through a proxy', letThrough, {
    answer: after((exchange) => exchange.reset()),
    ends: brokeThere('unknown'),
    billable: 1,
  }),
  proxied(resetAfter, 'by a proxy, in the body of the answer', cutTunnel({ down: 60_000 }), {
    ends: brokeThere('charged'),
    billable: 1,
    cutOnTheWay: true,
  }),
  proxied(stalls, 'before its first byte, through a proxy', letThrough, {
    answer: nothing,
    timeout: untilSeen,
    ends: late('unknown'),
    billable: 1,
  }),

  network(whatever, 'junk in place of HTTP', raw('SSH-2.0-OpenSSH_9.2\r\n'), {
    ends: broke('unknown'),
    billable: 1,
  }),
  network(whatever, 'bytes in place of HTTP', raw('\0\x01\x02\xff'.repeat(5000)), {
    ends: broke('unknown'),
    billable: 1,
  }),
  network(
    whatever,
    'a head without end',
    after(async (exchange) => {
      exchange.write('HTTP/1.1 200 OK\r\n');
      await exchange.flood(Buffer.from(`x-long: ${'x'.repeat(1000)}\r\n`));
    }),
    { ends: broke('unknown'), billable: 1 },
  ),
  network(
    whatever,
    'two lengths',
    raw('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\n{"a":1}'),
    { ends: broke('unknown'), billable: 1, unread: true },
  ),
  network(
    whatever,
    'a length that is none',
    raw('HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}'),
    {
      ends: broke('unknown'),
      billable: 1,
      unread: true,
    },
  ),
  network(
    whatever,
    'an upgrade that nobody asked for',
    raw('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
    {
      ends: broke('unknown'),
      billable: 1,
    },
  ),
  network(
    whatever,
    'chunked garbage',
    raw(`${headOf(200, { 'transfer-encoding': 'chunked' })}zz\r\n${cutAnswer}`),
    { ends: broke('charged'), billable: 1 },
  ),
  network(
    whatever,
    'a chunk that is longer than it says',
    raw(`${headOf(200, { 'transfer-encoding': 'chunked' })}5\r\n${cutAnswer}`),
    { ends: broke('charged'), billable: 1 },
  ),
  network(
    whatever,
    'chunks without the last one',
    raw(
      `${headOf(200, { 'transfer-encoding': 'chunked' })}${httpChunk(Buffer.from(cutAnswer)).toString()}`,
    ),
    { ends: broke('charged'), billable: 1 },
  ),
  network(
    whatever,
    'a length beyond the whole answer, which counts',
    raw(headOf(200, { 'content-length': String(success.length + 9) }) + success),
    { ends: edited, billable: 1 },
  ),
  network(
    whatever,
    'a length beyond an answer that is cut',
    raw(headOf(200, { 'content-length': String(success.length) }) + cutAnswer),
    { ends: broke('charged'), billable: 1 },
  ),
  network(
    whatever,
    'a length short of the answer',
    raw(headOf(200, { 'content-length': '20000' }) + success),
    {
      ends: { reason: 'badAnswer', charge: 'charged', says: /cut off or no JSON/ },
      billable: 1,
    },
  ),
  network(
    whatever,
    'a second answer behind the first',
    raw(
      `HTTP/1.1 200 OK\r\ncontent-length: ${success.length}\r\n\r\n${success}` +
        'HTTP/1.1 500 Odd\r\ncontent-length: 0\r\n\r\n',
    ),
    { ends: edited, billable: 1 },
  ),
  network(
    whatever,
    'an answer of HTTP/1.0 without length',
    raw(`HTTP/1.0 200 OK\r\n\r\n${success}`),
    {
      ends: edited,
      billable: 1,
    },
  ),
  ...[102, 103].map((status) =>
    network(
      whatever,
      `a ${status} before the answer, to say that it goes on`,
      after(async (exchange) => {
        exchange.write(`HTTP/1.1 ${status} Wait\r\nlink: </style.css>\r\n\r\n`);
        await pause();
        await exchange.answer(200, success);
      }),
      { ends: edited, billable: 1 },
    ),
  ),
  network(
    whatever,
    'a 103 before a refusal',
    after(async (exchange) => {
      exchange.write('HTTP/1.1 103 Early Hints\r\n\r\n');
      await pause();
      await exchange.answer(401, { error: { message: 'Wrong key' } });
    }),
    {
      ends: { reason: 'key', charge: 'none', says: /Wrong key/ },
      billable: 0,
    },
  ),
  network(
    whatever,
    'a 103 and nothing more',
    after(async (exchange) => {
      exchange.write('HTTP/1.1 103 Early Hints\r\n\r\n');
      await pause();
      exchange.reset();
    }),
    { ends: broke('unknown'), billable: 1 },
  ),
  network(
    whatever,
    'a refusal before the upload is over',
    (exchange) => exchange.interrupt(413, { error: { message: 'Too large' } }),
    {
      original: 'large',
      setting: 'multipart',
      ends: { reason: 'tooLarge', charge: 'none', says: /Too large.*smaller picture/ },
      billable: 0,
    },
  ),
  network(
    whatever,
    'a whole answer that is closed at once',
    (exchange) => exchange.answer(200, imagesAnswer(new Uint8Array(4_000_000))),
    { ends: { pictures: [new Uint8Array(4_000_000)] }, billable: 1 },
  ),
]);

/** A moment in which what was written gets to its reader. */
function pause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 20).unref());
}
