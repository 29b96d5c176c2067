// Takes the page that panelHtml made; gives its elements by name, each surely there and of its kind.

function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} called ${id}`);
  return found;
}

function side(name: 'original' | 'edited') {
  return {
    facts: element(`${name}Facts`, HTMLElement),
    view: element(`${name}View`, HTMLElement),
    frame: element(`${name}Frame`, HTMLElement),
    layer: element(`${name}Layer`, HTMLElement),
    image: element(name, HTMLImageElement),
    unshown: element(`${name}Unshown`, HTMLElement),
  };
}

export const elements = {
  panel: element('panel', HTMLElement),
  modes: element('modes', HTMLElement),
  modeRadios: [...document.querySelectorAll<HTMLInputElement>('#modes input')],
  zooms: element('zooms', HTMLElement),
  fit: element('fit', HTMLButtonElement),
  actual: element('actual', HTMLButtonElement),
  accept: element('accept', HTMLButtonElement),
  saveAs: element('saveAs', HTMLButtonElement),
  discard: element('discard', HTMLButtonElement),
  cancel: element('cancel', HTMLButtonElement),
  request: element('request', HTMLElement),
  instruction: element('instruction', HTMLElement),
  more: element('more', HTMLButtonElement),
  model: element('model', HTMLElement),
  stage: element('stage', HTMLElement),
  original: side('original'),
  edited: side('edited'),
  placeholder: element('placeholder', HTMLElement),
  placeholderClock: element('placeholderClock', HTMLElement),
  bothView: element('bothView', HTMLElement),
  bothFrame: element('bothFrame', HTMLElement),
  divider: element('divider', HTMLElement),
  swipe: element('swipe', HTMLInputElement),
  status: element('status', HTMLElement),
  clock: element('clock', HTMLElement),
};
