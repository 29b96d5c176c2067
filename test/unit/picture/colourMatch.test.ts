// Pictures whose colours, resolution and depth are said in other ways than by ICC are decoded and matched; sharp, and numbers
// from the standards, say what is right.
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { load as readTags } from 'exifreader';
import sharp from 'sharp';
import { identifyPicture } from '../../../src/picture/identify';
import type { MatchJob } from '../../../src/picture/jobs';
import { moving } from './support/animations';
import { jpegSegment, paint, pngChunk } from './support/photographs';
import { sharedWorker } from './support/sharedWorker';

describe('what a picture says besides ICC', function () {
  this.timeout(120_000);
  const worker = sharedWorker();

  const encoded = (bytes: Uint8Array) => ({ bytes, format: identifyPicture(bytes)!.format });
  const decode = (bytes: Uint8Array, colours?: Uint8Array | null) =>
    worker.run({
      type: 'decode',
      encoded: encoded(bytes),
      ...(colours !== undefined && { colours }),
    });
  const match = (original: Uint8Array, edited: MatchJob['edited'], more: Partial<MatchJob> = {}) =>
    worker.run({ type: 'match', original: encoded(original), edited, ...more });
  const answer = async (width = 90, height = 60) =>
    encoded(await paint(width, height).png().toBuffer());

  describe('resolution', () => {
    const dots = { x: 5669, y: 5669 };
    const retina = async () => withChunk(await paint().png().toBuffer(), 'pHYs', phys(dots, 1));
    const scan = () => paint().jpeg().withMetadata({ density: 300 }).toBuffer();

    it('stays in PNG and JPEG, whatever came and however it is put together', async () => {
      for (const original of [await retina(), jfif(await scan(), 1, 300, 300)]) {
        const { format } = encoded(original);
        const same = await paint()
          .toFormat(format === 'PNG' ? 'png' : 'jpeg')
          .toBuffer();
        const edits = [await answer(), await answer(30, 20), encoded(same), await decode(original)];
        const reused: boolean[] = [];
        for (const edited of edits) {
          const matched = await match(original, edited);
          reused.push(matched.reused);
          if (format === 'PNG') assert.deepEqual(physOf(matched.bytes), phys(dots, 1));
          else assert.deepEqual(jfifOf(matched.bytes), [1, 300, 300]);
        }
        assert.deepEqual(reused, [false, false, true, false]);
      }
    });

    it('is none where nobody has set one', async () => {
      const plain = await paint().png().toBuffer();
      // sharp says one, which nobody has asked for.
      const at = plain.indexOf('pHYs') - 4;
      const original = Buffer.concat([plain.subarray(0, at), plain.subarray(at + 21)]);
      const png = await match(original, await answer());
      assert.equal(physOf(png.bytes), undefined);
      const jpeg = await match(jfif(await paint().jpeg().toBuffer(), 0, 1, 1), await answer());
      assert.deepEqual(jfifOf(jpeg.bytes), [0, 1, 1]);
      const { bytes } = await worker.run({
        type: 'encode',
        picture: await decode(png.bytes),
        encoding: { format: 'PNG' },
      });
      assert.equal(physOf(bytes), undefined);
    });

    it('goes from one way to say it to another', async () => {
      const png = await match(jfif(await scan(), 1, 300, 300), await answer(), { format: 'PNG' });
      assert.deepEqual(physOf(png.bytes), phys({ x: 11_811, y: 11_811 }, 1));
      const tiff = await paint().tiff({ xres: 6, yres: 6 }).toBuffer();
      assert.deepEqual(
        physOf((await match(tiff, await answer())).bytes),
        phys({ x: 6000, y: 6000 }, 1),
      );
    });

    it('of EXIF stays in an AVIF, and none is made up', async () => {
      const dense = await paint()
        .withExif({ IFD0: { Make: 'Cam' } })
        .avif()
        .toBuffer();
      // sharp says 25400 / 1000, whatever it is asked for.
      const at = dense.indexOf(Buffer.from('38630000e8030000', 'hex'));
      assert.ok(at > 0);
      for (const place of [at, at + 8]) dense.set([0x2c, 1, 0, 0, 1, 0, 0, 0], place);
      const matched = await match(dense, await answer());
      const { exif } = await readTags(Buffer.from(matched.bytes), { expanded: true, async: true });
      assert.deepEqual(
        [
          exif?.XResolution?.description,
          exif?.YResolution?.description,
          exif?.ResolutionUnit?.value,
        ],
        ['300', '300', 2],
      );
      const plain = await paint().avif().toBuffer();
      assert.equal(
        (await sharp((await match(plain, await answer())).bytes).metadata()).exif,
        undefined,
      );
    });
  });

  describe('colours', () => {
    const p3 = [12, 13, 0, 1];

    it('of a PNG with cICP are those of the profile that says the same', async () => {
      const plain = await paint().png().toBuffer();
      const coded = withChunk(plain, 'cICP', Buffer.from(p3));
      const expected = fromDisplayP3((await decode(plain)).pixels);
      assertNear((await decode(coded, null)).pixels, expected, 2);
      assert.ok(worst((await decode(plain, null)).pixels, expected) > 20, 'it makes a difference');

      const original = await decode(coded);
      assertNear(original.pixels, (await decode(plain)).pixels, 0);
      const { bytes, said } = await match(coded, original);
      assert.deepEqual(said, []);
      // As a reader sees it that knows nothing of Retouch.
      const seen = await sharp(bytes).ensureAlpha().raw().toBuffer();
      assertNear(seen, expected, 2);
      // What came in sRGB is brought into it.
      const fromSrgb = await sharp((await match(coded, await answer())).bytes)
        .raw()
        .toBuffer();
      assert.ok(
        mean(fromSrgb, await paint(90, 60).resize(60, 40, { fit: 'fill' }).raw().toBuffer()) < 4,
      );
    });

    it('of a PNG with gAMA and cHRM look the same when it is saved', async () => {
      const plain = await paint().png().toBuffer();
      const linear = withChunk(plain, 'gAMA', u32(100_000));
      const { pixels } = await decode(linear, null);
      const expected = (await paint().raw().toBuffer()).map((value) => {
        const light = value / 255;
        return Math.round(
          255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055),
        );
      });
      assertNear(
        pixels.filter((_, at) => at % 4 < 3),
        expected,
        2,
      );
      const { bytes } = await match(linear, await decode(linear));
      const seen = await sharp(bytes).removeAlpha().raw().toBuffer();
      assertNear(seen, expected, 2);

      // What programs write beside sRGB's numbers.
      const usual = withChunk(
        withChunk(plain, 'gAMA', u32(45_455)),
        'cHRM',
        u32(31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000),
      );
      assert.equal((await decode(usual)).profile, undefined);
      const grey = withChunk(
        await paint().greyscale().toColourspace('b-w').png().toBuffer(),
        'gAMA',
        u32(100_000),
      );
      const dark = await paint().greyscale().toColourspace('b-w').png().toBuffer();
      const lighter = mean((await decode(grey)).pixels, (await decode(dark)).pixels);
      assert.ok(lighter > 20, String(lighter));
    });

    it('come from cICP first, then ICC, then sRGB, then gAMA', async () => {
      const plain = await paint().png().toBuffer();
      const { icc } = await sharp(await paint().withIccProfile('p3').png().toBuffer()).metadata();
      const gamma = withChunk(plain, 'gAMA', u32(100_000));
      assert.equal((await decode(withChunk(gamma, 'sRGB', Buffer.of(0)))).profile, undefined);
      assert.deepEqual(Buffer.from((await decode(withIcc(gamma, icc!))).profile!), icc);
      const all = withChunk(withIcc(gamma, icc!), 'cICP', Buffer.from([1, 13, 0, 1]));
      const { pixels } = await decode(all, null);
      assertNear(pixels, (await decode(plain)).pixels, 0);
    });

    it('of an AVIF with numbers in place of a profile are read by them', async () => {
      const plain = await paint().avif({ lossless: true }).toBuffer();
      const coded = withNclx(plain, 12, 13);
      const { icc } = await sharp(await paint().withIccProfile('p3').png().toBuffer()).metadata();
      const { pixels } = await decode(withIcc(await paint().png().toBuffer(), icc!), null);
      assertNear((await decode(coded, null)).pixels, pixels, 4);
    });
  });

  describe('high dynamic range', () => {
    /** 16 bits of grey, 0 to 1. */
    const grey = (value: number) =>
      sharp(
        Uint16Array.from({ length: 3 * 64 }, () => Math.round(value * 65_535)),
        {
          raw: { width: 8, height: 8, channels: 3 },
        },
      )
        .toColourspace('rgb16')
        .png()
        .toBuffer();

    it('of PQ and HLG is shown as on an ordinary screen, and saved as such', async () => {
      const cases = [
        // 203 candelas, an ordinary screen's white, of 1000 at most: (1 + 1/M²) / 2 of the light, M = 1000 / 203.
        { code: 16, value: 0.5807, expected: 0.5206 },
        // 1000 candelas are white.
        { code: 16, value: 0.7518, expected: 1 },
        { code: 16, value: 0, expected: 0 },
        { code: 18, value: 1, expected: 1 },
        // BT.2408: HLG's number for 203 candelas.
        { code: 18, value: 0.75, expected: 0.5206 },
      ];
      for (const { code, value, expected } of cases) {
        const bytes = withChunk(await grey(value), 'cICP', Buffer.from([9, code, 0, 1]));
        const { pixels, profile } = await decode(bytes);
        assert.equal(profile, undefined);
        const wanted = 255 * (1.055 * expected ** (1 / 2.4) - 0.055);
        assertNear(
          pixels.subarray(0, 3),
          [wanted, wanted, wanted].map((each) => Math.max(0, each)),
          3,
        );
        const matched = await match(bytes, await decode(bytes));
        assert.match(matched.said.join(), /^It is saved without its high dynamic range \(HDR\)/);
        assert.ok(!Buffer.from(matched.bytes).includes('cICP'));
        const seen = await sharp(matched.bytes).raw().toBuffer();
        assertNear(seen.subarray(0, 3), pixels.subarray(0, 3), 0);
      }
    });

    it('and more than 8 bits are said of an AVIF, a TIFF and a phone’s JPEG', async () => {
      const said = async (bytes: Uint8Array) => (await match(bytes, await answer())).said;
      assert.deepEqual(await said(moving(await paint().png().toBuffer(), 3)), [
        'It is saved as a still picture.',
      ]);
      const eight = withNclx(await paint().avif({ lossless: true }).toBuffer(), 9, 16);
      assert.match((await said(eight)).join(), /\(HDR\)/);
      assert.deepEqual(await said(tiffOf16Bits()), [
        'Saved as PNG: Retouch does not write TIFF.',
        'It is saved with 8 bits a channel instead of 16.',
      ]);
      const jpeg = await paint().jpeg().toBuffer();
      const gain = 'It is saved without its gain map, which makes it brighter on HDR screens.';
      for (const phone of [
        Buffer.concat([jpeg, Buffer.from('…http://ns.apple.com/HDRGainMap/1.0/…')]),
        behindHead(jpeg, jpegSegment(0xe2, 'urn:iso:std:iso:ts:21496:-1\0\0\0\0\0')),
        behindHead(
          jpeg,
          jpegSegment(
            0xe1,
            'http://ns.adobe.com/xap/1.0/\0<x xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"/>',
          ),
        ),
      ]) {
        assert.deepEqual(await said(phone), [gain]);
      }
      assert.deepEqual(await said(jpeg), []);
    });
  });

  it('is kept as PNG as well where that is wanted, pixel by pixel', async () => {
    const original = await paint().withIccProfile('p3').jpeg().toBuffer();
    const composed = await decode(original);
    const { bytes, format, said } = await match(original, composed, { format: 'PNG' });
    assert.deepEqual([format, said], ['PNG', []]);
    const again = await decode(bytes);
    assertNear(again.pixels, composed.pixels, 0);
    assert.deepEqual(again.profile, composed.profile);
  });
});

/** Numbers of red, green, blue and alpha in Display P3, as sRGB has them, by the matrices of CSS Color 4. */
function fromDisplayP3(pixels: Uint8Array): number[] {
  const linear = (value: number) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const curved = (value: number) =>
    value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
  const rows = [
    [1.2249401, -0.2249404, 0],
    [-0.0420569, 1.0420571, 0],
    [-0.0196376, -0.0786361, 1.0982735],
  ];
  const result = [...pixels];
  for (let at = 0; at < pixels.length; at += 4) {
    const light = [0, 1, 2].map((channel) => linear(pixels[at + channel]! / 255));
    rows.forEach((row, channel) => {
      const sum = row.reduce((total, factor, index) => total + factor * light[index]!, 0);
      result[at + channel] = 255 * curved(Math.min(1, Math.max(0, sum)));
    });
  }
  return result;
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => bytes.writeUInt32BE(value, 4 * at));
  return bytes;
}

function phys({ x, y }: { x: number; y: number }, unit: number): Buffer {
  return Buffer.concat([u32(x, y), Buffer.of(unit)]);
}

/** Behind the header, where chunks on colours belong. */
function withChunk(png: Buffer, name: string, content: Buffer): Buffer {
  return Buffer.concat([png.subarray(0, 33), pngChunk(name, content), png.subarray(33)]);
}

function withIcc(png: Buffer, profile: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from('wide\0\0'), deflateSync(profile)]);
  return withChunk(png, 'iCCP', content);
}

function physOf(png: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(png);
  const at = bytes.indexOf('pHYs');
  return at < 0 ? undefined : bytes.subarray(at + 4, at + 13);
}

/** The JPEG with this JFIF segment as its first, and no other. */
function jfif(jpeg: Buffer, unit: number, x: number, y: number): Buffer {
  const segment = jpegSegment(0xe0, 'JFIF\0\x01\x01\0\0\0\0\0\0\0');
  segment[11] = unit;
  segment.writeUInt16BE(x, 12);
  segment.writeUInt16BE(y, 14);
  const has = jpeg[3] === 0xe0;
  return Buffer.concat([
    jpeg.subarray(0, 2),
    segment,
    jpeg.subarray(has ? 4 + jpeg.readUInt16BE(4) : 2),
  ]);
}

function jfifOf(jpeg: Uint8Array): number[] | undefined {
  const bytes = Buffer.from(jpeg);
  const at = bytes.indexOf('JFIF\0');
  if (at < 0) return undefined;
  return [bytes[at + 7]!, bytes.readUInt16BE(at + 8), bytes.readUInt16BE(at + 10)];
}

function behindHead(jpeg: Buffer, segment: Buffer): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}

function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  let most = 0;
  for (let at = 0; at < actual.length; at++) {
    most = Math.max(most, Math.abs(actual[at]! - expected[at]!));
  }
  return most;
}

function mean(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  let sum = 0;
  for (let at = 0; at < actual.length; at++) sum += Math.abs(actual[at]! - expected[at]!);
  return sum / actual.length;
}

function assertNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  const most = worst(actual, expected);
  assert.ok(most <= tolerance, `a value is ${most} off, more than ${tolerance}`);
}

/** Two pixels in black. */
function tiffOf16Bits(): Buffer {
  const entries = [
    [256, 4, 1, 2],
    [257, 4, 1, 1],
    [258, 3, 3, 122],
    [259, 3, 1, 1],
    [262, 3, 1, 2],
    [273, 4, 1, 128],
    [277, 3, 1, 3],
    [278, 4, 1, 1],
    [279, 4, 1, 12],
  ] as const;
  const bytes = Buffer.alloc(140);
  bytes.write('II*\0\x08', 'latin1');
  bytes.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, count, value], index) => {
    const at = 10 + 12 * index;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(count, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  });
  for (const at of [122, 124, 126]) bytes.writeUInt16LE(16, at);
  return bytes;
}

/** The AVIF with these numbers in the box that says its colours, which sharp writes where nothing is lost. */
function withNclx(avif: Buffer, primaries: number, transfer: number): Buffer {
  const bytes = Buffer.from(avif);
  const at = bytes.indexOf('colrnclx');
  assert.ok(at > 0, 'sharp has written one');
  bytes.writeUInt16BE(primaries, at + 8);
  bytes.writeUInt16BE(transfer, at + 10);
  return bytes;
}
