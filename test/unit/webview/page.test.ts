// What a panel's page is made of: it carries all of it.
import assert from 'node:assert/strict';
import { batchFiles, batchHtml } from '../../../src/compare/batchHtml';
import { readPageFiles } from '../../../src/compare/pageFiles';
import { panelFiles, panelHtml } from '../../../src/compare/panelHtml';
import { PanelPages } from './support/panelPage';

describe('the page of a panel', () => {
  let pages: PanelPages;
  before(async () => (pages = await PanelPages.start()));
  after(() => pages.close());

  for (const [path, name] of [
    ['/', 'compare panel'],
    ['/batch', 'batch panel'],
  ]) {
    it(`loads nothing and says that it is ready: the ${name}`, async () => {
      const panel = await pages.open({}, path);
      const { page, problems } = panel;
      assert.deepEqual(await page.evaluate('sent'), [{ type: 'ready' }]);
      const loaded = `performance.getEntriesByType('resource').map(({ name }) => name)`;
      assert.deepEqual(await page.evaluate(loaded), []);
      // Drawn with its styles, by the script and the styles that its policy lets in.
      assert.equal(await page.evaluate(`getComputedStyle(document.body).padding`), '0px');
      assert.deepEqual(problems, []);
      await panel.close();
    });
  }

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
