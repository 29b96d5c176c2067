// Takes how a batch stands from the host; draws the batch's panel and reports what the user wants.
import type { BatchRow, BatchState, BatchWish, FromBatch, ToBatch } from '../compare/batchProtocol';
import {
  batchInWords,
  batchSilence,
  foundOfAllInWords,
  isCompared,
  rowFoundInWords,
  rowStateInWords,
  unlikeMost,
} from './batchWords';
import { Decisions } from './decisions';
import { element } from './element';

declare function acquireVsCodeApi(): { postMessage(message: FromBatch): void };

const host = acquireVsCodeApi();
const instruction = element('instruction', HTMLElement);
const model = element('model', HTMLElement);
const status = element('status', HTMLElement);
const foundOfAll = element('found', HTMLElement);
const progress = element('progress', HTMLProgressElement);
const list = element('rows', HTMLUListElement);
const buttons = {
  review: element('review', HTMLButtonElement),
  pause: element('pause', HTMLButtonElement),
  cancelRest: element('cancelRest', HTMLButtonElement),
  retryFailed: element('retryFailed', HTMLButtonElement),
};
let shown: BatchState | undefined;
const decisions = new Decisions<FromBatch>((message) => host.postMessage(message), renderStatus);

interface Line {
  readonly item: HTMLLIElement;
  readonly state: HTMLElement;
  readonly unlike: HTMLElement;
  readonly found: HTMLElement;
  readonly sentence: HTMLElement;
}

/** One for each row, which stays: drawing all anew would lose the place in a long list. */
const lines: Line[] = [];

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (!isToBatch(data)) return;
  decisions.heard();
  if (data.type === 'batch') render(data.state);
  else renderStatus();
});

function render(state: BatchState): void {
  shown = state;
  renderStatus();
  instruction.textContent = state.instruction;
  model.textContent = state.model;
  const has = (...states: BatchRow['state'][]) =>
    state.rows.some((row) => states.includes(row.state));
  const isOver = !has('waiting', 'editing');
  progress.max = Math.max(1, state.rows.length);
  progress.value = state.rows.filter((row) => !['waiting', 'editing'].includes(row.state)).length;
  buttons.pause.textContent = state.isPaused ? 'Resume' : 'Pause';
  buttons.pause.disabled = isOver;
  buttons.cancelRest.disabled = isOver;
  buttons.retryFailed.disabled = !has('failed');
  buttons.review.disabled = state.toReview === 0;
  renderFound(state, isOver);
  const unlike = unlikeMost(state);
  state.rows.forEach((row, at) => drawRow(row, at, unlike.has(at)));
}

function renderFound(state: BatchState, isOver: boolean): void {
  const words = foundOfAllInWords(state);
  if (foundOfAll.textContent === words) return;
  const isKnown = state.rows.every(({ state, found }) => state !== 'done' || isCompared(found));
  // Read aloud once, when there is no more to come.
  foundOfAll.ariaLive = isOver && isKnown ? 'polite' : 'off';
  foundOfAll.textContent = words;
  foundOfAll.hidden = words === '';
}

function renderStatus(): void {
  if (!shown) return;
  const words = decisions.isHostSilent ? batchSilence : batchInWords(shown);
  // The same words again would be read aloud again.
  if (status.textContent === words) return;
  status.classList.toggle('silent', decisions.isHostSilent);
  status.textContent = words;
}

function drawRow(row: BatchRow, at: number, isUnlike: boolean): void {
  const line = (lines[at] ??= addLine(row.name));
  line.item.dataset['state'] = row.state;
  line.state.textContent = rowStateInWords(row.state);
  const words = rowFoundInWords(row.found);
  line.item.classList.toggle('unlike', isUnlike);
  line.unlike.textContent = isUnlike ? 'Unlike most: ' : '';
  line.found.textContent = words;
  line.found.parentElement!.hidden = words === '';
  line.sentence.textContent = row.sentence ?? '';
  line.sentence.hidden = row.sentence === undefined || row.sentence === '';
}

function addLine(name: string): Line {
  const item = document.createElement('li');
  item.className = 'row';
  const add = (to: HTMLElement, className: string) => {
    const span = document.createElement('span');
    span.className = className;
    to.append(span, ' ');
    return span;
  };
  add(item, 'name').textContent = name;
  const state = add(item, 'state');
  const difference = add(item, 'difference');
  const unlike = add(difference, 'unlikeMost');
  const found = add(difference, 'found');
  const sentence = add(item, 'sentence');
  list.append(item);
  return { item, state, unlike, found, sentence };
}

function isToBatch(data: unknown): data is ToBatch {
  return (
    typeof data === 'object' &&
    data !== null &&
    'type' in data &&
    (data.type === 'batch' || data.type === 'heard')
  );
}

const tell = (wish: BatchWish) => decisions.send({ type: wish });
buttons.pause.addEventListener('click', () => tell(shown?.isPaused ? 'resume' : 'pause'));
for (const wish of ['review', 'cancelRest', 'retryFailed'] as const) {
  // The second click of a double-click is the same wish.
  buttons[wish].addEventListener('click', ({ detail }) => {
    if (detail <= 1) tell(wish);
  });
}
host.postMessage({ type: 'ready' });
