// Whatever is kept: all of it is there, thin parts as well, and not one pixel outside of it is other than the original's.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import sharp from 'sharp';
import { measureSeam } from '../../../bench/seamSteps';
import { coarseChanges, plantThin, shareArrived, thinObjects } from '../../../bench/thinParts';
import { findChanges, type Changes } from '../../../src/picture/changes';
import { compose, cutOut, type Composition } from '../../../src/picture/compose';
import { measureDifference } from '../../../src/picture/difference';
import type { Pixels } from '../../../src/picture/pixels';
import { whileWanted } from '../../../src/picture/wanted';
import { tries } from '../../support/properties';
import { fromSharp, reencode, toSharp } from './support/plant';
import { paintScene, seededRandom } from '../../support/seeded';

/** A copy in which some round places are of another colour, and every pixel a little off. */
function edit(picture: Pixels, seed: number, count: number): Pixels {
  const random = seededRandom(seed);
  const pixels = picture.pixels.map((value, at) => (at % 4 === 3 ? value : value ^ (random() * 3)));
  for (let index = 0; index < count; index++) {
    const [x, y] = [random() * picture.width, random() * picture.height];
    const radius = (0.03 + 0.1 * random()) * picture.width;
    for (let at = 0; at < pixels.length; at += 4) {
      const column = (at >> 2) % picture.width;
      const row = Math.floor((at >> 2) / picture.width);
      if (Math.hypot(column - x, row - y) < radius) pixels[at + (index % 3)]! ^= 0x90;
    }
  }
  return { ...picture, pixels };
}

/** A byte a pixel: whether it is kept. */
function maskOf(composition: Composition): Uint8Array {
  const { width, height } = composition.base;
  const all = new Uint8Array(width * height);
  for (const { window, mask } of cutOut(composition)) {
    const across = window.right - window.left;
    for (let y = window.top; y < window.bottom; y++) {
      const line = mask.subarray((y - window.top) * across, (y - window.top + 1) * across);
      all.set(line, y * width + window.left);
    }
  }
  return all;
}

/** A byte a pixel: the id of the change in whose cells it lies. */
function ownersOf({ width, height, cellSize, columns, labels }: Changes): Uint16Array {
  return Uint16Array.from({ length: width * height }, (_, place) => {
    const row = Math.floor(Math.floor(place / width) / cellSize);
    return labels[row * columns + Math.floor((place % width) / cellSize)]!;
  });
}

/** By how much the greatest channel differs. */
function apart(one: Pixels, other: Pixels, place: number): number {
  return Math.max(
    ...[0, 1, 2].map((channel) =>
      Math.abs(one.pixels[4 * place + channel]! - other.pixels[4 * place + channel]!),
    ),
  );
}

function pixelAt(pixels: Uint8Array, place: number): number[] {
  return [...pixels.subarray(4 * place, 4 * place + 4)];
}

function assertKept(original: Pixels, composed: Pixels, mask: Uint8Array): void {
  for (let place = 0; place < mask.length; place++) {
    if (mask[place] === 1) continue;
    const at = 4 * place;
    if (
      composed.pixels[at] === original.pixels[at] &&
      composed.pixels[at + 1] === original.pixels[at + 1] &&
      composed.pixels[at + 2] === original.pixels[at + 2] &&
      composed.pixels[at + 3] === original.pixels[at + 3]
    )
      continue;
    assert.deepEqual(
      pixelAt(composed.pixels, place),
      pixelAt(original.pixels, place),
      `pixel ${place}`,
    );
  }
}

/** A dark bar just right of what is covered, with two cells between. */
function plantBeside(original: Pixels, edited: Pixels, isTaken: Uint8Array) {
  const { width, height } = original;
  let [right, top] = [0, height];
  isTaken.forEach((is, place) => {
    if (is === 0) return;
    right = Math.max(right, place % width);
    top = Math.min(top, Math.floor(place / width));
  });
  const covered = new Uint8Array(width * height);
  const pixels = edited.pixels.slice();
  for (let y = top; y < Math.min(height, top + 90); y++) {
    for (let x = right + 20; x < Math.min(width, right + 50); x++) {
      covered[y * width + x] = 2;
      for (let at = 4 * (y * width + x), end = at + 3; at < end; at++) pixels[at]! ^= 0x80;
    }
  }
  return { edited: { width, height, pixels }, covered };
}

describe('compose', () => {
  it('leaves every pixel outside of what is kept as it was, for any picture, edit and choice', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 330 }),
        fc.integer({ min: 1, max: 280 }),
        fc.nat(),
        fc.integer({ min: 0, max: 5 }),
        fc.infiniteStream(fc.boolean()),
        (width, height, seed, count, choices) => {
          const original = paintScene(seededRandom(seed), width, height);
          if (seed % 2 === 1)
            original.pixels.forEach((_, at) => at % 8 === 3 && (original.pixels[at] = seed % 256));
          const edited = edit(original, seed, count);
          const changes = findChanges(measureDifference(original, edited));
          const kept = new Set(
            changes.changes.flatMap(({ id }) => (choices.next().value ? [id] : [])),
          );
          const composition = { base: original, edited, changes, kept };
          const composed = compose(composition);
          if (changes.whole && kept.size > 0) assert.deepEqual(composed, edited);
          else assertKept(original, composed, maskOf(composition));
          ownersOf(changes).forEach((owner, place) => {
            if (owner === 0 || kept.has(owner) || apart(original, edited, place) < 0x40) return;
            assert.equal(apart(composed, original, place), 0, `rejected at ${place}`);
          });
        },
      ),
      tries(10),
    );
  });

  const original = paintScene(seededRandom(3), 640, 480);
  const edited = edit(original, 3, 4);
  const changes = findChanges(measureDifference(original, edited));
  const all = new Set(changes.changes.map(({ id }) => id));
  const composition = { base: original, edited, changes };

  it('is the original, byte by byte, when nothing is kept', () => {
    assert.ok(changes.changes.length >= 2);
    assert.deepEqual(compose({ ...composition, kept: new Set() }), original);
  });

  it('keeps what is far from every change the original’s when everything is kept', () => {
    const composed = compose({ ...composition, kept: all });
    const mask = maskOf({ ...composition, kept: all });
    assertKept(original, composed, mask);
    const isOwned = ownersOf(changes);
    const [covered, owned] = [mask, isOwned].map((of) => of.filter((is) => is !== 0).length);
    assert.ok(covered! > 0.7 * owned! && covered! < 1.3 * owned!, `${covered} of ${owned}`);
  });

  it('is the edited picture where it changed', () => {
    const composed = compose({ ...composition, kept: all });
    let changed = 0;
    let same = 0;
    for (let at = 0; at < composed.pixels.length; at++) {
      if (Math.abs(edited.pixels[at]! - original.pixels[at]!) < 0x80) continue;
      changed++;
      if (Math.abs(composed.pixels[at]! - edited.pixels[at]!) <= 2) same++;
    }
    assert.ok(changed > 1000 && same === changed, `${same} of ${changed}`);
  });

  it('is the edited picture, byte by byte, where the whole picture is the change', () => {
    const inverted = {
      ...original,
      pixels: original.pixels.map((value, at) => (at % 4 === 3 ? value : 255 - value)),
    };
    const whole = findChanges(measureDifference(original, inverted));
    assert.equal(whole.whole, true);
    const wanted = { base: original, edited: inverted, changes: whole, kept: new Set([1]) };
    assert.deepEqual(compose(wanted), inverted);
  });

  for (const object of thinObjects) {
    it(`brings the thin parts of ${object} of which only the thick part was found`, async () => {
      const planted = plantThin(original, object, { size: 180, contrast: 70, seed: 2 });
      const sent = { ...planted, edited: await reencode(planted.edited, 'JPEG 85') };
      const thick = coarseChanges(original, (place) => planted.covered[place] === 2);
      const wanted = { base: original, edited: sent.edited, changes: thick, kept: new Set([1]) };
      const composed = compose(wanted);
      const share = shareArrived(original, sent, composed);
      assert.ok(share >= 0.95, `${share} arrives`);
      const { ratio } = measureSeam(original, composed, cutOut(wanted));
      assert.ok(ratio <= 1.3, `the step is ${ratio}`);
    });

    it(`leaves all of ${object} out where it is rejected beside what is kept`, () => {
      const planted = plantThin(original, object, { size: 180, contrast: 70, seed: 2 });
      const beside = plantBeside(original, planted.edited, planted.covered);
      const labelled = coarseChanges(original, (place) => planted.covered[place] === 2);
      const labels = labelled.labels.slice();
      coarseChanges(original, (place) => beside.covered[place] !== 0).labels.forEach((is, cell) => {
        if (is !== 0 && labels[cell] === 0) labels[cell] = 2;
      });
      const two = { ...labelled, labels };
      const composed = compose({
        base: original,
        edited: beside.edited,
        changes: two,
        kept: new Set([2]),
      });
      let left = 0;
      planted.covered.forEach((is, place) => {
        if (is !== 0 && apart(composed, original, place) > 0) left++;
      });
      const count = planted.covered.filter((is) => is !== 0).length;
      assert.ok(left <= 0.02 * count, `${left} of ${count} pixels of it came`);
      const share = shareArrived(original, beside, composed);
      assert.ok(share >= 0.95, `${share} of what is kept arrives`);
    });
  }

  it('hides a drift of the tone: the step at the seam is not greater than what is about it', () => {
    const drifted = {
      ...edited,
      pixels: edited.pixels.map((value, at) => (at % 4 === 2 ? Math.max(0, value - 16) : value)),
    };
    const wanted = { ...composition, edited: drifted, kept: new Set([1]) };
    const pieces = cutOut(wanted);
    const { ratio, length } = measureSeam(original, compose(wanted), pieces);
    assert.ok(length > 50 && ratio <= 1.3, `${ratio} over ${length}`);
    // The measure sees a seam that nobody hid.
    const mask = maskOf(wanted);
    const pasted = { ...original, pixels: original.pixels.slice() };
    mask.forEach((is, place) => {
      if (is === 0) return;
      pasted.pixels.set(drifted.pixels.subarray(4 * place, 4 * place + 4), 4 * place);
    });
    assert.ok(measureSeam(original, pasted, pieces).ratio > 1.3);
  });

  for (const format of ['png', 'webp'] as const) {
    it(`stays the original outside of what is kept through a lossless ${format.toUpperCase()}`, async () => {
      const wanted = { ...composition, kept: new Set([1]) };
      const bytes = await toSharp(compose(wanted)).toFormat(format, { lossless: true }).toBuffer();
      assertKept(original, await fromSharp(sharp(bytes)), maskOf(wanted));
    });
  }

  it('ends where nobody waits for it any more', () => {
    const stopped = new Error('stopped');
    let asked = 0;
    const check = () => {
      if (++asked === 2) throw stopped;
    };
    assert.throws(() => whileWanted(check, () => compose({ ...composition, kept: all })), stopped);
  });

  it('refuses pictures of two sizes', () => {
    const other = { width: 1, height: 1, pixels: new Uint8Array(4) };
    assert.throws(() => compose({ ...composition, edited: other, kept: all }), RangeError);
    assert.throws(() => compose({ base: other, edited: other, changes, kept: all }), RangeError);
  });
});
