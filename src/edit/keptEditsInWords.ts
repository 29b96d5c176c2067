// What the journal brings back or would remove goes in; what the user is told of it comes out.
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

/** @param why they would be removed: older than so many days, or beyond the bytes that all edits may take */
export function neverSavedInWords(
  count: number,
  why: { readonly days: number } | { readonly room: number },
): string {
  const many = count === 1 ? '1 edit was' : `${count} edits were`;
  if ('room' in why)
    return `${many} never saved, and the edits that Retouch keeps take more than ${why.room / 1024 ** 3} GB.`;
  return `${many} never saved and ${count === 1 ? 'is' : 'are'} older than ${why.days} ${why.days === 1 ? 'day' : 'days'}.`;
}
