// What the local gateway makes of a picture for each instruction that it understands, and for others.
import assert from 'node:assert/strict';
import sharp from 'sharp';
import {
  colourAt,
  dataUrl,
  edit,
  isBlue,
  isRed,
  pictureOf,
  twoColours,
  useGateway,
} from './support/gatewayInUse';

describe('The local gateway', () => {
  const local = useGateway();

  describe('paints', () => {
    it('inverted', async () => {
      const [r = 0, g = 0, b = 0] = await colourAt(
        pictureOf(await edit(local, 'Invert it')),
        0.2,
        0.5,
      );
      assert.ok(Math.abs(r - (255 - 0xd0)) < 3 && Math.abs(g - 0xdf) < 3 && Math.abs(b - 0xdf) < 3);
    });

    it('blurred', async () => {
      const [r = 0, , b = 0] = await colourAt(pictureOf(await edit(local, 'blur')), 0.5, 0.5);
      assert.ok(r > 50 && b > 50, 'the edge between red and blue is soft');
    });

    it('brighter', async () => {
      const [r = 0] = await colourAt(pictureOf(await edit(local, 'a bit brighter')), 0.2, 0.5);
      assert.ok(r > 0xd0 + 10);
    });

    it('a cat where it was asked for, and nothing else', async () => {
      const plain = await sharp({
        create: { width: 300, height: 200, channels: 3, background: '#406080' },
      })
        .png()
        .toBuffer();
      const bytes = pictureOf(
        await edit(local, 'Add a small orange cat sitting on the table. Keep the lighting.', plain),
      );
      const [r = 0, g = 0, b = 0] = await colourAt(bytes, 0.4, 0.87);
      assert.ok(r > g && g > b, `fur is ${r} ${g} ${b}`);
      assert.deepEqual(await colourAt(bytes, 0.9, 0.2), [0x40, 0x60, 0x80]);
    });

    it('a ribbon with hostile words', async () => {
      const words = '</text><script>&"\'\u0000\ud800 50% off';
      const bytes = pictureOf(await edit(local, words));
      assert.deepEqual(await colourAt(bytes, 0.01, 0.9), [0xff, 0x7a, 0x45]);
      assert.ok(isRed(await colourAt(bytes, 0.2, 0.4)), 'the rest is as it was');
    });

    it('a grey picture as well as a coloured one', async () => {
      const grey = await twoColours().greyscale().png().toBuffer();
      const [r = 0, g, b] = await colourAt(pictureOf(await edit(local, 'invert', grey)), 0.2, 0.5);
      assert.ok(r > 100 && r === g && g === b, `${r} ${g} ${b}`);
    });

    it('alpha as it was', async () => {
      const clear = await sharp({
        create: {
          width: 50,
          height: 50,
          channels: 4,
          background: { r: 200, g: 0, b: 0, alpha: 0.5 },
        },
      })
        .png()
        .toBuffer();
      const [r, g, b, alpha = 0] = await colourAt(
        pictureOf(await edit(local, 'greyscale', clear)),
        0.5,
        0.5,
      );
      assert.ok(r === g && g === b);
      assert.ok(Math.abs(alpha - 128) < 2);
    });

    it('the way up that EXIF says', async () => {
      const lying = await twoColours().jpeg().withMetadata({ orientation: 6 }).toBuffer();
      const bytes = pictureOf(
        await edit(local, 'brighten it', local.png, {
          images: [{ image_url: dataUrl(lying, 'image/jpeg') }],
        }),
      );
      const { width, height, orientation } = await sharp(bytes).metadata();
      assert.deepEqual([width, height, orientation], [1024, 1536, undefined]);
      assert.ok(isBlue(await colourAt(bytes, 0.5, 0.8)));
    });

    it('only where the mask is transparent', async () => {
      const mask = await sharp({
        create: { width: 60, height: 40, channels: 4, background: '#000000ff' },
      })
        .composite([
          {
            input: { create: { width: 30, height: 40, channels: 4, background: '#ffffffff' } },
            left: 0,
            top: 0,
            blend: 'dest-out',
          },
        ])
        .png()
        .toBuffer();
      const answer = await edit(local, 'black and white', local.png, {
        mask: { image_url: dataUrl(mask) },
      });
      const bytes = pictureOf(answer);
      const [r, g, b] = await colourAt(bytes, 0.2, 0.5);
      assert.ok(r === g && g === b);
      assert.ok(isBlue(await colourAt(bytes, 0.8, 0.5)));
    });
  });
});
