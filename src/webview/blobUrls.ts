// Takes encoded pictures by name; gives the address at which this page can show each.
import type { PictureName } from '../compare/protocol';

export class BlobUrls {
  private readonly pictures = new Map<PictureName, { url: string; bytes: Blob }>();

  get(name: PictureName): string | undefined {
    return this.pictures.get(name)?.url;
  }

  bytes(name: PictureName): Blob | undefined {
    return this.pictures.get(name)?.bytes;
  }

  /** In place of the picture of that name, whose address is of no use from then on. */
  set(name: PictureName, mime: string, bytes: ArrayBuffer): void {
    this.drop(name);
    const blob = new Blob([bytes], { type: mime });
    this.pictures.set(name, { url: URL.createObjectURL(blob), bytes: blob });
  }

  drop(name: PictureName): void {
    const picture = this.pictures.get(name);
    if (picture) URL.revokeObjectURL(picture.url);
    this.pictures.delete(name);
  }
}
