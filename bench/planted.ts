// Takes nothing; counts how many planted edits Retouch finds in pictures that were redrawn around them, and what it finds
// that nobody planted, prints the table, and fails where a bar is missed.
import {
  redrawnRows,
  scoreRedrawn,
  type RedrawnRow,
  type RedrawnScore,
} from '../test/unit/picture/support/plantedRedraws';
import type { PlantedScore } from '../test/unit/picture/support/plantedTrials';
import { conclude } from './conclude';
import { formatLines } from './judge';
import { ProductComparison } from './productComparison';

function lineOf({ name, bars }: RedrawnRow, { listed, all }: RedrawnScore): string[] {
  return [
    name,
    inWords(listed),
    bars ? `≥ ${bars.found} / ≤ ${bars.falseOnes}` : 'none',
    inWords(all),
    String(listed.all),
  ];
}

function inWords({ found, falseOnes }: PlantedScore): string {
  return `${found} / ${falseOnes}`;
}

function missedBy({ name, bars }: RedrawnRow, { listed }: RedrawnScore): string[] {
  if (!bars) return [];
  return [
    ...(listed.found < bars.found
      ? [`${name}: ${listed.found} found, the bar is ${bars.found}`]
      : []),
    ...(listed.falseOnes > bars.falseOnes
      ? [`${name}: ${listed.falseOnes} false ones, the bar is ${bars.falseOnes}`]
      : []),
  ];
}

async function main(): Promise<void> {
  const begun = Date.now();
  const comparison = new ProductComparison();
  const lines: string[][] = [];
  const missed: string[] = [];
  try {
    for (const row of redrawnRows) {
      const score = await scoreRedrawn(
        row,
        async (original, edited) => (await comparison.compare(original, edited)).changes,
      );
      lines.push(lineOf(row, score));
      missed.push(...missedBy(row, score));
      console.error(row.name);
    }
  } finally {
    comparison.dispose();
  }
  const head = ['found / false', 'listed', 'bar', 'with minor ones', 'planted'];
  console.log(`\n${formatLines(head, lines)}\n`);
  conclude(begun, missed);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
