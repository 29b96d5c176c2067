// Takes what an earlier life of this webview saved; gives how to look at the pictures, whole and in range.

/** Modes either show the pictures apart, or stacked in the one box that the original fills. */
export const layouts = { sideBySide: 'apart', swipe: 'stacked' } as const;

export type Mode = keyof typeof layouts;

/** The order in which M goes round. */
export const modes = Object.keys(layouts) as Mode[];

export type Zoom = 'fit' | 'actual';

/** How the user looks at the pictures: the webview's own, never sent to the host. */
export interface ViewState {
  mode: Mode;
  zoom: Zoom;
  /** Where the divider is, in percent of the picture's width from the left. */
  swipe: number;
  /** How far the scroll areas are scrolled, each from 0 (start) to 1 (end). */
  scroll: { x: number; y: number };
}

export function readViewState(saved: unknown): ViewState {
  const values = isRecord(saved) ? saved : {};
  const scroll = isRecord(values['scroll']) ? values['scroll'] : {};
  return {
    mode: modes.find((mode) => mode === values['mode']) ?? 'sideBySide',
    zoom: values['zoom'] === 'actual' ? 'actual' : 'fit',
    swipe: within(values['swipe'], 100, 50),
    scroll: { x: within(scroll['x'], 1, 0.5), y: within(scroll['y'], 1, 0.5) },
  };
}

function within(value: unknown, maximum: number, fallback: number): number {
  return typeof value === 'number' && value >= 0 && value <= maximum ? value : fallback;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
