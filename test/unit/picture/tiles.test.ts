// Tiles of a window become areas: none is lost, none is there twice, and what goes through them has passed what it must have.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Tiles, tileSide } from '../../../src/picture/tiles';

const windows = fc
  .record({
    width: fc.integer({ min: 1, max: 260 }),
    height: fc.integer({ min: 1, max: 260 }),
    kinds: fc.infiniteStream(fc.integer({ min: 0, max: 2 })),
  })
  .map(({ width, height, kinds }) => {
    const tiles = new Tiles(width, height);
    for (let tile = 0; tile < tiles.kinds.length; tile++) {
      tiles.kinds[tile] = kinds.next().value as number;
    }
    return tiles;
  });

/** Which area each pixel lies in, by its place in the list. */
function paint(tiles: Tiles): Int16Array {
  const painted = new Int16Array(tiles.width * tiles.height).fill(-1);
  for (const [index, { left, top, right, bottom }] of tiles.areas().entries()) {
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        assert.equal(painted[y * tiles.width + x], -1, 'areas overlap');
        painted[y * tiles.width + x] = index;
      }
    }
  }
  return painted;
}

describe('Tiles', () => {
  it('come back as areas that have each pixel once, and of its kind', () => {
    fc.assert(
      fc.property(windows, (tiles) => {
        const areas = tiles.areas();
        paint(tiles).forEach((index, place) => {
          const [x, y] = [place % tiles.width, Math.floor(place / tiles.width)];
          const tile = Math.floor(y / tileSide) * tiles.columns + Math.floor(x / tileSide);
          assert.equal(areas[index]?.kind, tiles.kinds[tile]);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('are passed in an order in which what is to the left and above of the same kind comes first', () => {
    fc.assert(
      fc.property(windows, (tiles) => {
        const areas = tiles.areas();
        const painted = paint(tiles);
        painted.forEach((index, place) => {
          const x = place % tiles.width;
          for (const before of [x > 0 ? place - 1 : place, place - tiles.width]) {
            const other = before < 0 ? index : painted[before]!;
            if (areas[other]!.kind === areas[index]!.kind) assert.ok(other <= index);
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it('are joined, but not to so much that it takes long', () => {
    const large = new Tiles(4000, 3000);
    const areas = large.areas();
    assert.ok(areas.length < large.kinds.length / 100);
    for (const { left, top, right, bottom } of areas) {
      assert.ok((right - left) * (bottom - top) <= 1 << 18);
    }
  });

  it('become of a kind where a rectangle touches them, which may stick out', () => {
    const tiles = new Tiles(100, 70);
    tiles.mark({ left: -5, top: 32, right: 33, bottom: 500 }, 7);
    assert.deepEqual([...tiles.kinds], [0, 0, 0, 0, 7, 7, 0, 0, 7, 7, 0, 0]);
    tiles.mark({ left: 96, top: 0, right: 97, bottom: 1 }, 8);
    assert.deepEqual([...tiles.kinds], [0, 0, 0, 8, 7, 7, 0, 0, 7, 7, 0, 0]);
  });
});
