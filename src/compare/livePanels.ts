// The tabs that this extension host fills. VS Code leaves those of a host that has crashed open, and nobody answers them.
import type { WebviewPanel } from 'vscode';

const panels = new Set<WebviewPanel>();

/** From now until it is closed. */
export function rememberLive(panel: WebviewPanel): void {
  if (panels.has(panel)) return;
  panels.add(panel);
  panel.onDidDispose(() => panels.delete(panel));
}

export function livePanels(): readonly WebviewPanel[] {
  return [...panels];
}
