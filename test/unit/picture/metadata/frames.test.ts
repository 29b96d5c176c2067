// Pictures that move, of every format, are counted and made still; sharp, which made most of them, says what is right.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import sharp from 'sharp';
import { identifyPicture } from '../../../../src/picture/identify';
import { countFrames, hasOwnStill, withoutFrames } from '../../../../src/picture/metadata/frames';
import { tries } from '../../../support/properties';
import { moving, movingAvif } from '../support/animations';
import { paint } from '../support/photographs';
import { sharedWorker } from '../support/sharedWorker';

const frames = async (count: number) =>
  sharp(
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        paint(20, 10)
          .modulate({ hue: 40 * index })
          .png()
          .toBuffer(),
      ),
    ),
    { join: { animated: true } },
  );

describe('countFrames', () => {
  const makers: Readonly<Record<string, (count: number) => Promise<Buffer>>> = {
    GIF: async (count) => (await frames(count)).gif().toBuffer(),
    WebP: async (count) => (await frames(count)).webp().toBuffer(),
    'lossless WebP': async (count) => (await frames(count)).webp({ lossless: true }).toBuffer(),
    TIFF: async (count) => (await frames(count)).tiff().toBuffer(),
    PNG: async (count) => moving(await paint(20, 10).png().toBuffer(), count),
    AVIF: async (count) => movingAvif(await paint(20, 10).avif().toBuffer(), count),
  };
  for (const [format, make] of Object.entries(makers)) {
    it(`counts those of a ${format}, cut off or broken as well`, async () => {
      assert.equal(countFrames(await make(3)), 3);
      const bytes = await make(2);
      assert.equal(countFrames(bytes), 2);
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, value, cut) => {
          const broken = new Uint8Array(bytes);
          broken[at] = value;
          assert.ok(countFrames(cut ? broken.subarray(0, at) : broken) >= 1);
        }),
        tries(100),
      );
    });
  }

  it('is 1 for every still picture', async () => {
    for (const format of ['png', 'jpeg', 'webp', 'gif', 'avif', 'tiff'] as const) {
      assert.equal(countFrames(await paint().toFormat(format).toBuffer()), 1, format);
    }
    assert.equal(countFrames(new Uint8Array()), 1);
  });
});

describe('withoutFrames', () => {
  it('leaves of a PNG what it was before it moved, and other files alone', async () => {
    const still = await paint().png().toBuffer();
    for (const first of [true, false]) {
      const animated = moving(still, 3, first);
      assert.deepEqual(Buffer.from(withoutFrames(animated)), still);
      assert.equal(hasOwnStill(animated), !first);
    }
    assert.equal(withoutFrames(still), still);
    const gif = await (await frames(2)).gif().toBuffer();
    assert.equal(withoutFrames(gif), gif);
  });
});

describe('an AVIF that moves', () => {
  it('is known, and its still picture decoded', async () => {
    const still = await paint().avif({ lossless: true }).toBuffer();
    // Its film is left out: this one is none that a decoder would play.
    const bytes = movingAvif(still, 2).subarray(0, still.length);
    const { format, width, height } = identifyPicture(bytes)!;
    assert.deepEqual([format, width, height], ['AVIF', 60, 40]);
    const decode = (of: Buffer) =>
      sharedWorker().run({ type: 'decode', encoded: { bytes: of, format: 'AVIF' } });
    assert.deepEqual((await decode(bytes)).pixels, (await decode(still)).pixels);
  });
});
