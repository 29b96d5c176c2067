// Edits in the network of a company: the gateway is known to the proxy alone, and its certificate is signed by an
// authority that only the system store of this machine has (see test/vscode/hostTests.ts).
// RETOUCH_SILENCE=330 makes the gateway silent for so many real seconds.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as tls from 'node:tls';
import { ConfigurationTarget, Uri, commands, workspace } from 'vscode';
import { editImage } from '../../src/edit/editImage';
import { readNetwork, readProxySettings } from '../../src/edit/network';
import type { Services } from '../../src/edit/services';
import { systemCertificates } from '../../src/gateway/network';
import { errorCode } from '../../src/gateway/openSocket';
import { proxyUser, proxyUserinfo, startCompanyProxy, type CompanyProxy } from '../support/proxy';
import { startFaultServer, type Fault, type FaultServer } from '../support/faultServer';
import { until } from '../support/until';
import { temporaryServices } from './support/temporaryServices';

// The control needs the very undici that src/gateway/transport.ts has here.
const require = createRequire(__filename);
const undici = require('undici') as { Agent: new () => UndiciAgent };
const clock = require('undici/lib/util/timers.js') as { tick: (milliseconds: number) => void };

/** Real seconds. */
const silence = Number(process.env['RETOUCH_SILENCE'] ?? 0);

describe('in the network of a company', function () {
  this.timeout(60_000 + silence * 1000);
  const folder = workspace.workspaceFolders![0]!.uri;
  const certificates = process.env['RETOUCH_CERTIFICATES']!;
  const read = (name: string) => readFileSync(join(certificates, name), 'latin1');
  const success = JSON.stringify({
    data: [{ b64_json: readFileSync(join(folder.fsPath, 'screenshot.png')).toString('base64') }],
  });
  const servers: FaultServer[] = [];
  const lines: string[] = [];
  let proxy: CompanyProxy;
  let services: Services;

  before(async () => {
    proxy = await startCompanyProxy();
    const own = temporaryServices();
    // What the flow says of an edit is what a user finds in the log.
    const log = new Proxy(own.log, {
      get: (target, name): unknown =>
        name === 'info' || name === 'error'
          ? (line: unknown) => void lines.push(String(line))
          : Reflect.get(target, name),
    });
    services = { ...own, log };
    await set('http', 'proxy', `http://${proxyUserinfo}${proxy.host}`);
  });
  after(async () => {
    await set('http', 'proxy', undefined);
    await set('retouch', 'baseUrl', undefined);
    services.keys.dispose();
    services.log.dispose();
    await proxy.close();
    for (const server of servers) await server.close();
  });

  async function start(fault: Fault): Promise<FaultServer> {
    const gateway = await startFaultServer(
      (exchange) =>
        exchange.method === 'GET' ? exchange.answer(200, { data: [] }) : fault(exchange),
      { name: 'gateway.test', tls: { cert: read('gateway.pem'), key: read('gateway.key') } },
    );
    servers.push(gateway);
    await set('retouch', 'baseUrl', gateway.baseUrl);
    const { origin } = new URL(gateway.baseUrl);
    await services.context.secrets.store(`retouch.apiKey:${origin}`, 'sk-host-test');
    return gateway;
  }

  /** The whole command, up to the picture in the panel. */
  async function edit(gateway: FaultServer): Promise<string> {
    lines.length = 0;
    proxy.tunnels.length = 0;
    void editImage(
      services,
      { uri: Uri.joinPath(folder, 'photo.jpg') },
      {
        instruction: 'make it black and white',
        model: { id: 'openai/gpt-image-2' },
      },
    );
    const ended = () => lines.find((line) => /^photo\.jpg: (edited|.*charge)/.test(line));
    // Both questions are filled in: Enter, as long as there is one to answer.
    for (const deadline = Date.now() + 30_000; !ended() && gateway.billable() === 0;) {
      assert.ok(Date.now() < deadline, `nothing was sent: ${lines.join('; ')}`);
      await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      await delay(100);
    }
    return until('end of the edit', ended, () => lines, 30_000 + silence * 1000);
  }

  it('edits a picture through the proxy of the user, by a certificate of the system store', async () => {
    const gateway = await start((exchange) => exchange.answer(200, success));
    assert.match(await edit(gateway), /^photo\.jpg: edited in \d+ ms, PNG \d+ × \d+$/);
    assert.equal(gateway.billable(), 1);
    assert.ok(proxy.tunnels.length > 0, 'the proxy saw nothing');
    assert.deepEqual([...new Set(proxy.tunnels)], [gateway.host]);
    assert.equal(gateway.exchanges.length, proxy.tunnels.length, 'a request went another way');
    const { authorization, 'proxy-authorization': forProxy } = gateway.exchanges.at(-1)!.headers;
    assert.deepEqual([authorization, forProxy], ['Bearer sk-host-test', undefined]);
    assert.ok(!lines.join('\n').includes(proxyUser.password));
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('never goes directly when the proxy turns it away', async () => {
    const gateway = await start((exchange) => exchange.answer(200, success));
    await set('http', 'proxy', `http://${proxy.host}`);
    const line = await edit(gateway);
    await set('http', 'proxy', `http://${proxyUserinfo}${proxy.host}`);
    assert.match(
      line,
      /The proxy 127\.0\.0\.1:\d+ wants a name and password .*Nothing was charged/,
    );
    assert.equal(gateway.connections.total, 0);
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('survives a gateway that is silent longer than the limits of undici and VS Code', async () => {
    const minutes = 6 * 60_000;
    /** With RETOUCH_SILENCE real time; else undici's own clock is put forward. */
    const beSilent: Fault = async (exchange) => {
      await exchange.whole;
      if (silence > 0) await delay(silence * 1000);
      else {
        await delay(200);
        for (const time of [0, minutes, 0]) clock.tick(time);
        await delay(200);
      }
      await exchange.answer(200, success);
    };
    const plain = await startFaultServer(beSilent);
    servers.push(plain);
    // The control: what a request comes to that leaves undici's limits as they are, at the same time.
    const dispatcher = new undici.Agent();
    const control = (
      silence > 0
        ? fetch(plain.origin).then((answer) => answer.text())
        : dispatcher
            .request({ origin: plain.origin, path: '/', method: 'GET' })
            .then(({ body }) => body.text())
    ).then(
      () => 'answered',
      (error: unknown) => errorCode(error),
    );
    const gateway = await start(beSilent);
    const started = Date.now();
    const line = await edit(gateway);
    const seconds = (Date.now() - started) / 1000;
    if (silence > 0) {
      console.log(`[test] ${line}; ${seconds.toFixed(1)} s; VS Code's fetch: ${await control}`);
      assert.ok(seconds > silence);
    }
    assert.match(line, /^photo\.jpg: edited in \d+ ms, PNG/);
    assert.equal(gateway.billable(), 1);
    if (silence === 0 || silence > 310) assert.equal(await control, 'UND_ERR_HEADERS_TIMEOUT');
    await dispatcher.destroy();
    await commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('takes no proxy from a workspace, and none at all when VS Code’s support is off', async () => {
    const users = readProxySettings().proxy;
    assert.equal(users, `http://${proxyUserinfo}${proxy.host}`);
    const http = workspace.getConfiguration('http');
    // VS Code refuses it as well: whichever of the two changes, the other still holds.
    await Promise.resolve(
      http.update('proxy', 'http://evil.example:8080', ConfigurationTarget.Workspace),
    ).catch(() => undefined);
    assert.equal(readProxySettings().proxy, users);
    await set('http', 'proxySupport', 'off');
    assert.deepEqual(readProxySettings(), {});
    await set('http', 'proxySupport', undefined);
  });

  it('reads the certificates once, and in the way that this VS Code has', async () => {
    const { certificates: first } = await readNetwork();
    assert.ok(first!.includes(read('authority.pem').trim()));
    assert.equal((await readNetwork()).certificates, first);
    // As on Windows and macOS, where there are no files: Node 22.15 and later can ask the system.
    const asked = await systemCertificates({}, 'darwin');
    const canAsk = 'getCACertificates' in tls;
    assert.equal(
      asked.some((pem) => bare(pem) === bare(read('authority.pem'))),
      canAsk,
    );
  });
});

/** As far as the control needs it. */
interface UndiciAgent {
  request(options: {
    origin: string;
    path: string;
    method: 'GET';
  }): Promise<{ body: { text(): Promise<string> } }>;
  destroy(): Promise<void>;
}

function bare(pem: string): string {
  return pem.replace(/\s+/g, '');
}

async function set(section: string, name: string, value: unknown): Promise<void> {
  await workspace.getConfiguration(section).update(name, value, ConfigurationTarget.Global);
}
