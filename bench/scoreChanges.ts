// The changes that were found in a picture, and boxes around what was asked for, go in; how well they agree comes out.
import type { Changes } from '../src/picture/changes';
import { median } from './judge';

/** Left, top, right and bottom, as parts of the original's sides. */
export type Asked = readonly [left: number, top: number, right: number, bottom: number];

export interface Score {
  /** Changes of the list, the minor ones not counted. */
  readonly listed: number;
  readonly minor: number;
  /** Listed changes whose box has its middle outside of what was asked for. */
  readonly stray: number;
  /** Of the cells that are flagged, the part inside; undefined where none is. */
  readonly precision: number | undefined;
  /** Of the cells inside, the part that listed changes flag. */
  readonly recall: number;
  /** Of the cells outside, the part that is flagged. */
  readonly falseShare: number;
  /** The same of listed changes alone. */
  readonly falseListed: number;
  /** Whether it is said that all of the picture changed. */
  readonly whole: boolean;
  readonly good: boolean;
}

/** What makes a pair good: ../shared/reference/real-edits.md has it from 42 real pairs. */
const limits = { falseShare: 0.05, recall: 0.1, stray: 2 };

/** Of the pairs, the part that must be good: 11 of 12. */
const goodPart = 0.86;

/** Of the area outside, how much may be flagged in the pair in the middle. */
const falseBar = 0.01;

/**
 * Minor changes flag their cells as the listed ones do, but find nothing: who looks at the list alone must find what was
 * asked for, and who keeps all of it must not get more. A cell lies where its middle does; of one that sticks out of the
 * picture the part inside counts.
 */
export function scoreChanges(changes: Changes, asked: readonly Asked[]): Score {
  const { width, height, cellSize, columns, rows, labels, whole } = changes;
  const isMinor = new Map(changes.changes.map(({ id, minor }) => [id, minor]));
  const isAsked = (x: number, y: number) =>
    asked.some(
      ([left, top, right, bottom]) =>
        x >= left * width && x <= right * width && y >= top * height && y <= bottom * height,
    );
  const inside = { all: 0, listed: 0, minor: 0 };
  const outside = { all: 0, listed: 0, minor: 0 };
  for (let row = 0; row < rows; row++) {
    const y = (row * cellSize + Math.min(height, (row + 1) * cellSize)) / 2;
    for (let column = 0; column < columns; column++) {
      const x = (column * cellSize + Math.min(width, (column + 1) * cellSize)) / 2;
      const side = isAsked(x, y) ? inside : outside;
      side.all++;
      const minor = isMinor.get(labels[row * columns + column]!);
      if (minor !== undefined) side[minor ? 'minor' : 'listed']++;
    }
  }
  const listed = changes.changes.filter(({ minor }) => !minor);
  const stray = listed.filter(
    ({ box }) => !isAsked(box.x + box.width / 2, box.y + box.height / 2),
  ).length;
  const flaggedInside = inside.listed + inside.minor;
  const flaggedOutside = outside.listed + outside.minor;
  const flagged = flaggedInside + flaggedOutside;
  const recall = part(inside.listed, inside.all);
  const falseShare = part(flaggedOutside, outside.all);
  return {
    listed: listed.length,
    minor: changes.changes.length - listed.length,
    stray,
    precision: flagged === 0 ? undefined : flaggedInside / flagged,
    recall,
    falseShare,
    falseListed: part(outside.listed, outside.all),
    whole,
    good:
      !whole && falseShare <= limits.falseShare && recall >= limits.recall && stray <= limits.stray,
  };
}

function part(some: number, all: number): number {
  return all === 0 ? 0 : some / all;
}

/**
 * @param scores undefined for a pair that could not be scored
 * @returns a sentence for each bar that is missed
 */
export function judgeScores(scores: readonly (Score | undefined)[]): string[] {
  const scored = scores.filter((score) => score !== undefined);
  if (scored.length === 0) return ['nothing was scored'];
  const good = scored.filter((score) => score.good).length;
  const whole = scored.filter((score) => score.whole).length;
  const middle = median(scored.map(({ falseShare }) => falseShare));
  const bar = goodBar(scores.length);
  return [
    ...(good < bar ? [`good ${good} of ${scores.length}, the bar is ${bar}`] : []),
    ...(whole > 0 ? [`${whole} said to be changed as a whole, the bar is none`] : []),
    ...(middle > falseBar
      ? [`median false share ${percent(middle)}, the bar is ${percent(falseBar)}`]
      : []),
  ];
}

/** How many of so many pairs must be good. */
export function goodBar(pairs: number): number {
  return Math.ceil(goodPart * pairs);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
