// What a decoded picture is, and whether anything of it is transparent.

export interface Pixels {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Row by row from the top: red, green, blue and alpha of each, not premultiplied. */
  readonly pixels: Uint8Array;
}

/** Pixels that are looked at before the answer is asked for. */
const stretch = 1024;

/** Whether nothing of it is transparent. */
export function isOpaque({ pixels }: Pixels): boolean {
  for (let from = 0; from < pixels.length; from += 4 * stretch) {
    const end = Math.min(pixels.length, from + 4 * stretch);
    let all = 255;
    for (let at = from + 3; at < end; at += 4) all &= pixels[at]!;
    if (all !== 255) return false;
  }
  return true;
}
