// The forms of a request's body, streamed from the pictures' own bytes: nothing is built twice in memory.
import { randomUUID } from 'node:crypto';

export interface InputPicture {
  /** The encoded picture, as it is on disk. */
  readonly bytes: Uint8Array;
  /** From its magic bytes: `image/jpeg`. */
  readonly mime: string;
  /** What its file name must end with, without the dot: gateways derive the type from it. */
  readonly extension: string;
}

/** A picture to send: its bytes, or a link that the gateway opens by itself. */
export type SentPicture = InputPicture | { readonly url: string };

export interface RequestBody {
  readonly contentType: string;
  readonly byteLength: number;
  /** From the start each time it is called. The bytes of a chunk hold until the next one is asked for. */
  chunks(): Iterable<Uint8Array>;
}

/** Bytes of a picture that go out at once: a multiple of 3, so that their base64 joins without padding. */
const chunkStep = 192 * 1024;

/** Bytes that become a string at once: V8 takes memory of its own for longer strings, which is slow. */
const base64Step = 48 * 1024;

/** Characters of a picture's data URL, or of its link. */
export function dataUrlLength(picture: SentPicture): number {
  if ('url' in picture) return picture.url.length;
  return `data:${picture.mime};base64,`.length + base64Length(picture.bytes.byteLength);
}

/**
 * A JSON body with pictures as data URLs.
 * @param build makes the value; `dataUrl` gives the text that stands for a picture in it
 */
export function jsonBody(
  build: (dataUrl: (picture: SentPicture) => string) => unknown,
): RequestBody {
  const marker = randomUUID();
  const pictures: InputPicture[] = [];
  const value = build((picture) =>
    'url' in picture ? picture.url : `${marker}${pictures.push(picture) - 1}${marker}`,
  );
  // Every second piece is a picture's number: the others are the text around the pictures.
  const pieces = JSON.stringify(value)
    .split(marker)
    .map((piece, index) => (index % 2 === 0 ? Buffer.from(piece) : pictures[Number(piece)]!));
  return {
    contentType: 'application/json',
    byteLength: pieces.reduce(
      (sum, piece) => sum + ('mime' in piece ? dataUrlLength(piece) : piece.byteLength),
      0,
    ),
    *chunks() {
      for (const piece of pieces) {
        if ('mime' in piece) yield* dataUrlChunks(piece);
        else yield piece;
      }
    },
  };
}

/** A multipart/form-data body: text fields first, then the files, each under its name. */
export function multipartBody(
  fields: Readonly<Record<string, string>>,
  files: readonly (readonly [name: string, picture: InputPicture])[],
): RequestBody {
  const boundary = `retouch-${randomUUID()}`;
  const pieces: Uint8Array[] = [];
  const text = (lines: string) => pieces.push(Buffer.from(lines));
  for (const [field, value] of Object.entries(fields)) {
    text(`--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`);
  }
  files.forEach(([name, { bytes, mime, extension }], index) => {
    // The user's own file name stays at home: it is nobody's business, and quotes in it would need escaping.
    text(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="image-${index + 1}.${extension}"\r\n` +
        `Content-Type: ${mime}\r\n\r\n`,
    );
    pieces.push(bytes);
    text('\r\n');
  });
  text(`--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    byteLength: pieces.reduce((sum, { byteLength }) => sum + byteLength, 0),
    *chunks() {
      for (const piece of pieces) {
        for (let at = 0; at < piece.byteLength; at += chunkStep)
          yield piece.subarray(at, at + chunkStep);
      }
    },
  };
}

function* dataUrlChunks({ bytes, mime }: InputPicture): Iterable<Uint8Array> {
  yield Buffer.from(`data:${mime};base64,`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { byteLength } = buffer;
  // One piece of memory for all chunks: new ones would be garbage as large as the picture. It is larger than what
  // a socket keeps, so that undici waits until a chunk is written before it asks for the next.
  const chunk = Buffer.allocUnsafeSlow(base64Length(Math.min(chunkStep, byteLength)));
  for (let at = 0; at < byteLength; at += chunkStep) {
    const end = Math.min(at + chunkStep, byteLength);
    let length = 0;
    for (let from = at; from < end; from += base64Step) {
      const base64 = buffer.toString('base64', from, Math.min(from + base64Step, end));
      length += chunk.write(base64, length, 'latin1');
    }
    yield chunk.subarray(0, length);
  }
}

function base64Length(byteLength: number): number {
  return Math.ceil(byteLength / 3) * 4;
}
