// Takes the address of one side's picture; shows it in its image element, or says that it cannot.
import type { Side } from './elements';

/** What is said of a picture while it is shown. */
export interface PictureWords {
  /** For those who cannot see it. */
  readonly alt: string;
  /** Written over the picture, for those who can. */
  readonly mark?: string;
}

export class Picture {
  /** `waiting` for bytes or for the browser to decode them; the picture before is shown until then. */
  status: 'waiting' | 'shown' | 'unshown' = 'waiting';
  /** Width and height in pixels as the browser decoded what is shown; undefined where nothing is. */
  size: { width: number; height: number } | undefined;
  private url: string | undefined;
  private words: PictureWords = { alt: '' };

  constructor(
    private readonly side: Side,
    private readonly changed: (status: 'shown' | 'unshown') => void,
  ) {
    side.image.addEventListener('load', () => this.settle('shown'));
    side.image.addEventListener('error', () => this.settle('unshown'));
  }

  show(url: string, words: PictureWords): void {
    if (url === this.url) return;
    this.url = url;
    this.words = words;
    this.status = 'waiting';
    this.side.image.src = url;
  }

  clear(): void {
    if (this.url === undefined) return;
    this.url = undefined;
    this.words = { alt: '' };
    this.status = 'waiting';
    this.side.image.removeAttribute('src');
    this.draw(false);
  }

  private settle(status: 'shown' | 'unshown'): void {
    // An event of a picture that was cleared or replaced meanwhile must not speak for the next one.
    if (this.url === undefined || this.side.image.src !== this.url) return;
    this.status = status;
    this.draw(status === 'shown');
    this.changed(status);
  }

  /** The words change together with the picture: a partial one is never taken for the result. */
  private draw(shown: boolean): void {
    const { image, unshown, mark } = this.side;
    const { naturalWidth: width, naturalHeight: height } = image;
    this.size = shown && width > 0 ? { width, height } : undefined;
    image.hidden = !shown;
    image.alt = this.words.alt;
    mark.hidden = !shown || this.words.mark === undefined;
    mark.textContent = this.words.mark ?? '';
    unshown.hidden = this.status !== 'unshown';
    unshown.textContent = this.status === 'unshown' ? 'This picture cannot be shown' : '';
  }
}
