// Takes the host's state and how the user looks at it; keeps of both what the panel needs after a reload.
import { keptOf } from '../compare/keptOf';
import type { KeptByWebview, PanelState } from '../compare/protocol';
import type { ViewState } from './viewState';

/** Each time is a message to VS Code, which need not hear of every frame; in milliseconds. */
const pause = 150;

export class KeptState {
  private kept: KeptByWebview;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = 0;

  /** @param saved what an earlier life kept: it counts until the host has sent its state */
  constructor(
    saved: unknown,
    private readonly view: ViewState,
    private readonly save: (state: ViewState & KeptByWebview) => void,
  ) {
    this.kept = typeof saved === 'object' && saved !== null ? saved : {};
    // At the latest when the page goes.
    window.addEventListener('pagehide', () => this.write());
  }

  /** To be called after each change of either. */
  keep(state?: PanelState): void {
    if (state) this.kept = keptOf(state, this.kept);
    if (Date.now() - this.last > pause) this.write();
    else this.timer ??= setTimeout(() => this.write(), pause);
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.last = Date.now();
    this.save({ ...this.kept, ...this.view });
  }
}
