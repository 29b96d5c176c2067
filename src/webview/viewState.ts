// Takes what an earlier life of this webview saved; gives how to look at the pictures, whole and in range.
import type { Point } from './viewport';
import { maximumZoom } from './viewport';

/** Modes either show the pictures apart, or stacked in the one box that the original fills. */
export const layouts = {
  sideBySide: 'apart',
  swipe: 'stacked',
  onionSkin: 'stacked',
  difference: 'stacked',
  blink: 'stacked',
} as const;

export type Mode = keyof typeof layouts;

/** The order in which M goes round. */
export const modes = Object.keys(layouts) as Mode[];

/** How the user looks at the pictures: the webview's own, never sent to the host. */
export interface ViewState {
  mode: Mode;
  /** 1 is one pixel of the original on one of the screen. */
  zoom: number | 'fit';
  /** What is in the middle, in the original's pixels. */
  centre: Point | undefined;
  /** Where the divider is, in percent of what is seen of the picture, from the left. */
  swipe: number;
  /** How much of the edited picture shows, in percent. */
  onion: number;
  /** Whether Difference shows all that differs, with nothing measured out. */
  raw: boolean;
  /** How long each picture shows while they blink, in seconds. */
  interval: number;
  /** Whether they blink; undefined until the user said so. */
  blinking: boolean | undefined;
  /** Whether the list of changes is closed; undefined until the user said so. */
  collapsed: boolean | undefined;
  /** Whether the minor differences are unfolded. */
  unfolded: boolean;
  /** Which version is shown in the original's place, from 0. */
  before: number | undefined;
  /** What else is to be done to the picture, as far as it is typed. */
  typed: string;
}

export function readViewState(saved: unknown): ViewState {
  const values = isRecord(saved) ? saved : {};
  const centre = isRecord(values['centre']) ? values['centre'] : {};
  const { x, y } = centre;
  const zoom = within(values['zoom'], 0, maximumZoom, 0);
  return {
    mode: modes.find((mode) => mode === values['mode']) ?? 'sideBySide',
    zoom: zoom > 0 ? zoom : 'fit',
    centre: isAmount(x) && isAmount(y) ? { x, y } : undefined,
    swipe: within(values['swipe'], 0, 100, 50),
    onion: within(values['onion'], 0, 100, 50),
    raw: values['raw'] === true,
    interval: within(values['interval'], 0.2, 3, 0.8),
    blinking: typeof values['blinking'] === 'boolean' ? values['blinking'] : undefined,
    collapsed: typeof values['collapsed'] === 'boolean' ? values['collapsed'] : undefined,
    unfolded: values['unfolded'] === true,
    before: isAmount(values['before']) ? values['before'] : undefined,
    typed: typeof values['typed'] === 'string' ? values['typed'] : '',
  };
}

function within(value: unknown, minimum: number, maximum: number, fallback: number): number {
  return typeof value === 'number' && value >= minimum && value <= maximum ? value : fallback;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
