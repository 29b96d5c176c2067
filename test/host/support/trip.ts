// Takes nothing; gives a whole set-up in this extension host: a local gateway, a folder with the samples, the flow's services,
// and a user who answers questions, messages and pages.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Uri, commands, workspace, type ExtensionContext } from 'vscode';
import { runEditImage } from '../../../src/edit/commands';
import type { Services } from '../../../src/edit/services';
import type { GatewayRequest } from '../../gateway/exchange';
import { startGateway, type LocalGateway } from '../../gateway/server';
import { until } from '../../support/until';
import { Pages, type Page } from './pages';
import { temporaryServices } from './temporaryServices';
import { User } from './user';

const samples = join(__dirname, '..', '..', '..', 'test', 'samples', 'workspace');

export const apiKey = 'sk-host-marked-key';

/** One object for all trips, with each trip's own parts: the thread that works on pictures belongs to it, and is started once. */
const context = {} as ExtensionContext;

/** One test's. Begun before each test and ended after it: nothing of it is left for the next. */
export class Trip {
  private readonly before = new Map<string, string>();

  private constructor(
    readonly services: Services,
    readonly gateway: LocalGateway,
    /** Where the samples are, absolute. */
    readonly folder: string,
    readonly user: User,
    readonly pages: Pages,
  ) {}

  /** @param settings of Retouch, beside the gateway's address */
  static async start(settings: Readonly<Record<string, unknown>> = {}): Promise<Trip> {
    const folder = await mkdtemp(join(tmpdir(), 'retouch-trip-'));
    await cp(samples, folder, { recursive: true });
    const gateway = await startGateway({ apiKey });
    const own = temporaryServices();
    const services = { ...own, context: Object.assign(context, own.context) };
    const { origin } = new URL(gateway.url);
    await services.context.secrets.store(`retouch.apiKey:${origin}`, apiKey);
    const trip = new Trip(services, gateway, folder, new User(), new Pages());
    for (const [name, value] of Object.entries({ baseUrl: gateway.url, ...settings }))
      await trip.set(name, value);
    for (const [name, hash] of await trip.fingerprint()) trip.before.set(name, hash);
    return trip;
  }

  /** Changes a user setting of Retouch until the end of the trip. */
  async set(name: string, value: unknown): Promise<void> {
    await workspace.getConfiguration('retouch').update(name, value, true);
    this.changed.add(name);
  }
  private readonly changed = new Set<string>();

  async end(): Promise<void> {
    // What is under way comes to its end first: the next test must hear nothing of it.
    await this.user.leave();
    this.pages.restore();
    await until(
      'end of what was begun',
      () => !this.isUnderWay,
      () => this.user.said,
    );
    await this.user.restore();
    await commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of this.changed)
      await workspace.getConfiguration('retouch').update(name, undefined, true);
    await this.gateway.close();
    this.services.keys.dispose();
    this.services.log.dispose();
    await rm(this.folder, { recursive: true });
    await rm(this.services.context.globalStorageUri.fsPath, { recursive: true, force: true });
  }

  uri(name: string): Uri {
    return Uri.file(join(this.folder, name));
  }

  /** The edits that the gateway got. */
  get sent(): GatewayRequest[] {
    return this.gateway.requests.filter(({ method }) => method === 'POST');
  }

  /** Once the gateway has this many edits; gives the newest. */
  async untilSent(count = 1): Promise<GatewayRequest> {
    return until(
      `edit ${count} at the gateway`,
      () => this.sent[count - 1],
      () => ({ sent: this.sent.map(({ path, status }) => [path, status]), said: this.user.said }),
    );
  }

  /** Puts a file beside the samples: it must stay as it is, like them. */
  async place(name: string, bytes: Uint8Array): Promise<void> {
    await writeFile(join(this.folder, name), bytes);
    this.before.set(name, sha256Of(bytes));
  }

  /** The command, as the Explorer calls it. It ends when the user has done with the edit. */
  begin(name: string, ...selected: string[]): Promise<void> {
    const uris = selected.map((one) => this.uri(one));
    return this.run(() => runEditImage(this.services, this.uri(name), uris));
  }

  /** Another part of the flow: the trip does not end before it has. */
  async run(work: () => Thenable<unknown>): Promise<void> {
    this.running++;
    try {
      await work();
    } finally {
      this.running--;
    }
  }
  private running = 0;

  /** Whether the user has not done yet with something that was begun. */
  get isUnderWay(): boolean {
    return this.running > 0;
  }

  /** Answers both questions; from here on the edit runs. */
  async answer(name: string, instruction: string, model: string): Promise<void> {
    const first = await this.user.asked(`Edit ${name}`);
    await first.type(instruction);
    await first.enter();
    await (await this.user.asked('Choose a model')).choose(model);
  }

  /** From the command to the picture in the panel. */
  async edit(name: string, instruction: string, model: string): Promise<Page> {
    void this.begin(name);
    await this.answer(name, instruction, model);
    const page = await this.pages.titled(`Compare: ${name}`);
    await page.untilReview();
    return page;
  }

  /** The samples and what was put beside them before are as they were; gives the names of the files that have come since. */
  async made(): Promise<string[]> {
    const now = await this.fingerprint();
    for (const [name, hash] of this.before)
      assert.equal(now.get(name), hash, `${name} has changed`);
    return [...now.keys()].filter((name) => !this.before.has(name));
  }

  private async fingerprint(): Promise<Map<string, string>> {
    const files = (await readdir(this.folder, { withFileTypes: true })).filter((one) =>
      one.isFile(),
    );
    const names = files.map(({ name }) => name).sort();
    const hashes = await Promise.all(
      names.map(async (name) => sha256Of(await readFile(join(this.folder, name)))),
    );
    return new Map(names.map((name, at) => [name, hashes[at]!]));
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
