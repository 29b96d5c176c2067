// Pictures full of metadata go through its removal; sharp and ExifReader, which know nothing of it, look at the rest.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load as readTags } from 'exifreader';
import fc from 'fast-check';
import sharp from 'sharp';
import { readOrientation, removeMetadata } from '../../../../src/picture/metadata/metadata';
import { PictureError } from '../../../../src/picture/pictureError';
import { longOr } from '../../../support/long';
import { tries } from '../../../support/properties';
import { jpegWithRestart, withFill } from '../support/fillBytes';
import {
  compressed,
  paint,
  photograph,
  pngChunk,
  secrets,
  type Format,
} from '../support/photographs';

const formats: readonly Format[] = ['jpeg', 'png', 'webp'];

describe('removeMetadata', () => {
  for (const format of formats) {
    for (let orientation = 1; orientation <= 8; orientation++) {
      it(`leaves pixels, profile and orientation ${orientation} of a ${format}, and nothing else`, async () => {
        const before = await photograph(format, orientation);
        const after = removeMetadata(before);
        assert.deepEqual(await look(after), await look(before));
        assert.equal((await look(after)).orientation, orientation);
        assert.ok((await look(after)).icc, 'the profile is there');

        for (const secret of secrets) {
          assert.ok(before.includes(secret), `the test hides “${secret}”`);
          assert.ok(!Buffer.from(after).includes(secret), secret);
        }
        const { xmp, iptc } = await sharp(after).metadata();
        assert.deepEqual([xmp, iptc], [undefined, undefined]);
        assert.deepEqual(await tagsOf(after), orientation === 1 ? [] : ['Orientation']);
        const had = await tagsOf(before);
        for (const tag of ['Make', 'GPSLatitude', 'title']) assert.ok(had.includes(tag), tag);
      });
    }

    it(`gives the very same ${format} where there is nothing to remove`, async () => {
      for (const orientation of [1, 6]) {
        const clean = removeMetadata(await photograph(format, orientation));
        assert.equal(removeMetadata(clean), clean);
      }
      const plain = await paint().toFormat(format).toBuffer();
      assert.equal(removeMetadata(plain), plain);
    });

    it(`leaves the compressed pixels of a ${format} byte for byte`, async () => {
      const before = await photograph(format, 3);
      const after = removeMetadata(before);
      assert.deepEqual(compressed(format, after), compressed(format, before));
    });

    it(`survives a ${format} cut off anywhere, or with any byte changed`, async () => {
      const whole = await photograph(format, 6);
      // A step that shares no factor with the sizes of parts.
      for (let length = 0; length < whole.length; length += longOr(1, 7))
        tryOn(whole.subarray(0, length));
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: whole.length - 1 }),
          fc.uint8Array({ minLength: 1, maxLength: 8 }),
          (at, wrong) => {
            const broken = new Uint8Array(whole);
            broken.set(wrong.subarray(0, broken.length - at), at);
            tryOn(broken);
          },
        ),
        tries(200),
      );
    });

    it(`survives any bytes behind the head of a ${format}`, async () => {
      const head = (await paint().toFormat(format).toBuffer()).subarray(0, 12);
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) =>
          tryOn(Buffer.concat([head, bytes])),
        ),
        tries(200),
      );
    });

    it(`heeds byteOffset in a ${format}`, async () => {
      const bytes = await photograph(format, 6);
      const inside = new Uint8Array(Buffer.concat([Buffer.alloc(7), bytes, Buffer.alloc(9)]));
      const part = inside.subarray(7, 7 + bytes.length);
      assert.deepEqual(Buffer.from(removeMetadata(part)), Buffer.from(removeMetadata(bytes)));
    });
  }

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => tryOn(bytes)),
      tries(100),
    );
  });

  for (const { name, options } of [
    { name: 'progressive', options: { progressive: true } },
    { name: 'with restarts of its own', options: { mozjpeg: true } },
    { name: 'without chroma subsampling', options: { chromaSubsampling: '4:4:4' } },
  ]) {
    it(`leaves the pixels of a JPEG that is ${name}`, async () => {
      const before = await paint(300, 200)
        .jpeg(options)
        .withMetadata({ orientation: 5 })
        .toBuffer();
      const after = removeMetadata(before);
      assert.deepEqual(await look(after), await look(before));
    });
  }

  for (const fill of [0, 1, 3]) {
    it(`leaves a JPEG with ${fill} more bytes FF before its markers whole`, async () => {
      const restarts = jpegWithRestart(fill);
      const before = [restarts, withFill(await photograph('jpeg', 6), fill)];
      for (const bytes of before) {
        const after = removeMetadata(bytes);
        assert.deepEqual(await look(after), await look(bytes));
        assert.ok(!Buffer.from(after).includes('secret caption'));
      }
      const { pixels } = await look(removeMetadata(restarts));
      assert.deepEqual([pixels[0], pixels.at(-1)], [208, 48], 'both squares are there');
    });
  }

  it('leaves the colours of a CMYK JPEG', async () => {
    const before = await paint().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer();
    assert.deepEqual(await look(removeMetadata(before)), await look(before));
  });

  it('leaves the colours and transparency of a palette PNG, and of 16 bit', async () => {
    for (const png of [
      await paint(60, 40, 4).png({ palette: true }).toBuffer(),
      await paint(60, 40, 4).toColourspace('rgb16').png().toBuffer(),
    ]) {
      const littered = Buffer.concat([
        png.subarray(0, 33),
        pngChunk('tEXt', 'Comment\0secret caption'),
        png.subarray(33),
      ]);
      const after = removeMetadata(littered);
      assert.deepEqual(Buffer.from(after), png);
    }
  });

  it('leaves the frames of an animated WebP', async () => {
    const frames = await Promise.all([paint().png().toBuffer(), paint().negate().png().toBuffer()]);
    const before = await sharp(frames, { join: { animated: true } })
      .webp({ delay: [100, 200] })
      .withExif({ IFD0: { Make: 'Secret Camera' } })
      .toBuffer();
    const after = removeMetadata(before);
    assert.ok(after.length < before.length);
    const raw = (bytes: Uint8Array) => sharp(bytes, { animated: true }).raw().toBuffer();
    assert.deepEqual(await raw(after), await raw(before));
    assert.deepEqual((await sharp(after).metadata()).delay, [100, 200]);
  });

  it('leaves the sample photographs as they look', async () => {
    for (const name of ['photo.jpg', 'portrait.jpg', 'banner.webp', 'logo.png', 'screenshot.png']) {
      const before = readFileSync(join('test/samples/workspace', name));
      assert.deepEqual(await look(removeMetadata(before)), await look(before), name);
    }
  });

  it('says so where a file holds no picture', async () => {
    const png = await paint().png().toBuffer();
    assert.throws(() => removeMetadata(png.subarray(0, 40)), PictureError);
  });

  it('leaves the bytes of other formats alone', async () => {
    const gif = await paint().gif().toBuffer();
    assert.equal(removeMetadata(gif), gif);
    assert.equal(readOrientation(gif), 1);
  });

  it('takes time in proportion to the file, however many parts it has', async () => {
    const png = await paint().png().toBuffer();
    const nothing = pngChunk('teXt', '');
    // A copy of the rest for each of them would take minutes.
    const parts = Buffer.alloc(nothing.length * longOr(1e6, 2e5), nothing);
    const many = Buffer.concat([png.subarray(0, 33), parts]);
    assert.equal(removeMetadata(Buffer.concat([many, png.subarray(33)])).length, png.length);
  });
});

/** Ends in a picture that needs no more removal, or in a clear error. */
function tryOn(bytes: Uint8Array): void {
  let after: Uint8Array;
  try {
    after = removeMetadata(bytes);
  } catch (error) {
    assert.ok(error instanceof PictureError, String(error));
    return;
  }
  assert.ok(after.length <= bytes.length + 64);
  assert.equal(removeMetadata(after), after);
  readOrientation(bytes);
}

/** What people see of a picture, as sharp decodes it. */
async function look(bytes: Uint8Array) {
  const {
    width,
    height,
    orientation = 1,
    icc,
    hasAlpha,
    space,
    depth,
  } = await sharp(bytes).metadata();
  const pixels = await sharp(bytes).raw().toBuffer();
  return { width, height, orientation, icc, hasAlpha, space, depth, pixels };
}

/** Names of the tags that describe more than the file itself, as ExifReader finds them. */
async function tagsOf(bytes: Uint8Array): Promise<string[]> {
  const tags = await readTags(Buffer.from(bytes), { expanded: true, async: true });
  return [tags.exif, tags.gps, tags.xmp, tags.iptc, tags.photoshop, tags.Thumbnail]
    .flatMap((group) => Object.keys(group ?? {}))
    .concat(Object.keys(tags.pngText ?? {}))
    .filter((name) => !['_raw', 'Padding'].includes(name));
}
