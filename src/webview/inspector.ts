// Takes what the host found out about the changes; draws the column beside the pictures, and tells what is done in it.
import type { ChangeFacts, Comparison } from '../compare/protocol';
import type { ChangePictures } from './changePictures';
import { ChangesList, type ChangeActions } from './changesList';
import { Choices, type Decided } from './choices';
import { elements } from './elements';
import type { Size } from './viewport';
import type { ViewState } from './viewState';
import { alignedInWords, onlyInWords, summaryInWords } from './words';

/** Below this width the column is a drawer, closed until it is asked for; as in panel.css. */
const narrow = window.matchMedia('(width < 760px)');

const all = () => true;
const nothing = () => false;

export interface InspectorActions extends ChangeActions {
  align(on: boolean): void;
  collapse(collapsed: boolean): void;
  /** The original is to be edited once more, with a region. */
  markRegion(): void;
  /** All of it is kept, and saved. */
  accept(): void;
  /** For those who do not see it. */
  speak(words: string): void;
}

export interface Inspected {
  /** Of the original, in pixels. */
  readonly size: Size;
  /** Nothing can be kept or rejected. */
  readonly readOnly: boolean;
  /** It is being saved. */
  readonly disabled: boolean;
  /** Whether the original is a file, which can be edited once more. */
  readonly canMark: boolean;
}

export class Inspector {
  readonly list: ChangesList;
  private changes: readonly ChangeFacts[] = [];
  private isFixed = true;
  private readonly choices: Choices;
  private collapsed: boolean | undefined;

  constructor(
    { collapsed, unfolded }: Pick<ViewState, 'collapsed' | 'unfolded'>,
    pictures: ChangePictures,
    private readonly actions: InspectorActions,
  ) {
    const { changesToggle, changes, keepAll, rejectAll, mainOnly, align } = elements;
    const { markRegion, otherModel, keepWhole } = elements;
    this.collapsed = collapsed;
    this.choices = new Choices(actions);
    const ofList = {
      ...actions,
      keep: (numbers: readonly number[], kept: boolean) => this.choices.keep(numbers, kept),
      keepOverall: (kept: boolean) => this.choices.keepOverall(kept),
    };
    this.list = new ChangesList(changes, pictures, ofList, unfolded);
    changesToggle.addEventListener('click', () => this.toggle(!this.isCollapsed));
    keepAll.addEventListener('click', () => this.choices.decide(all));
    rejectAll.addEventListener('click', () => this.choices.decide(nothing));
    mainOnly.addEventListener('click', () => this.keepMain());
    align.addEventListener('change', () => actions.align(align.checked));
    markRegion.addEventListener('click', () => actions.markRegion());
    otherModel.addEventListener('click', () => elements.againModel.focus());
    keepWhole.addEventListener('click', () => {
      this.choices.decide(all);
      actions.accept();
    });
    narrow.addEventListener('change', () => this.drawCollapsed());
    this.drawCollapsed();
  }

  /** Puts the focus on the next or the previous change. */
  step(by: 1 | -1): void {
    if (elements.inspector.hidden || this.list.isEmpty) return;
    if (this.isCollapsed) this.toggle(false);
    this.list.step(by);
  }

  /** Keeps the change that has the focus, or all minor ones, or the overall colour, and rejects everything else. */
  keepOnly(): void {
    const { focused } = this.list;
    if (focused === undefined || this.isFixed) return;
    const isMinor = (one: Decided) => one !== 'overall' && this.changes[one]?.minor === true;
    this.choices.decide((one) => one === focused || (focused === 'minor' && isMinor(one)));
    this.actions.speak(onlyInWords(focused));
  }

  private keepMain(): void {
    const { main } = this;
    if (main === undefined) return;
    this.choices.decide((one) => one === main);
    this.actions.speak(onlyInWords(main));
  }

  /** Draws the changes, and gives them as the user sees them. Without a comparison there is no column. */
  draw(comparison: Comparison | undefined, inspected: Inspected): readonly ChangeFacts[] {
    const { size, readOnly, disabled } = inspected;
    this.isFixed = readOnly || disabled;
    elements.inspector.hidden = comparison === undefined;
    if (!comparison) return (this.changes = []);
    const { busy, problem, alignment, redrawn = false } = comparison;
    const found = this.choices.withChosen(comparison);
    const seen = redrawn ? { changes: [], overall: undefined } : found;
    this.changes = seen.changes;
    const listed = this.changes.filter(({ minor }) => !minor).length;
    elements.busy.hidden = !busy;
    elements.problem.hidden = problem === undefined;
    elements.problem.textContent = problem ?? '';
    elements.changesPart.hidden = problem !== undefined || redrawn;
    this.drawRedrawn(redrawn && problem === undefined, inspected);
    const isCounted = problem === undefined && !redrawn && !(busy && this.changes.length === 0);
    // The overall colour has a row of its own and no number, here as in the status line.
    elements.changesCount.textContent =
      isCounted && (listed > 0 || !seen.overall) ? String(listed) : '';
    elements.changesSummary.textContent = summaryInWords({ ...comparison, ...seen });
    elements.changesActions.hidden =
      readOnly || (this.changes.length === 0 && seen.overall === undefined);
    elements.keepAll.disabled = disabled || this.choices.isDecided(all);
    elements.rejectAll.disabled = disabled || this.choices.isDecided(nothing);
    const { main } = this;
    elements.mainOnly.disabled =
      disabled || main === undefined || this.choices.isDecided((one) => one === main);
    this.list.draw({ ...seen, size }, { readOnly, disabled });
    elements.alignment.hidden = problem !== undefined;
    elements.align.checked = alignment.on;
    elements.align.disabled = disabled;
    elements.alignWords.textContent = alignedInWords(alignment, busy);
    return this.changes;
  }

  private drawRedrawn(redrawn: boolean, { readOnly, disabled, canMark }: Inspected): void {
    elements.redrawn.hidden = !redrawn;
    elements.redrawnHelp.hidden = readOnly;
    elements.markRegionHelp.hidden = !canMark;
    elements.otherModelHelp.hidden = elements.again.hidden;
    elements.markRegion.disabled = elements.otherModel.disabled = disabled;
    elements.keepWhole.disabled = disabled || elements.accept.disabled;
  }

  /** The first of the changes that are listed: none where all of them are minor. */
  private get main(): number | undefined {
    const first = this.changes.findIndex(({ minor }) => !minor);
    return first < 0 ? undefined : first;
  }

  private get isCollapsed(): boolean {
    return this.collapsed ?? narrow.matches;
  }

  private toggle(collapsed: boolean): void {
    this.collapsed = collapsed;
    this.actions.collapse(collapsed);
    this.drawCollapsed();
  }

  private drawCollapsed(): void {
    const { inspector, inspectorBody, changesToggle } = elements;
    inspector.classList.toggle('collapsed', this.isCollapsed);
    inspectorBody.hidden = this.isCollapsed;
    changesToggle.setAttribute('aria-expanded', String(!this.isCollapsed));
  }
}
