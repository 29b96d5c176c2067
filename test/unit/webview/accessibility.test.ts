// Both panels as everybody sees them: axe in each theme and at both widths, and everything in reach at 320 pixels. All rules
// once in each layout, in the first theme; in the others those about colours, since a theme changes nothing else.
import assert from 'node:assert/strict';
import { loadAxe, violations } from './support/accessibility';
import {
  modeNames,
  panelPage,
  samplePictures,
  themeNames,
  type PanelPage,
  type Theme,
} from './support/panelPage';
import { review } from './support/samplePictures';
import {
  answer,
  batch,
  busyReview,
  editing,
  manyRows,
  marking,
  partial,
  redrawn,
  tree,
} from './support/sampleStates';
import { markRegion } from '../../../src/compare/protocol';

/** The first theme stands for all layouts. */
function rulesFor(theme: Theme): 'all' | 'colours' {
  return theme === themeNames[0] ? 'all' : 'colours';
}

describe('the panel’s page: accessibility', () => {
  describe('while two pictures are compared', () => {
    const panel = panelPage();
    /** Loading axe takes longer than using it, and the tests change nothing but theme, mode and size. */
    beforeEach(async () => {
      if (panel.isOpen) return;
      await panel.show(busyReview);
      await panel.page.getByRole('button', { name: 'Minor differences (7)' }).click();
      await loadAxe(panel);
    });

    for (const theme of themeNames) {
      it(`has no violation in ${theme}, in any mode`, async () => {
        await panel.wear(theme);
        for (const name of modeNames) {
          await panel.mode(name);
          assert.deepEqual(await violations(panel, rulesFor(theme)), [], name);
        }
      });

      it(`has no violation in ${theme}, with its help and narrow`, async () => {
        await panel.wear(theme);
        await panel.focusPanel();
        await panel.key('?');
        await panel.page.getByRole('dialog', { name: 'Keyboard Shortcuts' }).waitFor();
        assert.deepEqual(await violations(panel, rulesFor(theme)), [], 'help');
        await panel.key('Escape');
        await panel.page.setViewportSize({ width: 320, height: 700 });
        await expandChanges(false);
        assert.deepEqual(await violations(panel, rulesFor(theme)), [], 'narrow');
        await expandChanges(true);
        await panel.page.setViewportSize({ width: 960, height: 720 });
      });
    }

    async function expandChanges(expanded: boolean): Promise<void> {
      const toggle = panel.page.locator('#changesToggle');
      if ((await toggle.getAttribute('aria-expanded')) !== String(expanded)) await toggle.click();
    }
  });

  for (const { what, path, widths, fill } of [
    {
      what: 'a strip of ten pictures',
      path: '/',
      widths: [960],
      fill: (panel) => panel.fill(answer(10)),
    },
    {
      what: 'a tree of versions and an instruction',
      path: '/',
      widths: [960, 320],
      async fill(panel) {
        await panel.fill(tree);
        await panel.page.getByRole('textbox', { name: 'Instruction' }).fill('once more');
      },
    },
    {
      what: 'a picture that is redrawn as a whole',
      path: '/',
      widths: [960, 320],
      async fill(panel) {
        await panel.fill(redrawn);
        const toggle = panel.page.locator('#changesToggle');
        // It is a drawer where there is little room.
        if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click();
        await panel.page.getByText('Redrawn as a whole:').waitFor();
      },
    },
    {
      what: 'a partial picture',
      path: '/',
      widths: [960],
      async fill(panel) {
        const { original, edited } = await samplePictures();
        await panel.state({ ...editing, partial });
        await panel.picture('original', 'image/png', original);
        await panel.picture('partial', 'image/png', edited);
        await panel.page.getByRole('img', { name: 'Partial picture, not the result' }).waitFor();
      },
    },
    {
      what: 'a region that is marked',
      path: '/',
      widths: [960, 320],
      async fill(panel) {
        await panel.state(marking);
        await panel.picture('original', 'image/png', (await samplePictures()).original);
        await panel.region(markRegion(120, 80, (place) => place % 120 > 80));
        await panel.page.getByRole('img', { name: 'Original' }).waitFor();
        await panel.frames();
      },
    },
    {
      what: 'a batch',
      path: '/batch',
      widths: [960, 320],
      fill: (panel) => {
        const rows = [...batch.rows, ...manyRows.rows];
        return panel.receive({ type: 'batch', state: { ...manyRows, rows } });
      },
    },
  ] satisfies {
    what: string;
    path: '/' | '/batch';
    /** 320 is the least that a panel must do with. */
    widths: number[];
    fill: (panel: PanelPage) => Promise<void>;
  }[]) {
    describe(`with ${what}`, () => {
      const panel = panelPage(path);
      beforeEach(async () => {
        if (panel.isOpen) return;
        await panel.open();
        await fill(panel);
        await loadAxe(panel);
      });

      for (const theme of themeNames) {
        it(`has no violation in ${theme}, at ${widths.join(' and ')} pixels`, async () => {
          await panel.wear(theme);
          for (const width of widths) {
            await panel.page.setViewportSize({ width, height: 720 });
            assert.deepEqual(await violations(panel, rulesFor(theme)), [], `${width} pixels`);
            assert.equal(
              await panel.page.evaluate('document.documentElement.scrollWidth'),
              width,
              'nothing sticks out',
            );
          }
        });
      }
    });
  }
});

describe('the panel’s page: in little room', () => {
  const panel = panelPage();

  for (const [what, viewport, deviceScaleFactor] of [
    ['at 320 pixels', { width: 320, height: 640 }, 1],
    ['at twice the size', { width: 640, height: 400 }, 2],
  ] as const) {
    it(`can be used ${what}, in every mode`, async () => {
      await panel.show(
        { ...review, matching: { on: true, fit: 'fit' } },
        { viewport, ...(deviceScaleFactor === 1 ? {} : { deviceScaleFactor }) },
      );
      await panel.page.locator('#changesToggle').click();
      for (const name of modeNames) {
        await panel.mode(name);
        const [width, scrollWidth] = await panel.page.evaluate<[number, number]>(
          '[document.documentElement.clientWidth, document.documentElement.scrollWidth]',
        );
        assert.ok(scrollWidth <= width, `${name}: ${scrollWidth} px in ${width} px`);
        const picture = await panel.boxOf('#original');
        assert.ok(picture.width >= 100, `${name}: the picture is ${picture.width} px wide`);
        for (const control of ['Accept', 'Save As…', 'Discard', 'Zoom In', 'Reject All']) {
          const box = (await panel.button(control).boundingBox())!;
          assert.ok(box.x >= 0 && box.x + box.width <= viewport.width, `${name}: ${control}`);
        }
      }
    });
  }
});
