// Small things in colours of their own stand out from textures that were drawn anew.
import assert from 'node:assert/strict';
import { findChanges } from '../../../src/picture/changes';
import { combine } from '../../../src/picture/combine';
import { measureLevels } from '../../../src/picture/levels';
import type { Pixels } from '../../../src/picture/pixels';
import { paintScene, seededRandom } from '../../support/seeded';

const size = { width: 288, height: 216 };
const disc = { x: 150, y: 120, radius: 10 };

const scene = paintScene(seededRandom(12), size.width, size.height);

/** As rough as cloth, which is another cloth each time; a disc in it is as bright as what it covers. */
function draw(seed: number, hasDisc: boolean): Pixels {
  const random = seededRandom(seed);
  const pixels = new Uint8ClampedArray(scene.pixels);
  for (let at = 0; at < pixels.length; at += 4) {
    const place = at / 4;
    const [x, y] = [place % size.width, Math.floor(place / size.width)];
    const isOfDisc = hasDisc && Math.hypot(x - disc.x, y - disc.y) < disc.radius;
    const grain = 70 * (random() - 0.5);
    // Away from black and white, where nothing is cut off.
    for (let channel = 0; channel < 3; channel++) {
      const level = 70 + 0.45 * scene.pixels[at + channel]!;
      pixels[at + channel] = level + grain + (isOfDisc ? [46, -24, 4][channel]! : 0);
    }
  }
  return { ...size, pixels: new Uint8Array(pixels.buffer) };
}

describe('a small disc of another colour, under textures that were drawn anew', () => {
  const [before, after] = [draw(1, false), draw(2, true)];

  it('stands out by its colour, and hardly by all of it', () => {
    const { columns, rows, values, chroma } = measureLevels({ before, after });
    const row = Math.floor((disc.y / size.height) * rows);
    const cell = row * columns + Math.floor((disc.x / size.width) * columns);
    const isFar = (other: number) =>
      Math.abs((other % columns) - (cell % columns)) > 4 ||
      Math.abs(Math.floor(other / columns) - row) > 4;
    const others = chroma.values.filter((_, other) => isFar(other));
    assert.ok(chroma.values[cell]! > 1.5, `${chroma.values[cell]}`);
    assert.ok(values[cell]! < chroma.values[cell]!, `${values[cell]} and ${chroma.values[cell]}`);
    assert.ok(Math.max(...others) < 0.5, `${Math.max(...others)}`);
  });

  it('counts where all else is drawn anew, and by its brightness would not', () => {
    const [columns, rows] = [10, 10];
    const values = new Float32Array(columns * rows).fill(0.5);
    const chroma = new Float32Array(columns * rows).map((_, cell) =>
      Math.abs((cell % columns) - 5) <= 1 && Math.abs(Math.floor(cell / columns) - 5) <= 1 ? 4 : 0,
    );
    const levels = { columns, rows, values, texture: values, redrawn: 6, whole: false };
    const full = {
      ...{ width: 80, height: 80, distances: new Uint8Array(6400), cellSize: 8, columns, rows },
      strengths: new Uint8Array(columns * rows),
    };
    const everything = { left: 0, top: 0, right: 1, bottom: 1 };
    const strengthsOf = (own: Float32Array) => {
      const given = { ...levels, chroma: { values: own, redrawn: 0 } };
      return findChanges({ ...full, strengths: combine(full, given, everything) }).changes;
    };
    assert.equal(strengthsOf(new Float32Array(columns * rows)).length, 0);
    const [change, ...others] = strengthsOf(chroma);
    assert.deepEqual(others, []);
    assert.ok(change!.box.x >= 24 && change!.box.width <= 48, JSON.stringify(change));
  });
});
