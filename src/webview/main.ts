// Takes the host's state and pictures; draws the compare panel and reports what the user did.
import type { FromWebview, PanelAction, PanelState } from '../compare/protocol';
import { writeCaption } from './caption';
import { elements } from './elements';
import { listenToKeys } from './keyboard';
import { layOut } from './layout';
import { Picture } from './picture';
import { readMessage } from './readMessage';
import { RunningClock } from './runningClock';
import { Scrolling } from './scrolling';
import { Swipe } from './swipe';
import { modes, readViewState, type Mode, type Zoom } from './viewState';
import { statusInWords } from './words';

declare function acquireVsCodeApi(): {
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: unknown): void;
};

/** CSS pixels that an arrow key scrolls, as browsers have it. */
const arrowStep = 40;

const host = acquireVsCodeApi();
const view = readViewState(host.getState());
const keepView = () => host.setState(view);
let state: PanelState | undefined;

const pictures = {
  original: new Picture(elements.original, (status) => pictureSettled('original', status)),
  edited: new Picture(elements.edited, (status) => pictureSettled('edited', status)),
};
const clock = new RunningClock([elements.clock, elements.placeholderClock]);
const scrollAreas = [elements.original.view, elements.edited.view, elements.bothView];
const scrolling = new Scrolling(scrollAreas, view.scroll, keepView);
const swipe = new Swipe((position) => {
  view.swipe = position;
  keepView();
});

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = readMessage(data);
  if (message?.type === 'picture') pictures[message.side].show(message.mime, message.bytes);
  if (message?.type === 'state') {
    const before = state?.phase;
    state = message.state;
    if (state.phase === 'editing') pictures.edited.clear();
    render(state);
    // A control that had the focus may be gone: the keys must work at once all the same.
    if (before !== state.phase && document.hasFocus()) refocus();
  }
});

function render(state: PanelState): void {
  const { phase } = state;
  const editing = phase === 'editing';
  elements.cancel.hidden = !editing;
  for (const button of [elements.accept, elements.saveAs, elements.discard]) {
    button.hidden = editing;
    button.disabled = phase === 'saving';
  }
  elements.zooms.hidden = false;
  elements.request.hidden = false;
  elements.instruction.textContent = state.instruction;
  elements.instruction.title = state.instruction;
  elements.model.textContent = state.model;
  writeCaption(elements.original.facts, state.original, state.original);
  writeCaption(elements.edited.facts, state.edited, state.original);
  elements.placeholder.hidden = !editing;
  elements.clock.hidden = !editing;
  if (editing) clock.run(state.now - state.startedAt);
  else clock.stop();
  const status = statusInWords(state);
  // The same words again would be read aloud again.
  if (elements.status.textContent !== status) elements.status.textContent = status;
  elements.stage.hidden = false;
  look();
}

/** Draws the pictures in the mode and zoom that the user chose. */
function look(): void {
  if (!state) return;
  const comparable = canCompare();
  elements.modes.hidden = !comparable;
  const radioFocused = elements.modes.contains(document.activeElement);
  for (const radio of elements.modeRadios) {
    radio.checked = radio.value === view.mode;
    // M moves the choice, and the focus that was on it goes along.
    if (radio.checked && radioFocused) radio.focus();
  }
  elements.fit.setAttribute('aria-pressed', String(view.zoom === 'fit'));
  elements.actual.setAttribute('aria-pressed', String(view.zoom === 'actual'));
  layOut(
    comparable ? view.mode : 'sideBySide',
    view.zoom,
    pictures.original.size ?? state.original,
    // Until it is here, the edited picture is given the original's shape.
    pictures.edited.size ?? state.edited ?? state.original,
  );
  scrolling.apply();
  showMore();
}

/** Without two pictures to lay over each other the only mode is side by side. */
function canCompare(): boolean {
  const unshown = Object.values(pictures).some(({ status }) => status === 'unshown');
  return state !== undefined && state.phase !== 'editing' && !unshown;
}

function pictureSettled(side: 'original' | 'edited', status: 'shown' | 'unshown'): void {
  if (status === 'unshown') host.postMessage({ type: 'unshown', side });
  look();
}

function changeMode(mode: Mode): void {
  if (!canCompare()) return;
  view.mode = mode;
  keepView();
  look();
}

function changeZoom(zoom: Zoom): void {
  view.zoom = zoom;
  keepView();
  look();
}

/** Reports an action, where the phase offers it. */
function act(action: Exclude<PanelAction, 'ready'>): void {
  const button = elements[action];
  if (!button.hidden && !button.disabled) host.postMessage({ type: action });
}

function refocus(): void {
  const { activeElement } = document;
  const lost = activeElement instanceof HTMLElement && activeElement.offsetParent === null;
  if (lost || activeElement === document.body) elements.panel.focus({ preventScroll: true });
}

for (const action of ['accept', 'saveAs', 'discard', 'cancel'] as const) {
  // The second click of a double-click is the same wish.
  elements[action].addEventListener('click', ({ detail }) => {
    if (detail <= 1) act(action);
  });
}
for (const radio of elements.modeRadios) {
  radio.addEventListener('change', () => {
    const mode = modes.find((known) => known === radio.value);
    if (mode) changeMode(mode);
  });
}
elements.fit.addEventListener('click', () => changeZoom('fit'));
elements.actual.addEventListener('click', () => changeZoom('actual'));

for (const area of scrollAreas) {
  area.addEventListener('dblclick', ({ clientX, clientY }) => {
    const frame = area.firstElementChild;
    const before = frame?.getBoundingClientRect();
    changeZoom(view.zoom === 'fit' ? 'actual' : 'fit');
    const after = frame?.getBoundingClientRect();
    if (!before || !after) return;
    // The spot under the pointer stays under the pointer.
    const x = (clientX - before.left) / before.width;
    const y = (clientY - before.top) / before.height;
    area.scrollLeft += after.left + x * after.width - clientX;
    area.scrollTop += after.top + y * after.height - clientY;
  });
}

listenToKeys({
  // Nobody means to accept what is not drawn yet, such as with an Enter that was meant for Cancel.
  accept: () => pictures.edited.status !== 'waiting' && act('accept'),
  discard: () => act('discard'),
  nextMode: () => {
    const next = modes[(modes.indexOf(view.mode) + 1) % modes.length];
    if (next) changeMode(next);
  },
  zoomToFit: () => changeZoom('fit'),
  actualSize: () => changeZoom('actual'),
  arrow: (x, y) => {
    const { mode, zoom } = elements.stage.dataset;
    if (mode === 'swipe' && zoom === 'fit') return swipe.step(x === 0 ? -y : x);
    const area =
      elements.stage.dataset['layout'] === 'stacked' ? elements.bothView : elements.original.view;
    area.scrollBy(x * arrowStep, y * arrowStep);
  },
});

elements.more.addEventListener('click', () => {
  const expanded = elements.request.classList.toggle('expanded');
  elements.more.setAttribute('aria-expanded', String(expanded));
  elements.more.textContent = expanded ? 'Less' : 'More';
});

/** `More` is there only where the instruction is longer than its line. */
function showMore(): void {
  const { request, instruction, more } = elements;
  if (request.classList.contains('expanded')) return;
  more.hidden = instruction.scrollWidth <= instruction.clientWidth;
}

const resized = new ResizeObserver(look);
for (const area of scrollAreas) resized.observe(area);
resized.observe(elements.request);
// Moving to a screen of another pixel density changes no box, only this.
window.addEventListener('resize', look);

swipe.set(view.swipe);
host.postMessage({ type: 'ready' });
