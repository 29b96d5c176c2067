// The tabs that this extension host fills. VS Code leaves those of a host that has crashed open, and nobody answers them.
import type { WebviewPanel } from 'vscode';

const panels = new Map<WebviewPanel, { column: 'known' | 'unknown' }>();

export interface LivePanel {
  readonly title: string;
  /** Whether somebody sees it. */
  readonly visible: boolean;
  /** Of its editor group, from 1; undefined while it is not known. */
  readonly column: number | undefined;
}

/**
 * From now until it is closed.
 * @param isRestored VS Code has brought it back: until it has drawn it, it says that it is in another column
 */
export function rememberLive(panel: WebviewPanel, isRestored = false): void {
  if (panels.has(panel)) return;
  const entry: { column: 'known' | 'unknown' } = { column: isRestored ? 'unknown' : 'known' };
  panels.set(panel, entry);
  panel.onDidChangeViewState(() => (entry.column = 'known'));
  panel.onDidDispose(() => panels.delete(panel));
}

export function livePanels(): LivePanel[] {
  return [...panels].map(([{ title, visible, viewColumn }, { column }]) => ({
    title,
    visible,
    column: column === 'known' ? viewColumn : undefined,
  }));
}
