// Takes nothing; gives a whole set-up in this extension host: a local gateway, a folder with the samples, the flow's services,
// and a user who answers questions, messages and pages.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import sharp from 'sharp';
import { Uri, commands, workspace, type ExtensionContext } from 'vscode';
import type { KeptByWebview } from '../../../src/compare/protocol';
import { runEditImage, runRestorePanel, runShowEdits } from '../../../src/edit/commands';
import { lookAfterEdits, lookAfterTabs } from '../../../src/edit/lookAfterEdits';
import { journalFolder } from '../../../src/edit/journalFolder';
import { openJournal } from '../../../src/edit/keepEdit';
import type { KeptJob } from '../../../src/journal/jobFiles';
import type { Journal } from '../../../src/journal/journal';
import type { Services } from '../../../src/edit/services';
import type { GatewayRequest } from '../../gateway/exchange';
import { startGateway, type LocalGateway } from '../../gateway/server';
import { until } from '../../support/until';
import { root } from '../../vscode/install';
import { endAll } from './endAll';
import { Pages, type Page } from './pages';
import { StatusItems } from './statusItems';
import { temporaryServices } from './temporaryServices';
import { User } from './user';

const samples = join(root, 'test', 'samples', 'workspace');

export const apiKey = 'sk-host-marked-key';

/** One object for all trips, with each trip's own parts: the thread that works on pictures belongs to it, and is started once. */
const context = {} as ExtensionContext;

/** A small picture. */
interface Drawing {
  readonly width: number;
  readonly height: number;
  /** As CSS has it. */
  readonly colour: string;
}

/** Of every trip's gateway: a setting that is written costs VS Code more than most tests, and so is written once. */
let port = 0;

/** One test's. Begun before each test and ended after it: nothing of it is left for the next. */
export class HostTrip {
  private readonly before = new Map<string, string>();

  private constructor(
    private current: Services,
    readonly gateway: LocalGateway,
    /** Where the samples are, absolute. */
    readonly folder: string,
    readonly user: User,
    readonly pages: Pages,
    readonly items: StatusItems,
  ) {}

  /** Of the window as it is now: a reload makes new ones. */
  get services(): Services {
    return this.current;
  }

  /** @param settings of Retouch, beside the gateway's address */
  static async start(settings: Readonly<Record<string, unknown>> = {}): Promise<HostTrip> {
    const folder = await mkdtemp(join(tmpdir(), 'retouch-trip-'));
    await cp(samples, folder, { recursive: true });
    const gateway = await startGatewayAtPort();
    const own = temporaryServices();
    const services = { ...own, context: Object.assign(context, own.context) };
    const { origin } = new URL(gateway.url);
    await services.context.secrets.store(`retouch.apiKey:${origin}`, apiKey);
    const trip = new HostTrip(
      services,
      gateway,
      folder,
      new User(),
      new Pages(),
      new StatusItems(),
    );
    try {
      for (const [name, value] of Object.entries({ baseUrl: gateway.url, ...settings }))
        await trip.set(name, value);
      for (const [name, hash] of await trip.fingerprint()) trip.before.set(name, hash);
    } catch (error) {
      // Why it could not be started says more than what else went wrong with that.
      await trip.end().catch(() => undefined);
      throw error;
    }
    return trip;
  }

  /** Changes a user setting of Retouch until the end of the trip. */
  async set(name: string, value: unknown): Promise<void> {
    if (workspace.getConfiguration('retouch').get(name) === value) return;
    if (name !== 'baseUrl') this.changed.add(name);
    await workspace.getConfiguration('retouch').update(name, value, true);
  }
  private readonly changed = new Set<string>();

  async end(): Promise<void> {
    // A test whose trip could not be started ends the one before again.
    if (this.hasEnded) return;
    this.hasEnded = true;
    await endAll([
      // What is under way comes to its end first: the next test must hear nothing of it.
      () => this.endEverything(),
      () => this.items.restore(),
      () => this.user.restore(),
      () => commands.executeCommand('workbench.action.closeAllEditors'),
      ...[...this.changed].map(
        (name) => () => workspace.getConfiguration('retouch').update(name, undefined, true),
      ),
      () => this.gateway.close(),
      () => rm(this.folder, { recursive: true }),
      ...[...this.windowsBefore, this.services].flatMap(({ keys, log, context: its }) => [
        () => keys.dispose(),
        () => log.dispose(),
        ...(its === context ? [] : its.subscriptions.map((one) => () => one.dispose() as unknown)),
        () => rm(its.globalStorageUri.fsPath, { recursive: true, force: true, maxRetries: 5 }),
      ]),
    ]);
  }
  private hasEnded = false;

  /** What still runs ends, and then what waits for it. */
  private async endEverything(): Promise<void> {
    try {
      await this.user.leave();
      await this.endUnderWay();
    } finally {
      this.pages.restore();
    }
    await until(
      'end of what was begun',
      () => !this.isUnderWay,
      () => this.user.said,
    );
  }

  /**
   * Reloads the window, as far as the flow can tell: what is on the disk and in VS Code's keeping at this moment is all that
   * is left, its window has gone, and its tabs and requests with it. Nothing looks after the edits yet.
   */
  async reload(): Promise<void> {
    const before = this.services;
    this.current = temporaryServices(before);
    this.windowsBefore.push(before);
    await forgetWindow(this.current);
    await this.endUnderWay();
    for (const page of this.pages.all) page.close();
    // What the window before says of all that.
    await settled();
    this.user.dismissAll();
  }
  private readonly windowsBefore: Services[] = [];

  /** The command `Show Edits…`. It ends when the user has done with the edit that they chose. */
  showEdits(): Promise<void> {
    return runShowEdits(this.services);
  }

  /** All that the journal keeps, the newest first. */
  async jobs(): Promise<readonly KeptJob[]> {
    return (await this.journal.list()).jobs;
  }

  /** As the window has it. */
  get journal(): Journal {
    return openJournal(this.services)!;
  }

  /** As the extension does a moment after its start. */
  async lookAfterEdits(): Promise<void> {
    await lookAfterTabs(this.services);
    await lookAfterEdits(this.services);
  }

  /**
   * As VS Code does after a reload with a tab that was open.
   * @param kept by its page
   */
  async restorePanel(kept: KeptByWebview): Promise<Page> {
    const page = this.pages.bringBack();
    await runRestorePanel(this.services, page.panel, kept);
    return page;
  }

  /** Nothing of it is left that could say something later. */
  private async endUnderWay(): Promise<void> {
    for (const page of this.pages.all) page.send({ type: 'cancelRest' });
    await this.user.cancelAll();
    await until(
      'end of what was sent',
      () => this.sent.every(({ sentAt, aborted }) => sentAt !== 0 || aborted),
      () => this.sent.map(({ path, status, aborted }) => ({ path, status, aborted })),
    );
  }

  /** Puts a picture into the folder, small and of one colour with a spot on it, in the format of its name. */
  async draw(
    name: string,
    { width = 48, height = 32, colour = '#c83c28' }: Partial<Drawing> = {},
  ): Promise<Buffer> {
    const spot = {
      width: width >> 2,
      height: height >> 2,
      channels: 3,
      background: '#fff8e0',
    } as const;
    const bytes = await sharp({ create: { width, height, channels: 3, background: colour } })
      .composite([{ input: { create: spot }, left: width >> 3, top: height >> 3 }])
      .toFormat(extname(name).slice(1) as 'jpeg' | 'png' | 'webp')
      .toBuffer();
    await this.place(name, bytes);
    return bytes;
  }

  async read(name: string): Promise<Buffer> {
    return readFile(join(this.folder, name));
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
    this.before.set(name, hashOf(bytes));
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
    const hashes = await Promise.all(names.map(async (name) => hashOf(await this.read(name))));
    return new Map(names.map((name, at) => [name, hashes[at]!]));
  }
}

/** At the port of the trips before; at another one where somebody else has taken that meanwhile. */
async function startGatewayAtPort(): Promise<LocalGateway> {
  const gateway = await startGateway({ apiKey, port }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return startGateway({ apiKey });
  });
  port = Number(new URL(gateway.url).port);
  return gateway;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The name of the window that all of this is kept for becomes that of one that has gone: no process has such a number. */
async function forgetWindow({ context }: Services): Promise<void> {
  const gone = (name: string) => name.replace(/^(owner-[0-9a-f]+-[0-9a-f]+-)\d+/, `$1${2 ** 30}`);
  const root = journalFolder(context.globalStorageUri);
  const names = await readdir(root, { recursive: true }).catch(() => [] as string[]);
  for (const path of names) {
    const name = gone(basename(path));
    if (name !== basename(path)) await rename(join(root, path), join(root, dirname(path), name));
  }
  const unbegun = context.workspaceState.get<{ window: string }[]>('unbegun', []);
  const others = unbegun.map((batch) => ({ ...batch, window: gone(batch.window) }));
  await context.workspaceState.update('unbegun', others);
}

/** Whatever follows without waiting for anything has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

after(() => workspace.getConfiguration('retouch').update('baseUrl', undefined, true));
