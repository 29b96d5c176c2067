// The small pictures in the list of changes: what they show, how sharp, and how many are drawn.
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { panelPage, samplePictures } from './support/panelPage';
import { changes, comparison, fullComparison, paint, review, size } from './support/samplePictures';

describe('the panel’s page: the small pictures of changes', () => {
  const panel = panelPage();

  /** The middle pixel of each canvas, before and after in turn; undefined where nothing is drawn. */
  const middles = () =>
    panel.page.evaluate<(string | undefined)[]>(`
      [...document.querySelectorAll('#changes canvas')].map((canvas) => {
        if (canvas.width === 0) return undefined;
        const at = canvas.width / 2;
        const [red, green, blue] = canvas.getContext('2d').getImageData(at, at, 1, 1).data;
        return [red, green, blue].join(' ');
      })`);
  const drawn = async (count: number) =>
    panel.until('all are drawn', middles, (all) => all.filter(Boolean).length === count);

  it('show each change before and after, the overall colour too', async () => {
    await panel.show({ ...review, comparison: fullComparison });
    await drawn(8);
    const all = await middles();
    const [, , before, after] = all;
    assert.notEqual(before, after);
    assert.equal(after, '228 87 46');
    assert.equal(all[5], '118 176 65');
    assert.equal(all[7], '255 255 255');
    // Drawn once there is something to see.
    assert.equal(all.filter((one) => one === undefined).length, 14);
  });

  it('are as sharp as the screen', async () => {
    await panel.show(review, { deviceScaleFactor: 2 });
    await drawn(6);
    const widths = await panel.page.evaluate(
      `[...document.querySelectorAll('#changes canvas')].map(({ width, clientWidth }) => [width, clientWidth].join())`,
    );
    assert.deepEqual(widths, Array(6).fill('96,48'));
  });

  it('stay as they are whatever is decided, and show the edited picture as it lies once that is known', async () => {
    const [, rejected] = changes;
    const kept = { ...comparison, changes: changes.map((change) => ({ ...change })) };
    const mixed = {
      ...comparison,
      changes: changes.map((change) => ({ ...change, kept: change !== rejected })),
    };
    await panel.show({ ...review, comparison: kept });
    await drawn(6);
    const atFirst = await middles();
    // All of it in another colour: it lies elsewhere, so to say.
    const lies = await sharp(await paint(size, true))
      .negate({ alpha: false })
      .png()
      .toBuffer();
    const preview = async (state: typeof kept) => {
      await panel.state({ ...review, comparison: state });
      await panel.picture('preview', 'image/png', lies);
      await panel.state({ ...review, comparison: state, previewOf: 0 });
    };
    await preview(mixed);
    await panel.until('the preview is drawn', middles, (now) => now[1] !== atFirst[1]);
    const later = await middles();
    assert.equal(later[1], '27 168 209');
    // There the preview has the original.
    assert.equal(later[3], atFirst[3]);
    assert.equal(later[5], '0 0 0');
    // A mark on each of them is gone once it is drawn anew.
    await panel.page.evaluate(`
      for (const canvas of document.querySelectorAll('#changes canvas')) {
        const context = canvas.getContext('2d');
        context.fillStyle = '#010203';
        context.fillRect(0, 0, canvas.width, canvas.height);
      }`);
    await preview(kept);
    await panel.until('the other change is drawn', middles, (now) => now[3] === '137 79 190');
    await preview(mixed);
    await panel.button('Reject All').click();
    await panel.frames();
    assert.deepEqual(
      (await middles()).map((middle) => middle === '1 2 3'),
      [true, true, true, false, true, true],
    );
  });

  it('are drawn where they can be seen: of five hundred changes few', async () => {
    const many = Array.from({ length: 500 }, (_, at) => ({
      box: { x: (at % 25) * 48, y: Math.floor(at / 25) * 40, width: 20, height: 16 },
      share: 0.0003,
      minor: at >= 12,
      kept: true,
    }));
    await panel.show({ ...review, comparison: { ...comparison, changes: many } });
    await panel.button('Minor differences (488)').click();
    const count = async () => (await middles()).filter(Boolean).length;
    await panel.until('some are drawn', count, (now) => now > 12);
    assert.ok((await count()) < 60, `${await count()} are drawn`);
    await panel.change(500).scrollIntoViewIfNeeded();
    await panel.until('the last one is drawn', middles, (all) => all.at(-1) !== undefined);
    assert.ok((await count()) < 120, `${await count()} are drawn`);
  });

  it('are of the version that is shown, and do without one that cannot be decoded', async () => {
    const { original } = await samplePictures();
    await panel.show(review);
    await drawn(6);
    const broken = original.slice(0, 60);
    await panel.state({
      ...review,
      versions: [...review.versions, { ...review.versions[0]!, id: 'job/1' }],
      shown: 1,
      comparison: { ...comparison, version: 1 },
    });
    await panel.picture(1, 'image/png', broken);
    const cleared = async () => (await middles()).filter(Boolean).length;
    await panel.until('nothing of the other is left', cleared, (left) => left === 3);
    panel.problems.splice(0);
  });
});
