// The bytes of a BMP go in, its pixels come out. libvips reads no BMP, and no library on npm reads all kinds of it.
import { standsAt, viewOf } from './metadata/bytes';
import { PictureError } from './pictureError';

export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** 3 for red, green and blue, 4 with alpha. */
  readonly channels: 3 | 4;
  /** Row by row from the top, a byte a channel. */
  readonly pixels: Uint8Array;
}

const compressions = { none: 0, rle8: 1, rle4: 2, masks: 3, masksWithAlpha: 6 };

interface Header {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  readonly size: number;
  /** Offset of the pixels in the file. */
  readonly pixelsStart: number;
  readonly coloursUsed: number;
}

/**
 * Every depth that Windows and OS/2 have written, run-length encoding and bit masks included.
 * @param limit pixels, checked before memory is asked for
 * @throws PictureError where it is damaged, of an unknown kind, or over the limit
 * @see https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
 */
export function decodeBitmap(bytes: Uint8Array, limit: number): Bitmap {
  const header = readHeader(bytes);
  const { width, height, compression, bits } = header;
  if (width < 1 || height < 1 || width * height > limit) throw damaged();
  if (compression === compressions.rle8 || compression === compressions.rle4) {
    if (bits !== (compression === compressions.rle8 ? 8 : 4)) throw damaged();
    return paint(header, readRuns(bytes, header), readPalette(bytes, header));
  }
  if (bits <= 8) return paint(header, readIndices(bytes, header), readPalette(bytes, header));
  return readMasked(bytes, header);
}

/** @throws PictureError where it is damaged or of an unknown kind */
export function measureBitmap(bytes: Uint8Array): { width: number; height: number } {
  return readHeader(bytes);
}

function readHeader(bytes: Uint8Array): Header {
  if (!standsAt(bytes, 0, 'BM') || bytes.length < 26) throw damaged();
  const view = viewOf(bytes);
  const pixelsStart = view.getUint32(10, true);
  const size = view.getUint32(14, true);
  if (size === 12) {
    return {
      width: view.getUint16(18, true),
      height: view.getUint16(20, true),
      topDown: false,
      bits: checkBits(view.getUint16(24, true), compressions.none),
      compression: compressions.none,
      size,
      pixelsStart,
      coloursUsed: 0,
    };
  }
  if (size < 40 || bytes.length < 14 + size) throw damaged();
  const height = view.getInt32(22, true);
  const compression = view.getUint32(30, true);
  return {
    width: view.getInt32(18, true),
    height: Math.abs(height),
    topDown: height < 0,
    bits: checkBits(view.getUint16(28, true), compression),
    compression,
    size,
    pixelsStart,
    coloursUsed: view.getUint32(46, true),
  };
}

function checkBits(bits: number, compression: number): number {
  if (
    [1, 2, 4, 8, 16, 24, 32].includes(bits) &&
    Object.values(compressions).includes(compression)
  ) {
    return bits;
  }
  throw new PictureError('It is a BMP of a rare kind. Save it as PNG first.');
}

/** Three bytes a colour: red, green, blue. Indices past its end are black. */
function readPalette(bytes: Uint8Array, { size, bits, coloursUsed }: Header): Uint8Array {
  const entry = size === 12 ? 3 : 4;
  const count = Math.min(coloursUsed || 2 ** bits, 2 ** bits);
  const palette = new Uint8Array(3 * 256);
  for (let index = 0; index < count; index++) {
    const at = 14 + size + index * entry;
    palette[3 * index] = bytes[at + 2] ?? 0;
    palette[3 * index + 1] = bytes[at + 1] ?? 0;
    palette[3 * index + 2] = bytes[at] ?? 0;
  }
  return palette;
}

/** A byte a pixel, in the order of the file. */
function readIndices(bytes: Uint8Array, header: Header): Uint8Array {
  const { width, height, bits } = header;
  const indices = new Uint8Array(width * height);
  const stride = rowLength(bytes, header);
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  for (let row = 0, to = 0; row < height; row++) {
    const start = header.pixelsStart + row * stride;
    for (let x = 0; x < width; x++) {
      const byte = bytes[start + Math.floor(x / perByte)] ?? 0;
      indices[to++] = (byte >> (8 - bits - (x % perByte) * bits)) & mask;
    }
  }
  return indices;
}

/** Run-length encoding: what the runs skip is the first colour. */
function readRuns(bytes: Uint8Array, { width, height, bits, pixelsStart }: Header): Uint8Array {
  const indices = new Uint8Array(width * height);
  let x = 0;
  let row = 0;
  const put = (value: number, index: number) => {
    const colour = bits === 8 ? value : index % 2 === 0 ? value >> 4 : value & 15;
    if (x < width) indices[row * width + x++] = colour;
  };
  for (let at = pixelsStart; row < height;) {
    const first = bytes[at++];
    const second = bytes[at++];
    if (first === undefined || second === undefined) throw damaged();
    if (first > 0) {
      for (let index = 0; index < first; index++) put(second, index);
    } else if (second === 0) {
      x = 0;
      row++;
    } else if (second === 1) {
      break;
    } else if (second === 2) {
      x += bytes[at++] ?? 0;
      row += bytes[at++] ?? 0;
    } else {
      const length = Math.ceil((second * bits) / 8);
      for (let index = 0; index < second; index++) {
        put(bytes[at + Math.floor((index * bits) / 8)] ?? 0, index);
      }
      at += length + (length % 2);
    }
  }
  return indices;
}

function paint(header: Header, indices: Uint8Array, palette: Uint8Array): Bitmap {
  const { width, height } = header;
  const pixels = new Uint8Array(width * height * 3);
  for (let row = 0, from = 0; row < height; row++) {
    let to = rowFromTop(header, row) * width * 3;
    for (let x = 0; x < width; x++, to += 3) {
      const colour = indices[from++]! * 3;
      pixels[to] = palette[colour]!;
      pixels[to + 1] = palette[colour + 1]!;
      pixels[to + 2] = palette[colour + 2]!;
    }
  }
  return { width, height, channels: 3, pixels };
}

/** 16, 24 and 32 bits a pixel: each channel is some of the bits. */
function readMasked(bytes: Uint8Array, header: Header): Bitmap {
  const { width, height, bits } = header;
  const stride = rowLength(bytes, header);
  const masks = readMasks(bytes, header);
  const channels = masks.length as 3 | 4;
  const shifts = masks.map((mask) => (mask === 0 ? 0 : Math.clz32(mask & -mask) ^ 31));
  const scales = masks.map((mask, index) => 255 / (mask >>> shifts[index]! || 1));
  const pixels = new Uint8Array(width * height * channels);
  const length = bits / 8;
  let anyAlpha = false;
  for (let row = 0; row < height; row++) {
    let from = header.pixelsStart + row * stride;
    let to = rowFromTop(header, row) * width * channels;
    for (let x = 0; x < width; x++) {
      let pixel = 0;
      for (let index = 0; index < length; index++) pixel |= (bytes[from++] ?? 0) << (8 * index);
      for (let channel = 0; channel < channels; channel++) {
        const value = ((pixel & masks[channel]!) >>> shifts[channel]!) * scales[channel]!;
        pixels[to++] = Math.round(value);
        if (channel === 3 && value > 0) anyAlpha = true;
      }
    }
  }
  const bitmap = { width, height, channels, pixels };
  // Nothing but transparent: then the writer did not mean it.
  return channels === 4 && !anyAlpha ? withoutAlpha(bitmap) : bitmap;
}

/** Of red, green, blue, and alpha where there is one. */
function readMasks(bytes: Uint8Array, { bits, compression, size }: Header): number[] {
  if (compression === compressions.none || bits === 24) {
    return bits === 16 ? [0x7c00, 0x03e0, 0x001f] : [0xff0000, 0xff00, 0xff];
  }
  // In the header or right behind it: the same place.
  const hasAlpha = compression === compressions.masksWithAlpha || size >= 56;
  if (bytes.length < (hasAlpha ? 70 : 66)) throw damaged();
  const view = viewOf(bytes);
  const masks = [54, 58, 62].map((at) => view.getUint32(at, true));
  const alpha = hasAlpha ? view.getUint32(66, true) : 0;
  return alpha === 0 ? masks : [...masks, alpha];
}

function withoutAlpha({ width, height, pixels }: Bitmap): Bitmap {
  const opaque = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < opaque.length; from += 4, to += 3) {
    opaque[to] = pixels[from]!;
    opaque[to + 1] = pixels[from + 1]!;
    opaque[to + 2] = pixels[from + 2]!;
  }
  return { width, height, channels: 3, pixels: opaque };
}

/** Bytes from one row to the next. @throws PictureError where a whole row is missing at the end */
function rowLength(bytes: Uint8Array, { width, height, bits, pixelsStart }: Header): number {
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (pixelsStart + stride * (height - 1) >= bytes.length) throw damaged();
  return stride;
}

function rowFromTop({ topDown, height }: Header, row: number): number {
  return topDown ? row : height - 1 - row;
}

function damaged(): PictureError {
  return new PictureError('It is a damaged BMP.');
}
