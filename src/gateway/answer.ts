// A picture as an answer carries it, as base64, data URL or link, goes in; its bytes come out, exactly as sent.
import { setTimeout as delay } from 'node:timers/promises';
import { answerLimits, type AnswerLimits } from './answerLimits';
import type { Decoded } from './answerReader';
import { endOfMark, escapedInBase64 } from './base64Lines';
import { download, type DownloadOptions } from './download';
import { EditError } from './errors';

export type AnswerPicture = { readonly base64: string } | { readonly url: string };

/** How base64 of a picture begins: PNG, JPEG, WebP, GIF, AVIF. */
export const pictureStart = /^(iVBORw0KGgo|\/9j\/|UklGR|R0lGOD|AAAA[\w+/]{2}Z0eX)/;

/**
 * A field that holds a picture, by what is in it and not by its name: gateways put links where base64 belongs.
 * @param otherwise what the field is meant for, where its text is neither for sure
 */
export function pictureIn(text: string, otherwise: 'url' | 'base64'): AnswerPicture {
  const start = text.slice(0, 100).trimStart();
  if (/^(data|https?):/i.test(start)) return { url: text.trim() };
  return otherwise === 'base64' || endOfMark(start, 0) > 0 || pictureStart.test(start)
    ? { base64: text }
    : { url: text };
}

/** Gives the bytes behind a link, which is the picture of this number in its answer, from 0. */
export type OpenLink = (link: string, index: number) => Promise<Uint8Array>;

/** @throws EditError when there are no such bytes; it says that the edit was charged, since the answer came */
export async function readPicture(
  picture: AnswerPicture,
  index: number,
  decoded: Decoded,
  openLink: OpenLink,
): Promise<Uint8Array> {
  if ('base64' in picture) return readBase64(picture.base64, decoded);
  if (!/^data:/i.test(picture.url)) return openLink(picture.url, index);
  if (!/;base64$/i.test(picture.url.slice(0, picture.url.indexOf(',')))) throw notBase64();
  return readBase64(picture.url, decoded);
}

/**
 * Several times where it does not come: it was made and paid, and a download costs nothing.
 * @throws EditError (`link` or `download`, charged), or the signal's reason once it is aborted
 */
export async function openPictureLink(
  link: string,
  { connection, signal, limits = answerLimits }: OpenOptions,
): Promise<Uint8Array> {
  const { picture: limit, links } = limits;
  for (let attempt = 0; ; attempt++) {
    try {
      return await download(link, {
        // The edit's own time may be over.
        connection: { ...connection, timeout: links.timeout },
        startedAt: Date.now(),
        ...{ signal, limit },
        what: 'The edited picture',
        charge: 'charged',
      });
    } catch (error) {
      const wait = links.waits[attempt];
      if (!(error instanceof EditError && error.reason === 'download') || wait === undefined)
        throw error;
      await delay(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

interface OpenOptions extends Pick<DownloadOptions, 'connection' | 'signal'> {
  /** The product's own where there are none. */
  readonly limits?: AnswerLimits | undefined;
}

/** @throws EditError (`badPicture`) when it is none: Node's own decoder skips what it does not know */
export function readBase64(text: string, decoded: Decoded): Uint8Array {
  let base64 = text.replace(/\s+/g, '');
  // As addresses are written.
  base64 = base64.replace(escapedInBase64, (escape) => decodeURIComponent(escape));
  // Some gateways put a whole data URL where only base64 belongs, or one into another.
  while (/^data:[^,]*,/i.test(base64)) base64 = base64.slice(base64.indexOf(',') + 1);
  const bytes = decoded.get(base64);
  if (bytes) return bytes;
  const whole = decoded.expand(base64);
  // A whole group of four has four characters; two or three of them are the least that say something.
  if (!/^[A-Za-z0-9+/_-]{2,}={0,2}$/.test(whole)) throw notBase64();
  return Buffer.from(whole, 'base64');
}

function notBase64(): EditError {
  return new EditError('The picture in the answer is not base64.', {
    reason: 'badPicture',
    charge: 'charged',
  });
}
