// Takes a spot of the original; says where it is and what colour each picture has there.
import { contain, type Point, type Size } from './viewport';

/** One of the two pictures. */
export interface ReadPicture {
  readonly name: string;
  readonly bytes: Blob | undefined;
}

export class PixelReadout {
  /** Decoded once, off the main thread, and read from then on: drawing an encoded picture would stall. */
  private readonly decoded = new Map<Blob, ImageBitmap | 'waiting' | 'unreadable'>();
  private readonly pixel = new OffscreenCanvas(1, 1).getContext('2d', {
    willReadFrequently: true,
  });
  private asked: { spot: Point; original: Size; pictures: readonly ReadPicture[] } | undefined;
  private frame = 0;

  constructor(private readonly place: HTMLElement) {}

  /** Once for each frame, whatever the pointer does. */
  show(spot: Point, original: Size, pictures: readonly ReadPicture[]): void {
    const { width, height } = original;
    const inside = spot.x >= 0 && spot.y >= 0 && spot.x < width && spot.y < height;
    this.asked = inside ? { spot, original, pictures } : undefined;
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  hide(): void {
    this.asked = undefined;
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  /** What is not among these any more is let go. */
  keep(pictures: readonly ReadPicture[]): void {
    for (const [bytes, picture] of this.decoded) {
      if (pictures.some((kept) => kept.bytes === bytes)) continue;
      if (picture instanceof ImageBitmap) picture.close();
      this.decoded.delete(bytes);
    }
  }

  /** `x 512, y 300`, and the colours as `#3A7BD5`. */
  private draw(): void {
    this.frame = 0;
    this.place.hidden = this.asked === undefined;
    if (!this.asked) return;
    const { spot, original, pictures } = this.asked;
    const where = document.createElement('span');
    where.textContent = `x ${Math.floor(spot.x)}, y ${Math.floor(spot.y)}`;
    this.place.replaceChildren(
      where,
      ...pictures.map(({ name, bytes }) => {
        const part = document.createElement('span');
        const swatch = document.createElement('span');
        swatch.className = 'swatch';
        const colour = bytes && this.colourAt(bytes, spot, original);
        if (colour) swatch.style.backgroundColor = colour;
        part.append(swatch, `${name} ${colour ?? '…'}`);
        return part;
      }),
    );
  }

  private colourAt(bytes: Blob, spot: Point, original: Size): string | undefined {
    const picture = this.decoded.get(bytes);
    if (picture === undefined) void this.decode(bytes);
    if (!(picture instanceof ImageBitmap) || !this.pixel) return undefined;
    const box = contain(picture, original);
    const x = Math.floor(((spot.x - box.x) / box.width) * picture.width);
    const y = Math.floor(((spot.y - box.y) / box.height) * picture.height);
    if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return 'none';
    this.pixel.clearRect(0, 0, 1, 1);
    this.pixel.drawImage(picture, x, y, 1, 1, 0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = this.pixel.getImageData(0, 0, 1, 1).data;
    const channels = alpha === 255 ? [red, green, blue] : [red, green, blue, alpha];
    return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`.toUpperCase();
  }

  private async decode(bytes: Blob): Promise<void> {
    this.decoded.set(bytes, 'waiting');
    const picture = await createImageBitmap(bytes).catch(() => 'unreadable' as const);
    // It may have been let go meanwhile.
    if (this.decoded.get(bytes) === 'waiting') this.decoded.set(bytes, picture);
    else if (picture instanceof ImageBitmap) picture.close();
    this.frame ||= requestAnimationFrame(() => this.draw());
  }
}
