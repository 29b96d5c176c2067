// An original goes in; the region that the user marks in it, before anything is asked of a model, comes out.
import type { ComparePanel } from '../compare/comparePanel';
import type { MarkedRegion } from '../compare/protocol';
import { readOrientation } from '../picture/metadata/metadata';
import { PictureError } from '../picture/pictureError';
import type { Compared } from './edit';
import { openPanel } from './panelOfEdit';
import { pictureWorker } from './pictureWorker';
import { showable } from './readyUploads';

/** The panel stays open while the user goes on to say what is to change there, and may go on to mark. */
export class Marking {
  private panel: ComparePanel | undefined;

  /** @param marked before */
  constructor(
    private readonly of: Pick<Compared, 'services' | 'subject' | 'fileName' | 'original'>,
    private marked: MarkedRegion | undefined,
  ) {}

  /** Undefined where nothing is marked: then all of the picture may change. */
  get region(): MarkedRegion | undefined {
    return this.panel ? this.panel.region : this.marked;
  }

  /**
   * Ends when the user is done with it. Closing the tab is no reason to forget what is marked.
   * @throws PictureError where nothing can be marked in the original
   */
  async mark(): Promise<void> {
    const panel = await this.open();
    for (;;) {
      const decision = await panel.nextDecision();
      if (decision === 'cancel' || decision === 'marked' || decision === 'closed') return;
    }
  }

  close(): void {
    this.panel?.dispose();
  }

  private async open(): Promise<ComparePanel> {
    if (this.panel) {
      this.panel.reveal();
      return this.panel;
    }
    const { services, original } = this.of;
    if (original.info.format === 'WebP' && readOrientation(original.bytes) !== 1) {
      // Browsers show it as it is stored, and everything else turns it.
      throw new PictureError(
        'A region cannot be marked in a WebP that wants to be turned. Save it upright first.',
      );
    }
    const display = await showable(original, undefined, (job) => pictureWorker(services).run(job));
    const panel = openPanel(
      { ...this.of, display },
      { phase: 'marking', startedAt: Date.now(), rounds: [] },
    );
    panel.region = this.marked;
    this.panel = panel;
    let cancelled = false;
    panel.onDidDecide((decision) => {
      if (decision === 'marked') this.marked = panel.region;
      else if (decision === 'cancel') {
        cancelled = true;
        panel.dispose();
      } else if (decision === 'closed') {
        if (!cancelled) this.marked = panel.region;
        this.panel = undefined;
      }
    });
    return panel;
  }
}
