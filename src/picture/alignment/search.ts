// Coarse levels of two pictures go in; guesses come out of how the edited one lies in the original.
import { stretch, type Placement } from '../align';
import type { Size } from '../placement';
import { sample, toWarp, type Level, type Warp } from './level';
import { checkWanted } from '../wanted';

/** A model may show less of the original than it got, or more: by these factors, 4 % apart. */
const zooms = Array.from({ length: 13 }, (_, index) => 1.04 ** (index - 8));

/** Of the picture's side: how far out of the original the search lets the edited picture stick, or leave it bare. */
const mostOverhang = 0.05;

/** Every zoom with the shifts that fit best, over the whole original and in the edited picture's own proportions. */
export function search(original: Level, edited: Level, size: Size, editedSize: Size): Placement[] {
  const stretched = stretch(size, editedSize);
  const bases = [stretched];
  if (Math.abs(Math.log(stretched.scaleX / stretched.scaleY)) > 0.01) {
    for (const scale of [stretched.scaleX, stretched.scaleY]) {
      bases.push({ ...stretched, scaleX: scale, scaleY: scale });
    }
  }
  const found: Placement[] = [];
  for (const base of bases) {
    for (const zoom of zooms) {
      const scaleX = base.scaleX * zoom;
      const scaleY = base.scaleY * zoom;
      // In the middle.
      const offsetX = (size.width - scaleX * editedSize.width) / 2;
      const offsetY = (size.height - scaleY * editedSize.height) / 2;
      const shifts = searchShifts(
        original,
        edited,
        toWarp(original, edited, { scaleX, scaleY, offsetX, offsetY }),
        reachOf(scaleX * editedSize.width, size.width, original.width),
        reachOf(scaleY * editedSize.height, size.height, original.height),
      );
      for (const { x, y } of shifts) {
        found.push({
          scaleX,
          scaleY,
          offsetX: offsetX + x * original.scaleX,
          offsetY: offsetY + y * original.scaleY,
        });
      }
    }
  }
  return found;
}

/** How far a length can be shifted within another, or that one in it, in pixels of the level. */
function reachOf(length: number, whole: number, pixels: number): number {
  return Math.ceil((Math.abs(1 - length / whole) / 2 + mostOverhang) * pixels);
}

/** Every shift by whole pixels: the few that fit best, by their correlation, and are no neighbours. */
function searchShifts(
  original: Level,
  edited: Level,
  { ax, bx, ay, by }: Warp,
  reachX: number,
  reachY: number,
): { readonly x: number; readonly y: number }[] {
  const { width, height, contrast } = original;
  const columns = width + 2 * reachX;
  const rows = height + 2 * reachY;
  const placed = new Float32Array(columns * rows);
  const covered = new Float32Array(columns * rows);
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, to++) {
      const value = sample(
        edited,
        ax * (x - reachX + 0.5) + bx - 0.5,
        ay * (y - reachY + 0.5) + by - 0.5,
      );
      if (Number.isNaN(value)) continue;
      placed[to] = value;
      covered[to] = 1;
    }
  }
  const shifts: { score: number; x: number; y: number }[] = [];
  for (let down = -reachY; down <= reachY; down++) {
    checkWanted();
    for (let across = -reachX; across <= reachX; across++) {
      let product = 0;
      let ours = 1e-6;
      let theirs = 1e-6;
      let count = 0;
      for (let y = 0, at = 0; y < height; y++) {
        let to = (y + reachY - down) * columns + reachX - across;
        for (let x = 0; x < width; x++, at++, to++) {
          const value = contrast[at]!;
          const other = placed[to]!;
          product += value * other;
          ours += value * value * covered[to]!;
          theirs += other * other;
          count += covered[to]!;
        }
      }
      if (count < 0.4 * width * height) continue;
      // What covers more of the picture is the better guess.
      const score = (product / Math.sqrt(ours * theirs)) * Math.sqrt(count / (width * height));
      shifts.push({ score, x: across, y: down });
    }
  }
  shifts.sort((a, b) => b.score - a.score);
  const apart: typeof shifts = [];
  for (const shift of shifts) {
    if (apart.length === 3) break;
    const isNew = ({ x, y }: typeof shift) =>
      Math.max(Math.abs(x - shift.x), Math.abs(y - shift.y)) > 2;
    if (apart.every(isNew)) apart.push(shift);
  }
  return apart;
}
