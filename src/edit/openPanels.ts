// The compare panels that are open, by the id of the session that they show: one is not opened twice.
import { TabInputWebview, window, type Tab } from 'vscode';
import { titleOf, viewType, type ComparePanel } from '../compare/comparePanel';

const panels = new Map<string, ComparePanel>();

/** @param id of the session; undefined where the edit is not kept */
export function rememberPanel(id: string | undefined, panel: ComparePanel): void {
  if (id === undefined || !panel.isOpen) return;
  panels.set(id, panel);
  panel.onDidDecide((decision) => {
    if (decision === 'closed' && panels.get(id) === panel) panels.delete(id);
  });
}

/** Of edits whose tab VS Code has brought back, while nothing is in it yet. */
const coming = new Set<string>();

/** Its tab is here, but not yet what was in it. */
export function expectPanel(id: string): { dispose(): void } {
  coming.add(id);
  return { dispose: () => coming.delete(id) };
}

/**
 * Those that no tab shows, or is about to.
 * @returns `behind` are those for which a tab in the background seems to wait: VS Code has brought it back, or it is dead
 */
export function withoutTab<Job extends JobOfTab>(
  jobs: readonly Job[],
): { readonly without: Job[]; readonly behind: Job[] } {
  const titles = titlesWaiting();
  const [without, behind]: [Job[], Job[]] = [[], []];
  for (const job of jobs) {
    const id = job.record.session ?? job.files.id;
    if (panels.has(id) || coming.has(id)) continue;
    const place = titles.indexOf(titleOf(job.record.original.fileName));
    if (place >= 0) titles.splice(place, 1);
    (place < 0 ? without : behind).push(job);
  }
  return { without, behind };
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
  for (const { title } of panels.values()) {
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
