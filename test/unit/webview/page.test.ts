// What a panel's page is made of: it carries all of it.
import assert from 'node:assert/strict';
import { batchFiles, batchHtml } from '../../../src/compare/batchHtml';
import { readPageFiles } from '../../../src/compare/pageFiles';
import { panelFiles, panelHtml } from '../../../src/compare/panelHtml';
import { modeNames, panelPage, type PanelPage } from './support/panelPage';

describe('the page of a panel', () => {
  for (const [path, name] of [
    ['/', 'compare panel'],
    ['/batch', 'batch panel'],
  ] as const) {
    describe(`of the ${name}`, () => {
      const panel = panelPage(path);

      it('loads nothing and says that it is ready', async () => {
        await panel.open();
        assert.deepEqual(await panel.page.evaluate('sent'), [{ type: 'ready' }]);
        assert.deepEqual(await loaded(panel), []);
        // Drawn with its styles, by the script and the styles that its policy lets in.
        assert.equal(await panel.page.evaluate(`getComputedStyle(document.body).padding`), '0px');
        assert.deepEqual(panel.problems, []);
      });

      it('has a policy whose violation these tests would hear of', async () => {
        await panel.open();
        await panel.page.evaluate(`document.body.setAttribute('style', 'color: red')`);
        await panel.page.evaluate(`new Image().src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='`);
        await panel.until(
          'two violations',
          () => Promise.resolve([...panel.problems]),
          ({ length }) => length >= 2,
        );
        for (const problem of panel.problems.splice(0))
          assert.match(problem, /Content Security Policy/i);
      });
    });
  }

  describe('with pictures', () => {
    const panel = panelPage();

    it('loads no more than these, from itself, whatever it shows', async () => {
      await panel.show();
      for (const name of modeNames) await panel.mode(name);
      await panel.key('?');
      const names = await loaded(panel);
      assert.deepEqual(
        names.filter((name) => !name.startsWith('blob:')),
        [],
      );
      assert.deepEqual(panel.problems, []);
    });
  });

  it('has nothing in its script and styles that ends them before their end', () => {
    for (const sources of [readPageFiles('.', ...panelFiles), readPageFiles('.', ...batchFiles)]) {
      assert.doesNotMatch(sources.script, /<\/script|<!--/i);
      assert.doesNotMatch(sources.style, /<\/style/i);
    }
  });

  it('has a nonce of its own each time, which is all that its policy lets in', () => {
    const make = () => ({ ...readPageFiles('.', ...panelFiles), title: 'Compare: <b>.png' });
    const [one, other] = [make(), make()];
    assert.notEqual(one.nonce, other.nonce);
    assert.ok(Buffer.from(one.nonce, 'base64').length >= 16);
    const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(panelHtml(one)) ?? [];
    assert.equal(
      policy?.replaceAll('&#39;', "'"),
      `default-src 'none'; img-src blob:; style-src 'nonce-${one.nonce}'; script-src 'nonce-${one.nonce}'`,
    );
    for (const html of [panelHtml(one), batchHtml(one)])
      assert.match(html, /<title>Compare: &lt;b&gt;\.png<\/title>/);
  });
});

const loaded = (panel: PanelPage) =>
  panel.page.evaluate<string[]>(`performance.getEntriesByType('resource').map(({ name }) => name)`);
