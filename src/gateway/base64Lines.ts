// What base64 looks like in an answer's text: its characters, the lines it may be wrapped in, and the marks that stand for it.

/** 1 for the characters of base64 and base64url, by their codes; 0 for all others. */
export const isBase64 = new Uint8Array(256);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') {
  isBase64[char.charCodeAt(0)] = 1;
}

/** Characters of base64, and what pads it, as an address may have them: `%2B`, `%2F`, `%3D`. */
export const escapedInBase64 = /%(?:2B|2F|3D)/gi;

/** What stands in an answer's text for a long run of base64: see `Decoded`. */
const mark = /<[\da-f-]{36}:\d+>/y;

/** Where the mark ends that begins at this place; the place itself where none does. */
export function endOfMark(text: string, at: number): number {
  if (text[at] !== '<') return at;
  mark.lastIndex = at;
  return mark.test(text) ? mark.lastIndex : at;
}

/** Characters of the lines that wrapped base64 has: 64 and 76 are the standards' own. */
const narrowest = 40;
const widest = 1024;

/**
 * A line break ends base64, for the words that may follow it are made of the same characters; unless all lines so far
 * have the same length, as wrapped ones do.
 * @see RFC 2045, 6.8, and RFC 7468
 */
export class Base64Lines {
  /** Of the first line; 0 while that is not over. */
  private width = 0;
  private length = 0;

  reset(): void {
    this.width = 0;
    this.length = 0;
  }

  /** So many characters of base64 more in this line. */
  add(count: number): void {
    this.length += count;
  }

  /** @returns whether it may go on behind a line break that comes here */
  goOn(): boolean {
    const { length } = this;
    this.length = 0;
    // Nothing has begun yet, or an empty line.
    if (length === 0) return this.width === 0;
    this.width ||= length;
    return length === this.width && length >= narrowest && length <= widest;
  }
}
