// The modes in which two pictures are compared: what each of them draws, by pointer and by keys.
import assert from 'node:assert/strict';
import { autoThreshold, thresholdAt } from '../../../src/webview/thresholdSlider';
import { shareInWords } from '../../../src/compare/shareInWords';
import { modeNames, near, panelPage } from './support/panelPage';
import { changedBoxes, heatValues, review, size } from './support/samplePictures';

describe('the panel’s page: the modes', () => {
  const panel = panelPage();

  it('goes round the modes with M, and knows each by its name', async () => {
    await panel.show();
    await panel.focusPanel();
    for (const name of [...modeNames.slice(1), 'Side by Side']) {
      await panel.key('m');
      assert.ok(await panel.radio(name).isChecked(), name);
    }
  });

  it('lays the edited picture over the original as far as the slider says', async () => {
    await panel.show();
    await panel.mode('Onion Skin');
    const slider = panel.page.getByRole('slider', { name: 'Onion Skin' });
    await slider.fill('30');
    assert.equal(await panel.opacity('#edited'), '0.3');
    await panel.focusPanel();
    await panel.key('ArrowRight');
    assert.equal(await panel.opacity('#edited'), '0.31');
    await panel.until(
      'the slider is kept',
      async () => (await panel.kept())['onion'],
      (onion) => onion === 31,
    );
  });

  it('moves the divider with the arrow keys, on its slider and anywhere else', async () => {
    await panel.show();
    await panel.mode('Swipe');
    const slider = panel.page.getByRole('slider', { name: 'Swipe position' });
    assert.equal(await slider.inputValue(), '50');
    await slider.focus();
    await panel.key('ArrowRight');
    assert.equal(await slider.inputValue(), '51');
    await panel.focusPanel();
    await panel.key('ArrowLeft');
    await panel.key('ArrowLeft');
    assert.equal(await slider.inputValue(), '49');
    assert.deepEqual(await panel.sent(), []);
  });

  it('moves the divider with the pointer, to where it is dragged', async () => {
    await panel.show();
    await panel.mode('Swipe');
    const [grip, frame] = [await panel.boxOf('.grip'), await panel.boxOf('#bothFrame')];
    const { mouse } = panel.page;
    await mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
    await mouse.down();
    await mouse.move(frame.x + frame.width / 4, grip.y, { steps: 5 });
    await mouse.up();
    const slider = panel.page.getByRole('slider', { name: 'Swipe position' });
    assert.ok(Math.abs(Number(await slider.inputValue()) - 25) <= 1, await slider.inputValue());
    const divider = await panel.boxOf('.grip');
    near({ x: divider.x + divider.width / 2, y: 0 }, { x: frame.x + frame.width / 4, y: 0 });
    assert.deepEqual(await panel.sent(), []);
  });

  it('keeps the divider in sight and in its place when zoomed', async () => {
    await panel.show();
    await panel.mode('Swipe');
    await panel.page.getByRole('slider', { name: 'Swipe position' }).fill('25');
    await panel.focusPanel();
    await panel.key('1');
    const [frame, first, second] = [
      await panel.boxOf('#bothFrame'),
      await panel.boxOf('#originalLayer'),
      await panel.boxOf('#editedLayer'),
    ];
    const divider = frame.x + frame.width / 4;
    assert.ok(Math.abs(first.x + first.width - divider) < 1 && Math.abs(second.x - divider) < 1);
    const grip = await panel.boxOf('.grip');
    assert.ok(Math.abs(grip.x + grip.width / 2 - divider) < 2);
  });

  it('shows original and edited picture by turns, each as long as asked for', async () => {
    await panel.show(review, { reducedMotion: 'no-preference' });
    await panel.mode('Blink');
    const turned = panel.page.locator('#stage.turned');
    // All at one moment: it turns back by itself.
    const isTurned = () =>
      panel.page.evaluate<boolean>(
        `document.getElementById('stage').classList.contains('turned') &&
          getComputedStyle(document.getElementById('editedLayer')).opacity === '0' &&
          document.getElementById('bothMark').innerText === 'Original'`,
      );
    await panel.until('the original is shown', isTurned, Boolean);
    await panel.page.locator('#stage:not(.turned)').waitFor();
    await panel.page.getByRole('slider', { name: 'Blink interval' }).fill('0.2');
    await turned.waitFor();
    await panel.button('Pause').click();
    await panel.page.locator('#stage:not(.turned)').waitFor();
    assert.ok(await panel.button('Play').isVisible());
    await panel.until(
      'the pause is kept',
      async () => (await panel.kept())['blinking'],
      (blinking) => blinking === false,
    );
    assert.equal((await panel.kept())['interval'], 0.2);
  });

  it('does not blink by itself under reduced motion', async () => {
    await panel.show();
    await panel.mode('Blink');
    await panel.button('Play').click();
    await panel.page.locator('#stage.turned').waitFor();
    await panel.button('Pause').waitFor();
  });

  it('shows the original while Space is held, in every mode', async () => {
    await panel.show();
    for (const name of modeNames) {
      await panel.mode(name);
      await panel.page.keyboard.down(' ');
      await panel.frames();
      if (name === 'Side by Side') {
        assert.equal(await panel.opacity('#editedLayer'), '0');
        assert.ok(await panel.page.locator('#peek').isVisible());
        const [peek, before] = [await panel.boxOf('#peek'), await panel.boxOf('#edited')];
        assert.ok(Math.abs(peek.width - before.width) < 1);
      } else {
        assert.equal(await panel.opacity('#editedLayer'), '0', name);
        assert.equal(await panel.page.locator('#bothMark').innerText(), 'Original');
      }
      await panel.page.keyboard.up(' ');
      await panel.frames();
      assert.equal(await panel.page.locator('#stage.peeking').count(), 0);
    }
    assert.deepEqual(await panel.sent(), []);
  });

  const alphaAt = (x: number, y: number) =>
    panel.page.evaluate<number>(
      `document.getElementById('heat').getContext('2d').getImageData(${x}, ${y}, 1, 1).data[3]`,
    );

  it('draws the differences that count, and asks for the threshold where the slider has come to rest', async () => {
    await panel.show();
    await panel.mode('Difference');
    await panel.page.locator('#bothMark', { hasText: 'Comparing…' }).waitFor({ state: 'hidden' });
    await panel.heat(0, size, heatValues());
    const [box] = changedBoxes;
    const weak = box!.x + 20;
    const strong = box!.x + box!.width - 5;
    const y = box!.y + 5;
    const until = (x: number, drawn: boolean) =>
      panel.until(
        `${drawn ? 'a' : 'no'} difference at ${x}`,
        () => alphaAt(x, y),
        (alpha) => alpha > 0 === drawn,
      );
    await until(strong, true);
    await until(weak, true);
    assert.equal(await alphaAt(5, 5), 0);
    const slider = panel.page.getByRole('slider', { name: 'Threshold' });
    const value = () => slider.getAttribute('aria-valuetext');
    assert.equal(await value(), '10 %');
    await slider.fill('80');
    await slider.focus();
    for (let step = 0; step < 8; step += 1) await panel.key('ArrowRight');
    await until(weak, false);
    await until(strong, true);
    // On a busy machine it may have come to rest on the way as well.
    await panel.until(
      'the threshold is asked for',
      async () => JSON.stringify((await panel.messages('threshold')).at(-1)),
      (last) => last === `{"type":"threshold","threshold":${thresholdAt(88)}}`,
    );
    // A state of before the last step must not take it back.
    assert.equal(await slider.inputValue(), '88');
    assert.equal(await value(), shareInWords(thresholdAt(88)));
    await slider.dblclick();
    assert.equal(await value(), 'Auto');
    await panel.until(
      'the default is asked for',
      async () => JSON.stringify((await panel.messages('threshold')).at(-1)),
      (last) => last === `{"type":"threshold","threshold":${autoThreshold}}`,
    );
  });

  it('draws all that differs once it is asked to, and does so after a reload', async () => {
    const raw = heatValues().fill(200, 0, 100 * size.width);
    const toggle = panel.page.getByRole('switch', { name: 'Raw Differences' });
    const until = (drawn: boolean) =>
      panel.until(
        `${drawn ? 'a' : 'no'} difference at the top`,
        () => alphaAt(5, 5),
        (alpha) => alpha > 0 === drawn,
      );
    await panel.show();
    await panel.heat(0, size, heatValues());
    await panel.mode('Difference');
    await until(false);
    assert.equal(await toggle.isChecked(), false);
    assert.deepEqual(await panel.messages('rawHeat'), [], 'nobody wants it');
    await toggle.focus();
    await panel.key('Space');
    assert.ok(await toggle.isChecked());
    assert.deepEqual(await panel.messages('rawHeat'), [{ type: 'rawHeat', version: 0 }]);
    assert.equal(await panel.page.locator('#bothMark').innerText(), 'Comparing…');
    assert.ok(await panel.page.locator('#heatLayer').isHidden());
    await panel.heat(0, size, raw, true);
    await until(true);
    assert.ok(await panel.page.locator('#bothMark').isHidden());
    await toggle.uncheck();
    await until(false);
    await toggle.check();
    await until(true);
    assert.equal((await panel.messages('rawHeat')).length, 1, 'it is here');
    // Compared anew: what was raw is so no longer.
    await panel.heat(0, size, heatValues());
    assert.equal((await panel.messages('rawHeat')).length, 2);
    await panel.reload();
    await panel.fill(review);
    assert.ok(await toggle.isChecked());
    assert.deepEqual(await panel.messages('rawHeat'), []);
    await panel.heat(0, size, heatValues());
    assert.deepEqual(await panel.messages('rawHeat'), [{ type: 'rawHeat', version: 0 }]);
  });
});
