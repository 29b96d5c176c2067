// What was measured goes in; the table of it comes out, and each bar that was missed.

/** One client doing one thing once, or the medians of that. */
export interface Figures {
  /** Milliseconds. */
  readonly time: number;
  /** Bytes at the highest, above the idle process. */
  readonly memory: number;
  /** Milliseconds: the longest time in which nothing else could run. */
  readonly stall: number;
}

/** What ours must keep to, with the journal as well: only its time is the disk's, and has no bar. */
export interface Bars {
  /** Times the peer's. */
  readonly time: number;
  /** Times the peer's. */
  readonly memory: number;
  /** Milliseconds. */
  readonly stall: number;
}

/** What the network costs, what the peer makes of it, ours, and ours with the journal. */
export const contestants = ['floor', 'peer', 'ours', 'kept'] as const;

export type ContestantName = (typeof contestants)[number];

export interface Row extends Readonly<Record<ContestantName, Figures>> {
  /** `upload, JSON, 20 MB`. */
  readonly name: string;
  readonly bars: Bars;
}

/** One line for each bar that was missed; a figure that is no number misses it. */
export function judge(rows: readonly Row[]): string[] {
  if (rows.length === 0) return ['nothing was measured'];
  return rows.flatMap((row) =>
    verdicts(row).flatMap(({ what, unit, values, bar, kept }) =>
      kept
        ? []
        : [
            `${row.name}: ${what} ${values.map(round).join(' and ')}${unit}, the bar is ${bar}${unit}`,
          ],
    ),
  );
}

/** A Markdown table, as the README quotes it. */
export function formatTable(rows: readonly Row[], peer: string): string {
  const head = ['', 'floor', peer, 'ours', 'with the journal', 'time', 'memory', 'stall'];
  const lines = rows.map((row) => [
    row.name,
    ...contestants.map((contestant) => inWords(row[contestant])),
    ...verdicts(row).map(
      ({ values, bar, unit, kept }) =>
        `${values.map(round).join(' and ')} ${kept ? '≤' : '> ✘'} ${bar}${unit}`,
    ),
  ]);
  return formatLines(head, lines);
}

/** A Markdown table; every line has as many cells as the head. */
export function formatLines(
  head: readonly string[],
  lines: readonly (readonly string[])[],
): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...lines].map((line) => line[column]!.length)),
  );
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...lines]
    .map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`)
    .join('\n');
}

/** @throws RangeError when there is none */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function verdicts({ peer, ours, kept, bars }: Row) {
  const both = (of: (figures: Figures) => number) => [ours, kept].map(of);
  return [
    { what: 'time', unit: '×', values: [ours.time / peer.time], bar: bars.time },
    {
      what: 'memory',
      unit: '×',
      values: both(({ memory }) => memory / peer.memory),
      bar: bars.memory,
    },
    { what: 'longest stall', unit: ' ms', values: both(({ stall }) => stall), bar: bars.stall },
  ].map((verdict) => ({
    ...verdict,
    kept: verdict.values.every((value) => value <= verdict.bar),
  }));
}

function inWords({ time, memory, stall }: Figures): string {
  return `${round(time)} ms, ${round(memory / 1024 / 1024)} MB, ${round(stall)} ms`;
}

/** Enough digits to tell it from a bar. */
function round(value: number): string {
  return value < 1 ? value.toFixed(2) : value < 20 ? value.toFixed(1) : value.toFixed(0);
}
