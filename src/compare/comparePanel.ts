// The host's side of the compare panel: the original and the edited picture go in, what the user did comes out.
import { randomBytes } from 'node:crypto';
import {
  EventEmitter,
  Uri,
  ViewColumn,
  window,
  type Disposable,
  type Event,
  type WebviewPanel,
} from 'vscode';
import { panelHtml } from './panelHtml';
import type { FromWebview, PanelAction, PanelState, ToWebview } from './protocol';

export interface PanelPicture {
  readonly bytes: Uint8Array;
  readonly mime: string;
}

/** What the user did: the panel's own messages, or closing its tab. */
export type Decision = Exclude<PanelAction, 'ready'> | 'closed';

export const viewType = 'retouch.compare';

const actions: readonly unknown[] = ['accept', 'saveAs', 'discard', 'cancel'] satisfies Decision[];

/** One tab. It decides nothing: the flow asks for the next decision and says what to show. */
export class ComparePanel implements Disposable {
  private readonly panel: WebviewPanel;
  private readonly didDecide = new EventEmitter<Decision>();
  readonly onDidDecide: Event<Decision> = this.didDecide.event;
  private edited: PanelPicture | undefined;
  private open = true;
  /** True once the webview has asked for its state: what is posted before is lost. */
  private ready = false;

  constructor(
    extensionUri: Uri,
    private state: Omit<PanelState, 'now'>,
    private readonly original: PanelPicture,
    onUnshown: (side: 'original' | 'edited') => void,
  ) {
    const roots = {
      script: Uri.joinPath(extensionUri, 'dist'),
      style: Uri.joinPath(extensionUri, 'media'),
    };
    const title = `Compare: ${state.fileName}`;
    this.panel = window.createWebviewPanel(viewType, title, ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [roots.script, roots.style],
    });
    this.panel.iconPath = Uri.joinPath(roots.style, 'icon.svg');
    this.panel.onDidDispose(() => {
      this.open = false;
      this.didDecide.fire('closed');
      this.didDecide.dispose();
    });
    const { webview } = this.panel;
    webview.onDidReceiveMessage((message: unknown) => {
      if (!isFromWebview(message)) return;
      if (message.type === 'ready') this.sendAll();
      else if (message.type === 'unshown') onUnshown(message.side);
      else this.didDecide.fire(message.type);
    });
    webview.html = panelHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
      scriptUri: webview.asWebviewUri(Uri.joinPath(roots.script, 'webview.js')).toString(),
      styleUri: webview.asWebviewUri(Uri.joinPath(roots.style, 'panel.css')).toString(),
      title,
    });
  }

  get isOpen(): boolean {
    return this.open;
  }

  update(change: Partial<PanelState>): void {
    this.state = { ...this.state, ...change };
    if (this.ready) this.post({ type: 'state', state: { ...this.state, now: Date.now() } });
  }

  showEdited(picture: PanelPicture, change: Partial<PanelState>): void {
    this.edited = picture;
    if (this.ready) this.postPicture('edited', picture);
    this.update(change);
  }

  /** What the user does next. What they did while nobody asked, such as Accept while saving, does not count. */
  nextDecision(): Promise<Decision> {
    if (!this.open) return Promise.resolve('closed');
    return new Promise((resolve) => {
      const listener = this.onDidDecide((decision) => {
        listener.dispose();
        resolve(decision);
      });
    });
  }

  /** As if the user had done it in the panel. */
  decide(decision: Decision): void {
    if (this.open) this.didDecide.fire(decision);
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** Everything, since a webview that was hidden or moved starts with nothing. */
  private sendAll(): void {
    this.ready = true;
    this.update({});
    this.postPicture('original', this.original);
    if (this.edited) this.postPicture('edited', this.edited);
  }

  private postPicture(side: 'original' | 'edited', { bytes, mime }: PanelPicture): void {
    // A copy of exactly these bytes: their buffer may be larger, and shared.
    const copy = new Uint8Array(bytes).buffer;
    this.post({ type: 'picture', side, mime, bytes: copy });
  }

  private post(message: ToWebview): void {
    if (this.open) void this.panel.webview.postMessage(message);
  }
}

function isFromWebview(message: unknown): message is FromWebview {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  if (message.type === 'unshown')
    return 'side' in message && (message.side === 'original' || message.side === 'edited');
  return message.type === 'ready' || actions.includes(message.type);
}
