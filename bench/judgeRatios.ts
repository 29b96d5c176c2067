// Times of several contestants go in; the table of them comes out, and each bar that ours missed.
import { formatLines } from './judge';

/** Milliseconds of each contestant: one of them is `ours`, one the `floor`. */
export interface RatioRow {
  readonly name: string;
  readonly times: Readonly<Record<string, number>>;
  /** Times a contestant's that ours may take. */
  readonly bars: Readonly<Record<string, number>>;
}

/** One line for each bar that was missed; a time that is no number misses it. */
export function judgeRatios(rows: readonly RatioRow[]): string[] {
  if (rows.length === 0) return ['nothing was measured'];
  return rows.flatMap((row) =>
    Object.entries(row.bars).flatMap(([peer, bar]) => {
      const ratio = ratioTo(row, peer);
      return ratio <= bar ? [] : [`${row.name}: ${ratio.toFixed(2)}× ${peer}, the bar is ${bar}×`];
    }),
  );
}

/** A Markdown table, as the README quotes it. */
export function formatRatios(rows: readonly RatioRow[]): string {
  const names = Object.keys(rows[0]?.times ?? {});
  const peers = names.filter((name) => !['floor', 'ours', 'shipped'].includes(name));
  const head = ['', ...names, ...peers.map((peer) => `ours to ${peer}`), 'ours to floor'];
  const lines = rows.map((row) => [
    row.name,
    ...names.map((name) => `${row.times[name]!.toFixed(1)} ms`),
    ...peers.map((peer) => verdict(row, peer)),
    `${ratioTo(row, 'floor').toFixed(1)}×`,
  ]);
  return formatLines(head, lines);
}

function verdict(row: RatioRow, peer: string): string {
  const ratio = ratioTo(row, peer);
  const bar = row.bars[peer];
  if (bar === undefined) return `${ratio.toFixed(2)}×`;
  return `${ratio.toFixed(2)} ${ratio <= bar ? '≤' : '> ✘'} ${bar}×`;
}

function ratioTo({ times }: RatioRow, name: string): number {
  return times['ours']! / times[name]!;
}
