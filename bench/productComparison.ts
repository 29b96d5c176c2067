// Two encoded pictures go in; what Retouch finds between them comes out, by the panel's own code with its own defaults.
import { resolve } from 'node:path';
import type { PanelState } from '../src/compare/protocol';
import { Comparing } from '../src/edit/comparing';
import type { Changes } from '../src/picture/changes';
import { identifyPicture, type PictureInfo } from '../src/picture/identify';
import type { Compared, Grouped, Job, Results } from '../src/picture/jobs';
import { PictureWorker } from '../src/picture/pictureWorker';

export interface Found {
  readonly changes: Changes;
  readonly compared: Compared;
  /** How the edited picture was laid over the original, for people. */
  readonly placement: string;
  /** From the encoded edited picture to the list of changes; the original is decoded before. */
  readonly milliseconds: number;
}

interface Encoded {
  readonly bytes: Uint8Array;
  readonly info: PictureInfo;
}

/** Notes what the jobs of a comparison give and take; the work itself is done as it ships. */
class WatchedWorker extends PictureWorker {
  milliseconds = 0;
  compared: Compared | undefined;
  changes: Changes | undefined;

  forget(): void {
    this.milliseconds = 0;
    this.compared = undefined;
    this.changes = undefined;
  }

  override async run<Type extends Job['type']>(
    job: Job & { readonly type: Type },
    signal?: AbortSignal,
  ): Promise<Results[Type]> {
    const begun = performance.now();
    const result = await super.run<Type>(job, signal);
    const type: Job['type'] = job.type;
    if (type !== 'decode') this.milliseconds += performance.now() - begun;
    const given: unknown = result;
    if (type === 'compare') this.compared = given as Compared;
    if (type === 'compare' || type === 'regroup') this.changes = (given as Grouped).changes;
    return result;
  }
}

/** One thread for as many pairs as there are, one after the other. */
export class ProductComparison {
  private readonly worker = new WatchedWorker(resolve('dist/pictureThread.js'));

  /** @throws Error with a sentence where one is no picture, or they cannot be compared */
  async compare(original: Uint8Array, edited: Uint8Array): Promise<Found> {
    const pictures = { original: identified(original), edited: identified(edited) };
    this.worker.forget();
    const { comparison, matching } = await this.shown(pictures.original, pictures.edited);
    const { changes, compared, milliseconds } = this.worker;
    if (comparison.problem !== undefined || !changes || !compared) {
      throw new Error(comparison.problem ?? 'they were not compared');
    }
    const placement = comparison.alignment.words ?? matching?.fit ?? 'as it came';
    return { changes, compared, placement, milliseconds };
  }

  dispose(): void {
    this.worker.dispose();
  }

  /** What the panel is told when all is known. What follows then, such as a preview, is given up. */
  private shown(original: Encoded, edited: Encoded): Promise<Told> {
    return new Promise((settle) => {
      const panel = {
        update: ({ comparison, matching }: Partial<PanelState>) => {
          if (!comparison || comparison.busy) return;
          comparing.rest();
          settle({ comparison, matching });
        },
        showPreview: () => undefined,
        showHeat: () => undefined,
      };
      const comparing = new Comparing({
        original,
        versions: [edited],
        worker: this.worker,
        panel: () => panel,
        // The panel is told the same.
        log: () => undefined,
        matchOriginal: true,
      });
      comparing.show(0);
    });
  }
}

interface Told {
  readonly comparison: NonNullable<PanelState['comparison']>;
  readonly matching: PanelState['matching'] | undefined;
}

function identified(bytes: Uint8Array): Encoded {
  const info = identifyPicture(bytes);
  if (!info) throw new Error('it is no picture that Retouch reads');
  return { bytes, info };
}
