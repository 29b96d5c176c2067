// Takes the page that panelHtml made; gives its elements by name, each surely there and of its kind.

function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} called ${id}`);
  return found;
}

function boxesOf(view: HTMLElement): HTMLElement {
  const found = view.querySelector<HTMLElement>('.boxes');
  if (!found) throw new Error(`${view.id} has no place for boxes`);
  return found;
}

function side(name: 'original' | 'edited') {
  const view = element(`${name}View`, HTMLElement);
  return {
    name: element(`${name}Name`, HTMLElement),
    facts: element(`${name}Facts`, HTMLElement),
    view,
    frame: element(`${name}Frame`, HTMLElement),
    layer: element(`${name}Layer`, HTMLElement),
    image: element(name, HTMLImageElement),
    unshown: element(`${name}Unshown`, HTMLElement),
    mark: element(`${name}Mark`, HTMLElement),
    boxes: boxesOf(view),
  };
}

export type Side = ReturnType<typeof side>;

const bothView = element('bothView', HTMLElement);

export const elements = {
  panel: element('panel', HTMLElement),
  modes: element('modes', HTMLElement),
  modeRadios: [...document.querySelectorAll<HTMLInputElement>('#modes input')],
  zooms: element('zooms', HTMLElement),
  zoomOut: element('zoomOut', HTMLButtonElement),
  zoomIn: element('zoomIn', HTMLButtonElement),
  percent: element('percent', HTMLElement),
  fit: element('fit', HTMLButtonElement),
  actual: element('actual', HTMLButtonElement),
  helpButton: element('helpButton', HTMLButtonElement),
  actions: element('actions', HTMLElement),
  marked: element('marked', HTMLButtonElement),
  regionTools: element('regionTools', HTMLElement),
  toolRadios: [...document.querySelectorAll<HTMLInputElement>('#regionTools [type=radio]')],
  brushWidth: element('brushWidth', HTMLInputElement),
  brushWidthValue: element('brushWidthValue', HTMLElement),
  invert: element('invert', HTMLButtonElement),
  undo: element('undo', HTMLButtonElement),
  clear: element('clear', HTMLButtonElement),
  regionLayer: element('regionLayer', HTMLElement),
  region: element('region', HTMLCanvasElement),
  brushRing: element('brushRing', HTMLElement),
  accept: element('accept', HTMLButtonElement),
  saveAs: element('saveAs', HTMLButtonElement),
  copy: element('copy', HTMLButtonElement),
  replace: element('replace', HTMLButtonElement),
  discard: element('discard', HTMLButtonElement),
  cancel: element('cancel', HTMLButtonElement),
  request: element('request', HTMLElement),
  asked: element('asked', HTMLElement),
  instruction: element('instruction', HTMLElement),
  more: element('more', HTMLButtonElement),
  model: element('model', HTMLElement),
  saveOptions: element('saveOptions', HTMLElement),
  matchLabel: element('matchLabel', HTMLElement),
  match: element('match', HTMLInputElement),
  fits: element('fits', HTMLElement),
  fitRadios: [...document.querySelectorAll<HTMLInputElement>('#fits input')],
  saves: element('saves', HTMLElement),
  stage: element('stage', HTMLElement),
  compareWith: element('compareWith', HTMLSelectElement),
  original: side('original'),
  edited: side('edited'),
  peekLayer: element('peekLayer', HTMLElement),
  peek: element('peek', HTMLImageElement),
  peekMark: element('peekMark', HTMLElement),
  placeholder: element('placeholder', HTMLElement),
  placeholderWords: element('placeholderWords', HTMLElement),
  placeholderClock: element('placeholderClock', HTMLElement),
  bothView,
  bothFrame: element('bothFrame', HTMLElement),
  bothBoxes: boxesOf(bothView),
  bothMark: element('bothMark', HTMLElement),
  heatLayer: element('heatLayer', HTMLElement),
  heat: element('heat', HTMLCanvasElement),
  divider: element('divider', HTMLElement),
  swipe: element('swipe', HTMLInputElement),
  onion: element('onion', HTMLInputElement),
  threshold: element('threshold', HTMLInputElement),
  thresholdValue: element('thresholdValue', HTMLElement),
  blinking: element('blinking', HTMLButtonElement),
  interval: element('interval', HTMLInputElement),
  intervalValue: element('intervalValue', HTMLElement),
  navigator: element('navigator', HTMLElement),
  overview: element('overview', HTMLImageElement),
  seen: element('seen', HTMLElement),
  inspector: element('inspector', HTMLElement),
  inspectorBody: element('inspectorBody', HTMLElement),
  changesToggle: element('changesToggle', HTMLButtonElement),
  changesCount: element('changesCount', HTMLElement),
  busy: element('busy', HTMLElement),
  problem: element('problem', HTMLElement),
  changesPart: element('changesPart', HTMLElement),
  changesSummary: element('changesSummary', HTMLElement),
  changesActions: element('changesActions', HTMLElement),
  keepAll: element('keepAll', HTMLButtonElement),
  rejectAll: element('rejectAll', HTMLButtonElement),
  changes: element('changes', HTMLElement),
  alignment: element('alignment', HTMLElement),
  align: element('align', HTMLInputElement),
  alignWords: element('alignWords', HTMLElement),
  versions: element('versions', HTMLElement),
  again: element('again', HTMLFormElement),
  againInstruction: element('againInstruction', HTMLInputElement),
  againModel: element('againModel', HTMLSelectElement),
  againFrom: element('againFrom', HTMLSelectElement),
  againButton: element('againButton', HTMLButtonElement),
  footer: element('footer', HTMLElement),
  status: element('status', HTMLElement),
  statusUnseen: element('statusUnseen', HTMLElement),
  clock: element('clock', HTMLElement),
  readout: element('readout', HTMLElement),
  spoken: element('spoken', HTMLElement),
  help: element('help', HTMLDialogElement),
};
