// The box of a change and the size of its picture go in; the part of the picture that shows the change small comes out.
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
