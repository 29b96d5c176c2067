// Light that changed from place to place is found as an overall change, with the colours, and what else was edited is not
// taken for it.
import assert from 'node:assert/strict';
import { findChanges } from '../../../src/picture/changes';
import { findDifference } from '../../../src/picture/findDifference';
import { fitOverall } from '../../../src/picture/fitOverall';
import { lightAt } from '../../../src/picture/lightField';
import type { Pixels } from '../../../src/picture/pixels';
import { mapColours, tones, vignette } from './support/tones';
import { paintScene, seededRandom } from '../../support/seeded';

const everything = { left: 0, top: 0, right: 1, bottom: 1 };

/** Within a part, other levels. */
function repaint(
  picture: Pixels,
  change: (level: number) => number,
  isIn: (x: number, y: number) => boolean,
) {
  const pixels = picture.pixels.slice();
  for (let at = 0; at < pixels.length; at += 4) {
    const place = at / 4;
    if (!isIn(place % picture.width, Math.floor(place / picture.width))) continue;
    for (let channel = at; channel < at + 3; channel++) pixels[channel] = change(pixels[channel]!);
  }
  return { ...picture, pixels };
}

describe('fitOverall', () => {
  const scene = paintScene(seededRandom(5), 288, 216);
  const fit = (edited: Pixels) => fitOverall({ before: scene, after: edited }, everything);

  it('finds a vignette, under other colours too', () => {
    for (const colours of [scene, mapColours(scene, tones['warmer by 8'])]) {
      const tone = fit(vignette(colours, 0.6));
      assert.ok(tone?.light && tone.shown && tone.invertible);
      assert.ok(Math.abs(lightAt(tone.light, 0, 0) - 1) < 0.04, tone.light.join());
      assert.ok(Math.abs(lightAt(tone.light, 1, -1) - 0.6) < 0.06, tone.light.join());
      assert.equal(tone.direction.warmer > 10, colours !== scene);
    }
  });

  it('has none where light is the same everywhere', () => {
    assert.equal(fit(scene), undefined);
    for (const name of ['warmer by 8', 'of much more contrast', 'black and white'] as const) {
      assert.equal(fit(mapColours(scene, tones[name]))?.light, undefined);
    }
  });

  it('takes no part that was painted darker for it', () => {
    for (const isIn of [
      (_: number, y: number) => y > 140,
      (x: number, y: number) => Math.hypot(x - 144, y - 108) > 90,
    ]) {
      const edited = repaint(scene, (level) => 0.6 * level, isIn);
      assert.equal(fit(edited)?.light, undefined);
    }
  });

  it('leaves what else was edited to be listed, and no more', () => {
    const edited = repaint(
      scene,
      (level) => 255 - level,
      (x, y) => Math.hypot(x - 60, y - 150) < 14,
    );
    const { difference, tone } = findDifference(scene, vignette(edited, 0.6), everything);
    assert.ok(tone?.light);
    const { changes } = findChanges(difference);
    assert.equal(changes.length, 1);
    const { x, y, width, height } = changes[0]!.box;
    assert.ok(
      x < 60 && x + width > 60 && y < 150 && y + height > 150 && width <= 56,
      JSON.stringify(changes[0]),
    );
  });
});
