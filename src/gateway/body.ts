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

export interface RequestBody {
  readonly contentType: string;
  readonly byteLength: number;
  /** From the start each time it is called. */
  chunks(): Iterable<Uint8Array>;
}

/** Bytes of a picture that become base64 at once: a multiple of 3, so that the pieces join without padding. */
const base64Step = 192 * 1024;

/** Characters of a picture's data URL. */
export function dataUrlLength({ bytes, mime }: InputPicture): number {
  return `data:${mime};base64,`.length + base64Length(bytes.byteLength);
}

/**
 * A JSON body with pictures as data URLs.
 * @param build makes the value; `dataUrl` gives the text that stands for a picture in it
 */
export function jsonBody(
  build: (dataUrl: (picture: InputPicture) => string) => unknown,
): RequestBody {
  const marker = randomUUID();
  const pictures: InputPicture[] = [];
  const value = build((picture) => `${marker}${pictures.push(picture) - 1}${marker}`);
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

/** A multipart/form-data body: text fields first, then the pictures, each under `name`. */
export function multipartBody(
  fields: Readonly<Record<string, string>>,
  name: string,
  pictures: readonly InputPicture[],
): RequestBody {
  const boundary = `retouch-${randomUUID()}`;
  const pieces: Uint8Array[] = [];
  const text = (lines: string) => pieces.push(Buffer.from(lines));
  for (const [field, value] of Object.entries(fields)) {
    text(`--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`);
  }
  pictures.forEach(({ bytes, mime, extension }, index) => {
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
        for (let at = 0; at < piece.byteLength; at += base64Step)
          yield piece.subarray(at, at + base64Step);
      }
    },
  };
}

function* dataUrlChunks({ bytes, mime }: InputPicture): Iterable<Uint8Array> {
  yield Buffer.from(`data:${mime};base64,`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < buffer.byteLength; at += base64Step) {
    yield Buffer.from(
      buffer.toString('base64', at, Math.min(at + base64Step, buffer.byteLength)),
      'latin1',
    );
  }
}

function base64Length(byteLength: number): number {
  return Math.ceil(byteLength / 3) * 4;
}
