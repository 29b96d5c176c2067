// A way to compare two pictures goes in; how many of the planted edits it finds in pictures that were redrawn around them,
// and how much that nobody planted, comes out.
import type { Changes } from '../../../../src/picture/changes';
import { redraw, type Recipe } from '../../../support/redraw';
import { seededRandom } from '../../../support/seeded';
import { encodings, toSharp } from './plant';
import { makeTrials, PlantedScore } from './plantedTrials';

export interface RedrawnRow {
  readonly name: string;
  /** Of the picture with the edits in it; then it is encoded, as JPEG mostly. */
  readonly recipe: Recipe;
  /** Of the longer side of the original, what comes back. Default 1. */
  readonly size?: number;
  /** Of the 272 edits: as few as must be found, and as many that nobody planted as may be; listed changes only. */
  readonly bars?: { readonly found: number; readonly falseOnes: number };
}

const warmer = { gain: [1.03, 1, 0.94] } as const;

export const redrawnRows: readonly RedrawnRow[] = [
  { name: 'as they are', recipe: {}, bars: { found: 189, falseOnes: 0 } },
  {
    name: 'R +4 B −4',
    recipe: { tone: { add: [4, 0, -4] } },
    bars: { found: 189, falseOnes: 0 },
  },
  { name: 'resampled by 0.7', recipe: {}, size: 0.7, bars: { found: 187, falseOnes: 25 } },
  {
    name: 'warp 0.7 px, tone, JPEG',
    recipe: { warp: 0.7, tone: warmer },
    bars: { found: 184, falseOnes: 11 },
  },
  {
    name: 'warp 2 px, texture, tone',
    recipe: { warp: 2, texture: 0.6, tone: warmer },
    bars: { found: 150, falseOnes: 40 },
  },
  { name: 'warp 5 px, all texture', recipe: { warp: 5, texture: 1, tone: warmer } },
];

export interface RedrawnScore {
  /** Of listed changes alone. */
  readonly listed: PlantedScore;
  /** With the minor ones. */
  readonly all: PlantedScore;
}

/**
 * @param compare takes the original as PNG, and the edited picture as it comes back
 * @param isTaken whether a trial is wanted, by the numbers of its picture (0 to 5) and of its encoding (0 to 3)
 */
export async function scoreRedrawn(
  { recipe, size = 1 }: RedrawnRow,
  compare: (original: Uint8Array, edited: Uint8Array) => Promise<Changes>,
  isTaken: (picture: number, encoding: number) => boolean = () => true,
): Promise<RedrawnScore> {
  const score = { listed: new PlantedScore(), all: new PlantedScore() };
  let seed = 1000;
  for await (const { original, edited, encoding, planted } of makeTrials(isTaken)) {
    const { width, height } = original;
    const wanted = { width: Math.round(size * width), height: Math.round(size * height) };
    const redrawn = await redraw(edited, { ...recipe, size: wanted }, seededRandom(seed++));
    const changes = await compare(
      await toSharp(original).removeAlpha().png({ compressionLevel: 1 }).toBuffer(),
      await encodings[encoding](toSharp(redrawn).removeAlpha()).toBuffer(),
    );
    score.all.add(changes, planted);
    const listed = changes.changes.filter(({ minor }) => !minor);
    score.listed.add({ ...changes, changes: listed }, planted);
  }
  return score;
}
