// Words of a gateway, a model or a file name go in; what can be shown in a message without harm comes out.

/**
 * One line of at most `limit` characters. Control, invisible and direction characters go, the key too
 * where it was echoed. VS Code makes `[text](command:…)` in a message a link that runs the command.
 */
export function quoteWords(text: string, apiKey: string, limit = 250): string {
  // The key comes last: characters that nobody sees may have stood between its own.
  const line = hideKey(
    withoutLinks(text.replace(/\p{Cf}+/gu, '').replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')),
    apiKey,
  ).trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** Words that somebody else wrote, ended as a sentence is: another one may follow. */
export function asSentence(words: string): string {
  return /[.!?…)]$/.test(words) ? words : `${words}.`;
}

export function hideKey(text: string, apiKey: string): string {
  return apiKey ? text.replaceAll(apiKey, '(key)') : text;
}

/** Takes apart what VS Code's messages would draw as a link. */
export function withoutLinks(text: string): string {
  return text.replace(/\](?=\p{Cf}*\()/gu, '] ');
}
