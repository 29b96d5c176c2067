// Takes a page; says what axe finds that some people could not use, with the elements.
import axe from 'axe-core';
import type { PanelPage } from './panelPage';

/** To be called once in each life of a page: it is half a megabyte of script. */
export async function loadAxe(panel: PanelPage): Promise<void> {
  await panel.page.evaluate(axe.source);
}

/** All of axe's rules. Only violations are described, without their selectors: describing all takes longer than looking. */
export async function violations(panel: PanelPage): Promise<string[]> {
  return panel.page.evaluate<string[]>(
    `axe.run({ resultTypes: ['violations'], selectors: false }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
  );
}
