// Originals and limits go through the preparation of an upload, with the real thread: bytes and words come out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { capabilitiesOf } from '../../../src/gateway/capabilities';
import { identifyPicture } from '../../../src/picture/identify';
import { prepareUpload, type UploadRules } from '../../../src/picture/prepareUpload';
import type { CheckJob } from '../../../src/picture/jobs';
import { moving } from './support/animations';
import { bitmapKinds } from './support/bitmaps';
import { paint, photograph } from './support/photographs';
import { sharedWorker } from './support/sharedWorker';

const model = 'openai/gpt-image-2';

describe('prepareUpload', function () {
  this.timeout(120_000);
  const worker = sharedWorker();
  let rendered = 0;
  beforeEach(() => {
    rendered = 0;
  });

  const prepare = (
    bytes: Uint8Array,
    limits: Partial<UploadRules['limits']> = {},
    removeMetadata = true,
    changed: (job: CheckJob) => CheckJob = (job) => job,
  ) =>
    prepareUpload(
      { bytes, info: identifyPicture(bytes)! },
      {
        model,
        limits: { ...capabilitiesOf({ id: model, route: 'images/edits' }), ...limits },
        removeMetadata,
        check: (job) => worker.run(changed(job)),
        render: (job) => {
          rendered++;
          return worker.run(job);
        },
      },
    );

  it('sends the very same bytes where nothing has to change', async () => {
    const clean = await paint().png().toBuffer();
    const photo = readFileSync('test/samples/workspace/photo.jpg');
    for (const upload of [await prepare(clean), await prepare(photo, {}, false)]) {
      assert.deepEqual([upload.said, upload.showsLess, rendered], [[], false, 0]);
    }
    assert.equal((await prepare(clean)).bytes, clean);
    assert.equal((await prepare(photo, {}, false)).bytes, photo);
  });

  it('removes metadata without touching pixels, and says nothing of it', async () => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const bytes = await photograph(format, 6);
      const { bytes: sent, said, info } = await prepare(bytes);
      assert.ok(!Buffer.from(sent).includes('Secret Camera'));
      assert.deepEqual([said, info, rendered], [[], identifyPicture(bytes), 0]);
      const raw = (picture: Uint8Array) => sharp(picture).raw().toBuffer();
      assert.deepEqual(await raw(sent), await raw(bytes));
    }
  });

  it('does not make smaller what is small enough without its metadata', async () => {
    const bytes = await photograph('jpeg');
    const clean = (await prepare(bytes)).bytes.byteLength;
    const { said } = await prepare(bytes, { maxPictureBytes: clean });
    assert.deepEqual([said, rendered], [[], 0]);
  });

  for (const [format, bytes] of [
    ['AVIF', () => paint().avif({ lossless: true }).toBuffer()],
    ['GIF', () => paint().gif().toBuffer()],
    ['TIFF', () => paint().tiff({ compression: 'lzw' }).toBuffer()],
    ['BMP', () => Promise.resolve(bitmapKinds[5]!.encode(60, 40))],
  ] as const) {
    it(`sends ${format} as PNG, and says so`, async () => {
      const { info, said, showsLess } = await prepare(await bytes());
      assert.deepEqual(
        [info.format, info.mime, info.width, info.height],
        ['PNG', 'image/png', 60, 40],
      );
      assert.deepEqual(said, [`Sent as PNG: ${model} does not take ${format}.`]);
      assert.equal(showsLess, false);
    });
  }

  it('says that an animation is sent without its other frames', async () => {
    const frames = [paint(), paint().negate()].map((frame) => frame.png().toBuffer());
    const gif = await sharp(await Promise.all(frames), { join: { animated: true } })
      .gif()
      .toBuffer();
    const { said, showsLess } = await prepare(gif);
    assert.deepEqual(said, [
      `Sent as PNG: ${model} does not take GIF.`,
      'Only the first of its 2 frames is sent.',
    ]);
    assert.equal(showsLess, true);
  });

  it('sends the first frame of a PNG that moves, its pixels as they are, and says so', async () => {
    const still = await paint().png().toBuffer();
    const { bytes, said, showsLess } = await prepare(moving(still, 2));
    assert.deepEqual(Buffer.from(bytes), still);
    assert.deepEqual([said, showsLess], [['Only the first of its 2 frames is sent.'], true]);
    assert.equal(rendered, 0);
    const kept = await prepare(moving(still, 2), {}, false);
    assert.deepEqual(Buffer.from(kept.bytes), still);
    const other = await prepare(moving(still, 2, false));
    assert.deepEqual(other.said, ['Only its still picture is sent, none of its 2 frames.']);
  });

  it('sends the first frame of a WebP that moves as PNG, and says so', async () => {
    const frames = [paint(), paint().negate()].map((frame) => frame.png().toBuffer());
    const webp = await sharp(await Promise.all(frames), { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    const { bytes, said, showsLess } = await prepare(webp);
    assert.deepEqual(said, ['Sent as PNG.', 'Only the first of its 2 frames is sent.']);
    assert.equal(showsLess, true);
    assert.deepEqual(await sharp(bytes).raw().toBuffer(), await paint().raw().toBuffer());
  });

  it('sends nothing of a picture that cannot be decoded', async () => {
    // A process without loss, which decoders do not know.
    const rare = await paint().jpeg().toBuffer();
    rare[rare.indexOf(Buffer.from([0xff, 0xc0])) + 1] = 0xc3;
    assert.equal(identifyPicture(rare)?.width, 60);
    await assert.rejects(prepare(rare), /^PictureError: It is damaged, or a JPEG of a rare kind/);
    assert.equal(rendered, 0);
  });

  it('encodes anew, and says so, where what is left without metadata does not show the same', async () => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const orientation = format === 'webp' ? 1 : 6;
      const original = await photograph(format, orientation);
      const less = await paint(60, 40, format === 'jpeg' ? 3 : 4)
        .negate({ alpha: false })
        .withMetadata({ orientation })
        .withIccProfile('p3')
        .toFormat(format)
        .toBuffer();
      // As if that were what was left.
      const { bytes, info, said } = await prepare(original, {}, true, (job) => ({
        ...job,
        bare: less,
      }));
      assert.deepEqual(said, [
        'Sent encoded anew: its metadata could not be removed without harm to the picture.',
      ]);
      const { width, height } = identifyPicture(original)!;
      assert.deepEqual([info.width, info.height, rendered], [width, height, 1]);
      rendered = 0;
      assert.ok(!Buffer.from(bytes).includes('Secret Camera'));
      const shown = (picture: Uint8Array) => sharp(picture).autoOrient().raw().toBuffer();
      const [is, was] = [await shown(bytes), await shown(original)];
      const distance = is.reduce((sum, value, at) => sum + Math.abs(value - was[at]!), 0);
      assert.ok(distance / is.length < 5, `${distance / is.length}`);
    }
  });

  for (const { limits, width, why } of [
    { limits: { maxSide: 200 }, width: 200, why: '200 pixels a side' },
    { limits: { maxPixels: 15_000 }, width: 150, why: '15,000 pixels' },
  ]) {
    it(`makes a picture smaller that has more than ${why}`, async () => {
      const bytes = await paint(600, 400).jpeg().toBuffer();
      const { info, said, showsLess } = await prepare(bytes, limits);
      assert.deepEqual([info.format, info.width], ['JPEG', width]);
      assert.deepEqual(said, [
        `Sent at ${width} × ${info.height} instead of 600 × 400: ${model} takes at most ${why}.`,
      ]);
      assert.equal(showsLess, true);
    });
  }

  it('makes a picture smaller that has too many bytes', async () => {
    const bytes = await paint(1600, 1200)
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const maxPictureBytes = Math.round(bytes.length / 16);
    const { bytes: sent, info, said } = await prepare(bytes, { maxPictureBytes });
    assert.ok(sent.byteLength <= maxPictureBytes);
    assert.match(
      said.join(),
      new RegExp(
        `^Sent at ${info.width} × ${info.height} instead of 1600 × 1200: ${model} takes at most 0\\.\\d MB\\.$`,
      ),
    );
  });

  it('only packs a JPEG tighter where that is enough', async () => {
    const bytes = await paint(1600, 1200).jpeg({ quality: 100 }).toBuffer();
    const { info, said, showsLess } = await prepare(bytes, { maxPictureBytes: bytes.length - 1 });
    assert.deepEqual([info.width, info.height, showsLess], [1600, 1200, true]);
    assert.match(said.join(), /^Sent with \d.* MB instead of \d.* MB: .* takes at most \d.* MB\.$/);
  });

  it('leaves behind the metadata of a format that a user’s own model takes', async () => {
    const bytes = await paint()
      .withExif({ IFD0: { Make: 'Secret Camera' } })
      .avif()
      .toBuffer();
    const inputMimes = ['image/avif', 'image/png'];
    const { info, said } = await prepare(bytes, { inputMimes });
    assert.equal(info.format, 'PNG');
    assert.deepEqual(said, ['Sent as PNG: the metadata of AVIF cannot be removed otherwise.']);
    assert.equal((await prepare(bytes, { inputMimes }, false)).bytes, bytes);
  });

  it('refuses more than 100 megapixels from the header alone', async () => {
    const bytes = await paint().gif().toBuffer();
    bytes.writeUInt16LE(20_000, 6);
    bytes.writeUInt16LE(10_000, 8);
    await assert.rejects(prepare(bytes), {
      name: 'PictureError',
      message: /20000 × 10000 pixels, which is 200 megapixels, and Retouch works on at most 100/,
    });
    assert.equal(rendered, 0);
  });
});
