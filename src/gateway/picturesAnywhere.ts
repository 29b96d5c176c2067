// A whole answer goes in that has no picture where gateways are known to put one; its pictures come out, wherever they are:
// what was made is paid for, in whatever form a relay hands it on.
import { createHash } from 'node:crypto';
import { pictureStart, type AnswerPicture } from './answer';
import type { Decoded } from './answerReader';
import { eventsOf } from './eventStream';
import { isRecord } from './json';
import { endOfBase64, readPicturesInText } from './picturesInText';

/** How deep an answer is searched, and how many values of it. */
const depthLimit = 16;
const valueLimit = 50_000;

/** Fields with what was sent, with what went wrong, or with a glimpse of what is made: never with a result. */
const otherFields =
  /^(errors?|details?|prompt|messages|mask|.*(input|request|partial|thumb|preview|original|reference|init_image|source_image).*|(avatar|icon|logo|watermark).*)$/i;

/** Fields whose text is a link to a picture, where it is nothing but a link. */
const linkFields = /image|img|picture|photo|output|result|media|file|^(url|uri|link|src|data)s?$/i;

/** Characters of base64 that a picture has at least. */
const leastBase64 = 64;

/** Where base64 of a picture may begin among words: a mark for a long run, or how pictures begin. */
const beginnings = /<[\da-f-]{36}:\d+>|(?<![\w+/=])(?:iVBORw0KGgo|\/9j\/|UklGR|R0lGOD)/g;

/** A link to a picture that has a line to itself. */
const linkLine =
  /^[ \t]*(https:\/\/[^\s<>"']{1,4000}\.(?:png|jpe?g|webp|gif|avif)(?:\?[^\s<>"']{0,4000})?)[ \t]*$/gim;

/** How the bytes of pictures begin, in Latin-1. */
const magic = /^(\x89PNG|\xff\xd8\xff|GIF8|RIFF.{4}WEBP|.{4}ftyp)/s;

export function findPictures(answer: unknown, decoded: Decoded): AnswerPicture[] {
  const found: AnswerPicture[] = [];
  let values = 0;
  const visit = (value: unknown, field: string, depth: number): void => {
    if (depth > depthLimit || ++values > valueLimit) return;
    if (typeof value === 'string') {
      const inner = parseInner(value);
      if (inner === undefined) found.push(...picturesIn(value, field, decoded));
      else visit(inner, field, depth + 1);
    } else if (Array.isArray(value)) {
      for (const item of value as unknown[]) visit(item, field, depth + 1);
    } else if (isRecord(value) && !isPartial(value)) {
      for (const [name, inner] of Object.entries(value))
        if (!otherFields.test(name)) visit(inner, name, depth + 1);
    }
  };
  visit(answer, '', 0);
  for (const event of eventsOf(answer)) {
    // What their choices say was put together already.
    if (isRecord(event)) visit({ ...event, choices: undefined }, '', 1);
  }
  return withoutRepeats(found, decoded);
}

function isPartial({ type }: Record<string, unknown>): boolean {
  return typeof type === 'string' && /partial/i.test(type);
}

/** The same picture told twice counts once. */
export function withoutRepeats(
  pictures: readonly AnswerPicture[],
  decoded: Decoded,
): AnswerPicture[] {
  const seen = new Set<string>();
  return pictures.filter((picture) => {
    const text = 'base64' in picture ? picture.base64 : picture.url;
    const bytes = decoded.get(text.replace(/^data:[^,]{0,200},/i, ''));
    const own = bytes ? createHash('sha256').update(bytes).digest('hex') : text;
    if (seen.has(own)) return false;
    seen.add(own);
    return true;
  });
}

/** JSON that is a text of JSON. */
function parseInner(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function picturesIn(text: string, field: string, decoded: Decoded): AnswerPicture[] {
  const bytes = decoded.get(text);
  if (bytes) return isPicture(bytes) ? [{ base64: text }] : [];
  const inText = readPicturesInText(text).filter(
    (picture) =>
      !('url' in picture) ||
      picture.url !== text.trim() ||
      isData(picture.url) ||
      linkFields.test(field),
  );
  if (inText.length > 0) return inText;
  const found: AnswerPicture[] = [];
  for (const match of text.matchAll(beginnings)) {
    const base64 = text.slice(match.index, endOfBase64(text, match.index));
    const run = decoded.get(match[0]);
    if (run ? isPicture(run) : pictureStart.test(base64) && base64.length >= leastBase64)
      found.push({ base64 });
  }
  if (found.length > 0) return found;
  return text.length > 100_000
    ? []
    : [...text.matchAll(linkLine)].flatMap(([, url]) =>
        url === text.trim() ? [] : [{ url: url! }],
      );
}

function isData(url: string): boolean {
  return /^data:/i.test(url);
}

function isPicture(bytes: Uint8Array): boolean {
  return magic.test(Buffer.from(bytes.subarray(0, 16)).toString('latin1'));
}
