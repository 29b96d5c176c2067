// A camera's EXIF block and the size of another picture go in; the block comes out as that picture's own.
import { standsAt, viewOf } from './bytes';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Bytes of one value of each EXIF type, by its number. */
const typeLengths = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
const entryLength = 12;

const tag = {
  imageWidth: 0x0100,
  imageHeight: 0x0101,
  stripOffsets: 0x0111,
  orientation: 0x0112,
  stripLengths: 0x0117,
  subDirectories: 0x014a,
  thumbnailOffset: 0x0201,
  thumbnailLength: 0x0202,
  xmp: 0x02bc,
  iptc: 0x83bb,
  photoshop: 0x8649,
  exif: 0x8769,
  gps: 0x8825,
  pixelWidth: 0xa002,
  pixelHeight: 0xa003,
  interoperability: 0xa005,
  relatedWidth: 0x1001,
  relatedHeight: 0x1002,
};

/** Tags of whole blocks that are kept elsewhere in the file, or not at all. */
const removed: ReadonlySet<number> = new Set([
  tag.subDirectories,
  tag.xmp,
  tag.iptc,
  tag.photoshop,
  tag.gps,
]);
const widths: ReadonlySet<number> = new Set([tag.imageWidth, tag.pixelWidth, tag.relatedWidth]);
const heights: ReadonlySet<number> = new Set([tag.imageHeight, tag.pixelHeight, tag.relatedHeight]);

/**
 * Without place, thumbnail and embedded pictures; upright; with the new size. Nothing that stays is moved, so that
 * what makers of cameras note in their own ways, which points into the block, stays right.
 * @param exif a TIFF structure, with or without `Exif␀␀` before it
 * @returns without `Exif␀␀`; undefined where there is no sense in it
 */
export function cleanExif(exif: Uint8Array, size: Size): Uint8Array | undefined {
  const block = new Uint8Array(standsAt(exif, 0, 'Exif\0') ? exif.subarray(6) : exif);
  const little = standsAt(block, 0, 'II*\0');
  if (block.length < 14 || (!little && !standsAt(block, 0, 'MM\0*'))) return undefined;
  const cleaner = new Cleaner(block, little, size);
  if (!cleaner.clean()) return undefined;
  // What was wiped at the end, mostly the thumbnail, need not be stored.
  let end = block.length;
  while (end > cleaner.end && block[end - 1] === 0) end--;
  return block.subarray(0, end);
}

interface Entry {
  readonly at: number;
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Where its values stand: in the entry where they fit. */
  readonly valueStart: number;
  readonly valueEnd: number;
}

class Cleaner {
  /** Offset behind the last byte that something which stays refers to. */
  end = 8;
  private readonly view: DataView;
  private readonly seen = new Set<number>();

  constructor(
    private readonly block: Uint8Array,
    private readonly little: boolean,
    private readonly size: Size,
  ) {
    this.view = viewOf(block);
  }

  /** @returns whether there was a directory */
  clean(): boolean {
    const first = this.view.getUint32(4, this.little);
    const link = this.linkOf(first);
    if (link === undefined) return false;
    // The second directory is the thumbnail's.
    this.wipeChain(this.view.getUint32(link, this.little));
    this.view.setUint32(link, 0, this.little);
    this.keep(first);
    return true;
  }

  private keep(directory: number): void {
    const link = this.linkOf(directory);
    if (link === undefined || this.seen.has(directory)) return;
    this.seen.add(directory);
    this.reach(link + 4);
    const kept: Entry[] = [];
    for (const entry of this.entries(directory)) {
      if (removed.has(entry.tag)) this.wipe(entry);
      else kept.push(entry);
    }
    const was = this.view.getUint16(directory, this.little);
    // Entries move up within the directory; their values do not.
    kept.forEach((entry, index) =>
      this.block.copyWithin(directory + 2 + index * entryLength, entry.at, entry.at + entryLength),
    );
    const next = this.view.getUint32(link, this.little);
    const newLink = directory + 2 + kept.length * entryLength;
    this.block.fill(0, newLink, directory + 2 + was * entryLength + 4);
    this.view.setUint16(directory, kept.length, this.little);
    this.view.setUint32(newLink, next, this.little);
    for (const entry of this.entries(directory)) this.settle(entry);
  }

  private settle(entry: Entry): void {
    if (entry.tag === tag.exif || entry.tag === tag.interoperability) {
      this.keep(this.view.getUint32(entry.at + 8, this.little));
    } else if (entry.tag === tag.orientation) this.setNumber(entry, 1);
    else if (widths.has(entry.tag)) this.setNumber(entry, this.size.width);
    else if (heights.has(entry.tag)) this.setNumber(entry, this.size.height);
    this.reach(entry.valueEnd);
  }

  private reach(offset: number): void {
    this.end = Math.max(this.end, offset);
  }

  private setNumber({ at, type, count }: Entry, value: number): void {
    if (count !== 1) return;
    // Sides of more than 65,535 pixels need the longer type, for which there is room.
    if (type === 3 && value <= 0xffff) this.view.setUint16(at + 8, value, this.little);
    else {
      this.view.setUint16(at + 2, 4, this.little);
      this.view.setUint32(at + 8, value, this.little);
    }
  }

  /** A directory, those behind it, and the pictures they hold. */
  private wipeChain(directory: number): void {
    const link = this.linkOf(directory);
    if (link === undefined || this.seen.has(directory)) return;
    this.seen.add(directory);
    this.wipeChain(this.view.getUint32(link, this.little));
    const entries = [...this.entries(directory)];
    this.wipePicture(entries, tag.thumbnailOffset, tag.thumbnailLength);
    this.wipePicture(entries, tag.stripOffsets, tag.stripLengths);
    for (const entry of entries) this.wipe(entry);
    this.block.fill(0, directory, link + 4);
  }

  private wipePicture(entries: readonly Entry[], offsets: number, lengths: number): void {
    const startOf = entries.find((entry) => entry.tag === offsets && entry.count === 1);
    const lengthOf = entries.find((entry) => entry.tag === lengths && entry.count === 1);
    if (!startOf || !lengthOf) return;
    const start = this.view.getUint32(startOf.at + 8, this.little);
    const short = lengthOf.type === 3;
    const length = short
      ? this.view.getUint16(lengthOf.at + 8, this.little)
      : this.view.getUint32(lengthOf.at + 8, this.little);
    if (start >= 8) this.block.fill(0, start, Math.min(start + length, this.block.length));
  }

  private wipe(entry: Entry): void {
    const points = entry.tag === tag.gps || entry.tag === tag.subDirectories;
    if (points && entry.count === 1) {
      this.wipeChain(this.view.getUint32(entry.at + 8, this.little));
    }
    this.block.fill(0, entry.valueStart, entry.valueEnd);
  }

  /** Where a directory says what comes next; undefined where it does not lie inside. */
  private linkOf(directory: number): number | undefined {
    if (directory < 8 || directory + 2 > this.block.length) return undefined;
    const link = directory + 2 + this.view.getUint16(directory, this.little) * entryLength;
    return link + 4 <= this.block.length ? link : undefined;
  }

  private *entries(directory: number): Generator<Entry> {
    const count = this.view.getUint16(directory, this.little);
    for (let index = 0; index < count; index++) {
      const at = directory + 2 + index * entryLength;
      const type = this.view.getUint16(at + 2, this.little);
      const values = this.view.getUint32(at + 4, this.little);
      const length = (typeLengths[type] ?? 0) * values;
      const valueStart = length <= 4 ? at + 8 : this.view.getUint32(at + 8, this.little);
      const inside = valueStart >= 8 && valueStart + length <= this.block.length;
      yield {
        at,
        tag: this.view.getUint16(at, this.little),
        type,
        count: values,
        valueStart: inside ? valueStart : at + 8,
        valueEnd: inside ? valueStart + length : at + 8,
      };
    }
  }
}
