// How many bytes fill up the space before markers goes in; JPEGs that have so many come out (ITU-T T.81, B.1.1.2).
import { jpegSegment } from './photographs';

/** 16 × 8 in grey: a light square and a dark one, with a restart between them, written from the standard. */
export function jpegWithRestart(fill: number): Buffer {
  const table = (number: number, counts: readonly number[], values: readonly number[]) =>
    String.fromCharCode(number, ...counts, ...Array<number>(16 - counts.length).fill(0), ...values);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jpegSegment(0xfe, 'secret caption'),
    jpegSegment(0xdb, `\0${'\x10'.repeat(64)}`),
    jpegSegment(0xc0, '\x08\0\x08\0\x10\x01\x01\x11\0'),
    jpegSegment(0xc4, table(0x00, [0, 2], [0, 6])),
    jpegSegment(0xc4, table(0x10, [1], [0])),
    jpegSegment(0xdd, '\0\x01'),
    jpegSegment(0xda, '\x01\x01\0\0\x3f\0'),
    // 40 steps of 16 more than nothing, then 40 less: the number of bits, the bits, and that no more follows.
    Buffer.from([0b01_101000, 0b0_1111111]),
    Buffer.alloc(fill, 0xff),
    Buffer.from([0xff, 0xd0, 0b01_010111, 0b0_1111111]),
    Buffer.alloc(fill, 0xff),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** Each segment of a JPEG with as many bytes before it; its scans stay as they are. */
export function withFill(jpeg: Buffer, fill: number): Buffer {
  const pieces = [jpeg.subarray(0, 2)];
  for (let at = 2; ;) {
    const end = at + 2 + jpeg.readUInt16BE(at + 2);
    pieces.push(Buffer.alloc(fill, 0xff), jpeg.subarray(at, end));
    if (jpeg[at + 1] === 0xda) return Buffer.concat([...pieces, jpeg.subarray(end)]);
    at = end;
  }
}
