// Takes a state and pictures; gives the panel's own page in a real browser, with a fake of what VS Code gives a webview.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
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
import themes from './themes.json';

export type Theme = keyof typeof themes;
export const themeNames = Object.keys(themes) as Theme[];

/** What VS Code gives every webview, as far as it reaches the panel: 1.139. */
const defaultSheet = `@layer vscode-default {
  html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
  body { background-color: transparent; color: var(--vscode-editor-foreground); margin: 0; padding: 0 20px; }
  img, video { max-width: 100%; max-height: 100%; }
  a:focus, input:focus, select:focus, textarea:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
}`;

const fake = `
  const sent = [];
  // Ends when the page has heard of it: its own listener is older.
  const deliver = (message) =>
    new Promise((resolve) => {
      window.addEventListener('message', () => resolve(), { once: true });
      window.postMessage(message, '*');
    });
  Object.assign(window, {
    sent,
    acquireVsCodeApi: () => ({
      postMessage: (message) => sent.push(message),
      getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
      setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
    }),
    receive: deliver,
    receiveBytes: (message, key, base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      return deliver({ ...message, [key]: bytes.buffer });
    },
    receiveCopy: (mime, base64) => {
      const { buffer } = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      return deliver({ type: 'copy', picture: { mime, bytes: buffer } });
    },
    wear: ({ body, variables }) => {
      document.body.className = 'vscode-body ' + body;
      for (const name of [...document.documentElement.style])
        document.documentElement.style.removeProperty(name);
      for (const [name, value] of Object.entries(variables))
        document.documentElement.style.setProperty(name, value);
    },
  });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(${JSON.stringify(defaultSheet)});
  document.adoptedStyleSheets = [sheet];
`;

/** Serves panels, and starts the browser that shows them. */
export class PanelPages {
  private constructor(
    private readonly server: Server,
    private readonly browser: Browser,
  ) {}

  static async start(): Promise<PanelPages> {
    const server = createServer(({ url }, response) => {
      response.setHeader('Content-Type', 'text/html').end(pageAt(url));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PanelPages(server, await launchBrowser());
  }

  /** @param path `/batch` for the panel of a batch */
  async open(options: BrowserContextOptions = {}, path = '/'): Promise<PanelPage> {
    const context = await this.browser.newContext({
      viewport: { width: 960, height: 720 },
      ...options,
    });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.addInitScript(fake);
    const { port } = this.server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}${path}`);
    const panel = new PanelPage(page, problems);
    await panel.wear('dark');
    return panel;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** One panel. */
export class PanelPage {
  constructor(
    readonly page: Page,
    /** What the page complained of, policy violations among it. */
    readonly problems: readonly string[],
  ) {}

  async wear(theme: Theme): Promise<void> {
    await this.page.evaluate(`wear(${JSON.stringify(themes[theme])})`);
  }

  async state(state: PanelState): Promise<void> {
    await this.receive({ type: 'state', state });
  }

  async picture(name: PictureName, mime: string, bytes: Uint8Array): Promise<void> {
    await this.receiveBytes({ type: 'picture', name, mime }, 'bytes', bytes);
  }

  async heat(version: number, width: number, height: number, values: Uint8Array): Promise<void> {
    await this.receiveBytes({ type: 'heat', version, width, height }, 'values', values);
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

  /** What the panel kept for its next life. */
  async kept(): Promise<Record<string, unknown>> {
    return this.page.evaluate<Record<string, unknown>>(
      'JSON.parse(sessionStorage.getItem("state"))',
    );
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  async receive(message: ToWebview | ToBatch): Promise<void> {
    await this.page.evaluate(`receive(${JSON.stringify(message)})`);
  }

  private async receiveBytes(message: object, key: string, bytes: Uint8Array): Promise<void> {
    const base64 = Buffer.from(bytes).toString('base64');
    await this.page.evaluate(`receiveBytes(${JSON.stringify(message)}, '${key}', '${base64}')`);
  }
}

function pageAt(url: string | undefined): string {
  return url === '/batch'
    ? batchHtml({ ...readPageFiles('.', ...batchFiles), title: 'Edit 3 images' })
    : panelHtml({ ...readPageFiles('.', ...panelFiles), title: 'Compare: photo.jpg' });
}
