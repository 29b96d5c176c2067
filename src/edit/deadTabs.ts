// Tabs that an extension host has left behind: VS Code starts another one by itself after a crash, and tells nobody of the
// tabs of the last one. Their pages are there and nobody answers them, so that they are closed.
import { setTimeout as delay } from 'node:timers/promises';
import { window, type Disposable, type Tab, type TabGroup } from 'vscode';
import { batchViewType } from '../compare/batchPanel';
import { viewType } from '../compare/comparePanel';
import { livePanels } from '../compare/livePanels';
import { isOfType } from './openPanels';

/** Milliseconds in which VS Code hands over a tab that it has brought back and that somebody sees. */
const patience = 3000;

const pause = 100;

/**
 * Nothing is lost with them: the journal has their edits.
 * @returns how many there were
 */
export async function closeDeadTabs(): Promise<number> {
  const deadline = Date.now() + patience;
  while (seenDead().length > 0 && Date.now() < deadline) await delay(pause);
  if (seenDead().length === 0) return 0;
  const dead = allDead();
  await window.tabGroups.close(dead, true);
  return dead.length;
}

/** Tells when the user comes upon such a tab: what is in the background may be well. */
export function onDidSeeDeadTab(see: () => void): Disposable {
  return window.tabGroups.onDidChangeTabs(() => {
    if (seenDead().length > 0) see();
  });
}

/** A tab in the background may only wait until somebody looks at it; one that is seen and that nobody fills waits for nothing. */
function seenDead(): TabGroup[] {
  return window.tabGroups.all.filter(
    ({ activeTab, viewColumn }) =>
      activeTab !== undefined &&
      isOurs(activeTab) &&
      !livePanels().some((panel) => panel.visible && isIn(viewColumn, panel)),
  );
}

/** Where one is dead those in the background are as well: they are of the same host. */
function allDead(): Tab[] {
  const seen = new Set(seenDead().map(({ activeTab }) => activeTab));
  return window.tabGroups.all.flatMap(({ tabs, viewColumn }) => {
    const titles = livePanels()
      .filter((panel) => isIn(viewColumn, panel))
      .map(({ title }) => title);
    return tabs.filter((tab) => seen.has(tab) || (isOurs(tab) && !titles.includes(tab.label)));
  });
}

/** The column of a panel that has just been opened is not known yet: it may be any. */
function isIn(column: number, panel: { readonly viewColumn: number | undefined }): boolean {
  return panel.viewColumn === undefined || panel.viewColumn === column;
}

function isOurs(tab: Tab): boolean {
  return isOfType(tab, viewType) || isOfType(tab, batchViewType);
}
