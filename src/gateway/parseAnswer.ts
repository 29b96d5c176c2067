// The bytes and the text of an answer go in; its JSON comes out, or the JSON that its events stand for.
import { assembleEvents } from './eventStream';

/** UTF-8, or UTF-16 where the mark of that stands at its beginning. */
export function decodeText(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return bytes.toString('utf16le');
  if (first !== 0xfe || second !== 0xff) return bytes.toString('utf8');
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
}

/** What some gateways and the frameworks below them put before JSON: comments until it is there, and what no script may run. */
const beforeJson = /^\uFEFF?\s*(?:\)\]\}',?\s*)?(?::[^\n]*\n\s*)*/;

/** And behind it: bytes that fill up, and the end of a stream that it is not. */
const behindJson = /[\s\0]*(?:data: ?\[DONE\])?[\s\0]*$/;

/** Undefined where it is neither JSON nor events, whatever stands around them. */
export function parseAnswer(text: string): unknown {
  try {
    const json: unknown = JSON.parse(trimJson(text));
    // Some send JSON as a text of JSON.
    return typeof json === 'string' && /^\s*[{[]/.test(json) ? JSON.parse(json) : json;
  } catch {
    return assembleEvents(text) ?? parseWithTail(text);
  }
}

/** JSON that something was written behind, such as a page's comment. */
function parseWithTail(text: string): unknown {
  const end = text.lastIndexOf('}') + 1;
  if (!/^\uFEFF?\s*\{/.test(text) || text.slice(end).trim() === '') return undefined;
  try {
    return JSON.parse(text.slice(0, end).replace(beforeJson, ''));
  } catch {
    return undefined;
  }
}

function trimJson(text: string): string {
  const json = text.replace(beforeJson, '');
  const end = behindJson.exec(json.slice(-200))?.[0].length ?? 0;
  return json.slice(0, json.length - end);
}
