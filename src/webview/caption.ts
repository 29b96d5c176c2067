// Takes the facts of a picture and of the original; writes the caption, marking what differs.
import type { PictureFacts } from '../compare/protocol';
import { factsInWords } from './words';

export function writeCaption(
  caption: HTMLElement,
  facts: PictureFacts | undefined,
  original: PictureFacts,
  /** Goes before the facts. */
  label?: string,
): void {
  caption.replaceChildren();
  if (!facts) return;
  const words = factsInWords(facts);
  const before = factsInWords(original);
  const spans = [
    ...(label === undefined ? [] : [fact(label, label)]),
    fact(words.format, before.format),
    fact(words.size, before.size),
    // The bytes always differ, which is worth no mark.
    fact(words.bytes, words.bytes),
  ];
  spans.forEach((span, index) => caption.append(...(index > 0 ? [' · ', span] : [span])));
}

function fact(words: string, original: string): HTMLElement {
  const span = document.createElement('span');
  span.className = 'fact';
  span.textContent = words;
  if (words !== original) {
    span.classList.add('differs');
    span.title = `The original is ${original}`;
  }
  return span;
}
