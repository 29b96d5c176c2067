// The compare panels that are open, by the job of the journal that they show: one is not opened twice.
import type { ComparePanel } from '../compare/comparePanel';

const panels = new Map<string, ComparePanel>();

/** @param id of the job; undefined where the edit is not kept */
export function rememberPanel(id: string | undefined, panel: ComparePanel): void {
  if (id === undefined || !panel.isOpen) return;
  panels.set(id, panel);
  panel.onDidDecide((decision) => {
    if (decision === 'closed' && panels.get(id) === panel) panels.delete(id);
  });
}

/** Undefined where none is open. */
export function panelOf(id: string | undefined): ComparePanel | undefined {
  return id === undefined ? undefined : panels.get(id);
}
