// Takes the tabs that the extension opens; the test speaks for their pages: what a page would get comes out, and what a
// page would send goes in. VS Code shows none of them: what a tab does there is for the journeys in test/e2e.
import {
  Disposable,
  EventEmitter,
  ViewColumn,
  window,
  type Webview,
  type WebviewPanel,
  type WebviewPanelOnDidChangeViewStateEvent,
} from 'vscode';
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
  private readonly didDispose = new EventEmitter<void>();
  private readonly didChangeViewState = new EventEmitter<WebviewPanelOnDidChangeViewStateEvent>();
  private open = true;
  private front = true;

  constructor(title: string) {
    this.panel = this.makePanel(title);
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** As the tab says it, or said it before it was closed. */
  get title(): string {
    return this.panel.title;
  }

  /** Whether the user would see it. */
  get isVisible(): boolean {
    return this.open && this.front;
  }

  /** Another tab comes to the front, or this one again. */
  show(front: boolean): void {
    if (this.front === front) return;
    this.front = front;
    this.didChangeViewState.fire({ webviewPanel: this.panel });
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
    if (!this.open) return;
    this.open = false;
    this.didDispose.fire();
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

  private makeWebview(): Webview {
    const start = () => this.send({ type: 'ready' });
    return {
      options: {},
      cspSource: '',
      asWebviewUri: (uri) => uri,
      postMessage: (message: unknown) => {
        this.receive(structuredClone(message) as ToPage);
        return Promise.resolve(true);
      },
      onDidReceiveMessage: (listener) => {
        this.listeners.add(listener);
        return new Disposable(() => this.listeners.delete(listener));
      },
      get html() {
        return '';
      },
      set html(_html) {
        // Whatever was loaded before is gone, and what is loaded now starts after the extension has gone on.
        setTimeout(start, 0);
      },
    };
  }

  private makePanel(title: string): WebviewPanel {
    const isOpen = () => this.open;
    const isFront = () => this.isVisible;
    return {
      viewType: 'test.page',
      title,
      webview: this.makeWebview(),
      options: {},
      viewColumn: ViewColumn.One,
      get active() {
        return isFront();
      },
      get visible() {
        return isFront();
      },
      onDidChangeViewState: this.didChangeViewState.event,
      onDidDispose: this.didDispose.event,
      reveal: () => {
        if (!isOpen()) throw new Error(`the tab ${this.title} is closed`);
        this.show(true);
      },
      dispose: () => this.close(),
    };
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
    const open: typeof window.createWebviewPanel = (_viewType, title) => this.add(title).panel;
    Object.assign(window, { createWebviewPanel: open });
  }

  /** A tab that VS Code brings back after a reload: empty, and with another title until it is filled. */
  bringBack(): Page {
    return this.add('Brought back');
  }

  private add(title: string): Page {
    const page = new Page(title);
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
