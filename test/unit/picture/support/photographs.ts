// Pictures with everything in them that cameras and programs leave there, made by sharp and by hand.
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

export type Format = 'jpeg' | 'png' | 'webp';

/** What must never leave the machine; looked for byte by byte as well. */
export const secrets = ['Secret Camera', 'secret caption', 'secret trailer', 'secret signature'];

const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="secret caption"/></rdf:RDF></x:xmpmeta>`;

/** A picture of noise and shapes: no two of its corners are alike. */
export function paint(width = 60, height = 40, channels: 3 | 4 = 3): Sharp {
  const raw = Buffer.alloc(width * height * channels);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += channels) {
      raw[at] = (x * 255) / width;
      raw[at + 1] = (y * 255) / height;
      raw[at + 2] = (x * 7 + y * 13) % 256;
      if (channels === 4) raw[at + 3] = (x + y) % 256;
    }
  }
  return sharp(raw, { raw: { width, height, channels } });
}

/** A photograph with EXIF, GPS, XMP, a wide-gamut profile, comments, signature, and more behind its end. */
export async function photograph(
  format: Format,
  orientation = 1,
  picture = paint(60, 40, format === 'jpeg' ? 3 : 4),
): Promise<Buffer> {
  const bytes = await picture
    .withMetadata({ orientation })
    .withIccProfile('p3')
    .withExif({
      IFD0: { Make: 'Secret Camera' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSLongitudeRef: 'W' },
    })
    .withXmp(xmp)
    .toFormat(format)
    .toBuffer();
  return litter[format](bytes);
}

const litter: Readonly<Record<Format, (bytes: Buffer) => Buffer>> = {
  jpeg: (bytes) =>
    Buffer.concat([
      bytes.subarray(0, 2),
      jpegSegment(0xe0, `JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01abc`),
      jpegSegment(0xe0, 'JFXX\0\x13secret caption'),
      jpegSegment(0xfe, 'secret caption'),
      jpegSegment(0xeb, 'JP\0\x01secret signature'),
      jpegSegment(0xed, 'Photoshop 3.0\x008BIMsecret caption'),
      jpegSegment(0xe2, 'MPF\0secret caption'),
      bytes.subarray(2),
      Buffer.from('secret trailer'),
      bytes,
    ]),
  png: (bytes) =>
    Buffer.concat([
      bytes.subarray(0, 33),
      pngChunk('tEXt', 'Comment\0secret caption'),
      pngChunk('iTXt', `XML:com.adobe.xmp\0\0\0\0\0${xmp}`),
      pngChunk('tIME', '\x07\xea\x0b\x19\x03\x04\x05'),
      pngChunk('caBX', 'secret signature'),
      bytes.subarray(33),
      Buffer.from('secret trailer'),
    ]),
  webp: (bytes) => {
    const more = Buffer.concat([
      bytes,
      webpChunk('C2PA', 'secret signature'),
      Buffer.from('secret trailer'),
    ]);
    more.writeUInt32LE(more.length - 8 - 'secret trailer'.length, 4);
    return more;
  },
};

export function jpegSegment(marker: number, content: string): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, Buffer.from(content, 'latin1')]);
}

export function pngChunk(name: string, content: string | Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), Buffer.from(content as string, 'latin1')]);
  const chunk = Buffer.alloc(named.length + 8);
  chunk.writeUInt32BE(named.length - 4);
  named.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(named), named.length + 4);
  return chunk;
}

export function webpChunk(name: string, content: string): Buffer {
  const head = Buffer.from(`${name}\0\0\0\0`);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, Buffer.from(content, 'latin1'), Buffer.alloc(content.length % 2)]);
}

/** The compressed data alone, found without the code under test. */
export function compressed(format: Format, bytes: Uint8Array): Buffer[] {
  const buffer = Buffer.from(bytes);
  if (format === 'jpeg') {
    const scan = buffer.lastIndexOf(
      Buffer.from([0xff, 0xda]),
      buffer.indexOf('\xff\xd9', 0, 'latin1'),
    );
    return [buffer.subarray(scan, buffer.indexOf('\xff\xd9', scan, 'latin1') + 2)];
  }
  const found: Buffer[] = [];
  for (let at = format === 'png' ? 8 : 12; at + 8 <= buffer.length;) {
    const [length, name, size] =
      format === 'png'
        ? [buffer.readUInt32BE(at), buffer.toString('latin1', at + 4, at + 8), 12]
        : [buffer.readUInt32LE(at + 4), buffer.toString('latin1', at, at + 4), 8];
    if (/^(IDAT|VP8[ L]|ALPH)$/.test(name)) found.push(buffer.subarray(at, at + size + length));
    at += size + length + (format === 'webp' ? length % 2 : 0);
    if (name === 'IEND') break;
  }
  return found;
}
