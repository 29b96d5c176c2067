// Takes the versions of an edit; draws the strip to choose from, and tells which one the user chose.
import type { VersionFacts } from '../compare/protocol';
import type { BlobUrls } from './blobUrls';

interface Row {
  readonly radio: HTMLInputElement;
  readonly thumbnail: HTMLImageElement;
  readonly saved: HTMLElement;
}

export class VersionStrip {
  private rows: readonly Row[] = [];

  constructor(
    private readonly list: HTMLElement,
    private readonly chosen: (version: number) => void,
  ) {}

  /** @param shown from 0 */
  draw(versions: readonly VersionFacts[], shown: number, urls: BlobUrls): void {
    this.list.hidden = versions.length < 2;
    if (this.list.hidden) return;
    if (this.rows.length !== versions.length) this.build(versions.length);
    const focused = this.list.contains(document.activeElement);
    this.rows.forEach(({ radio, thumbnail, saved }, version) => {
      const url = urls.get(version);
      if (url !== undefined && thumbnail.src !== url) thumbnail.src = url;
      saved.hidden = versions[version]?.saved !== true;
      if (version !== shown || radio.checked) return;
      radio.checked = true;
      // The host moves the choice after a save, and the focus that was on it goes along.
      if (focused) radio.focus({ preventScroll: true });
      radio.closest('li')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
  }

  private build(count: number): void {
    this.rows = Array.from({ length: count }, (_, version) => {
      const radio = document.createElement('input');
      radio.type = 'radio';
      radio.name = 'version';
      radio.addEventListener('change', () => this.chosen(version));
      const thumbnail = document.createElement('img');
      // The number beside it says all there is to say.
      thumbnail.alt = '';
      thumbnail.draggable = false;
      const saved = document.createElement('span');
      saved.textContent = ' · Saved';
      saved.hidden = true;
      return { radio, thumbnail, saved };
    });
    this.list.replaceChildren(
      ...this.rows.map(({ radio, thumbnail, saved }, version) => {
        const item = document.createElement('li');
        const label = document.createElement('label');
        label.className = 'version';
        const words = document.createElement('span');
        words.append(`${version + 1} of ${count}`, saved);
        label.append(radio, thumbnail, words);
        item.append(label);
        return item;
      }),
    );
  }
}
