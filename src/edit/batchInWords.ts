// A batch of edits goes in; what the user is told of it comes out.
import type { Lacking } from '../journal/records';
import { costInWords } from './balanceInWords';
import { damagedOf } from './damaged';
import { lackingInWords } from './lackingInWords';
import type { Item } from './queue';

/**
 * Before it is begun.
 * @param last US dollars that such an edit cost last, where one has
 */
export function askedInWords(count: number, last: number | undefined): string {
  const cost =
    last === undefined
      ? 'Cost unknown: no such edit has been made yet, or its gateway did not say.'
      : `The last such edit cost ${costInWords(last)}: ${costInWords(last * count)} for all of them.`;
  return `Each is a request of its own. ${cost}`;
}

/** Of those that are done, `$0.0240, and 1 of unknown cost`; undefined where none is. */
export function batchCostInWords(
  items: readonly Pick<Item, 'state' | 'dollars'>[],
): string | undefined {
  const done = items.filter(({ state }) => state === 'done');
  const known = done.flatMap(({ dollars }) => (dollars === undefined ? [] : [dollars]));
  if (done.length === 0) return undefined;
  if (known.length === 0) return 'cost unknown';
  const sum = costInWords(known.reduce((total, dollars) => total + dollars, 0));
  const unknown = done.length - known.length;
  return unknown === 0 ? sum : `${sum}, and ${unknown} of unknown cost`;
}

/** @param name of the batch, such as `12 images` */
export function overInWords(name: string, items: readonly Pick<Item, 'state'>[]): string {
  const failed = items.filter(({ state }) => state === 'failed').length;
  const done = items.filter(({ state }) => state === 'done').length;
  return `${done} of ${name} ${done === 1 ? 'is' : 'are'} edited${failed > 0 ? `, ${failed} failed` : ''}.`;
}

/** @param left how many the user has not decided on */
export function notReviewedInWords(name: string, left: number): string {
  return left === 1
    ? `1 edit of ${name} is not reviewed yet.`
    : `${left} edits of ${name} are not reviewed yet.`;
}

/** Of one that is done, what its row says of the pictures that are not here. */
export function sentenceOf(lacking: Lacking | undefined): { readonly sentence?: string } {
  const words = lacking ? lackingInWords(lacking) : '';
  return words === '' ? {} : { sentence: `${words} Show Edits… does that.` };
}

/** What can be had for nothing of one that has failed; empty where nothing can. */
export function freeStepInWords(isBehindLink: boolean, error: unknown): string {
  if (isBehindLink) return ' Retry Failed downloads it again, which costs nothing.';
  return damagedOf(error).length > 0 ? ' Show Edits… saves it as it was received.' : '';
}
