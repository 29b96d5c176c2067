// Tabs that an extension host has left behind: VS Code starts another one by itself after a crash, and tells nobody of the
// tabs of the last one. Their pages are there and nobody answers them, so that they are closed.
import { setTimeout as delay } from 'node:timers/promises';
import { window, type Tab, type TabGroup } from 'vscode';
import { batchViewType } from '../compare/batchPanel';
import { viewType } from '../compare/comparePanel';
import { livePanels, type LivePanel } from '../compare/livePanels';
import { isOfType } from './openPanels';

/** Looks at a tab that seems dead before it is: VS Code hands over one that it has brought back, and says where it is, in between. */
const looks = 30;

/** Milliseconds from one to the next, at least: a host that was kept from working has looked no more often. */
const pause = 100;

let closing: Promise<number> | undefined;

/**
 * Ends at once where no tab that somebody sees seems dead. Nothing is lost with them: the journal has their edits.
 * @returns how many were closed
 */
export function closeDeadTabs(): Promise<number> {
  // Who comes while it is under way waits for its end, and has closed none.
  if (closing) return closing.then(() => 0);
  closing = close().finally(() => (closing = undefined));
  return closing;
}

async function close(): Promise<number> {
  for (let look = 0; look < looks; look++) {
    if (seenDead().length === 0) return 0;
    await delay(pause);
  }
  const dead = allDead();
  if (dead.length > 0) await window.tabGroups.close(dead, true);
  return dead.length;
}

/** A tab in the background may only wait until somebody looks at it; one that is seen and that nobody fills waits for nothing. */
function seenDead(): TabGroup[] {
  const seen = livePanels().filter(({ visible }) => visible);
  return window.tabGroups.all.filter(
    ({ activeTab, viewColumn }) =>
      activeTab !== undefined &&
      isOurs(activeTab) &&
      !seen.some((panel) => isIn(viewColumn, panel)),
  );
}

/** Where one is dead those in the background are as well: they are of the same host. */
function allDead(): Tab[] {
  const seen = new Set(seenDead().map(({ activeTab }) => activeTab));
  if (seen.size === 0) return [];
  return window.tabGroups.all.flatMap(({ tabs, viewColumn }) => {
    const titles = livePanels()
      .filter((panel) => isIn(viewColumn, panel))
      .map(({ title }) => title);
    return tabs.filter((tab) => seen.has(tab) || (isOurs(tab) && !titles.includes(tab.label)));
  });
}

/** One whose column is not known yet may be in any. */
function isIn(viewColumn: number, { column }: LivePanel): boolean {
  return column === undefined || column === viewColumn;
}

function isOurs(tab: Tab): boolean {
  return isOfType(tab, viewType) || isOfType(tab, batchViewType);
}
