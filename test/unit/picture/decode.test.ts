// Pictures of every kind are decoded in the thread; sharp, which shares none of our code, says what is right.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { identifyPicture } from '../../../src/picture/identify';
import type { DecodeJob } from '../../../src/picture/jobs';
import { PictureError } from '../../../src/picture/pictureError';
import { PictureWorker } from '../../../src/picture/pictureWorker';
import { jpegSegment, paint, pngChunk } from './support/photographs';

describe('decode', function () {
  this.timeout(120_000);
  const worker = new PictureWorker(resolve('dist/pictureThread.js'));
  after(() => worker.dispose());

  const decode = (bytes: Uint8Array, colours?: DecodeJob['colours']) => {
    const { format } = identifyPicture(bytes)!;
    const job = { type: 'decode', encoded: { bytes, format } } as const;
    return worker.run(colours === undefined ? job : { ...job, colours });
  };

  describe('turns upright', () => {
    for (const format of ['jpeg', 'png', 'webp', 'tiff', 'avif'] as const) {
      it(`a ${format} of any orientation`, async () => {
        for (let orientation = 1; orientation <= 8; orientation++) {
          const bytes = await paint(61, 40, format === 'jpeg' ? 3 : 4)
            .withMetadata({ orientation })
            .toFormat(format, format === 'avif' ? { lossless: true } : {})
            .toBuffer();
          const { pixels, width, height } = await decode(bytes);
          assert.deepEqual([width, height], orientation >= 5 ? [40, 61] : [61, 40]);
          assertClose(pixels, await rgba(sharp(bytes).autoOrient()), 1);
        }
      });
    }
  });

  const kinds: [name: string, make: () => Promise<Buffer>, tolerance: number][] = [
    ['a baseline JPEG', () => paint().jpeg().toBuffer(), 1],
    ['a progressive JPEG', () => paint().jpeg({ progressive: true }).toBuffer(), 1],
    ['a grey JPEG', () => paint().greyscale().jpeg().toBuffer(), 1],
    ['a PNG', () => paint().png().toBuffer(), 0],
    ['a PNG with transparency', () => paint(60, 40, 4).png().toBuffer(), 0],
    ['a PNG with a palette', () => paint().png({ palette: true, colours: 16 }).toBuffer(), 0],
    ['a palette with transparency', () => paint(60, 40, 4).png({ palette: true }).toBuffer(), 0],
    ['a PNG of 16 bits', () => paint().toColourspace('rgb16').png().toBuffer(), 0],
    ['a grey PNG of 16 bits', () => paint().toColourspace('grey16').png().toBuffer(), 1],
    ['a grey PNG', () => paint().toColourspace('b-w').png().toBuffer(), 0],
    ['a grey PNG with alpha', () => paint(60, 40, 4).toColourspace('b-w').png().toBuffer(), 0],
    ['a WebP with loss', () => paint(60, 40, 4).webp().toBuffer(), 1],
    ['a WebP without loss', () => paint(60, 40, 4).webp({ lossless: true }).toBuffer(), 0],
    ['a GIF', () => paint(60, 40, 4).gif().toBuffer(), 0],
    ['an AVIF', () => paint(60, 40, 4).avif({ quality: 70 }).toBuffer(), 2],
  ];
  for (const [name, make, tolerance] of kinds) {
    it(`gives the pixels of ${name}`, async () => {
      const bytes = await make();
      const { pixels, profile } = await decode(bytes);
      assertClose(pixels, await rgba(sharp(bytes)), tolerance);
      assert.equal(profile, undefined);
    });
  }

  it('gives CMYK as sRGB, by its profile and without one', async () => {
    for (const bytes of [
      await paint().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer(),
      await paint().toColourspace('cmyk').jpeg().toBuffer(),
    ]) {
      assert.equal((await sharp(bytes).metadata()).space, 'cmyk');
      const { pixels, profile } = await decode(bytes);
      assert.equal(profile, undefined);
      assertClose(pixels, await rgba(sharp(bytes)), 4);
    }
  });

  it('leaves numbers in the picture’s own profile, or brings them into the wanted one', async () => {
    const wide = await paint().withIccProfile('p3').png().toBuffer();
    const { icc } = await sharp(wide).metadata();
    const own = await decode(wide);
    assert.deepEqual(Buffer.from(own.profile!), icc);
    assertClose(own.pixels, await rgba(sharp(wide).keepIccProfile()), 0);

    const srgb = await decode(wide, null);
    assert.equal(srgb.profile, undefined);
    assertClose(srgb.pixels, await rgba(sharp(wide)), 2);

    // An edited picture in sRGB beside an original in P3: the same colours, the same numbers.
    const narrow = await paint().png().toBuffer();
    const beside = await decode(narrow, icc);
    assert.deepEqual(beside.profile, own.profile);
    assertClose(beside.pixels, own.pixels, 2);
  });

  it('has the wanted profile in a temporary file, and leaves none behind', async () => {
    const { icc } = await sharp(await paint().withIccProfile('p3').png().toBuffer()).metadata();
    const bytes = await paint().png().toBuffer();
    const folder = mkdtempSync(join(tmpdir(), 'retouch-decode-'));
    utimesSync(folder, 0, 0);
    const name = process.platform === 'win32' ? 'TEMP' : 'TMPDIR';
    const before = process.env[name];
    process.env[name] = folder;
    // What the environment of a thread is when it starts, it stays.
    const other = new PictureWorker(resolve('dist/pictureThread.js'));
    try {
      await other.run({ type: 'decode', encoded: { bytes, format: 'PNG' }, colours: icc! });
      assert.deepEqual(readdirSync(folder), []);
      assert.notEqual(statSync(folder).mtimeMs, 0);
    } finally {
      other.dispose();
      if (before === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before;
      rmSync(folder, { recursive: true });
    }
  });

  it('does not touch numbers where a profile says what none says', async () => {
    const marked = await paint().withIccProfile('srgb').png().toBuffer();
    const plain = await paint().png().toBuffer();
    const { profile, pixels } = await decode(marked);
    assert.ok(profile);
    assertClose((await decode(plain, profile)).pixels, pixels, 0);
    assertClose((await decode(marked, null)).pixels, pixels, 0);
  });

  describe('takes no notice of a profile that', () => {
    const { srgb, cmyk } = { srgb: 'srgb', cmyk: 'cmyk' } as const;
    /** A profile of colours that nobody would take for sRGB, as sharp has it. */
    const wide = async () =>
      (await sharp(await paint().withIccProfile('p3').png().toBuffer()).metadata()).icc!;
    const ofSpace = async (space: string) => {
      const profile = Buffer.from(await wide());
      profile.write(space, 16, 'latin1');
      return profile;
    };
    const kinds: [string, () => Promise<Buffer> | Buffer][] = [
      ['is of grey', () => ofSpace('GRAY')],
      ['is of CMYK', () => ofSpace('CMYK')],
      ['is cut off', async () => (await wide()).subarray(0, 300)],
      ['is no profile', () => Buffer.from('a profile, says its label; '.repeat(9))],
      ['has no curves', async () => replaced(await wide(), 'TRC', 'xxx')],
    ];
    for (const [what, profile] of kinds) {
      it(what, async () => {
        const plain = await paint().jpeg().toBuffer();
        const bytes = withJpegProfile(plain, await profile());
        assert.ok((await sharp(bytes).metadata()).icc, 'sharp finds it');
        const { pixels, profile: kept } = await decode(bytes);
        assert.equal(kept, undefined);
        assert.deepEqual(pixels, (await decode(plain)).pixels);
        const brought = await decode(bytes, null);
        assert.deepEqual(brought.pixels, pixels, 'an edited picture is brought into other colours');
      });
    }

    it('colours can only be read by: they are sRGB then, and look the same', async () => {
      const bytes = await paint().toColourspace(cmyk).withIccProfile(cmyk).jpeg().toBuffer();
      const readOnly = replaced(bytes, 'B2A', 'xxx');
      const [before, after] = [await decode(bytes), await decode(readOnly)];
      assertClose(after.pixels, before.pixels, 2);
      const edited = await paint().withIccProfile(srgb).png().toBuffer();
      const original = { bytes: readOnly, format: 'JPEG' } as const;
      const matched = await worker.run({
        type: 'match',
        original,
        edited: { bytes: edited, format: 'PNG' },
      });
      const { width, space } = await sharp(matched.bytes).metadata();
      assert.deepEqual([width, space], [60, 'srgb']);
    });
  });

  it('reads grey by a profile for colours, as browsers do', async () => {
    const grey = await paint().greyscale().toColourspace('b-w').jpeg({ quality: 100 }).toBuffer();
    const { icc } = await sharp(await paint().withIccProfile('p3').png().toBuffer()).metadata();
    const { pixels, profile } = await decode(withJpegProfile(grey, icc!));
    assert.deepEqual(Buffer.from(profile!), icc);
    assertClose(pixels, await rgba(sharp(grey)), 1);
  });

  it('gives a picture larger than one strip, in memory that threads share', async () => {
    const bytes = await paint(300, 700, 4).png().toBuffer();
    const { pixels } = await decode(bytes);
    assert.ok(pixels.buffer instanceof SharedArrayBuffer);
    assertClose(pixels, await rgba(sharp(bytes)), 0);
  });

  describe('refuses', () => {
    const claims: [string, () => Promise<Buffer>][] = [
      ['PNG', pngThatClaims],
      ['JPEG', jpegThatClaims],
      ['WebP', () => Promise.resolve(webpThatClaims())],
      ['GIF', gifThatClaims],
      ['AVIF', avifThatClaims],
      ['TIFF', tiffThatClaims],
    ];
    for (const [name, make] of claims) {
      it(`a few bytes of ${name} that claim more than 100 megapixels`, async () => {
        const bytes = await make();
        assert.ok(bytes.length < 10_000);
        await assert.rejects(decode(bytes), (error: Error) => {
          assert.ok(error instanceof PictureError);
          assert.match(error.message, /megapixels, and Retouch works on at most 100\. Make/);
          return true;
        });
        assert.equal((await decode(await paint().png().toBuffer())).width, 60, 'it goes on');
      });
    }

    it('to inflate the text of a PNG: a thousand chunks of eight megabytes each', async () => {
      const text = deflateSync(Buffer.alloc(7_900_000));
      const bomb = pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), text]));
      const international = pngChunk(
        'iTXt',
        Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\x01\0\0\0'), text]),
      );
      const plain = await paint().png().toBuffer();
      const bytes = Buffer.concat([
        plain.subarray(0, 33),
        ...Array<Buffer>(500).fill(bomb),
        ...Array<Buffer>(500).fill(international),
        plain.subarray(33),
      ]);
      const before = process.memoryUsage.rss();
      const { pixels } = await decode(bytes);
      assertClose(pixels, await rgba(sharp(plain)), 0);
      assert.ok(process.memoryUsage.rss() - before < 300e6, 'without the memory for it');
    });

    it('a profile that inflates to what no profile has', async () => {
      const profile = deflateSync(Buffer.alloc(200_000_000), { level: 1 });
      const plain = await paint().png().toBuffer();
      const bytes = Buffer.concat([
        plain.subarray(0, 33),
        pngChunk('iCCP', Buffer.concat([Buffer.from('wide\0\0'), profile])),
        plain.subarray(33),
      ]);
      const { pixels, profile: kept } = await decode(bytes);
      assertClose(pixels, await rgba(sharp(plain)), 0);
      assert.equal(kept, undefined);
    });

    it('pixels that are not there', async () => {
      const plain = await paint(300, 200).png().toBuffer();
      for (const bytes of [plain.subarray(0, 40), Buffer.from('GIF89a\x10\0\x10\0\0\0\0;')]) {
        await assert.rejects(decode(bytes), PictureError);
      }
    });
  });
});

/** In one segment, behind the head. */
function withJpegProfile(jpeg: Buffer, profile: Buffer): Buffer {
  const content = `ICC_PROFILE\0\x01\x01${profile.toString('latin1')}`;
  return Buffer.concat([jpeg.subarray(0, 2), jpegSegment(0xe2, content), jpeg.subarray(2)]);
}

/** Of the names of a profile's tags, which begin behind its head. */
function replaced(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
}

async function rgba(picture: Sharp): Promise<Buffer> {
  return picture.toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer();
}

function assertClose(actual: Uint8Array, expected: Uint8Array, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  let worst = 0;
  for (let index = 0; index < actual.length; index++) {
    worst = Math.max(worst, Math.abs(actual[index]! - expected[index]!));
  }
  assert.ok(worst <= tolerance, `a value is ${worst} off, more than ${tolerance}`);
}

async function pngThatClaims(): Promise<Buffer> {
  const bytes = await paint().png().toBuffer();
  const header = Buffer.from(bytes.subarray(16, 29));
  header.writeUInt32BE(60_000, 0);
  header.writeUInt32BE(60_000, 4);
  return Buffer.concat([bytes.subarray(0, 8), pngChunk('IHDR', header), bytes.subarray(33)]);
}

async function jpegThatClaims(): Promise<Buffer> {
  const bytes = await paint().jpeg().toBuffer();
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(60_000, frame + 5);
  bytes.writeUInt16BE(60_000, frame + 7);
  return bytes;
}

/** Sides of 60,000 pixels are possible in an extended file only. */
function webpThatClaims(): Buffer {
  const bytes = Buffer.alloc(44);
  bytes.write('RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0', 'latin1');
  bytes.writeUIntLE(59_999, 24, 3);
  bytes.writeUIntLE(59_999, 27, 3);
  bytes.write('VP8L\x06\0\0\0\x2f\0\0\0\0\x07', 30, 'latin1');
  return bytes;
}

async function gifThatClaims(): Promise<Buffer> {
  const bytes = await paint().gif().toBuffer();
  bytes.writeUInt16LE(60_000, 6);
  bytes.writeUInt16LE(60_000, 8);
  return bytes;
}

async function avifThatClaims(): Promise<Buffer> {
  const bytes = await paint().avif().toBuffer();
  const size = bytes.indexOf('ispe');
  bytes.writeUInt32BE(60_000, size + 8);
  bytes.writeUInt32BE(60_000, size + 12);
  return bytes;
}

async function tiffThatClaims(): Promise<Buffer> {
  const bytes = await paint(8, 8).tiff({ compression: 'none' }).toBuffer();
  const directory = bytes.readUInt32LE(4);
  for (let index = 0; index < bytes.readUInt16LE(directory); index++) {
    const entry = directory + 2 + 12 * index;
    if (![256, 257].includes(bytes.readUInt16LE(entry))) continue;
    bytes.writeUInt16LE(4, entry + 2);
    bytes.writeUInt32LE(60_000, entry + 8);
  }
  return bytes;
}
