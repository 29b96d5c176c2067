// Texts and bytes go in that may hold the API key, since a gateway can give it back in an answer; what may lie on the disk
// comes out: of the same length, with the key starred out.

/** Characters. A shorter key, of a gateway that is at home here, might stand in a picture by chance. */
const shortestKey = 12;

export class KeyMask {
  private readonly key: Buffer | undefined;
  private readonly stars: string;

  constructor(private readonly text: string) {
    this.key = text.length < shortestKey ? undefined : Buffer.from(text);
    this.stars = '*'.repeat(text.length);
  }

  maskText(text: string): string {
    return this.key ? text.replaceAll(this.text, this.stars) : text;
  }

  /** For the bytes of one answer. */
  openStream(): MaskedStream {
    return new MaskedStream(this.key);
  }
}

/** Chunks go in one after the other. The key may lie in two of them: the first is on the disk by then. */
class MaskedStream {
  /** The end of what came before, one byte less than the key. */
  private tail: Buffer = Buffer.alloc(0);

  constructor(private readonly key: Buffer | undefined) {}

  /** @returns the chunk as it may lie on the disk, and how many bytes right before it must be starred out as well */
  next(chunk: Uint8Array): { readonly bytes: Uint8Array; readonly before: number } {
    const { key, tail } = this;
    if (!key) return { bytes: chunk, before: 0 };
    const whole = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const border = Buffer.concat([tail, whole.subarray(0, key.byteLength - 1)]);
    const starts = [...find(key, border).map((at) => at - tail.byteLength), ...find(key, whole)];
    const end = Buffer.concat([
      tail,
      whole.subarray(Math.max(0, whole.byteLength - key.byteLength)),
    ]);
    this.tail = Buffer.from(end.subarray(Math.max(0, end.byteLength - key.byteLength + 1)));
    if (starts.length === 0) return { bytes: chunk, before: 0 };
    // The reader still gets it as it came.
    const bytes = Buffer.from(whole);
    for (const start of starts) bytes.fill('*', Math.max(0, start), start + key.byteLength);
    return { bytes, before: Math.max(0, -Math.min(...starts)) };
  }
}

function find(key: Buffer, bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + 1)) found.push(at);
  return found;
}
