// The way to a gateway in a company's network: which proxy is taken for which address, which certificates are
// trusted, and edits through a proxy that somebody else wrote.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../../../src/gateway/connection';
import { fetchBalance } from '../../../src/gateway/balance';
import { EditError } from '../../../src/gateway/errors';
import { proxyFor, systemCertificates, type Network } from '../../../src/gateway/network';
import { requestEdit } from '../../../src/gateway/requestEdit';
import { base64, imagesAnswer, picture } from '../../support/gatewayAnswers';
import { makeCertificate } from '../../support/certificates';
import { apiKey, assertClear, gptImage } from './support/invariants';
import {
  proxyAuthorization,
  proxyUserinfo,
  startCompanyProxy,
  type CompanyProxy,
} from '../../support/proxy';
import { startFaultServer, type Fault, type FaultServer } from '../../support/faultServer';

const gateway = 'https://api.example.com/v1/images/edits';

describe('the proxy for an address', () => {
  const address = (url: string, network: Network) => proxyFor(new URL(url), network)?.url.href;

  it('is the setting’s before the environment’s', () => {
    const environment = { https_proxy: 'http://environment:1' };
    assert.equal(address(gateway, { proxy: 'http://setting:2', environment }), 'http://setting:2/');
    assert.equal(address(gateway, { proxy: ' ', environment }), 'http://environment:1/');
    assert.equal(address(gateway, { proxy: '', environment: {} }), undefined);
    assert.equal(address(gateway, {}), undefined);
    assert.equal(proxyFor(new URL(gateway)), undefined);
  });

  for (const [name, source] of [
    ['https_proxy', 'HTTPS_PROXY'],
    ['HTTPS_PROXY', 'HTTPS_PROXY'],
    ['http_proxy', 'HTTP_PROXY'],
    ['HTTP_PROXY', 'HTTP_PROXY'],
    ['all_proxy', 'ALL_PROXY'],
    ['ALL_PROXY', 'ALL_PROXY'],
  ] as const) {
    it(`is found in ${name}, with or without http://`, () => {
      for (const value of ['proxy.example:8080', ' http://proxy.example:8080/ ']) {
        const proxy = proxyFor(new URL(gateway), { environment: { [name]: value } });
        assert.equal(proxy?.url.href, 'http://proxy.example:8080/');
        assert.equal(proxy.source, `the environment variable ${source}`);
      }
    });
  }

  it('is of several variables the one that fits best, in lower case first', () => {
    const environment: Record<string, string> = { ALL_PROXY: 'all:1' };
    const next = () => address(gateway, { environment });
    assert.equal(next(), 'http://all:1/');
    environment['HTTP_PROXY'] = 'http:2';
    assert.equal(next(), 'http://http:2/');
    environment['HTTPS_PROXY'] = 'https:3';
    assert.equal(next(), 'http://https:3/');
    environment['https_proxy'] = 'lower:4';
    assert.equal(next(), 'http://lower:4/');
    assert.equal(address('http://api.example.com', { environment }), 'http://http:2/');
  });

  for (const local of [
    'http://localhost:1234/v1',
    'https://localhost/v1',
    'http://gateway.localhost/v1',
    'http://127.0.0.1:8080/v1',
    'http://127.9.9.9/v1',
    'http://[::1]:8080/v1',
  ]) {
    it(`is none for ${local}, which is this machine`, () => {
      assert.equal(address(local, { proxy: 'http://proxy:1' }), undefined);
    });
  }

  const bypassed: [entry: string, url: string, bypassed: boolean][] = [
    ['api.example.com', gateway, true],
    ['example.com', gateway, true],
    ['.example.com', gateway, true],
    ['*.example.com', gateway, true],
    ['EXAMPLE.com', gateway, true],
    ['ample.com', gateway, false],
    ['xample.com', gateway, false],
    ['com', gateway, true],
    ['api.example.com:443', gateway, true],
    ['api.example.com:8443', gateway, false],
    ['example.com:8443', 'https://api.example.com:8443', true],
    ['*', gateway, true],
    ['', gateway, false],
    ['.', gateway, false],
    ['api.example.com.evil', gateway, false],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['10.1.2.3', 'https://10.1.2.30', false],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['10.0.0.0/8', gateway, false],
    ['fd00::/8', 'https://[fd12::1]', true],
    ['[fd12::1]', 'https://[fd12::1]', true],
  ];
  for (const [entry, url, direct] of bypassed) {
    it(`no_proxy ${JSON.stringify(entry)} ${direct ? 'means' : 'does not mean'} ${new URL(url).host}`, () => {
      const expected = direct ? undefined : 'http://proxy:1/';
      const proxy = 'http://proxy:1';
      assert.equal(address(url, { proxy, noProxy: ['other', entry] }), expected);
      for (const name of ['no_proxy', 'NO_PROXY']) {
        for (const list of [`other,${entry}`, `${entry} , other`]) {
          assert.equal(
            address(url, { environment: { https_proxy: proxy, [name]: list } }),
            expected,
          );
        }
      }
    });
  }

  it('is told by the hosts of the setting alone, where there are some', () => {
    const network = { proxy: 'http://proxy:1', environment: { no_proxy: 'example.com' } };
    assert.equal(address(gateway, network), undefined);
    assert.equal(address(gateway, { ...network, noProxy: [] }), undefined);
    assert.equal(address(gateway, { ...network, noProxy: ['other'] }), 'http://proxy:1/');
  });

  it('has a name and password only where they are set, whatever is in them', () => {
    const authorization = (proxy: string, rest: Network = {}) =>
      proxyFor(new URL(gateway), { proxy, ...rest })?.authorization;
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    assert.equal(authorization('http://proxy:1'), undefined);
    assert.equal(authorization('http://me:secret@proxy:1'), basic('me:secret'));
    assert.equal(authorization('me:secret@proxy:1'), basic('me:secret'));
    assert.equal(authorization('http://me@proxy:1'), basic('me:'));
    assert.equal(authorization('http://me:50%@proxy:1'), basic('me:50%'));
    assert.equal(authorization('http://m%C3%BC:%3A%40@proxy:1'), basic('mü::@'));
    assert.equal(authorization(`http://${proxyUserinfo}proxy:1`), proxyAuthorization);
    assert.equal(
      authorization('http://me:secret@proxy:1', { proxyAuthorization }),
      proxyAuthorization,
    );
    // The address itself can be shown.
    assert.equal(address(gateway, { proxy: 'http://me:secret@proxy:1' }), 'http://proxy:1/');
  });

  for (const value of ['socks5://proxy:1', 'ftp://proxy', 'http://', `http://${proxyUserinfo}:`]) {
    it(`is never replaced by a direct way when it is ${value.slice(0, 16)}`, () => {
      const taken = () => proxyFor(new URL(gateway), { environment: { https_proxy: value } });
      assert.throws(taken, (error) => {
        assert.ok(error instanceof EditError);
        assert.deepEqual([error.reason, error.charge], ['proxy', 'none']);
        assert.match(error.message, /the environment variable HTTPS_PROXY names/);
        assertClear(error, picture);
        return true;
      });
    });
  }
});

describe('the certificates of the system', () => {
  let folder: string;
  const one = makeCertificate('One').cert.trim();
  const two = makeCertificate('Two').cert.trim();
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retouch-certificates-'));
    await mkdir(join(folder, 'many'));
    await writeFile(join(folder, 'bundle.pem'), `# One\n${one}\n\n# Two\n${two}\n`);
    await writeFile(join(folder, 'many', 'one.pem'), one);
    await writeFile(join(folder, 'many', 'two.0'), two);
    await writeFile(join(folder, 'many', 'readme.txt'), 'nothing');
    await writeFile(join(folder, 'extra.pem'), two);
  });
  after(() => rm(folder, { recursive: true }));
  const bare = (pems: readonly string[]) => pems.map((pem) => pem.replace(/\s+/g, '')).sort();

  it('are those that the environment names, each once', async () => {
    const read = async (environment: Record<string, string>) =>
      bare(
        await systemCertificates({ SSL_CERT_FILE: join(folder, 'none'), ...environment }, 'linux'),
      );
    const file = join(folder, 'bundle.pem');
    const many = `${join(folder, 'many')}:${join(folder, 'none')}`;
    assert.deepEqual(await read({ SSL_CERT_FILE: file }), bare([one, two]));
    assert.deepEqual(await read({ SSL_CERT_DIR: many }), bare([one, two]));
    assert.deepEqual(await read({ NODE_EXTRA_CA_CERTS: join(folder, 'extra.pem') }), bare([two]));
    const all = { SSL_CERT_FILE: file, SSL_CERT_DIR: many };
    assert.deepEqual(
      await read({ ...all, NODE_EXTRA_CA_CERTS: join(folder, 'extra.pem') }),
      bare([one, two]),
    );
    assert.deepEqual(await read({}), []);
  });

  it('are on Linux those of the distribution, and what the user adds to them', async () => {
    const bundle = await readFile('/etc/ssl/certs/ca-certificates.crt', 'latin1').catch(() => '');
    const pems = bundle.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
    const extra = join(folder, 'extra.pem');
    const system = await systemCertificates({ NODE_EXTRA_CA_CERTS: extra }, 'linux');
    for (const pem of [...pems, two]) assert.ok(system.includes(pem), 'one is missing');
  });
});

describe('edits through a proxy that somebody else wrote', () => {
  const authority = makeCertificate('Company Authority', { authority: true });
  const hosts = ['gateway.test', 'pictures.test'];
  const { cert, key } = makeCertificate('gateway.test', { signedBy: authority, hosts });
  const servers: FaultServer[] = [];
  let proxy: CompanyProxy;
  let folder: string;
  let certificates: readonly string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retouch-authority-'));
    await writeFile(join(folder, 'authority.pem'), authority.cert);
    certificates = await systemCertificates({ SSL_CERT_FILE: join(folder, 'authority.pem') });
    proxy = await startCompanyProxy();
  });
  beforeEach(() => void proxy.tunnels.splice(0));
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });
  after(async () => {
    await proxy.close();
    await rm(folder, { recursive: true });
  });

  async function start(fault: Fault, name = 'gateway.test'): Promise<FaultServer> {
    const server = await startFaultServer(fault, { name, tls: { cert, key } });
    servers.push(server);
    return server;
  }

  const connection = ({ baseUrl }: FaultServer, network: Network): Connection => ({
    baseUrl,
    apiKey,
    timeout: 20_000,
    network: { certificates, ...network },
  });
  const withPassword = () => `http://${proxyUserinfo}${proxy.host}`;
  const edit = async (way: Connection) =>
    requestEdit(
      {
        model: gptImage,
        instruction: 'make it black and white',
        pictures: [{ bytes: picture, mime: 'image/png', extension: 'png' }],
      },
      way,
      {
        upload: { setting: 'auto', remembered: undefined, remember: () => undefined },
        signal: new AbortController().signal,
      },
    );

  for (const [how, network] of [
    ['the setting', () => ({ proxy: withPassword() })],
    ['the environment', () => ({ environment: { HTTPS_PROXY: withPassword() } })],
    [
      'the setting, with the password in another',
      () => ({ proxy: proxy.host, proxyAuthorization }),
    ],
  ] as const satisfies [string, () => Network][]) {
    it(`bring the picture, named by ${how}`, async () => {
      const server = await start((exchange) => exchange.answer(200, imagesAnswer(picture)));
      const { pictures } = await edit(connection(server, network()));
      assert.deepEqual(pictures.map(base64), [base64(picture)]);
      assert.deepEqual(proxy.tunnels, [server.host]);
      assert.equal(server.billable(), 1);
      assert.equal(server.exchanges[0]?.headers['proxy-authorization'], undefined);
    });
  }

  it('take the way to a linked picture through it as well', async () => {
    const pictures = await start((exchange) => exchange.answer(200, picture), 'pictures.test');
    const server = await start((exchange) =>
      exchange.answer(200, { data: [{ url: `${pictures.origin}/edited.png` }] }),
    );
    const result = await edit(connection(server, { proxy: withPassword() }));
    assert.deepEqual(result.pictures.map(base64), [base64(picture)]);
    assert.deepEqual(proxy.tunnels, [server.host, pictures.host]);
    assert.equal(pictures.exchanges[0]?.headers['authorization'], undefined);
    assert.ok(!pictures.received().includes(apiKey));
  });

  it('name it when it does not know the password, and never go directly', async () => {
    const server = await start((exchange) => exchange.answer(200, imagesAnswer(picture)));
    for (const [proxyAddress, says] of [
      [proxy.host, /wants a name and password \(HTTP 407\)/],
      [`http://jane:wrong@${proxy.host}`, /wants another name and password \(HTTP 407\)/],
    ] as const) {
      await assert.rejects(edit(connection(server, { proxy: proxyAddress })), (error) => {
        assert.ok(error instanceof EditError);
        assert.deepEqual([error.reason, error.charge], ['proxy', 'none']);
        assert.match(error.message, says);
        assertClear(error, picture);
        return true;
      });
    }
    assert.equal(server.connections.total, 0);
  });

  it('find nobody without it: the control', async () => {
    const server = await start((exchange) => exchange.answer(200, { balance: 5 }));
    await assert.rejects(fetchBalance(connection(server, {})), { reason: 'unreachable' });
    assert.equal(server.connections.total, 0);
    const { balance } = await fetchBalance(connection(server, { proxy: withPassword() }));
    assert.equal(balance, 5);
  });

  it('trust nobody of the company without its certificate: the control', async () => {
    const server = await start((exchange) => exchange.answer(200, imagesAnswer(picture)));
    const way = { proxy: withPassword(), certificates: [] };
    await assert.rejects(edit(connection(server, way)), { reason: 'certificate', charge: 'none' });
    assert.equal(server.exchanges.length, 0);
  });
});
