// Encoded bytes go in; what picture they are, by their magic bytes and header alone, comes out.
import { imageSize } from 'image-size';

export interface PictureInfo {
  /** As people write it. */
  readonly format: 'PNG' | 'JPEG' | 'WebP' | 'GIF' | 'AVIF';
  readonly mime: string;
  /** For file names, without the dot. */
  readonly extension: string;
  /** Pixels as shown, after the EXIF orientation. */
  readonly width: number;
  /** Pixels as shown, after the EXIF orientation. */
  readonly height: number;
}

const formats: Readonly<Record<string, Pick<PictureInfo, 'format' | 'mime' | 'extension'>>> = {
  png: { format: 'PNG', mime: 'image/png', extension: 'png' },
  jpg: { format: 'JPEG', mime: 'image/jpeg', extension: 'jpg' },
  webp: { format: 'WebP', mime: 'image/webp', extension: 'webp' },
  gif: { format: 'GIF', mime: 'image/gif', extension: 'gif' },
  avif: { format: 'AVIF', mime: 'image/avif', extension: 'avif' },
};

/** Undefined where the bytes are no picture of these formats, whatever their file is called. */
export function identifyPicture(bytes: Uint8Array): PictureInfo | undefined {
  try {
    const { type, width, height, orientation = 1 } = imageSize(bytes);
    const format = formats[type ?? ''];
    if (!format || !(width > 0) || !(height > 0)) return undefined;
    // Orientations 5 to 8 lie on their side.
    return orientation >= 5
      ? { ...format, width: height, height: width }
      : { ...format, width, height };
  } catch {
    // Its way to say that the header is of no known kind, or cut off.
    return undefined;
  }
}
