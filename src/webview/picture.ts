// Takes the bytes of one side's picture; shows them in its image element, or says that it cannot.
import type { elements } from './elements';

type SideElements = (typeof elements)['original'];

export class Picture {
  /** `waiting` for bytes or for the browser to decode them. */
  status: 'waiting' | 'shown' | 'unshown' = 'waiting';
  private url: string | undefined;

  constructor(
    private readonly side: SideElements,
    private readonly changed: (status: 'shown' | 'unshown') => void,
  ) {
    side.image.addEventListener('load', () => this.settle('shown'));
    side.image.addEventListener('error', () => this.settle('unshown'));
  }

  /** Width and height in pixels as the browser decoded them; undefined until it has. */
  get size(): { width: number; height: number } | undefined {
    const { naturalWidth: width, naturalHeight: height } = this.side.image;
    return this.status === 'shown' && width > 0 ? { width, height } : undefined;
  }

  show(mime: string, bytes: ArrayBuffer): void {
    this.clear();
    this.url = URL.createObjectURL(new Blob([bytes], { type: mime }));
    this.side.image.src = this.url;
  }

  clear(): void {
    this.status = 'waiting';
    this.side.image.hidden = true;
    this.side.unshown.hidden = true;
    this.side.image.removeAttribute('src');
    if (this.url !== undefined) URL.revokeObjectURL(this.url);
    this.url = undefined;
  }

  private settle(status: 'shown' | 'unshown'): void {
    // An event of a picture that was cleared meanwhile must not speak for the next one.
    if (this.url === undefined || this.side.image.src !== this.url) return;
    this.status = status;
    this.side.image.hidden = status !== 'shown';
    this.side.unshown.hidden = status !== 'unshown';
    this.side.unshown.textContent = status === 'unshown' ? 'This picture cannot be shown' : '';
    this.changed(status);
  }
}
