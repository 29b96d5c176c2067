// What the journal brings back or would remove goes in; what the user is told of it comes out.
import type { RoomTaken, RoomTaker } from '../journal/cleanUp';
import type { BroughtBack } from './bringBack';

/** How many of each there are is all that is said of them. */
type Counted = { readonly [Which in keyof BroughtBack]: readonly unknown[] };

/** Undefined where nothing has come back. */
export function broughtBackInWords({ finished, unanswered, failed }: Counted): string | undefined {
  const words: string[] = [];
  if (finished.length > 0) {
    words.push(
      finished.length === 1
        ? '1 finished edit was not reviewed.'
        : `${finished.length} finished edits were not reviewed.`,
    );
  }
  if (unanswered.length > 0) {
    words.push(
      unanswered.length === 1
        ? '1 edit was sent and never answered: it may have been charged, and is not sent again by itself.'
        : `${unanswered.length} edits were sent and never answered: they may have been charged, and are not sent again by themselves.`,
    );
  }
  if (failed.length > 0)
    words.push(
      failed.length === 1
        ? '1 edit came back without a picture.'
        : `${failed.length} edits came back without a picture.`,
    );
  return words.length > 0 ? words.join(' ') : undefined;
}

/** What another machine had at last, when it said nothing more. */
export function elsewhereInWords(count: number): string {
  return count === 1
    ? '1 edit belongs to another machine, which may still be at work on it. It comes back here after a day without a sign of that machine.'
    : `${count} edits belong to another machine, which may still be at work on them. They come back here after a day without a sign of that machine.`;
}

/** Why a tab was closed that VS Code has brought back. */
export function takenInWords(name: string, whose: 'other' | 'elsewhere'): string {
  return whose === 'other'
    ? `The edit of ${name} is in another window, which is still open.`
    : `The edit of ${name} belongs to another machine, which may still be at work on it.`;
}

/** @param days that edits are kept; undefined where they are not so old, and there is too little room */
export function neverSavedInWords(count: number, days?: number): string {
  const many = count === 1 ? '1 edit was' : `${count} edits were`;
  if (days === undefined) return `${many} never saved.`;
  return `${many} never saved and ${count === 1 ? 'is' : 'are'} older than ${inDays(days)}.`;
}

/** @param days as of `neverSavedInWords` */
export function replacedInWords(count: number, days?: number): string {
  const many =
    count === 1
      ? '1 edit has replaced its original'
      : `${count} edits have replaced their originals`;
  const when = days === undefined ? '' : ` more than ${inDays(days)} ago`;
  return `${many}${when}, and ${count === 1 ? 'has the only copy of it' : 'have the only copies of them'}.`;
}

function inDays(days: number): string {
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}

/**
 * What takes more room than there is for all edits.
 * @param room in bytes
 */
export function fullInWords(takers: readonly RoomTaken[], room: number): string {
  const all = takers.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = takers.map(
    ({ why, count, bytes }) => `${sizeInWords(bytes)} in ${count} ${kindsInWords[why]}`,
  );
  return `The edits that Retouch keeps take ${sizeInWords(all)}, more than ${sizeInWords(room)}: ${parts.join(', ')}.`;
}

const kindsInWords: Readonly<Record<RoomTaker, string>> = {
  unsaved: 'never saved',
  replaced: 'that replaced an original',
  recent: 'of the last day',
  other: 'others',
};

function sizeInWords(bytes: number): string {
  const megabytes = bytes / 1024 ** 2;
  if (megabytes < 100) return `${Math.ceil(megabytes)} MB`;
  return `${Number((megabytes / 1024).toFixed(1))} GB`;
}
