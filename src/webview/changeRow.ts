// Nothing goes in but what can be done with it; a row of the list of changes comes out, to be filled with words.

/** What has the focus: a checkbox, or a button where nothing can be kept or rejected. */
type Control = HTMLInputElement | HTMLButtonElement;

/** A change, or the overall colour. */
export interface ChangeRow {
  readonly item: HTMLLIElement;
  readonly control: Control;
  readonly name: HTMLElement;
  /** Below the name. */
  readonly more: HTMLElement;
  readonly pictures: HTMLElement;
}

/** @param pictures that show it small */
export function changeRow(pictures: HTMLElement, readOnly: boolean): ChangeRow {
  const item = document.createElement('li');
  item.className = 'change';
  const name = span('changeName');
  const more = span('changePlace');
  const words = span('changeWords');
  words.append(name, ' ', more);
  const control = readOnly ? button('changeButton') : checkbox();
  if (readOnly) {
    control.append(pictures, words);
    item.append(control);
  } else item.append(control, pictures, words);
  return { item, control, name, more, pictures };
}

/** All minor differences: one row, and rows of their own below it. */
export interface MinorRow {
  readonly item: HTMLLIElement;
  readonly control: Control;
  /** Folds and unfolds; the control itself where nothing can be kept or rejected. */
  readonly fold: HTMLButtonElement;
  readonly name: HTMLElement;
  readonly share: HTMLElement;
  readonly list: HTMLUListElement;
}

/** @param chevron is copied */
export function minorRow(chevron: Element, readOnly: boolean): MinorRow {
  const item = document.createElement('li');
  item.className = 'minor';
  const head = document.createElement('div');
  head.className = 'minorHead';
  const name = span('minorName');
  const share = span('changeShare');
  const list = document.createElement('ul');
  list.id = 'minorChanges';
  const fold = button('fold');
  fold.tabIndex = -1;
  fold.setAttribute('aria-controls', list.id);
  share.ariaHidden = 'true';
  fold.append(chevron.cloneNode(true), name, share);
  const control = readOnly ? fold : checkbox();
  head.append(...(readOnly ? [] : [control]), fold);
  item.append(head, list);
  return { item, control, fold, name, share, list };
}

function checkbox(): HTMLInputElement {
  const control = document.createElement('input');
  control.type = 'checkbox';
  control.tabIndex = -1;
  return control;
}

function button(className: string): HTMLButtonElement {
  const control = document.createElement('button');
  control.type = 'button';
  control.className = className;
  control.tabIndex = -1;
  return control;
}

function span(className: string): HTMLSpanElement {
  const element = document.createElement('span');
  element.className = className;
  return element;
}
