// When a part of the bench began and what it missed go in; where it was measured and whether all bars are kept is printed.
import { cpus, loadavg } from 'node:os';

/**
 * Makes the process fail where a bar is missed.
 * @param begun milliseconds since the epoch
 * @param missed a sentence for each bar
 * @param more what else says under which conditions it was measured
 */
export function conclude(
  begun: number,
  missed: readonly string[],
  more: readonly string[] = [],
): void {
  const [processor] = cpus();
  console.log(
    [
      new Date().toISOString().slice(0, 10),
      `Node ${process.version}`,
      ...more,
      `${process.platform} ${process.arch}`,
      `${cpus().length} × ${processor?.model.trim() ?? 'unknown processor'}`,
      `load ${loadavg()[0]!.toFixed(1)}`,
      `${Math.round((Date.now() - begun) / 1000)} s`,
    ].join(', '),
  );
  for (const miss of missed) console.error(`Missed: ${miss}`);
  console.log(missed.length === 0 ? 'All bars are kept.' : `${missed.length} bars are missed.`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}
