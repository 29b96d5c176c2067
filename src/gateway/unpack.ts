// The chunks of an answer go in as they came; the same come out unpacked, where something on the way has packed them.
import zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import { EditError, type Charge } from './errors';
import type { HttpHead } from './transport';

export interface Unpacker {
  /** Settles when all that the chunk holds has been handed on. Rejects where handing on does, or beyond the limit. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Settles when the rest has been handed on. What is damaged or cut ends where it can be read no further.
   * @throws EditError (`badAnswer`) where it is packed in a way that is not known here
   */
  end(): Promise<void>;
}

export interface UnpackOptions {
  /** Bytes that may come out at most: a few packed ones can stand for any number. */
  readonly limit: number;
  readonly host: string;
  /** Of an answer that has to be given up. */
  readonly charge: Charge;
}

/** Bytes of the answer once it is unpacked, as its head says; 0 where it does not. */
export function bodyLength({ headers }: Pick<HttpHead, 'headers'>): number {
  return codingsOf(headers).length > 0 ? 0 : Number(headers['content-length'] ?? 0);
}

/** The head of an answer as it would be had nothing packed it: what is unpacked must not be unpacked again. */
export function headOnceUnpacked({ status, headers }: HttpHead): HttpHead {
  const codings = codingsOf(headers);
  if (codings.length === 0 || codings.some((coding) => otherCodings.includes(coding)))
    return { status, headers };
  const packing = ['content-encoding', 'content-length'];
  return {
    status,
    headers: Object.fromEntries(
      Object.entries(headers).filter(([name]) => !packing.includes(name)),
    ),
  };
}

/**
 * A server may pack an answer though it was asked not to, and says so in `content-encoding`. What cannot be unpacked is
 * handed on as it came.
 * @param receive is given the unpacked bytes, in order
 * @see RFC 9110, 8.4 and 12.5.3
 */
export function unpack(
  { headers }: Pick<HttpHead, 'headers'>,
  receive: (chunk: Buffer) => void | Promise<void>,
  options: UnpackOptions,
): Unpacker {
  const codings = codingsOf(headers);
  // Neither JSON nor a picture begins as gzip does: some gateways do not say that they pack.
  codings.unshift('gzip');
  // The last coding was put on last, and comes off first.
  return codings.reduce<Unpacker>((inner, coding) => new Decoder(coding, inner, options), {
    write: async (chunk) => receive(asBuffer(chunk)),
    end: () => Promise.resolve(),
  });
}

/** Codings that were put on an answer one after the other. */
const codingLimit = 3;

function codingsOf(headers: HttpHead['headers']): string[] {
  return (headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
    .slice(0, codingLimit);
}

/** Takes one coding off. */
class Decoder implements Unpacker {
  private stream: Transform | 'plain' | 'unknown' | undefined;
  private failed = false;
  /** Bytes that came out so far. */
  private length = 0;
  private ending: Promise<void> | undefined;
  /** The pieces that came out of the chunk that is being unpacked. */
  private out: Buffer[] = [];
  /** What went in before anything came out: where nothing ever does, that is the answer. */
  private untouched: Buffer[] = [];
  private untouchedLength = 0;

  constructor(
    private readonly coding: string,
    private readonly inner: Unpacker,
    private readonly options: UnpackOptions,
  ) {}

  async write(chunk: Uint8Array): Promise<void> {
    if (chunk.byteLength === 0) return;
    this.stream ??= this.open(asBuffer(chunk));
    const { stream } = this;
    if (typeof stream === 'string') return this.inner.write(chunk);
    // A little at a time: what comes out of it may be a thousand times as much.
    for (let at = 0; at < chunk.byteLength; at += pieceLength) {
      if (this.isOver()) return this.goOnPlain(chunk.subarray(at));
      const piece = chunk.subarray(at, at + pieceLength);
      this.remember(piece);
      await new Promise<void>((resolve) => {
        const done = () => {
          stream.off('error', done).off('close', done);
          resolve();
        };
        stream.once('error', done).once('close', done).write(piece, done);
      });
      await this.handOn();
    }
  }

  end(): Promise<void> {
    return (this.ending ??= this.finish());
  }

  private async finish(): Promise<void> {
    const { stream } = this;
    if (stream === 'unknown') {
      throw new EditError(
        `${this.options.host} sent an answer that is packed as “${this.coding.slice(0, 20)}”, which Retouch cannot unpack. Ask the gateway’s operator for answers that are not packed.`,
        { reason: 'badAnswer', charge: this.options.charge },
      );
    }
    await this.goOnPlain(new Uint8Array());
    if (typeof stream === 'object' && !this.failed) {
      // What follows the end of what was packed ends the stream by itself.
      if (!stream.readableEnded && !stream.destroyed) {
        await new Promise<void>((resolve) => {
          for (const event of ['error', 'end', 'close']) stream.once(event, () => resolve());
          stream.end();
        });
      }
      await this.handOn();
      stream.destroy();
      await this.goOnPlain(new Uint8Array());
    }
    await this.inner.end();
  }

  private isOver(): boolean {
    return this.failed;
  }

  private remember(piece: Uint8Array): void {
    if (this.length > 0 || this.untouchedLength > pieceLength) {
      this.untouched = [];
      return;
    }
    this.untouched.push(Buffer.from(piece));
    this.untouchedLength += piece.byteLength;
  }

  /** Nothing at all came out, so that it was never packed in this way, whatever its head says. */
  private async goOnPlain(rest: Uint8Array): Promise<void> {
    if (!this.failed || this.length > 0 || this.untouched.length === 0) return;
    const { untouched } = this;
    this.untouched = [];
    this.stream = 'plain';
    for (const piece of [...untouched, rest]) await this.inner.write(piece);
  }

  private async handOn(): Promise<void> {
    const pieces = this.out;
    this.out = [];
    if (this.length > this.options.limit) throw tooMuch(this.options);
    try {
      for (const piece of pieces) await this.inner.write(piece);
    } catch (error) {
      this.failed = true;
      if (typeof this.stream === 'object') this.stream.destroy();
      throw error;
    }
  }

  private open(first: Buffer): Transform | 'plain' | 'unknown' {
    // Some proxies unpack an answer and leave the header that said how; some stores put other things there.
    if (isPlain(first)) return 'plain';
    if (/^(x-)?gzip$/.test(this.coding) && first[0] !== 0x1f) return 'plain';
    const stream = decoderOf(this.coding, first);
    if (!stream) return otherCodings.includes(this.coding) ? 'unknown' : 'plain';
    stream.on('data', (piece: Buffer) => {
      this.length += piece.byteLength;
      // A few bytes can stand for more than there is memory.
      if (this.length > this.options.limit) {
        this.failed = true;
        stream.destroy();
      } else this.out.push(piece);
    });
    // What was unpacked before the damage counts.
    stream.on('error', () => (this.failed = true));
    return stream;
  }
}

/** Those that nothing here takes off. */
const otherCodings = ['zstd', 'compress', 'x-compress', 'lzma', 'xz', 'dcb', 'dcz'];

/** How JSON, events and pictures begin. What is packed by brotli may begin with a bracket, and goes on otherwise. */
const plainText =
  /^(\xef\xbb\xbf)?\s*(\{\s*["}]|\[\s*[[{"\]\d-]|:|(data|event|id|retry):|<!?[a-z])/i;
const plainPicture = /^(\x89PNG|\xff\xd8\xff|GIF8|RIFF|.{4}ftyp)/s;

function isPlain(first: Buffer): boolean {
  const start = first.toString('latin1', 0, 64);
  return plainText.test(start) || plainPicture.test(start);
}

/** The error of an answer that is given up since it is too long. */
export function tooMuch({ host, limit, charge }: UnpackOptions): EditError {
  return new EditError(
    `${host} sent more than ${Math.round(limit / 1024 / 1024)} MB: stopped reading.`,
    { reason: 'badAnswer', charge },
  );
}

/** Packed bytes that are unpacked at once: of a bomb, as much as fits into memory comes out of them. */
const pieceLength = 16 * 1024;

function decoderOf(coding: string, first: Buffer): Transform | undefined {
  // What was cut off still gives what can be read of it.
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip({ finishFlush: Z_SYNC_FLUSH });
    case 'deflate':
      // Meant with zlib's header; many servers leave it out.
      return (first[0]! & 0x0f) === 8
        ? zlib.createInflate({ finishFlush: Z_SYNC_FLUSH })
        : zlib.createInflateRaw({ finishFlush: Z_SYNC_FLUSH });
    case 'br':
      return zlib.createBrotliDecompress({ finishFlush: BROTLI_OPERATION_FLUSH });
    default:
      return undefined;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
