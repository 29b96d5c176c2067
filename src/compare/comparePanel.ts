// The host's side of the compare panel: the original and the edited picture go in, what the user did comes out.
import {
  EventEmitter,
  Uri,
  ViewColumn,
  window,
  type Disposable,
  type Event,
  type WebviewPanel,
} from 'vscode';
import { rememberLive } from './livePanels';
import { readPageFiles } from './pageFiles';
import { panelFiles, panelHtml } from './panelHtml';
import {
  isMarkedRegion,
  type Fit,
  type FromWebview,
  type MarkedRegion,
  type PanelState,
  type PartialFacts,
  type PictureName,
  type ToWebview,
  type VersionFacts,
} from './protocol';

export interface PanelPicture {
  readonly bytes: Uint8Array;
  readonly mime: string;
}

/** How different pixels are: a byte each, row by row. */
export interface HeatMap {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

/** Another round is wanted. */
export type Again = Extract<FromWebview, { type: 'again' }>;

/** What the user did: the panel's own messages, or closing its tab. */
export type Decision =
  | 'accept'
  | 'savePng'
  | 'saveAs'
  | 'replace'
  | 'discard'
  | 'cancel'
  | 'marked'
  | 'markRegion'
  | 'closed'
  | Again
  | { readonly type: 'delete'; readonly version: number };

/** What the user wants to see, or of the edited picture. */
export type Adjustment =
  | Extract<
      FromWebview,
      { type: 'keep' | 'keepOverall' | 'threshold' | 'rawHeat' | 'align' | 'match' }
    >
  | { readonly type: 'show'; readonly version: number };

export const viewType = 'retouch.compare';

/** @param fileName of the original, as shown to people */
export function titleOf(fileName: string): string {
  return `Compare: ${fileName}`;
}

/** One tab. It decides nothing: the flow asks for the next decision and says what to show. */
export class ComparePanel implements Disposable {
  private readonly panel: WebviewPanel;
  private readonly didDecide = new EventEmitter<Decision>();
  readonly onDidDecide: Event<Decision> = this.didDecide.event;
  private readonly didAdjust = new EventEmitter<Adjustment>();
  readonly onDidAdjust: Event<Adjustment> = this.didAdjust.event;
  private readonly didAskCopy = new EventEmitter<number>();
  /** Of which version a copy is wanted, from 0: `answerCopy` gives it. */
  readonly onDidAskCopy: Event<number> = this.didAskCopy.event;
  private readonly listeners: Disposable[] = [];
  private readonly pictures = new Map<PictureName, PanelPicture>();
  private heat: (HeatMap & { readonly version: number }) | undefined;
  /** What is marked, by the user or before anything is shown. Undefined where all of the picture may change. */
  region: MarkedRegion | undefined;
  private open = true;
  /** True once the webview has asked for its state: what is posted before is lost. */
  private ready = false;

  constructor(
    extensionUri: Uri,
    private state: Omit<PanelState, 'now'>,
    original: PanelPicture,
    private readonly onUnshown: (name: PictureName) => void,
    /** A tab that is here already, to be filled: brought back by VS Code, or released by another panel. */
    restored?: WebviewPanel,
  ) {
    this.pictures.set('original', original);
    const title =
      state.phase === 'marking' ? `Mark Region: ${state.fileName}` : titleOf(state.fileName);
    // Before there is a tab: one that cannot be filled must not stay open.
    const html = panelHtml({ ...readPageFiles(extensionUri.fsPath, ...panelFiles), title });
    const options = { enableScripts: true, localResourceRoots: [] };
    this.panel = restored ?? window.createWebviewPanel(viewType, title, ViewColumn.Active, options);
    rememberLive(this.panel);
    this.panel.webview.options = options;
    this.panel.title = title;
    this.panel.iconPath = Uri.joinPath(extensionUri, 'media', 'icon.svg');
    const { webview } = this.panel;
    this.listeners.push(
      this.panel.onDidDispose(() => this.end()),
      webview.onDidReceiveMessage((message: unknown) => {
        if (isFromWebview(message)) this.receive(message);
      }),
    );
    webview.html = html;
  }

  /** Of its tab. */
  get title(): string {
    return this.panel.title;
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Which version the user sees, from 0. */
  get shown(): number {
    return this.state.shown;
  }

  update(change: Partial<PanelState>): void {
    this.state = { ...this.state, ...change };
    if (this.ready) this.post({ type: 'state', state: { ...this.state, now: Date.now() } });
  }

  /** In place of the partial picture before. */
  showPartial(picture: PanelPicture, facts: PartialFacts): void {
    this.addPicture('partial', picture);
    this.update({ partial: facts });
  }

  /**
   * Partial pictures are over with them.
   * @param change has the facts of all versions
   * @param first the number of the first of these, from 0: those before are here already
   */
  showVersions(
    pictures: readonly PanelPicture[],
    change: Partial<PanelState> & { readonly versions: readonly VersionFacts[] },
    first = 0,
  ): void {
    this.pictures.delete('partial');
    pictures.forEach((picture, at) => this.addPicture(first + at, picture));
    this.update({ partial: undefined, ...change });
  }

  /** In place of the edited picture `version`: what will be saved. Undefined where that looks the same. */
  showPreview(version: number, picture: PanelPicture | undefined): void {
    if (picture) this.addPicture('preview', picture);
    else this.pictures.delete('preview');
    this.update({ previewOf: picture && version });
  }

  /** @param picture what goes to the clipboard, or why it cannot, as a sentence */
  answerCopy(picture: PanelPicture | string): void {
    if (typeof picture === 'string') this.post({ type: 'copy', problem: picture });
    else {
      const { mime, bytes } = picture;
      this.post({ type: 'copy', picture: { mime, bytes: new Uint8Array(bytes).buffer } });
    }
  }

  /** @param raw whether it is the one that was asked for: a page that wants it again asks again */
  showHeat(version: number, heat: HeatMap, raw = false): void {
    if (raw) {
      this.postHeat({ version, ...heat }, true);
      return;
    }
    this.heat = { version, ...heat };
    if (this.ready) this.postHeat(this.heat);
  }

  /** Brings the tab to the front. */
  reveal(): void {
    if (this.open) this.panel.reveal();
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
    if (this.open) this.panel.dispose();
  }

  /** As `dispose`, but the tab stays, for another panel to fill. */
  release(): WebviewPanel {
    this.end();
    return this.panel;
  }

  private end(): void {
    this.open = false;
    for (const listener of this.listeners) listener.dispose();
    this.didDecide.fire('closed');
    this.didDecide.dispose();
    this.didAdjust.dispose();
    this.didAskCopy.dispose();
  }

  private receive(message: FromWebview): void {
    // What the page before says, in the same tab, is about what that showed.
    if (!this.ready && message.type !== 'ready') return;
    this.post({ type: 'heard' });
    switch (message.type) {
      case 'ready':
        return this.sendAll();
      case 'unshown':
        return this.onUnshown(message.name);
      case 'discard':
      case 'cancel':
      case 'markRegion':
        return this.didDecide.fire(message.type);
      case 'keep':
      case 'keepOverall':
      case 'threshold':
      case 'rawHeat':
      case 'align':
      case 'match':
        return this.didAdjust.fire(message);
      case 'region':
        this.region = message.region;
        if (message.done) this.didDecide.fire('marked');
        return;
      case 'again':
        if (this.state.phase === 'review') this.didDecide.fire(message);
        return;
    }
    if (!(message.version in this.state.versions)) return;
    // What is being saved is what was seen when that was decided.
    if (this.state.phase === 'saving') return;
    if (message.type === 'delete') {
      this.didDecide.fire({ type: 'delete', version: message.version });
      return;
    }
    // Whatever state is on its way to the webview: what the user saw when they decided is what counts.
    this.update({ shown: message.version });
    if (message.type === 'show') this.didAdjust.fire({ type: 'show', version: message.version });
    else if (message.type === 'copy') this.didAskCopy.fire(message.version);
    else this.didDecide.fire(message.type);
  }

  /** Everything, since a webview that was hidden or moved starts with nothing. */
  private sendAll(): void {
    this.ready = true;
    this.update({});
    for (const [name, picture] of this.pictures) this.postPicture(name, picture);
    if (this.heat) this.postHeat(this.heat);
    if (this.state.phase === 'marking') this.post({ type: 'region', region: this.region });
  }

  private postHeat({ values, ...heat }: HeatMap & { readonly version: number }, raw = false): void {
    this.post({ type: 'heat', ...heat, raw, values: new Uint8Array(values).buffer });
  }

  private addPicture(name: PictureName, picture: PanelPicture): void {
    this.pictures.set(name, picture);
    if (this.ready) this.postPicture(name, picture);
  }

  private postPicture(name: PictureName, { bytes, mime }: PanelPicture): void {
    // A copy of exactly these bytes: their buffer may be larger, and shared.
    const copy = new Uint8Array(bytes).buffer;
    this.post({ type: 'picture', name, mime, bytes: copy });
  }

  private post(message: ToWebview): void {
    if (this.open) void this.panel.webview.postMessage(message);
  }
}

function isFromWebview(message: unknown): message is FromWebview {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  switch (message.type) {
    case 'ready':
    case 'discard':
    case 'cancel':
    case 'markRegion':
      return true;
    case 'accept':
    case 'savePng':
    case 'saveAs':
    case 'replace':
    case 'copy':
    case 'show':
    case 'delete':
    case 'rawHeat':
      return 'version' in message && typeof message.version === 'number';
    case 'again':
      return (
        'instruction' in message &&
        typeof message.instruction === 'string' &&
        'model' in message &&
        typeof message.model === 'string' &&
        (!('version' in message) || ['number', 'undefined'].includes(typeof message.version))
      );
    case 'unshown':
      return 'name' in message && ['string', 'number'].includes(typeof message.name);
    case 'keep':
      return (
        'version' in message &&
        typeof message.version === 'number' &&
        'changes' in message &&
        Array.isArray(message.changes) &&
        message.changes.every((change) => typeof change === 'number') &&
        'kept' in message &&
        typeof message.kept === 'boolean'
      );
    case 'keepOverall':
      return (
        'version' in message &&
        typeof message.version === 'number' &&
        'kept' in message &&
        typeof message.kept === 'boolean'
      );
    case 'region':
      return (
        'done' in message &&
        typeof message.done === 'boolean' &&
        (!('region' in message) || message.region === undefined || isMarkedRegion(message.region))
      );
    case 'threshold':
      return 'threshold' in message && isShare(message.threshold);
    case 'align':
      return 'on' in message && typeof message.on === 'boolean';
    case 'match':
      return (
        'on' in message &&
        typeof message.on === 'boolean' &&
        (!('fit' in message) || fits.some((fit) => fit === message.fit))
      );
    default:
      return false;
  }
}

const fits: readonly (Fit | undefined)[] = ['fit', 'crop', 'stretch', undefined];

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}
