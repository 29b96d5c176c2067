// An original goes in; the region that the user marks in it, before anything is asked of a model, comes out.
import type { ComparePanel } from '../compare/comparePanel';
import type { MarkedRegion } from '../compare/protocol';
import { pictureWorker } from './pictureWorker';
import { showable } from './readyUploads';
import { openPanel, type Compared } from './review';

/** The panel stays open while the user goes on to say what is to change there. */
export class Marking {
  private panel: ComparePanel | undefined;

  /** @param region marked before */
  constructor(
    private readonly of: Pick<Compared, 'services' | 'subject' | 'fileName' | 'original'>,
    /** Undefined where nothing is marked: then all of the picture may change. */
    public region: MarkedRegion | undefined,
  ) {}

  /**
   * Ends when the user is done with it. Closing the tab is no reason to forget what is marked.
   * @throws PictureError where the original cannot be shown
   */
  async mark(): Promise<void> {
    const panel = await this.open();
    for (;;) {
      const decision = await panel.nextDecision();
      if (decision === 'cancel') {
        this.close();
        return;
      }
      if (decision !== 'marked' && decision !== 'closed') continue;
      this.region = panel.region;
      return;
    }
  }

  close(): void {
    this.panel?.dispose();
    this.panel = undefined;
  }

  private async open(): Promise<ComparePanel> {
    if (this.panel?.isOpen) {
      this.panel.reveal();
      return this.panel;
    }
    const { services, original } = this.of;
    const display = await showable(original, undefined, (job) => pictureWorker(services).run(job));
    const panel = openPanel({ ...this.of, display }, { phase: 'marking', startedAt: Date.now() });
    panel.region = this.region;
    this.panel = panel;
    return panel;
  }
}
