// A file name goes in; what can be shown in a title or message without lying comes out.
import { withoutLinks } from '../gateway/words';

/** Line breaks, invisible characters and those that turn the reading direction become `\u{…}`. */
export function showName(name: string): string {
  return withoutLinks(name).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** An error's own words, for a message. */
export function errorInWords(error: unknown): string {
  return showName(error instanceof Error ? error.message : String(error));
}

/** For the label of a quick pick, which draws `$(name)` as an icon. */
export function plain(text: string): string {
  return text.replaceAll('$(', '\\$(');
}
