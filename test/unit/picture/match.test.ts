// Edited pictures get the size, format and colours of their originals; sharp and ExifReader say whether they did.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { load as readTags } from 'exifreader';
import sharp, { type Sharp } from 'sharp';
import type { Encoding } from '../../../src/picture/encoding';
import { identifyPicture } from '../../../src/picture/identify';
import type { Decoded, MatchJob } from '../../../src/picture/jobs';
import { readBlocks } from '../../../src/picture/metadata/metadata';
import type { Provenance } from '../../../src/picture/metadata/provenance';
import { PictureError } from '../../../src/picture/pictureError';
import { PictureWorker } from '../../../src/picture/pictureWorker';
import { place } from '../../../src/picture/placement';
import { headOf } from '../../../src/picture/originalHead';
import { readEncoding } from '../../../src/picture/originalEncoding';
import { compressed, paint, photograph, pngChunk } from './support/photographs';

const provenance: Provenance = {
  model: 'openai/gpt-image-2',
  time: new Date('2026-11-25T08:30:15Z'),
  program: 'Retouch 0.1.0',
};

describe('match', function () {
  this.timeout(180_000);
  const worker = new PictureWorker(resolve('dist/pictureThread.js'));
  after(() => worker.dispose());

  const encoded = (bytes: Uint8Array) => ({ bytes, format: identifyPicture(bytes)!.format });
  const match = (
    original: Uint8Array,
    edited: Uint8Array | Decoded,
    more: Partial<MatchJob> = {},
  ) =>
    worker.run({
      type: 'match',
      original: headOf(encoded(original)),
      edited: edited instanceof Uint8Array ? encoded(edited) : edited,
      ...more,
    });
  const decode = (bytes: Uint8Array) => worker.run({ type: 'decode', encoded: encoded(bytes) });

  /** What a model sends back: other size, other format, no profile. */
  const answer = (width = 90, height = 60) => smooth(width, height).png().toBuffer();

  describe('keeps', () => {
    for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif'] as const) {
      it(`size and format of a ${format}, whatever came back`, async () => {
        const original = await paint(151, 100).toFormat(format).toBuffer();
        for (const edited of [
          await answer(),
          await smooth(600, 400).webp({ quality: 95 }).toBuffer(),
          await smooth(152, 100).jpeg({ quality: 95 }).toBuffer(),
        ]) {
          const { bytes, format: written, said, reused } = await match(original, edited);
          const info = identifyPicture(bytes)!;
          assert.deepEqual([info.width, info.height], [151, 100]);
          assert.equal(info.format.toLowerCase(), format);
          assert.equal(written, info.format);
          assert.deepEqual([said, reused], [[], false]);
          const expected = sharp(edited).resize(151, 100, { fit: 'fill' });
          const mean = meanDistance(await rgb(sharp(bytes)), await rgb(expected));
          assert.ok(mean < 6, `${mean} levels from what sharp makes of it`);
        }
      });
    }

    it('sides and pixels as shown, of any orientation', async () => {
      for (let orientation = 1; orientation <= 8; orientation++) {
        const original = await paint(90, 60).withMetadata({ orientation }).jpeg().toBuffer();
        const shown = orientation >= 5 ? [60, 90] : [90, 60];
        const edited = await smooth(shown[0]! * 2, shown[1]! * 2)
          .png()
          .toBuffer();
        const { bytes } = await match(original, edited);
        const metadata = await sharp(bytes).metadata();
        assert.deepEqual([metadata.width, metadata.height, metadata.orientation], [...shown, 1]);
        const expected = sharp(edited).resize(shown[0], shown[1], { fit: 'fill' });
        assert.ok(meanDistance(await rgb(sharp(bytes)), await rgb(expected)) < 4);
      }
    });

    for (const format of ['jpeg', 'png', 'webp', 'avif'] as const) {
      it(`the colour profile of a ${format}, and the colours that came back`, async () => {
        const original = await paint(180, 120).withIccProfile('p3').toFormat(format).toBuffer();
        for (const edited of [
          await answer(),
          // Larger than the original: converted after it is made smaller.
          await answer(900, 600),
          await smooth(90, 60).withIccProfile('p3').png().toBuffer(),
        ]) {
          const { bytes } = await match(original, edited);
          const [was, is] = [await sharp(original).metadata(), await sharp(bytes).metadata()];
          assert.deepEqual(is.icc, was.icc);
          // Both read into sRGB.
          const expected = sharp(edited).resize(180, 120, { fit: 'fill' });
          assert.ok(meanDistance(await rgb(sharp(bytes)), await rgb(expected)) < 5);
        }
      });
    }

    it('no profile where there was none, in sRGB', async () => {
      const original = await paint(180, 120).png().toBuffer();
      const edited = await smooth(90, 60).withIccProfile('p3').png().toBuffer();
      const { bytes } = await match(original, edited);
      assert.equal((await sharp(bytes).metadata()).icc, undefined);
      const expected = sharp(await sharp(edited).png().toBuffer()).resize(180, 120, {
        fit: 'fill',
      });
      assert.ok(meanDistance(await rgb(sharp(bytes)), await rgb(expected)) < 2);
    });

    it('CMYK with its profile', async () => {
      const original = await paint(90, 60)
        .toColourspace('cmyk')
        .withIccProfile('cmyk')
        .jpeg()
        .toBuffer();
      const edited = await answer(180, 120);
      const { bytes } = await match(original, edited);
      const [was, is] = [await sharp(original).metadata(), await sharp(bytes).metadata()];
      assert.deepEqual([is.space, is.icc], ['cmyk', was.icc]);
      // What CMYK can show of it.
      const expected = sharp(
        await sharp(edited)
          .resize(90, 60)
          .toColourspace('cmyk')
          .withIccProfile('cmyk')
          .jpeg()
          .toBuffer(),
      );
      assert.ok(meanDistance(await rgb(sharp(bytes)), await rgb(expected)) < 8);
    });

    it('grey where what came back is grey, and colour where it is not', async () => {
      for (const format of ['jpeg', 'png'] as const) {
        const original = await paint(90, 60).toColourspace('b-w').toFormat(format).toBuffer();
        assert.equal((await sharp(original).metadata()).channels, 1);
        const grey = await smooth(180, 120).greyscale().toColourspace('srgb').jpeg().toBuffer();
        assert.equal((await sharp((await match(original, grey)).bytes).metadata()).channels, 1);
        const coloured = await sharp((await match(original, await answer())).bytes).metadata();
        assert.equal(coloured.channels, 3);
      }
    });

    for (const format of ['png', 'webp', 'avif', 'gif'] as const) {
      it(`transparency of a ${format}: that which came back, else the original’s`, async () => {
        const holes = circle(120, 80);
        const original = await holes
          .clone()
          .toFormat(format, format === 'webp' ? { lossless: true } : {})
          .toBuffer();
        const own = await match(original, await circle(240, 160, 20).png().toBuffer());
        assert.ok(transparentShare(await alphaOf(own.bytes)) > 0.8, 'a smaller circle came back');
        const { bytes } = await match(original, await answer(240, 160));
        const distance = meanDistance(await alphaOf(bytes), await alphaOf(original));
        assert.ok(distance < 2, `the circle is as it was: ${distance}`);
        const opaque = await match(original, await answer(), { transparency: 'edited' });
        assert.equal(transparentShare(await alphaOf(opaque.bytes)), 0);
      });
    }

    it('transparency that came back where the original had none, as far as the format has any', async () => {
      const edited = await circle(240, 160).png().toBuffer();
      const png = await match(await paint(120, 80).png().toBuffer(), edited);
      assert.ok(transparentShare(await alphaOf(png.bytes)) > 0.2);
      const jpeg = await match(await paint(120, 80).jpeg({ quality: 95 }).toBuffer(), edited);
      assert.deepEqual(jpeg.said, ['JPEG has no transparency: it is white there.']);
      assert.ok((await rgb(sharp(jpeg.bytes))).subarray(0, 3).every((value) => value > 245));
    });
  });

  describe('encodes as the original', () => {
    it('a JPEG: quality, subsampling, progression', async () => {
      for (const quality of [35, 60, 75, 82, 90, 97]) {
        for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
          const progressive = quality % 2 === 0;
          const options = { quality, chromaSubsampling, progressive };
          const original = await paint(120, 80).jpeg(options).toBuffer();
          const { bytes } = await match(original, await answer());
          const is = await sharp(bytes).metadata();
          assert.deepEqual(
            [is.chromaSubsampling, is.isProgressive],
            [chromaSubsampling, progressive],
          );
          assert.deepEqual(quantisationOf(bytes), quantisationOf(original));
        }
      }
    });

    it('a JPEG: with the very tables of every encoder that it knows, and near ones of others', async () => {
      for (let table = 0; table <= 8; table++) {
        const options = { quality: 70 + 3 * table, quantisationTable: table };
        const original = await paint(120, 80).jpeg(options).toBuffer();
        const { bytes } = await match(original, await answer());
        assert.deepEqual(quantisationOf(bytes), quantisationOf(original));
      }
      const other = await paint(120, 80).jpeg({ quality: 80 }).toBuffer();
      // A little coarser for the finest details, as a camera may have it.
      const tables = other.indexOf(Buffer.from([0xff, 0xdb])) + 5;
      for (let at = tables + 40; at < tables + 64; at++) other[at]! += 5;
      const { quality } = readEncoding(encoded(other)) as Encoding & { quality: number };
      assert.ok(quality >= 72 && quality <= 80, String(quality));
    });

    it('a JPEG: nearly every pixel of its own is what it was', async () => {
      const photo = sharp('test/samples/workspace/photo.jpg').resize(301, 201, { fit: 'fill' });
      const png = await photo.png().toBuffer();
      for (const [options, most] of [
        [{ quality: 75 }, 0.03],
        [{ quality: 90 }, 0.03],
        [{ quality: 90, mozjpeg: true }, 0.03],
        [{ quality: 85, chromaSubsampling: '4:4:4' }, 0.002],
        [{ quality: 85, chromaSubsampling: '4:4:4', quantisationTable: 3 }, 0.002],
      ] as const) {
        const original = await sharp(png).jpeg(options).toBuffer();
        const composed = await decode(original);
        const before = new Uint8Array(composed.pixels);
        // What somebody has kept of the edited picture: a square in the middle.
        const isInside = (place: number) =>
          Math.abs((place % 301) - 150) < 30 && Math.abs(Math.floor(place / 301) - 100) < 30;
        for (let place = 0; place < 301 * 201; place++) {
          if (isInside(place)) composed.pixels.set([200, 30, 90], 4 * place);
        }
        const whole = { ...encoded(original) };
        const { bytes } = await worker.run({ type: 'match', original: whole, edited: composed });
        const after = (await decode(bytes)).pixels;
        let off = 0;
        for (let place = 0; place < 301 * 201; place++) {
          const [x, y] = [place % 301, Math.floor(place / 301)];
          // Blocks of 16 pixels, and one around them, hold both.
          if (Math.abs(x - 150) < 64 && Math.abs(y - 100) < 64) continue;
          const at = 4 * place;
          if (
            [0, 1, 2].some((channel) => Math.abs(after[at + channel]! - before[at + channel]!) > 2)
          )
            off++;
        }
        const share = off / (301 * 201);
        assert.ok(share <= most, `${JSON.stringify(options)}: ${(100 * share).toFixed(2)} %`);
      }
    });

    it('a WebP: lossless stays lossless, and with loss it is the same quality', async () => {
      const lossless = await paint(120, 80).webp({ lossless: true }).toBuffer();
      const exact = await match(lossless, await paint(120, 80).png().toBuffer());
      assert.deepEqual(await rgb(sharp(exact.bytes)), await rgb(paint(120, 80)));
      for (const quality of [20, 50, 75, 80, 90, 100]) {
        for (const picture of [paint(120, 80), smooth(300, 200), paint(120, 80, 4)]) {
          const original = await picture.webp({ quality }).toBuffer();
          const read = readEncoding(encoded(original)) as Encoding & { quality: number };
          assert.ok(Math.abs(read.quality - quality) <= 5, `${read.quality} for ${quality}`);
        }
      }
    });

    it('an animation’s first frame, and says that it does not move any more', async () => {
      const frames = await Promise.all(
        [paint(), paint().negate()].map((frame) => frame.png().toBuffer()),
      );
      for (const format of ['gif', 'webp'] as const) {
        const original = await sharp(frames, { join: { animated: true } })
          .toFormat(format)
          .toBuffer();
        const { bytes, said } = await match(original, await answer());
        assert.deepEqual(said, ['It is saved as a still picture.']);
        assert.equal((await sharp(bytes).metadata()).pages ?? 1, 1);
      }
    });

    it('formats that are not written as PNG, and 16 bits as 8, and says so', async () => {
      const tiff = await match(await paint(90, 60).tiff().toBuffer(), await answer());
      assert.equal(tiff.format, 'PNG');
      assert.deepEqual(tiff.said, ['Saved as PNG: Retouch does not write TIFF.']);
      const deep = await match(
        await paint(90, 60).toColourspace('rgb16').png().toBuffer(),
        await answer(),
      );
      assert.deepEqual(deep.said, ['It is saved with 8 bits a channel instead of 16.']);
    });

    it('nothing again that came in the original’s size and format: pixels stay byte for byte', async () => {
      for (const format of ['jpeg', 'png', 'webp'] as const) {
        const original = await photograph(format, 1, paint(90, 60));
        const edited = await smooth(90, 60)
          .withIccProfile('p3')
          .withExif({ IFD0: { Software: 'Gateway' } })
          .toFormat(format)
          .toBuffer();
        const { bytes, reused } = await match(original, edited, { provenance });
        assert.equal(reused, true);
        assert.deepEqual(compressed(format, bytes), compressed(format, edited));
        const tags = await tagsOf(bytes);
        assert.deepEqual([tags['Make'], tags['Software']], ['Secret Camera', undefined]);
        assert.equal(tags['AISystemUsed'], provenance.model);
      }
    });
  });

  describe('places', () => {
    it('Fit, Crop and Stretch as sharp does', async () => {
      const original = await paint(400, 300).png().toBuffer();
      const edited = await smooth(150, 100).png().toBuffer();
      const size = { width: 400, height: 300 };
      const crop = await match(original, edited, {
        placement: place(size, { width: 150, height: 100 }, 'Crop'),
      });
      const cropped = sharp(edited).resize(400, 300, { fit: 'cover' });
      assertNear(await rgb(sharp(crop.bytes)), await rgb(cropped), 3);

      const fit = await match(original, edited, {
        placement: place(size, { width: 150, height: 100 }, 'Fit'),
      });
      // Bars above and below, whose rows are the picture's first and last.
      const middle = await rgb(
        sharp(fit.bytes).extract({ left: 0, top: 17, width: 400, height: 266 }),
      );
      const inside = await rgb(
        sharp(await sharp(edited).resize(400, 267, { fit: 'fill' }).png().toBuffer()).extract({
          left: 0,
          top: 0,
          width: 400,
          height: 266,
        }),
      );
      assertNear(middle, inside, 3);
      const row = async (top: number) =>
        rgb(sharp(fit.bytes).extract({ left: 0, top, width: 400, height: 1 }));
      assertNear(await row(0), await row(14), 0);
      assertNear(await row(299), await row(285), 0);

      const stretch = await match(original, edited);
      const stretched = sharp(edited).resize(400, 300, { fit: 'fill' });
      assertNear(await rgb(sharp(stretch.bytes)), await rgb(stretched), 1);
    });

    it('by fractions of pixels, enlarged and reduced, with nothing shifted', async () => {
      for (const [width, height] of [
        [150, 100],
        [1500, 1000],
      ] as const) {
        const original = await paint(300, 200).png().toBuffer();
        const placement = { left: 10.25, top: -6.5, width: 287.5, height: 211 };
        const { bytes } = await match(original, await ramp(width, height).png().toBuffer(), {
          placement,
        });
        const pixels = await rgb(sharp(bytes));
        for (const [x, y] of [
          [40, 20],
          [150, 100],
          [280, 180],
        ] as const) {
          const at = 3 * (y * 300 + x);
          const across = (x + 0.5 - placement.left) / placement.width;
          const down = (y + 0.5 - placement.top) / placement.height;
          assert.ok(Math.abs(pixels[at]! - 255 * across) <= 1, `${pixels[at]} at ${x}`);
          assert.ok(Math.abs(pixels[at + 1]! - 255 * down) <= 1, `${pixels[at + 1]} at ${y}`);
        }
      }
    });

    it('a border that is transparent where the original has transparency', async () => {
      const original = await circle(120, 80, 55).png().toBuffer();
      const placement = place({ width: 120, height: 80 }, { width: 80, height: 80 }, 'Fit');
      const { bytes } = await match(original, await answer(80, 80), { placement });
      const alpha = await alphaOf(bytes);
      assert.equal(alpha[40 * 120 + 8], 0, 'in the circle, outside of what came back');
      assert.equal(alpha[40 * 120 + 60], 255);
    });

    it('by what both show', async () => {
      const scene = await sharp('test/samples/workspace/photo.jpg')
        .resize(640, 480, { fit: 'fill' })
        .toBuffer();
      const chosen = async (edited: Buffer) =>
        (await worker.run({ type: 'chooseFit', original: encoded(scene), edited: encoded(edited) }))
          .fit;
      const square = { width: 512, height: 512 };
      const stretched = await sharp(scene)
        .resize({ ...square, fit: 'fill' })
        .png()
        .toBuffer();
      assert.equal(await chosen(stretched), 'Stretch');
      const middle = await sharp(scene)
        .resize({ ...square, fit: 'cover' })
        .png()
        .toBuffer();
      assert.equal(await chosen(middle), 'Fit');
      const barred = await sharp(scene)
        .resize({ ...square, fit: 'contain' })
        .png()
        .toBuffer();
      assert.equal(await chosen(barred), 'Crop');
      assert.equal(await chosen(await sharp(scene).resize(320, 240).png().toBuffer()), 'Stretch');
    });
  });

  describe('keeps of the metadata', () => {
    it('the camera and the description, not the place, thumbnails, sizes and orientation', async () => {
      for (const format of ['jpeg', 'png', 'webp'] as const) {
        const original = await photograph(format, 6, paint(90, 60));
        const { bytes } = await match(original, await answer(60, 90), { provenance });
        const tags = await tagsOf(bytes);
        assert.equal(tags['Make'], 'Secret Camera');
        assert.equal(tags['title'], 'secret caption');
        assert.equal(
          tags['DigitalSourceType']?.split('/').at(-1),
          'compositeWithTrainedAlgorithmicMedia',
        );
        assert.deepEqual(
          Object.keys(tags).filter((name) => name.startsWith('GPS')),
          [],
        );
        assert.equal((await sharp(bytes).metadata()).orientation, 1);
        for (const gone of ['secret trailer', 'secret signature']) {
          assert.ok(!Buffer.from(bytes).includes(gone), gone);
        }
        const plain = await match(original, await answer(60, 90));
        assert.equal((await tagsOf(plain.bytes))['DigitalSourceType'], undefined);
      }
    });

    it('of an AVIF as well', async () => {
      const original = await paint(90, 60)
        .withExif({ IFD0: { Make: 'Cam' }, IFD3: { GPSLatitudeRef: 'N' } })
        .avif()
        .toBuffer();
      const { bytes } = await match(original, await answer(), { provenance });
      const tags = await tagsOf(bytes);
      assert.equal(tags['Make'], 'Cam');
      assert.equal(tags['GPSLatitudeRef'], undefined);
      assert.equal(tags['AISystemUsed'], provenance.model);
    });

    it('no Content Credentials, and says so', async () => {
      const edited = await answer();
      const box = '\0\0\0\x30jumb\0\0\0\x1ejumdc2pa\0\x11\0\x10';
      const signed = Buffer.concat([
        edited.subarray(0, 33),
        pngChunk('caBX', box),
        edited.subarray(33),
      ]);
      const { said } = await match(await paint().jpeg().toBuffer(), signed);
      assert.match(said.join(), /^Its Content Credentials \(C2PA\) are left out/);
    });
  });

  describe('composed pixels', () => {
    it('come out of a PNG exactly, of a lossless WebP within one, alpha and profile with them', async () => {
      for (const profile of [undefined, 'p3']) {
        for (const channels of [3, 4] as const) {
          const picture = paint(97, 61, channels);
          if (profile) picture.withIccProfile(profile);
          for (const original of [
            await picture.clone().png().toBuffer(),
            await picture.clone().webp({ lossless: true, exact: true }).toBuffer(),
          ]) {
            const composed = await decode(original);
            composed.pixels.set([1, 2, 3, channels === 4 ? 0 : 255], 4000);
            const { bytes, format } = await match(original, composed, { provenance });
            const again = await decode(bytes);
            assertNear(again.pixels, composed.pixels, format === 'PNG' ? 0 : 1);
            assert.deepEqual(again.profile, composed.profile);
          }
        }
      }
    });

    it('are encoded without an original too', async () => {
      const composed = await decode(await paint(97, 61, 4).withIccProfile('p3').png().toBuffer());
      const encodings: [Encoding, number][] = [
        [{ format: 'PNG' }, 0],
        [{ format: 'WebP', quality: 'lossless' }, 0],
      ];
      for (const [encoding, tolerance] of encodings) {
        const { bytes } = await worker.run({ type: 'encode', picture: composed, encoding });
        const again = await decode(bytes);
        assertNear(again.pixels, composed.pixels, tolerance);
        assert.deepEqual(again.profile, composed.profile);
      }
      const opaque = await decode(await smooth(97, 61).png().toBuffer());
      const encoding = {
        format: 'JPEG',
        quality: 95,
        subsampled: false,
        progressive: false,
      } as const;
      const { bytes } = await worker.run({ type: 'encode', picture: opaque, encoding });
      assert.ok(meanDistance((await decode(bytes)).pixels, opaque.pixels) < 2);
    });

    it('of another size are refused', async () => {
      const composed = await decode(await paint(50, 40).png().toBuffer());
      await assert.rejects(match(await paint(51, 40).png().toBuffer(), composed), PictureError);
    });
  });

  it('needs little of an original that has no transparency', async () => {
    const edited = await answer();
    for (const [original, most] of [
      [await noise(200, 150).jpeg({ quality: 95 }).toBuffer(), 6000],
      [await noise(200, 150).jpeg({ progressive: true }).toBuffer(), 6000],
      [await noise(200, 150).withIccProfile('p3').png().toBuffer(), 6000],
      [await noise(200, 150).png({ palette: true }).toBuffer(), 6000],
      [await paint(200, 150, 4).png().toBuffer(), Infinity],
      [await noise(200, 150).webp().toBuffer(), Infinity],
    ] as const) {
      const whole = encoded(original);
      const head = headOf(whole);
      assert.ok(head.bytes.length < most, String(head.bytes.length));
      assert.equal(head === whole, most === Infinity);
      const matched = await Promise.all(
        [whole, head].map((each) =>
          worker.run({ type: 'match', original: each, edited: encoded(edited) }),
        ),
      );
      assert.deepEqual(matched[0], matched[1]);
    }
    const plain = await noise(200, 150).png().toBuffer();
    const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/">behind the pixels</x:xmpmeta>';
    const late = Buffer.concat([
      plain.subarray(0, -12),
      pngChunk('iTXt', `XML:com.adobe.xmp\0\0\0\0\0${xmp}`),
      plain.subarray(-12),
    ]);
    assert.equal(readBlocks(headOf(encoded(late)).bytes).xmp, xmp);
  });

  it('refuses what it cannot read, and what is too large, by the header', async () => {
    const whole = await paint(90, 60).jpeg().toBuffer();
    const bomb = await paint().png().toBuffer();
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    for (const [original, edited] of [
      [whole, bomb],
      [bomb, whole],
    ] as const) {
      await assert.rejects(match(original, edited), /megapixels, and Retouch works on at most 100/);
    }
    const cut = (await answer()).subarray(0, 45);
    await assert.rejects(match(whole, cut), PictureError);
  });

  it('stops when it is cancelled, and the thread goes on', async () => {
    const size = { width: 4000, height: 3000, channels: 3, background: 'gray' } as const;
    const original = await sharp({ create: size }).webp({ quality: 85, effort: 0 }).toBuffer();
    const edited = await smooth(1536, 1024).png().toBuffer();
    await decode(edited);
    const given = new AbortController();
    const running = worker.run(
      { type: 'match', original: encoded(original), edited: encoded(edited) },
      given.signal,
    );
    setTimeout(() => given.abort(new Error('enough')), 300);
    await assert.rejects(running, /enough/);
    assert.equal((await decode(edited)).width, 1536);
  });
});

/** A picture without fine detail, which comes through resizing and encoding much as it was. */
function smooth(width: number, height: number): Sharp {
  const raw = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const [across, down] = [x / width, y / height];
      raw[at] = 128 + 100 * Math.sin(5 * across + down);
      raw[at + 1] = 128 + 90 * Math.cos(4 * down - across);
      raw[at + 2] = 120 + 80 * Math.sin(3 * (across + down));
    }
  }
  return sharp(raw, { raw: { width, height, channels: 3 } });
}

/** Red says how far across a pixel's middle is, green how far down. */
function ramp(width: number, height: number): Sharp {
  const raw = Buffer.alloc(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      raw[at] = Math.round((255 * (x + 0.5)) / width);
      raw[at + 1] = Math.round((255 * (y + 0.5)) / height);
    }
  }
  return sharp(raw, { raw: { width, height, channels: 3 } });
}

/** Opaque in a circle in the middle, with a radius in percent of the height. */
function circle(width: number, height: number, radius = 45): Sharp {
  const raw = Buffer.alloc(width * height * 4);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const inside =
        Math.hypot(x + 0.5 - width / 2, y + 0.5 - height / 2) < (radius / 100) * height;
      raw.set([200, 80, 40, inside ? 255 : 0], at);
    }
  }
  return sharp(raw, { raw: { width, height, channels: 4 } });
}

/** A picture that packs badly. */
function noise(width: number, height: number): Sharp {
  const raw = Buffer.alloc(width * height * 3);
  let seed = 1;
  for (let at = 0; at < raw.length; at++) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    raw[at] = seed >> 16;
  }
  return sharp(raw, { raw: { width, height, channels: 3 } });
}

function rgb(picture: Sharp): Promise<Buffer> {
  return picture.removeAlpha().toColourspace('srgb').raw().toBuffer();
}

async function alphaOf(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes).ensureAlpha().extractChannel(3).raw().toBuffer();
}

function transparentShare(alpha: Buffer): number {
  return alpha.filter((value) => value < 128).length / alpha.length;
}

function meanDistance(actual: Uint8Array, expected: Uint8Array): number {
  assert.equal(actual.length, expected.length);
  let sum = 0;
  for (let index = 0; index < actual.length; index++) {
    sum += Math.abs(actual[index]! - expected[index]!);
  }
  return sum / actual.length;
}

function assertNear(actual: Uint8Array, expected: Uint8Array, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  let worst = 0;
  for (let index = 0; index < actual.length; index++) {
    worst = Math.max(worst, Math.abs(actual[index]! - expected[index]!));
  }
  assert.ok(worst <= tolerance, `a value is ${worst} off, more than ${tolerance}`);
}

/** The tables of a JPEG, found without the code under test. */
function quantisationOf(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const tables: string[] = [];
  for (let at = 2; buffer[at + 1] !== 0xda;) {
    const length = buffer.readUInt16BE(at + 2);
    if (buffer[at + 1] === 0xdb) tables.push(buffer.toString('hex', at + 4, at + 2 + length));
    at += 2 + length;
  }
  return tables;
}

async function tagsOf(bytes: Uint8Array): Promise<Record<string, string | undefined>> {
  const { exif, xmp } = await readTags(Buffer.from(bytes), { async: true, expanded: true });
  return Object.fromEntries(
    Object.entries({ ...exif, ...xmp }).map(([name, tag]) => {
      const { value, description } = tag as { value: unknown; description?: string };
      return [name, description ?? String(value)];
    }),
  );
}
