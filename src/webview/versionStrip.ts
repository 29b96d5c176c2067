// Takes the versions of an edit; draws the strip to choose from, and tells which one the user chose, or deletes.
import type { PanelState } from '../compare/protocol';
import type { BlobUrls } from './blobUrls';
import { versionInWords, versionName } from './words';

interface Row {
  readonly item: HTMLElement;
  readonly radio: HTMLInputElement;
  readonly thumbnail: HTMLImageElement;
  readonly name: HTMLElement;
  readonly asked: HTMLElement;
  readonly model: HTMLElement;
  readonly remove: HTMLButtonElement;
}

export class VersionStrip {
  private rows: readonly Row[] = [];

  constructor(
    private readonly list: HTMLElement,
    private readonly handlers: { choose(version: number): void; delete(version: number): void },
  ) {}

  draw(state: PanelState, urls: BlobUrls): void {
    const { versions, rounds, shown, phase, readOnly } = state;
    const left = versions.filter(({ deleted }) => deleted !== true).length;
    this.list.hidden = left < 2;
    if (this.list.hidden) return;
    this.list.classList.toggle('tree', rounds.length > 1);
    if (this.rows.length !== versions.length) this.build(versions.length);
    const focused = this.list.contains(document.activeElement);
    this.rows.forEach(({ item, radio, thumbnail, name, asked, model, remove }, at) => {
      item.hidden = versions[at]?.deleted === true;
      const url = urls.get(at);
      if (url !== undefined && thumbnail.src !== url) thumbnail.src = url;
      const round = rounds[versions[at]?.round ?? -1];
      const words = versionInWords(state, at);
      if (name.textContent !== words) name.textContent = words;
      // Of one round all have the same.
      asked.hidden = model.hidden = rounds.length < 2;
      asked.textContent = asked.title = round?.instruction ?? '';
      model.textContent = round?.model ?? '';
      remove.hidden = readOnly !== undefined;
      remove.disabled = phase !== 'review';
      remove.ariaLabel = remove.title = `Delete ${versionName(state, at)}`;
      if (at !== shown || radio.checked) return;
      radio.checked = true;
      // The host moves the choice after a save, and the focus that was on it goes along.
      if (focused) radio.focus({ preventScroll: true });
      item.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
  }

  private build(count: number): void {
    this.rows = Array.from({ length: count }, (_, version) => this.buildRow(version));
    this.list.replaceChildren(...this.rows.map(({ item }) => item));
  }

  private buildRow(version: number): Row {
    const item = document.createElement('li');
    const label = document.createElement('label');
    label.className = 'version';
    const radio = document.createElement('input');
    radio.type = 'radio';
    radio.name = 'version';
    radio.addEventListener('change', () => this.handlers.choose(version));
    const thumbnail = document.createElement('img');
    // The words beside it say all there is to say.
    thumbnail.alt = '';
    thumbnail.draggable = false;
    const words = document.createElement('span');
    words.className = 'versionWords';
    const [name, asked, model] = ['versionName', 'versionAsked', 'versionModel'].map(
      (className) => {
        const part = document.createElement('span');
        part.className = className;
        return part;
      },
    ) as [HTMLElement, HTMLElement, HTMLElement];
    words.append(name, ' ', asked, ' ', model);
    label.append(radio, thumbnail, words);
    const remove = document.createElement('button');
    remove.type = 'button';
    remove.className = 'icon versionDelete';
    remove.textContent = '×';
    remove.addEventListener('click', ({ detail }) => {
      // The second click of a double-click is the same wish.
      if (detail <= 1) this.handlers.delete(version);
    });
    item.append(label, remove);
    return { item, radio, thumbnail, name, asked, model, remove };
  }
}
