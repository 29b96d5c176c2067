// A lossy WebP's compressed pixels go in, how coarsely they are quantised comes out.

/**
 * Quantiser indices of its segments, 0 the finest and 127 the coarsest; one where it has no segments.
 * @param frame a VP8 key frame
 * @returns none where it is damaged
 * @see https://www.rfc-editor.org/rfc/rfc6386 9.2 to 9.6
 */
export function readQuantisers(frame: Uint8Array): number[] {
  if (frame.length < 20 || (frame[0]! & 1) !== 0) return [];
  const reader = new BoolReader(frame, 10);
  // Colour space and clamping.
  reader.bits(2);
  const segments: number[] = [];
  let absolute = false;
  if (reader.bits(1)) {
    const updatesMap = reader.bits(1);
    if (reader.bits(1)) {
      absolute = reader.bits(1) === 1;
      for (let index = 0; index < 4; index++) segments.push(reader.optional(7));
      for (let index = 0; index < 4; index++) reader.optional(6);
    }
    if (updatesMap) for (let index = 0; index < 3; index++) if (reader.bits(1)) reader.bits(8);
  }
  // Kind, level and sharpness of the filter.
  reader.bits(10);
  if (reader.bits(1) && reader.bits(1)) for (let index = 0; index < 8; index++) reader.optional(6);
  // Partitions.
  reader.bits(2);
  const base = reader.bits(7);
  if (segments.length === 0) return [base];
  return segments.map((value) => Math.min(127, Math.max(0, absolute ? value : base + value)));
}

/** VP8's arithmetic decoder, for values all of whose bits are as likely 0 as 1. */
class BoolReader {
  private value: number;
  private range = 255;
  private bitCount = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {
    this.value = (this.next() << 8) | this.next();
  }

  bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) value = value * 2 + this.bit();
    return value;
  }

  /** A flag, and where it is set a value and its sign; else 0. */
  optional(count: number): number {
    if (!this.bits(1)) return 0;
    const value = this.bits(count);
    return this.bits(1) ? -value : value;
  }

  private bit(): number {
    const split = 1 + (((this.range - 1) * 128) >> 8);
    const high = split << 8;
    const bit = this.value >= high ? 1 : 0;
    if (bit) {
      this.range -= split;
      this.value -= high;
    } else this.range = split;
    while (this.range < 128) {
      this.value <<= 1;
      this.range <<= 1;
      if (++this.bitCount === 8) {
        this.bitCount = 0;
        this.value |= this.next();
      }
    }
    return bit;
  }

  private next(): number {
    return this.bytes[this.at++] ?? 0;
  }
}
