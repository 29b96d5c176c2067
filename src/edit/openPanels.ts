// The compare panels that are open, by the id of the session that they show: one is not opened twice.
import { TabInputWebview, window, type Tab } from 'vscode';
import { titleOf, viewType, type ComparePanel } from '../compare/comparePanel';
import { livePanels } from '../compare/livePanels';

const panels = new Map<string, ComparePanel>();

/** @param id of the session; undefined where the edit is not kept */
export function rememberPanel(id: string | undefined, panel: ComparePanel): void {
  if (id === undefined || !panel.isOpen) return;
  panels.set(id, panel);
  behindTabs.delete(id);
  panel.onDidDecide((decision) => {
    if (decision === 'closed' && panels.get(id) === panel) panels.delete(id);
  });
}

/** Of edits whose tab VS Code has brought back, while nothing is in it yet. */
const coming = new Set<string>();

/** Its tab is here, but not yet what was in it. */
export function expectPanel(id: string): { dispose(): void } {
  coming.add(id);
  behindTabs.delete(id);
  return { dispose: () => coming.delete(id) };
}

/** Sessions of which nothing was said, since a tab in the background seems to wait with them. */
const behindTabs = new Set<string>();

/** They are forgotten: whoever takes them asks `withoutTab` once more. */
export function takeBehindTabs(): Set<string> {
  const taken = new Set(behindTabs);
  behindTabs.clear();
  return taken;
}

/** Those that no tab shows, or is about to; where one in the background seems to wait with it, it is kept in mind. */
export function withoutTab<Job extends JobOfTab>(jobs: readonly Job[]): Job[] {
  const titles = titlesWaiting();
  return jobs.filter(({ files, record }) => {
    const id = record.session ?? files.id;
    behindTabs.delete(id);
    if (panels.has(id) || coming.has(id)) return false;
    const place = titles.indexOf(titleOf(record.original.fileName));
    if (place < 0) return true;
    titles.splice(place, 1);
    behindTabs.add(id);
    return false;
  });
}

interface JobOfTab {
  readonly files: { readonly id: string };
  readonly record: {
    readonly session?: string | undefined;
    readonly original: { readonly fileName: string };
  };
}

/** Tabs in the background stay empty until somebody looks at them: their titles are all that is known of them. */
function titlesWaiting(): string[] {
  const titles = window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.filter((tab) => isOfType(tab, viewType)).map(({ label }) => label),
  );
  for (const { title } of livePanels()) {
    const place = titles.indexOf(title);
    if (place >= 0) titles.splice(place, 1);
  }
  return titles;
}

/** VS Code puts something before the type. */
export function isOfType({ input }: Tab, type: string): boolean {
  return input instanceof TabInputWebview && input.viewType.endsWith(type);
}

/** Undefined where none is open. */
export function panelOf(id: string | undefined): ComparePanel | undefined {
  return id === undefined ? undefined : panels.get(id);
}
