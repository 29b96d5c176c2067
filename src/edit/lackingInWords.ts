// Pictures of an edit that cannot be shown go in; the sentences about them come out. Knows nothing of VS Code.
import type { Lacking } from '../journal/records';

/** `1 of its pictures did not come. Downloading it again costs nothing.`; empty where nothing is lacking. */
export function lackingInWords({ links, damaged }: Lacking): string {
  const sentences: string[] = [];
  if (links > 0) {
    sentences.push(
      `${links} of its pictures did not come. Downloading ${links === 1 ? 'it' : 'them'} again costs nothing.`,
    );
  }
  if (damaged > 0) {
    sentences.push(
      `${damaged} of its pictures cannot be shown, but can be saved as ${damaged === 1 ? 'it was' : 'they were'} received.`,
    );
  }
  return sentences.join(' ');
}

/** The same in a few words, for a row of a list. */
export function lackingInShort({ links, damaged }: Lacking): string[] {
  return [
    ...(links > 0 ? [`${links} not downloaded`] : []),
    ...(damaged > 0 ? [`${damaged} cannot be shown`] : []),
  ];
}
