// The rows about addresses: where a gateway's redirects and the links in its answers lead.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { base64, chatAnswer, dataUrl, picture } from '../../../support/gatewayAnswers';
import { describeRows } from '../support/describeRows';
import { longOr } from '../../../support/long';
import {
  endlessLimits,
  gemini,
  quickLinks,
  type FaultRow,
  type Outcome,
  type Places,
  type Refused,
} from '../support/invariants';
import type { Exchange, Fault, Headers } from '../../../support/faultServer';

type Rest = Partial<FaultRow>;

const redirect = '307/308 to another place → refused, nothing reaches the target';
const downgrade = 'https to http → refused';
const otherHost = 'a result link on another host → https only, no credentials';
const privateAddress =
  'loopback, private and metadata addresses → refused unless the gateway itself is there';
const scheme = 'file:, data: in links, javascript:, command:, vscode: → refused';
const expired = 'expired link → ¢1, explained';

function redirected(what: string, status: number, headers: (places: Places) => Headers): FaultRow {
  return {
    section: 'URLs',
    row: redirect,
    what: `${status} ${what}`,
    fault: (places) => (exchange) => exchange.answer(status, '', headers(places)),
    ends: {
      reason: 'redirected',
      charge: 'none',
      says: /points to another address, where your key must not go: check retouch\.baseUrl/,
    },
    billable: 0,
  };
}

/** Where the gateway keeps the pictures that it only links to. */
const media = '/media/edited.png';

/** A gateway that answers with `link`, and serves its own links by `serve`. */
function linking(
  row: string,
  what: string,
  link: string | ((places: Places) => string),
  rest: Rest,
  serve: (places: Places) => Fault = () => (exchange) => exchange.answer(200, picture),
): FaultRow {
  return {
    section: 'URLs',
    row,
    what,
    fault: (places) => (exchange) => {
      if (exchange.method !== 'POST') return serve(places)(exchange);
      const url = typeof link === 'string' ? link : link(places);
      return exchange.answer(
        200,
        exchange.path.endsWith('chat/completions')
          ? chatAnswer({ images: [{ image_url: { url } }] })
          : { data: [{ url }] },
      );
    },
    billable: 1,
    ends: noDownload(/./),
    ...rest,
  };
}

function noDownload(says: RegExp, reason: 'link' | 'download' = 'link'): Refused {
  const start = /^The edited picture could not be downloaded/.source;
  return { reason, charge: 'charged', says: new RegExp(`${start}.*${says.source}`) };
}

/** What may come later is tried three times. */
function notYet(says: RegExp): Rest {
  return {
    ends: noDownload(says, 'download'),
    check: (_outcome, { gateway }) => assert.equal(downloads(gateway), 3),
  };
}

function downloads({ exchanges }: Places['gateway']): number {
  return exchanges.filter(({ method }) => method === 'GET').length;
}

/** Two pictures behind links of the gateway's own, one of which is at the end of its address `dead`, `reset` or `fine`. */
function twoLinks(
  what: string,
  kinds: readonly ('dead' | 'reset' | 'fine')[],
  rest: Rest,
): FaultRow {
  const isChat = rest.model !== undefined;
  return {
    ...linking(expired, what, '', rest),
    fault:
      ({ gateway }) =>
      (exchange) => {
        if (exchange.path.endsWith('dead')) return exchange.answer(404, '');
        if (exchange.path.endsWith('reset')) {
          exchange.reset();
          return undefined;
        }
        if (exchange.method !== 'POST') return exchange.answer(200, picture);
        const data = kinds.map((kind) => ({ url: `${gateway.origin}/media/${kind}` }));
        return exchange.answer(200, isChat ? chatAnswer({ images: data }) : { data });
      },
  };
}

const refused: Rest = { check: assertNotOpened };

function assertNotOpened(_outcome: Outcome, { gateway, elsewhere }: Places): void {
  assert.deepEqual(
    gateway.exchanges.filter(({ method }) => method === 'GET'),
    [],
  );
  assert.equal(elsewhere.connections.total, 0, 'nobody may knock there');
}

/** Of the gateway's own, all but the key is sent along. */
function assertNoCredentials(_outcome: Outcome, { gateway }: Places): void {
  const downloads = gateway.exchanges.filter(({ method }) => method === 'GET');
  assert.ok(downloads.length > 0);
  for (const { headers } of downloads) {
    assert.deepEqual(
      Object.keys(headers).filter((name) => /auth|cookie|key|token|referer/.test(name)),
      [],
    );
  }
}

const own = ({ gateway }: Places) => `${gateway.origin}${media}`;

/** The gateway's own link leads on, to `location`. */
function leadingOn(row: string, what: string, location: (places: Places) => string): FaultRow {
  return linking(
    row,
    `${what}, by a redirect of a link`,
    own,
    { check: (_outcome, { elsewhere }) => assert.equal(elsewhere.connections.total, 0) },
    (places) => (exchange) => exchange.answer(302, '', { location: location(places) }),
  );
}

const served = (what: string, serve: Fault, rest: Rest): FaultRow =>
  linking(expired, what, own, rest, () => serve);

const privateHosts = [
  '127.0.0.1',
  '127.1.2.3',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'gateway.localhost',
  '2130706433',
  '0x7f.1',
  '0',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::7f00:1]',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.100.100.200',
  '169.254.169.254',
  '169.254.170.2',
  '192.0.0.192',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '[fc00::1]',
  '224.0.0.1',
  '255.255.255.255',
];

const badLinks = [
  'file:///etc/passwd',
  'javascript:alert(1)',
  'command:workbench.action.quit',
  'vscode://retouch.retouch/evil',
  'ftp://pictures.example/a.png',
  'ws://pictures.example/a.png',
  'blob:https://pictures.example/1',
  'about:blank',
  'picture.png',
  '//pictures.example/a.png',
  'https://',
  'https://[',
  'https://pictures example/',
  'http://pictures.example/a.png',
  'HTTP://pictures.example/a.png',
  '\u0000',
];

/** One try, which ends before the edit's own time. */
const slowLinks = { ...quickLinks, links: { timeout: 1000, waits: [] } };

const manyLinks = longOr(1000, 100);

describeRows('URLs', [
  ...[301, 302, 303, 307, 308].map((status) =>
    redirected('to another place', status, ({ elsewhere }) => ({ location: elsewhere.baseUrl })),
  ),
  redirected('to itself', 307, ({ gateway }) => ({ location: gateway.baseUrl })),
  redirected('to a path', 308, () => ({ location: '/v2/images/edits' })),
  redirected('to a name and password', 307, () => ({ location: 'https://a:b@pictures.example' })),
  redirected('to a script', 302, () => ({ location: 'javascript:alert(1)' })),
  redirected('without a place', 307, () => ({})),
  redirected('to choose from', 300, ({ elsewhere }) => ({ location: elsewhere.baseUrl })),

  linking(downgrade, 'in a link', ({ elsewhere }) => `${elsewhere.origin}/a.png`, refused),
  leadingOn(downgrade, 'http', ({ elsewhere }) => `${elsewhere.origin}/a.png`),
  leadingOn(downgrade, 'http on a public host', () => 'http://pictures.example/a.png'),

  linking(otherHost, 'control: one of the gateway itself', own, {
    ends: { pictures: [picture] },
    check: assertNoCredentials,
  }),
  linking(otherHost, 'control: the same for a chat', own, {
    model: gemini,
    ends: { pictures: [picture] },
    check: assertNoCredentials,
  }),
  linking(
    otherHost,
    'control: one that leads on, to another of its own',
    own,
    { ends: { pictures: [picture] }, check: assertNoCredentials },
    () => (exchange) =>
      exchange.path === media
        ? exchange.answer(302, '', { location: '/media/there.png' })
        : exchange.answer(200, picture),
  ),
  linking(
    otherHost,
    'with a name and password in it',
    ({ gateway }) => `http://name:secret@${gateway.host}${media}`,
    { ends: { pictures: [picture] }, check: assertNoCredentials },
  ),
  linking(otherHost, 'that nobody has', 'https://pictures.invalid/a.png', {
    ends: noDownload(/Can't reach pictures\.invalid/, 'download'),
    check: assertNotOpened,
  }),

  ...privateHosts.flatMap((host) => [
    linking(privateAddress, host, ({ elsewhere }) => withPort(host, elsewhere), refused),
  ]),
  leadingOn(privateAddress, 'loopback', ({ elsewhere }) => withPort('127.0.0.1', elsewhere)),
  leadingOn(privateAddress, 'metadata', () => 'https://169.254.169.254/latest/meta-data'),
  linking(privateAddress, 'in a chat', ({ elsewhere }) => withPort('127.0.0.1', elsewhere), {
    ...refused,
    model: gemini,
  }),
  linking(privateAddress, 'in Markdown', '', {
    ...refused,
    model: gemini,
    fault:
      ({ elsewhere }) =>
      (exchange) => {
        const content = `![a](${withPort('127.0.0.1', elsewhere)})`;
        return exchange.answer(200, chatAnswer({ content }));
      },
  }),

  ...badLinks.map((link) => linking(scheme, JSON.stringify(link), link, refused)),
  linking(scheme, 'data: that is no picture', 'data:text/html,<script>alert(1)</script>', {
    ends: { reason: 'badPicture', charge: 'charged', says: /not base64/ },
    check: assertNotOpened,
  }),
  leadingOn(scheme, 'data:', () => dataUrl(picture).slice(0, 2000)),
  leadingOn(scheme, 'file:', () => 'file:///etc/passwd'),
  leadingOn(scheme, 'javascript:', () => 'javascript:alert(1)'),
  leadingOn(scheme, 'no address', () => 'http://['),
  linking(scheme, 'beside a picture, which counts', '', {
    ends: { pictures: [picture], missing: 1 },
    fault: () => (exchange) =>
      exchange.answer(200, { data: [{ url: badLinks[0] }, { b64_json: base64(picture) }] }),
  }),

  ...(
    [
      ['dead', { pictures: [picture], missing: 1 }, undefined],
      ['reset', { pictures: [picture], missing: 1 }, 1],
    ] as const
  ).map(([how, ends, awaited]) =>
    twoLinks(`of two one is ${how}: it is missing, and said to be so`, [how, 'fine'], {
      ends,
      check: ({ result }) => assert.equal(result?.awaited, awaited),
    }),
  ),
  twoLinks('of two one is dead and one is reset: that may still come', ['dead', 'reset'], {
    ends: noDownload(/broke/, 'download'),
  }),
  twoLinks(
    'of two in a chat one is dead and one is reset: that may still come',
    ['dead', 'reset'],
    {
      ends: noDownload(/broke/, 'download'),
      model: gemini,
    },
  ),
  ...[401, 403, 404, 410].map((status) =>
    served(String(status), (exchange) => exchange.answer(status, '<h1>Expired</h1>'), {
      ends: noDownload(new RegExp(`answered HTTP ${status}; such links expire\\.`)),
      check: (_outcome, { gateway }) => assert.equal(downloads(gateway), 1),
    }),
  ),
  ...[408, 429, 500, 503].map((status) =>
    served(String(status), (exchange) => exchange.answer(status, '<h1>Busy</h1>'), {
      ...notYet(new RegExp(`answered HTTP ${status}\\.`)),
    }),
  ),
  served('nobody answers', () => undefined, {
    limits: slowLinks,
    ends: noDownload(/did not answer within 1 seconds?/, 'download'),
  }),
  served('it stalls', stall, {
    limits: slowLinks,
    ends: noDownload(/did not answer within/, 'download'),
  }),
  served('it breaks off', breakOff, notYet(/broke/)),
  served('it is reset', (exchange) => exchange.reset(), notYet(/broke/)),
  ...(['reset', 'broken off', 'busy'] as const).map((how) =>
    linking(
      expired,
      `it is ${how} twice, and comes then: it is here, and paid once`,
      own,
      {
        ends: { pictures: [picture] },
        check: (_outcome, { gateway }) => assert.equal(downloads(gateway), 3),
      },
      ({ gateway }) =>
        (exchange) => {
          if (downloads(gateway) > 2) return exchange.answer(200, picture);
          if (how === 'busy') return exchange.answer(503, '');
          if (how === 'broken off') return breakOff(exchange);
          exchange.reset();
          return undefined;
        },
    ),
  ),
  served('it has no end', flood, {
    timeout: longOr(60_000, 30_000),
    limits: endlessLimits,
    ends: noDownload(longOr(/more than 128 MB/, /more than 2 MB/)),
  }),
  served(
    'it says that it is too long',
    async (exchange) => {
      await exchange.whole;
      exchange.open(200, { 'content-length': String(128 * 1024 * 1024 + 1) });
      exchange.write(picture);
    },
    { ends: noDownload(/more than 128 MB/) },
  ),
  served('it leads in circles', (exchange) => exchange.answer(302, '', { location: media }), {
    ends: noDownload(/from one place to the next without end/),
    check: (_outcome, { gateway }) => assert.ok(gateway.exchanges.length < 10),
  }),
  served('it leads nowhere', (exchange) => exchange.answer(302, ''), { ends: noDownload(/302/) }),
  served('it is empty', (exchange) => exchange.answer(200, ''), notYet(/empty/)),
  linking(expired, `${manyLinks} links at once`, '', {
    timeout: 100_000,
    ends: { pictures: Array.from({ length: manyLinks }, () => Buffer.from('AAA')) },
    fault:
      ({ gateway }) =>
      (exchange) =>
        exchange.method === 'POST'
          ? exchange.answer(200, {
              data: Array.from({ length: manyLinks }, () => ({ url: `${gateway.origin}${media}` })),
            })
          : exchange.answer(200, 'AAA'),
    check: (_outcome, { gateway }) => {
      const { mostAtOnce } = gateway.connections;
      assert.ok(manyLinks > 32 && mostAtOnce <= 32, `${mostAtOnce} connections at once`);
    },
  }),
]);

function withPort(host: string, { host: there }: Places['elsewhere']): string {
  return `https://${host}:${there.split(':')[1]}/a.png`;
}

async function stall(exchange: Exchange): Promise<void> {
  await exchange.whole;
  exchange.open(200, { 'content-length': String(picture.byteLength) });
  exchange.write(picture.subarray(0, 5000));
}

async function breakOff(exchange: Exchange): Promise<void> {
  await stall(exchange);
  exchange.socket.end();
  await once(exchange.socket, 'close');
}

async function flood(exchange: Exchange): Promise<void> {
  await exchange.whole;
  exchange.open();
  await exchange.flood(Buffer.alloc(256 * 1024));
}
