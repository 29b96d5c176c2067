// Numbers go in; the one that a part of them is under comes out.
import { checkWanted } from './wanted';

/**
 * Hoare's selection, which needs no order of the others.
 * @param values are moved about
 * @param part from 0 to 1
 * @returns what lies at that part of them, were they sorted; 0 where there are none
 */
export function select(values: Float32Array, part: number): number {
  const wanted = Math.min(values.length - 1, Math.floor(part * values.length));
  let [first, last] = [0, values.length - 1];
  while (first < last) {
    checkWanted();
    const pivot = values[(first + last) >> 1]!;
    let [left, right] = [first, last];
    while (left <= right) {
      while (values[left]! < pivot) left++;
      while (values[right]! > pivot) right--;
      if (left > right) break;
      const moved = values[left]!;
      values[left++] = values[right]!;
      values[right--] = moved;
    }
    if (wanted <= right) last = right;
    else if (wanted >= left) first = left;
    else break;
  }
  return values[wanted] ?? 0;
}
