// Pictures that come back in other colours, bent or redrawn give what was edited in them, and the tone, and no more.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { findChanges, type Change } from '../../../src/picture/changes';
import { findDifference } from '../../../src/picture/findDifference';
import type { Pixels } from '../../../src/picture/pixels';
import type { Covered } from '../../../src/picture/planes';
import type { Shifts } from '../../../src/picture/register';
import type { Tone } from '../../../src/picture/tone';
import { warp } from '../../../src/picture/warp';
import { fromSharp, toSharp } from './support/plant';
import { mapColours, tones } from './support/tones';
import { longOr } from '../../support/long';
import { paintScene, seededRandom } from '../../support/seeded';

const everything = { left: 0, top: 0, right: 1, bottom: 1 };
const samples = resolve('test/samples/workspace');

function find(
  original: Pixels,
  edited: Pixels,
  covered: Covered = everything,
): { changes: readonly Change[]; whole: boolean; tone: Tone | undefined } {
  const { difference, tone } = findDifference(original, edited, covered);
  const { changes, whole } = findChanges(difference);
  return { changes, whole, tone };
}

/** As an encoder leaves it. */
async function encoded(picture: Pixels): Promise<Pixels> {
  return fromSharp(sharp(await toSharp(picture).removeAlpha().jpeg({ quality: 85 }).toBuffer()));
}

function paintDisc(picture: Pixels, x: number, y: number, radius: number, by: number): Pixels {
  const pixels = new Uint8ClampedArray(picture.pixels);
  for (let row = y - radius; row <= y + radius; row++) {
    for (let column = x - radius; column <= x + radius; column++) {
      if (Math.hypot(column - x, row - y) > radius) continue;
      const at = 4 * (row * picture.width + column);
      for (let channel = at; channel < at + 3; channel++) pixels[channel]! += by;
    }
  }
  return { ...picture, pixels: new Uint8Array(pixels.buffer) };
}

/** Smooth, by up to so many pixels. */
function bend({ width, height }: Pixels, pixels: number): Shifts {
  const [columns, rows] = [24, 18];
  const across = new Float32Array(columns * rows);
  const down = new Float32Array(columns * rows);
  for (let node = 0; node < across.length; node++) {
    const x = (node % columns) / columns;
    const y = Math.floor(node / columns) / rows;
    across[node] = (pixels / width) * Math.sin(5 * x + 3 * y);
    down[node] = (pixels / height) * Math.cos(4 * y - 2 * x);
  }
  return { columns, rows, across, down };
}

function isAbout({ box }: Change, x: number, y: number): boolean {
  return box.x <= x && box.y <= y && box.x + box.width >= x && box.y + box.height >= y;
}

describe('findDifference', () => {
  const scene = paintScene(seededRandom(31), 800, 600);

  it('finds nothing, and no tone, where there is nothing', async () => {
    for (const edited of [scene, await encoded(scene)]) {
      assert.deepEqual(find(scene, edited), { changes: [], whole: false, tone: undefined });
    }
  });

  for (const [what, map] of Object.entries(tones)) {
    it(`${what} is a tone, with at most two changes beside it`, async () => {
      for (const file of ['photo.jpg', 'screenshot.png', 'logo.png']) {
        const original = await sampleOf(file);
        const { changes, whole, tone } = find(original, await encoded(mapColours(original, map)));
        assert.equal(whole, false);
        assert.ok(tone?.shown, `${file}: ${tone?.magnitude}`);
        assert.ok(changes.length <= 2, `${file}: ${changes.length} changes`);
        for (const { share } of changes) assert.ok(share < 0.04, `${file}: ${share}`);
        if (what !== 'inverted') continue;
        assert.equal(tone.invertible, false);
        assert.ok(tone.direction.contrast < -0.8);
      }
    });
  }

  it('takes no ground or thing that was painted anew for a tone', async () => {
    const original = await sampleOf('50% off #1 "final".png');
    for (const [from, to] of [
      [
        [228, 87, 46],
        [40, 90, 200],
      ],
      [
        [228, 87, 46],
        [60, 150, 60],
      ],
      [
        [247, 232, 208],
        [120, 160, 220],
      ],
    ] as const) {
      const painted = mapColours(original, (...colour) => {
        const isOfIt = Math.hypot(...colour.map((value, channel) => value - from[channel]!)) < 40;
        return isOfIt ? to : colour;
      });
      const { changes, tone } = find(original, await encoded(painted));
      assert.equal(tone, undefined);
      assert.ok(changes[0]!.share > 0.2, `${to.join()}: ${changes[0]?.share}`);
    }
  });

  it('finds under a tone what it finds without', async () => {
    const edited = paintDisc(paintDisc(scene, 200, 150, 12, 24), 600, 400, 30, -20);
    const { changes, tone } = find(scene, await encoded(mapColours(edited, tones['warmer by 2'])));
    assert.ok(tone?.shown);
    assert.equal(changes.length, 2);
    assert.ok(isAbout(changes[0]!, 600, 400) && isAbout(changes[1]!, 200, 150));
  });

  it('finds what was edited in a picture that came back bent and warmer, and nothing else', async () => {
    const disc = paintDisc(scene, 420, 280, 40, 70);
    const bent = warp(disc, bend(disc, 2.5), everything);
    const warm = mapColours(bent, (red, green, blue) => [red + 8, green + 2, blue - 9]);
    const { changes, tone } = find(scene, await encoded(warm));
    assert.ok(tone!.direction.warmer > 12 && tone!.direction.warmer < 20);
    const listed = changes.filter(({ minor }) => !minor);
    assert.equal(listed.length, 1);
    assert.ok(isAbout(listed[0]!, 420, 280) && listed[0]!.share < 0.05);
  });

  it('does not call bare what the edited picture does not cover, under a tone neither', () => {
    const warm = mapColours(scene, (red, green, blue) => [red + 8, green + 2, blue - 9]);
    const covered = { left: 0.1, top: 0, right: 1, bottom: 1 };
    for (let y = 0; y < 600; y++) {
      const from = 4 * y * 800;
      warm.pixels.set(scene.pixels.subarray(from, from + 4 * 80), from);
    }
    const { changes, tone } = find(scene, warm, covered);
    assert.ok(tone?.shown);
    assert.deepEqual(changes, []);
  });

  it('takes bent edges for no changes in a picture that had to be moved into place', async () => {
    const file = join(samples, '50% off #1 "final".png');
    const original = await fromSharp(sharp(file).resize({ width: 640 }));
    const bent = warp(original, bend(original, 1.5), everything);
    assert.deepEqual(find(original, bent, { ...everything, moved: true }).changes, []);
    // As an encoder never does.
    assert.ok(find(original, bent).changes.length > 2);
  });

  it('has nothing to list in a picture of something else, or of nothing', () => {
    for (const other of [
      paintScene(seededRandom(32), 800, 600),
      { ...scene, pixels: new Uint8Array(scene.pixels.length).fill(255) },
    ]) {
      const { changes, whole } = find(scene, other);
      assert.deepEqual([whole, changes.length], [true, 1]);
    }
  });

  /** In the short form half as wide, which takes a quarter of the time. */
  async function sampleOf(file: string): Promise<Pixels> {
    const whole = sharp(join(samples, file)).autoOrient().flatten();
    const { width } = await whole.metadata();
    return fromSharp(whole.resize({ width: longOr(width, Math.round(width / 2)) }));
  }
});
