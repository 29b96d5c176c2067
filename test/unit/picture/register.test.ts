// Smooth warps are found again: where the things of a picture went that was redrawn.
import assert from 'node:assert/strict';
import { register, shiftAt, type Shifts } from '../../../src/picture/register';
import { warp } from '../../../src/picture/warp';
import { paintScene, seededRandom } from '../../support/seeded';

const everything = { left: 0, top: 0, right: 1, bottom: 1 };

/** As a bow: most in the middle, in parts of the sides. */
function bow(across: number, down: number): Shifts {
  const [columns, rows] = [16, 12];
  const shape = Float32Array.from({ length: columns * rows }, (_, node) => {
    const x = ((node % columns) + 0.5) / columns;
    const y = (Math.floor(node / columns) + 0.5) / rows;
    return Math.sin(Math.PI * x) * Math.sin(Math.PI * y);
  });
  return {
    columns,
    rows,
    across: shape.map((value) => across * value),
    down: shape.map((value) => down * value),
  };
}

describe('register', () => {
  const scene = paintScene(seededRandom(41), 768, 576);

  for (const pixels of [0, 0.7, 2, 5, 12]) {
    it(`finds a warp of ${pixels} pixels`, () => {
      const planted = bow(pixels / 768, -pixels / 576);
      // The warped picture shows at each place what was further on by the planted shift.
      const found = register(scene, warp(scene, planted, everything))!;
      const errors: number[] = [];
      for (let y = 0.1; y < 0.95; y += 0.1) {
        for (let x = 0.1; x < 0.95; x += 0.1) {
          const across =
            shiftAt(found, found.across, x, y) + shiftAt(planted, planted.across, x, y);
          const down = shiftAt(found, found.down, x, y) + shiftAt(planted, planted.down, x, y);
          errors.push(Math.hypot(768 * across, 576 * down));
        }
      }
      errors.sort((a, b) => a - b);
      const middle = errors[Math.floor(errors.length / 2)]!;
      const high = errors[Math.floor(0.9 * errors.length)]!;
      assert.ok(middle < 0.6 && high < 1.5, `${middle.toFixed(2)}, ${high.toFixed(2)}`);
    });
  }

  it('finds nothing in small pictures', () => {
    const icon = paintScene(seededRandom(42), 48, 48);
    assert.equal(register(icon, icon), undefined);
  });
});
