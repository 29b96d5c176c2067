// Takes the sizes of pictures and of the room they have; gives every box its size in CSS pixels.
import { elements } from './elements';
import { layouts, type Mode, type Zoom } from './viewState';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** `original` and `edited` are sizes in image pixels. */
export function layOut(mode: Mode, zoom: Zoom, original: Size, edited: Size): void {
  const { stage, bothView, bothFrame } = elements;
  const stacked = layouts[mode] === 'stacked';
  stage.dataset['mode'] = mode;
  stage.dataset['layout'] = layouts[mode];
  stage.dataset['zoom'] = zoom;
  if (stacked) {
    bothFrame.prepend(elements.original.layer, elements.edited.layer);
    const box = boxFor(original, zoom, bothView);
    resize(bothFrame, box);
    resize(elements.original.image, box);
    // The edited picture takes the original's place, so that the same spot is at the same spot.
    resize(elements.edited.image, contain(edited, box));
    return;
  }
  for (const [side, size] of [
    [elements.original, original],
    [elements.edited, edited],
  ] as const) {
    side.frame.append(side.layer);
    const box = boxFor(size, zoom, side.view);
    resize(side.frame, box);
    resize(side.image, box);
  }
}

/** One image pixel is one device pixel at actual size, and never more than that when fitted. */
function boxFor(size: Size, zoom: Zoom, view: HTMLElement): Size {
  const actual = {
    width: size.width / window.devicePixelRatio,
    height: size.height / window.devicePixelRatio,
  };
  if (zoom === 'actual') return actual;
  const style = getComputedStyle(view);
  const room = {
    width: view.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight),
    height: view.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom),
  };
  const fitted = contain(actual, room);
  return fitted.width < actual.width ? fitted : actual;
}

/** The largest box in the shape of `size` that `room` holds. */
export function contain(size: Size, room: Size): Size {
  const scale = Math.max(0, Math.min(room.width / size.width, room.height / size.height));
  return { width: size.width * scale, height: size.height * scale };
}

function resize(element: HTMLElement, size: Size): void {
  // Through the object model: the page's policy forbids style attributes, not this.
  element.style.width = `${size.width}px`;
  element.style.height = `${size.height}px`;
}
