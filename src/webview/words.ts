// Takes facts, times and states; gives them in words. Numbers follow the reader's language.
import type {
  ChangeFacts,
  Comparison,
  PanelState,
  PartialFacts,
  PictureFacts,
  RoundFacts,
} from '../compare/protocol';
import { shareInWords } from '../compare/shareInWords';

/** `JPEG`, `1200 × 800`, `212 KB`. */
export function factsInWords(facts: PictureFacts): { format: string; size: string; bytes: string } {
  return { format: facts.format, size: sizeInWords(facts), bytes: bytesInWords(facts.byteLength) };
}

export function sizeInWords({ width, height }: { width: number; height: number }): string {
  // Without grouping: people write 1536 × 1024, not 1,536 × 1,024.
  const plain = new Intl.NumberFormat(undefined, { useGrouping: false });
  return `${plain.format(width)} × ${plain.format(height)}`;
}

/** Binary units under their short names, as VS Code's own image preview has them. */
export function bytesInWords(byteLength: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let amount = byteLength;
  let unit = 0;
  while (unit < units.length - 1 && Math.round(amount) >= 1024) {
    amount /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && amount < 10 ? 1 : 0;
  const format = new Intl.NumberFormat(undefined, { maximumFractionDigits: digits });
  return `${format.format(amount)} ${units[unit]}`;
}

/** A clock that runs: `0:41`, `12:03`, `1:02:03`. */
export function clockInWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (amount: number) => String(amount).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** A time that has passed: `0.4 s`, `41 s`, `2 min 5 s`. */
export function durationInWords(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (Math.round(seconds) < 60) {
    const digits = seconds < 10 ? 1 : 0;
    return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(seconds)} s`;
  }
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `in 12 s`, `in 4 min 5 s`, for a wait that ends in so many milliseconds. */
export function waitInWords(milliseconds: number): string {
  return `in ${durationInWords(Math.max(0, Math.ceil(milliseconds / 1000)) * 1000)}`;
}

/** `Partial 1 of 3`: there may be fewer in the end, and more than nobody asked for. */
export function partialInWords({ number, askedFor = 0 }: PartialFacts): string {
  return askedFor >= number ? `Partial ${number} of ${askedFor}` : `Partial ${number}`;
}

/** What was asked for the version that is shown, or is being asked; undefined where nothing is asked. */
export function roundOf({ phase, rounds, versions, shown }: PanelState): RoundFacts | undefined {
  return phase === 'editing' ? rounds.at(-1) : rounds[versions[shown]?.round ?? -1];
}

/** `2 of 3` of one answer; of several rounds `Version 2`. Counted from 0. */
export function versionName({ rounds, versions }: PanelState, at: number): string {
  return rounds.length > 1 ? `Version ${at + 1}` : `${at + 1} of ${versions.length}`;
}

/** The name of a version, what it was made from, and whether it is saved: `Version 3, from 1 · Saved`. */
export function versionInWords(state: PanelState, at: number): string {
  const { rounds, versions } = state;
  const version = versions[at];
  const from = rounds[version?.round ?? -1]?.startedFrom;
  const origin =
    from === undefined ? 'original' : from === 'deleted' ? 'a deleted one' : String(from + 1);
  const name = versionName(state, at);
  const words = rounds.length > 1 ? `${name}, from ${origin}` : name;
  return version?.saved === true ? `${words} · Saved` : words;
}

/** `openai/gpt-image-2`, with what went along: `… · with logo.png, banner.webp`. */
export function modelInWords({ model, references }: RoundFacts): string {
  return references.length === 0 ? model : `${model} · with ${references.join(', ')}`;
}

/** A share from 0 to 1 where there is little room: `< 0.1 %`. */
export function shareInShort(share: number): string {
  return shareInWords(share).replace('less than', '<');
}

/**
 * Where a box lies in a picture, by the thirds that its middle is in: `top left`, `bottom`, `centre`.
 * @param size of the picture, in the box's pixels
 */
export function placeInWords(
  { x, y, width, height }: ChangeFacts['box'],
  size: { width: number; height: number },
): string {
  const third = (at: number, of: number) => Math.min(2, Math.max(0, Math.floor((3 * at) / of)));
  const row = ['top', '', 'bottom'][third(y + height / 2, size.height)]!;
  const column = ['left', '', 'right'][third(x + width / 2, size.width)]!;
  return `${row} ${column}`.trim() || 'centre';
}

/** The name of a change, counted from 0: `Change 1, top left, 3.2 % of the picture`. */
export function changeInWords(change: number, place: string, share: number): string {
  return `Change ${change + 1}, ${place}, ${shareInWords(share)} of the picture`;
}

/** `Minor differences (7)`. */
export function minorInWords(count: number): string {
  return `Minor differences (${count})`;
}

/** How much of the picture they are together, from 0 to 1. */
export function shareOf(changes: readonly Pick<ChangeFacts, 'share'>[]): number {
  return changes.reduce((sum, { share }) => sum + share, 0);
}

/** `3 changes, 4.1 % of the picture`, `7 minor differences`, and what is changed where it was not asked for. */
export function changesInWords(comparison: Comparison): string[] {
  const { busy, problem, changes, overall, redrawn, outsideShare } = comparison;
  if (problem !== undefined) return [];
  if (redrawn === true) return ['redrawn as a whole'];
  if (busy && changes.length === 0) return ['comparing…'];
  const listed = changes.filter(({ minor }) => !minor);
  const minor = changes.length - listed.length;
  const words = [
    ...(overall ? ['overall colour'] : []),
    ...(listed.length > 0
      ? [`${count(listed.length, 'change')}, ${shareInWords(shareOf(listed))} of the picture`]
      : []),
    ...(minor > 0 ? [count(minor, 'minor difference')] : []),
  ];
  if (words.length === 0) words.push('no changes');
  if (outsideShare !== undefined)
    words.push(`changed outside the region: ${shareInWords(outsideShare)}`);
  return words;
}

/** Of the list: `12.1 % of the picture, 1 rejected`. */
export function summaryInWords(comparison: Comparison): string {
  const { busy, changes, overall, changedShare, outsideShare } = comparison;
  if (changes.length === 0 && !overall) return busy ? '' : 'Nothing that counts has changed.';
  const listed = changes.filter(({ minor }) => !minor);
  const parts = [
    listed.length > 0
      ? `${shareInWords(shareOf(listed))} of the picture`
      : changes.length === 0
        ? 'Only the overall colour has changed'
        : `${overall ? 'Overall colour and minor' : 'Minor'} differences only, ${shareInWords(changedShare)} of the picture`,
  ];
  const rejected = [...changes, ...(overall ? [overall] : [])].filter(({ kept }) => !kept).length;
  if (rejected > 0) parts.push(`${rejected} rejected`);
  if (outsideShare !== undefined) parts.push(`outside the region ${shareInWords(outsideShare)}`);
  return parts.join(', ');
}

/** What `Align` has done to the edited picture; empty while that is not known. */
export function alignedInWords({ on, words }: Comparison['alignment'], busy: boolean): string {
  if (words !== undefined) return `The edited picture was ${words}.`;
  if (!on) return 'The edited picture lies as it came.';
  return busy ? '' : 'The edited picture lies exactly on the original.';
}

/** What is said once all but one are rejected. */
export function onlyInWords(kept: number | 'overall' | 'minor'): string {
  if (kept === 'overall') return 'Only the overall colour is kept';
  if (kept === 'minor') return 'Only the minor differences are kept';
  return `Only change ${kept + 1} is kept`;
}

function count(amount: number, what: string): string {
  return amount === 1 ? `1 ${what}` : `${amount} ${what}s`;
}

/** `120 %`, of a zoom where 1 is one pixel on one pixel of the screen. */
export function zoomInWords(zoom: number): string {
  const format = new Intl.NumberFormat(undefined, {
    maximumFractionDigits: zoom < 0.1 ? 1 : 0,
    useGrouping: false,
  });
  return `${format.format(zoom * 100)} %`;
}

/** The extension host has ended, or Retouch has been disabled in it. What was sent is in the journal by then. */
export function silenceInWords({ restore }: PanelState): string {
  return restore === undefined
    ? 'Retouch does not answer.'
    : 'Retouch does not answer. The edit is kept: once it runs again, Show Edits… has it.';
}

/**
 * The status line. The running clock is not in it: it would be read aloud every second.
 * @param marked how much of the picture is, from 0 to 1, while a region is being marked
 */
export function statusInWords(state: PanelState, marked = 0): string {
  if (state.phase === 'marking') {
    const part =
      marked > 0 ? `${shareInWords(marked)} marked` : 'nothing marked yet: all of it may';
    return `Mark where the edit may change the picture · ${part}`;
  }
  const round = roundOf(state);
  if (state.phase === 'editing') {
    if (state.wait) return `${state.wait.why}: trying again`;
    const parts = [`Editing with ${round?.model ?? 'the model'}…`];
    if (state.partial) parts.push(partialInWords(state.partial));
    if (round?.usage) parts.push(round.usage);
    return parts.join(' · ');
  }
  if (state.phase === 'saving') return 'Saving…';
  const { versions, rounds, shown, original, readOnly, comparison, queue } = state;
  const parts = [
    ...(queue ? [`${queue.position} of ${queue.count}`] : []),
    readOnly
      ? `${readOnly.original} and ${readOnly.edited}`
      : round?.elapsed === undefined
        ? 'Edited'
        : `Edited in ${durationInWords(round.elapsed)}`,
  ];
  if (rounds.length > 1) parts.push(`version ${shown + 1}`);
  else if (versions.length > 1) parts.push(`${shown + 1} of ${versions.length} pictures`);
  if (round) {
    const came = versions.filter((version) => rounds[version.round] === round).length;
    if (came !== round.askedFor || round.why !== undefined) {
      const why = round.why === undefined ? '' : `: ${round.why}`;
      parts.push(`asked for ${round.askedFor}, got ${came}${why}`);
    }
  }
  const edited = versions[shown];
  if (edited?.saved) parts.push('saved');
  if (edited) {
    const same = edited.width === original.width && edited.height === original.height;
    parts.push(
      `${sizeInWords(edited)}, ${same ? 'as the original' : `original ${sizeInWords(original)}`}`,
    );
  }
  if (comparison) parts.push(...changesInWords(comparison));
  if (round?.usage) parts.push(round.usage);
  return parts.join(' · ');
}
