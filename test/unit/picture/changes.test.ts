// Differences become the changes that a person would count.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { findChanges, type Changes } from '../../../src/picture/changes';
import { measureDifference, type Difference } from '../../../src/picture/difference';
import type { Pixels } from '../../../src/picture/pixels';
import { fromSharp, toSharp } from './support/plant';
import { paintScene, seededRandom } from '../../support/seeded';

const samples = resolve('test/samples/workspace');

function changesOf(original: Pixels, edited: Pixels, threshold?: number): Changes {
  return findChanges(measureDifference(original, edited), threshold);
}

/** A copy with the square painted over. */
function paintOver(picture: Pixels, x: number, y: number, size: number): Pixels {
  const pixels = picture.pixels.slice();
  for (let row = y; row < y + size; row++) {
    for (let column = x; column < x + size; column++) {
      pixels.set([250, 30, 60, 255], 4 * (row * picture.width + column));
    }
  }
  return { ...picture, pixels };
}

describe('findChanges', () => {
  const scene = paintScene(seededRandom(1), 800, 600);

  it('finds nothing where there is nothing', () => {
    const { changes, labels, whole } = changesOf(scene, scene);
    assert.deepEqual([changes, whole], [[], false]);
    assert.ok(labels.every((label) => label === 0));
  });

  it('gives the box and the share of each, the largest first', () => {
    const edited = paintOver(paintOver(scene, 100, 80, 40), 500, 300, 120);
    const { changes } = changesOf(scene, edited);
    assert.deepEqual(
      changes.map(({ id }) => id),
      [1, 2],
    );
    for (const [index, [x, y, size]] of (
      [
        [500, 300, 120],
        [100, 80, 40],
      ] as const
    ).entries()) {
      const { box, share } = changes[index]!;
      assert.ok(box.x <= x && box.x >= x - 24 && box.y <= y && box.y >= y - 24);
      assert.ok(box.x + box.width >= x + size && box.x + box.width <= x + size + 24);
      assert.ok(box.y + box.height >= y + size && box.y + box.height <= y + size + 24);
      assert.ok(share >= size ** 2 / 480_000 && share <= (size + 48) ** 2 / 480_000);
    }
  });

  it('labels every pixel that changed, and a little more', () => {
    const { labels, cellSize, columns } = changesOf(scene, paintOver(scene, 203, 117, 51));
    for (let y = 117; y < 168; y++) {
      for (let x = 203; x < 254; x++) {
        assert.equal(labels[Math.floor(y / cellSize) * columns + Math.floor(x / cellSize)], 1);
      }
    }
  });

  it('joins what is near and leaves apart what is not', () => {
    const near = paintOver(paintOver(scene, 200, 200, 30), 238, 200, 30);
    const far = paintOver(paintOver(scene, 200, 200, 30), 290, 200, 30);
    assert.equal(changesOf(scene, near).changes.length, 1);
    assert.equal(changesOf(scene, far).changes.length, 2);
  });

  it('fills the gap in a ring', () => {
    const ring = paintOver(scene, 300, 200, 60);
    for (let row = 215; row < 245; row++) {
      const at = 4 * (row * 800 + 322);
      ring.pixels.set(scene.pixels.subarray(at, at + 4 * 16), at);
    }
    const { labels, columns } = changesOf(scene, ring);
    assert.equal(labels[Math.floor(230 / 8) * columns + Math.floor(330 / 8)], 1);
  });

  it('drops specks', () => {
    const speck = { ...scene, pixels: scene.pixels.slice() };
    for (const [x, y] of [
      [100, 100],
      [400, 301],
    ] as const) {
      for (const channel of [0, 1, 2]) speck.pixels[4 * (y * 800 + x) + channel]! ^= 128;
    }
    assert.deepEqual(changesOf(scene, speck).changes, []);
  });

  it('heeds the threshold', () => {
    const faint = { ...scene, pixels: scene.pixels.slice() };
    for (let y = 200; y < 300; y++) {
      for (let x = 200; x < 300; x++) faint.pixels[4 * (y * 800 + x) + 1]! ^= 16;
    }
    assert.equal(changesOf(scene, faint, 0.02).changes.length, 1);
    assert.equal(changesOf(scene, faint, 0.3).changes.length, 0);
  });

  it('sees a single pixel of an icon', () => {
    const icon = paintScene(seededRandom(2), 32, 32);
    const { changes, cellSize } = changesOf(icon, paintOver(icon, 10, 20, 1));
    assert.equal(cellSize, 1);
    assert.equal(changes.length, 1);
    assert.ok(changes[0]!.box.width <= 4);
  });

  for (const [what, edit] of Object.entries<(picture: Sharp) => Sharp>({
    brighter: (picture) => picture.linear(1.1, 6),
    inverted: (picture) => picture.negate({ alpha: false }),
  })) {
    for (const file of ['photo.jpg', 'portrait.jpg', 'banner.webp', 'screenshot.png']) {
      it(`${file}, ${what}: one change, the whole picture`, async () => {
        const original = await fromSharp(sharp(join(samples, file)).autoOrient());
        const { width, height } = original;
        const edited = await fromSharp(sharp(await edit(toSharp(original)).png().toBuffer()));
        const { changes, labels, whole } = changesOf(original, edited);
        assert.equal(whole, true);
        assert.deepEqual(changes, [
          { id: 1, box: { x: 0, y: 0, width, height }, share: 1, minor: false },
        ]);
        assert.ok(labels.every((label) => label === 1));
      });
    }
  }

  /** Squares of cells in a picture of 800 × 800, each of one strength. */
  function squares(
    made: readonly (readonly [column: number, row: number, side: number, strength: number])[],
    more: Partial<Difference> = {},
  ): Difference {
    const strengths = new Uint8Array(100 * 100);
    for (const [column, row, side, strength] of made) {
      for (let y = row; y < row + side; y++) {
        strengths.fill(strength, y * 100 + column, y * 100 + column + side);
      }
    }
    const size = { width: 800, height: 800, cellSize: 8, columns: 100, rows: 100 };
    return { ...size, distances: new Uint8Array(0), strengths, ...more };
  }

  it('drops two cells just over the threshold, unless others beside them are nearly as strong', () => {
    const two = [
      [40, 40, 1, 17],
      [43, 40, 1, 17],
    ] as const;
    const between = (strength: number) =>
      [...two, [41, 40, 1, strength], [42, 40, 1, strength]] as const;
    assert.deepEqual(findChanges(squares(between(10))).changes, []);
    const { changes } = findChanges(squares(between(15)));
    assert.equal(changes.length, 1);
    assert.ok(changes[0]!.box.width >= 4 * 8);
  });

  describe('what is minor', () => {
    const two = [
      [10, 10, 5, 40],
      [50, 50, 20, 80],
    ] as const;

    it('is nothing in a faithful picture, and the more salient change comes first', () => {
      const { changes } = findChanges(squares(two));
      assert.deepEqual(
        changes.map(({ id, minor, box }) => [id, minor, box.x > 300]),
        [
          [1, false, true],
          [2, false, false],
        ],
      );
    });

    it('is what is small beside the most salient one where much was redrawn', () => {
      const minor = (noise: number) =>
        findChanges(squares(two, { noise })).changes.map((change) => change.minor);
      assert.deepEqual(minor(20), [false, true]);
      assert.deepEqual(minor(2), [false, false]);
    });

    it('is a speck without a peak where a little was redrawn, not one with a peak', () => {
      const specks = [...two, [80, 10, 1, 40], [10, 80, 1, 90]] as const;
      const { changes } = findChanges(squares(specks, { noise: 0.5 }));
      assert.deepEqual(
        changes.map(({ minor, box }) => [minor, box.x > 600]),
        [
          [false, false],
          [false, false],
          [false, false],
          [true, true],
        ],
      );
    });

    it('is what comes after twelve', () => {
      const many = Array.from(
        { length: 15 },
        (_, index) => [6 + 20 * (index % 5), 6 + 30 * Math.floor(index / 5), 4, 60] as const,
      );
      const { changes, labels } = findChanges(squares(many));
      assert.equal(changes.length, 15);
      assert.deepEqual(
        changes.map(({ minor }) => minor),
        changes.map((_, index) => index >= 12),
      );
      assert.deepEqual(new Set(labels), new Set([0, ...changes.map(({ id }) => id)]));
    });
  });

  it('lists nothing but the whole picture where hardly anything is where it was', () => {
    // Nothing has to stand out from what redrawing does everywhere.
    for (const places of [[[50, 50, 20, 80]], []] as const) {
      const { changes, whole } = findChanges(squares(places, { whole: true }));
      assert.deepEqual([changes.length, changes[0]!.share, whole], [1, 1, true]);
    }
  });
});
