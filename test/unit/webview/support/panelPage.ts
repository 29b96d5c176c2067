// Takes a state and pictures; gives the panel's own page in a real browser, with a fake of what VS Code gives a webview.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { batchFiles, batchHtml } from '../../../../src/compare/batchHtml';
import type { ToBatch } from '../../../../src/compare/batchProtocol';
import { readPageFiles } from '../../../../src/compare/pageFiles';
import { panelFiles, panelHtml } from '../../../../src/compare/panelHtml';
import type {
  FromWebview,
  MarkedRegion,
  PanelState,
  PictureName,
  ToWebview,
} from '../../../../src/compare/protocol';
import { launchBrowser } from '../../../vscode/chromium';
import { complaintsAmong, keepPage, lineOf } from '../../../vscode/evidence';
import { fakeVscode } from './fakeVscode';
import { paint, review, size } from './samplePictures';
import themes from './themes.json';

export type Theme = keyof typeof themes;
export const themeNames = Object.keys(themes) as Theme[];

export const modeNames = ['Side by Side', 'Swipe', 'Onion Skin', 'Difference', 'Blink'];

/** Milliseconds that anything may take which comes by itself: a machine that is busy with other work needs seconds. */
const patience = 15_000;

/** A tab of the browser, and what was complained of in it: policy violations among it. */
interface Tab {
  readonly page: Page;
  readonly problems: string[];
  /** All that it printed since it was opened for this test. */
  readonly consoleLines: string[];
}

/** What all test files of this process share: starting it takes longer than many a test. */
interface Shared {
  readonly server: Server;
  readonly browser: Browser;
  /** Without any options of its own; used by one test after the other. */
  tab: Tab | undefined;
  lives: number;
}

// Every test file is a bundle with a copy of this module, so that a variable would not do.
const holder = globalThis as { retouchPanelPages?: Shared | undefined };

async function shared(): Promise<Shared> {
  if (holder.retouchPanelPages) return holder.retouchPanelPages;
  const server = createServer(({ url }, response) => {
    response.setHeader('Content-Type', 'text/html').end(pageAt(url));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (holder.retouchPanelPages = {
    server,
    browser: await launchBrowser(),
    tab: undefined,
    lives: 0,
  });
}

// After the last of all tests, since no `describe` is around it.
after(async () => {
  const { retouchPanelPages: pages } = holder;
  if (!pages) return;
  holder.retouchPanelPages = undefined;
  await pages.browser.close();
  await new Promise((resolve) => pages.server.close(resolve));
});

const plain: BrowserContextOptions = { reducedMotion: 'reduce' };

async function openTab({ browser }: Shared, options: BrowserContextOptions): Promise<Tab> {
  const context = await browser.newContext({ ...plain, ...options });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const problems: string[] = [];
  const consoleLines: string[] = [];
  page.on('console', (message) => {
    consoleLines.push(lineOf(message));
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => {
    consoleLines.push(`[error] ${error.stack ?? error.message}`);
    problems.push(error.message);
  });
  await page.addInitScript(fakeVscode);
  return { page, problems, consoleLines };
}

/**
 * The page for the tests of a `describe`: each begins with one that has never been shown. After each test nothing must
 * have been complained of; of one that failed the page's picture and console are kept.
 * @param path `/batch` for the panel of a batch
 */
export function panelPage(path: '/' | '/batch' = '/'): PanelPage {
  const panel = new PanelPage(path);
  afterEach(async function () {
    const problems = panel.problems.splice(0);
    const test = this.currentTest!;
    const hasFailed = test.state === 'failed';
    if (panel.isOpen && (hasFailed || problems.length > 0))
      console.log(await panel.leaveEvidence(test.fullTitle()));
    // What it may have left behind, such as a key that is held, is nothing to begin with.
    if (hasFailed) await panel.discard();
    assert.deepEqual(problems, []);
  });
  after(() => panel.close());
  return panel;
}

export interface Opening extends BrowserContextOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  /** See `stopClock`: a busy machine may take seconds for a click. */
  readonly stillClock?: boolean;
}

/** One panel after the other. */
export class PanelPage {
  private tab: Tab | undefined;

  constructor(private readonly path: string) {}

  get isOpen(): boolean {
    return this.tab !== undefined;
  }

  get page(): Page {
    assert.ok(this.tab, 'no page was opened');
    return this.tab.page;
  }

  /** What the page complained of, policy violations among it. */
  get problems(): string[] {
    return this.tab?.problems ?? [];
  }

  /** Keeps the picture of the page, and its console; says what it complained of, and where they are. */
  async leaveEvidence(title: string): Promise<string> {
    const { consoleLines } = this.tab!;
    const folder = await keepPage(title, this.page, consoleLines);
    return [...complaintsAmong(consoleLines), `Screen: ${join(folder, 'screen.png')}`].join('\n');
  }

  /** A page that has said that it is ready, and knows no state yet. Whatever it was before is forgotten. */
  async open({
    viewport = { width: 960, height: 720 },
    stillClock = false,
    ...options
  }: Opening = {}): Promise<void> {
    await this.close();
    const pages = await shared();
    if (stillClock || Object.keys(options).length > 0) {
      this.tab = await openTab(pages, { ...options, viewport });
    } else {
      this.tab = pages.tab ??= await openTab(pages, { viewport });
      // Where it was in the test before, it could point at something.
      await this.page.mouse.move(0, 0);
      const { width, height } = this.page.viewportSize()!;
      if (width !== viewport.width || height !== viewport.height)
        await this.page.setViewportSize(viewport);
    }
    this.tab.consoleLines.length = 0;
    const { port } = pages.server.address() as AddressInfo;
    await this.page.goto(`http://127.0.0.1:${port}${this.path}?life=${(pages.lives += 1)}`);
    await this.wear('dark');
    if (stillClock) await this.stopClock();
  }

  /** The page's clock stands still from now on but where it is told to go: neither timers nor frames come by themselves. */
  async stopClock(): Promise<void> {
    await this.page.clock.install({ time: 0 });
    await this.page.clock.pauseAt(60_000);
  }

  /** Opens a page and shows it a state and the pictures of all its versions. */
  async show(state: PanelState = review, opening?: Opening): Promise<void> {
    await this.open(opening);
    await this.fill(state);
  }

  /** The first version is of another size than the original; those after it are the original. */
  async fill(state: PanelState): Promise<void> {
    await this.state(state);
    const { original, edited } = await samplePictures();
    await this.picture('original', 'image/png', original);
    for (const version of state.versions.keys())
      await this.picture(version, 'image/png', version === 0 ? edited : original);
    await this.page.getByRole('img', { name: 'Edited' }).waitFor();
    await this.frames();
  }

  /** As VS Code does with a panel that was hidden: all is gone but what the page kept. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.wear('dark');
  }

  async wear(theme: Theme): Promise<void> {
    await this.page.evaluate(`wear(${JSON.stringify(themes[theme])})`);
  }

  async state(state: PanelState): Promise<void> {
    await this.receive({ type: 'state', state });
  }

  async picture(name: PictureName, mime: string, bytes: Uint8Array): Promise<void> {
    await this.receiveBytes({ type: 'picture', name, mime }, 'bytes', bytes);
  }

  async heat(
    version: number,
    { width, height }: { readonly width: number; readonly height: number },
    values: Uint8Array,
    raw = false,
  ): Promise<void> {
    await this.receiveBytes({ type: 'heat', version, raw, width, height }, 'values', values);
  }

  /** What the host gives to be copied. */
  async copy(mime: string, bytes: Uint8Array): Promise<void> {
    const base64 = Buffer.from(bytes).toString('base64');
    await this.page.evaluate(`receiveCopy('${mime}', '${base64}')`);
  }

  async refuseCopy(problem: string): Promise<void> {
    await this.receive({ type: 'copy', problem });
  }

  async region(region: MarkedRegion | undefined): Promise<void> {
    await this.receive({ type: 'region', region });
  }

  /** What the panel told the host so far, `ready` aside. */
  async sent(): Promise<FromWebview[]> {
    const sent = await this.page.evaluate<FromWebview[]>('sent');
    return sent.filter(({ type }) => type !== 'ready');
  }

  async messages(type: string): Promise<FromWebview[]> {
    return (await this.sent()).filter((message) => message.type === type);
  }

  /** What the panel kept for its next life. */
  async kept(): Promise<Record<string, unknown>> {
    return this.page.evaluate<Record<string, unknown>>('kept()');
  }

  key(name: string): Promise<void> {
    return this.page.keyboard.press(name);
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  radio(name: string): Locator {
    return this.page.getByRole('radio', { name, exact: true });
  }

  mode(name: string): Promise<void> {
    return this.radio(name).check({ force: true });
  }

  /** A row of the list of changes, counted from 1. */
  change(number: number): Locator {
    return this.page
      .getByRole('list', { name: 'Changes' })
      .getByRole('checkbox', { name: `Change ${number}, ` });
  }

  status(): Promise<string> {
    return this.page.getByRole('status').innerText();
  }

  percent(): Promise<string> {
    return this.page.locator('#percent').innerText();
  }

  focusPanel(): Promise<void> {
    return this.page.locator('main').focus();
  }

  /** The name of what has the focus. */
  focused(): Promise<string> {
    return this.page.evaluate<string>("document.activeElement.getAttribute('aria-label')");
  }

  computed(selector: string, property: string): Promise<string> {
    return this.page.evaluate<string>(
      `getComputedStyle(document.querySelector('${selector}'))['${property}']`,
    );
  }

  opacity(selector: string): Promise<string> {
    return this.computed(selector, 'opacity');
  }

  async boxOf(selector: string) {
    const box = await this.page.locator(selector).boundingBox();
    assert.ok(box, `${selector} cannot be seen`);
    return box;
  }

  /** Which spot of the original is at a place of the page, by the picture's own box. */
  async spotAt(selector: string, x: number, y: number): Promise<{ x: number; y: number }> {
    const box = await this.boxOf(selector);
    return {
      x: ((x - box.x) / box.width) * size.width,
      y: ((y - box.y) / box.height) * size.height,
    };
  }

  /** Two frames: what was asked for is drawn. */
  async frames(): Promise<void> {
    await this.page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
    );
  }

  /** Looks until it is as it should be, and says what it saw last where that never comes. */
  async until<Seen>(
    what: string,
    look: () => Promise<Seen>,
    isRight: (seen: Seen) => boolean,
  ): Promise<void> {
    const end = Date.now() + patience;
    for (;;) {
      const seen = await look();
      if (isRight(seen)) return;
      assert.ok(Date.now() < end, `waited for: ${what}; saw: ${JSON.stringify(seen)}`);
      await this.frames();
    }
  }

  async receive(message: ToWebview | ToBatch): Promise<void> {
    await this.page.evaluate(`receive(${JSON.stringify(message)})`);
  }

  /** Leaves the page to the next one who needs it, where it is nothing special. */
  async close(): Promise<void> {
    const { tab } = this;
    this.tab = undefined;
    if (tab && tab !== holder.retouchPanelPages?.tab) await tab.page.context().close();
  }

  /** Nobody is to have this page again. */
  async discard(): Promise<void> {
    if (holder.retouchPanelPages && holder.retouchPanelPages.tab === this.tab)
      holder.retouchPanelPages.tab = undefined;
    await this.close();
  }

  private async receiveBytes(message: object, key: string, bytes: Uint8Array): Promise<void> {
    const base64 = Buffer.from(bytes).toString('base64');
    await this.page.evaluate(`receiveBytes(${JSON.stringify(message)}, '${key}', '${base64}')`);
  }
}

let painted: Promise<{ original: Uint8Array; edited: Uint8Array }> | undefined;

/** Painted once for all tests of a file. */
export function samplePictures(): Promise<{ original: Uint8Array; edited: Uint8Array }> {
  return (painted ??= Promise.all([paint(), paint({ width: 1536, height: 1024 }, true)]).then(
    ([original, edited]) => ({ original, edited }),
  ));
}

/** Two places of the page or of a picture that are the same but for rounding. */
export function near(
  actual: { x: number; y: number },
  expected: { x: number; y: number },
  within = 2,
): void {
  const apart = Math.hypot(actual.x - expected.x, actual.y - expected.y);
  assert.ok(apart <= within, `${JSON.stringify(actual)} and ${JSON.stringify(expected)}`);
}

function pageAt(url: string | undefined): string {
  return url?.startsWith('/batch') === true
    ? batchHtml({ ...readPageFiles('.', ...batchFiles), title: 'Edit 3 images' })
    : panelHtml({ ...readPageFiles('.', ...panelFiles), title: 'Compare: photo.jpg' });
}
