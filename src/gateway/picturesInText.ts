// The text of a chat answer goes in; the pictures in it come out: data URLs wherever they stand, links where they are
// meant as pictures.
import type { AnswerPicture } from './answer';
import { Base64Lines, endOfMark, isBase64 } from './base64Lines';

/** Characters that a Markdown picture's label, or a tag's attributes, may have. */
const labelLimit = 500;

/** Characters of a link at most: what is longer is none. */
const linkLimit = 4000;

/** Characters between `data:` and the comma at most: a type and its parameters. */
const headLimit = 200;

/**
 * Every data URL, and every link of a Markdown picture or an `<img>`, in their order; where there are none, the text
 * itself where it is nothing but one link. Searched by hand, each character a few times at most: a data URL of many
 * megabytes is nothing for a regular expression.
 */
export function readPicturesInText(text: string): AnswerPicture[] {
  const found = [...dataUrls(text), ...markdownLinks(text), ...imageTags(text)].sort(
    (one, other) => one.at - other.at,
  );
  if (found.length > 0) return found.map(({ url }) => ({ url }));
  const bare = text.length > linkLimit * 2 ? '' : text.trim();
  return /^https?:\/\/\S+$/i.test(bare) && bare.length <= linkLimit ? [{ url: bare }] : [];
}

interface Found {
  readonly at: number;
  readonly url: string;
}

/**
 * A data URL ends at the first character that is no base64.
 * @see RFC 2397
 */
function dataUrls(text: string): Found[] {
  const found: Found[] = [];
  const start = /data:/gi;
  for (let match = start.exec(text); match; match = start.exec(text)) {
    const at = match.index;
    const head = /^data:[^,\s"'<>()]*;base64,/i.exec(text.slice(at, at + headLimit))?.[0];
    if (head === undefined) continue;
    // Some gateways put one data URL into another.
    if (/^data:/i.test(text.slice(at + head.length, at + head.length + 5))) continue;
    const gap =
      /^\s{0,4}/.exec(text.slice(at + head.length, at + head.length + 4))?.[0].length ?? 0;
    const begin = at + head.length + gap;
    const end = endOfBase64(text, begin);
    if (end > begin) found.push({ at, url: text.slice(at, end) });
    start.lastIndex = end;
  }
  return found;
}

/** Where the base64 ends that begins there, its marks, wrapped lines and padding included. */
export function endOfBase64(text: string, from: number): number {
  const lines = new Base64Lines();
  let end = from;
  for (let at = from; ;) {
    const start = at;
    while (isBase64[text.charCodeAt(at)] === 1) at++;
    lines.add(at - start);
    if (at > start) end = at;
    if (text[at] === '%' && /^%(2B|2F|3D)/i.test(text.slice(at, at + 3))) {
      lines.add(3);
      at = end = at + 3;
      continue;
    }
    const markEnd = endOfMark(text, at);
    if (markEnd > at) {
      at = end = markEnd;
      continue;
    }
    const width = /^\r?\n/.exec(text.slice(at, at + 2))?.[0].length ?? 0;
    if (width === 0 || at === start || !lines.goOn()) break;
    at += width;
  }
  while (text[end] === '=') end++;
  return end;
}

/** `![label](https://… "title")`, `![label](<https://…>)`. */
function markdownLinks(text: string): Found[] {
  const found: Found[] = [];
  let from = 0;
  let end = -1;
  for (let middle = text.indexOf('](', from); middle >= 0; middle = text.indexOf('](', from)) {
    const label = text.slice(Math.max(from, middle - labelLimit), middle);
    from = middle + 2;
    if (end < from) end = text.indexOf(')', from);
    if (end < 0) break;
    const start = label.lastIndexOf('![');
    if (start < 0 || label.includes(']', start) || end - from > linkLimit) continue;
    end = withOwnBrackets(text, from, end);
    const inside = text.slice(from, end).trim();
    const url = /^<\s*(https?:[^<>\s]+)\s*>|^(https?:[^\s<>]+)(?=$|\s+["'])/i.exec(inside);
    const address = url?.[1] ?? url?.[2] ?? '(';
    if (countOpen(address) === address.split(')').length - 1)
      found.push({ at: middle, url: address });
  }
  return found;
}

/** Characters of a link in which brackets of its own are looked for. */
const bracketLimit = 300;

/** Where it ends, where the link has brackets of its own, each of which is closed. */
function withOwnBrackets(text: string, from: number, end: number): number {
  if (end - from > bracketLimit) return end;
  let last = end;
  let open = countOpen(text.slice(from, end));
  while (open > 0) {
    const next = text.slice(last + 1, from + bracketLimit).indexOf(')');
    if (next < 0) return end;
    open += countOpen(text.slice(last + 1, last + 1 + next)) - 1;
    last += 1 + next;
  }
  return last;
}

function countOpen(text: string): number {
  return text.split('(').length - 1;
}

/** `<img alt="" src="https://…">`. */
function imageTags(text: string): Found[] {
  const found: Found[] = [];
  const start = /<img\s/gi;
  const end = /[<>]/g;
  for (let match = start.exec(text); match; match = start.exec(text)) {
    end.lastIndex = start.lastIndex;
    const length = (end.exec(text)?.index ?? text.length) - start.lastIndex;
    if (length > labelLimit + linkLimit) continue;
    const attributes = text.slice(start.lastIndex, start.lastIndex + length);
    const url = /(?:^|\s)src\s*=\s*(?:"\s*(https?:[^"]+)"|'\s*(https?:[^']+)'|(https?:\S+))/i.exec(
      attributes,
    );
    const src = url?.[1] ?? url?.[2] ?? url?.[3];
    if (src !== undefined)
      found.push({ at: match.index, url: src.replaceAll('&amp;', '&').trim() });
  }
  return found;
}
