// What picture bytes are, whatever their file is called: real pictures made by sharp.
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { identifyPicture, isApplePng } from '../../../src/picture/identify';
import { withFill } from './support/fillBytes';
import { pngChunk } from './support/photographs';

const made = () =>
  sharp({
    create: { width: 30, height: 20, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } },
  });

describe('identifyPicture', () => {
  const formats = [
    { format: 'PNG', mime: 'image/png', extension: 'png', bytes: () => made().png().toBuffer() },
    { format: 'JPEG', mime: 'image/jpeg', extension: 'jpg', bytes: () => made().jpeg().toBuffer() },
    {
      format: 'WebP',
      mime: 'image/webp',
      extension: 'webp',
      bytes: () => made().webp().toBuffer(),
    },
    {
      format: 'WebP',
      mime: 'image/webp',
      extension: 'webp',
      bytes: () => made().webp({ lossless: true }).toBuffer(),
    },
    { format: 'GIF', mime: 'image/gif', extension: 'gif', bytes: () => made().gif().toBuffer() },
    {
      format: 'AVIF',
      mime: 'image/avif',
      extension: 'avif',
      bytes: () => made().avif().toBuffer(),
    },
    { format: 'TIFF', mime: 'image/tiff', extension: 'tif', bytes: () => made().tiff().toBuffer() },
    {
      format: 'BMP',
      mime: 'image/bmp',
      extension: 'bmp',
      // Stored from the top down, which its height says by being negative.
      bytes: () => Promise.resolve(bitmapHeader(30, -20)),
    },
    {
      format: 'HEIC',
      mime: 'image/heic',
      extension: 'heic',
      bytes: async () => heicHeader(await made().avif().toBuffer()),
    },
  ];
  for (const { bytes, ...expected } of formats) {
    it(`knows ${expected.format} with its size`, async () => {
      assert.deepEqual(identifyPicture(await bytes()), { ...expected, width: 30, height: 20 });
    });

    it(`knows ${expected.format} in the middle of a larger buffer`, async () => {
      const larger = Buffer.concat([Buffer.from('GIF89a---'), await bytes()]);
      assert.equal(identifyPicture(new Uint8Array(larger).subarray(9))?.format, expected.format);
    });
  }

  for (const format of ['jpeg', 'png', 'tiff', 'avif'] as const) {
    for (let orientation = 1; orientation <= 8; orientation++) {
      it(`gives the size as shown for orientation ${orientation} of a ${format}`, async () => {
        const bytes = await made().withMetadata({ orientation }).toFormat(format).toBuffer();
        const { width, height } = identifyPicture(bytes)!;
        assert.deepEqual([width, height], orientation >= 5 ? [20, 30] : [30, 20]);
      });
    }
  }

  it('knows a JPEG with bytes that fill up the space before its segments', async () => {
    for (const fill of [1, 3]) {
      const bytes = withFill(await made().jpeg().toBuffer(), fill);
      const { format, width, height } = identifyPicture(bytes)!;
      assert.deepEqual([format, width, height], ['JPEG', 30, 20]);
    }
  });

  it('knows a PNG of the kind that Apple’s tools make for iPhones', async () => {
    const png = await made().png().toBuffer();
    const marked = [png.subarray(0, 8), pngChunk('CgBI', '\x50\0\x20\x06'), png.subarray(8)];
    assert.deepEqual([isApplePng(Buffer.concat(marked)), isApplePng(png)], [true, false]);
  });

  const none: [string, Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('make it black and white')],
    ['HTML', Buffer.from('<!doctype html><html><body>502</body></html>')],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>')],
    ['PDF', Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj')],
    ['a PNG cut off in its header', Buffer.from('89504e470d0a1a0a0000000d4948', 'hex')],
    ['zero bytes', Buffer.alloc(5000)],
  ];
  for (const [what, bytes] of none) {
    it(`does not take ${what} for a picture`, () =>
      assert.equal(identifyPicture(bytes), undefined));
  }
});

function bitmapHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  return header;
}

/** The same boxes under the other brand: no encoder of HEIC is at hand, and the header is all that counts. */
function heicHeader(avif: Buffer): Buffer {
  return Buffer.from(avif.toString('latin1').replaceAll('avif', 'heic'), 'latin1');
}
