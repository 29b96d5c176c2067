// The boxes of changes and the size of their picture go in; the part of the picture that shows one of them small comes out.
import type { Box, Size } from './viewport';

/** Of the longer side of the change, on each side of it: what it is, is seen by what is around it. */
const around = 0.15;

/** Pixels: less is a blur. */
const least = 32;

/**
 * A square with the change in its middle, moved into the picture; narrower where the picture is.
 * @param size of the picture, in the box's pixels
 */
export function cropOf(box: Box, size: Size): Box {
  const side = Math.max(least, Math.max(box.width, box.height) * (1 + 2 * around));
  const width = Math.min(side, size.width);
  const height = Math.min(side, size.height);
  const x = box.x + box.width / 2 - width / 2;
  const y = box.y + box.height / 2 - height / 2;
  return {
    x: Math.min(size.width - width, Math.max(0, x)),
    y: Math.min(size.height - height, Math.max(0, y)),
    width,
    height,
  };
}

/** Of the shorter side: a window that shows the overall colour. */
const windowShare = 0.5;

/** Places that such a window is tried at, along each side. */
const places = 7;

/**
 * Where the overall colour is seen best: a square of half the shorter side in which the fewest pixels belong to a change,
 * near the middle where several are alike.
 * @param size of the picture, in the boxes' pixels
 */
export function quietBox(size: Size, changes: readonly Box[]): Box {
  const side = Math.max(1, windowShare * Math.min(size.width, size.height));
  const steps = [...Array(places).keys()].map((step) => step / (places - 1));
  const tried = steps.flatMap((down) =>
    steps.map((across) => {
      const x = across * (size.width - side);
      const y = down * (size.height - side);
      const box = { x, y, width: side, height: side };
      const changed = changes.reduce((sum, change) => sum + overlap(box, change), 0);
      return { box, changed, away: Math.hypot(across - 0.5, down - 0.5) };
    }),
  );
  return tried.reduce((best, one) =>
    one.changed < best.changed || (one.changed === best.changed && one.away < best.away)
      ? one
      : best,
  ).box;
}

/** Pixels that both have. */
function overlap(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return Math.max(0, width) * Math.max(0, height);
}
