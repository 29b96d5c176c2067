// Pictures that are whole, cut and damaged go in; whether all of them can be read comes out, and no memory is taken for promises.
import assert from 'node:assert/strict';
import { identifyPicture } from '../../../src/picture/identify';
import { paint, pngChunk } from './support/photographs';
import { sharedWorker } from './support/sharedWorker';

describe('the check of a picture', () => {
  const isReadable = async (bytes: Uint8Array) => {
    const { format } = identifyPicture(bytes)!;
    return (await sharedWorker().run({ type: 'readable', encoded: { bytes, format } })).isReadable;
  };
  const kinds: [name: string, make: () => Promise<Buffer>, least: number][] = [
    ['PNG', () => paint().png().toBuffer(), 60],
    ['interlaced PNG', () => paint().png({ progressive: true }).toBuffer(), 60],
    ['JPEG', () => paint().jpeg().toBuffer(), 12],
    ['progressive JPEG', () => paint().jpeg({ progressive: true }).toBuffer(), 12],
    ['JPEG in CMYK', () => paint().toColourspace('cmyk').jpeg().toBuffer(), 12],
    ['WebP', () => paint().webp().toBuffer(), 1],
    ['WebP without loss', () => paint().webp({ lossless: true }).toBuffer(), 1],
    ['GIF', () => paint().gif().toBuffer(), 20],
    ['AVIF', () => paint().avif().toBuffer(), 1],
    ['TIFF', () => paint().tiff().toBuffer(), 12],
  ];
  for (const [name, make, least] of kinds) {
    it(`takes a ${name} that is whole, with more behind it too, and none that is cut`, async () => {
      const bytes = await make();
      assert.ok(await isReadable(bytes), 'whole');
      assert.ok(await isReadable(Buffer.concat([bytes, Buffer.alloc(64)])), 'with more behind it');
      for (const length of [bytes.length - least, bytes.length >> 1]) {
        const cut = bytes.subarray(0, length);
        if (identifyPicture(cut)) assert.ok(!(await isReadable(cut)), `${length} bytes of it`);
      }
    });
  }

  it('takes a JPEG without its end, of which nothing is lacking', async () => {
    const bytes = await paint().jpeg().toBuffer();
    assert.ok(await isReadable(bytes.subarray(0, -2)));
    assert.ok(await isReadable(bytes.subarray(0, -1)));
  });

  it('takes none whose data are damaged', async () => {
    const bytes = await paint().png().toBuffer();
    bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 40);
    assert.ok(!(await isReadable(bytes)));
  });

  it('takes none that promises more than it has, at once', async () => {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(9000, 0);
    header.writeUInt32BE(9000, 4);
    header.set([8, 2], 8);
    const signature = Buffer.from('89504e470d0a1a0a', 'hex');
    const little = (await paint().png().toBuffer()).subarray(33);
    const promising = Buffer.concat([signature, pngChunk('IHDR', header), little]);
    assert.equal(identifyPicture(promising)?.width, 9000);
    assert.ok(!(await isReadable(promising)));
  });
});
