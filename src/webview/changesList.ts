// Takes the changes of the shown version; draws a row for each, and tells what is done with them.
import type { ChangeFacts } from '../compare/protocol';
import { changeInWords, shareInWords } from './words';

export interface ChangeActions {
  /** Numbers from 0. */
  keep(changes: readonly number[], kept: boolean): void;
  goTo(change: number): void;
  /** The list has the pointer or the focus, and which of its rows; undefined where neither is in it. */
  point(pointed: { readonly change: number | undefined } | undefined): void;
}

interface Row {
  readonly item: HTMLLIElement;
  /** What has the focus: a checkbox, or a button where nothing can be kept or rejected. */
  readonly control: HTMLInputElement | HTMLButtonElement;
  readonly share: HTMLElement;
}

export class ChangesList {
  private rows: readonly Row[] = [];
  private current = 0;
  private hovered: number | undefined;
  private readOnly = false;

  constructor(
    private readonly list: HTMLElement,
    private readonly actions: ChangeActions,
  ) {
    list.addEventListener('pointermove', ({ target }) => this.hover(this.numberOf(target)));
    list.addEventListener('pointerleave', () => this.hover(undefined, true));
    list.addEventListener('focusin', ({ target }) => {
      this.makeCurrent(this.numberOf(target) ?? this.current);
      this.tell();
    });
    list.addEventListener('focusout', ({ relatedTarget }) => {
      if (!list.contains(relatedTarget as Node | null)) this.tell(false);
    });
    list.addEventListener('click', ({ target }) => {
      const change = this.numberOf(target);
      if (change === undefined || target instanceof HTMLInputElement) return;
      this.focus(change);
      actions.goTo(change);
    });
    list.addEventListener('change', ({ target }) => {
      const change = this.numberOf(target);
      if (change === undefined || !(target instanceof HTMLInputElement)) return;
      actions.keep([change], target.checked);
    });
    list.addEventListener('keydown', (event) => this.onKey(event));
  }

  get length(): number {
    return this.rows.length;
  }

  /** @param change from 0 */
  draw(
    changes: readonly ChangeFacts[],
    { readOnly, disabled }: { readOnly: boolean; disabled: boolean },
  ): void {
    if (this.rows.length !== changes.length || this.readOnly !== readOnly) {
      this.readOnly = readOnly;
      this.build(changes.length);
    }
    changes.forEach(({ share, kept }, change) => {
      const { item, control, share: words } = this.rows[change]!;
      const name = changeInWords(change, share);
      if (control.ariaLabel !== name) {
        control.ariaLabel = name;
        words.textContent = shareInWords(share);
      }
      if (control instanceof HTMLInputElement) {
        control.checked = kept;
        control.disabled = disabled;
      }
      item.classList.toggle('rejected', !kept);
    });
  }

  /** Puts the focus on the next or the previous change, around the ends, and goes there. */
  step(by: 1 | -1): void {
    const { rows, current, list } = this;
    if (rows.length === 0) return;
    // The first step goes to the first change, not past it.
    const inside = list.contains(document.activeElement);
    const started = inside || this.stepped;
    this.stepped = true;
    const next = started
      ? (current + by + rows.length) % rows.length
      : by > 0
        ? 0
        : rows.length - 1;
    this.focus(next);
    this.actions.goTo(next);
  }

  private stepped = false;

  private onKey(event: KeyboardEvent): void {
    const last = this.rows.length - 1;
    const next = {
      ArrowDown: Math.min(last, this.current + 1),
      ArrowUp: Math.max(0, this.current - 1),
      Home: 0,
      End: last,
    }[event.key];
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (next === this.current) return;
    this.focus(next);
    this.actions.goTo(next);
  }

  private focus(change: number): void {
    this.makeCurrent(change);
    const row = this.rows[change];
    row?.control.focus({ preventScroll: true });
    row?.item.scrollIntoView({ block: 'nearest' });
    this.stepped = true;
  }

  /** One stop of the Tab key for all of them. */
  private makeCurrent(change: number): void {
    const before = this.rows[this.current];
    if (before) before.control.tabIndex = -1;
    this.current = change;
    const now = this.rows[change];
    if (now) now.control.tabIndex = 0;
  }

  private hover(change: number | undefined, left = false): void {
    if (!left && change === this.hovered) return;
    this.hovered = left ? undefined : change;
    this.tell();
  }

  private tell(focused = this.list.contains(document.activeElement)): void {
    const hovering = this.list.matches(':hover');
    const change = this.hovered ?? (focused ? this.current : undefined);
    this.actions.point(focused || hovering ? { change } : undefined);
  }

  private numberOf(target: EventTarget | null): number | undefined {
    const item = target instanceof Element ? target.closest('li') : null;
    const number = this.rows.findIndex((row) => row.item === item);
    return number < 0 ? undefined : number;
  }

  private build(count: number): void {
    const focused = this.list.contains(document.activeElement);
    this.hovered = undefined;
    this.stepped = false;
    this.rows = Array.from({ length: count }, (_, change) => {
      const item = document.createElement('li');
      item.className = 'change';
      const name = document.createElement('span');
      name.className = 'changeName';
      name.textContent = `Change ${change + 1}`;
      const share = document.createElement('span');
      share.className = 'changeShare';
      let control: Row['control'];
      if (this.readOnly) {
        control = document.createElement('button');
        control.type = 'button';
        control.className = 'changeButton';
        control.append(name, share);
        item.append(control);
      } else {
        control = document.createElement('input');
        control.type = 'checkbox';
        item.append(control, name, share);
      }
      control.tabIndex = -1;
      return { item, control, share };
    });
    this.list.replaceChildren(...this.rows.map(({ item }) => item));
    this.makeCurrent(Math.min(this.current, Math.max(0, count - 1)));
    // What had the focus is gone: its place in the list has it.
    if (focused) this.rows[this.current]?.control.focus({ preventScroll: true });
  }
}
