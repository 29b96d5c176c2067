// An edited picture lies on the pixels of its original: moved by parts of a pixel, larger, smaller, transparent.
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { stretch } from '../../../src/picture/align';
import { resample } from '../../../src/picture/resample';
import { fromSharp, toSharp } from './support/plant';
import { paintScene, seededRandom } from '../../support/seeded';

describe('resample', () => {
  it('gives the very picture back where it lies as it is', () => {
    const scene = paintScene(seededRandom(22), 120, 80);
    assert.equal(resample(scene, scene, stretch(scene, scene)), scene);
  });

  it('does the same without the kernel', () => {
    const scene = paintScene(seededRandom(25), 150, 110);
    for (const placement of [
      { scaleX: 1.3, scaleY: 0.7, offsetX: -4.2, offsetY: 3.1 },
      { scaleX: 0.31, scaleY: 0.4, offsetX: 10, offsetY: 30 },
    ]) {
      const target = paintScene(seededRandom(26), 170, 90);
      const made = resample(target, scene, placement);
      const scripted = resample(target, scene, placement, 'none');
      for (let at = 0; at < made.pixels.length; at++) {
        assert.ok(Math.abs(made.pixels[at]! - scripted.pixels[at]!) <= 1);
      }
    }
  });

  it('moves by parts of a pixel and back with little loss', () => {
    const scene = paintScene(seededRandom(23), 300, 200);
    const moved = resample(scene, scene, { scaleX: 1, scaleY: 1, offsetX: 0.5, offsetY: -0.25 });
    const back = resample(scene, moved, { scaleX: 1, scaleY: 1, offsetX: -0.5, offsetY: 0.25 });
    let sum = 0;
    for (let at = 0; at < scene.pixels.length; at++) {
      sum += Math.abs(scene.pixels[at]! - back.pixels[at]!);
    }
    assert.ok(sum / scene.pixels.length < 1.5, String(sum / scene.pixels.length));
  });

  it('agrees with sharp on a smaller and on a larger picture', async () => {
    const scene = paintScene(seededRandom(24), 300, 200);
    for (const [width, height] of [
      [150, 100],
      [97, 61],
      [450, 300],
    ] as const) {
      const target = { width, height, pixels: new Uint8Array(4 * width * height) };
      const ours = resample(target, scene, stretch(target, scene));
      const theirs = await fromSharp(
        sharp(
          await toSharp(scene)
            .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
            .png()
            .toBuffer(),
        ),
      );
      let sum = 0;
      for (let at = 0; at < ours.pixels.length; at++) {
        sum += Math.abs(ours.pixels[at]! - theirs.pixels[at]!);
      }
      assert.ok(sum / ours.pixels.length < 1.2, String(sum / ours.pixels.length));
    }
  });

  it('does not let colours that are not seen shine through', () => {
    const pixels = new Uint8Array(4 * 64 * 64);
    for (let at = 0; at < pixels.length; at += 4) {
      pixels.set((at >> 2) % 64 < 32 ? [200, 10, 10, 255] : [0, 255, 0, 0], at);
    }
    const picture = { width: 64, height: 64, pixels };
    const moved = resample(picture, picture, {
      scaleX: 1.1,
      scaleY: 1.1,
      offsetX: 0.3,
      offsetY: 0,
    });
    for (let at = 0; at < moved.pixels.length; at += 4) {
      if (moved.pixels[at + 3]! > 40) assert.ok(moved.pixels[at + 1]! <= 40);
    }
  });
});
