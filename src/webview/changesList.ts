// Takes the changes of the shown version; draws a row for each, and tells what is done with them.
import type { ChangeFacts, OverallFacts } from '../compare/protocol';
import { quietBox } from './changeCrop';
import type { ChangePictures } from './changePictures';
import { changeRow, minorRow, type ChangeRow, type MinorRow } from './changeRow';
import type { Size } from './viewport';
import { changeInWords, minorInWords, placeInWords, shareInShort, shareOf } from './words';

/** A row: the number of a change, from 0; the overall colour; all minor differences. */
export type RowName = number | 'overall' | 'minor';

/** Which change is pointed at, and whether minor ones are to be seen as well. */
export interface Pointed {
  readonly change: number | undefined;
  readonly minor: boolean;
}

export interface ChangeActions {
  /** Numbers from 0. */
  keep(changes: readonly number[], kept: boolean): void;
  keepOverall(kept: boolean): void;
  goTo(change: number): void;
  /** The list has the pointer or the focus, and which of its rows; undefined where neither is in it. */
  point(pointed: Pointed | undefined): void;
  /** The minor differences are unfolded, or folded. */
  unfold(unfolded: boolean): void;
}

export interface Listed {
  readonly overall: OverallFacts | undefined;
  readonly changes: readonly ChangeFacts[];
  /** Of the original, in the pixels of the changes' boxes. */
  readonly size: Size;
}

export class ChangesList {
  private rows: ChangeRow[] = [];
  private overallRow: ChangeRow | undefined;
  private minorRow: MinorRow | undefined;
  private listed: Listed = { overall: undefined, changes: [], size: { width: 1, height: 1 } };
  /** Numbers of the minor ones. */
  private minor: readonly number[] = [];
  /** What the rows were built for. */
  private shape = '';
  private current: RowName = 0;
  private hovered: RowName | undefined;
  private readOnly = false;
  private stepped = false;
  /** Whether it has had the focus: else the first row is where the Tab key stops. */
  private visited = false;

  constructor(
    private readonly list: HTMLElement,
    private readonly pictures: ChangePictures,
    private readonly actions: ChangeActions,
    private unfolded: boolean,
  ) {
    list.addEventListener('pointermove', ({ target }) => this.hover(this.rowOf(target)));
    list.addEventListener('pointerleave', () => this.hover(undefined, true));
    list.addEventListener('focusin', ({ target }) => {
      this.visited = true;
      this.makeCurrent(this.rowOf(target) ?? this.current);
      this.tell();
    });
    list.addEventListener('focusout', ({ relatedTarget }) => {
      if (!list.contains(relatedTarget as Node | null)) this.tell(false);
    });
    list.addEventListener('click', (event) => this.onClick(event));
    list.addEventListener('change', ({ target }) => {
      const row = this.rowOf(target);
      if (row === undefined || !(target instanceof HTMLInputElement)) return;
      if (row === 'overall') actions.keepOverall(target.checked);
      else actions.keep(row === 'minor' ? this.minor : [row], target.checked);
    });
    list.addEventListener('keydown', (event) => this.onKey(event));
  }

  /** Whether there is any row. */
  get isEmpty(): boolean {
    return this.walk().length === 0;
  }

  /** The row that has the focus. */
  get focused(): RowName | undefined {
    return this.list.contains(document.activeElement) ? this.current : undefined;
  }

  draw(listed: Listed, { readOnly, disabled }: { readOnly: boolean; disabled: boolean }): void {
    this.listed = listed;
    const { overall, changes, size } = listed;
    const shape = JSON.stringify([
      readOnly,
      overall !== undefined,
      changes.map((one) => one.minor),
    ]);
    if (shape !== this.shape) this.build(shape, readOnly);
    changes.forEach((change, number) => {
      const row = this.rows[number]!;
      const place = placeInWords(change.box, size);
      const name = changeInWords(number, place, change.share);
      if (row.control.ariaLabel !== name) {
        row.control.ariaLabel = name;
        row.name.textContent = `Change ${number + 1}`;
        row.more.replaceChildren(`${place}, `, unbroken(shareInShort(change.share)));
      }
      this.pictures.move(row.pictures, change.box);
      check(row, change.kept, disabled);
    });
    if (overall) this.drawOverall(overall, disabled);
    if (this.minorRow) this.drawMinor(this.minorRow, disabled);
  }

  /** Puts the focus on the next or the previous row, around the ends, and goes there. */
  step(by: 1 | -1): void {
    const rows = this.walk();
    if (rows.length === 0) return;
    // The first step goes to the first row, not past it.
    const started = this.focused !== undefined || this.stepped;
    this.stepped = true;
    const at = started ? rows.indexOf(this.current) + by : by > 0 ? 0 : -1;
    this.visit(rows.at(at % rows.length)!);
  }

  private drawOverall({ words, kept, fixed }: OverallFacts, disabled: boolean): void {
    const row = this.overallRow!;
    const { control, name, more } = row;
    const { size, changes } = this.listed;
    control.ariaLabel = words;
    name.textContent = words;
    more.id = 'overallFixed';
    more.textContent = fixed ?? '';
    if (fixed === undefined) control.removeAttribute('aria-describedby');
    else control.setAttribute('aria-describedby', more.id);
    // All of the picture in so little room shows what else has changed before it shows the colour.
    const boxes = changes.map(({ box }) => box);
    this.pictures.move(row.pictures, quietBox(size, boxes));
    check(row, kept, disabled);
    // It keeps its place among the rows that the keys walk over: there the reason is read.
    control.ariaDisabled = fixed === undefined || this.readOnly ? null : 'true';
  }

  private drawMinor(row: MinorRow, disabled: boolean): void {
    const { control, fold, name, share, list, item } = row;
    const changes = this.minor.map((number) => this.listed.changes[number]!);
    const kept = changes.filter((change) => change.kept).length;
    const words = minorInWords(changes.length);
    control.ariaLabel = list.ariaLabel = words;
    name.textContent = words;
    share.textContent = shareInShort(shareOf(changes));
    if (control instanceof HTMLInputElement) {
      control.checked = kept === changes.length;
      control.indeterminate = kept > 0 && kept < changes.length;
      control.disabled = disabled;
      control.ariaExpanded = String(this.unfolded);
    }
    fold.ariaExpanded = String(this.unfolded);
    item.classList.toggle('rejected', kept === 0);
    list.hidden = !this.unfolded;
  }

  /** The rows that can be seen, from the top. */
  private walk(): RowName[] {
    const numbers = [...this.rows.keys()];
    const listed = numbers.filter((number) => this.listed.changes[number]?.minor !== true);
    return [
      ...(this.overallRow ? (['overall'] as const) : []),
      ...listed,
      ...(this.minorRow ? (['minor'] as const) : []),
      ...(this.unfolded ? this.minor : []),
    ];
  }

  private onClick(event: MouseEvent): void {
    const { target } = event;
    const row = this.rowOf(target);
    if (row === undefined) return;
    if (target instanceof HTMLInputElement) {
      if (target.ariaDisabled === 'true') event.preventDefault();
    } else if (row !== 'minor') this.visit(row);
    else if (target instanceof Element && target.closest('.minorHead')) {
      this.unfold(!this.unfolded);
      this.focus('minor');
    }
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const isMinor = typeof this.current === 'number' && this.minor.includes(this.current);
    if (this.current === 'minor' && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
      event.preventDefault();
      this.unfold(event.key === 'ArrowRight');
      return;
    }
    const rows = this.walk();
    const at = rows.indexOf(this.current);
    const next = {
      ArrowDown: rows[Math.min(rows.length - 1, at + 1)],
      ArrowUp: rows[Math.max(0, at - 1)],
      Home: rows[0],
      End: rows.at(-1),
      // As in a tree: to what it belongs to.
      ArrowLeft: isMinor ? ('minor' as const) : undefined,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next !== this.current) this.visit(next);
  }

  private unfold(unfolded: boolean): void {
    if (!this.minorRow || unfolded === this.unfolded) return;
    this.unfolded = unfolded;
    const { control, fold, list } = this.minorRow;
    fold.ariaExpanded = String(unfolded);
    if (control instanceof HTMLInputElement) control.ariaExpanded = String(unfolded);
    // Its rows go, and with them the focus that one of them may have.
    if (!unfolded && list.contains(document.activeElement)) this.focus('minor');
    list.hidden = !unfolded;
    if (!this.walk().includes(this.current)) this.makeCurrent('minor');
    this.actions.unfold(unfolded);
    this.tell();
  }

  private visit(row: RowName): void {
    this.focus(row);
    if (typeof row === 'number') this.actions.goTo(row);
  }

  private focus(row: RowName): void {
    this.makeCurrent(row);
    this.controlOf(row)?.focus({ preventScroll: true });
    const item = row === 'minor' ? this.minorRow?.control : this.rowNamed(row)?.item;
    item?.scrollIntoView({ block: 'nearest' });
    this.stepped = true;
  }

  /** One stop of the Tab key for all of them. */
  private makeCurrent(row: RowName): void {
    const before = this.controlOf(this.current);
    if (before) before.tabIndex = -1;
    this.current = row;
    const now = this.controlOf(row);
    if (now) now.tabIndex = 0;
  }

  private hover(row: RowName | undefined, left = false): void {
    if (!left && row === this.hovered) return;
    this.hovered = left ? undefined : row;
    this.tell();
  }

  private tell(focused = this.focused !== undefined): void {
    const hovering = this.list.matches(':hover');
    const row = this.hovered ?? (focused ? this.current : undefined);
    const change = typeof row === 'number' ? row : undefined;
    const minor = this.unfolded || row === 'minor';
    this.actions.point(focused || hovering ? { change, minor } : undefined);
  }

  private rowNamed(row: number | 'overall'): ChangeRow | undefined {
    return row === 'overall' ? this.overallRow : this.rows[row];
  }

  private controlOf(row: RowName): HTMLElement | undefined {
    return row === 'minor' ? this.minorRow?.control : this.rowNamed(row)?.control;
  }

  private rowOf(target: EventTarget | null): RowName | undefined {
    const item = target instanceof Element ? target.closest('li') : null;
    if (!item) return undefined;
    if (item === this.overallRow?.item) return 'overall';
    if (item === this.minorRow?.item) return 'minor';
    const number = this.rows.findIndex((row) => row.item === item);
    return number < 0 ? undefined : number;
  }

  /** Rows that are there already stay, with their pictures. */
  private build(shape: string, readOnly: boolean): void {
    const { overall, changes } = this.listed;
    const focused = this.focused !== undefined;
    if (readOnly !== this.readOnly) this.drop(0);
    this.shape = shape;
    this.readOnly = readOnly;
    this.hovered = undefined;
    this.stepped = false;
    this.drop(changes.length);
    for (let number = this.rows.length; number < changes.length; number++)
      this.rows.push(changeRow(this.pictures.add(number), readOnly));
    if (this.overallRow) this.pictures.remove(this.overallRow.pictures);
    this.overallRow = overall && changeRow(this.pictures.add('overall'), readOnly);
    this.overallRow?.item.classList.add('overall');
    this.minor = [...changes.keys()].filter((number) => changes[number]!.minor);
    const chevron = document.querySelector('#changesToggle .chevron')!;
    this.minorRow = this.minor.length > 0 ? minorRow(chevron, readOnly) : undefined;
    this.minorRow?.list.append(...this.minor.map((number) => this.rows[number]!.item));
    const items = this.walk().map((row) =>
      row === 'minor' ? this.minorRow!.item : this.rowNamed(row)!.item,
    );
    this.list.replaceChildren(...items.filter((item) => !this.minorRow?.list.contains(item)));
    // Where it was in the list, as far as that is there.
    for (const { control } of this.rows) control.tabIndex = -1;
    const rows = this.walk();
    const there = rows.includes(this.current) ? this.current : rows.at(-1);
    this.makeCurrent((this.visited ? there : rows[0]) ?? 0);
    // What had the focus is gone: its place in the list has it.
    if (focused) this.controlOf(this.current)?.focus({ preventScroll: true });
  }

  /** All rows of changes from this one on. */
  private drop(from: number): void {
    for (const { pictures } of this.rows.splice(from)) this.pictures.remove(pictures);
  }
}

/** Words that stay in one line. */
function unbroken(words: string): HTMLElement {
  const span = document.createElement('span');
  span.className = 'unbroken';
  span.textContent = words;
  return span;
}

function check({ item, control }: ChangeRow, kept: boolean, disabled: boolean): void {
  item.classList.toggle('rejected', !kept);
  if (!(control instanceof HTMLInputElement)) return;
  control.checked = kept;
  control.disabled = disabled;
}
