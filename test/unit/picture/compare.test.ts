// Two pictures of any size become what changed between them, and what is composed of them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { markRegion } from '../../../src/compare/protocol';
import { stretch, type Placement } from '../../../src/picture/align';
import { defaultThreshold } from '../../../src/picture/changes';
import type { CompareJob, Decoded } from '../../../src/picture/jobs';
import type { Pixels } from '../../../src/picture/pixels';
import { resample } from '../../../src/picture/resample';
import { toSharp } from './support/plant';
import { paintScene, seededRandom } from '../../support/seeded';
import { sharedWorker } from './support/sharedWorker';

/** A picture with a cross painted over it, 80 pixels wide. */
function withCross({ width, height, pixels }: Pixels, x: number, y: number): Pixels {
  const painted = { width, height, pixels: pixels.slice() };
  for (let offset = -40; offset < 40; offset++) {
    for (let beside = -12; beside < 12; beside++) {
      for (const [column, row] of [
        [x + offset, y + beside],
        [x + beside, y + offset],
      ] as const) {
        painted.pixels.set([250, 40, 40, 255], 4 * (row * width + column));
      }
    }
  }
  return painted;
}

/** As a model might send it back. Not resized by sharp, which moves what it enlarges by half a pixel. */
function sent(picture: Pixels, width: number, height: number): Promise<Buffer> {
  const target = { width, height, pixels: new Uint8Array(4 * width * height) };
  const resized = toSharp(resample(target, picture, stretch(target, picture))).removeAlpha();
  return resized.jpeg({ quality: 92 }).toBuffer();
}

function crop(picture: Pixels, left: number, top: number, width: number, height: number): Pixels {
  const placement: Placement = { scaleX: 1, scaleY: 1, offsetX: -left, offsetY: -top };
  const target = { width, height, pixels: new Uint8Array(4 * width * height) };
  return resample(target, picture, placement);
}

describe('a comparison in the thread', function () {
  this.timeout(120_000);
  const worker = sharedWorker();
  const scene = paintScene(seededRandom(21), 900, 600);
  let original: Decoded;

  before(async () => {
    const bytes = await toSharp(scene).png().toBuffer();
    original = await worker.run({ type: 'decode', encoded: { bytes, format: 'PNG' } });
  });

  const compare = (bytes: Uint8Array, more: Partial<CompareJob> = {}) =>
    worker.run({
      type: 'compare',
      original,
      edited: { bytes, format: 'JPEG' },
      align: true,
      fit: 'Stretch',
      transparency: 'original',
      threshold: defaultThreshold,
      ...more,
    });

  it('gives what the edited picture does not reach its overall colour too: no rim in the old ones', async () => {
    // Black and white, of a window of it: 24 pixels are lost on the left, 16 at the top.
    const bytes = await toSharp(crop(scene, 24, 16, 876, 584))
      .greyscale()
      .png()
      .toBuffer();
    const { edited, tone, alignment } = await compare(bytes, {
      fit: 'Crop',
      edited: { bytes, format: 'PNG' },
    });
    assert.ok(tone && alignment);
    /** How far from grey the pixels are that it does not reach, in levels, at the mean. */
    const colourOfRim = ({ pixels }: Pixels) => {
      let [sum, count] = [0, 0];
      for (let y = 0; y < 600; y++) {
        for (let x = 0; x < (y < 14 ? 900 : 22); x++, count++) {
          const [red = 0, green = 0, blue = 0] = pixels.subarray(4 * (y * 900 + x));
          sum += Math.max(red, green, blue) - Math.min(red, green, blue);
        }
      }
      return sum / count;
    };
    const [before, after] = [colourOfRim(original), colourOfRim(edited)];
    assert.ok(before > 20 && after < before / 10, `${before}, then ${after}`);
  });

  for (const [width, height] of [
    [900, 600],
    [768, 512],
    [1024, 1024],
    [450, 300],
  ] as const) {
    it(`finds what was painted in, and nothing else, in an answer of ${width} × ${height}`, async () => {
      const { alignment, edited, changes } = await compare(
        await sent(withCross(scene, 400, 250), width, height),
      );
      assert.ok(alignment);
      assert.deepEqual(
        { ...alignment, ...stretch(scene, { width, height }) },
        alignment,
        JSON.stringify(alignment),
      );
      assert.equal(changes.changes.length, 1);
      const { x, y, width: across, height: down } = changes.changes[0]!.box;
      assert.ok(x <= 360 && x > 320 && y <= 210 && y > 170);
      assert.ok(across >= 80 && across < 130 && down >= 80 && down < 130);
      const composed = await worker.run({
        type: 'compose',
        base: original,
        edited,
        changes,
        kept: [1],
      });
      const middle = 4 * (250 * 900 + 400);
      assert.ok(composed.pixels[middle]! > 220 && composed.pixels[middle + 1]! < 70);
      const none = await worker.run({ type: 'compose', base: original, edited, changes, kept: [] });
      assert.ok(Buffer.from(none.pixels).equals(scene.pixels));
    });
  }

  it('finds the same in an answer that shows less of the picture, and leaves the rest as it was', async () => {
    const cropped = crop(withCross(scene, 400, 250), 40, 25, 820, 560);
    const answer = await sent(cropped, 900, 600);
    const { alignment, edited, changes } = await compare(answer);
    assert.ok(Math.abs(alignment!.offsetX - 40) < 0.3 && Math.abs(alignment!.offsetY - 25) < 0.3);
    assert.equal(changes.changes.length, 1);
    const composed = await worker.run({
      type: 'compose',
      base: original,
      edited,
      changes,
      kept: [1],
    });
    const top = 4 * 900 * 20;
    assert.deepEqual(composed.pixels.slice(0, top), scene.pixels.slice(0, top));
    const unaligned = await compare(answer, { align: false });
    assert.equal(unaligned.alignment, undefined);
    assert.ok(unaligned.changes.changes[0]!.share > changes.changes[0]!.share);
  });

  it('finds a tone and hardly a change in black and white of another size', async () => {
    const file = join(resolve('test/samples/workspace'), 'photo.jpg');
    const bytes = readFileSync(file);
    const photo = await worker.run({ type: 'decode', encoded: { bytes, format: 'JPEG' } });
    const light = [0.299, 0.587, 0.114] as const;
    const grey = await sharp(file)
      .recomb([[...light], [...light], [...light]])
      .resize(1536, 1024)
      .png()
      .toBuffer();
    const { alignment, changes, tone } = await compare(grey, {
      original: photo,
      edited: { bytes: grey, format: 'PNG' },
    });
    assert.equal(alignment?.trusted, true);
    assert.deepEqual([tone?.shown, tone?.invertible], [true, false]);
    assert.ok(tone!.direction.saturation < 0.2, `saturation ${tone!.direction.saturation}`);
    assert.equal(changes.whole, false);
    assert.ok(changes.changes.length <= 2, `${changes.changes.length} changes`);
    for (const { share } of changes.changes) assert.ok(share < 0.01, `one of ${share}`);
  });

  it('says that a picture of something else is changed as a whole', async () => {
    const other = await sent(paintScene(seededRandom(22), 900, 600), 900, 600);
    const { changes } = await compare(other, { align: false });
    assert.equal(changes.whole, true);
  });

  it('holds a region: outside of it all is the original, and how much was not is said', async () => {
    // One cross inside of the right half, one outside.
    const edited = withCross(withCross(scene, 200, 250), 700, 250);
    const region = markRegion(90, 60, (place) => place % 90 >= 45);
    const { pixels } = original;
    const compared = await compare(await sent(edited, 900, 600), { region });
    assert.equal(compared.changes.changes.length, 1);
    assert.ok(compared.changes.changes[0]!.box.x >= 600);
    const cross = (2 * 80 * 24 - 24 * 24) / (900 * 600);
    assert.ok(compared.outsideShare! > 0.8 * cross && compared.outsideShare! < 2 * cross);
    for (let y = 0; y < 600; y++) {
      const [from, to] = [4 * y * 900, 4 * (y * 900 + 450)];
      assert.deepEqual(compared.edited.pixels.slice(from, to), pixels.slice(from, to), `row ${y}`);
    }
    const { difference, unlocked } = compared;
    const regrouped = await worker.run({ type: 'regroup', difference, unlocked, threshold: 0.95 });
    assert.equal(regrouped.outsideShare, 0);
  });

  it('makes a mask of the size that is sent, transparent where the edit may happen', async () => {
    const region = markRegion(90, 60, (place) => place % 90 >= 45);
    const size = { width: 301, height: 200 };
    const { bytes, format } = await worker.run({ type: 'mask', region, size });
    assert.equal(format, 'PNG');
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [301, 200, 4]);
    const alphaAt = (x: number, y: number) => data[4 * (y * 301 + x) + 3];
    assert.deepEqual([alphaAt(140, 100), alphaAt(160, 100)], [255, 0]);
  });

  it('groups anew with another threshold', async () => {
    const { difference } = await compare(await sent(withCross(scene, 400, 250), 900, 600));
    const changesAt = async (threshold: number) => {
      const job = { type: 'regroup', difference, unlocked: undefined, threshold } as const;
      return (await worker.run(job)).changes;
    };
    assert.equal((await changesAt(0.95)).changes.length, 0);
    assert.equal((await changesAt(defaultThreshold)).changes.length, 1);
  });
});
