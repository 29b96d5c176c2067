// Takes the tabs that the extension opens; the test speaks for their pages: what a page would get comes out, and what a
// page would send goes in. The tabs are VS Code's own, and empty.
import { Disposable, ViewColumn, window, type WebviewPanel } from 'vscode';
import type { BatchState, FromBatch, ToBatch } from '../../../src/compare/batchProtocol';
import type { FromWebview, PanelState, ToWebview } from '../../../src/compare/protocol';
import { until } from '../../support/until';

type ToPage = ToWebview | ToBatch;
type FromPage = FromWebview | FromBatch;

/** One tab's page. It asks for its state as soon as the extension gives it its HTML, as the real ones do. */
export class Page {
  /** All that it got, the oldest first. */
  readonly received: ToPage[] = [];
  private readonly listeners = new Set<(message: unknown) => unknown>();
  private open = true;
  private lastTitle: string;

  constructor(private readonly tab: WebviewPanel) {
    this.lastTitle = tab.title;
    tab.onDidDispose(() => (this.open = false));
    this.panel = this.follow();
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** As the tab says it, or said it before it was closed. */
  get title(): string {
    if (this.open) this.lastTitle = this.tab.title;
    return this.lastTitle;
  }

  /** Whether the user would see it. */
  get isVisible(): boolean {
    return this.open && this.tab.visible;
  }

  /** Of a compare panel, as it was told last; undefined before. */
  get state(): PanelState | undefined {
    return this.received.findLast((message) => message.type === 'state')?.state;
  }

  /** Of a batch's panel. */
  get batch(): BatchState | undefined {
    return this.received.findLast((message) => message.type === 'batch')?.state;
  }

  /** The bytes of the picture that was sent last under a name. */
  picture(name: Extract<ToWebview, { type: 'picture' }>['name']): Uint8Array | undefined {
    const message = this.received.findLast((one) => one.type === 'picture' && one.name === name) as
      Extract<ToWebview, { type: 'picture' }> | undefined;
    return message && new Uint8Array(message.bytes);
  }

  /** As the page would, when the user does something. */
  send(message: FromPage): void {
    for (const listener of this.listeners) listener(structuredClone(message));
  }

  /** Closes the tab, as the user does. */
  close(): void {
    this.tab.dispose();
  }

  /** Once the compare panel's state is as expected. */
  async untilState(what: string, expected: (state: PanelState) => boolean): Promise<PanelState> {
    const look = () => this.state !== undefined && expected(this.state) && this.state;
    return until(`panel ${what}`, look, () => ({ isOpen: this.open, state: this.state }));
  }

  /** Once the edited pictures are here, which the user can decide on. */
  async untilReview(): Promise<PanelState> {
    return this.untilState('with a picture to decide on', ({ phase }) => phase === 'review');
  }

  /** Once the pictures have been compared: what `Accept` saves is known. */
  async untilCompared(): Promise<PanelState> {
    return this.untilState(
      'that has compared its pictures',
      ({ phase, comparison, shown }) =>
        phase === 'review' && comparison?.version === shown && !comparison.busy,
    );
  }

  /** Once the batch stands as expected. */
  async untilBatch(what: string, expected: (state: BatchState) => boolean): Promise<BatchState> {
    const look = () => this.batch !== undefined && expected(this.batch) && this.batch;
    return until(`batch ${what}`, look, () => ({ isOpen: this.open, state: this.batch }));
  }

  /** Once its tab is closed. */
  async untilClosed(): Promise<void> {
    await until(
      `end of the tab ${this.title}`,
      () => !this.open,
      () => this.state,
    );
  }

  /** For the extension: what it is to take for the tab. */
  readonly panel: WebviewPanel;

  private follow(): WebviewPanel {
    const { tab } = this;
    const receive = (message: unknown) => this.receive(message as ToPage);
    const start = () => this.send({ type: 'ready' });
    const { listeners } = this;
    const webview = new Proxy(tab.webview, {
      get: (target, name): unknown => {
        if (name === 'postMessage') {
          return (message: unknown) => {
            receive(structuredClone(message));
            return Promise.resolve(true);
          };
        }
        if (name === 'onDidReceiveMessage') {
          return (listener: (message: unknown) => unknown): Disposable => {
            listeners.add(listener);
            return new Disposable(() => listeners.delete(listener));
          };
        }
        return Reflect.get(target, name, target);
      },
      set: (target, name, value) => {
        if (name !== 'html') return Reflect.set(target, name, value, target);
        // Whatever was loaded before is gone, and what is loaded now starts after the extension has gone on.
        setTimeout(start, 0);
        return true;
      },
    });
    return new Proxy(tab, {
      get: (target, name): unknown => {
        if (name === 'webview') return webview;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
      set: (target, name, value) => Reflect.set(target, name, value, target),
    });
  }

  private receive(message: ToPage): void {
    this.received.push(message);
  }
}

/** Every page that is opened from now on. */
export class Pages {
  private readonly opened: Page[] = [];
  private readonly original = window.createWebviewPanel;

  constructor() {
    const open: typeof window.createWebviewPanel = (_viewType, title, column, options) => {
      // Of another type: the extension that is installed here would take a tab that it does not know for a dead one.
      const page = new Page(this.original.call(window, 'test.page', title, column, options));
      this.opened.push(page);
      return page.panel;
    };
    Object.assign(window, { createWebviewPanel: open });
  }

  /** A tab that VS Code brings back after a reload: empty, and with another title until it is filled. */
  bringBack(): Page {
    const tab = this.original.call(window, 'test.page', 'Brought back', ViewColumn.Active, {});
    const page = new Page(tab);
    this.opened.push(page);
    return page;
  }

  /** All that were opened so far, the oldest first. */
  get all(): readonly Page[] {
    return this.opened;
  }

  /** The one that is open and has this title, once it is; of several the newest. */
  async titled(title: string): Promise<Page> {
    const look = () => this.opened.findLast((page) => page.isOpen && page.title === title);
    return until(`tab ${title}`, look, () =>
      this.opened.map((page) => `${page.title}${page.isOpen ? '' : ' (closed)'}`),
    );
  }

  /** Tabs are opened as ever again; those that are open are closed. */
  restore(): void {
    Object.assign(window, { createWebviewPanel: this.original });
    for (const page of this.opened) page.close();
  }
}
