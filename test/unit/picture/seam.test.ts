// What parting neighbours costs goes in; no other seam is cheaper than the one that comes out.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cutGrid } from '../../../src/picture/minCut';
import { cutSeam, edited, open, original } from '../../../src/picture/seam';
import { tries } from '../../support/properties';

describe('the cheapest cut', () => {
  it('is as cheap as the best of all there are, for any small grid', () => {
    const amounts = fc.nat(9);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.infiniteStream(amounts),
        fc.infiniteStream(fc.integer({ min: -9, max: 9 })),
        (width, height, costs, pulls) => {
          const count = width * height;
          const neighbours = new Int32Array(4 * count).fill(-1);
          const capacities = new Int32Array(4 * count);
          const pairs: [one: number, other: number, cost: number][] = [];
          const join = (one: number, other: number, direction: number) => {
            const cost = costs.next().value as number;
            neighbours[4 * one + direction] = other;
            neighbours[4 * other + (direction ^ 1)] = one;
            capacities[4 * one + direction] = capacities[4 * other + (direction ^ 1)] = cost;
            pairs.push([one, other, cost]);
          };
          for (let node = 0; node < count; node++) {
            if (node % width > 0) join(node, node - 1, 0);
            if (node >= width) join(node, node - width, 2);
          }
          const pull = Int32Array.from({ length: count }, () => pulls.next().value as number);
          const costOf = (sideOf: (node: number) => number) => {
            let cost = 0;
            for (const [one, other, parted] of pairs) {
              if (sideOf(one) !== sideOf(other)) cost += parted;
            }
            pull.forEach((wanted, node) => {
              if (wanted > 0 ? sideOf(node) === 0 : sideOf(node) === 1) cost += Math.abs(wanted);
            });
            return cost;
          };
          let best = Infinity;
          for (let sides = 0; sides < 2 ** count; sides++) {
            best = Math.min(
              best,
              costOf((node) => (sides >> node) & 1),
            );
          }
          const cut = cutGrid({ neighbours, capacities, pull: pull.slice() });
          assert.equal(
            costOf((node) => cut[node]!),
            best,
          );
        },
      ),
      tries(60),
    );
  });

  for (const side of [40, 400]) {
    it(`takes the way on which nothing differs, in ${side} × ${side}`, () => {
      const states = new Uint8Array(side * side).fill(open);
      const costs = new Uint8Array(side * side).fill(60);
      const wayAt = (y: number) => Math.round(side / 2 + (side / 6) * Math.sin((7 * y) / side));
      for (let y = 0; y < side; y++) {
        states[y * side] = edited;
        states[(y + 1) * side - 1] = original;
        // Wide enough to be there at half the resolution as well.
        const reach = 3 + side / 50;
        costs.fill(0, y * side + wayAt(y) - reach, y * side + wayAt(y) + reach);
      }
      cutSeam({ width: side, height: side, states, costs });
      for (let y = 0; y < side; y++) {
        const line = states.subarray(y * side, (y + 1) * side);
        const seam = line.indexOf(original);
        assert.ok(Math.abs(seam - wayAt(y)) <= 3 + side / 50, `row ${y}: ${seam}`);
        assert.ok(line.subarray(seam).every((state) => state === original));
      }
    });
  }

  it('gives a gap that one picture surrounds to that picture', () => {
    const states = new Uint8Array(100).fill(edited);
    states.fill(open, 44, 46);
    cutSeam({ width: 10, height: 10, states, costs: new Uint8Array(100) });
    assert.ok(states.every((state) => state === edited));
  });
});
