// The viewport that all pictures share: what fits, what stays under the pointer, how far it goes.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { contain, margin, maximumZoom, Viewport } from '../../../src/webview/viewport';
import { tries } from '../../support/properties';

const picture = { width: 4000, height: 3000 };
const room = { width: 800 + 2 * margin, height: 600 + 2 * margin };

function viewport(density = 1): Viewport {
  const made = new Viewport({ zoom: 'fit', centre: undefined });
  made.resize(picture, room, density);
  return made;
}

/** What is at a place of the room, counted from its middle. */
function spot(of: Viewport, at: { x: number; y: number }) {
  return { x: of.centre.x + at.x / of.scale, y: of.centre.y + at.y / of.scale };
}

describe('the viewport', () => {
  it('fits the whole picture, and no small one larger than it is', () => {
    assert.equal(viewport().zoom, 0.2);
    assert.equal(viewport(2).zoom, 0.4);
    assert.equal(viewport(2).scale, 0.2);
    const small = viewport();
    small.resize({ width: 16, height: 16 }, room, 1);
    assert.equal(small.zoom, 1);
  });

  it('keeps what is under the pointer where it is', () => {
    const inPicture = fc.record({
      x: fc.integer({ min: -390, max: 390 }),
      y: fc.integer({ min: -290, max: 290 }),
    });
    const factors = fc.array(fc.double({ min: 1.01, max: 4, noNaN: true }), { maxLength: 6 });
    fc.assert(
      fc.property(inPicture, factors, (at, factors) => {
        const zoomed = viewport();
        const before = spot(zoomed, at);
        for (const factor of factors) zoomed.zoomTo(zoomed.zoom * factor, at);
        const after = spot(zoomed, at);
        assert.ok(Math.abs(after.x - before.x) < 1e-6 && Math.abs(after.y - before.y) < 1e-6);
      }),
      tries(100),
    );
  });

  it('goes to 3200 %, and back to fit in the same steps', () => {
    const zoomed = viewport();
    let steps = 0;
    while (zoomed.zoom < maximumZoom) {
      zoomed.step(1);
      steps += 1;
      assert.ok(steps < 30);
    }
    zoomed.step(1);
    assert.equal(zoomed.zoom, 32);
    while (!zoomed.fitted) {
      zoomed.step(-1);
      steps -= 1;
    }
    assert.equal(steps, 0);
  });

  it('moves the edges no further than the edges of the room', () => {
    const zoomed = viewport();
    zoomed.pan(-100, -100);
    assert.ok(zoomed.fitted);
    zoomed.zoomTo(1);
    zoomed.pan(1e6, 1e6);
    assert.deepEqual(zoomed.origin(room), { x: margin, y: margin });
    zoomed.pan(-1e6, -1e6);
    assert.deepEqual(zoomed.centre, { x: 4000 - 400, y: 3000 - 300 });
  });

  it('shows a box in the middle, and a change of everything as a whole', () => {
    const zoomed = viewport();
    zoomed.show({ x: 1000, y: 500, width: 200, height: 100 });
    assert.deepEqual(zoomed.centre, { x: 1100, y: 550 });
    assert.ok(zoomed.zoom > 1 && zoomed.zoom <= 8);
    zoomed.show({ x: 0, y: 0, ...picture });
    assert.ok(zoomed.fitted);
  });

  it('is what it was in its earlier life', () => {
    const zoomed = viewport();
    zoomed.zoomTo(3, { x: 120, y: -40 });
    const again = new Viewport(zoomed.saved);
    // A room that is still closed tells nothing.
    again.resize(picture, { width: 0, height: 0 }, 1);
    again.resize(picture, room, 1);
    assert.deepEqual(again.saved, zoomed.saved);
  });

  it('lays another shape into the middle of the original', () => {
    assert.deepEqual(contain({ width: 100, height: 100 }, { width: 300, height: 200 }), {
      x: 50,
      y: 0,
      width: 200,
      height: 200,
    });
  });
});
