// What is put together with what was put together before is the same to the last byte as without it, and less work.
import assert from 'node:assert/strict';
import { findChanges } from '../../../src/picture/changes';
import { compose } from '../../../src/picture/compose';
import { ComposedBefore } from '../../../src/picture/composedBefore';
import { measureDifference } from '../../../src/picture/difference';
import type { Pixels } from '../../../src/picture/pixels';
import { whileWanted } from '../../../src/picture/wanted';
import { paintScene, seededRandom } from '../../support/seeded';

const [width, height] = [640, 400];
const original = paintScene(seededRandom(5), width, height);

/** Across and down, and the radius: the first two touch each other's windows, the last one is alone. */
const discs = [
  [120, 110, 45],
  [215, 130, 30],
  [330, 300, 40],
  [540, 120, 50],
] as const;

function withDiscs({ pixels }: Pixels): Pixels {
  const changed = pixels.map((value, at) => (at % 4 === 3 ? value : value ^ (at % 3)));
  for (const [left, top, radius] of discs) {
    for (let y = top - radius; y < top + radius; y++) {
      for (let x = left - radius; x < left + radius; x++) {
        if (Math.hypot(x - left, y - top) < radius) changed[4 * (y * width + x)]! ^= 0x80;
      }
    }
  }
  return { width, height, pixels: changed };
}

const edited = withDiscs(original);
const changes = findChanges(measureDifference(original, edited));
const ids = changes.changes.map(({ id }) => id);
const composition = { base: original, edited, changes };

/** How often it was asked whether somebody still waits, which is how much was done. */
function countSteps(work: () => unknown): number {
  let steps = 0;
  whileWanted(() => steps++, work);
  return steps;
}

describe('ComposedBefore', () => {
  it('changes nothing, whatever was kept before', () => {
    assert.ok(ids.length >= 3);
    const before = new ComposedBefore();
    const random = seededRandom(8);
    for (let click = 0; click < 8; click++) {
      const kept = new Set(ids.filter(() => random() < 0.5));
      assert.deepEqual(
        compose({ ...composition, kept, before }),
        compose({ ...composition, kept }),
      );
    }
  });

  it('is of use after a composition that was stopped anywhere', () => {
    const kept = new Set(ids.slice(1));
    const whole = compose({ ...composition, kept });
    const steps = countSteps(() => compose({ ...composition, kept }));
    for (let part = 0; part < 4; part++) {
      const before = new ComposedBefore();
      let left = Math.ceil(((part + 0.5) / 4) * steps);
      const check = () => {
        if (--left === 0) throw new Error('stopped');
      };
      assert.throws(() => whileWanted(check, () => compose({ ...composition, kept, before })));
      assert.deepEqual(compose({ ...composition, kept, before }), whole);
    }
  });

  it('leaves next to nothing to do where the same is kept again', () => {
    const before = new ComposedBefore();
    const kept = new Set(ids.slice(1));
    const first = countSteps(() => compose({ ...composition, kept, before }));
    const again = countSteps(() => compose({ ...composition, kept, before }));
    const copies = 2 * height;
    assert.ok(again <= copies && again < first, `${again} of ${first}`);
  });
});
