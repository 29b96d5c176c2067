// Pictures that are drawn anew, as models do it, differ from what they were by what was asked, and are the same every time.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { tries } from '../../support/properties';
import { recipeOf, redraw, type Recipe } from '../../support/redraw';
import { paintScene, seededRandom } from '../../support/seeded';
import { makeWarp, type Picture } from '../../support/warp';

const steepness = 2;

/** Red says how far right a pixel is, green how far down: where it came from can be read off. */
function ruler(side: number): Picture {
  const pixels = new Uint8Array(4 * side * side).fill(255);
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at += 4) {
      pixels[at] = steepness * x;
      pixels[at + 1] = steepness * y;
    }
  }
  return { width: side, height: side, pixels };
}

/** How far from its place each pixel came, but for those near the edge, where the ruler ends. */
function movesOf({ width, height, pixels }: Picture, margin: number) {
  const moves: { x: number; y: number; across: number; down: number }[] = [];
  for (let y = margin; y < height - margin; y++) {
    for (let x = margin; x < width - margin; x++) {
      const at = 4 * (y * width + x);
      const across = pixels[at]! / steepness - x;
      const down = pixels[at + 1]! / steepness - y;
      moves.push({ x, y, across, down });
    }
  }
  return moves;
}

/** Fine detail of brightness: what a pixel has more than the mean of those around it. */
function detailOf({ width, height, pixels }: Picture): number[] {
  const detail: number[] = [];
  const green = (x: number, y: number) => pixels[4 * (y * width + x) + 1]!;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const around = green(x - 1, y) + green(x + 1, y) + green(x, y - 1) + green(x, y + 1);
      detail.push(green(x, y) - around / 4);
    }
  }
  return detail;
}

const deviation = (values: readonly number[]) => Math.sqrt(product(values, values));

const product = (ones: readonly number[], others: readonly number[]) =>
  ones.reduce((sum, one, at) => sum + one * others[at]!, 0) / ones.length;

function differing(one: Picture, other: Picture): { x: number; y: number }[] {
  const places: { x: number; y: number }[] = [];
  for (let at = 0; at < one.pixels.length; at++) {
    if (one.pixels[at] === other.pixels[at]) continue;
    const place = Math.floor(at / 4);
    places.push({ x: place % one.width, y: Math.floor(place / one.width) });
  }
  return places;
}

const recipes: fc.Arbitrary<Recipe> = fc.record(
  {
    size: fc.record({
      width: fc.integer({ min: 20, max: 70 }),
      height: fc.integer({ min: 20, max: 70 }),
    }),
    warp: fc.double({ min: 0.5, max: 5, noNaN: true }),
    texture: fc.double({ min: 0.5, max: 1, noNaN: true }),
    tone: fc.constant({ gamma: 1.1, saturation: 1.2, gain: [1, 1, 0.9] } as const),
    mark: fc.boolean(),
    jpeg: fc.constantFrom(75, 90),
  },
  { requiredKeys: ['warp', 'texture'] },
);

describe('a picture that is drawn anew', () => {
  it('has the same bytes for the same seed, and others for another', () =>
    fc.assert(
      fc.asyncProperty(recipes, fc.nat(1e6), async (recipe, seed) => {
        const scene = paintScene(seededRandom(3), 64, 48);
        const first = await redraw(scene, recipe, seededRandom(seed));
        const again = await redraw(scene, recipe, seededRandom(seed));
        const other = await redraw(scene, recipe, seededRandom(seed + 1));
        assert.deepEqual(again, first);
        assert.notDeepEqual(other.pixels, first.pixels);
        const { width, height } = recipe.size ?? scene;
        assert.deepEqual([first.width, first.height], [width, height]);
        assert.equal(first.pixels.length, 4 * width * height);
      }),
      tries(20),
    ));

  it('leaves the picture that went in alone', async () => {
    const scene = paintScene(seededRandom(3), 64, 48);
    const before = scene.pixels.slice();
    await redraw(scene, { warp: 2, texture: 1, tone: { gamma: 1.2 }, mark: true }, seededRandom(1));
    assert.deepEqual(scene.pixels, before);
  });

  for (const amplitude of [0.7, 2, 5]) {
    it(`is warped by ${amplitude} px where it is moved most, and smoothly`, async () => {
      const lengths: number[] = [];
      for (let seed = 0; seed < 12; seed++) {
        const warped = await redraw(ruler(120), { warp: amplitude }, seededRandom(seed));
        const moves = movesOf(warped, 8);
        lengths.push(Math.max(...moves.map(({ across, down }) => Math.hypot(across, down))));
        for (const [index, one] of moves.entries()) {
          const next = moves[index + 1];
          if (next?.y !== one.y) continue;
          // A step of the ruler is half a pixel; beyond that neighbours move together.
          assert.ok(Math.abs(next.across - one.across) <= 0.5 + 0.15 * amplitude);
        }
      }
      // The greatest may lie in the margin, where the ruler cannot be read.
      for (const length of lengths) assert.ok(length <= amplitude + 0.36, `${length}`);
      const typical = lengths.sort((a, b) => a - b)[lengths.length >> 1]!;
      assert.ok(Math.abs(typical - amplitude) <= 0.36, `${typical} of ${amplitude}`);
    });
  }

  it('has a warp whose longest move is exactly what was asked', () =>
    fc.assert(
      fc.property(fc.nat(1e6), fc.double({ min: 0.1, max: 9, noNaN: true }), (seed, amplitude) => {
        const { moves } = makeWarp(seededRandom(seed), { width: 300, height: 200 }, amplitude);
        let most = 0;
        for (let at = 0; at < moves.length; at += 2) {
          most = Math.max(most, Math.hypot(moves[at]!, moves[at + 1]!));
        }
        assert.ok(Math.abs(most - amplitude) < 1e-4 * amplitude);
      }),
      tries(50),
    ));

  it('is scaled about its middle and shifted, differently along its sides', async () => {
    const scale = { across: 1.05, down: 0.97 };
    const shift = { across: 0.03, down: -0.02 };
    const moved = await redraw(ruler(120), { scale, shift }, seededRandom(1));
    const middle = 59.5;
    for (const { x, y, across, down } of movesOf(moved, 10)) {
      const fromX = middle + (x - middle - 0.03 * 120) / 1.05;
      const fromY = middle + (y - middle + 0.02 * 120) / 0.97;
      assert.ok(Math.abs(x + across - fromX) <= 0.3 && Math.abs(y + down - fromY) <= 0.3);
    }
  });

  it('has new textures of the old strength', async () => {
    const scene = paintScene(seededRandom(7), 256, 256);
    const before = detailOf(scene);
    const likeness = async (texture: number) => {
      const after = detailOf(await redraw(scene, { texture }, seededRandom(2)));
      const ratio = deviation(after) / deviation(before);
      assert.ok(ratio > 0.75 && ratio < 1.35, `energy × ${ratio}`);
      return product(before, after) / deviation(before) / deviation(after);
    };
    const [half, all] = [await likeness(0.5), await likeness(1)];
    assert.ok(half > 0.8 && half < 0.97, `${half}`);
    // What is left is the edges of the scene's shapes.
    assert.ok(Math.abs(all) < 0.45, `${all}`);
  });

  it('keeps its letters and edges where textures are new', async () => {
    const pixels = new Uint8Array(4 * 64 * 64).fill(255);
    for (let at = 0; at < pixels.length; at += 4) {
      if (Math.floor(at / 4 / 6) % 2 === 0) pixels.fill(20, at, at + 3);
    }
    const letters = { width: 64, height: 64, pixels };
    assert.deepEqual(await redraw(letters, { texture: 1 }, seededRandom(1)), letters);
  });

  it('has the colours that were asked for', async () => {
    const pixels = Uint8Array.from([100, 150, 200, 255, 40, 40, 40, 128]);
    const pair = { width: 2, height: 1, pixels };
    const toned = async (tone: Recipe['tone']) => [
      ...(await redraw(pair, { ...(tone && { tone }) }, seededRandom(1))).pixels,
    ];
    assert.deepEqual(await toned({ add: [4, 0, -4] }), [104, 150, 196, 255, 44, 40, 36, 128]);
    assert.deepEqual(await toned({ gain: [1, 1, 0.85] }), [100, 150, 170, 255, 40, 40, 34, 128]);
    assert.deepEqual(await toned({ contrast: 1.25 }), [93, 156, 218, 255, 18, 18, 18, 128]);
    const grey = await toned({ saturation: 0 });
    assert.ok(grey[0] === grey[1] && grey[1] === grey[2] && grey[0] === 141);
    assert.ok((await toned({ gamma: 0.8 }))[0]! > 115);
  });

  it('has a mark in the lower right corner, and no other change', async () => {
    const scene = paintScene(seededRandom(7), 400, 300);
    const places = differing(scene, await redraw(scene, { mark: true }, seededRandom(1)));
    assert.ok(places.length > 20);
    assert.ok(places.every(({ x, y }) => x > 370 && y > 270));
  });
});

describe('the recipe of a family of models', () => {
  const pixelsAt = 1024;
  const many = (family: 'gpt' | 'gemini') =>
    Array.from({ length: 200 }, (_, seed) => recipeOf(family, seededRandom(seed), pixelsAt));

  it('of GPT moves all of it by 2 to 8 %, differently along its sides', () => {
    for (const { scale, shift, warp, texture, tone } of many('gpt')) {
      const [across, down] = [scale!.across - 1, scale!.down - 1];
      for (const part of [across, down]) assert.ok(part >= 0.02 && part <= 0.08);
      assert.notEqual(across, down);
      assert.ok(Math.abs(shift!.across) <= 0.04 && Math.abs(shift!.down) <= 0.04);
      assert.ok(warp! >= 2 && warp! <= 4 && texture! > 0.5);
      assert.ok(tone!.gain![2] <= 0.96, 'whites turn cream');
    }
  });

  it('of Gemini leaves it, or moves it by up to 3 %, and marks some', () => {
    const recipes = many('gemini');
    for (const { scale, texture } of recipes) {
      assert.equal(texture, undefined);
      if (!scale) continue;
      assert.equal(scale.across, scale.down);
      assert.ok(scale.across > 1 && scale.across <= 1.03);
    }
    const placed = recipes.filter(({ scale }) => !scale).length;
    const marked = recipes.filter(({ mark }) => mark).length;
    assert.ok(placed > 70 && placed < 130 && marked > 50 && marked < 110, `${placed}, ${marked}`);
  });
});
