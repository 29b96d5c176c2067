// The path of a JSON file goes in; the pairs of pictures that it lists, with what was asked for in each, come out.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Asked } from './scoreChanges';

export interface ListedPair {
  readonly name: string;
  /** Paths, which may lead nowhere. */
  readonly original: string;
  readonly edited: string;
  /** Around what the instruction was to change. */
  readonly boxes: readonly Asked[];
}

/** @throws Error that names the file, and the pair where one is not as it should be */
export function readPairs(path: string): ListedPair[] {
  let list: unknown;
  try {
    list = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path} cannot be read: ${String(error)}`, { cause: error });
  }
  if (!Array.isArray(list) || list.length === 0) throw new Error(`${path} is no list of pairs`);
  const pairs = list.map((item: unknown, index) => readPair(item, path, index));
  const names = new Set<string>();
  for (const { name } of pairs) {
    if (names.has(name)) throw new Error(`${path} has two pairs with the name ${name}`);
    names.add(name);
  }
  return pairs;
}

function readPair(item: unknown, path: string, index: number): ListedPair {
  const fields: Record<string, unknown> = { ...(item as object) };
  const { name, original, edited, boxes } = fields;
  // It names files that are written.
  if (typeof name !== 'string' || !/^[\w.-]+$/.test(name)) {
    throw new Error(`${path}: pair ${index + 1} has no name of letters, digits, “.”, “_” and “-”`);
  }
  if (typeof original !== 'string' || typeof edited !== 'string') {
    throw new Error(`${path}: pair ${name} does not name its files, “original” and “edited”`);
  }
  if (!Array.isArray(boxes) || boxes.length === 0 || !boxes.every(isAsked)) {
    throw new Error(
      `${path}: pair ${name} needs boxes of four numbers, left, top, right and bottom, from 0 to 1`,
    );
  }
  const folder = dirname(path);
  return { name, original: resolve(folder, original), edited: resolve(folder, edited), boxes };
}

function isAsked(box: unknown): box is Asked {
  if (!Array.isArray(box) || box.length !== 4) return false;
  const [left, top, right, bottom] = box as unknown[];
  return isSpan(left, right) && isSpan(top, bottom);
}

function isSpan(from: unknown, to: unknown): boolean {
  return typeof from === 'number' && typeof to === 'number' && 0 <= from && from < to && to <= 1;
}
