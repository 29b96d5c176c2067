// The panel's page in a real browser: modes, the shared viewport, changes, comparing, keys, themes, and what it keeps.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { BrowserContextOptions } from 'playwright-core';
import sharp from 'sharp';
import type { PanelState } from '../../../src/compare/protocol';
import { PanelPages, themeNames, type PanelPage } from './support/panelPage';
import {
  changedBoxes,
  changes,
  comparison,
  heatValues,
  paint,
  review,
  size,
} from './support/samplePictures';

const modeNames = ['Side by Side', 'Swipe', 'Onion Skin', 'Difference', 'Blink'];
const moving: BrowserContextOptions = { reducedMotion: 'no-preference' };
const still: BrowserContextOptions = { reducedMotion: 'reduce' };

describe('the compare panel’s page', () => {
  let pages: PanelPages;
  let original: Uint8Array;
  let edited: Uint8Array;
  let panel: PanelPage;
  before(async () => {
    [pages, original, edited] = await Promise.all([
      PanelPages.start(),
      paint(),
      paint({ width: 1536, height: 1024 }, true),
    ]);
  });
  after(() => pages.close());
  afterEach(async () => {
    assert.deepEqual(panel.problems, []);
    await panel.close();
  });

  async function open(state: PanelState = review, options: BrowserContextOptions = still) {
    panel = await pages.open(options);
    await fill(state);
  }

  async function fill(state: PanelState) {
    await panel.state(state);
    await panel.picture('original', 'image/png', original);
    for (const version of state.versions.keys())
      await panel.picture(version, 'image/png', version === 0 ? edited : original);
    await panel.page.getByRole('img', { name: 'Edited' }).waitFor();
    await frames();
  }

  const page = () => panel.page;
  const key = (name: string) => page().keyboard.press(name);
  const radio = (name: string) => page().getByRole('radio', { name, exact: true });
  const mode = (name: string) => radio(name).check({ force: true });
  const button = (name: string) => page().getByRole('button', { name, exact: true });
  const percent = () => page().locator('#percent').innerText();
  const boxOf = async (selector: string) => (await page().locator(selector).boundingBox())!;
  /** Two frames: what was asked for is drawn. */
  const frames = () =>
    page().evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
    );
  const computed = (selector: string, property: string) =>
    page().evaluate<string>(
      `getComputedStyle(document.querySelector('${selector}'))['${property}']`,
    );
  const opacity = (selector: string) => computed(selector, 'opacity');
  /** The name of what has the focus. */
  const focused = () =>
    page().evaluate<string>("document.activeElement.getAttribute('aria-label')");
  const focusPanel = () => page().locator('main').focus();
  const messages = async (type: string) =>
    (await panel.sent()).filter((message) => message.type === type);

  /** Which spot of the original is at a place of the page, by the picture's own box. */
  async function spotAt(selector: string, x: number, y: number) {
    const box = await boxOf(selector);
    return {
      x: ((x - box.x) / box.width) * size.width,
      y: ((y - box.y) / box.height) * size.height,
    };
  }

  function near(actual: { x: number; y: number }, expected: { x: number; y: number }, within = 2) {
    const apart = Math.hypot(actual.x - expected.x, actual.y - expected.y);
    assert.ok(apart <= within, `${JSON.stringify(actual)} and ${JSON.stringify(expected)}`);
  }

  async function wheel(x: number, y: number, held?: string) {
    if (held) await page().keyboard.down(held);
    await page().mouse.wheel(x, y);
    if (held) await page().keyboard.up(held);
    await frames();
  }

  it('zooms both pictures about the pointer with Ctrl and the wheel', async () => {
    await open();
    const view = await boxOf('#editedView');
    const at = { x: view.x + view.width * 0.7, y: view.y + view.height * 0.55 };
    const before = await spotAt('#edited', at.x, at.y);
    await page().mouse.move(at.x, at.y);
    for (let turn = 0; turn < 6; turn += 1) await wheel(0, -100, 'Control');
    // A place on whole screen pixels, at the smallest zoom.
    near(await spotAt('#edited', at.x, at.y), before, 4);
    const originalView = await boxOf('#originalView');
    near(await spotAt('#original', at.x - view.x + originalView.x, at.y), before, 4);
    // Without Ctrl it moves them.
    const zoomed = await percent();
    await wheel(30, 40);
    assert.equal(await percent(), zoomed);
    const scale = (await boxOf('#edited')).width / size.width;
    near(
      await spotAt('#edited', at.x, at.y),
      {
        x: before.x + 30 / scale,
        y: before.y + 40 / scale,
      },
      4,
    );
  });

  it('copies as PNG what the host gives, and says why where it gives nothing', async () => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    await open(review, { ...still, permissions });
    const copied = () =>
      page().evaluate<string>(`(async () => {
        const [item] = await navigator.clipboard.read();
        const bitmap = await createImageBitmap(await item.getType('image/png'));
        return item.types.join() + ' ' + bitmap.width + ' × ' + bitmap.height;
      })()`);
    for (const [format, width] of [
      ['png', 300],
      ['jpeg', 240],
    ] as const) {
      const before = (await messages('copy')).length;
      await button('Copy').click();
      assert.deepEqual((await messages('copy')).slice(before), [{ type: 'copy', version: 0 }]);
      const picture = sharp(edited).resize(width, 200, { fit: 'fill' });
      await panel.copy(`image/${format}`, await picture.toFormat(format).toBuffer());
      await page().locator('#spoken', { hasText: 'Copied' }).waitFor({ state: 'attached' });
      assert.equal(await copied(), `image/png ${width} × 200`);
      // Until it is asked for again.
      await page().evaluate(`document.getElementById('spoken').textContent = ''`);
      await button('Copy').waitFor();
    }
    await button('Copy').click();
    await panel.refuseCopy('It could not be copied: the disk is full');
    await page().locator('#spoken', { hasText: 'the disk is full' }).waitFor({ state: 'attached' });
    assert.equal(await copied(), 'image/png 240 × 200');
  });

  it('offers to replace only an original that can be', async () => {
    await open();
    assert.equal(await button('Replace Original').isVisible(), false);
    await panel.state({ ...review, replaceable: true });
    await button('Replace Original').click();
    assert.deepEqual(await messages('replace'), [{ type: 'replace', version: 0 }]);
    await panel.state({ ...review, replaceable: true, phase: 'saving' });
    // The page hears of it a moment later.
    await page().locator('#replace:disabled').waitFor();
  });

  it('zooms with keys and buttons, to 3200 % with crisp pixels', async () => {
    await open();
    const fitted = await percent();
    await focusPanel();
    await key('Control+1');
    assert.equal(await percent(), '100 %');
    assert.equal((await boxOf('#original')).width, size.width);
    assert.equal(await button('Actual Size').getAttribute('aria-pressed'), 'true');
    assert.equal(await computed('#original', 'imageRendering'), 'auto');
    for (let step = 0; step < 12; step += 1) await key('+');
    assert.equal(await percent(), '3200 %');
    assert.equal(await computed('#original', 'imageRendering'), 'pixelated');
    await button('Zoom Out').click();
    assert.equal(await percent(), '2000 %');
    await button('Zoom In').click();
    assert.equal(await percent(), '3200 %');
    await key('Control+0');
    assert.equal(await percent(), fitted);
    await key('1');
    await key('-');
    assert.equal(await percent(), '70 %');
    await button('Zoom to Fit').click();
    assert.equal(await percent(), fitted);
    // VS Code would move its focus with these.
    await page().evaluate(
      "window.heard = []; window.addEventListener('keydown', ({ key, ctrlKey }) => ctrlKey && heard.push(key));",
    );
    await key('Control+0');
    await key('Control+1');
    assert.ok(!(await page().evaluate<string[]>('heard')).some((name) => '01'.includes(name)));
  });

  it('moves both pictures by dragging, by arrow keys and in the overview', async () => {
    await open();
    await focusPanel();
    await key('1');
    const view = await boxOf('#originalView');
    const middle = { x: view.x + view.width / 2, y: view.y + view.height / 2 };
    await page().mouse.move(middle.x, middle.y);
    await page().mouse.down();
    await page().mouse.move(middle.x - 50, middle.y + 30, { steps: 4 });
    await page().mouse.up();
    near(await spotAt('#original', middle.x, middle.y), { x: 650, y: 370 });
    await focusPanel();
    await key('ArrowRight');
    near(await spotAt('#original', middle.x, middle.y), { x: 690, y: 370 });
    const editedView = await boxOf('#editedView');
    near(
      await spotAt('#edited', middle.x - view.x + editedView.x, middle.y),
      { x: 690, y: 370 },
      3,
    );
    const overview = await boxOf('#navigator');
    await page().mouse.click(overview.x + overview.width / 4, overview.y + overview.height / 4);
    near(await spotAt('#original', middle.x, middle.y), { x: 300, y: 200 }, 12);
    await key('0');
    assert.ok(!(await page().locator('#navigator').isVisible()));
  });

  it('goes between fit and actual size at a double click', async () => {
    await open();
    const view = await boxOf('#editedView');
    const at = { x: view.x + view.width / 3, y: view.y + view.height / 2 };
    const before = await spotAt('#edited', at.x, at.y);
    await page().mouse.dblclick(at.x, at.y);
    assert.equal(await percent(), '100 %');
    near(await spotAt('#edited', at.x, at.y), before, 4);
    await page().mouse.dblclick(at.x, at.y);
    assert.equal(await button('Zoom to Fit').getAttribute('aria-pressed'), 'true');
  });

  it('zooms when two fingers part', async () => {
    await open(review, { ...still, hasTouch: true });
    const view = await boxOf('#originalView');
    const [x, y] = [view.x + view.width / 2, view.y + view.height / 2];
    const session = await page().context().newCDPSession(page());
    const touch = (type: string, ...points: number[]) =>
      session.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: points.map((dx, id) => ({ x: x + dx, y, id })),
      });
    const before = parseFloat(await percent());
    await touch('touchStart', -20, 20);
    await touch('touchMove', -40, 40);
    await touch('touchMove', -60, 60);
    await touch('touchEnd');
    await frames();
    const after = parseFloat(await percent());
    assert.ok(Math.abs(after / before - 3) < 0.2, `${before} to ${after}`);
    near(await spotAt('#original', x, y), { x: 600, y: 400 }, 6);
  });

  it('says what colours both pictures have under the pointer', async () => {
    await open();
    const frame = await boxOf('#originalFrame');
    const { x, y } = changedBoxes[0]!;
    const at = {
      x: frame.x + ((x + 100) / 1200) * frame.width,
      y: frame.y + ((y + 90) / 800) * frame.height,
    };
    await page().mouse.move(at.x, at.y);
    const readout = page().locator('#readout');
    // Each is decoded when it is first asked for, whichever is done first.
    const words = /^x (219|220|221), y (229|230|231)\s*Original #[0-9A-F]{6}\s*Edited #E4572E$/;
    await readout.filter({ hasText: words }).waitFor();
    await page().mouse.move(5, 5);
    await readout.waitFor({ state: 'hidden' });
    // And in the middle, for those who use keys.
    await focusPanel();
    await key('1');
    await key('ArrowRight');
    await readout.filter({ hasText: /^x 640, y 400.*Edited #[0-9A-F]{6}$/ }).waitFor();
    assert.equal(await readout.getAttribute('aria-live'), 'polite');
  });

  it('goes round the modes with M, and knows each by its name', async () => {
    await open();
    await focusPanel();
    for (const name of [...modeNames.slice(1), 'Side by Side']) {
      await key('m');
      assert.ok(await radio(name).isChecked(), name);
    }
  });

  it('lays the edited picture over the original as far as the slider says', async () => {
    await open();
    await mode('Onion Skin');
    const slider = page().getByRole('slider', { name: 'Onion Skin' });
    await slider.fill('30');
    assert.equal(await opacity('#edited'), '0.3');
    await focusPanel();
    await key('ArrowRight');
    assert.equal(await opacity('#edited'), '0.31');
    while ((await panel.kept())['onion'] !== 31) await frames();
  });

  it('keeps the divider in sight and in its place when zoomed', async () => {
    await open();
    await mode('Swipe');
    await page().getByRole('slider', { name: 'Swipe position' }).fill('25');
    await focusPanel();
    await key('1');
    const [frame, first, second] = [
      await boxOf('#bothFrame'),
      await boxOf('#originalLayer'),
      await boxOf('#editedLayer'),
    ];
    const divider = frame.x + frame.width / 4;
    assert.ok(Math.abs(first.x + first.width - divider) < 1 && Math.abs(second.x - divider) < 1);
    const grip = await boxOf('.grip');
    assert.ok(Math.abs(grip.x + grip.width / 2 - divider) < 2);
  });

  it('shows original and edited picture by turns, each as long as asked for', async () => {
    await open(review, moving);
    await mode('Blink');
    const turned = page().locator('#stage.turned');
    // All at one moment: it turns back by itself.
    const isTurned = () =>
      page().evaluate<boolean>(
        `document.getElementById('stage').classList.contains('turned') &&
          getComputedStyle(document.getElementById('editedLayer')).opacity === '0' &&
          document.getElementById('bothMark').innerText === 'Original'`,
      );
    while (!(await isTurned())) await frames();
    await page().locator('#stage:not(.turned)').waitFor();
    await page().getByRole('slider', { name: 'Blink interval' }).fill('0.2');
    await turned.waitFor();
    await button('Pause').click();
    await page().locator('#stage:not(.turned)').waitFor();
    assert.ok(await button('Play').isVisible());
    while ((await panel.kept())['blinking'] !== false) await frames();
    assert.equal((await panel.kept())['interval'], 0.2);
  });

  it('does not blink by itself under reduced motion', async () => {
    await open();
    await mode('Blink');
    await button('Play').click();
    await page().locator('#stage.turned').waitFor();
    await button('Pause').waitFor();
  });

  it('shows the original while Space is held, in every mode', async () => {
    await open();
    for (const name of modeNames) {
      await mode(name);
      await page().keyboard.down(' ');
      await frames();
      if (name === 'Side by Side') {
        assert.equal(await opacity('#editedLayer'), '0');
        assert.ok(await page().locator('#peek').isVisible());
        const [peek, before] = [await boxOf('#peek'), await boxOf('#edited')];
        assert.ok(Math.abs(peek.width - before.width) < 1);
      } else {
        assert.equal(await opacity('#editedLayer'), '0', name);
        assert.equal(await page().locator('#bothMark').innerText(), 'Original');
      }
      await page().keyboard.up(' ');
      await frames();
      assert.equal(await page().locator('#stage.peeking').count(), 0);
    }
    assert.deepEqual(await panel.sent(), []);
  });

  it('draws the differences that count, and asks for the threshold where the slider has come to rest', async () => {
    await open();
    await mode('Difference');
    await page().locator('#bothMark', { hasText: 'Comparing…' }).waitFor({ state: 'hidden' });
    await panel.heat(0, size.width, size.height, heatValues());
    const [box] = changedBoxes;
    const alphaAt = (x: number, y: number) =>
      page().evaluate<number>(
        `document.getElementById('heat').getContext('2d').getImageData(${x}, ${y}, 1, 1).data[3]`,
      );
    const weak = box!.x + 20;
    const strong = box!.x + box!.width - 5;
    const y = box!.y + 5;
    const until = async (x: number, drawn: boolean) => {
      while ((await alphaAt(x, y)) > 0 !== drawn) await frames();
    };
    await until(strong, true);
    await until(weak, true);
    assert.equal(await alphaAt(5, 5), 0);
    const slider = page().getByRole('slider', { name: 'Threshold' });
    assert.equal(await slider.inputValue(), '10');
    await slider.focus();
    for (let step = 0; step < 40; step += 1) await key('ArrowRight');
    await until(weak, false);
    await until(strong, true);
    // On a busy machine it may have come to rest on the way as well.
    const last = async () => JSON.stringify((await messages('threshold')).at(-1));
    while ((await last()) !== '{"type":"threshold","threshold":0.5}') await frames();
    // A state of before the last step must not take it back.
    assert.equal(await slider.inputValue(), '50');
  });

  const row = (number: number) =>
    page()
      .getByRole('list', { name: 'Changes' })
      .getByRole('checkbox', {
        name: `Change ${number}, `,
      });

  it('lists the changes, and shows the box of the one that is pointed at, in every mode', async () => {
    await open();
    assert.equal(await row(1).getAttribute('aria-label'), 'Change 1, 4.9 % of the picture');
    assert.match(
      await page().getByRole('status').innerText(),
      / · 3 changes, 12\.1 % of the picture · /,
    );
    for (const name of modeNames) {
      await mode(name);
      assert.equal(await page().locator('.box:visible').count(), 0);
      await page().locator('#changes li').nth(1).hover();
      const apart = name === 'Side by Side';
      assert.equal(await page().locator('.box:visible').count(), apart ? 6 : 3, name);
      const box = (await page().locator('.box.pointed:visible').first().boundingBox())!;
      const picture = await boxOf('#original');
      const scale = picture.width / size.width;
      const { x, y, width } = changedBoxes[1]!;
      near(box, { x: picture.x + x * scale - 3, y: picture.y + y * scale - 3 }, 1.5);
      assert.ok(Math.abs(box.width - 6 - width * scale) < 1.5);
      await page().mouse.move(5, 5);
    }
    await row(3).focus();
    assert.equal(await page().locator('.box.pointed:visible').count(), 1);
  });

  it('goes to a change that is clicked, keeping what was chosen', async () => {
    await open();
    await page().locator('#changes li').nth(1).getByText('Change 2').click();
    const view = await boxOf('#originalView');
    const { x, y, width, height } = changedBoxes[1]!;
    near(await spotAt('#original', view.x + view.width / 2, view.y + view.height / 2), {
      x: x + width / 2,
      y: y + height / 2,
    });
    assert.ok(await row(2).isChecked());
    assert.deepEqual(await panel.sent(), []);
    assert.ok(await page().locator('#navigator').isVisible());
  });

  it('keeps and rejects changes by pointer and keys, at once and before the host answers', async () => {
    await open();
    await row(1).click();
    assert.ok(!(await row(1).isChecked()));
    await focusPanel();
    await key('n');
    assert.match(await focused(), /^Change 1, /);
    await key('n');
    await key('n');
    await key(' ');
    await key('p');
    await key(' ');
    assert.deepEqual(await Promise.all([1, 2, 3].map((number) => row(number).isChecked())), [
      false,
      false,
      false,
    ]);
    assert.ok(await button('Reject All').isDisabled());
    // What the host sends may still be of before.
    await panel.state({ ...review, comparison: { ...comparison, busy: true } });
    assert.ok(!(await row(2).isChecked()));
    await button('Keep All').click();
    assert.ok(await row(2).isChecked());
    assert.deepEqual(await messages('keep'), [
      { type: 'keep', version: 0, changes: [0], kept: false },
      { type: 'keep', version: 0, changes: [2], kept: false },
      { type: 'keep', version: 0, changes: [1], kept: false },
      { type: 'keep', version: 0, changes: [0, 1, 2], kept: true },
    ]);
    assert.deepEqual(await messages('accept'), []);
  });

  it('holds five hundred changes', async () => {
    const many = Array.from({ length: 500 }, (_, at) => ({
      box: { x: (at % 25) * 48, y: Math.floor(at / 25) * 40, width: 20, height: 16 },
      share: 0.0003,
      kept: true,
    }));
    await open({ ...review, comparison: { ...comparison, changes: many, changedShare: 0.15 } });
    assert.equal(
      await row(500).getAttribute('aria-label'),
      'Change 500, less than 0.1 % of the picture',
    );
    await focusPanel();
    await key('p');
    assert.match(await focused(), /^Change 500, /);
    await key(' ');
    assert.deepEqual(await messages('keep'), [
      { type: 'keep', version: 0, changes: [499], kept: false },
    ]);
    // The Tab key stops once in all of them.
    await key('Tab');
    assert.equal(await page().evaluate<string>('document.activeElement.id'), 'align');
  });

  it('says what is compared, how it was aligned, and why it cannot be', async () => {
    await open({ ...review, comparison: { ...comparison, outsideShare: 0.021 } });
    assert.match(
      await page().getByRole('status').innerText(),
      /changed outside the region: 2\.1 %/,
    );
    assert.match(await page().locator('#alignWords').innerText(), /^moved 2.4 px right/);
    const before = await boxOf('#changes');
    await panel.state({
      ...review,
      comparison: { ...comparison, outsideShare: 0.021, busy: true },
    });
    await page().locator('#busy').waitFor();
    assert.deepEqual(await boxOf('#changes'), before);
    await page().getByRole('switch', { name: 'Align' }).click();
    assert.deepEqual(await messages('align'), [{ type: 'align', on: false }]);
    const problem = 'The pictures are too large to be compared.';
    await panel.state({ ...review, comparison: { ...comparison, changes: [], problem } });
    await page().getByText(problem).waitFor();
    assert.equal(await page().getByRole('list', { name: 'Changes' }).count(), 0);
  });

  it('chooses how the picture is saved, in words beside Accept', async () => {
    await open({ ...review, matching: { on: true, fit: 'crop' } });
    const match = page().getByRole('checkbox', { name: 'Match Original' });
    assert.ok(await match.isChecked());
    assert.ok(await radio('Crop').isChecked());
    await radio('Stretch').check({ force: true });
    await match.uncheck();
    assert.deepEqual(await messages('match'), [
      { type: 'match', on: true, fit: 'stretch' },
      { type: 'match', on: false, fit: 'stretch' },
    ]);
    const described = await page().evaluate<string>(
      "document.getElementById(accept.getAttribute('aria-describedby')).textContent",
    );
    assert.equal(described, 'Saves JPEG, 1200 × 800');
    await panel.state({ ...review, matching: { on: false } });
    assert.equal(await radio('Crop').count(), 0);
  });

  it('shows the host’s preview in the edited picture’s place, and of no other version', async () => {
    await open();
    const src = () => page().getByRole('img', { name: 'Edited' }).getAttribute('src');
    const received = await src();
    await panel.picture('preview', 'image/png', original);
    assert.equal(await src(), received);
    await panel.state({ ...review, previewOf: 0 });
    const preview = await src();
    assert.notEqual(preview, received);
    await panel.state({ ...review, previewOf: 1 });
    assert.equal(await src(), received);
  });

  it('compares any version with any other', async () => {
    const [version] = review.versions;
    const three = { ...review, versions: [version!, version!, version!] };
    await open(three);
    await mode('Difference');
    const choice = page().getByRole('combobox', { name: 'Compare with' });
    await choice.selectOption('2 of 3');
    await page().getByRole('img', { name: 'Version 2 of 3' }).waitFor();
    // Changes and differences are those from the original.
    assert.ok(await radio('Side by Side').isChecked());
    assert.ok(await radio('Difference').isDisabled());
    await row(1).focus();
    assert.equal(await page().locator('.box:visible').count(), 0);
    await choice.selectOption('Original');
    assert.ok(await radio('Difference').isChecked());
    await choice.selectOption('3 of 3');
    await panel.state({ ...three, shown: 2 });
    await page().getByRole('img', { name: 'Original' }).waitFor();
    await focusPanel();
    await key('PageUp');
    assert.deepEqual(await messages('show'), [{ type: 'show', version: 1 }]);
  });

  it('changes nothing of two files that exist', async () => {
    await open({
      ...review,
      matching: undefined,
      saves: undefined,
      readOnly: { original: 'HEAD', edited: 'Working Tree' },
    });
    for (const name of ['Accept', 'Save As…', 'Discard', 'Keep All'])
      assert.equal(await button(name).count(), 0, name);
    assert.ok(!(await page().locator('#instruction').isVisible()));
    assert.equal(await page().locator('#originalName').innerText(), 'HEAD');
    assert.equal(await page().locator('#editedName').innerText(), 'Working Tree');
    assert.match(await page().getByRole('status').innerText(), /^HEAD and Working Tree · /);
    await button('Change 2, 6.9 % of the picture').click();
    await focusPanel();
    await key('Enter');
    await key('Escape');
    assert.deepEqual(await panel.sent(), []);
  });

  it('lists all keys at ?, and gives the focus back', async () => {
    await open();
    await row(2).focus();
    await key('?');
    const help = page().getByRole('dialog', { name: 'Keyboard Shortcuts' });
    await help.waitFor();
    await key('m');
    await key('Enter');
    await help.waitFor({ state: 'hidden' });
    await key('?');
    await help.waitFor();
    await key('Escape');
    await help.waitFor({ state: 'hidden' });
    assert.match(await focused(), /^Change 2, /);
    assert.ok(await radio('Side by Side').isChecked());
    assert.deepEqual(await panel.sent(), []);
    await focusPanel();
    await key('Escape');
    assert.deepEqual(await panel.sent(), [{ type: 'discard' }]);
  });

  it('discards with Backspace where another one follows, once it can be seen, and nowhere else', async () => {
    await open();
    await focusPanel();
    await key('Backspace');
    assert.deepEqual(await panel.sent(), []);
    await panel.state({ ...review, queue: { position: 3, count: 12 } });
    assert.match(await page().getByRole('status').innerText(), /^3 of 12 · Edited/);
    await key('Backspace');
    assert.deepEqual(await panel.sent(), [{ type: 'discard' }]);
    await page().reload();
    await panel.wear('dark');
    await panel.state({ ...review, queue: { position: 4, count: 12 } });
    await focusPanel();
    await key('Backspace');
    await key('Enter');
    assert.deepEqual(await panel.sent(), [], 'nobody has seen it yet');
  });

  it('says so when the host does not answer a decision, until it does', async () => {
    panel = await pages.open(still);
    // It stands still but where it is told to go: a busy machine may take seconds for a click.
    await page().clock.install({ time: 0 });
    await page().clock.pauseAt(60_000);
    await panel.state({ ...review, restore: 'job' });
    await panel.picture('original', 'image/png', original);
    await panel.picture(0, 'image/png', edited);
    const status = () => page().getByRole('status').innerText();
    const usual = await status();
    await button('Accept').click();
    await panel.receive({ type: 'heard' });
    await page().clock.runFor(10_000);
    assert.equal(await status(), usual);
    await button('Accept').click();
    await page().clock.runFor(4900);
    assert.equal(await status(), usual);
    await page().clock.runFor(200);
    assert.match(await status(), /^Retouch does not answer\. The edit is kept: .*Show Edits…/);
    await panel.receive({ type: 'heard' });
    assert.equal(await status(), usual);
    // What only moves the pictures is no question.
    await mode('Swipe');
    await page().clock.runFor(10_000);
    assert.equal(await status(), usual);
  });

  it('is after a reload as it was before', async () => {
    const rejected = changes.map((change, at) => ({ ...change, kept: at !== 1 }));
    const state: PanelState = {
      ...review,
      restore: 'job 7',
      comparison: { ...comparison, threshold: 0.3, changes: rejected },
      matching: { on: true, fit: 'crop' },
    };
    await open(state);
    await mode('Onion Skin');
    await page().getByRole('slider', { name: 'Onion Skin' }).fill('70');
    await page().locator('#changesToggle').click();
    await focusPanel();
    await key('1');
    await key('ArrowRight');
    const place = await boxOf('#original');
    await page().reload();
    await panel.wear('dark');
    const { restore, shown, threshold, aligned, matching, rejected: kept } = await panel.kept();
    assert.deepEqual(
      { restore, shown, threshold, aligned, matching, kept },
      {
        restore: 'job 7',
        shown: 'job/0',
        threshold: 0.3,
        aligned: true,
        matching: { on: true, fit: 'crop' },
        kept: [1],
      },
    );
    await fill(state);
    assert.ok(await radio('Onion Skin').isChecked());
    assert.equal(await page().getByRole('slider', { name: 'Onion Skin' }).inputValue(), '70');
    assert.equal(await percent(), '100 %');
    assert.deepEqual(await boxOf('#original'), place);
    assert.equal(await page().locator('#changesToggle').getAttribute('aria-expanded'), 'false');
  });

  for (const theme of themeNames) {
    it(`has no accessibility violation in ${theme}, in any mode`, async () => {
      const [version] = review.versions;
      await open({
        ...review,
        versions: [version!, version!],
        matching: { on: true, fit: 'fit' },
        comparison: {
          ...comparison,
          busy: true,
          changes: changes.map((change, at) => ({ ...change, kept: at > 0 })),
        },
      });
      await panel.wear(theme);
      await page().evaluate(axe.source);
      const check = async (what: string) => {
        const { violations } = await page().evaluate<axe.AxeResults>('axe.run()');
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
          [],
          what,
        );
      };
      for (const name of modeNames) {
        await mode(name);
        await check(name);
      }
      await focusPanel();
      await key('?');
      await check('help');
      await key('Escape');
      await page().setViewportSize({ width: 320, height: 700 });
      await page().locator('#changesToggle').click();
      await check('narrow');
    });
  }

  for (const [what, viewport, deviceScaleFactor] of [
    ['at 320 pixels', { width: 320, height: 640 }, 1],
    ['at twice the size', { width: 640, height: 400 }, 2],
  ] as const) {
    it(`can be used ${what}, in every mode`, async () => {
      await open(
        { ...review, matching: { on: true, fit: 'fit' } },
        { ...still, viewport, deviceScaleFactor },
      );
      await page().locator('#changesToggle').click();
      for (const name of modeNames) {
        await mode(name);
        const [width, scrollWidth] = await page().evaluate<[number, number]>(
          '[document.documentElement.clientWidth, document.documentElement.scrollWidth]',
        );
        assert.ok(scrollWidth <= width, `${name}: ${scrollWidth} px in ${width} px`);
        const picture = await boxOf('#original');
        assert.ok(picture.width >= 100, `${name}: the picture is ${picture.width} px wide`);
        for (const control of ['Accept', 'Save As…', 'Discard', 'Zoom In', 'Reject All']) {
          const box = (await button(control).boundingBox())!;
          assert.ok(box.x >= 0 && box.x + box.width <= viewport.width, `${name}: ${control}`);
        }
      }
    });
  }
});
