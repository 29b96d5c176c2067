// Takes the host's state and pictures; draws the compare panel and reports what the user did.
import type { Comparison, FromWebview, PanelState, PictureName } from '../compare/protocol';
import { AgainForm } from './againForm';
import { Blink } from './blink';
import { BlobUrls } from './blobUrls';
import { writeCaption } from './caption';
import { ChangeBoxes } from './changeBoxes';
import { ChangePictures } from './changePictures';
import { Clipboard } from './clipboard';
import { CompareWith } from './compareWith';
import { Decisions } from './decisions';
import { DifferenceOptions } from './differenceOptions';
import { elements } from './elements';
import { listenToGestures } from './gestures';
import { HeatMap } from './heatMap';
import { Inspector } from './inspector';
import { KeptState } from './keptState';
import { listenToKeys } from './keyboard';
import { Marking } from './marking';
import { Navigator } from './navigator';
import { Picture } from './picture';
import { PixelReadout } from './pixelReadout';
import { readMessage } from './readMessage';
import { RunningClock } from './runningClock';
import { SaveOptions } from './saveOptions';
import { Stage, type Sizes } from './stage';
import { Swipe } from './swipe';
import { VersionStrip } from './versionStrip';
import { Viewport, type Point } from './viewport';
import { modes, readViewState, type Mode } from './viewState';
import {
  clockInWords,
  modelInWords,
  partialInWords,
  roundOf,
  silenceInWords,
  statusInWords,
  versionName,
  waitInWords,
  zoomInWords,
} from './words';

declare function acquireVsCodeApi(): {
  postMessage(message: FromWebview): void;
  getState(): unknown;
  setState(state: unknown): void;
};

/** CSS pixels that an arrow key moves, as browsers have it. */
const arrowStep = 40;

const host = acquireVsCodeApi();
const saved = host.getState();
const view = readViewState(saved);
const kept = new KeptState(saved, view, (state) => host.setState(state));
const decisions = new Decisions<FromWebview>(
  (message) => host.postMessage(message),
  () => state && renderStatus(state),
);
let state: PanelState | undefined;
/** Until the host has heard of it. */
let chosenVersion: number | undefined;
/** The comparison stays in sight while its result is saved. */
let lastComparison: Comparison | undefined;
/** What each side shows. */
const showing: { original: PictureName; edited: PictureName } = { original: 'original', edited: 0 };
let peeking = false;
/** What had been found and decided when the picture `preview` came. */
let previewOfComparison: Comparison | undefined;

const urls = new BlobUrls();
const pictures = {
  original: new Picture(elements.original, (status) => pictureSettled('original', status)),
  edited: new Picture(elements.edited, (status) => pictureSettled('edited', status)),
};
const viewport = new Viewport(view);
const stage = new Stage(viewport);
const clock = new RunningClock([elements.clock, elements.placeholderClock]);
const strip = new VersionStrip(elements.versions, {
  choose: showVersion,
  delete: (version) => decisions.send({ type: 'delete', version }),
});
const again = new AgainForm(view, {
  typed: () => kept.keep(),
  ask: (message) => decisions.send(message),
});
const heat = new HeatMap((version) => host.postMessage({ type: 'rawHeat', version }));
const difference = new DifferenceOptions(view, heat, {
  threshold: (threshold) => host.postMessage({ type: 'threshold', threshold }),
  raw(on) {
    view.raw = on;
    kept.keep();
    look();
  },
});
const boxes = new ChangeBoxes();
const changePictures = new ChangePictures(elements.changes);
const readout = new PixelReadout(elements.readout);
const clipboard = new Clipboard();
/** Buttons that act on the picture. */
const actions = [
  'accept',
  'savePng',
  'saveAs',
  'replace',
  'copy',
  'discard',
  'cancel',
  'marked',
] as const;
const views = [elements.original.view, elements.edited.view, elements.bothView];
const swipe = new Swipe((position) => {
  view.swipe = position;
  stage.divider = position / 100;
  kept.keep();
  if (state) stage.place(sizes());
});
const blink = new Blink((original) => {
  elements.stage.classList.toggle('turned', original);
  showMark(original);
});
const navigator = new Navigator((centre) => move(() => viewport.moveTo(centre)));
const compareWith = new CompareWith((version) => {
  view.before = version;
  kept.keep();
  if (state) render(state);
});
const saveOptions = new SaveOptions((matching) =>
  host.postMessage({ type: 'match', on: matching.on, fit: matching.fit }),
);
const inspector = new Inspector(view, changePictures, {
  keep(changes, keep) {
    if (!state) return;
    host.postMessage({ type: 'keep', version: state.shown, changes, kept: keep });
    renderComparison(state);
  },
  keepOverall(keep) {
    if (!state) return;
    host.postMessage({ type: 'keepOverall', version: state.shown, kept: keep });
    renderComparison(state);
  },
  goTo(change) {
    const box = comparisonOf(state)?.changes[change]?.box;
    if (box) move(() => viewport.show(box));
  },
  point(pointed) {
    boxes.show(beforeVersion() === undefined ? pointed : undefined);
    if (state) stage.place(sizes());
  },
  align: (on) => host.postMessage({ type: 'align', on }),
  collapse(collapsed) {
    view.collapsed = collapsed;
    kept.keep();
  },
  unfold(unfolded) {
    view.unfolded = unfolded;
    kept.keep();
  },
  markRegion: () => decisions.send({ type: 'markRegion' }),
  accept: () => act('accept'),
  speak,
});

const marking = new Marking(stage, viewport, {
  changed(region) {
    host.postMessage({ type: 'region', region, done: false });
    if (state) renderStatus(state);
  },
  speak,
  follow(spot) {
    if (!state) return;
    const { x, y, width, height } = stage.seen(sizes().original);
    const isSeen = spot.x >= x && spot.x <= x + width && spot.y >= y && spot.y <= y + height;
    if (!isSeen) move(() => viewport.moveTo(spot));
  },
  opened() {
    look();
    if (state) renderStatus(state);
  },
});

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = readMessage(data);
  if (message) decisions.heard();
  if (message?.type === 'heard' && state) renderStatus(state);
  if (message?.type === 'picture') {
    urls.set(message.name, message.mime, message.bytes);
    // The host has told of what is decided before it shows what comes of it.
    if (message.name === 'preview') previewOfComparison = state?.comparison;
    if (state) showPictures(state);
  }
  if (message?.type === 'heat') {
    heat.set(message.version, message.raw, message, message.values);
    look();
  }
  if (message?.type === 'copy') clipboard.answer(message);
  if (message?.type === 'region' && state) marking.open(state.original, message.region);
  if (message?.type === 'state') {
    const before = state?.phase;
    // What the host sent before it heard of the choice does not take it back.
    if (message.state.shown === chosenVersion || !message.state.versions[chosenVersion ?? -1])
      chosenVersion = undefined;
    state = { ...message.state, shown: chosenVersion ?? message.state.shown };
    kept.keep(state);
    render(state);
    // A control that had the focus may be gone: the keys must work at once all the same.
    if (before !== state.phase && document.hasFocus()) refocus();
  }
});

function render(state: PanelState): void {
  const { phase, readOnly } = state;
  const isMarking = phase === 'marking';
  const editing = phase === 'editing';
  elements.cancel.hidden = !editing && !isMarking;
  elements.cancel.title = isMarking ? 'Leave the region as it was (Escape)' : 'Cancel the edit';
  elements.marked.hidden = !isMarking;
  elements.regionTools.hidden = !isMarking;
  elements.regionLayer.hidden = !isMarking;
  elements.stage.classList.toggle('marking', isMarking);
  const { accept, savePng, saveAs, copy, replace, discard } = elements;
  for (const button of [accept, savePng, saveAs, copy, replace, discard]) {
    button.hidden = editing || isMarking || readOnly !== undefined;
    button.disabled = phase === 'saving';
  }
  if (state.replaceable !== true) replace.hidden = true;
  elements.actions.hidden = readOnly !== undefined;
  // Once is enough; Save As… is for another place.
  if (state.versions[state.shown]?.saved) accept.disabled = savePng.disabled = true;
  if (state.offersPng !== true) savePng.hidden = true;
  elements.zooms.hidden = false;
  elements.request.hidden = isMarking || readOnly !== undefined;
  const round = roundOf(state);
  elements.instruction.textContent = round?.instruction ?? '';
  elements.instruction.title = round?.instruction ?? '';
  elements.model.textContent = round ? modelInWords(round) : '';
  saveOptions.draw(state, phase !== 'review');
  again.draw(state);
  renderCaptions(state);
  renderClocks(state);
  renderStatus(state);
  elements.stage.hidden = false;
  renderComparison(state);
  showPictures(state);
  look();
}

function renderStatus(state: PanelState): void {
  // The same words again would be read aloud again.
  const status = decisions.isHostSilent
    ? silenceInWords(state)
    : statusInWords(state, marking.share);
  if (elements.status.textContent === status) return;
  elements.footer.classList.toggle('silent', decisions.isHostSilent);
  elements.status.textContent = status;
  // Said once: the clock beside it counts down for those who see it.
  const { wait } = state;
  elements.statusUnseen.textContent = wait ? ` ${waitInWords(wait.until - state.now)}` : '';
}

function renderCaptions(state: PanelState): void {
  const { original, versions, shown, partial, readOnly } = state;
  const before = beforeVersion();
  compareWith.draw(state, before);
  elements.original.name.textContent = readOnly?.original ?? 'Original';
  elements.edited.name.textContent = readOnly?.edited ?? 'Edited';
  writeCaption(
    elements.original.facts,
    before === undefined ? original : versions[before],
    original,
  );
  writeCaption(
    elements.edited.facts,
    partial ?? versions[shown],
    original,
    partial && partialInWords(partial),
  );
}

function renderClocks({ phase, partial, wait, startedAt, now }: PanelState): void {
  const editing = phase === 'editing';
  elements.placeholder.hidden = !editing || partial !== undefined;
  elements.placeholderWords.textContent = wait ? 'Trying again' : 'Editing…';
  elements.clock.hidden = !editing;
  elements.footer.classList.toggle('waiting', wait !== undefined);
  const ahead = Date.now() - now;
  if (wait) clock.run(() => waitInWords(wait.until + ahead - Date.now()));
  else if (editing) clock.run(() => clockInWords(Date.now() - startedAt - ahead));
  else clock.stop();
}

function renderComparison(state: PanelState): void {
  if (state.phase !== 'saving') lastComparison = state.comparison;
  const comparison = comparisonOf(state);
  const changes = inspector.draw(comparison, {
    size: state.original,
    readOnly: state.readOnly !== undefined,
    disabled: state.phase !== 'review',
    canMark: state.replaceable === true,
  });
  boxes.set(changes);
  difference.draw(comparison, state.phase !== 'review');
}

/** Of the version that is shown, or undefined. */
function comparisonOf(state: PanelState | undefined): Comparison | undefined {
  const comparison = state?.phase === 'saving' ? lastComparison : state?.comparison;
  return comparison?.version === state?.shown ? comparison : undefined;
}

/** Those that are here: the others follow as messages of their own. */
function showPictures(state: PanelState): void {
  const { phase, partial, shown, previewOf } = state;
  const before = beforeVersion();
  showing.original = before ?? 'original';
  const original = urls.get(showing.original);
  if (original !== undefined)
    pictures.original.show(original, {
      alt:
        before === undefined
          ? 'Original'
          : state.rounds.length > 1
            ? beforeName()
            : `Version ${beforeName()}`,
    });
  strip.draw(state, urls);
  showChangePictures(state);
  if (phase !== 'editing') urls.drop('partial');
  else if (!partial) pictures.edited.clear();
  const preview = previewOf === shown && urls.get('preview') !== undefined;
  showing.edited = partial ? 'partial' : preview ? 'preview' : shown;
  readout.keep(readPictures());
  const edited = urls.get(showing.edited);
  if (edited === undefined) {
    // Nobody is to accept it by what they see of another.
    pictures.edited.clear();
    return;
  }
  pictures.edited.show(
    edited,
    partial ? { alt: 'Partial picture, not the result', mark: 'Partial' } : { alt: 'Edited' },
  );
}

/** The changes, small: of what was received, and of the preview once there is one, which lies as it will be saved. */
function showChangePictures(state: PanelState): void {
  const { original, shown, previewOf, versions } = state;
  const comparison = comparisonOf(state);
  const bytes = previewOf === shown ? urls.bytes('preview') : undefined;
  const of = previewOfComparison;
  changePictures.set({
    size: original,
    original: urls.bytes('original'),
    received: urls.bytes(shown),
    preview: bytes && of?.version === shown ? { bytes, of } : undefined,
    key: JSON.stringify([versions[shown]?.id, comparison?.alignment, state.matching?.fit]),
  });
}

function readPictures() {
  return [
    { name: beforeName(), bytes: urls.bytes(showing.original) },
    { name: state?.readOnly?.edited ?? 'Edited', bytes: urls.bytes(showing.edited) },
  ];
}

/** Which version stands in the original's place; undefined where the original does. */
function beforeVersion(): number | undefined {
  const { before } = view;
  if (!state || state.phase === 'editing' || before === undefined) return undefined;
  const version = state.versions[before];
  return version && version.deleted !== true && before !== state.shown ? before : undefined;
}

function beforeName(): string {
  const before = beforeVersion();
  if (state && before !== undefined) return versionName(state, before);
  return state?.readOnly?.original ?? 'Original';
}

/** Draws the pictures in the mode and zoom that the user chose. */
function look(): void {
  if (!state) return;
  const comparable = canCompare();
  const mode = shownMode();
  elements.modes.hidden = !comparable;
  const radioFocused = elements.modes.contains(document.activeElement);
  for (const radio of elements.modeRadios) {
    radio.disabled = radio.value === 'difference' && beforeVersion() !== undefined;
    radio.checked = radio.value === mode;
    // M moves the choice, and the focus that was on it goes along.
    if (radio.checked && radioFocused) radio.focus();
  }
  elements.heatLayer.hidden = !heat.isOf(state.shown);
  heat.setWanted(mode === 'difference');
  stage.layOut(mode, sizes());
  runBlink(mode);
  drawMoved();
  showMore();
}

function sizes(): Sizes {
  if (!state) throw new Error('There are no pictures without a state');
  const { original, partial, versions, shown } = state;
  const before = beforeVersion();
  return {
    original: before === undefined ? (pictures.original.size ?? original) : original,
    before: pictures.original.size ?? original,
    // Until it is here, the edited picture is given the original's shape.
    edited: pictures.edited.size ?? partial ?? versions[shown] ?? original,
    heat: heat.size,
  };
}

/** Moves the pictures, which takes no layout. */
function move(how: () => void): void {
  if (!state) return;
  how();
  stage.place(sizes());
  marking.place();
  drawMoved();
}

/** What goes along with the viewport. */
function drawMoved(): void {
  const { zoom, fitted } = viewport;
  Object.assign(view, viewport.saved);
  kept.keep();
  elements.percent.textContent = zoomInWords(zoom);
  elements.fit.setAttribute('aria-pressed', String(fitted));
  elements.actual.setAttribute('aria-pressed', String(Math.abs(zoom - 1) < 0.001));
  const { original } = sizes();
  navigator.draw(original, stage.seen(original), urls.get(showing.original));
}

/** Says what colours the pictures have in the middle, for those who move them by keys. */
function aim(): void {
  aimed(true);
  readout.show(viewport.centre, sizes().original, readPictures());
}

function aimed(on: boolean): void {
  elements.stage.classList.toggle('aimed', on);
  elements.readout.ariaLive = on ? 'polite' : 'off';
}

/** Without two pictures to lay over each other the only mode is side by side. */
function canCompare(): boolean {
  const unshown = Object.values(pictures).some(({ status }) => status === 'unshown');
  return state !== undefined && state.versions.length > 0 && !unshown;
}

/** Differences are those from the original. */
function shownMode(): Mode {
  if (!canCompare()) return 'sideBySide';
  return view.mode === 'difference' && beforeVersion() !== undefined ? 'sideBySide' : view.mode;
}

function pictureSettled(side: 'original' | 'edited', status: 'shown' | 'unshown'): void {
  if (status === 'unshown' && state) host.postMessage({ type: 'unshown', name: showing[side] });
  look();
}

function changeMode(mode: Mode): void {
  if (!canCompare()) return;
  view.mode = mode;
  kept.keep();
  look();
}

function showVersion(version: number): void {
  if (state?.phase === 'saving') return;
  chosenVersion = version;
  host.postMessage({ type: 'show', version });
}

function isMarking(): boolean {
  return state?.phase === 'marking' && marking.isOpen;
}

function runBlink(mode: Mode): void {
  const wanted = mode === 'blink' && (view.blinking ?? Blink.byItself);
  if (wanted) blink.run(view.interval);
  else blink.stop();
}

/** Which picture is seen, where the modes show one at a time; or why there is nothing to see. */
function showMark(original: boolean): void {
  const { bothMark } = elements;
  const mode = elements.stage.dataset['mode'];
  const comparing =
    mode === 'difference' && ((comparisonOf(state)?.busy ?? true) || heat.isAwaited);
  bothMark.hidden = !(peeking || mode === 'blink' || comparing);
  if (peeking || original) bothMark.textContent = beforeName();
  else if (comparing) bothMark.textContent = 'Comparing…';
  else bothMark.textContent = state?.readOnly?.edited ?? 'Edited';
}

/** While Space is held the original is seen wherever the edited picture was. */
function peek(held: boolean): void {
  if (held === peeking || (held && !canCompare())) return;
  peeking = held;
  const { peekLayer, peek, stage: stageElement } = elements;
  const url = urls.get(showing.original);
  if (url !== undefined && peek.src !== url) peek.src = url;
  peekLayer.hidden = !held;
  elements.peekMark.textContent = beforeName();
  stageElement.classList.toggle('peeking', held);
  showMark(stageElement.classList.contains('turned'));
  if (state) stage.place(sizes());
}

function drawOnion(): void {
  elements.onion.value = String(view.onion);
  elements.onion.setAttribute('aria-valuetext', `${view.onion} % edited`);
  elements.bothFrame.style.setProperty('--onion', String(view.onion / 100));
}

function changeOnion(percent: number): void {
  view.onion = Math.min(100, Math.max(0, percent));
  kept.keep();
  drawOnion();
}

function drawInterval(): void {
  const words = `${new Intl.NumberFormat(undefined, { minimumFractionDigits: 1 }).format(view.interval)} s`;
  elements.interval.value = String(view.interval);
  elements.interval.setAttribute('aria-valuetext', words);
  elements.intervalValue.textContent = words;
}

/** For those who do not see it; the same words twice are said once. */
function speak(words: string): void {
  elements.spoken.textContent = words;
}

function zoomSpoken(how: () => void): void {
  move(how);
  speak(zoomInWords(viewport.zoom));
}

function stepVersion(by: 1 | -1): void {
  if (!state) return;
  let version = state.shown + by;
  while (state.versions[version]?.deleted === true) version += by;
  if (version in state.versions) showVersion(version);
}

/** What was copied is said, and why not. */
function copyShown(): void {
  if (!state) return;
  const { shown } = state;
  clipboard
    .copy(() => host.postMessage({ type: 'copy', version: shown }))
    .then(
      () => tellCopied('Copied'),
      (error: unknown) =>
        tellCopied(error instanceof Error ? error.message : 'It could not be copied.'),
    );
}

let copiedTimer: ReturnType<typeof setTimeout> | undefined;

function tellCopied(words: string): void {
  speak(words);
  elements.copy.textContent = words === 'Copied' ? words : 'Not copied';
  elements.copy.title = words;
  clearTimeout(copiedTimer);
  copiedTimer = setTimeout(() => {
    elements.copy.textContent = 'Copy';
    elements.copy.title = 'Copy the edited picture as PNG';
  }, 3000);
}

/** Reports an action, where the phase offers it. */
function act(action: (typeof actions)[number]): void {
  const button = elements[action];
  if (!state || button.hidden || button.disabled) return;
  if (action === 'marked') {
    marking.end();
    decisions.send({ type: 'region', region: marking.now, done: true });
  } else if (action === 'copy') copyShown();
  else if (action === 'discard' || action === 'cancel') decisions.send({ type: action });
  else decisions.send({ type: action, version: state.shown });
}

function refocus(): void {
  const { activeElement } = document;
  const lost = activeElement instanceof HTMLElement && activeElement.offsetParent === null;
  if (lost || activeElement === document.body) elements.panel.focus({ preventScroll: true });
}

for (const action of actions) {
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
elements.fit.addEventListener('click', () => zoomSpoken(() => viewport.fit()));
elements.actual.addEventListener('click', () => zoomSpoken(() => viewport.zoomTo(1)));
elements.zoomIn.addEventListener('click', () => zoomSpoken(() => viewport.step(1)));
elements.zoomOut.addEventListener('click', () => zoomSpoken(() => viewport.step(-1)));
elements.onion.addEventListener('input', () => changeOnion(elements.onion.valueAsNumber));
elements.interval.addEventListener('input', () => {
  view.interval = elements.interval.valueAsNumber;
  kept.keep();
  drawInterval();
  runBlink(shownMode());
});
elements.blinking.addEventListener('click', () => {
  view.blinking = !(view.blinking ?? Blink.byItself);
  kept.keep();
  runBlink(shownMode());
});
elements.helpButton.addEventListener('click', () => elements.help.showModal());

for (const area of views) {
  const fromMiddle = ({ x, y }: Point) => stage.spotAt(area, x, y).fromMiddle;
  const spotOf = ({ x, y }: Point) => stage.spotAt(area, x, y).spot;
  listenToGestures(area, {
    pan: (x, y) => move(() => viewport.pan(x, y)),
    zoom: (factor, at, from) =>
      move(() => viewport.zoomTo(viewport.zoom * factor, fromMiddle(at), fromMiddle(from))),
    toggle: (at) => isMarking() || move(() => viewport.toggle(fromMiddle(at))),
    drawing: {
      isOn: isMarking,
      begin: (at, erases) => marking.begin(spotOf(at), erases),
      goOn: (points) => marking.goOn(points.map(spotOf)),
      end: () => marking.end(),
      giveUp: () => marking.giveUp(),
    },
    point(at) {
      aimed(false);
      if (isMarking()) marking.point(at && spotOf(at));
      if (!at || !state) {
        readout.hide();
        return;
      }
      const { left, bottom } = elements.stage.getBoundingClientRect();
      elements.readout.classList.toggle('aside', at.x < left + 400 && at.y > bottom - 80);
      readout.show(stage.spotAt(area, at.x, at.y).spot, sizes().original, readPictures());
    },
    movable: () => !viewport.fitted,
  });
}

listenToKeys({
  // Nobody means to accept what is not drawn yet, such as with an Enter that was meant for Cancel.
  accept: () =>
    isMarking() ? act('marked') : pictures.edited.status !== 'waiting' && act('accept'),
  discard: () => act(isMarking() ? 'cancel' : 'discard'),
  reject: () =>
    state?.queue !== undefined && pictures.edited.status !== 'waiting' && act('discard'),
  mark: (key) => isMarking() && marking.key(key),
  undo: () => isMarking() && marking.undo(),
  nextMode() {
    const open = modes.filter(
      (mode) => !elements.modeRadios.find(({ value }) => value === mode)?.disabled,
    );
    const next = open[(open.indexOf(shownMode()) + 1) % open.length];
    if (!next) return;
    changeMode(next);
    speak(elements.modeRadios.find(({ checked }) => checked)?.labels?.[0]?.textContent ?? '');
  },
  zoomToFit: () => zoomSpoken(() => viewport.fit()),
  actualSize: () => zoomSpoken(() => viewport.zoomTo(1)),
  zoom: (direction) => zoomSpoken(() => viewport.step(direction)),
  stepChange: (by) => inspector.step(by),
  keepOnly: () => inspector.keepOnly(),
  stepVersion,
  peek: (held) => (isMarking() ? held && marking.press() : peek(held)),
  help: () => elements.help.showModal(),
  editAgain: () => again.focus(),
  leaveField: () => elements.panel.focus({ preventScroll: true }),
  busy: () => elements.help.open,
  arrow(x, y) {
    if (isMarking()) {
      marking.movePen(x, y);
      return;
    }
    const step = x === 0 ? -y : x;
    const mode = shownMode();
    if (!viewport.fitted) {
      move(() => viewport.pan(-x * arrowStep, -y * arrowStep));
      aim();
    } else if (mode === 'swipe') swipe.step(step);
    else if (mode === 'onionSkin') changeOnion(view.onion + step);
    else stepVersion(x + y > 0 ? 1 : -1);
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
for (const area of views) resized.observe(area);
resized.observe(elements.request);
// Moving to a screen of another pixel density changes no box, only this.
window.addEventListener('resize', look);

if (/mac/i.test(window.navigator.platform)) {
  for (const name of elements.help.querySelectorAll('kbd'))
    name.textContent = name.textContent.replace('Ctrl+', '⌘');
}
drawOnion();
drawInterval();
swipe.set(view.swipe);
host.postMessage({ type: 'ready' });
