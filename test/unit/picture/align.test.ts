// Pictures that were moved, scaled, cropped, edited and encoded by known amounts are put back in their place.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { align, cornerDistance, stretch, type Alignment } from '../../../src/picture/align';
import type { Pixels } from '../../../src/picture/pixels';
import { isLong, longOr } from '../../support/long';
import { displace, type Displaced } from './support/displace';
import { fromSharp } from './support/plant';
import { paintScene, seededRandom } from '../../support/seeded';

/** The long form tries all of them, `npm test` a share with every size, encoding and kind of edit. */
const pictures = Array.from({ length: 100 }, (_, index) => index).filter(
  (index) => isLong || index % 9 === 4,
);

/** In `npm test` none of them may be missed, so that they can be in two tests as well, which are half as long. */
const shares = isLong ? [pictures] : [pictures.slice(0, 5), pictures.slice(5)];

let read: Promise<Pixels[]> | undefined;

/** Read once for all tests. */
function originals(): Promise<Pixels[]> {
  return (read ??= readOriginals());
}

async function readOriginals(): Promise<Pixels[]> {
  const samples = ['photo.jpg', 'portrait.jpg', 'banner.webp', 'screenshot.png'].map((file) =>
    fromSharp(
      sharp(join(resolve('test/samples/workspace'), file))
        .autoOrient()
        .flatten()
        .resize(640, 640, { fit: 'inside' }),
    ),
  );
  return [
    ...(await Promise.all(samples)),
    paintScene(seededRandom(11), 640, 480),
    paintScene(seededRandom(12), 560, 560),
    paintScene(seededRandom(13), 440, 660),
  ];
}

/** Within half a pixel at every corner, and a thousandth in scale. */
function isHit(alignment: Alignment, { edited, placement }: Displaced): boolean {
  return (
    alignment.trusted &&
    cornerDistance(alignment, placement, edited) <= 0.5 &&
    Math.abs(alignment.scaleX / placement.scaleX - 1) <= 0.001 &&
    Math.abs(alignment.scaleY / placement.scaleY - 1) <= 0.001
  );
}

describe('align', function () {
  this.timeout(300_000);

  for (const share of shares) {
    it(`recovers at least 95 % of ${share.length} pictures from number ${share[0]} on within 0.5 px and 0.1 %`, async () => {
      const sources = await originals();
      let time = 0;
      let hits = 0;
      const misses: string[] = [];
      const distances: number[] = [];
      for (const index of share) {
        const original = sources[index % sources.length]!;
        const displaced = await displace(original, index, seededRandom(2026 + index));
        const begun = process.cpuUsage().user;
        const alignment = align(original, displaced.edited);
        time += (process.cpuUsage().user - begun) / 1000;
        const distance = cornerDistance(alignment, displaced.placement, displaced.edited);
        distances.push(distance);
        if (isHit(alignment, displaced)) hits++;
        else
          misses.push(
            `${index}: ${displaced.what}: ${distance.toFixed(2)} px, confidence ${alignment.confidence.toFixed(2)}`,
          );
      }
      const median = distances.toSorted((a, b) => a - b)[distances.length >> 1]!;
      console.log(
        `      ${hits} of ${share.length}, median ${median.toFixed(2)} px, ${Math.round(time / share.length)} ms of work each`,
      );
      for (const miss of misses) console.log(`      missed ${miss}`);
      assert.ok(hits >= 0.95 * share.length, `${hits} hits`);
    });
  }

  it('does not trust what it finds in pictures that have nothing in common', () => {
    const original = paintScene(seededRandom(31), 500, 400);
    for (const seed of longOr([32, 33, 34, 35], [32, 33])) {
      const other = paintScene(seededRandom(seed), 640, 480);
      const alignment = align(original, other);
      assert.equal(alignment.trusted, false);
      assert.deepEqual({ ...alignment, ...stretch(original, other) }, alignment);
    }
  });

  it('trusts nothing in pictures with nothing in them, and in tiny ones', () => {
    const flat = { width: 300, height: 200, pixels: new Uint8Array(240_000).fill(255) };
    assert.equal(align(flat, flat).trusted, false);
    const tiny = paintScene(seededRandom(36), 16, 16);
    assert.equal(align(tiny, tiny).trusted, false);
  });

  it('finds a picture exactly in place of itself', () => {
    const scene = paintScene(seededRandom(37), 500, 400);
    const { confidence, ...alignment } = align(scene, scene);
    assert.deepEqual(alignment, { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, trusted: true });
    assert.ok(confidence > 0.99);
  });
});
