// The panel's page in a real browser while a region is marked: each tool, by pointer and by keys, and what it tells.
import assert from 'node:assert/strict';
import {
  isMarkedRegion,
  markRegion,
  shareMarked,
  type MarkedRegion,
} from '../../../src/compare/protocol';
import { panelPage, samplePictures } from './support/panelPage';
import { size } from './support/samplePictures';
import { marking } from './support/sampleStates';

const area = size.width * size.height;

describe('the panel’s page while a region is marked', () => {
  const panel = panelPage();

  async function open(region?: MarkedRegion): Promise<void> {
    await panel.open();
    await panel.state(marking);
    await panel.picture('original', 'image/png', (await samplePictures()).original);
    await panel.region(region);
    await panel.page.getByRole('img', { name: 'Original' }).waitFor();
    await panel.frames();
    await panel.focusPanel();
  }

  const tool = (name: string) => panel.page.getByRole('radio', { name, exact: true });

  /** Where a spot of the original is on the page. */
  async function placeOf(x: number, y: number) {
    const box = (await panel.page.locator('#original').boundingBox())!;
    return {
      x: box.x + (x / size.width) * box.width,
      y: box.y + (y / size.height) * box.height,
    };
  }

  async function drag(spots: readonly (readonly [number, number])[]) {
    for (const [number, [x, y]] of spots.entries()) {
      const place = await placeOf(x, y);
      await panel.page.mouse.move(place.x, place.y, { steps: 4 });
      if (number === 0) await panel.page.mouse.down();
    }
    await panel.page.mouse.up();
  }

  /** What the page told last. */
  async function told() {
    const messages = (await panel.sent()).filter((message) => message.type === 'region');
    const last = messages.at(-1);
    assert.ok(last, 'nothing was told');
    assert.ok(last.region === undefined || isMarkedRegion(last.region));
    return { ...last, count: messages.length };
  }

  function holds({ width, height, runs }: MarkedRegion, x: number, y: number): boolean {
    const place =
      Math.floor((y * height) / size.height) * width + Math.floor((x * width) / size.width);
    let end = 0;
    return runs.findIndex((run) => (end += run) > place) % 2 === 1;
  }

  const share = async () => {
    const { region } = await told();
    return region ? shareMarked(region) : 0;
  };

  const about = (actual: number, expected: number, within = 0.06) =>
    assert.ok(Math.abs(actual - expected) <= within * expected, `${actual} and ${expected}`);

  it('marks a rectangle, takes one away with Alt, and says how much is marked', async () => {
    await open();
    assert.match(await panel.status(), /nothing marked yet/);
    await drag([
      [300, 200],
      [700, 600],
    ]);
    about(await share(), (400 * 400) / area);
    const { region } = await told();
    assert.ok(holds(region!, 310, 210) && holds(region!, 690, 590));
    assert.ok(!holds(region!, 290, 400) && !holds(region!, 710, 400));
    assert.match(await panel.status(), /16\.\d % marked|17 % marked/);
    await panel.page.keyboard.down('Alt');
    await drag([
      [500, 100],
      [900, 700],
    ]);
    await panel.page.keyboard.up('Alt');
    about(await share(), (200 * 400) / area);
  });

  it('paints with the brush and takes away with the eraser, as wide as [ and ] say', async () => {
    await open();
    await panel.key('b');
    assert.ok(await tool('Brush').isChecked());
    const width = async () =>
      parseInt(await panel.page.locator('#brushWidthValue').innerText(), 10);
    const before = await width();
    await panel.key(']');
    assert.ok((await width()) > before);
    await panel.key('[');
    await panel.key('[');
    const narrow = await width();
    assert.ok(narrow < before);
    await drag([
      [300, 400],
      [900, 400],
    ]);
    about(await share(), (600 * narrow + (Math.PI * narrow ** 2) / 4) / area);
    await panel.key('e');
    await drag([
      [600, 300],
      [600, 500],
    ]);
    const { region } = await told();
    assert.ok(holds(region!, 400, 400) && holds(region!, 800, 400) && !holds(region!, 600, 400));
  });

  it('ends a rectangle at the edges of the picture, however far the pointer goes', async () => {
    await open();
    const box = (await panel.page.locator('#original').boundingBox())!;
    const { mouse } = panel.page;
    await mouse.move(box.x + box.width / 2, box.y + 1);
    await mouse.down();
    await mouse.move(box.x + box.width + 30, box.y + box.height + 30, { steps: 5 });
    await mouse.up();
    about(await share(), 0.5, 0.02);
    assert.match(
      await panel.status(),
      /^Mark where the edit may change .* (49|50|51)(\.\d)? % marked/,
    );
    const { region, done } = await told();
    assert.equal(done, false);
    assert.ok(holds(region!, size.width - 1, size.height - 1) && !holds(region!, 590, 400));
    await panel.button('Continue').click();
    assert.deepEqual(await told(), { type: 'region', region, done: true, count: 2 });
  });

  it('shows how wide the brush is where the pointer is', async () => {
    await open();
    await tool('Brush').check({ force: true });
    const place = await placeOf(600, 400);
    await panel.page.mouse.move(place.x, place.y);
    const ring = (await panel.page.locator('#brushRing').boundingBox())!;
    about(ring.x + ring.width / 2, place.x, 0.01);
    const scale = (await panel.page.locator('#original').boundingBox())!.width / size.width;
    about(
      ring.width,
      parseInt(await panel.page.locator('#brushWidthValue').innerText(), 10) * scale,
    );
  });

  it('marks what a lasso runs around', async () => {
    await open();
    await panel.key('l');
    await drag([
      [300, 200],
      [900, 200],
      [600, 600],
    ]);
    about(await share(), (600 * 400) / 2 / area);
    const { region } = await told();
    assert.ok(holds(region!, 600, 400) && !holds(region!, 320, 500));
  });

  it('inverts, clears, and takes every step back', async () => {
    await open();
    assert.ok(await panel.button('Undo').isDisabled());
    await drag([
      [300, 200],
      [700, 600],
    ]);
    const one = await share();
    await panel.key('i');
    about(await share(), 1 - one, 0.001);
    await panel.button('Clear').click();
    assert.equal((await told()).region, undefined);
    await panel.key('Control+z');
    about(await share(), 1 - one, 0.001);
    await panel.key('Control+z');
    about(await share(), one, 0.001);
    await panel.button('Undo').click();
    assert.equal((await told()).region, undefined);
    assert.ok(await panel.button('Undo').isDisabled());
  });

  it('takes all of the picture for no region, and a click with an area’s tool for nothing', async () => {
    await open();
    await panel.key('i');
    assert.equal((await told()).region, undefined);
    const { count } = await told();
    await panel.key('Control+z');
    await drag([[400, 400]]);
    assert.equal((await told()).count, count + 1);
    assert.match(await panel.status(), /nothing marked yet/);
  });

  it('can be used by keys alone', async () => {
    await open();
    await panel.key('Space');
    for (let step = 0; step < 10; step++) await panel.key('ArrowRight');
    for (let step = 0; step < 5; step++) await panel.key('ArrowDown');
    await panel.key('Space');
    const scale = (await panel.page.locator('#original').boundingBox())!.width / size.width;
    about(await share(), ((80 / scale) * (40 / scale)) / area, 0.1);
    assert.match(await panel.page.locator('#spoken').innerText(), /Pen up\. \d.* % marked/);
    await panel.key('Enter');
    assert.equal((await told()).done, true);
  });

  it('is what was marked before, and tells nothing of it by itself', async () => {
    const region = markRegion(120, 80, (place) => place % 120 < 60);
    await open(region);
    assert.match(await panel.status(), /50 % marked/);
    assert.deepEqual(await panel.sent(), []);
    await panel.button('Continue').click();
    const { region: marked, done } = await told();
    assert.equal(done, true);
    about(shareMarked(marked!), 0.5, 0.002);
    assert.ok(holds(marked!, 590, 400) && !holds(marked!, 610, 400));
  });

  it('is cancelled with Escape and the button', async () => {
    await open();
    await panel.key('Escape');
    await panel.button('Cancel').click();
    assert.deepEqual(
      (await panel.sent()).map(({ type }) => type),
      ['cancel', 'cancel'],
    );
  });

  it('draws where the picture is while it is zoomed, which the wheel moves', async () => {
    await open();
    await panel.key('1');
    await panel.key('+');
    const view = (await panel.page.locator('#originalView').boundingBox())!;
    await panel.page.mouse.move(view.x + 100, view.y + 100);
    await panel.page.mouse.wheel(60, 40);
    const box = (await panel.page.locator('#original').boundingBox())!;
    const spot = (x: number, y: number) => [
      ((x - box.x) / box.width) * size.width,
      ((y - box.y) / box.height) * size.height,
    ];
    await panel.page.mouse.move(view.x + 100, view.y + 100);
    await panel.page.mouse.down();
    await panel.page.mouse.move(view.x + 300, view.y + 200);
    await panel.page.mouse.up();
    const [x, y] = spot(view.x + 200, view.y + 150);
    const { region } = await told();
    assert.ok(holds(region!, x!, y!));
    about(await share(), ((200 / box.width) * 100) / box.height);
  });
});
