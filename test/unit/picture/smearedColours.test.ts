// Encoders take the colours of fine letters away, and that is no change; where they were taken away on purpose, it is.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { findChanges, type Change } from '../../../src/picture/changes';
import { findDifference } from '../../../src/picture/findDifference';
import type { Pixels } from '../../../src/picture/pixels';
import { fromSharp, toSharp } from './support/plant';
import { mapColours, tones } from './support/tones';

async function changesAfterJpeg(original: Pixels, edited: Pixels): Promise<readonly Change[]> {
  const bytes = await toSharp(edited).removeAlpha().jpeg({ quality: 85 }).toBuffer();
  const everything = { left: 0, top: 0, right: 1, bottom: 1 };
  const { difference } = findDifference(original, await fromSharp(sharp(bytes)), everything);
  return findChanges(difference).changes;
}

describe('colours that encoders smear', () => {
  let original: Pixels;

  before(async () => {
    const file = resolve('test/samples/workspace/screenshot.png');
    original = await fromSharp(sharp(file));
  });

  it('are no change', async () => {
    const vivid = mapColours(original, tones['more colourful']);
    assert.equal((await changesAfterJpeg(original, vivid)).length, 0);
  });

  it('are one where they were taken away in a part', async () => {
    const grey = mapColours(original, tones['black and white']);
    const pixels = original.pixels.slice();
    for (let y = 116; y < 156; y++) {
      const [from, to] = [460, 608].map((x) => 4 * (y * original.width + x)) as [number, number];
      pixels.set(grey.pixels.subarray(from, to), from);
    }
    const changes = await changesAfterJpeg(original, { ...original, pixels });
    assert.ok(changes.length > 0);
    for (const { box } of changes) {
      assert.ok(
        box.x >= 444 && box.x + box.width <= 624 && box.y + box.height <= 172,
        JSON.stringify(box),
      );
    }
  });
});
