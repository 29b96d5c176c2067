// A still PNG or AVIF goes in, and a number of frames; one of as many frames comes out (PNG, third edition, 11.3.6; ISO/IEC
// 14496-12).
import { pngChunk } from './photographs';

/** @param first whether the still picture is the first of the frames; all frames show the same */
export function moving(png: Buffer, frames: number, first = true): Buffer {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const pixels: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') {
      pixels.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
    }
  }
  let sequence = 0;
  const numbers = (...values: readonly number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, at) => bytes.writeUInt32BE(value, 4 * at));
    return bytes;
  };
  // A tenth of a second each.
  const control = () =>
    pngChunk(
      'fcTL',
      Buffer.concat([numbers(sequence++, width, height, 0, 0), Buffer.from([0, 1, 0, 10, 0, 0])]),
    );
  const data = () => pngChunk('fdAT', Buffer.concat([numbers(sequence++), ...pixels]));
  const later = Array.from({ length: first ? frames - 1 : frames }, () => [control(), data()]);
  return Buffer.concat([
    png.subarray(0, 33),
    pngChunk('acTL', numbers(frames, 0)),
    ...(first ? [control()] : []),
    png.subarray(33, -12),
    ...later.flat(),
    png.subarray(-12),
  ]);
}

/** Of its film there is nothing but how many samples it has: its still picture is all that is decoded. */
export function movingAvif(avif: Buffer, frames: number): Buffer {
  const box = (type: string, content: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + content.length);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, content]);
  };
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32BE(frames, 8);
  const film = ['stbl', 'minf', 'mdia', 'trak', 'moov'].reduce(
    (content, type) => box(type, content),
    box('stsz', sizes),
  );
  const bytes = Buffer.from(avif);
  bytes.write('avis', 8, 'latin1');
  return Buffer.concat([bytes, film]);
}
