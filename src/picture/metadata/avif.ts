// The bytes of an AVIF go in; what its boxes say of the picture that is shown comes out (ISO/IEC 14496-12 and 23008-12).
import { nameAt, viewOf } from './bytes';

interface Box {
  readonly type: string;
  /** Offset of what is in it. */
  readonly start: number;
  readonly end: number;
}

/** What is said of the picture: by the name of the box, what is in the first one of these. */
export type Properties = ReadonlyMap<string, readonly Uint8Array[]>;

/** Of the primary item; nothing where the boxes make no sense. */
export function primaryProperties(bytes: Uint8Array): Properties {
  const found = new Map<string, Uint8Array[]>();
  try {
    const meta = boxIn(bytes, 'meta', 0, bytes.length);
    const inMeta = (type: string, from = meta.start + 4) => boxIn(bytes, type, from, meta.end);
    const primary = primaryItem(bytes, inMeta('pitm'));
    const properties = inMeta('iprp');
    const container = boxIn(bytes, 'ipco', properties.start, properties.end);
    const all = [...boxes(bytes, container.start, container.end)];
    const association = boxIn(bytes, 'ipma', properties.start, properties.end);
    for (const index of associated(bytes, association, primary)) {
      const box = all[index - 1];
      if (!box) continue;
      const content = bytes.subarray(box.start, box.end);
      found.set(box.type, [...(found.get(box.type) ?? []), content]);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return found;
}

/** Names of what a file may be read as. */
export function brandsOf(bytes: Uint8Array): string[] {
  if (bytes.length < 16 || nameAt(bytes, 4) !== 'ftyp') return [];
  const end = Math.min(viewOf(bytes).getUint32(0), bytes.length);
  const brands = [nameAt(bytes, 8)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(nameAt(bytes, at));
  return brands;
}

function* boxes(bytes: Uint8Array, from: number, to: number): Generator<Box> {
  const view = viewOf(bytes);
  for (let at = from; at + 8 <= to;) {
    const short = view.getUint32(at);
    const head = short === 1 ? 16 : 8;
    const length = short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    if (length < head || at + length > to) return;
    yield { type: nameAt(bytes, at + 4), start: at + head, end: at + length };
    at += length;
  }
}

/** @throws RangeError where there is none */
function boxIn(bytes: Uint8Array, type: string, from: number, to: number): Box {
  for (const box of boxes(bytes, from, to)) if (box.type === type) return box;
  throw new RangeError(`no ${type}`);
}

function primaryItem(bytes: Uint8Array, { start }: Box): number {
  const view = viewOf(bytes);
  return bytes[start] === 0 ? view.getUint16(start + 4) : view.getUint32(start + 4);
}

/** Numbers of the properties of an item, from 1. */
function associated(bytes: Uint8Array, { start }: Box, item: number): number[] {
  const view = viewOf(bytes);
  const longItems = bytes[start] !== 0;
  const longIndices = (view.getUint8(start + 3) & 1) === 1;
  let at = start + 8;
  for (let entry = 0; entry < view.getUint32(start + 4); entry++) {
    const id = longItems ? view.getUint32(at) : view.getUint16(at);
    at += longItems ? 4 : 2;
    const count = view.getUint8(at++);
    const indices = Array.from({ length: count }, (_, index) =>
      // The first bit says whether it must be understood.
      longIndices ? view.getUint16(at + 2 * index) & 0x7fff : view.getUint8(at + index) & 0x7f,
    );
    if (id === item) return indices;
    at += count * (longIndices ? 2 : 1);
  }
  return [];
}
