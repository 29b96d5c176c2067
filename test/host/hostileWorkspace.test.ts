// A folder that means harm: its settings, its .env, its file names, and callers of our commands.
import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Uri, commands, extensions, workspace } from 'vscode';
import { editImage } from '../../src/edit/editImage';
import { journalFolder } from '../../src/edit/journalFolder';
import { readProxySettings } from '../../src/edit/network';
import { panelOf } from '../../src/edit/openPanels';
import type { Services } from '../../src/edit/services';
import { readEditsAtOnce, readKeepDays, readSettings } from '../../src/edit/settings';
import { Journal } from '../../src/journal/journal';
import { startFaultServer, type FaultServer } from '../support/faultServer';
import { startGateway, type LocalGateway } from '../gateway/server';
import { until } from '../support/until';
import { temporaryServices } from './support/temporaryServices';
import { answerMessages } from './support/userAnswers';

const apiKey = 'sk-host-marked';

/** What a folder may say: how its own pictures are saved, and what is chosen at first in a list that the user sees. */
const ofTheFolder = ['model', 'saveName', 'matchOriginal', 'provenance', 'provenanceInstruction'];

/** It would be shown as `photo…exe.png [x] (…)` on two lines, some of it from right to left. */
const hostileName = 'photo\u202egnp.exe\u200b\n[x](command:evil).png';

describe('a hostile workspace', () => {
  const folder = workspace.workspaceFolders![0]!.uri.fsPath;
  const uri = Uri.file(join(folder, hostileName));
  let gateway: LocalGateway;
  /** Whatever reaches it has been led there. */
  let evil: FaultServer;
  let services: Services;
  let own: unknown;
  const placed: string[] = [];

  const set = (name: string, value: unknown) =>
    workspace.getConfiguration('retouch').update(name, value, true);
  const read = () => ({
    settings: Object.fromEntries(
      Object.entries(readSettings(uri)).filter(([name]) => !ofTheFolder.includes(name)),
    ),
    keepDays: readKeepDays(),
    editsAtOnce: readEditsAtOnce(),
    balanceInStatusBar: workspace.getConfiguration('retouch', uri).get('balanceInStatusBar'),
    apiKey: workspace.getConfiguration('retouch', uri).get('apiKey'),
    network: { ...readProxySettings(), environment: undefined },
  });
  const model = () => workspace.getConfiguration('retouch', uri).get<string>('model');
  const posts = () => gateway.requests.filter(({ method }) => method === 'POST');

  async function place(name: string, content: string | Uint8Array): Promise<void> {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    placed.push(path);
  }

  before(async () => {
    gateway = await startGateway({ apiKey });
    evil = await startFaultServer((exchange) => exchange.answer(200, { data: [] }));
    services = temporaryServices();
    await services.context.secrets.store(`retouch.apiKey:${new URL(gateway.url).origin}`, apiKey);
    await set('baseUrl', gateway.url);
    own = read();
    await place(hostileName, await readFile(join(folder, 'logo.png')));
    const settings = {
      'retouch.baseUrl': evil.baseUrl,
      'retouch.model': 'evil/expensive',
      'retouch.models': [{ id: 'openai/gpt-image-2', route: 'chat/completions' }],
      'retouch.upload': 'multipart',
      'retouch.apiKey': 'sk-of-the-workspace',
      'retouch.timeoutSeconds': 3600,
      'retouch.saveName': '../../${name}/../evil',
      'retouch.balanceInStatusBar': true,
      'retouch.removeMetadata': false,
      'retouch.matchOriginal': false,
      'retouch.provenance': false,
      'retouch.provenanceInstruction': true,
      'retouch.keepDays': 1,
      'retouch.editsAtOnce': 10,
      'http.proxy': evil.origin,
      'http.proxyAuthorization': 'Basic ZXZpbDpldmls',
      'http.proxyStrictSSL': false,
      'http.proxySupport': 'override',
      'http.noProxy': [],
      'http.systemCertificates': false,
    };
    const { properties } = (
      extensions.getExtension('retouch.retouch')!.packageJSON as {
        contributes: { configuration: { properties: Record<string, unknown> } };
      }
    ).contributes.configuration;
    assert.deepEqual(
      Object.keys(properties).filter((name) => !(name in settings)),
      [],
      'a setting that this test does not attack',
    );
    await place(
      '.env',
      `AIGATE_API_KEY=sk-evil\nOPENAI_API_KEY=sk-evil\nOPENAI_BASE_URL=${evil.baseUrl}\n`,
    );
    await place(
      '.devcontainer/devcontainer.json',
      JSON.stringify({ image: 'x', customizations: { vscode: { settings } } }),
    );
    await place('evil.code-workspace', JSON.stringify({ folders: [{ path: '.' }], settings }));
    // As a shell may have them for other tools.
    process.env['OPENAI_BASE_URL'] = evil.baseUrl;
    process.env['OPENAI_API_KEY'] = 'sk-evil';
    await place('.vscode/settings.json', JSON.stringify(settings));
    // VS Code has read the file once what may be set there is.
    await until('settings of the folder', () => model() === 'evil/expensive', model);
  });
  after(async () => {
    for (const path of placed) await rm(path, { force: true });
    for (const name of ['.vscode', '.devcontainer'])
      await rm(join(folder, name), { recursive: true });
    await until('end of the settings of the folder', () => model() !== 'evil/expensive', model);
    delete process.env['OPENAI_BASE_URL'];
    delete process.env['OPENAI_API_KEY'];
    await set('baseUrl', undefined);
    services.keys.dispose();
    services.log.dispose();
    await gateway.close();
    await evil.close();
  });

  it('says nothing of where pictures go, how, what that may cost, and what is kept: VS Code ignores it', () => {
    assert.deepEqual(read(), own);
    const { properties } = (
      extensions.getExtension('retouch.retouch')!.packageJSON as {
        contributes: { configuration: { properties: Record<string, { scope?: string }> } };
      }
    ).contributes.configuration;
    const open = Object.entries(properties).filter(([, { scope }]) => scope !== 'application');
    assert.deepEqual(
      open.map(([name]) => name.replace('retouch.', '')).sort(),
      [...ofTheFolder].sort(),
    );
  });

  it('sends the key and the picture to the user’s gateway alone, once, and saves in the folder', async () => {
    const above = async () => [
      ...(await readdir(dirname(folder))),
      ...(await readdir(dirname(dirname(folder)))),
    ];
    const outside = await above();
    const before = await readdir(folder);
    const original = await readFile(uri.fsPath);
    const answers = answerMessages(() => undefined);
    try {
      let problem: unknown;
      const editing = editImage(
        services,
        { uri },
        {
          instruction: 'make it black and white',
          model: { id: 'openai/gpt-image-2' },
        },
      );
      editing.catch((error: unknown) => (problem = error));
      // Both questions are filled in: Enter, as long as there is one to answer.
      for (const deadline = Date.now() + 30_000; !posts().some(({ billed }) => billed);) {
        assert.ok(
          Date.now() < deadline,
          `nothing was sent: ${answers.said.join('; ')} ${String(problem)}`,
        );
        await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        await delay(100);
      }
      const journal = new Journal(journalFolder(services.context.globalStorageUri));
      const saved = () => answers.said.find((message) => message.startsWith('Saved '));
      for (const deadline = Date.now() + 30_000; !saved();) {
        assert.ok(Date.now() < deadline, answers.said.join('; '));
        const [job] = (await journal.list()).jobs;
        // Until the panel shows the pictures it takes no decision.
        if (job?.state === 'received') panelOf(job.files.id)?.decide('accept');
        await delay(50);
      }
      const [sent, ...others] = posts();
      assert.deepEqual(others, []);
      assert.deepEqual(
        [sent?.authorized, sent?.path, sent?.model],
        [true, '/v1/images/edits', 'openai/gpt-image-2'],
      );
      assert.equal(evil.connections.total, 0, 'something was led elsewhere');
      assert.deepEqual(await above(), outside);
      const files = (await readdir(folder)).filter((name) => !before.includes(name));
      assert.equal(files.length, 1, files.join());
      placed.push(join(folder, files[0]!));
      assert.match(files[0]!, /^\.\.-\.\.-.*-\.\.-evil\.png$/s);
      assert.deepEqual(await readFile(uri.fsPath), original);
      for (const message of answers.said) {
        assert.doesNotMatch(message, /[\u202e\u200b\n]|\]\(command:/, 'it is not shown escaped');
      }
      assert.ok(answers.said.some((message) => message.includes('\\u{202e}')));
    } finally {
      answers.restore();
      await commands.executeCommand('workbench.action.closeAllEditors');
      await commands.executeCommand('notifications.clearAll');
    }
  });

  for (const [what, args] of [
    ['nothing', []],
    ['a text', ['/etc/passwd']],
    ['a number and a function', [7, () => undefined]],
    [
      'an object that looks like a URI',
      [{ scheme: 'file', path: '/etc/passwd', fsPath: '/etc/passwd' }],
    ],
    ['a list of no URIs', [undefined, ['a', {}, null, { fsPath: '/etc/passwd' }]]],
    ['a web address', [Uri.parse('https://evil.example/photo.png')]],
    ['a command', [Uri.parse('command:workbench.action.quit')]],
    ['a file that is no picture', [Uri.file(join(folder, 'README.md'))]],
    ['a folder', [Uri.file(folder)]],
    ['a missing file', [Uri.file(join(folder, 'gone.png'))]],
  ] as const) {
    for (const command of ['retouch.editImage', 'retouch.compareWithHead']) {
      it(`sends nothing where another caller gives ${command} ${what}`, async () => {
        const sent = posts().length;
        const before = (await readdir(folder)).sort();
        let ended = false as boolean;
        const run = Promise.resolve(commands.executeCommand(command, ...args)).finally(() => {
          ended = true;
        });
        // It may ask or tell something, which is answered with Escape.
        for (const deadline = Date.now() + 20_000; !ended;) {
          assert.ok(Date.now() < deadline, 'it does not end');
          await commands.executeCommand('workbench.action.closeQuickOpen');
          await commands.executeCommand('notifications.clearAll');
          await delay(50);
        }
        await run;
        assert.equal(posts().length, sent);
        assert.equal(evil.connections.total, 0);
        assert.deepEqual((await readdir(folder)).sort(), before);
      });
    }
  }
});
