// The host's side of a batch's panel: how the batch stands goes in, what the user wants comes out.
import { EventEmitter, Uri, ViewColumn, window, type Disposable, type WebviewPanel } from 'vscode';
import { batchFiles, batchHtml } from './batchHtml';
import { batchWishes, type BatchState, type BatchWish, type ToBatch } from './batchProtocol';
import { rememberLive } from './livePanels';
import { readPageFiles } from './pageFiles';

export const batchViewType = 'retouch.batch';

/** One tab. Closing it stops nothing: the flow goes on, and may open another. */
export class BatchPanel implements Disposable {
  private readonly panel: WebviewPanel;
  private readonly didWish = new EventEmitter<BatchWish | 'closed'>();
  readonly onDidWish = this.didWish.event;
  private open = true;
  /** True once the webview has asked for its state: what is posted before is lost. */
  private ready = false;

  constructor(
    extensionUri: Uri,
    private state: BatchState,
  ) {
    const { title } = state;
    // Before there is a tab: one that cannot be filled must not stay open.
    const html = batchHtml({ ...readPageFiles(extensionUri.fsPath, ...batchFiles), title });
    this.panel = window.createWebviewPanel(batchViewType, title, ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [],
    });
    rememberLive(this.panel);
    this.panel.iconPath = Uri.joinPath(extensionUri, 'media', 'icon.svg');
    this.panel.onDidDispose(() => {
      this.open = false;
      this.didWish.fire('closed');
      this.didWish.dispose();
    });
    const { webview } = this.panel;
    webview.onDidReceiveMessage((message: unknown) => {
      const type = typeOf(message);
      this.post({ type: 'heard' });
      if (type === 'ready') {
        this.ready = true;
        this.update(this.state);
      }
      const wish = batchWishes.find((known) => known === type);
      if (wish) this.didWish.fire(wish);
    });
    webview.html = html;
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Whether the user sees it. */
  get isVisible(): boolean {
    return this.open && this.panel.visible;
  }

  update(state: BatchState): void {
    this.state = state;
    if (this.ready) this.post({ type: 'batch', state });
  }

  /** Brings the tab to the front. */
  reveal(): void {
    if (this.open) this.panel.reveal();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private post(message: ToBatch): void {
    if (this.open) void this.panel.webview.postMessage(message);
  }
}

function typeOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'type' in message
    ? message.type
    : undefined;
}
