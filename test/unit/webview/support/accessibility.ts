// Takes a page; says what axe finds that some people could not use, with the elements.
import axe from 'axe-core';
import type { PanelPage } from './panelPage';

/** To be called once in each life of a page: it is half a megabyte of script. */
export async function loadAxe(panel: PanelPage): Promise<void> {
  await panel.page.evaluate(axe.source);
}

/** What a theme can change, which gives colours and nothing else. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/**
 * Only violations are described, without their selectors: describing all takes longer than looking.
 * @param rules all that axe has by default, or those alone about colours
 */
export async function violations(
  panel: PanelPage,
  rules: 'all' | 'colours' = 'all',
): Promise<string[]> {
  const runOnly = rules === 'colours' ? { runOnly: colourRules } : {};
  const options = { resultTypes: ['violations'], selectors: false, ...runOnly };
  return panel.page.evaluate<string[]>(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
  );
}
