// Takes what the host found out about the changes; draws the column beside the pictures, and tells what is done in it.
import type { ChangeFacts, Comparison } from '../compare/protocol';
import { ChangesList, type ChangeActions } from './changesList';
import { elements } from './elements';
import { shareInWords } from './words';

/** So long a choice stands against what the host says of before; in milliseconds. */
const patience = 1500;

/** Below this width the column is a drawer, closed until it is asked for; as in panel.css. */
const narrow = window.matchMedia('(width < 760px)');

export interface InspectorActions extends ChangeActions {
  align(on: boolean): void;
  collapse(collapsed: boolean): void;
}

export class Inspector {
  readonly list: ChangesList;
  private changes: readonly ChangeFacts[] = [];
  /** What the user chose and the host has not said yet, by number. */
  private readonly chosen = new Map<number, boolean>();
  private chosenAt = 0;
  private collapsed: boolean | undefined;

  constructor(
    collapsed: boolean | undefined,
    private readonly actions: InspectorActions,
  ) {
    const { changesToggle, changes, keepAll, rejectAll, align } = elements;
    this.collapsed = collapsed;
    this.list = new ChangesList(changes, {
      ...actions,
      keep: (numbers, kept) => this.keep(numbers, kept),
    });
    changesToggle.addEventListener('click', () => this.toggle(!this.isCollapsed));
    keepAll.addEventListener('click', () => this.keepAll(true));
    rejectAll.addEventListener('click', () => this.keepAll(false));
    align.addEventListener('change', () => actions.align(align.checked));
    narrow.addEventListener('change', () => this.drawCollapsed());
    this.drawCollapsed();
  }

  /** Puts the focus on the next or the previous change. */
  step(by: 1 | -1): void {
    if (elements.inspector.hidden || this.list.length === 0) return;
    if (this.isCollapsed) this.toggle(false);
    this.list.step(by);
  }

  /**
   * Draws the changes, and gives them as the user sees them. Without a comparison there is no
   * column, and disabled is one that is being saved.
   */
  draw(
    comparison: Comparison | undefined,
    { readOnly, disabled }: { readOnly: boolean; disabled: boolean },
  ): readonly ChangeFacts[] {
    elements.inspector.hidden = comparison === undefined;
    if (!comparison) return (this.changes = []);
    const { busy, problem, alignment } = comparison;
    this.changes = this.withChosen(comparison);
    const { length } = this.changes;
    const kept = this.changes.filter((change) => change.kept).length;
    elements.busy.hidden = !busy;
    elements.problem.hidden = problem === undefined;
    elements.problem.textContent = problem ?? '';
    elements.changesPart.hidden = problem !== undefined;
    elements.changesCount.textContent =
      problem === undefined && !(busy && length === 0) ? String(length) : '';
    elements.changesSummary.textContent = summaryOf(comparison, length - kept);
    elements.changesActions.hidden = readOnly || length === 0;
    elements.keepAll.disabled = disabled || kept === length;
    elements.rejectAll.disabled = disabled || kept === 0;
    this.list.draw(this.changes, { readOnly, disabled });
    elements.alignment.hidden = problem !== undefined;
    elements.align.checked = alignment.on;
    elements.align.disabled = disabled;
    elements.alignWords.textContent =
      alignment.words ?? (!alignment.on ? 'off' : busy ? '' : 'lies exactly on the original');
    return this.changes;
  }

  private keep(numbers: readonly number[], kept: boolean): void {
    for (const number of numbers) this.chosen.set(number, kept);
    this.chosenAt = Date.now();
    this.actions.keep(numbers, kept);
  }

  private keepAll(kept: boolean): void {
    const numbers = this.changes.flatMap((change, number) =>
      change.kept === kept ? [] : [number],
    );
    if (numbers.length > 0) this.keep(numbers, kept);
  }

  /** The host answers each choice; until then what it sends may be of before. */
  private withChosen({ changes, busy }: Comparison): readonly ChangeFacts[] {
    if (this.chosen.size === 0) return changes;
    const old = Date.now() - this.chosenAt > patience;
    for (const [number, kept] of this.chosen) {
      if (changes[number]?.kept === kept || (old && !busy)) this.chosen.delete(number);
    }
    return changes.map((change, number) => ({
      ...change,
      kept: this.chosen.get(number) ?? change.kept,
    }));
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

/** `4.1 % of the picture, 1 rejected`. */
function summaryOf(
  { busy, changes, changedShare, outsideShare }: Comparison,
  rejected: number,
): string {
  if (changes.length === 0) return busy ? '' : 'Nothing that counts has changed.';
  const parts = [`${shareInWords(changedShare)} of the picture`];
  if (rejected > 0) parts.push(`${rejected} rejected`);
  if (outsideShare !== undefined) parts.push(`outside the region ${shareInWords(outsideShare)}`);
  return parts.join(', ');
}
