// Pointer, wheel, fingers and arrow keys move and zoom both pictures at once, and the readout says what is under them.
import assert from 'node:assert/strict';
import { near, panelPage } from './support/panelPage';
import { changedBoxes, review, size } from './support/samplePictures';

describe('the panel’s page: moving and zooming', () => {
  const panel = panelPage();

  async function wheel(x: number, y: number, held?: string): Promise<void> {
    if (held) await panel.page.keyboard.down(held);
    await panel.page.mouse.wheel(x, y);
    if (held) await panel.page.keyboard.up(held);
    await panel.frames();
  }

  it('zooms both pictures about the pointer with Ctrl and the wheel', async () => {
    await panel.show();
    const view = await panel.boxOf('#editedView');
    const at = { x: view.x + view.width * 0.7, y: view.y + view.height * 0.55 };
    const before = await panel.spotAt('#edited', at.x, at.y);
    await panel.page.mouse.move(at.x, at.y);
    for (let turn = 0; turn < 6; turn += 1) await wheel(0, -100, 'Control');
    // A place on whole screen pixels, at the smallest zoom.
    near(await panel.spotAt('#edited', at.x, at.y), before, 4);
    const originalView = await panel.boxOf('#originalView');
    near(await panel.spotAt('#original', at.x - view.x + originalView.x, at.y), before, 4);
    // Without Ctrl it moves them.
    const zoomed = await panel.percent();
    await wheel(30, 40);
    assert.equal(await panel.percent(), zoomed);
    const scale = (await panel.boxOf('#edited')).width / size.width;
    near(
      await panel.spotAt('#edited', at.x, at.y),
      {
        x: before.x + 30 / scale,
        y: before.y + 40 / scale,
      },
      4,
    );
  });

  it('zooms with keys and buttons, to 3200 % with crisp pixels', async () => {
    await panel.show();
    const fitted = await panel.percent();
    await panel.focusPanel();
    await panel.key('Control+1');
    assert.equal(await panel.percent(), '100 %');
    assert.equal((await panel.boxOf('#original')).width, size.width);
    assert.equal(await panel.button('Actual Size').getAttribute('aria-pressed'), 'true');
    assert.equal(await panel.computed('#original', 'imageRendering'), 'auto');
    for (let step = 0; step < 12; step += 1) await panel.key('+');
    assert.equal(await panel.percent(), '3200 %');
    assert.equal(await panel.computed('#original', 'imageRendering'), 'pixelated');
    await panel.button('Zoom Out').click();
    assert.equal(await panel.percent(), '2000 %');
    await panel.button('Zoom In').click();
    assert.equal(await panel.percent(), '3200 %');
    await panel.key('Control+0');
    assert.equal(await panel.percent(), fitted);
    await panel.key('1');
    await panel.key('-');
    assert.equal(await panel.percent(), '70 %');
    await panel.button('Zoom to Fit').click();
    assert.equal(await panel.percent(), fitted);
    assert.equal(await panel.button('Zoom to Fit').getAttribute('aria-pressed'), 'true');
    // VS Code would move its focus with these.
    await panel.page.evaluate(
      "window.heard = []; window.addEventListener('keydown', ({ key, ctrlKey }) => ctrlKey && heard.push(key));",
    );
    await panel.key('Control+0');
    await panel.key('Control+1');
    assert.ok(!(await panel.page.evaluate<string[]>('heard')).some((name) => '01'.includes(name)));
  });

  for (const density of [1, 2]) {
    it(`shows one image pixel as one screen pixel at actual size, ${density} to a CSS pixel`, async () => {
      await panel.show(review, density === 1 ? {} : { deviceScaleFactor: density });
      await panel.button('Actual Size').click();
      const naturalWidth = await panel.page.evaluate<number>('original.naturalWidth');
      assert.equal(naturalWidth, size.width);
      assert.equal((await panel.boxOf('#original')).width, naturalWidth / density);
      assert.equal((await panel.boxOf('#edited')).width, naturalWidth / density);
      assert.equal(await panel.button('Actual Size').getAttribute('aria-pressed'), 'true');
    });
  }

  it('moves both pictures by dragging, by arrow keys and in the overview', async () => {
    await panel.show();
    await panel.focusPanel();
    await panel.key('1');
    const view = await panel.boxOf('#originalView');
    const middle = { x: view.x + view.width / 2, y: view.y + view.height / 2 };
    await panel.page.mouse.move(middle.x, middle.y);
    await panel.page.mouse.down();
    await panel.page.mouse.move(middle.x - 50, middle.y + 30, { steps: 4 });
    await panel.page.mouse.up();
    near(await panel.spotAt('#original', middle.x, middle.y), { x: 650, y: 370 });
    await panel.focusPanel();
    await panel.key('ArrowRight');
    near(await panel.spotAt('#original', middle.x, middle.y), { x: 690, y: 370 });
    const editedView = await panel.boxOf('#editedView');
    near(
      await panel.spotAt('#edited', middle.x - view.x + editedView.x, middle.y),
      { x: 690, y: 370 },
      3,
    );
    const overview = await panel.boxOf('#navigator');
    await panel.page.mouse.click(overview.x + overview.width / 4, overview.y + overview.height / 4);
    near(await panel.spotAt('#original', middle.x, middle.y), { x: 300, y: 200 }, 12);
    await panel.key('0');
    assert.ok(!(await panel.page.locator('#navigator').isVisible()));
  });

  it('goes between fit and actual size at a double click', async () => {
    await panel.show();
    const view = await panel.boxOf('#editedView');
    const at = { x: view.x + view.width / 3, y: view.y + view.height / 2 };
    const before = await panel.spotAt('#edited', at.x, at.y);
    await panel.page.mouse.dblclick(at.x, at.y);
    assert.equal(await panel.percent(), '100 %');
    near(await panel.spotAt('#edited', at.x, at.y), before, 4);
    await panel.page.mouse.dblclick(at.x, at.y);
    assert.equal(await panel.button('Zoom to Fit').getAttribute('aria-pressed'), 'true');
  });

  it('zooms when two fingers part', async () => {
    await panel.show(review, { hasTouch: true });
    const view = await panel.boxOf('#originalView');
    const [x, y] = [view.x + view.width / 2, view.y + view.height / 2];
    const session = await panel.page.context().newCDPSession(panel.page);
    const touch = (type: string, ...points: number[]) =>
      session.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: points.map((dx, id) => ({ x: x + dx, y, id })),
      });
    const before = parseFloat(await panel.percent());
    await touch('touchStart', -20, 20);
    await touch('touchMove', -40, 40);
    await touch('touchMove', -60, 60);
    await touch('touchEnd');
    await panel.frames();
    const after = parseFloat(await panel.percent());
    assert.ok(Math.abs(after / before - 3) < 0.2, `${before} to ${after}`);
    near(await panel.spotAt('#original', x, y), { x: 600, y: 400 }, 6);
  });

  it('says what colours both pictures have under the pointer', async () => {
    await panel.show();
    const frame = await panel.boxOf('#originalFrame');
    const { x, y } = changedBoxes[0]!;
    const at = {
      x: frame.x + ((x + 100) / 1200) * frame.width,
      y: frame.y + ((y + 90) / 800) * frame.height,
    };
    await panel.page.mouse.move(at.x, at.y);
    const readout = panel.page.locator('#readout');
    // Each is decoded when it is first asked for, whichever is done first.
    const words = /^x (219|220|221), y (229|230|231)\s*Original #[0-9A-F]{6}\s*Edited #E4572E$/;
    await readout.filter({ hasText: words }).waitFor();
    await panel.page.mouse.move(5, 5);
    await readout.waitFor({ state: 'hidden' });
    // And in the middle, for those who use keys.
    await panel.focusPanel();
    await panel.key('1');
    await panel.key('ArrowRight');
    await readout.filter({ hasText: /^x 640, y 400.*Edited #[0-9A-F]{6}$/ }).waitFor();
    assert.equal(await readout.getAttribute('aria-live'), 'polite');
  });
});
