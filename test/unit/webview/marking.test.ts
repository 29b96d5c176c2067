// The panel's page in a real browser while a region is marked: each tool, by pointer and by keys, and what it tells.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import {
  isMarkedRegion,
  markRegion,
  shareMarked,
  type MarkedRegion,
  type PanelState,
} from '../../../src/compare/protocol';
import { PanelPages, themeNames, type PanelPage } from './support/panelPage';
import { paint, review, size } from './support/samplePictures';

const marking: PanelState = {
  fileName: review.fileName,
  rounds: [],
  phase: 'marking',
  startedAt: 0,
  now: 1000,
  original: review.original,
  versions: [],
  shown: 0,
};

const area = size.width * size.height;

describe('the panel’s page while a region is marked', () => {
  let pages: PanelPages;
  let original: Uint8Array;
  let panel: PanelPage;
  before(async () => {
    [pages, original] = await Promise.all([PanelPages.start(), paint()]);
  });
  after(() => pages.close());
  afterEach(async () => {
    assert.deepEqual(panel.problems, []);
    await panel.close();
  });

  async function open(region?: MarkedRegion, viewport = { width: 960, height: 720 }) {
    panel = await pages.open({ reducedMotion: 'reduce', viewport });
    await panel.state(marking);
    await panel.picture('original', 'image/png', original);
    await panel.region(region);
    await panel.page.getByRole('img', { name: 'Original' }).waitFor();
    await panel.page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
    );
    await panel.page.locator('main').focus();
  }

  const page = () => panel.page;
  const key = (name: string) => page().keyboard.press(name);
  const button = (name: string) => page().getByRole('button', { name, exact: true });
  const tool = (name: string) => page().getByRole('radio', { name, exact: true });
  const status = () => page().getByRole('status').innerText();

  /** Where a spot of the original is on the page. */
  async function placeOf(x: number, y: number) {
    const box = (await page().locator('#original').boundingBox())!;
    return {
      x: box.x + (x / size.width) * box.width,
      y: box.y + (y / size.height) * box.height,
    };
  }

  async function drag(spots: readonly (readonly [number, number])[]) {
    for (const [number, [x, y]] of spots.entries()) {
      const place = await placeOf(x, y);
      await page().mouse.move(place.x, place.y, { steps: 4 });
      if (number === 0) await page().mouse.down();
    }
    await page().mouse.up();
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
    assert.match(await status(), /nothing marked yet/);
    await drag([
      [300, 200],
      [700, 600],
    ]);
    about(await share(), (400 * 400) / area);
    const { region } = await told();
    assert.ok(holds(region!, 310, 210) && holds(region!, 690, 590));
    assert.ok(!holds(region!, 290, 400) && !holds(region!, 710, 400));
    assert.match(await status(), /16\.\d % marked|17 % marked/);
    await page().keyboard.down('Alt');
    await drag([
      [500, 100],
      [900, 700],
    ]);
    await page().keyboard.up('Alt');
    about(await share(), (200 * 400) / area);
  });

  it('paints with the brush and takes away with the eraser, as wide as [ and ] say', async () => {
    await open();
    await key('b');
    assert.ok(await tool('Brush').isChecked());
    const width = async () => parseInt(await page().locator('#brushWidthValue').innerText(), 10);
    const before = await width();
    await key(']');
    assert.ok((await width()) > before);
    await key('[');
    await key('[');
    const narrow = await width();
    assert.ok(narrow < before);
    await drag([
      [300, 400],
      [900, 400],
    ]);
    about(await share(), (600 * narrow + (Math.PI * narrow ** 2) / 4) / area);
    await key('e');
    await drag([
      [600, 300],
      [600, 500],
    ]);
    const { region } = await told();
    assert.ok(holds(region!, 400, 400) && holds(region!, 800, 400) && !holds(region!, 600, 400));
  });

  it('shows how wide the brush is where the pointer is', async () => {
    await open();
    await tool('Brush').check({ force: true });
    const place = await placeOf(600, 400);
    await page().mouse.move(place.x, place.y);
    const ring = (await page().locator('#brushRing').boundingBox())!;
    about(ring.x + ring.width / 2, place.x, 0.01);
    const scale = (await page().locator('#original').boundingBox())!.width / size.width;
    about(ring.width, parseInt(await page().locator('#brushWidthValue').innerText(), 10) * scale);
  });

  it('marks what a lasso runs around', async () => {
    await open();
    await key('l');
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
    assert.ok(await button('Undo').isDisabled());
    await drag([
      [300, 200],
      [700, 600],
    ]);
    const one = await share();
    await key('i');
    about(await share(), 1 - one, 0.001);
    await button('Clear').click();
    assert.equal((await told()).region, undefined);
    await key('Control+z');
    about(await share(), 1 - one, 0.001);
    await key('Control+z');
    about(await share(), one, 0.001);
    await button('Undo').click();
    assert.equal((await told()).region, undefined);
    assert.ok(await button('Undo').isDisabled());
  });

  it('takes all of the picture for no region, and a click with an area’s tool for nothing', async () => {
    await open();
    await key('i');
    assert.equal((await told()).region, undefined);
    const { count } = await told();
    await key('Control+z');
    await drag([[400, 400]]);
    assert.equal((await told()).count, count + 1);
    assert.match(await status(), /nothing marked yet/);
  });

  it('can be used by keys alone', async () => {
    await open();
    await key('Space');
    for (let step = 0; step < 10; step++) await key('ArrowRight');
    for (let step = 0; step < 5; step++) await key('ArrowDown');
    await key('Space');
    const scale = (await page().locator('#original').boundingBox())!.width / size.width;
    about(await share(), ((80 / scale) * (40 / scale)) / area, 0.1);
    assert.match(await page().locator('#spoken').innerText(), /Pen up\. \d.* % marked/);
    await key('Enter');
    assert.equal((await told()).done, true);
  });

  it('is what was marked before, and tells nothing of it by itself', async () => {
    const region = markRegion(120, 80, (place) => place % 120 < 60);
    await open(region);
    assert.match(await status(), /50 % marked/);
    assert.deepEqual(await panel.sent(), []);
    await button('Continue').click();
    const { region: marked, done } = await told();
    assert.equal(done, true);
    about(shareMarked(marked!), 0.5, 0.002);
    assert.ok(holds(marked!, 590, 400) && !holds(marked!, 610, 400));
  });

  it('is cancelled with Escape and the button', async () => {
    await open();
    await key('Escape');
    await button('Cancel').click();
    assert.deepEqual(
      (await panel.sent()).map(({ type }) => type),
      ['cancel', 'cancel'],
    );
  });

  it('draws where the picture is while it is zoomed, which the wheel moves', async () => {
    await open();
    await key('1');
    await key('+');
    const view = (await page().locator('#originalView').boundingBox())!;
    await page().mouse.move(view.x + 100, view.y + 100);
    await page().mouse.wheel(60, 40);
    const box = (await page().locator('#original').boundingBox())!;
    const spot = (x: number, y: number) => [
      ((x - box.x) / box.width) * size.width,
      ((y - box.y) / box.height) * size.height,
    ];
    await page().mouse.move(view.x + 100, view.y + 100);
    await page().mouse.down();
    await page().mouse.move(view.x + 300, view.y + 200);
    await page().mouse.up();
    const [x, y] = spot(view.x + 200, view.y + 150);
    const { region } = await told();
    assert.ok(holds(region!, x!, y!));
    about(await share(), ((200 / box.width) * 100) / box.height);
  });

  for (const theme of themeNames) {
    it(`has no accessibility violation in ${theme}, and fits at 320 pixels`, async () => {
      await open(markRegion(120, 80, (place) => place % 120 > 80));
      await panel.wear(theme);
      await page().evaluate(axe.source);
      for (const width of [960, 320]) {
        await page().setViewportSize({ width, height: 720 });
        const { violations } = await page().evaluate<axe.AxeResults>('axe.run()');
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
          [],
        );
        assert.equal(
          await page().evaluate('document.documentElement.scrollWidth'),
          width,
          'nothing sticks out',
        );
      }
      if (process.env['RETOUCH_SHOTS']) {
        for (const width of [1200, 320]) {
          await page().setViewportSize({ width, height: 720 });
          await page().screenshot({
            path: `${process.env['RETOUCH_SHOTS']}/marking-${theme}-${width}.png`,
          });
        }
      }
    });
  }
});
