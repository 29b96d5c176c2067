// The pictures of an edit go in, and what the user wants of them; how they differ from the original, and the picture that is
// to be saved, come out. The panel is told of all of it.
import type { Adjustment, ComparePanel } from '../compare/comparePanel';
import type {
  Comparison,
  Fit as FitName,
  KeptByWebview,
  MarkedRegion,
  OverallFacts,
} from '../compare/protocol';
import { defaultThreshold, type Changes } from '../picture/changes';
import { identifyPicture } from '../picture/identify';
import type { Compared, ComposeJob, Decoded, Grouped } from '../picture/jobs';
import type { Encoding } from '../picture/encoding';
import type { Provenance } from '../picture/metadata/provenance';
import { PictureError } from '../picture/pictureError';
import { needsFit, type Fit } from '../picture/placement';
import type { PictureWorker } from '../picture/pictureWorker';
import { alignmentInWords, notMoved } from './alignmentInWords';
import type { Beforehand } from './batchComparing';
import { comparePair, decodeOriginal, encoded, type How } from './comparePair';
import type { Picture } from './readOriginal';
import { carryOver, changeRejected } from './rejected';
import { encodingOf, lossInWords, savesInWords, type Saving } from './savesInWords';
import { toneInWords, whyToneStays } from './toneInWords';

export interface ComparingOptions {
  readonly original: Picture;
  readonly versions: readonly Picture[];
  readonly worker: PictureWorker;
  /** The panel of now: it may be closed and opened again. */
  readonly panel: () => Pick<ComparePanel, 'update' | 'showPreview' | 'showHeat'> | undefined;
  /** Hears of what cannot be compared. */
  readonly log: (problem: string) => void;
  /** The setting `retouch.matchOriginal`. */
  readonly matchOriginal: boolean;
  /** Whether the edited picture is aligned at first. Default true. */
  readonly aligned?: boolean;
  /** What the user wanted of one of the versions before the window was reloaded. */
  readonly restored?: (Omit<KeptByWebview, 'shown'> & { readonly shown: number }) | undefined;
  /** Outside of it nothing changes. */
  readonly region?: MarkedRegion | undefined;
  /** What was compared before there was a panel. */
  readonly beforehand?: Beforehand | undefined;
  /** What a saved version says of how it was made, if anything. */
  readonly provenance?: ((version: number) => Provenance) | undefined;
}

/** A picture that is ready to be saved. */
export interface Ready extends Picture {
  /** Whole sentences on what is not as it was; mostly none. */
  readonly said: readonly string[];
}

/** What the user wants of one version. */
interface Choices {
  threshold: number;
  aligned: boolean;
  matching: boolean;
  /** Only where the user has chosen one. */
  fit?: Fit;
  /** Ids of changes that are not kept, and the changes that these are of. */
  rejected: ReadonlySet<number>;
  rejectedOf?: Changes | undefined;
  /** Whether the edited picture's overall colour is kept. */
  keepsOverall: boolean;
  /** Of before the window was reloaded: numbers of changes, until these are found again. */
  restored?: readonly number[] | undefined;
}

/** What is known of the version that is shown: pixels are too many to be kept of all. */
interface Current {
  readonly version: number;
  readonly cancelled: AbortController;
  /** Settles when all of it is known, or why not. */
  done: Promise<void>;
  busy: boolean;
  problem?: string;
  /** Where the shapes differ. */
  fit?: Fit | undefined;
  original?: Decoded;
  compared?: Compared;
  /** As they are at the threshold of now. */
  grouped?: Grouped;
}

const fitNames: Readonly<Record<Fit, FitName>> = { Fit: 'fit', Crop: 'crop', Stretch: 'stretch' };

/** Pixels up to which a preview is PNG, which is exact. */
const exactPreview = 4_000_000;

export class Comparing {
  private readonly choices = new Map<number, Choices>();
  private current: Current | undefined;
  /** Counts previews, of which only the last one counts. */
  private previews = 0;

  constructor(private readonly options: ComparingOptions) {}

  /** The panel shows this version, or is a new one that does. */
  show(version: number): void {
    if (!this.options.versions[version]) return;
    if (this.current?.version !== version) return this.begin(version);
    this.tell(this.current);
    this.showHeat(this.current);
    void this.preview(this.current);
  }

  adjust(adjustment: Adjustment): void {
    if (adjustment.type === 'show') return this.show(adjustment.version);
    const { current } = this;
    if (!current) return;
    const choices = this.choicesOf(current.version);
    switch (adjustment.type) {
      case 'keep':
        if (adjustment.version === current.version) {
          choices.rejected = changeRejected(choices.rejected, changesOf(current), adjustment);
          choices.rejectedOf = changesOf(current);
          this.tell(current);
          void this.preview(current);
        }
        return;
      case 'keepOverall':
        if (adjustment.version === current.version) this.keepOverall(current, adjustment.kept);
        return;
      case 'rawHeat':
        if (adjustment.version === current.version) void this.showRawHeat(current);
        return;
      case 'threshold':
        choices.threshold = adjustment.threshold;
        return this.regroup(current);
      case 'align':
        choices.aligned = adjustment.on;
        return this.begin(current.version);
      case 'match': {
        const fit = fitNamed(adjustment.fit);
        choices.matching = adjustment.on;
        if (fit) choices.fit = fit;
        return this.begin(current.version);
      }
    }
  }

  /** The overall colour of the edited picture is kept, or the original's is put back, where it can be. */
  private keepOverall(current: Current, kept: boolean): void {
    if (!this.overallOf(current)?.tone.invertible) return;
    this.choicesOf(current.version).keepsOverall = kept;
    this.tell(current);
    void this.preview(current);
  }

  /** Undefined where people see none. */
  private overallOf({ compared, version }: Current): ComposeJob['overall'] {
    const tone = compared?.tone;
    if (!tone?.shown) return undefined;
    return { tone, kept: this.choicesOf(version).keepsOverall || !tone.invertible };
  }

  /**
   * @param asPng whether it is to be PNG, whatever the original is: that keeps each pixel
   * @throws PictureError where it cannot be made: without Match Original it can be saved as it was received
   */
  async finish(version: number, asPng = false): Promise<Ready> {
    const received = this.options.versions[version]!;
    const { region } = this.options;
    const choices = this.choicesOf(version);
    const { matching } = choices;
    const isWhole = rejectsNothing(choices);
    if (!matching && !region && isWhole) return this.asReceived(received, asPng);
    const current = await this.settled(version);
    this.refuseUncomposed(current, !isWhole);
    if (!matching && !this.isComposed(current)) {
      const said = region ? ['What lies outside of the region is as it came'] : [];
      return this.asReceived(received, asPng, said);
    }
    const { worker, original, provenance } = this.options;
    const composed = await this.compose(current);
    const notes = asPng ? [] : lossInWords(this.savingOf(current));
    if (matching && region && !composed) {
      throw new PictureError(
        `what lies outside of the region cannot be put back: ${current.problem ?? 'it cannot be compared.'} Without Match Original it can be saved as it was received`,
      );
    }
    if (matching) {
      const { bytes, said } = await worker.run({
        type: 'match',
        original: encoded(original),
        edited: composed ?? encoded(received),
        provenance: provenance?.(version),
        ...(asPng && { format: 'PNG' }),
      });
      return { ...identified(bytes), said: [...said, ...notes] };
    }
    if (!composed) return this.asReceived(received, asPng);
    const encoding = asPng ? ({ format: 'PNG' } as const) : encodingOf(received);
    const { bytes } = await worker.run({ type: 'encode', picture: composed, encoding });
    return { ...identified(bytes), said: notes };
  }

  private async asReceived(
    received: Picture,
    asPng: boolean,
    said: readonly string[] = [],
  ): Promise<Ready> {
    if (!asPng || received.info.format === 'PNG') return { ...received, said };
    const { worker } = this.options;
    const picture = await worker.run({ type: 'decode', encoded: encoded(received) });
    const { bytes } = await worker.run({ type: 'encode', picture, encoding: { format: 'PNG' } });
    return { ...identified(bytes), said };
  }

  /** What the user sees of it, without loss: another edit may start from that. @throws PictureError */
  async seen(version: number): Promise<Picture> {
    const received = this.options.versions[version]!;
    const isWhole = rejectsNothing(this.choicesOf(version));
    const current = await this.settled(version);
    if (!this.isComposed(current)) {
      this.refuseUncomposed(current, this.options.region !== undefined || !isWhole);
      return received;
    }
    const composed = await this.compose(current);
    if (!composed) return received;
    const job = { type: 'encode', picture: composed, encoding: { format: 'PNG' } } as const;
    const { bytes } = await this.options.worker.run(job);
    return identified(bytes);
  }

  /** What is being computed is given up, and the memory given back; what the user has chosen stays. */
  rest(): void {
    this.current?.cancelled.abort();
    this.current = undefined;
    this.options.beforehand?.end();
  }

  /** Once all that can be known of it is. */
  private async settled(version: number): Promise<Current> {
    if (this.current?.version !== version) this.begin(version);
    const current = this.current!;
    await current.done;
    // The panel is closed, or shows another: what the user has decided on is computed all the same.
    return current.cancelled.signal.aborted ? this.compareAlone(version) : current;
  }

  /** @param rejects whether the user does not want all of it */
  private refuseUncomposed({ compared, problem }: Current, rejects: boolean): void {
    if (!rejects || compared) return;
    throw new PictureError(
      `what is not kept cannot be put back: ${problem ?? 'it cannot be compared.'}`,
    );
  }

  private choicesOf(version: number): Choices {
    const known = this.choices.get(version);
    if (known) return known;
    const { aligned = true, matchOriginal, restored } = this.options;
    const before = restored?.shown === version ? restored : undefined;
    const fit = before?.matching?.chosen ? fitNamed(before.matching.fit) : undefined;
    const choices: Choices = {
      threshold: before?.threshold ?? defaultThreshold,
      aligned: before?.aligned ?? aligned,
      matching: before?.matching?.on ?? matchOriginal,
      ...(fit && { fit }),
      rejected: new Set(),
      keepsOverall: before?.overall ?? true,
      restored: before?.rejected,
    };
    this.choices.set(version, choices);
    return choices;
  }

  private async compareAlone(version: number): Promise<Current> {
    const current = newCurrent(version, this.current?.original);
    await this.compare(current).catch((error: unknown) => {
      current.problem = inWords(error);
    });
    this.carryRejected(current);
    return { ...current, busy: false };
  }

  private begin(version: number): void {
    this.current?.cancelled.abort();
    const current = newCurrent(version, this.current?.original);
    this.current = current;
    current.done = this.compare(current).then(
      () => this.settle(current),
      (error: unknown) => this.settle(current, error),
    );
    this.tell(current);
  }

  private async compare(current: Current): Promise<void> {
    const { worker, original, versions, beforehand } = this.options;
    const { version } = current;
    const by = { worker, signal: current.cancelled.signal };
    const how = this.howOf(version);
    let pair = await beforehand?.take(version, how);
    if (!pair) {
      const decoded = (current.original ??= await decodeOriginal(original, by));
      pair = await comparePair({ original, decoded, edited: versions[version]! }, how, by);
      beforehand?.tell(version, how, pair);
    }
    current.original = pair.original;
    current.fit = pair.fit;
    current.compared = current.grouped = pair.compared;
  }

  private howOf(version: number): How {
    const { threshold, aligned, fit, matching } = this.choicesOf(version);
    const { original, versions } = this.options;
    // Where the shapes are the same there is nothing to choose.
    const chosen = needsFit(original.info, versions[version]!.info) ? fit : undefined;
    return { threshold, aligned, chosen, matching, region: this.options.region };
  }

  /** What was rejected among other changes, or by numbers before the window was reloaded, is so among those of now. */
  private carryRejected(current: Current): void {
    const found = changesOf(current);
    if (!found) return;
    const choices = this.choicesOf(current.version);
    const { restored, rejectedOf, rejected } = choices;
    if (restored) {
      choices.rejected = new Set(restored.flatMap((number) => found.changes[number]?.id ?? []));
      choices.restored = undefined;
    } else if (rejectedOf) choices.rejected = carryOver(rejectedOf, rejected, found);
    choices.rejectedOf = found;
  }

  private settle(current: Current, error?: unknown): void {
    if (current !== this.current) return;
    current.busy = false;
    this.carryRejected(current);
    if (error !== undefined) {
      current.problem = inWords(error);
      this.options.log(current.problem);
    }
    this.tell(current);
    this.showHeat(current);
    void this.preview(current);
  }

  /** Changes at another threshold; those that are mostly of rejected ones are rejected. */
  private regroup(current: Current): void {
    const { compared } = current;
    if (!compared) return;
    const choices = this.choicesOf(current.version);
    const { threshold } = choices;
    current.busy = true;
    this.tell(current);
    const { worker } = this.options;
    const { signal } = current.cancelled;
    const { difference, unlocked } = compared;
    const job = { type: 'regroup', difference, unlocked, threshold } as const;
    current.done = worker.run(job, signal).then(
      (grouped) => {
        // Moved on meanwhile: another follows.
        if (choices.threshold !== threshold) return;
        current.grouped = grouped;
        this.settle(current);
      },
      (error: unknown) => this.settle(current, error),
    );
  }

  /** Whether what is saved is put together here: without Match Original only where something of the original is put back. */
  private isComposed(current: Current): boolean {
    const { compared, version } = current;
    const changes = changesOf(current);
    if (!compared || !changes) return false;
    if (this.options.region) return true;
    const { matching, fit } = this.choicesOf(version);
    if (!this.keepsAll(current, changes)) return true;
    const placed = current.fit !== undefined && (fit ?? current.fit) !== 'Stretch';
    return (
      matching && (placed || compared.hasOriginalsAlpha || this.movedInWords(current) !== undefined)
    );
  }

  /** Undefined where it lies as it would without Align. */
  private movedInWords({ compared, version, fit }: Current): string | undefined {
    const { original, versions } = this.options;
    const { alignment } = compared ?? {};
    return alignment && alignmentInWords(alignment, original.info, versions[version]!.info, fit);
  }

  /** Undefined as well while nothing is known, and where Align is off. */
  private alignmentWords(current: Current): string | undefined {
    const { aligned, chosen } = this.howOf(current.version);
    if (!current.compared || !aligned) return undefined;
    if (current.compared.alignment) return this.movedInWords(current);
    return chosen === undefined ? notMoved.unlike : notMoved.chosen;
  }

  private keptOf(current: Current): number[] {
    const { rejected } = this.choicesOf(current.version);
    return (changesOf(current)?.changes ?? [])
      .map(({ id }) => id)
      .filter((id) => !rejected.has(id));
  }

  private keepsAll(current: Current, { changes }: Changes): boolean {
    const keepsOverall = this.overallOf(current)?.kept ?? true;
    return keepsOverall && this.keptOf(current).length === changes.length;
  }

  /** What is shown, and saved. Undefined where it could not be compared. */
  private async compose(current: Current): Promise<Decoded | undefined> {
    const { original, compared } = current;
    const changes = changesOf(current);
    if (!original || !compared || !changes) return undefined;
    // All of it, as it lies: what differs too little to be a change was asked for as well.
    if (this.keepsAll(current, changes)) return compared.edited;
    const [kept, overall] = [this.keptOf(current), this.overallOf(current)];
    const pictures = { base: original, edited: compared.edited, changes, overall };
    const series = seriesOf(changes, overall?.kept);
    return this.options.worker.run(
      { type: 'compose', ...pictures, series, kept },
      current.cancelled.signal,
    );
  }

  /** What will be saved, where the browser could not show it from what was received. */
  private async preview(current: Current): Promise<void> {
    const number = ++this.previews;
    const needed = this.isComposed(current);
    const isCurrent = () => current === this.current && number === this.previews;
    if (!needed || current.busy) {
      if (!current.busy) this.options.panel()?.showPreview(current.version, undefined);
      return;
    }
    try {
      const composed = await this.compose(current);
      if (!composed || !isCurrent()) return;
      const encoding = previewEncoding(composed, this.options.original);
      const { bytes } = await this.options.worker.run(
        { type: 'encode', picture: composed, encoding },
        current.cancelled.signal,
      );
      if (!isCurrent()) return;
      const { mime } = identified(bytes).info;
      this.options.panel()?.showPreview(current.version, { bytes, mime });
    } catch (error) {
      if (isCurrent()) this.options.log(inWords(error));
    }
  }

  private showHeat({ version, compared }: Current): void {
    if (compared) this.options.panel()?.showHeat(version, compared.heat);
  }

  private async showRawHeat({ version, original, compared, cancelled }: Current): Promise<void> {
    if (!original || !compared) return;
    try {
      const job = { type: 'rawHeat', original, edited: compared.edited } as const;
      const heat = await this.options.worker.run(job, cancelled.signal);
      if (this.current?.compared === compared) this.options.panel()?.showHeat(version, heat, true);
    } catch (error) {
      if (!cancelled.signal.aborted) this.options.log(inWords(error));
    }
  }

  private tell(current: Current): void {
    const { version, fit } = current;
    const { matching, fit: chosen } = this.choicesOf(version);
    this.options.panel()?.update({
      comparison: this.comparisonOf(current),
      matching: { on: matching, ...(fit && { fit: fitNames[fit], chosen: chosen !== undefined }) },
      ...savesInWords(this.savingOf(current)),
    });
  }

  private comparisonOf(current: Current): Comparison {
    const { version, busy, problem, grouped } = current;
    const { threshold, aligned, rejected } = this.choicesOf(version);
    const found = changesOf(current)?.changes ?? [];
    const { outsideShare } = grouped ?? {};
    const overall = this.overallOf(current);
    const words = this.alignmentWords(current);
    return {
      version,
      busy,
      ...(problem !== undefined && { problem }),
      threshold,
      ...(overall && { overall: overallFacts(overall) }),
      ...(grouped?.changes.whole && { redrawn: true }),
      changes: found.map(({ id, box, share, minor }) => ({
        box,
        share,
        minor,
        kept: !rejected.has(id),
      })),
      changedShare: found.reduce((sum, { share }) => sum + share, 0),
      ...(outsideShare !== undefined && { outsideShare }),
      alignment: { on: aligned, ...(words !== undefined && { words }) },
    };
  }

  private savingOf(current: Current): Saving {
    const { original, versions, region } = this.options;
    const changes = changesOf(current);
    return {
      original,
      received: versions[current.version]!,
      matching: this.choicesOf(current.version).matching,
      composed: this.isComposed(current),
      putsBack: region !== undefined || (changes !== undefined && !this.keepsAll(current, changes)),
    };
  }
}

/** Of changes, which are found anew for other pictures and thresholds, and whether their overall colour is kept. */
const seriesOfChanges = new WeakMap<Changes, Map<boolean | undefined, number>>();
let lastSeries = 0;

function seriesOf(changes: Changes, overallKept: boolean | undefined): number {
  const known = seriesOfChanges.get(changes) ?? new Map<boolean | undefined, number>();
  seriesOfChanges.set(changes, known);
  const series = known.get(overallKept) ?? ++lastSeries;
  known.set(overallKept, series);
  return series;
}

function newCurrent(version: number, original: Decoded | undefined): Current {
  return {
    version,
    cancelled: new AbortController(),
    done: Promise.resolve(),
    busy: true,
    ...(original && { original }),
  };
}

function changesOf({ grouped }: Current): Changes | undefined {
  return grouped?.changes;
}

/** As far as is known before it is compared. */
function rejectsNothing({ rejected, restored = [], keepsOverall }: Choices): boolean {
  return rejected.size === 0 && restored.length === 0 && keepsOverall;
}

function overallFacts({ tone, kept }: NonNullable<ComposeJob['overall']>): OverallFacts {
  const fixed = whyToneStays(tone);
  return { words: toneInWords(tone), kept, ...(fixed !== undefined && { fixed }) };
}

function fitNamed(name: FitName | undefined): Fit | undefined {
  return (Object.keys(fitNames) as Fit[]).find((fit) => fitNames[fit] === name);
}

function identified(bytes: Uint8Array): Picture {
  return { bytes, info: identifyPicture(bytes)! };
}

function previewEncoding({ width, height }: Decoded, original: Picture): Encoding {
  return width * height > exactPreview && original.info.format === 'JPEG'
    ? { format: 'JPEG', quality: 92, subsampled: false, progressive: false }
    : { format: 'PNG' };
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
