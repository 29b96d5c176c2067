// What a decoded picture is. Only types.

export interface Pixels {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Row by row from the top: red, green, blue and alpha of each, not premultiplied. */
  readonly pixels: Uint8Array;
}
