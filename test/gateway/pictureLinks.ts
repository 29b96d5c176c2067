// A data URL, a link or a file part comes in; a picture that surely decodes goes out.
import sharp from 'sharp';
import { Refusal } from './errors';
import type { FormFile } from './requestBody';

/** A decoded input: its bytes as they came, and its size in pixels the way it is meant to be seen. */
export interface InputPicture {
  bytes: Uint8Array;
  mimeType: string;
  width: number;
  height: number;
  hasAlpha: boolean;
}

const maxUrlCharacters = 20_971_520;
const maxPictureBytes = 50 * 1024 * 1024;
const linkTimeoutMs = 10_000;
const acceptedTypes = ['image/png', 'image/jpeg', 'image/webp'];

/**
 * Reads `image_url`: a data URL, an https link, or an http link to this machine.
 * @param param names the field in refusals
 * @throws Refusal 400 or 413
 */
export async function readPictureUrl(url: string, param: string): Promise<InputPicture> {
  if (url.startsWith('data:')) {
    if (url.length > maxUrlCharacters) {
      const message = `'${param}' is longer than ${maxUrlCharacters} characters.`;
      throw new Refusal(413, message, { param, code: 'string_above_max_length' });
    }
    const comma = url.indexOf(',');
    const head = /^data:([^;,]+);base64$/.exec(url.slice(0, Math.max(comma, 0)));
    const text = url.slice(comma + 1);
    if (!head || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
      const message = `'${param}' is not a base64 data URL (data:image/…;base64,…).`;
      throw new Refusal(400, message, { param, code: 'invalid_image_url' });
    }
    return decode(Buffer.from(text, 'base64'), param, head[1]);
  }
  return decode(await download(url, param), param, undefined);
}

/**
 * Reads one file part of a form. Relays name the type anew by the file's extension, so both labels
 * must agree with the bytes.
 * @throws Refusal 400 or 413
 */
export function readPictureFile(file: FormFile): Promise<InputPicture> {
  const ending = /\.(png|jpe?g|webp)$/i.exec(file.fileName)?.[1]?.toLowerCase() ?? 'png';
  const typeByName = `image/${ending === 'jpg' ? 'jpeg' : ending}`;
  return decode(file.bytes, file.field, file.mimeType, typeByName);
}

/** Checks the bytes against every label they came with, and decodes them whole. */
async function decode(
  bytes: Uint8Array,
  param: string,
  ...labels: (string | undefined)[]
): Promise<InputPicture> {
  const wrongLabel = (label: string) =>
    new Refusal(
      400,
      `Invalid file '${param}': unsupported mimetype ('${label}'). Supported file formats are 'image/jpeg', 'image/png', and 'image/webp', and must match the file.`,
      { param, code: 'unsupported_file_mimetype' },
    );
  for (const label of labels) {
    if (label !== undefined && !acceptedTypes.includes(label)) throw wrongLabel(label);
  }
  if (bytes.length > maxPictureBytes) {
    throw new Refusal(413, `'${param}' is larger than 50 MB.`, { param, code: 'image_too_large' });
  }
  const broken = (cause: unknown) => {
    const message = `Invalid image file or mode for '${param}', please check your image file.`;
    const refusal = new Refusal(400, message, { param, code: 'invalid_image_file' });
    refusal.cause = cause;
    return refusal;
  };
  const { format, autoOrient, hasAlpha } = await sharp(bytes)
    .metadata()
    .catch((error: unknown) => {
      throw broken(error);
    });
  const mimeType = `image/${format}`;
  if (!acceptedTypes.includes(mimeType)) throw broken(mimeType);
  for (const label of labels)
    if (label !== undefined && label !== mimeType) throw wrongLabel(label);
  // The header alone proves nothing: a cut-off file has a good one.
  await sharp(bytes, { failOn: 'truncated' })
    .stats()
    .catch((error: unknown) => {
      throw broken(error);
    });
  return { bytes, mimeType, width: autoOrient.width, height: autoOrient.height, hasAlpha };
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** Downloads a link; each step of a redirect is checked as the first address was. */
async function download(url: string, param: string): Promise<Uint8Array> {
  const refuse = (why: string) =>
    new Refusal(400, `Failed to download the image of '${param}': ${why}`, {
      param,
      code: 'invalid_image_url',
    });
  const signal = AbortSignal.timeout(linkTimeoutMs);
  let address = url;
  for (let step = 0; step < 4; step++) {
    const target = URL.canParse(address) ? new URL(address) : undefined;
    const isAllowed =
      target?.protocol === 'https:' ||
      (target?.protocol === 'http:' && isLoopback(target.hostname));
    if (!target || !isAllowed) throw refuse('only data URLs and https links are accepted.');
    const response = await fetch(target, { redirect: 'manual', signal }).catch((error: unknown) => {
      throw refuse(error instanceof Error ? error.message : 'no connection.');
    });
    const next = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && next) {
      address = new URL(next, target).href;
      await response.body?.cancel();
      continue;
    }
    if (!response.ok || !response.body) throw refuse(`the server answered ${response.status}.`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        if (size > maxPictureBytes) break;
        chunks.push(chunk);
      }
    } catch {
      throw refuse('the connection broke or was too slow.');
    }
    if (size > maxPictureBytes) throw refuse('it is larger than 50 MB.');
    return Buffer.concat(chunks);
  }
  throw refuse('too many redirects.');
}
