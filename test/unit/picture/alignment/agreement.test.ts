// How much of two pictures agrees, and how clearly one placement does better than another.
import assert from 'node:assert/strict';
import { stretch } from '../../../../src/picture/align';
import {
  evidenceFor,
  measureAgreement,
  measureSquares,
  meanOf,
} from '../../../../src/picture/alignment/agreement';
import { buildPyramids } from '../../../../src/picture/alignment/level';
import { paintScene, seededRandom } from '../../../support/seeded';

describe('agreement', () => {
  const scene = paintScene(seededRandom(71), 256, 192);
  const other = paintScene(seededRandom(72), 256, 192);
  const inPlace = stretch(scene, scene);

  it('is 1 of a picture with itself, and next to nothing with another one or out of its place', () => {
    const same = buildPyramids(scene, scene);
    const unlike = buildPyramids(scene, other);
    for (const [level, original] of same.originals.entries()) {
      const edited = same.editeds[level]!;
      assert.ok(measureAgreement(original, edited, inPlace) > 0.9999);
      assert.ok(measureAgreement(original, edited, { ...inPlace, offsetX: 40 }) < 0.2);
      assert.ok(measureAgreement(original, unlike.editeds[level]!, inPlace) < 0.2);
    }
  });

  it('is not known of squares that nothing covers, and nothing where these are nearly all', () => {
    const { originals, editeds } = buildPyramids(scene, scene);
    const right = { ...inPlace, offsetX: 0.5 * scene.width };
    const squares = measureSquares(originals[1]!, editeds[1]!, right);
    const columns = 10;
    const known = [...squares.keys()].filter((index) => !Number.isNaN(squares[index]!));
    assert.ok(known.length > 0 && known.every((index) => index % columns >= 4));
    const away = { ...inPlace, offsetX: 0.97 * scene.width };
    assert.equal(measureAgreement(originals[1]!, editeds[1]!, away), 0);
  });

  it('is a mean of what is known', () => {
    assert.equal(meanOf(Float64Array.of(1, NaN, 0.5, 0.5, 0)), 0.5);
    assert.equal(meanOf(Float64Array.of(1, NaN, 1, 1)), 0);
  });

  it('gives evidence where many squares do better, none where as many do worse, or too few are known', () => {
    const before = new Float64Array(40).fill(0.3);
    const better = before.map((value, index) => value + (index % 4 === 0 ? 0 : 0.3));
    const mixed = before.map((value, index) => value + (index % 2 === 0 ? 0.3 : -0.3));
    assert.ok(evidenceFor(better, before) > 8);
    assert.equal(evidenceFor(before, better), -evidenceFor(better, before));
    assert.ok(Math.abs(evidenceFor(mixed, before)) < 1e-9);
    assert.equal(evidenceFor(better.slice(0, 3), before.slice(0, 3)), 0);
    // What is no longer covered does not agree.
    const bare = before.map((value, index) => (index < 20 ? NaN : value));
    assert.ok(evidenceFor(bare, before) < -4);
  });
});
