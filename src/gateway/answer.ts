// A picture as an answer carries it, as base64, data URL or link, goes in; its bytes come out, exactly as sent.
import { isLoopback, type Connection } from './connection';
import { EditError } from './errors';
import { isPrivateAddress, send } from './transport';

export type AnswerPicture = { readonly base64: string } | { readonly url: string };

/** Bytes that an answer may have: a 50 MB picture as base64, a few times over. */
export const answerLimit = 512 * 1024 * 1024;

/** Bytes of one linked picture. */
const pictureLimit = 128 * 1024 * 1024;

/** Redirects that a link may take: storage services use one. */
const redirectLimit = 3;

/**
 * @param startedAt of the edit, since the epoch: `connection.timeout` covers the download as well
 * @throws EditError when there are no such bytes; it says that the edit was charged, since the answer came
 */
export async function readPicture(
  picture: AnswerPicture,
  connection: Connection,
  startedAt: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if ('base64' in picture) return decodeBase64(picture.base64);
  if (/^data:/i.test(picture.url)) {
    const comma = picture.url.indexOf(',');
    if (!/;base64$/i.test(picture.url.slice(0, comma))) throw notBase64();
    return decodeBase64(picture.url.slice(comma + 1));
  }
  return download(picture.url, connection, startedAt, signal);
}

/** Node's decoder skips what it does not know, so that an HTML page becomes bytes without complaint. */
function decodeBase64(text: string): Uint8Array {
  const bare = /\s/.test(text) ? text.replace(/\s+/g, '') : text;
  // Some gateways put a whole data URL where only base64 belongs.
  const base64 = bare.startsWith('data:') ? bare.slice(bare.indexOf(',') + 1) : bare;
  if (base64 === '' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(base64)) throw notBase64();
  return Buffer.from(base64, 'base64');
}

function notBase64(): EditError {
  return new EditError('The picture in the answer is not base64.', {
    reason: 'badPicture',
    charge: 'charged',
  });
}

/** The key stays out of it: a link needs none, and it may lead anywhere. */
async function download(
  link: string,
  connection: Connection,
  startedAt: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  let url = checkLink(link, connection);
  for (let redirects = 0; redirects <= redirectLimit; redirects++) {
    const response = await send({
      method: 'GET',
      url,
      headers: {},
      timeout: connection.timeout,
      startedAt,
      billable: true,
      limit: pictureLimit,
      signal,
      publicOnly: !isGateway(url, connection),
    }).catch((error: unknown) => {
      // The picture itself was made and paid, whatever becomes of its link.
      throw error instanceof EditError
        ? new EditError(`The edited picture could not be downloaded. ${error.message}`, {
            reason: 'link',
            charge: 'charged',
            cause: error,
          })
        : error;
    });
    if (response.status >= 200 && response.status < 300) return response.body;
    const location = response.headers['location'];
    if (response.status < 300 || response.status >= 400 || !location) {
      throw refuseLink(`${url.host} answered HTTP ${response.status}; such links expire.`);
    }
    url = checkLink(location, connection, url);
  }
  throw refuseLink('its link leads from one place to the next without end.');
}

function checkLink(link: string, connection: Connection, base?: URL): URL {
  const url = URL.canParse(link, base?.href) ? new URL(link, base?.href) : undefined;
  if (url && isGateway(url, connection)) return url;
  if (url?.protocol !== 'https:') throw refuseLink('its link is not an https address.');
  if (isLoopback(url.hostname) || isPrivateAddress(url.hostname)) {
    throw refuseLink(`its link leads to a private address (${url.host}).`);
  }
  return url;
}

/** A local gateway may serve its own pictures, without https and from a private address. */
function isGateway(url: URL, connection: Connection): boolean {
  return url.origin === new URL(connection.baseUrl).origin;
}

function refuseLink(why: string): EditError {
  return new EditError(`The edited picture could not be downloaded: ${why}`, {
    reason: 'link',
    charge: 'charged',
  });
}
