// Rounds, versions and pictures of an edit go in; what its compare panel is told of them comes out. Knows nothing of VS Code.
import { basename } from 'node:path';
import type { PanelPicture } from '../compare/comparePanel';
import type { PanelState, PictureFacts, RoundFacts } from '../compare/protocol';
import type { Usage } from '../gateway/requestEdit';
import { costInWords } from './balanceInWords';
import type { Edit } from './edit';
import type { Picture } from './readOriginal';
import { showName } from './showName';
import type { Round, Version } from './versions';

/**
 * Of an edit that is under way.
 * @param versions of the session so far
 * @param lastCost US dollars that such an edit cost last, where one has
 */
export function pendingRound(
  { subject, references, asked, start }: Pick<Edit, 'subject' | 'references' | 'asked' | 'start'>,
  versions: readonly Version[],
  lastCost: number | undefined,
): RoundFacts {
  const names = (subject.references ?? []).map(({ path }) => showName(basename(path)));
  return {
    instruction: asked.instruction,
    model: asked.model.id,
    references: names.slice(0, references.length),
    askedFor: Number(asked.options?.n ?? 1),
    ...(start && { startedFrom: versions.indexOf(start.version) }),
    ...(lastCost !== undefined && { usage: `last edit ${costInWords(lastCost)}` }),
  };
}

/** Of all versions and the rounds that they came with, as they are now. */
export function factsOf(versions: readonly Version[]): Pick<PanelState, 'rounds' | 'versions'> {
  const rounds = [...new Set(versions.map(({ round }) => round))];
  return {
    rounds: rounds.map((round) => roundFacts(round, versions)),
    versions: versions.map((version) => ({
      ...facts(version),
      id: `${version.round.kept.id ?? rounds.indexOf(version.round)}/${version.number}`,
      round: rounds.indexOf(version.round),
      saved: version.savedAs.length > 0,
      ...(version.isDeleted && { deleted: true }),
    })),
  };
}

function roundFacts(round: Round, versions: readonly Version[]): RoundFacts {
  const { asked, references, isParentGone, elapsed, usage, why, settled } = round;
  const parent = versions.find((version) => version.round === round)?.parent;
  const startedFrom =
    parent?.isDeleted || isParentGone ? 'deleted' : parent && versions.indexOf(parent);
  const dollars = settled?.dollars;
  return {
    instruction: asked.instruction,
    model: asked.model.id,
    references,
    askedFor: Number(asked.options?.n ?? 1),
    ...(why !== undefined && { why }),
    ...(startedFrom !== undefined && { startedFrom }),
    elapsed,
    usage: usageInWords({ ...usage, ...(dollars !== undefined && { cost: dollars }) }, !settled),
  };
}

export function forPanel({ bytes, info }: Picture): PanelPicture {
  return { bytes, mime: info.mime };
}

export function facts({ bytes, info }: Picture): PictureFacts {
  return {
    format: info.format,
    width: info.width,
    height: info.height,
    byteLength: bytes.byteLength,
  };
}

/**
 * `2,084 tokens · $0.0120`; never a guess.
 * @param asking whether the cost may still become known: nothing is said of it then
 */
export function usageInWords({ totalTokens, cost }: Usage, asking = false): string {
  const words: string[] = [];
  if (totalTokens !== undefined) words.push(`${totalTokens.toLocaleString('en-US')} tokens`);
  if (cost !== undefined) words.push(costInWords(cost));
  else if (!asking) words.push('cost unknown');
  return words.join(' · ');
}
